"""Every own text of the centre or of a day, by language, and the form of one of them in all its languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.queries import accounts_list
from onestop.days.queries.days import Day, day_by_slug
from onestop.days.queries.offer import day_offer
from onestop.days.queries.texts import BOARD, OPEN, OwnTexts, Seen, Which, all_texts, own_texts, texts_of_day
from onestop.days.texts import LINES, LONGEST, write_text
from onestop.db.session import Database
from onestop.directory.organising import centre_language, directory
from onestop.domain.errors import Changed, DayUnknown, NotKnown, Refusal
from onestop.domain.own_lines import PLACES
from onestop.domain.own_words import Reading
from onestop.locale.languages import KNOWN, PSEUDO_LANGUAGES
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, direction
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import Round, go_to, page, see_other
from onestop.web.organise.frame import (
    centre_frame,
    day_frame,
    enter,
    enter_centre,
    errors_of,
    path_of,
    works_everywhere,
)
from onestop.web.organise.text_words import KINDS, Row, name_of, path_of_text, reading_of, row_of, service_row, who_is

HOME = "/organise/texts"
SHOWS = ("missing", "unread")
OF = "of"
"""The language that is looked at, apart from the language of whoever looks."""


@page_of("organise/texts.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TextsPage:
    """A table: a line for each text, a column for each language."""

    here: str
    day: Day | None
    rows: tuple[Row, ...]
    tags: tuple[str, ...]
    """The columns."""
    choices: tuple[str, ...]
    of: str
    show: str
    missing: int
    unread: int
    """Of what can be chosen, in how many cells something is to do."""
    shared: bool
    """Whether the reader may change what all days share."""
    services: int
    """Services of the centre's own, whose name is the same in every language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One language of the form: what is typed, what is stored, how far it was read, and what is read without it."""

    tag: str
    dir: str
    typed: str
    stored: str
    mark: str
    reading: str
    read_by: str
    read_on: date | None
    by: str
    on: date | None
    seen: str
    shown: str
    shown_language: str


