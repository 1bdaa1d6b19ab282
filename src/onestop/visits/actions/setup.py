"""A day's set-up changed while people are booked or in the hall: nobody loses what she was promised."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking, release_hold
from onestop.booking.actions.waiting import leave_list
from onestop.booking.tables import bookings, stops
from onestop.days import setup, setup_sessions
from onestop.days.actions import set_paused
from onestop.days.history import keep_change
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.history import changes_of_day
from onestop.days.queries.picture import picture_of
from onestop.days.restoring import restore_before
from onestop.days.setup_sessions import SessionSettings
from onestop.days.tables import days, desk_services, desks
from onestop.db.ledger import record
from onestop.domain.attendance import Attendance
from onestop.domain.booking import DAY_CANCELLED, WAITS, BookingState
from onestop.domain.day import DayState, check_day_move
from onestop.domain.errors import N_, Changed, Refusal
from onestop.domain.facts import Fact
from onestop.domain.roles import SYSTEM, Actor
from onestop.domain.touch import ASKED
from onestop.domain.visit import AT_DESK, STOP_OPEN
from onestop.visits.actions.desks import close_desks
from onestop.visits.actions.matching import match
from onestop.visits.actions.rows import check_day_runs
from onestop.visits.actions.touching import note_touched, tell_next_touched
from onestop.visits.actions.weighing import look, weigh_change
from onestop.visits.tables import calls, session_runs, visits

T = TypeVar("T")
CANCELLED_AT_ONCE = 10
"""Bookings of a cancelled day that one transaction ends: three hundred in one would hold up every other day."""
_LIVE = (BookingState.CONFIRMED, BookingState.HELD, *WAITS)


class ServiceWanted(Refusal):
    code = "service_wanted"
    sentence = N_("%(count)s visitors still want a service that no desk would offer any more. Nothing was changed.")


class DeskUsed(Refusal):
    code = "desk_used"
    sentence = N_("This desk was used on this day and stays in the list. You can close it instead.")


class MediatorUsed(Refusal):
    code = "mediator_used"
    sentence = N_("This mediator has helped on this day and stays in the list. You can set the state to left.")


class SessionBegun(Refusal):
    code = "session_begun"
    sentence = N_("This session has begun on this day and stays as it is.")


class NotNewest(Refusal):
    code = "not_newest"
    sentence = N_("Something was changed after this. Please take the newest change back first.")


class MovedDay(Refusal):
    code = "moved_day"
    sentence = N_("The day was moved to another date. To take this back, move it to its date of before.")


class DayHasBookings(Refusal):
    code = "day_has_bookings"
    sentence = N_("%(count)s bookings stand. Please look at the page again before you cancel the day.")


class DayHasVisitors(Refusal):
    code = "day_has_visitors"
    sentence = N_("Visitors have come to this day already. Close the day instead.")


def set_up(
    conn: sa.Connection,
    day: UUID,
    act: Callable[..., T],
    *args: Any,
    sure: str = "",
    undoes: bool = False,
    actor: Actor,
    now: datetime,
    **more: Any,
) -> T:
    """Change a day as an action of `days.setup` does, keep what changed, and tell the first of whom it touches.

    Raises `ServiceWanted` if somebody would be left without a desk, `ChangeTouches` if it touches somebody whom `sure`,
    the token of what was shown, does not cover. Afterwards ready desks call, because a new desk, service or mediator
    may have made somebody callable.
    """
    before, picture = look(conn, day), picture_of(conn, day)
    result = act(conn, day, *args, actor=actor, now=now, **more)
    offered = sa.select(desk_services.c.service_id).join_from(desk_services, desks).where(desks.c.day_id == day)
    wanted = sa.select(sa.func.count(sa.distinct(stops.c.party_id))).where(
        stops.c.day_id == day, stops.c.state.in_(STOP_OPEN), stops.c.service_id.not_in(offered)
    )
    if left := conn.execute(wanted).scalar_one():
        raise ServiceWanted(count=left)
    touched = weigh_change(conn, day, before, sure=sure, now=now)
    counts = Counter(one.touch.value for one in touched if one.touch in ASKED)
    change = keep_change(conn, day, picture, touched=counts, undoes=undoes, actor=actor, now=now)
    if change is not None and touched:
        note_touched(conn, change, touched)
        tell_next_touched(conn, day, actor=actor, now=now)
    match(conn, day, now=now)
    return result


def change_attendance(
    conn: sa.Connection,
    day: UUID,
    institution: UUID,
    how: Attendance,
    at: time | None,
    *,
    version: int,
    sure: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """An institution comes later, leaves early or does not come; desks whose last hour is over close at once.

    Raises `InstitutionUnknown` and what `set_up` raises.
    """

    def act(conn: sa.Connection, day: UUID, *, version: int, actor: Actor, now: datetime) -> None:
        setup.change_attendance(conn, day, institution, how, at, version=version, actor=actor, now=now)
        theirs = [desk for desk in desks_of_day(conn, day) if desk.institution.id == institution]
        if how is not Attendance.LATE:
            gone = [desk.id for desk in theirs if desk.closes_at is None or desk.closes_at <= now]
            close_desks(conn, gone, actor=actor, now=now)

    set_up(conn, day, act, version=version, sure=sure, actor=actor, now=now)


def remove_desk(
    conn: sa.Connection, day: UUID, desk: UUID, *, version: int, sure: str = "", actor: Actor, now: datetime
) -> None:
    """Take a desk away that nobody used. Raises `DeskUsed`, `ServiceWanted` and what `days.setup` raises."""
    _check_desk_unused(conn, desk)
    set_up(conn, day, setup.remove_desk, desk, version=version, sure=sure, actor=actor, now=now)


def remove_mediator(
    conn: sa.Connection, day: UUID, mediator: UUID, *, version: int, sure: str = "", actor: Actor, now: datetime
) -> None:
    """Take a mediator away who has not helped yet. Raises `MediatorUsed` and what `days.setup` raises."""
    _check_mediator_unused(conn, mediator)
    set_up(conn, day, setup.remove_mediator, mediator, version=version, sure=sure, actor=actor, now=now)


def change_session(
    conn: sa.Connection,
    day: UUID,
    session: UUID,
    settings: SessionSettings,
    *,
    version: int,
    sure: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Change a session that has not begun. Raises `SessionBegun` and what `set_up` and `days.setup_sessions` raise."""
    _check_not_begun(conn, session)
    set_up(
        conn, day, setup_sessions.change_session, session, settings, version=version, sure=sure, actor=actor, now=now
    )


