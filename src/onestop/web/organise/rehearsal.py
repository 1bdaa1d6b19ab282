"""A day before it comes, beside its set-up: what is expected, the picture of it, and what would help most."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.days.queries.offer import service_keys
from onestop.domain.day import DayState
from onestop.domain.remedies import CLEAR, Gain, RemedyKind
from onestop.reports.playing import MainFigures, Rehearsed
from onestop.reports.rehearsal import rehearsal_of_day
from onestop.reports.rehearsing import Rehearsals, mark_of_day
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.organise.frame import day_frame, enter, path_of
from onestop.web.organise.timeline import TimelineShown, timeline_shown

MOST_TOLD = 5
PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A gain, and the two ends that it hardly leaves."""

    about: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A change that would help: which desk or mediators, until when, what it is worth, and where it is done.

    What is not clear of chance is not told.
    """

    kind: RemedyKind
    desk: DeskRow | None
    languages: tuple[str, ...]
    at: datetime | None
    wait: Between | None
    finished: Between | None
    sooner: Between | None
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLine:
    """Desks or mediators that are alike, with the part of their hours in percent."""

    desks: tuple[DeskRow, ...]
    label: str
    languages: tuple[str, ...]
    members: int
    percent: int


@page_of("organise/rehearsal.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalPage:
    """What is known so far; nothing of a day that is over or has no desk with hours."""

    day: Day
    possible: bool
    found: Rehearsed | None
    picture: TimelineShown | None
    unfinished: tuple[tuple[str, float], ...]
    use: tuple[UseLine, ...]
    helps: tuple[Help, ...]
    then: Help | None


@page_of("organise/rehearsal_beside.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalBeside:
    """The main figures beside a form, with those before the last change of the set-up."""

    day: Day
    found: Rehearsed | None
    main: MainFigures | None
    before: MainFigures | None


@get("/organise/{day:str}/rehearsal")
async def show_rehearsal(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The page, or for a live part the part alone."""
    found, _ = await enter(request, db, day)
    rehearsed = await _rehearsed(request, db, found)
    locale = locale_of(request)
    desks: list[DeskRow] = await db.read(desks_of_day, found.id)
    mediators: list[MediatorRow] = await db.read(mediators_of_day, found.id)
    helps = _helps(rehearsed, found, desks) if rehearsed is not None else []
    context = RehearsalPage(
        day=found,
        possible=_is_possible(found, db.now()),
        found=rehearsed,
        picture=None
        if rehearsed is None or rehearsed.timeline is None
        else timeline_shown(rehearsed.timeline, desks, mediators),
        unfinished=_unfinished(rehearsed, await db.read(service_keys), locale),
        use=_use(rehearsed, desks, mediators),
        helps=tuple(each for each, then in helps if not then)[:MOST_TOLD],
        then=next((each for each, then in helps if then), None),
    )
    block = "live_rehearsal" if is_htmx(request) else None
    return page(request, context, block=block, **day_frame(request, found))


@get("/organise/{day:str}/rehearsal/beside")
async def show_beside(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The panel beside a form; without script there is the page."""
    found, _ = await enter(request, db, day)
    if not is_htmx(request):
        return see_other(path_of(found, "/rehearsal"))
    rehearsed = await _rehearsed(request, db, found)
    context = RehearsalBeside(
        day=found,
        found=rehearsed,
        main=None if rehearsed is None else rehearsed.main,
        before=None if rehearsed is None else rehearsed.before,
    )
    return page(request, context, block="rehearsal_beside", **day_frame(request, found))


def _is_possible(day: Day, now: datetime) -> bool:
    return day.state in (DayState.DRAFT, DayState.PUBLISHED) and now < day.closes_at


async def _rehearsed(request: WebRequest, db: Db, day: Day) -> Rehearsed | None:
    """What is known of the day as it is set up and booked now; asking for it has it played."""
    if not _is_possible(day, db.now()):
        return None
    rehearsals: Rehearsals = request.app.state.rehearsals
    mark = await db.read(mark_of_day, day.id)
    found = await asyncio.to_thread(rehearsals.fresh, day.id, mark)
    if found is not None:
        return found
    made = await db.read(rehearsal_of_day, day)
    if not made.day.desks or not made.day.services:
        return None
    return await asyncio.to_thread(rehearsals.begin, day.id, mark, made)


def _unfinished(found: Rehearsed | None, keys: dict[UUID, str], locale: Locale) -> tuple[tuple[str, float], ...]:
    if found is None or found.expectation is None:
        return ()
    return tuple(
        (service_title(locale, keys[service].partition(":")[2]), parties)
        for service, parties in sorted(found.expectation.unfinished_by, key=lambda each: -each[1])
        if service in keys
    )


def _use(found: Rehearsed | None, desks: list[DeskRow], mediators: list[MediatorRow]) -> tuple[UseLine, ...]:
    if found is None or found.expectation is None:
        return ()
    by_desk = {desk.id: desk for desk in desks}
    people = {one.id: one for one in mediators}
    lines: list[UseLine] = []
    for each in (*found.expectation.desks, *found.expectation.mediators):
        alike = tuple(by_desk[who] for who in each.members if who in by_desk)
        one = people.get(each.members[0])
        lines.append(
            UseLine(
                desks=alike,
                label=alike[0].institution.name if alike else one.label if one and len(each.members) == 1 else "",
                languages=each.languages,
                members=len(each.members),
                percent=round(PERCENT * each.share),
            )
        )
    return tuple(lines)


def _helps(found: Rehearsed, day: Day, desks: list[DeskRow]) -> list[tuple[Help, bool]]:
    """The best first; whether each was played on top of the best one."""
    by_id = {desk.id: desk for desk in desks}
    gains = sorted((gain for gain in found.gains if gain.is_clear), key=lambda gain: -gain.saved.mean)
    return [(_help(gain, day, by_id), gain.then) for gain in gains]


def _help(gain: Gain, day: Day, desks: dict[UUID, DeskRow]) -> Help:
    remedy = gain.remedy
    desk = desks.get(remedy.members[0]) if remedy.members else None
    return Help(
        kind=remedy.kind,
        desk=desk,
        languages=remedy.languages,
        at=remedy.at,
        wait=_between(gain.wait.mean, gain.wait.error),
        finished=_between(gain.finished.mean, gain.finished.error, least=0.2),
        sooner=_between(gain.sooner.mean, gain.sooner.error, least=2.0),
        path=path_of(day, _where(remedy.kind, desk)),
    )


def _where(kind: RemedyKind, desk: DeskRow | None) -> str:
    if kind is RemedyKind.DESK:
        return f"/desks/new?institution={desk.institution.id}" if desk is not None else "/desks/new"
    if kind is RemedyKind.STAY:
        return f"/desks/{desk.number}" if desk is not None else "/desks"
    return {RemedyKind.MEDIATOR: "/mediators/new", RemedyKind.SOONER: "/lines", RemedyKind.LONGER: "/settings"}[kind]


def _between(mean: float, error: float, least: float = 0.5) -> Between | None:
    """What is told: more than chance, and more than nothing."""
    if mean < least or mean <= CLEAR * error:
        return None
    return Between(about=mean, least=max(0.0, mean - CLEAR * error), most=mean + CLEAR * error)


route_handlers: list[Any] = [show_rehearsal, show_beside]