@page_of("organise/text.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """One text in all its languages."""

    here: str
    of_day: str
    back: str
    back_label: str
    kind: str
    name: str
    texts: tuple[Part, ...]
    lines: bool
    longest: int
    places: tuple[str, ...]
    board_of: str
    """The day whose boards show it, empty for what no board shows."""
    open: bool
    meanwhile: bool
    """Somebody else stored something since the form was made: it stands beside what was typed."""
    seen_as: str
    saved: bool
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get(HOME)
async def show_texts(request: WebRequest, db: Db) -> Response[Any]:
    """Of the whole centre."""
    await enter_centre(request)
    found = await db.read(all_texts)
    known = [one for one in await db.read(directory) if not one.closed]
    return _list_page(
        request,
        found,
        _tags(found, LANGUAGES),
        services=[(service.key, (one.id, one.name)) for one in known for service in one.services],
        here=HOME,
        frame=await centre_frame(request, db, HOME),
        working=await db.read(centre_language),
    )


@get("/organise/{day:str}/texts")
async def show_day_texts(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """What visitors of one day may read, in the languages that are switched on for it."""
    one, someone = await enter(request, db, day)
    return _list_page(
        request,
        await db.read(texts_of_day, one),
        one.languages,
        services=[
            (each.key, (each.institution.id, each.institution.name))
            for each in (await db.read(day_offer, one.id)).services
        ],
        here=path_of(one, "/texts"),
        frame=day_frame(request, one),
        working=one.working_language,
        day=one,
        shared=works_everywhere(someone),
    )


@get(f"{HOME}/{{kind:str}}/{{owner:uuid}}/{{part:str}}")
async def show_text(
    request: WebRequest, db: Db, kind: FromPath[str], owner: FromPath[UUID], part: FromPath[str]
) -> Response[Any]:
    """A text that all days share. `?day=` leads back to the page of that day."""
    await enter_centre(request)
    return await _text_page(request, db, await db.read(own_texts, _shared(kind, owner, part)))


@post(f"{HOME}/{{kind:str}}/{{owner:uuid}}/{{part:str}}")
async def save_text(
    request: WebRequest, db: Db, kind: FromPath[str], owner: FromPath[UUID], part: FromPath[str]
) -> Response[Any]:
    """Store it."""
    someone = await enter_centre(request)
    return await _save(request, db, _shared(kind, owner, part), someone)


@get("/organise/{day:str}/texts/{part:str}")
async def show_day_text(request: WebRequest, db: Db, day: FromPath[str], part: FromPath[str]) -> Response[Any]:
    """A text of one day: its lines in messages, or on the boards."""
    one, _ = await enter(request, db, day)
    return await _text_page(request, db, await db.read(own_texts, Which("day", one.id, part)), day=one)


@post("/organise/{day:str}/texts/{part:str}")
async def save_day_text(request: WebRequest, db: Db, day: FromPath[str], part: FromPath[str]) -> Response[Any]:
    """Store it."""
    one, someone = await enter(request, db, day)
    return await _save(request, db, Which("day", one.id, part), someone, day=one)


@get("/organise/{day:str}/board")
async def show_board_line(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Where the line on the boards was before it became one of the texts."""
    one, _ = await enter(request, db, day)
    return go_to(request, path_of(one, f"/texts/{BOARD[1]}"))


def _shared(kind: str, owner: UUID, part: str) -> Which:
    """Raises `NotKnown` for a text of a day, which has its own address, and for what is none."""
    if kind == "day" or (kind, part) not in LONGEST:
        raise NotKnown
    return Which(kind, owner, part)


async def _save(
    request: WebRequest, db: Database, which: Which, someone: Any, *, day: Day | None = None
) -> Response[Any]:
    found = await db.read(own_texts, which)
    form = await read_form(request)
    typed = _typed(form, 2 * LONGEST[found.about])
    # A language whose field was not sent keeps its words.
    words = {**{tag: one.text for tag, one in found.words.items()}, **typed}
    marks = {
        tag: Reading(mark)
        for tag in words
        if (mark := form.text(f"read_{tag}", 10)) in (Reading.CHECKED, Reading.DRAFT)
    }
    back = await _day_of(db, form.text("day", 80)) if day is None else day
    here = path_of_text(found, of_day=back.slug if back is not None and day is None else "")
    try:
        path = await submit_once(
            request,
            f"organise.text.{which.kind}.{which.owner}.{which.field}",
            write_text,
            which,
            words,
            marks=marks,
            seen_as=form.text("seen_as", 40),
            actor=someone,
            now=db.now(),
            day=day.id if day is not None else None,
            to=lambda _: f"{here}{'&' if '?' in here else '?'}done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await _text_page(
            request,
            db,
            await db.read(own_texts, which),
            day=day,
            of_day=back,
            typed=typed,
            marks=marks,
            meanwhile=isinstance(refusal, Changed),
            # What others stored since is shown only after this press: only then the next one may replace it.
            seen_as="" if isinstance(refusal, Changed) else form.text("seen_as", 40),
            errors=errors,
            status=refusal.status,
        )
    return see_other(path)


def _typed(form: Form, most: int) -> dict[str, str]:
    names = [(name, name.removeprefix("text_")) for name in form if name.startswith("text_")]
    known = [(name, tag) for name, tag in names if tag in KNOWN and tag not in PSEUDO_LANGUAGES]
    return {tag: form.text(name, most).replace("\r", "") for name, tag in known}


async def _day_of(db: Database, slug: str) -> Day | None:
    """The day whose page led here, `None` for anything else."""
    try:
        return await db.read(day_by_slug, slug) if slug else None
    except DayUnknown:
        return None


def _tags(found: Iterable[OwnTexts], first: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *(tag for each in found for tag in sorted(each.words)))))


