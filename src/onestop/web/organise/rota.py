"""Asking people when they can come: links that are shown once, what was said, and entering somebody by one press."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.rota import RotaAnswer, RotaLink, answers_of_day, links_of_day
from onestop.days.rota import make_link, remove_answer, revoke_link, takes_answers
from onestop.days.setup_values import Hours
from onestop.domain.crew import Work, as_said, blocks
from onestop.domain.errors import N_, Refusal
from onestop.domain.intervals import Interval, within
from onestop.keys import new_code
from onestop.visits.actions.rota import Place, take_answer
from onestop.web.kit.crew_words import WORKS
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of, tell_once, was_told
from onestop.web.organise.people import WORK_MISSING, places_of
from onestop.web.organise.reading import read_id, read_time

ALPHABET, LENGTH = "abcdefghijklmnopqrstuvwxyz234567", 26
"""As long as the code of a ticket: 130 bits."""
KINDS = tuple(work.value for work in Work)
EVERY_KIND = N_("Every kind of work")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """A link in words."""

    link: RotaLink
    work: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidHour:
    """A part of what she said, ticked unless the organiser took the tick away."""

    value: str
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """An answer in words, with what its form offers: kinds of work, places of an officer, hours."""

    answer: RotaAnswer
    works: tuple[tuple[str, str], ...]
    work: str
    place: str
    hours: tuple[SaidHour, ...]
    entered: tuple[tuple[str, tuple[Interval, ...]], ...]
    moved: bool
    """Whether it was said for another date than the day has now."""
    error: str


@page_of("organise/rota.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RotaPage:
    """The links and the answers; `works`: value and words of the kinds a link can ask for."""

    day: Day
    links: tuple[LinkLine, ...]
    answers: tuple[AnswerLine, ...]
    places: tuple[tuple[str, str], ...]
    works: tuple[tuple[str, str], ...]
    asks: bool
    """Whether the day still takes answers."""
    done: str
    told: bool
    error: str = ""
    key: str = field(default_factory=new_key)


@page_of("organise/rota_link.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RotaLinkPage:
    """A new link: the only time it is readable."""

    day: Day
    address: str
    work: str


@get("/organise/{day:str}/people/answers")
async def show_answers(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The links and what was said."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found)


@post("/organise/{day:str}/people/links")
async def make(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Make a link and show it, this one time."""
    found, someone = await enter(request, db, day)
    asked = (await read_form(request)).text("work", 12)
    work = Work(asked) if asked in KINDS else None
    try:
        code, path = await tell_once(
            request,
            f"organise.rota.{found.id}",
            make_link,
            found.id,
            work,
            code=new_code(ALPHABET, LENGTH),
            actor=someone,
            now=db.now(),
            day=found.id,
            back=path_of(found, "/people/answers"),
        )
    except Refusal as refusal:
        said = locale_of(request).say(refusal.sentence, refusal.params)
        return await _page(request, db, found, error=said, status=refusal.status)
    if code is None:
        return see_other(path)
    context = RotaLinkPage(
        day=found, address=f"{base_url_of(request)}/shifts/{code}", work=_work_says(locale_of(request), work)
    )
    return page(request, context, **day_frame(request, found))


@post("/organise/{day:str}/people/links/{rota_link:uuid}/revoke")
async def revoke(request: WebRequest, db: Db, day: FromPath[str], rota_link: FromPath[UUID]) -> Response[Any]:
    """The link takes no answers any more."""
    found, someone = await enter(request, db, day)
    await db.write(revoke_link, found.id, rota_link, actor=someone, now=db.now(), day=found.id)
    return see_other(path_of(found, "/people/answers?done=revoked"))