def remove_session(
    conn: sa.Connection, day: UUID, session: UUID, *, version: int, sure: str = "", actor: Actor, now: datetime
) -> None:
    """Take a session away that has not begun. Raises `SessionBegun` and what `set_up` raises."""
    _check_not_begun(conn, session)
    set_up(conn, day, setup_sessions.remove_session, session, version=version, sure=sure, actor=actor, now=now)


def undo_change(
    conn: sa.Connection, day: UUID, change: UUID, *, version: int, sure: str = "", actor: Actor, now: datetime
) -> None:
    """Take the newest change of the set-up back, through the same rules and the same weighing.

    Raises `MovedDay` for a move to another date, `NotNewest` where something was built on it, and what
    changing back raises.
    """
    newest = next(iter(changes_of_day(conn, day)), None)
    if newest is None or newest.id != change or newest.version != day_by_id(conn, day).version:
        raise NotNewest
    if newest.moves:
        raise MovedDay
    for key in newest.after.keys() - newest.before.keys():
        kind, _, one = key.partition(":")
        if kind == "desk":
            _check_desk_unused(conn, UUID(one))
        elif kind == "mediator":
            _check_mediator_unused(conn, UUID(one))
    for key in newest.before.keys() | newest.after.keys():
        kind, _, one = key.partition(":")
        if kind == "session":
            _check_not_begun(conn, UUID(one))
    again = (newest.before, newest.after)
    set_up(conn, day, restore_before, *again, version=version, sure=sure, undoes=True, actor=actor, now=now)


