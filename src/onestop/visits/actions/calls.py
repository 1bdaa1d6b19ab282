"""What an officer does: next, recall, start, finish, not here, park, transfer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.queries.days import day_by_id
from onestop.days.queries.offer import day_offer
from onestop.days.tables import desk_services, desks
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.directory.tables import services
from onestop.domain.calling import calling_rule
from onestop.domain.day import DeskState
from onestop.domain.errors import DayPaused, DeskNotOpen, DeskServing, MoveRefused, ServiceUnknown, SessionRuns
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.domain.visit import (
    FINISH_GRACE,
    READY_LAPSE,
    STOP_OPEN,
    Outcome,
    StopState,
    after_no_show,
)
from onestop.visits.actions.acts import keep_act, take_images
from onestop.visits.actions.matching import desk_is_busy, make_call, match
from onestop.visits.actions.rows import (
    Row,
    change_stop,
    change_visit,
    desk_row,
    end_call,
    end_visit_if_done,
    move_stop,
    note,
    set_active,
    start_waiting,
    stop_row,
    stop_waiting,
    visit_row,
)
from onestop.visits.queries.hall import load_hall
from onestop.visits.queries.sessions import session_at
from onestop.visits.tables import calls

_CAN_BE_SENT_ON = frozenset({StopState.CALLED, StopState.SERVING, StopState.PARKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The answer to *next*: the stop that is at the desk now, and whether this press called it."""

    stop: UUID | None
    new: bool
    ready: bool = False


def call_next(conn: sa.Connection, desk_id: UUID, *, standing: bool = False, actor: Actor, now: datetime) -> Called:
    """Call the visitor whose turn it is. A call already open here is given again, so a double press does no harm.

    With nobody callable and `standing`, the desk is *ready* for ten minutes: the next who becomes callable is called.
    Raises `DeskServing`, `SessionRuns`, `DeskNotOpen`, `DayPaused`.
    """
    desk = desk_row(conn, desk_id)
    busy = desk_is_busy(conn, desk_id)
    if busy is not None:
        if busy.state == StopState.SERVING:
            raise DeskServing
        return Called(stop=busy.id, new=False)
    if session_at(conn, desk.day_id, desk_id) is not None:
        raise SessionRuns
    if desk.state != DeskState.OPEN:
        raise DeskNotOpen
    if day_by_id(conn, desk.day_id).paused:
        raise DayPaused
    hall = load_hall(conn, desk.day_id, now=now, at=[desk_id])
    choice = calling_rule(hall.free_desk(desk_id), hall.waiting, hall.state, now)
    if choice is not None:
        make_call(conn, desk_id, choice, actor=actor, now=now)
        return Called(stop=choice.stop, new=True)
    if standing:
        set_ready(conn, desk, ready=True, actor=actor, now=now)
    return Called(stop=None, new=False, ready=standing)


def set_ready(conn: sa.Connection, desk: Row, *, ready: bool, actor: Actor, now: datetime) -> None:
    """Make a desk stand by for the next visitor, or no longer."""
    conn.execute(
        desks.update()
        .where(desks.c.id == desk.id)
        .values(ready_since_at=now if ready else None, ready_until_at=now + READY_LAPSE if ready else None),
        execution_options=LIVE,
    )
    kind = "DeskReady" if ready else "DeskNotReady"
    record(conn, Fact(kind=kind, at=now, day=desk.day_id, desk=desk.id, actor=actor.ref))


