"""A session at its desk: the list of who goes there, and what is pressed while it is held.

Its officer opens it from the desk, floor control for a desk without a computer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import day_by_id
from onestop.db.session import Database
from onestop.domain.day import check_running
from onestop.domain.errors import N_, InvalidInput, NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.operational import PRACTICAL
from onestop.domain.roles import Actor, Role
from onestop.domain.visit import UNDO_WINDOW
from onestop.live.hub import key_of
from onestop.visits.actions.door import undo_at_desk
from onestop.visits.actions.rows import stop_row
from onestop.visits.actions.seen import while_as_seen
from onestop.visits.actions.sessions import (
    BEGUN,
    ENDED,
    begin_session,
    call_session,
    end_session,
    join_session,
    miss_session,
)
from onestop.visits.queries.desk_places import desk_place
from onestop.visits.queries.sessions import Place, Seat, SessionScreen, session_place, session_screen
from onestop.web.desk.access import FLOOR, covers
from onestop.web.desk.pages import ACT_WORDS
from onestop.web.kit.forms import read_form
from onestop.web.kit.guards import require
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sse import live_stream
from onestop.web.kit.words import service_title

PLACE_WORDS: dict[Place, str] = {
    Place.THERE: N_("In the session"),
    Place.WAITS: N_("Here, waits"),
    Place.ELSEWHERE: N_("Here, cannot come now"),
    Place.EXPECTED: N_("Not here yet"),
    Place.DONE: N_("Was there"),
}
"""Where somebody on the list is, in the order of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatGroup:
    """The numbers of a list that are in one place."""

    place: Place
    words: str
    people: int
    seats: tuple[tuple[Seat, tuple[str, ...]], ...]
    """Each with what it means for the room that somebody needs something."""