def _list_page(
    request: WebRequest,
    found: Iterable[OwnTexts],
    tags: tuple[str, ...],
    *,
    services: Iterable[tuple[str, tuple[UUID, str]]],
    here: str,
    frame: Round,
    working: str,
    day: Day | None = None,
    shared: bool = True,
) -> Response[Any]:
    locale = locale_of(request)
    asked = request.query_params
    of = asked.get(OF, "") if asked.get(OF, "") in tags else ""
    show = asked.get("show", "") if asked.get("show", "") in SHOWS else ""
    columns = (of,) if of else tags
    read_as, of_day = (working, day.slug) if day is not None else ("", "")
    rows = [row_of(locale, each, columns, working=read_as, of_day=of_day) for each in found]
    named = [service_row(locale, key, whose, columns, working=working) for key, whose in dict.fromkeys(services)]
    own = [row for row in named if row is not None]
    rows += own
    cells = [cell for row in rows for cell in row.cells]
    context = TextsPage(
        here=here,
        day=day,
        rows=tuple(row for row in rows if not show or any(getattr(cell, show) for cell in row.cells)),
        tags=columns,
        choices=tags,
        of=of,
        show=show,
        missing=sum(cell.missing for cell in cells),
        unread=sum(cell.unread for cell in cells),
        shared=shared,
        services=len(own),
    )
    return page(request, context, **frame)


async def _text_page(
    request: WebRequest,
    db: Database,
    own: OwnTexts,
    *,
    day: Day | None = None,
    of_day: Day | None = None,
    typed: Mapping[str, str] | None = None,
    marks: Mapping[str, Reading] | None = None,
    meanwhile: bool = False,
    seen_as: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    locale = locale_of(request)
    of_day = of_day or day or await _day_of(db, request.query_params.get("day", ""))
    names = {f"account:{one.id}": one.name or one.login for one in await db.read(accounts_list)}
    frame = day_frame(request, day) if day is not None else await centre_frame(request, db, HOME)
    zone = ZoneInfo(frame.get("zone", "UTC"))
    first = (own.source or own.working, *(day.languages if day is not None else LANGUAGES))
    given, marks = typed or {}, marks or {}
    parts: list[Part] = []
    for tag in dict.fromkeys((*first, *own.words, *given)):
        one = own.words.get(tag)
        seen, language, shown = own.read_in(tag)
        stored = one.text if one is not None else ""
        parts.append(
            Part(
                tag=tag,
                dir=direction(tag),
                typed=given.get(tag, stored),
                stored=stored,
                mark=marks.get(tag, ""),
                reading=reading_of(own, tag),
                read_by=who_is(locale, one.read_by, names) if one is not None and one.read_at is not None else "",
                read_on=one.read_at.astimezone(zone).date() if one is not None and one.read_at is not None else None,
                by=who_is(locale, one.by, names) if one is not None else "",
                on=one.at.astimezone(zone).date() if one is not None and one.at is not None else None,
                seen="" if seen is Seen.OWN else seen,
                shown=shown,
                shown_language=language,
            )
        )
    led_here = of_day.slug if of_day is not None and day is None else ""
    context = TextPage(
        here=path_of_text(own, of_day=led_here),
        of_day=led_here,
        back=path_of(of_day, "/texts") if of_day is not None else HOME,
        back_label=of_day.name if of_day is not None else "",
        kind=locale.gettext(KINDS[own.about]),
        name=name_of(locale, own),
        texts=tuple(parts),
        lines=own.about in LINES,
        longest=LONGEST[own.about],
        places=tuple(f"{{{place}}}" for place in PLACES) if own.which.field == "message" else (),
        board_of=day.slug if day is not None and own.about == BOARD else "",
        open=day is None or day.state in OPEN,
        meanwhile=meanwhile,
        seen_as=seen_as or own.seen_as,
        saved=request.query_params.get("done") == "saved" and not errors,
        errors=errors or {},
    )
    return page(request, context, status=status, **frame)


route_handlers: list[Any] = [
    show_texts,
    show_day_texts,
    show_text,
    save_text,
    show_day_text,
    save_day_text,
    show_board_line,
]