def recall(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Repeat the open call of a stop."""
    stop = stop_row(conn, stop_id)
    if stop.state != StopState.CALLED:
        raise MoveRefused
    conn.execute(
        calls.update()
        .where(calls.c.stop_id == stop_id, calls.c.outcome.is_(None))
        .values(recalled_at=now, recalls=calls.c.recalls + 1)
    )
    note(conn, "StopRecalled", now=now, actor=actor, stop=stop, desk=stop.desk_id)


def serve(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Begin the conversation; harmless when it has begun."""
    stop = stop_row(conn, stop_id)
    if stop.state == StopState.SERVING:
        return
    before = take_images(conn, stop.visit_id)
    _serve(conn, stop, actor=actor, now=now)
    keep_act(conn, "serve", stop=stop, desk=stop.desk_id, before=before, actor=actor, now=now)


def finish(conn: sa.Connection, stop_id: UUID, *, outcome: Outcome | None = None, actor: Actor, now: datetime) -> None:
    """End the conversation (one that nobody pressed *start* for begins and ends now); harmless when it has ended.

    Without an outcome nobody said how it ended.
    """
    stop = stop_row(conn, stop_id)
    if stop.state == StopState.FINISHED:
        return
    before = take_images(conn, stop.visit_id)
    serving = _served(conn, stop, actor=actor, now=now)
    move_stop(conn, serving, StopState.FINISHED, ended_at=now, outcome=outcome)
    set_active(conn, stop_id, active=False)
    note(
        conn, "StopFinished", now=now, actor=actor, stop=serving, desk=serving.desk_id,
        mediator=serving.mediator_id, terms={"outcome": outcome, "served_seconds": _seconds(serving, now)},
    )  # fmt: skip
    if not end_visit_if_done(conn, serving.visit_id, actor=actor, now=now):
        start_waiting(conn, serving.visit_id, now)
        change_visit(conn, serving.visit_id, free_from_at=now + FINISH_GRACE)
    keep_act(conn, "finish", stop=serving, desk=serving.desk_id, before=before, actor=actor, now=now)
    match(conn, serving.day_id, now=now)


def no_show(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> StopState:
    """She was called and did not come: back after ten minutes, missed at the third time. Gives the new state."""
    stop = stop_row(conn, stop_id)
    before = take_images(conn, stop.visit_id)
    count = stop.no_shows + 1
    state, back_at = after_no_show(count, now)
    if stop.state != StopState.CALLED:
        raise MoveRefused
    move_stop(
        conn,
        stop,
        state,
        no_shows=count,
        callable_from_at=back_at,
        mediator_id=None,
        ended_at=now if state is StopState.MISSED else None,
    )
    set_active(conn, stop_id, active=False)
    end_call(conn, stop_id, "no_show", now)
    note(conn, "StopNotHere", now=now, actor=actor, stop=stop, desk=stop.desk_id, terms={"count": count})
    end_visit_if_done(conn, stop.visit_id, actor=actor, now=now)
    keep_act(conn, "no_show", stop=stop, desk=stop.desk_id, before=before, actor=actor, now=now)
    match(conn, stop.day_id, now=now)
    return state


def park(conn: sa.Connection, stop_id: UUID, *, minutes: int = 10, actor: Actor, now: datetime) -> None:
    """Set a stop aside; it comes back to this desk first, by itself."""
    stop = _own_talk(conn, stop_id)
    before = take_images(conn, stop.visit_id)
    serving = _served(conn, stop, actor=actor, now=now)
    move_stop(
        conn,
        serving,
        StopState.PARKED,
        only_desk_id=serving.desk_id,
        callable_from_at=now + timedelta(minutes=max(1, min(minutes, 240))),
        mediator_id=None,
    )
    set_active(conn, stop_id, active=False)
    start_waiting(conn, serving.visit_id, now)
    note(conn, "StopParked", now=now, actor=actor, stop=serving, desk=serving.desk_id, terms={"minutes": minutes})
    keep_act(conn, "park", stop=serving, desk=serving.desk_id, before=before, actor=actor, now=now)
    match(conn, serving.day_id, now=now)


def transfer(
    conn: sa.Connection,
    stop_id: UUID,
    *,
    desk: UUID | None = None,
    service: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Send a stop on within its own institution, to a desk or to another service; seniority is kept.

    Another institution's service is a new stop that she accepts first (`route.propose_stop`).
    """
    stop = _own_talk(conn, stop_id)
    if stop.state not in _CAN_BE_SENT_ON:
        raise MoveRefused
    before = take_images(conn, stop.visit_id)
    target = desk_row(conn, desk) if desk is not None else None
    if (target is None and service is None) or (
        target is not None and (target.day_id != stop.day_id or target.institution_id != stop.institution_id)
    ):
        raise MoveRefused
    wanted = service or stop.service_id
    if not _offers(conn, stop, wanted, desk):
        raise ServiceUnknown
    if wanted != stop.service_id:
        _take_service(conn, stop, wanted)
        stop = stop_row(conn, stop_id)
    came_from = stop.desk_id
    if stop.state == StopState.CALLED:
        end_call(conn, stop_id, "withdrawn", now)
    move_stop(
        conn,
        stop,
        StopState.WAITING,
        only_desk_id=desk,
        mediator_id=None,
        callable_from_at=now + FINISH_GRACE,
    )
    set_active(conn, stop_id, active=False)
    start_waiting(conn, stop.visit_id, now)
    note(conn, "StopTransferred", now=now, actor=actor, stop=stop, desk=came_from)
    keep_act(conn, "transfer", stop=stop, desk=came_from, before=before, actor=actor, now=now)
    match(conn, stop.day_id, now=now)


def send_waiting(
    conn: sa.Connection, stop_id: UUID, *, service: UUID, desk: UUID | None = None, actor: Actor, now: datetime
) -> None:
    """Let a stop wait for a desk or another service of its own institution; seniority is kept. Harmless twice.

    Without a desk whichever is free first calls her; when she may be called stays as it was. Raises `MoveRefused` for a
    private stop and one that does not wait.
    """
    stop = stop_row(conn, stop_id)
    if stop.private or stop.state not in (StopState.WAITING, StopState.PARKED):
        raise MoveRefused
    if (stop.state, stop.service_id, stop.only_desk_id) == (StopState.WAITING, service, desk):
        return
    if desk is not None and desk_row(conn, desk).day_id != stop.day_id:
        raise MoveRefused
    if not _offers(conn, stop, service, desk):
        raise ServiceUnknown
    before = take_images(conn, stop.visit_id)
    if service != stop.service_id:
        _take_service(conn, stop, service)
        stop = stop_row(conn, stop_id)
    if stop.state == StopState.PARKED:
        move_stop(conn, stop, StopState.WAITING, only_desk_id=desk)
    else:
        change_stop(conn, stop, only_desk_id=desk)
    note(conn, "StopTransferred", now=now, actor=actor, stop=stop)
    keep_act(conn, "transfer", stop=stop, desk=None, before=before, actor=actor, now=now)
    match(conn, stop.day_id, now=now)


def correct_outcome(conn: sa.Connection, stop_id: UUID, *, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """Say afterwards how a finished stop ended; the ledger keeps both. Harmless twice."""
    stop = stop_row(conn, stop_id)
    if stop.state != StopState.FINISHED:
        raise MoveRefused
    if stop.outcome == outcome:
        return
    before = take_images(conn, stop.visit_id)
    change_stop(conn, stop, outcome=outcome)
    note(
        conn, "OutcomeCorrected", now=now, actor=actor, stop=stop, terms={"outcome": outcome, "was": stop.outcome or ""}
    )
    keep_act(conn, "correct_outcome", stop=stop, desk=None, before=before, actor=actor, now=now)


def _serve(conn: sa.Connection, stop: Row, *, actor: Actor, now: datetime) -> None:
    move_stop(conn, stop, StopState.SERVING, served_at=now)
    end_call(conn, stop.id, "served", now)
    stop_waiting(conn, visit_row(conn, stop.visit_id), now)
    way = int((now - stop.called_at).total_seconds())
    note(conn, "StopServed", now=now, actor=actor, stop=stop, desk=stop.desk_id, terms={"way_seconds": way})


def _served(conn: sa.Connection, stop: Row, *, actor: Actor, now: datetime) -> Row:
    """The stop in *serving*, begun now if it was only called."""
    if stop.state == StopState.CALLED:
        _serve(conn, stop, actor=actor, now=now)
        return stop_row(conn, stop.id)
    return stop


def _own_talk(conn: sa.Connection, stop_id: UUID) -> Row:
    """A stop that is not in a session: nobody is set aside or sent on out of one."""
    stop = stop_row(conn, stop_id)
    if stop.session_id is not None:
        raise MoveRefused
    return stop


def _seconds(stop: Row, now: datetime) -> int:
    return int((now - stop.served_at).total_seconds()) if stop.served_at is not None else 0


def _take_service(conn: sa.Connection, stop: Row, service: UUID) -> None:
    """Make the stop one for another service of its institution; what was private stays private (R19)."""
    open_already = conn.execute(
        sa.select(stops.c.id)
        .where(stops.c.visit_id == stop.visit_id, stops.c.service_id == service, stops.c.state.in_(STOP_OPEN))
        .limit(1)
    ).scalar()
    offered = day_offer(conn, stop.day_id).service(service)
    if offered is None or open_already is not None:
        raise MoveRefused
    private = bool(stop.private or offered.private)
    change_stop(conn, stop, service_id=service, minutes=offered.minutes, private=private, session_id=None)


def _offers(conn: sa.Connection, stop: Row, service: UUID, desk: UUID | None) -> bool:
    found = conn.execute(
        sa.select(desk_services.c.desk_id)
        .join_from(desk_services, desks)
        .join(services, services.c.id == desk_services.c.service_id)
        .where(
            desks.c.day_id == stop.day_id,
            desk_services.c.service_id == service,
            services.c.institution_id == stop.institution_id,
            desks.c.id == desk if desk is not None else sa.true(),
        )
        .limit(1)
    ).scalar()
    return found is not None


def waiting_count(conn: sa.Connection, day: UUID) -> int:
    """How many stops wait on a day."""
    return conn.execute(
        sa.select(sa.func.count()).select_from(stops).where(stops.c.day_id == day, stops.c.state == StopState.WAITING)
    ).scalar_one()