@page_of("desk/session.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """One session; `notice` says why the last press did nothing."""

    screen: SessionScreen
    title: str
    groups: tuple[SeatGroup, ...]
    back: str
    runs: bool
    over: bool
    may_call: bool
    may_begin: bool
    begins_from: datetime
    undo_until: datetime | None
    undo_words: str
    notice: str


@get("/sessions/{session_id:uuid}")
async def show_session(request: WebRequest, db: Db, session_id: FromPath[UUID]) -> Response[Any]:
    """The list and the presses."""
    someone, _ = await reach_session(request, db, session_id)
    return await _show(request, db, session_id, someone)


@get("/sessions/{session_id:uuid}/now")
async def show_session_now(request: WebRequest, db: Db, session_id: FromPath[UUID]) -> Response[Any]:
    """The part that changes."""
    someone, _ = await reach_session(request, db, session_id)
    return await _show(request, db, session_id, someone, block="session")


@get("/sessions/{session_id:uuid}/live")
async def session_live(request: WebRequest, db: Db, session_id: FromPath[UUID]) -> Response[Any]:
    """Something changed at this day."""
    _, day = await reach_session(request, db, session_id)
    return await live_stream(request, [key_of("overview", day)])


@post("/sessions/{session_id:uuid}/call")
async def do_call_session(request: WebRequest, db: Db, session_id: FromPath[UUID]) -> Response[Any]:
    """Everybody comes to the desk now; the boards say so too."""
    return await _press(request, db, session_id, "session.call", call_session, session_id)


@post("/sessions/{session_id:uuid}/begin")
async def do_begin_session(request: WebRequest, db: Db, session_id: FromPath[UUID]) -> Response[Any]:
    """It begins with those who are there."""
    return await _press(request, db, session_id, "session.begin", begin_session, session_id)


@post("/sessions/{session_id:uuid}/end")
async def do_end_session(request: WebRequest, db: Db, session_id: FromPath[UUID]) -> Response[Any]:
    """It is over for everybody."""
    return await _press(request, db, session_id, "session.end", end_session, session_id)


@post("/sessions/{session_id:uuid}/stops/{stop_id:uuid}/here")
async def do_join_session(
    request: WebRequest, db: Db, session_id: FromPath[UUID], stop_id: FromPath[UUID]
) -> Response[Any]:
    """Somebody comes in late."""
    return await _seat(request, db, session_id, stop_id, "session.here", join_session)


@post("/sessions/{session_id:uuid}/stops/{stop_id:uuid}/not-here")
async def do_miss_session(
    request: WebRequest, db: Db, session_id: FromPath[UUID], stop_id: FromPath[UUID]
) -> Response[Any]:
    """Somebody is not there after all."""
    return await _seat(request, db, session_id, stop_id, "session.not_here", miss_session)


@post("/sessions/{session_id:uuid}/undo")
async def do_undo_session(request: WebRequest, db: Db, session_id: FromPath[UUID]) -> Response[Any]:
    """Take back the act the button named."""
    await reach_session(request, db, session_id)
    try:
        act = UUID((await read_form(request)).text("act", 40))
    except ValueError:
        raise InvalidInput(field="act") from None
    desk, _ = await db.read(session_place, session_id)
    return await _press(request, db, session_id, "session.undo", undo_at_desk, desk, act_id=act)


async def reach_session(request: WebRequest, db: Database, session: UUID) -> tuple[Actor, UUID]:
    """Who works at the desk of a session or for all desks, and its day. Of a private one only its desk knows (R19).

    Raises `NotKnown`.
    """
    someone = await require(request, Role.OFFICER, *FLOOR)
    desk, private = await db.read(session_place, session)
    place = await db.read(desk_place, desk)
    if not covers(someone, place) and (private or not someone.has(*FLOOR, day=place.day)):
        raise NotKnown
    return someone, place.day


async def _seat(
    request: WebRequest, db: Database, session: UUID, stop: UUID, route: str, act: Callable[..., Any]
) -> Response[Any]:
    await reach_session(request, db, session)
    if (await db.read(stop_row, stop)).session_id != session:
        raise NotKnown
    seen = (await read_form(request)).number("seen")
    return await _press(request, db, session, route, while_as_seen, stop, act, seen=seen)


async def _press(
    request: WebRequest, db: Database, session: UUID, route: str, act: Callable[..., Any], *args: Any, **more: Any
) -> Response[Any]:
    """Do it once and show the list as it is then; what the rules refuse stands above it."""
    someone, day = await reach_session(request, db, session)
    to = f"/sessions/{session}"
    try:
        check_running((await db.read(day_by_id, day)).state)
        await submit_once(request, route, act, *args, to=lambda _: to, day=day, actor=someone, now=db.now(), **more)
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        notice = locale_of(request).say(refusal.sentence, refusal.params)
        block = "session" if is_htmx(request) else None
        return await _show(request, db, session, someone, block=block, notice=notice, status=refusal.status)
    return await _show(request, db, session, someone, block="session") if is_htmx(request) else see_other(to)


async def _show(
    request: WebRequest,
    db: Database,
    session: UUID,
    someone: Actor,
    *,
    block: str | None = None,
    notice: str = "",
    status: int = 200,
) -> Response[Any]:
    now, locale = db.now(), locale_of(request)
    screen = await db.read(session_screen, session, undo_since=now - UNDO_WINDOW)
    day = await db.read(day_by_id, screen.day)
    held = screen.session.held
    mine = covers(someone, await db.read(desk_place, screen.desk))
    home = f"/desks/{screen.desk}" if mine else f"/floor/{screen.day_slug}"
    known = screen.undo_kind in (BEGUN, ENDED, "serve", "no_show") and screen.undo_act is not None
    context = SessionPage(
        screen=screen,
        title=service_title(locale, screen.service_key),
        groups=_groups(locale, screen.list),
        back=home,
        runs=held.runs,
        over=held.ended_at is not None or (held.begun_at is None and held.ends_at <= now),
        may_call=held.may_call(now),
        may_begin=held.may_begin(now),
        begins_from=held.begins_from,
        undo_until=screen.undo_at + UNDO_WINDOW if known and screen.undo_at is not None else None,
        undo_words=locale.gettext(ACT_WORDS[screen.undo_kind]) if known else "",
        notice=notice,
    )
    return page(request, context, block=block, status=status, zone=day.timezone, door="desk", brand=day.name, home=home)


def _groups(locale: Locale, listed: tuple[Seat, ...]) -> tuple[SeatGroup, ...]:
    found: list[SeatGroup] = []
    for place, words in PLACE_WORDS.items():
        seats = [seat for seat in listed if seat.place is place]
        if seats:
            found.append(
                SeatGroup(
                    place=place,
                    words=locale.gettext(words),
                    people=sum(seat.people for seat in seats),
                    seats=tuple(
                        (seat, tuple(locale.gettext(PRACTICAL[need]) for need in seat.needs)) for seat in seats
                    ),
                )
            )
    return tuple(found)


route_handlers: list[Any] = [
    show_session,
    show_session_now,
    session_live,
    do_call_session,
    do_begin_session,
    do_end_session,
    do_join_session,
    do_miss_session,
    do_undo_session,
]