@post("/organise/{day:str}/people/answers/{answer:uuid}/take")
async def take(request: WebRequest, db: Db, day: FromPath[str], answer: FromPath[UUID]) -> Response[Any]:
    """Enter her with all her hours, or with those that are still ticked."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    work = form.text("work", 12)
    if work not in KINDS:
        said = locale_of(request).gettext(WORK_MISSING)
        return await _page(request, db, found, wrong=answer, error=said, typed=form, status=422)
    kind, _, text = form.text("place", 60).partition(":")
    place = Place(
        work=Work(work),
        hours=_hours(form),
        desk=read_id(text) if kind == "desk" else None,
        institution=read_id(text) if kind == "institution" else None,
    )
    try:
        path = await submit_once(
            request,
            f"organise.rota.take.{answer}",
            take_answer,
            found.id,
            answer,
            place,
            version=form.number("version") or 0,
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/people/answers?done=taken"),
        )
    except Refusal as refusal:
        (said,) = errors_of(locale_of(request), refusal).values()
        fresh, _ = await enter(request, db, day)
        return await _page(request, db, fresh, wrong=answer, error=said, typed=form, status=refusal.status)
    return see_other(path)


@post("/organise/{day:str}/people/answers/{answer:uuid}/remove")
async def remove(request: WebRequest, db: Db, day: FromPath[str], answer: FromPath[UUID]) -> Response[Any]:
    """Delete an answer; whoever was entered from it stays."""
    found, someone = await enter(request, db, day)
    path = await submit_once(
        request,
        f"organise.rota.remove.{answer}",
        remove_answer,
        found.id,
        answer,
        actor=someone,
        now=db.now(),
        day=found.id,
        to=lambda _: path_of(found, "/people/answers?done=removed"),
    )
    return see_other(path)


async def _page(
    request: WebRequest,
    db: Db,
    day: Day,
    *,
    wrong: UUID | None = None,
    error: str = "",
    typed: Form | None = None,
    status: int = 200,
) -> Response[Any]:
    locale = locale_of(request)
    links: list[RotaLink] = await db.read(links_of_day, day.id)
    answers: list[RotaAnswer] = await db.read(answers_of_day, day.id)
    known = any(each.id == wrong for each in answers)
    context = RotaPage(
        day=day,
        links=tuple(LinkLine(link=each, work=_work_says(locale, each.work)) for each in links),
        answers=tuple(
            _line(locale, day, each, typed if each.id == wrong else None, error if each.id == wrong else "")
            for each in sorted(answers, key=lambda each: (each.withdrawn_at is not None, each.said_at))
            # Of whoever was never entered nothing is left to see.
            if each.withdrawn_at is None or each.entered
        ),
        places=places_of(locale, await db.read(desks_of_day, day.id), None),
        works=(("", locale.gettext(EVERY_KIND)), *((work.value, locale.gettext(WORKS[work])) for work in Work)),
        asks=takes_answers(day, now=db.now()),
        done=request.query_params.get("done", "")[:20],
        told=was_told(request),
        error="" if known else error,
    )
    return page(request, context, status=status, **day_frame(request, day))


def _line(locale: Locale, day: Day, answer: RotaAnswer, typed: Form | None, error: str) -> AnswerLine:
    kept = set(typed.all("hours")) if typed is not None else None
    own = f"institution:{answer.institution}" if answer.institution else ""
    return AnswerLine(
        answer=answer,
        works=tuple((work.value, locale.gettext(WORKS[work])) for work in answer.works),
        work=typed.text("work", 12) if typed is not None else answer.works[0].value if answer.works else "",
        place=typed.text("place", 60) if typed is not None else own,
        hours=tuple(SaidHour(value=each, ticked=kept is None or each in kept) for each in _parts(day, answer.hours)),
        entered=tuple((locale.gettext(WORKS[each.work]), each.hours) for each in answer.entered),
        moved=answer.said_for != day.on,
        error=error,
    )


def _parts(day: Day, hours: Sequence[Hours]) -> tuple[str, ...]:
    """What she said in the blocks of the day, `09:00-10:00`; stretches that fit no block any more stay whole."""
    every = blocks(day.opens_at, day.closes_at, day.zone)
    marks = {each: "-".join(as_said([each], day.zone)[0]) for each in every}
    found: list[str] = []
    for start, end in hours:
        first = next((each[0] for each in every if marks[each].startswith(f"{start:%H:%M}-")), None)
        last = next((each[1] for each in every if marks[each].endswith(f"-{end:%H:%M}")), None)
        inside = [] if first is None or last is None else [each for each in every if within([each], [(first, last)])]
        found += [marks[each] for each in inside] or [f"{start:%H:%M}-{end:%H:%M}"]
    return tuple(found)


def _hours(form: Form) -> tuple[Hours, ...]:
    """The ticked parts, those that touch as one."""
    found: list[Hours] = []
    for mark in form.all("hours"):
        start, _, end = mark.partition("-")
        opens, closes = read_time(start), read_time(end)
        if opens is None or closes is None:
            continue
        if found and found[-1][1] == opens:
            found[-1] = (found[-1][0], closes)
        else:
            found.append((opens, closes))
    return tuple(found)


def _work_says(locale: Locale, work: Work | None) -> str:
    return locale.gettext(WORKS[work] if work else EVERY_KIND)


route_handlers: list[Any] = [show_answers, make, revoke, take, remove]
