"""The papers a service asks for: the list in its order, one paper, and when somebody last checked them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.directory.checklists import (
    LONGEST,
    PaperAsked,
    add_paper,
    change_paper,
    raise_paper,
    remove_paper,
    review_papers,
    stored_paper,
)
from onestop.directory.organising import centre_zone, directory
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.seen import change_as_seen
from onestop.directory.vocabulary import CONDITIONS, PAPERS
from onestop.directory.words import words_of_paper
from onestop.domain.checklist import needs_review
from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.domain.seen import fingerprint_of
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.organise.changes import NO, YES
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of
from onestop.web.organise.meanwhile import Shown, differing, own_words, seen_after, seen_by
from onestop.web.organise.reading import LONGEST_DATE, Reader

INSTITUTIONS = "/organise/institutions"
ALWAYS = N_("always")
LABELS = {
    "blocking": N_("Nothing is possible without it"),
    "condition": N_("When is it asked for?"),
    "owner": N_("Who answers for it?"),
    "reviewed_on": N_("Last checked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPaper:
    """A paper in the reader's language; `old`: it is time to check it again."""

    id: UUID
    text: str
    icon: str
    blocking: bool
    condition: str
    owner: str
    reviewed_on: date | None
    old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A paper as a form shows it: what is stored, or what was typed."""

    paper: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(LANGUAGES, ""))
    blocking: bool = False
    condition: str = ""
    owner: str = ""
    reviewed_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service and whose it is."""

    id: UUID
    title: str
    institution: UUID
    institution_name: str


@page_of("organise/papers.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PapersPage:
    """What a service asks for, and the form for another paper."""

    service: Service
    papers: tuple[AskedPaper, ...]
    shipped: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str], ...]
    typed: Typed
    longest: int
    saved: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/paper.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPage:
    """One paper of a service."""

    service: Service
    paper: AskedPaper
    conditions: tuple[tuple[str, str], ...]
    typed: Typed
    seen_as: str
    stored: tuple[Shown, ...]
    """What somebody else stored since the form was opened, where it differs from what was typed."""
    longest: int
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/services/{service:uuid}/papers")
async def show_papers(request: WebRequest, db: Db, service: FromPath[UUID]) -> Response[Any]:
    """The list."""
    await enter_centre(request)
    return await _list_page(request, db, service, Typed(), saved=request.query_params.get("done") == "saved")


@post("/organise/services/{service:uuid}/papers")
async def add(request: WebRequest, db: Db, service: FromPath[UUID]) -> Response[Any]:
    """Ask for another paper."""
    someone = await enter_centre(request)
    typed, read = await _read(request)
    errors, status = read.errors, 422
    if not errors:
        try:
            path = await submit_once(
                request,
                f"organise.paper.new.{service}",
                add_paper,
                service,
                _asked(typed),
                key=typed.paper if typed.paper in PAPERS else "",
                today=await _today(db),
                actor=someone,
                now=db.now(),
                to=lambda _: f"/organise/services/{service}/papers?done=saved",
            )
            return see_other(path)
        except Refusal as refusal:
            errors |= errors_of(read.locale, refusal)
            status = refusal.status
    return await _list_page(request, db, service, typed, errors=errors, status=status)


@post("/organise/services/{service:uuid}/papers/review")
async def review(request: WebRequest, db: Db, service: FromPath[UUID]) -> Response[Any]:
    """All of them were checked today."""
    return await _act(request, db, "checked", review_papers, service, service, today=await _today(db))


@get("/organise/papers/{paper:uuid}")
async def show_paper(request: WebRequest, db: Db, paper: FromPath[UUID]) -> Response[Any]:
    """One paper."""
    await enter_centre(request)
    return await _page(request, db, paper)


@post("/organise/papers/{paper:uuid}")
async def change(request: WebRequest, db: Db, paper: FromPath[UUID]) -> Response[Any]:
    """Ask for it in another way."""
    someone = await enter_centre(request)
    service, _ = await _find(db, paper)
    typed, read = await _read(request)
    errors, status, seen = read.errors, 422, seen_by(read.form)
    if not errors:
        try:
            path = await submit_once(
                request,
                f"organise.paper.{paper}",
                change_as_seen,
                "paper",
                paper,
                change_paper,
                _asked(typed),
                seen_as=seen,
                today=await _today(db),
                actor=someone,
                now=db.now(),
                to=lambda _: f"/organise/services/{service}/papers?done=saved",
            )
            return see_other(path)
        except Refusal as refusal:
            errors |= errors_of(read.locale, refusal)
            status, seen = refusal.status, seen_after(read.form, refusal)
    return await _page(request, db, paper, typed, seen, errors=errors, status=status)


@post("/organise/papers/{paper:uuid}/up")
async def put_up(request: WebRequest, db: Db, paper: FromPath[UUID]) -> Response[Any]:
    """One place earlier."""
    return await _on_paper(request, db, "up", raise_paper, paper)


@post("/organise/papers/{paper:uuid}/remove")
async def remove(request: WebRequest, db: Db, paper: FromPath[UUID]) -> Response[Any]:
    """Ask for it no more. The same press again finds it gone, and that is what was wanted."""
    return await _on_paper(request, db, "remove", remove_paper, paper)


