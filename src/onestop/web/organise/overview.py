"""The live overview of a day, and the buttons for its desks and mediators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.clock import real_now
from onestop.days.queries.days import Day
from onestop.days.queries.desks import mediators_of_day
from onestop.days.queries.history import Change, changes_of_day
from onestop.devices.queries import Troubles, troubles_of_day
from onestop.domain.day import DayState, DeskState, MediatorState
from onestop.domain.ending import enough
from onestop.domain.errors import DeskServing, NotKnown
from onestop.domain.machine import Trouble
from onestop.domain.roles import Role
from onestop.domain.touch import Touch
from onestop.domain.verdict import Seen, Sign, Verdict, verdict_of
from onestop.live.hub import key_of
from onestop.notify.counts import MessageCounts, message_counts
from onestop.notify.untold import untold_of_day
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.queries.alarms import Alarm, open_alarms
from onestop.visits.queries.ending import end_counts_of
from onestop.visits.queries.overview import Overview, QueueNow, overview
from onestop.web.kit.called_here import marked
from onestop.web.kit.ending import EndAnswer, end_questions
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.risks import RiskLine, risk_line
from onestop.web.kit.sessions import actor
from onestop.web.kit.sse import live_stream
from onestop.web.kit.words import service_title, stop_title
from onestop.web.organise.desks import desk_of
from onestop.web.organise.frame import day_frame, enter, path_of
from onestop.web.organise.missing import Missing, missing_of
from onestop.web.organise.picture import picture_of
from onestop.web.organise.timeline import TimelineShown

MOST_AT_RISK = 100
"""Those who wait the longest: nobody reads a thousand lines, and they would come every two seconds."""
LOOKS_EVERY = 30
"""Seconds after which the page asks again, whatever happened."""
_DESKS = {"open": DeskState.OPEN, "pause": DeskState.PAUSED, "close": DeskState.CLOSED}
_MEDIATORS = {"free": MediatorState.FREE, "break": MediatorState.BREAK, "left": MediatorState.LEFT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue in the reader's language."""

    title: str
    queue: QueueNow


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSum:
    """What was answered to one of the questions at the end; no answers where only a few people gave one."""

    asks: str
    answers: tuple[tuple[EndAnswer, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVerdict:
    """How the day is, and why it is not well."""

    verdict: Verdict
    signs: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a change meant: how many tickets it touched, and those to tell by telephone or at the door."""

    touched: int
    untold: tuple[int, ...]
    opens: bool
    """Whether the reader may open them."""


@page_of("organise/overview.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    """Everything on the screen."""

    day: Day
    now: datetime
    verdict: DayVerdict | None
    """Only of a day that runs; nothing on an earlier date."""
    missing: Missing | None
    """Only of a day that runs."""
    shown: Overview
    queues: tuple[Queue, ...]
    messages: MessageCounts
    alarms: tuple[Alarm, ...]
    at_risk: tuple[RiskLine, ...]
    more_at_risk: int
    machines: tuple[Trouble, ...]
    look_in: int | None
    """Seconds until a machine is silent that says nothing more, if that is before the page looks anyway."""
    look_every: int
    running: bool
    ahead: bool
    """Whether it has not begun: nobody can say that it goes well."""
    end_sums: tuple[EndSum, ...]
    """Only of a day that is closed: nobody watches a counter move after somebody went home."""
    picture: TimelineShown | None
    """Only with the whole page: as a live part it comes alone, and less often."""
    done: Saved | None = None
    """Hours of an institution were just changed."""
    error: str = ""


@get("/organise/{day:str}/overview")
async def show_overview(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The screen, or for a live part the part alone."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found, block="live_overview" if is_htmx(request) else None)


@get("/organise/{day:str}/live")
async def overview_live(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Says that something changed."""
    found, _ = await enter(request, db, day)
    return await live_stream(request, [key_of("overview", found.id)])


@post(
    [
        "/organise/{day:str}/desks/{number:int}/open",
        "/organise/{day:str}/desks/{number:int}/pause",
        "/organise/{day:str}/desks/{number:int}/close",
    ]
)
async def set_desk(request: WebRequest, db: Db, day: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """Open, pause or close a desk; harmless twice."""
    found, someone = await enter(request, db, day)
    desk = await desk_of(db, found, number)
    state = _DESKS[request.url.path.rsplit("/", 1)[1]]
    try:
        await db.write(set_desk_state, desk.id, state, actor=someone, now=db.now(), day=found.id)
    except DeskServing as refusal:
        error = locale_of(request).say(refusal.sentence, refusal.params)
        block = "live_overview" if is_htmx(request) else None
        return await _page(request, db, found, block=block, error=error, status=refusal.status)
    return await _answer(request, db, found)


@post(
    [
        "/organise/{day:str}/mediators/{mediator:uuid}/free",
        "/organise/{day:str}/mediators/{mediator:uuid}/break",
        "/organise/{day:str}/mediators/{mediator:uuid}/left",
    ]
)
async def set_mediator(request: WebRequest, db: Db, day: FromPath[str], mediator: FromPath[UUID]) -> Response[Any]:
    """Free, break or left; harmless twice."""
    found, someone = await enter(request, db, day)
    if mediator not in {one.id for one in await db.read(mediators_of_day, found.id)}:
        raise NotKnown
    state = _MEDIATORS[request.url.path.rsplit("/", 1)[1]]
    await db.write(set_mediator_state, mediator, state, actor=someone, now=db.now(), day=found.id)
    return await _answer(request, db, found)


async def _answer(request: WebRequest, db: Db, day: Day) -> Response[Any]:
    if is_htmx(request):
        return await _page(request, db, day, block="live_overview")
    return see_other(path_of(day, "/overview"))


async def _page(
    request: WebRequest, db: Db, day: Day, *, block: str | None = None, error: str = "", status: int = 200
) -> Response[Any]:
    now = db.now()
    locale = locale_of(request)
    opens = (await actor(request)).has(Role.ORGANISER, Role.RECEPTIONIST, day=day.id)
    shown = await db.read(overview, day.id, now=now, opens_at=day.opens_at)
    queues = tuple(Queue(title=_title(each, locale), queue=each) for each in shown.queues)
    messages: MessageCounts = await db.read(message_counts, day.id, now=now)
    alarms: tuple[Alarm, ...] = marked(request, await db.read(open_alarms, day.id))
    real = real_now()
    troubles: Troubles = await db.read(troubles_of_day, day.id, real=real)
    machines = troubles.machines
    running = day.state is DayState.PUBLISHED
    ahead = running and now < day.opens_at
    judged = running and now.astimezone(day.zone).date() >= day.on
    verdict = _verdict(day, shown, queues, messages, alarms, machines, now=now) if judged else None
    context = OverviewPage(
        day=day,
        now=now,
        verdict=None if ahead and verdict is not None and verdict.verdict is Verdict.WELL else verdict,
        missing=missing_of(shown, opens_at=day.opens_at, now=now) if judged else None,
        shown=shown,
        queues=queues,
        messages=messages,
        alarms=alarms,
        at_risk=tuple(risk_line(locale, day.slug, each, opens=opens) for each in shown.at_risk[:MOST_AT_RISK]),
        more_at_risk=max(0, len(shown.at_risk) - MOST_AT_RISK),
        machines=machines,
        look_in=_look_in(troubles, real),
        look_every=LOOKS_EVERY,
        running=running,
        ahead=ahead,
        end_sums=await _end_sums(db, day, locale) if day.tells_answers(now) else (),
        picture=await picture_of(db, day, now=now) if block is None else None,
        done=await _saved(db, day, opens=opens) if request.query_params.get("done") == "hours" else None,
        error=error,
    )
    return page(request, context, block=block, status=status, **day_frame(request, day, "/overview"))


async def _saved(db: Db, day: Day, *, opens: bool) -> Saved:
    changes: list[Change] = await db.read(changes_of_day, day.id)
    touched = {} if not changes else {how: n for how, n in changes[0].touched.items() if how != Touch.UNNOTICED}
    return Saved(touched=sum(touched.values()), untold=tuple(await db.read(untold_of_day, day.id)), opens=opens)


def _look_in(troubles: Troubles, real: datetime) -> int | None:
    if troubles.next_at is None:
        return None
    seconds = floor((troubles.next_at - real).total_seconds()) + 1
    return seconds if seconds < LOOKS_EVERY else None


def _verdict(
    day: Day,
    shown: Overview,
    queues: Sequence[Queue],
    messages: MessageCounts,
    alarms: Sequence[Alarm],
    machines: Sequence[Trouble],
    *,
    now: datetime,
) -> DayVerdict:
    # Before the doors open nobody expects an open desk.
    unserved = [each for each in queues if not each.queue.open_desks and now >= day.opens_at and not day.paused]
    many = [each for each in queues if each.queue.too_many]
    verdict, signs = verdict_of(
        (
            Seen(sign=Sign.ALARM, count=len(alarms)),
            Seen(sign=Sign.TOO_MANY, count=len(many), services=tuple(each.title for each in many)),
            Seen(sign=Sign.NO_DESK, count=len(unserved), services=tuple(each.title for each in unserved)),
            Seen(sign=Sign.RISK, count=len(shown.at_risk)),
            Seen(sign=Sign.MACHINE, count=len(machines)),
            Seen(sign=Sign.PAUSED, count=int(day.paused)),
            Seen(sign=Sign.UNSENT, count=messages.dead + messages.failing),
        )
    )
    return DayVerdict(verdict=verdict, signs=signs)


async def _end_sums(db: Db, day: Day, locale: Locale) -> tuple[EndSum, ...]:
    counts = await db.read(end_counts_of, day.id)
    return tuple(
        EndSum(
            asks=question.asks,
            answers=tuple((answer, counts[question.name][answer.value]) for answer in question.answers)
            if enough(counts[question.name])
            else (),
        )
        for question in end_questions(locale)
    )


def _title(queue: QueueNow, locale: Locale) -> str:
    return service_title(locale, queue.key) if queue.key else stop_title(locale, "", private=True)


route_handlers: list[Any] = [show_overview, overview_live, set_desk, set_mediator]
