"""Reception's first page: the days, one search field, what was counted at the door."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.spares import check_spare
from onestop.clock import real_now
from onestop.days.queries.days import Day
from onestop.devices.queries import machines_in_trouble
from onestop.domain.door import TurnedAway
from onestop.domain.errors import N_, InvalidInput
from onestop.domain.machine import Trouble
from onestop.domain.paper import TicketOnPaper
from onestop.domain.roles import Actor
from onestop.live.hub import key_of
from onestop.notify.untold import untold_of_day
from onestop.visits.actions.door import count_answered, count_turned_away
from onestop.visits.queries.alarms import Alarm, open_alarms
from onestop.visits.queries.floor import Behind, desks_behind
from onestop.visits.queries.people import Person
from onestop.visits.queries.reception import DoorCounts, Hall, door_counts, find_people, hall
from onestop.web.kit.broadcasts import Told, told_to_all
from onestop.web.kit.called_here import marked
from onestop.web.kit.days import choose_day
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sse import live_stream
from onestop.web.kit.staff_door import is_on, is_over
from onestop.web.reception.frame import (
    ROLES,
    day_and_actor,
    frame,
    home_of,
    party_path,
    today_instead,
    works_everywhere,
)

LONGEST_SHOWN = 300


@page_of("reception/home.html", scans=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The search field with what it found, the sizes of the hall, the counters."""

    day: Day
    now: datetime
    over: bool
    today: bool
    of_today: bool
    """Its date is today, also before and after its hours."""
    everywhere: bool
    now_on: Day | None
    """The day that is on now, while this page is of another one."""
    typed: str = ""
    found: tuple[Person, ...] | None = None
    hall: Hall
    counts: DoorCounts
    alarms: tuple[Alarm, ...]
    machines: tuple[Trouble, ...]
    behind: tuple[Behind, ...]
    """Desks that do not keep up."""
    to_all: Told | None
    untold: int
    """Tickets that a change of the day touches and nobody could write to."""
    key: str = field(default_factory=new_key)


@get("/reception")
async def show_days(request: WebRequest, db: Db) -> Response[Any]:
    """Choose the day; somebody who works at one day only is sent there."""
    return await choose_day(request, db, *ROLES, door="reception", title=N_("Reception"))


@get("/reception/{slug:str}")
async def show_home(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The search field has the focus."""
    day, someone = await day_and_actor(request, db, slug)
    return page(request, await _home(request, db, day, someone), **frame(request, day, ""))


@get("/reception/{slug:str}/now")
async def show_now(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The figures alone, for the live page."""
    day, someone = await day_and_actor(request, db, slug)
    return page(request, await _home(request, db, day, someone), block="figures", **frame(request, day, ""))


@post("/reception/{slug:str}/find")
async def find(request: WebRequest, db: Db, ticket_key: TicketKey, slug: FromPath[str]) -> Response[Any]:
    """Who this could be. A form and no address, because names and phones stand in no address; a code opens its page.

    The code of a spare ticket opens the line that enters it.
    """
    day, someone = await day_and_actor(request, db, slug)
    typed = (await read_form(request)).text("q", LONGEST_SHOWN)
    if not typed:
        return page(request, await _home(request, db, day, someone), block=_block(request), **frame(request, day, ""))
    findings = await db.read(find_people, day, typed, everywhere=works_everywhere(someone))
    found, today = findings.people, today_instead(request)
    if today is not None and not findings.code:
        # A tablet that was left on another day finds whoever stands here.
        findings = await db.read(find_people, today, typed, everywhere=False)
        found += tuple(one for one in findings.people if one.party not in {each.party for each in found})
    for each in (day, today) if findings.code else ():
        if each is not None and found[0].day == each.id and len(found) == 1:
            return _go(request, party_path(each, found[0].party))
    if not found:
        try:
            await db.read(check_spare, typed, key=ticket_key, days=[day.id])
        except TicketOnPaper as spare:
            if spare.day == day.id:
                return _go(request, f"{home_of(day)}/paper?number={spare.number}")
    context = await _home(request, db, day, someone, typed=typed, found=found)
    return page(request, context, block=_block(request), **frame(request, day, ""))


def _go(request: WebRequest, path: str) -> Response[Any]:
    if not is_htmx(request):
        return see_other(path)
    return Response(b"", status_code=204, headers={"HX-Redirect": path})


@get("/reception/{slug:str}/find")
async def find_again(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The address of a search that was opened again: the empty search field."""
    day, _ = await day_and_actor(request, db, slug)
    return see_other(home_of(day))


@post("/reception/{slug:str}/turned-away")
async def turn_away(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """One tap: somebody went away, and why."""
    day, someone = await day_and_actor(request, db, slug)
    typed = (await read_form(request)).text("reason", 40)
    if typed not in list(TurnedAway):
        raise InvalidInput(field="reason")
    await submit_once(
        request,
        "reception.turned_away",
        count_turned_away,
        day.id,
        reason=TurnedAway(typed),
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: home_of(day),
    )
    return await _counted(request, db, day, someone)


@post("/reception/{slug:str}/answers")
async def answer_at_door(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """One tap: a question was answered at the door."""
    day, someone = await day_and_actor(request, db, slug)
    await submit_once(
        request,
        "reception.answered",
        count_answered,
        day.id,
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: home_of(day),
    )
    return await _counted(request, db, day, someone)


@get("/reception/{slug:str}/live")
async def reception_live(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Something changed at this day."""
    day, _ = await day_and_actor(request, db, slug)
    return await live_stream(request, [key_of("overview", day.id)])


async def _home(
    request: WebRequest, db: Db, day: Day, someone: Actor, *, typed: str = "", found: tuple[Person, ...] | None = None
) -> HomePage:
    now = db.now()
    return HomePage(
        day=day,
        now=now,
        over=is_over(day, now),
        today=is_on(day, now),
        of_today=is_on(day, now) or now.astimezone(day.zone).date() == day.on,
        everywhere=works_everywhere(someone),
        now_on=today_instead(request),
        typed=typed,
        found=found,
        hall=await db.read(hall, day.id, now=now),
        counts=await db.read(door_counts, day, now=now),
        untold=len(await db.read(untold_of_day, day.id)),
        alarms=marked(request, await db.read(open_alarms, day.id)),
        behind=await db.read(desks_behind, day.id, now=now) if is_on(day, now) else (),
        machines=await db.read(machines_in_trouble, day.id, real=real_now()),
        to_all=await told_to_all(db, day.id, locale_of(request)),
    )


async def _counted(request: WebRequest, db: Db, day: Day, someone: Actor) -> Response[Any]:
    if is_htmx(request):
        return page(request, await _home(request, db, day, someone), block="counters", **frame(request, day, ""))
    return see_other(f"{home_of(day)}#counters")


def _block(request: WebRequest) -> str | None:
    return "results" if is_htmx(request) else None


route_handlers: list[Any] = [
    show_days,
    show_home,
    show_now,
    find,
    find_again,
    turn_away,
    answer_at_door,
    reception_live,
]