async def _on_paper(request: WebRequest, db: Database, name: str, action: Any, paper: UUID) -> Response[Any]:
    await enter_centre(request)
    try:
        service, _ = await _find(db, paper)
    except NotKnown:
        if name == "remove":
            return see_other(INSTITUTIONS)
        raise
    return await _act(request, db, name, action, service, paper)


async def _act(
    request: WebRequest, db: Database, name: str, action: Any, service: UUID, *about: UUID, **more: Any
) -> Response[Any]:
    someone = await enter_centre(request)
    path = await submit_once(
        request,
        f"organise.paper.{name}.{about[0]}",
        action,
        *about,
        actor=someone,
        now=db.now(),
        to=lambda _: f"/organise/services/{service}/papers?done=saved",
        **more,
    )
    return see_other(path)


async def _today(db: Database) -> date:
    return db.now().astimezone(ZoneInfo(await db.read(centre_zone))).date()


async def _find(db: Database, paper: UUID) -> tuple[UUID, Paper]:
    for service, papers in (await db.read(papers_by_service)).items():
        for each in papers:
            if each.id == paper:
                return service, each
    raise NotKnown


async def _service(db: Database, service: UUID, locale: Locale) -> Service:
    for each in await db.read(directory):
        for one in each.services:
            if one.id == service:
                title = service_title(locale, one.key)
                return Service(id=service, title=title, institution=each.id, institution_name=each.name)
    raise NotKnown


async def _read(request: WebRequest) -> tuple[Typed, Reader]:
    read = Reader(await read_form(request), locale_of(request))
    form = read.form
    typed = Typed(
        paper=form.text("paper", 60),
        words={tag: form.text(f"text_{tag}", 2 * LONGEST) for tag in LANGUAGES},
        blocking=form.ticked("blocking"),
        condition=form.text("condition", 60),
        owner=form.text("owner", 2 * LONGEST),
        reviewed_on=form.text("reviewed_on", LONGEST_DATE),
    )
    if typed.reviewed_on:
        read.day("reviewed_on")
    return typed, read


def _asked(typed: Typed) -> PaperAsked:
    return PaperAsked(
        words=typed.words,
        blocking=typed.blocking,
        condition=typed.condition,
        owner=typed.owner,
        reviewed_on=date.fromisoformat(typed.reviewed_on) if typed.reviewed_on else None,
    )


def _stored(key: str, asked: PaperAsked) -> Typed:
    return Typed(
        paper=key,
        words={tag: asked.words.get(tag, "") for tag in LANGUAGES},
        blocking=asked.blocking,
        condition=asked.condition,
        owner=asked.owner,
        reviewed_on=asked.reviewed_on.isoformat() if asked.reviewed_on else "",
    )


def _as_said(locale: Locale, typed: Typed) -> tuple[Shown, ...]:
    said = {
        "blocking": locale.gettext(YES if typed.blocking else NO),
        "condition": dict(_conditions(locale)).get(typed.condition, typed.condition),
        "owner": typed.owner,
        "reviewed_on": locale.date(date.fromisoformat(typed.reviewed_on)) if typed.reviewed_on else "",
    }
    return (
        *own_words(locale, "text", typed.words),
        *(Shown(control=each, label=locale.gettext(LABELS[each]), text=text) for each, text in said.items()),
    )


def _shown(paper: Paper, locale: Locale, today: date) -> AskedPaper:
    condition = CONDITIONS.get(paper.condition, paper.condition)
    return AskedPaper(
        id=paper.id,
        text=words_of_paper(locale, paper.key, paper.words)[0],
        icon=paper.pictogram,
        blocking=paper.blocking,
        condition=locale.gettext(condition) if condition else "",
        owner=paper.owner,
        reviewed_on=paper.reviewed_on,
        old=needs_review(paper.reviewed_on, today=today),
    )


def _conditions(locale: Locale) -> tuple[tuple[str, str], ...]:
    return (("", locale.gettext(ALWAYS)), *((key, locale.gettext(text)) for key, text in CONDITIONS.items()))


async def _list_page(
    request: WebRequest, db: Database, service: UUID, typed: Typed, *, status: int = 200, **more: Any
) -> Response[Any]:
    locale = locale_of(request)
    papers = (await db.read(papers_by_service)).get(service, ())
    today = await _today(db)
    there = {paper.key for paper in papers}
    context = PapersPage(
        service=await _service(db, service, locale),
        papers=tuple(_shown(paper, locale, today) for paper in papers),
        shipped=tuple((key, locale.gettext(text)) for key, (text, _) in PAPERS.items() if key not in there),
        conditions=_conditions(locale),
        typed=typed,
        longest=LONGEST,
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, INSTITUTIONS))


async def _page(
    request: WebRequest,
    db: Database,
    paper: UUID,
    typed: Typed | None = None,
    seen: str | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    """The page of a paper, with what was typed where a form was refused, and what that form was made of."""
    locale = locale_of(request)
    service, found = await _find(db, paper)
    asked = await db.read(stored_paper, paper)
    stored = _stored(found.key, asked)
    typed = typed or stored
    context = PaperPage(
        service=await _service(db, service, locale),
        paper=_shown(found, locale, await _today(db)),
        conditions=_conditions(locale),
        typed=typed,
        seen_as=seen or fingerprint_of(asked),
        stored=differing(_as_said(locale, stored), _as_said(locale, typed)) if seen == "" else (),
        longest=LONGEST,
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, INSTITUTIONS))


route_handlers: list[Any] = [show_papers, add, review, show_paper, change, put_up, remove]