def _check_desk_unused(conn: sa.Connection, desk: UUID) -> None:
    used = sa.or_(stops.c.desk_id == desk, stops.c.id.in_(sa.select(calls.c.stop_id).where(calls.c.desk_id == desk)))
    if conn.execute(sa.select(stops.c.id).where(used).limit(1)).first() is not None:
        raise DeskUsed


def _check_not_begun(conn: sa.Connection, session: UUID) -> None:
    begun = sa.select(session_runs.c.session_id).where(
        session_runs.c.session_id == session, session_runs.c.begun_at.is_not(None)
    )
    if conn.execute(begun).first() is not None:
        raise SessionBegun


def _check_mediator_unused(conn: sa.Connection, mediator: UUID) -> None:
    helped = sa.or_(
        sa.exists().where(calls.c.mediator_id == mediator),
        sa.exists().where(stops.c.mediator_id == mediator, stops.c.state.in_(AT_DESK)),
    )
    if conn.execute(sa.select(helped)).scalar_one():
        raise MediatorUsed


def pause_day(conn: sa.Connection, day: UUID, *, why: str, actor: Actor, now: datetime) -> None:
    """Pause the whole day; harmless twice. Nobody is called, seniority runs on."""
    check_day_runs(conn, day)
    set_paused(conn, day, paused=True, why=why, actor=actor, now=now)


def resume_day(conn: sa.Connection, day: UUID, *, actor: Actor, now: datetime) -> None:
    """Let the day go on; ready desks call at once. Harmless twice."""
    check_day_runs(conn, day)
    set_paused(conn, day, paused=False, why="", actor=actor, now=now)
    match(conn, day, now=now)


def cancel_day(conn: sa.Connection, day: UUID, *, bookings_too: bool, version: int, actor: Actor, now: datetime) -> int:
    """The day does not take place; gives how many bookings stand: `cancel_next_bookings` ends them afterwards.

    From now on nobody can book, move or come. Raises `DayHasVisitors`, `DayHasBookings` unless they are to be cancelled
    too, `Changed`, `MoveRefused`.
    """
    check_day_move(day_by_id(conn, day).state, DayState.CANCELLED)
    if conn.execute(sa.select(visits.c.id).where(visits.c.day_id == day).limit(1)).first() is not None:
        raise DayHasVisitors
    booked = conn.execute(
        sa.select(sa.func.count()).where(bookings.c.day_id == day, bookings.c.state == BookingState.CONFIRMED)
    ).scalar_one()
    if booked and not bookings_too:
        raise DayHasBookings(count=booked)
    changed = conn.execute(
        days.update()
        .where(days.c.id == day, days.c.version == version)
        .values(state=DayState.CANCELLED, version=days.c.version + 1)
    )
    if changed.rowcount != 1:
        raise Changed
    record(conn, Fact(kind="DayCancelled", at=now, day=day, actor=actor.ref, terms={"bookings": booked}))
    return booked


def days_called_off(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Cancelled days with bookings that are not cancelled yet; a crash in the middle leaves some."""
    left = sa.exists().where(bookings.c.day_id == days.c.id, bookings.c.state.in_(_LIVE))
    return list(conn.execute(sa.select(days.c.id).where(days.c.state == DayState.CANCELLED, left)).scalars())


def cancel_next_bookings(conn: sa.Connection, day: UUID, *, actor: Actor = SYSTEM, now: datetime) -> int:
    """Cancel the next few bookings of a cancelled day, each with its message; gives how many, 0 when none is left."""
    if day_by_id(conn, day).state is not DayState.CANCELLED:
        return 0
    live = conn.execute(
        sa.select(bookings.c.id, bookings.c.party_id, bookings.c.state)
        .where(bookings.c.day_id == day, bookings.c.state.in_(_LIVE))
        .order_by(bookings.c.arrival_at, bookings.c.id)
        .limit(CANCELLED_AT_ONCE)
    ).all()
    for row in live:
        if row.state == BookingState.CONFIRMED:
            cancel_booking(conn, row.party_id, because=DAY_CANCELLED, actor=actor, now=now)
        elif row.state in WAITS:
            leave_list(conn, row.party_id, because=DAY_CANCELLED, actor=actor, now=now)
        else:
            release_hold(conn, row.id, actor=actor, now=now)
    return len(live)
