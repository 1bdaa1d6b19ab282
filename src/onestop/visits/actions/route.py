"""The stops of a visit: proposed, accepted, declined, taken off (R18); stepped out and back; left."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking, release_hold, replan_booking
from onestop.booking.actions.parties import add_stop
from onestop.booking.queries import booking_of_party
from onestop.booking.tables import members, stops
from onestop.days.queries.offer import day_offer
from onestop.domain.booking import BookingState
from onestop.domain.errors import MoveRefused, ServiceUnknown, VisitOver
from onestop.domain.operational import OperationalNeed
from onestop.domain.roles import Actor
from onestop.domain.visit import (
    AT_DESK,
    STOP_OPEN,
    BlockedBy,
    StopState,
    VisitReason,
    VisitState,
    check_visit_move,
    waits_for_her,
)
from onestop.visits.actions.acts import keep_act, take_images
from onestop.visits.actions.matching import match
from onestop.visits.actions.rows import (
    Row,
    change_visit,
    check_day_runs,
    end_call,
    end_visit,
    end_visit_if_done,
    move_stop,
    note,
    open_visit,
    set_active,
    start_waiting,
    stop_row,
    stop_waiting,
    visit_row,
)
from onestop.visits.tables import visit_needs

AT_RECEPTION = "reception"
_NOWHERE = {"ended_at": None, "desk_id": None, "only_desk_id": None, "callable_from_at": None}


def propose_stop(
    conn: sa.Connection,
    visit_id: UUID,
    service: UUID,
    *,
    accepted_how: str | None = None,
    desk: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Add a stop; it waits only when she accepted it (`accepted_how`: said_to_officer, phone, kiosk, reception).

    Gives the stop's id; a service she still has open is not added twice. Accepted at reception it also opens a visit
    of the running day again that had ended: she is here.
    """
    visit = visit_row(conn, visit_id)
    ended = visit.state != VisitState.OPEN
    if ended and accepted_how != AT_RECEPTION:
        raise VisitOver
    offer = day_offer(conn, visit.day_id)
    offered = offer.service(service)
    if offered is None:
        raise ServiceUnknown
    existing = conn.execute(
        sa.select(stops).where(
            stops.c.visit_id == visit_id, stops.c.service_id == service, stops.c.state.in_(STOP_OPEN)
        )
    ).one_or_none()
    if existing is not None:
        before = take_images(conn, visit_id)
        if existing.state == StopState.PROPOSED and accepted_how is not None:
            accept_stop(conn, existing.id, how=accepted_how, actor=actor, now=now)
        if desk is not None:
            # At a desk this looks like any other addition: it must not tell which stops she has elsewhere (R14).
            keep_act(conn, "add_stop", stop=existing, desk=desk, before=before, actor=actor, now=now)
        return existing.id
    before = take_images(conn, visit_id)
    stop = add_stop(
        conn,
        party=visit.party_id,
        day=visit.day_id,
        position=_next_position(conn, visit.party_id),
        service=offered,
        member_ids=list(conn.execute(sa.select(members.c.id).where(members.c.party_id == visit.party_id)).scalars()),
        state=StopState.PROPOSED if accepted_how is None else StopState.PLANNED,
        how=accepted_how or "",
        actor=actor,
        now=now,
    )
    conn.execute(stops.update().where(stops.c.id == stop).values(visit_id=visit_id))
    row = stop_row(conn, stop)
    note(conn, "StopProposed", now=now, actor=actor, stop=row, terms={"accepted": accepted_how or ""})
    if ended:
        visit = open_again(conn, visit, actor=actor, now=now)
    if accepted_how is not None:
        _to_waiting(conn, row, visit)
        row = stop_row(conn, stop)
        start_waiting(conn, visit_id, now)
    keep_act(conn, "add_stop", stop=row, desk=desk, before=before, actor=actor, now=now)
    match(conn, visit.day_id, now=now)
    return stop


def accept_stop(conn: sa.Connection, stop_id: UUID, *, how: str, actor: Actor, now: datetime) -> None:
    """She accepts a proposed stop; harmless when she has. Her yes is kept with when, who and at which door.

    Raises `MoveRefused` for a stop that was declined or taken off before she said yes.
    """
    stop = stop_row(conn, stop_id)
    if stop.state != StopState.PROPOSED:
        if stop.consent_at is None:
            raise MoveRefused
        return
    visit = open_visit(conn, stop.visit_id)
    move_stop(conn, stop, StopState.PLANNED, consent_at=now, consent_how=how, consent_by=actor.ref)
    stop = stop_row(conn, stop_id)
    _to_waiting(conn, stop, visit)
    note(conn, "StopAccepted", now=now, actor=actor, stop=stop, terms={"how": how})
    match(conn, stop.day_id, now=now)


def decline_stop(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> None:
    """She says no to a proposed stop; harmless when she has."""
    stop = stop_row(conn, stop_id)
    if stop.state == StopState.DECLINED:
        return
    move_stop(conn, stop, StopState.DECLINED, ended_at=now)
    note(conn, "StopDeclined", now=now, actor=actor, stop=stop)
    end_visit_if_done(conn, stop.visit_id, actor=actor, now=now)


def drop_stop(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a stop off the route, at any moment before it is served, without losing the others; harmless twice.

    A booking whose last stop is taken off is cancelled: nobody would come for it.
    """
    stop = stop_row(conn, stop_id)
    if stop.state == StopState.DROPPED:
        return
    if stop.state == StopState.SERVING:
        raise MoveRefused
    before = take_images(conn, stop.visit_id) if stop.visit_id is not None else None
    _drop(conn, stop, now)
    note(conn, "StopDropped", now=now, actor=actor, stop=stop, desk=stop.desk_id)
    if stop.visit_id is not None and before is not None:
        end_visit_if_done(conn, stop.visit_id, actor=actor, now=now)
        keep_act(conn, "drop_stop", stop=stop, desk=None, before=before, actor=actor, now=now)
    else:
        replan_booking(conn, stop.party_id, now=now)
        _end_empty_booking(conn, stop.party_id, actor=actor, now=now)
    match(conn, stop.day_id, now=now)


def step_out(conn: sa.Connection, visit_id: UUID, *, actor: Actor, now: datetime) -> None:
    """She steps out: nobody calls her, her seniority stands still and is kept."""
    visit = open_visit(conn, visit_id)
    if visit.stepped_out_at is not None:
        return
    if _at_desk(conn, visit_id):
        raise MoveRefused
    for stop in _stops(conn, visit_id, StopState.WAITING):
        move_stop(conn, stop, StopState.BLOCKED, blocked_by=BlockedBy.STEPPED_OUT)
    stop_waiting(conn, visit, now)
    change_visit(conn, visit_id, stepped_out_at=now)
    note(conn, "VisitorSteppedOut", now=now, actor=actor, visit=visit)


def come_back(conn: sa.Connection, visit_id: UUID, *, actor: Actor, now: datetime) -> None:
    """She is back: her stops wait again with the seniority she had."""
    visit = open_visit(conn, visit_id)
    if visit.stepped_out_at is None:
        return
    for stop in _stops(conn, visit_id, StopState.BLOCKED):
        if stop.blocked_by == BlockedBy.STEPPED_OUT:
            move_stop(conn, stop, StopState.WAITING, blocked_by=None)
    change_visit(conn, visit_id, stepped_out_at=None)
    start_waiting(conn, visit_id, now)
    note(conn, "VisitorCameBack", now=now, actor=actor, visit=visit)
    match(conn, visit.day_id, now=now)


def leave(conn: sa.Connection, visit_id: UUID, *, reason: VisitReason, actor: Actor, now: datetime) -> None:
    """End a visit with stops unserved; harmless when it has ended. Somebody being served finishes first."""
    visit = visit_row(conn, visit_id)
    if visit.state != VisitState.OPEN:
        return
    if _stops(conn, visit_id, StopState.SERVING):
        raise MoveRefused
    open_stops = _stops(conn, visit_id, *STOP_OPEN)
    before = take_images(conn, visit_id)
    for stop in open_stops:
        _drop(conn, stop, now, left_behind=stop.consent_at is not None)
        if stop.state == StopState.CALLED:
            note(conn, "CallWithdrawn", now=now, actor=actor, stop=stop, desk=stop.desk_id)
    visit = visit_row(conn, visit_id)
    end_visit(conn, visit, VisitState.LEFT, reason, actor=actor, now=now)
    if open_stops:
        keep_act(conn, "leave", stop=open_stops[0], desk=None, before=before, actor=actor, now=now)
    match(conn, visit.day_id, now=now)


def leave_unless_called(conn: sa.Connection, visit_id: UUID, *, actor: Actor, now: datetime) -> None:
    """She gives her ticket back while she waits. Raises `MoveRefused` while a desk calls or serves her."""
    if _stops(conn, visit_id, StopState.CALLED):
        raise MoveRefused
    leave(conn, visit_id, reason=VisitReason.OWN_WISH, actor=actor, now=now)


def come_again(conn: sa.Connection, visit_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody who had left is here again the same day: the stops she left unserved wait again, with her seniority.

    What she took off herself stays off. Harmless when she is inside. Raises `VisitOver` when nothing is left to do
    (add a stop then), `DayOver`.
    """
    visit = visit_row(conn, visit_id)
    if visit.state == VisitState.OPEN:
        return
    unserved = [
        stop
        for stop in _stops(conn, visit_id, StopState.DROPPED)
        if waits_for_her(VisitState(visit.state), StopState(stop.state), left_behind=stop.left_behind)
    ]
    if not unserved:
        raise VisitOver
    before = take_images(conn, visit_id)
    open_again(conn, visit, actor=actor, now=now)
    for stop in unserved:
        move_stop(conn, stop, StopState.WAITING, left_behind=False, **_NOWHERE)
    start_waiting(conn, visit_id, now)
    keep_act(conn, "come_again", stop=unserved[0], desk=None, before=before, actor=actor, now=now)
    match(conn, visit.day_id, now=now)


def open_again(conn: sa.Connection, visit: Row, *, actor: Actor, now: datetime) -> Row:
    """Open a visit that had ended, on its running day; whoever calls this gives it an open stop. Raises `DayOver`."""
    check_day_runs(conn, visit.day_id)
    check_visit_move(VisitState(visit.state), VisitState.OPEN)
    change_visit(conn, visit.id, state=VisitState.OPEN, reason=None, ended_at=None)
    note(conn, "VisitReopened", now=now, actor=actor, visit=visit)
    return visit_row(conn, visit.id)


def set_needs(
    conn: sa.Connection, visit_id: UUID, *, needs: Collection[OperationalNeed], actor: Actor, now: datetime
) -> None:
    """Mark these operational needs and no other; the ledger keeps that there is one, never which."""
    visit = open_visit(conn, visit_id)
    conn.execute(visit_needs.delete().where(visit_needs.c.visit_id == visit_id))
    for kind in sorted(set(needs)):
        conn.execute(visit_needs.insert().values(visit_id=visit_id, kind=kind))
    change_visit(conn, visit_id, need=bool(needs))
    note(conn, "NeedMarked", now=now, actor=actor, visit=visit, terms={"need": bool(needs)})
    match(conn, visit.day_id, now=now)


def mark_need(
    conn: sa.Connection, visit_id: UUID, need: OperationalNeed, *, marked: bool, actor: Actor, now: datetime
) -> None:
    """Mark one operational need, or take it away; the others stay. Harmless twice."""
    kinds = conn.execute(sa.select(visit_needs.c.kind).where(visit_needs.c.visit_id == visit_id)).scalars()
    others = {OperationalNeed(kind) for kind in kinds} - {need}
    set_needs(conn, visit_id, needs=others | {need} if marked else others, actor=actor, now=now)


def _to_waiting(conn: sa.Connection, stop: Row, visit: Row) -> None:
    if visit.stepped_out_at is not None:
        move_stop(conn, stop, StopState.BLOCKED, blocked_by=BlockedBy.STEPPED_OUT)
    else:
        move_stop(conn, stop, StopState.WAITING)


def _drop(conn: sa.Connection, stop: Row, now: datetime, *, left_behind: bool = False) -> None:
    if stop.state == StopState.CALLED:
        end_call(conn, stop.id, "withdrawn", now)
        set_active(conn, stop.id, active=False)
    move_stop(conn, stop, StopState.DROPPED, ended_at=now, blocked_by=None, left_behind=left_behind)


def _end_empty_booking(conn: sa.Connection, party: UUID, *, actor: Actor, now: datetime) -> None:
    left = conn.execute(
        sa.select(stops.c.id).where(stops.c.party_id == party, stops.c.state.in_(STOP_OPEN)).limit(1)
    ).scalar()
    booking = booking_of_party(conn, party) if left is None else None
    if booking is not None and booking.state is BookingState.CONFIRMED:
        cancel_booking(conn, party, actor=actor, now=now)
    elif booking is not None:
        release_hold(conn, booking.id, actor=actor, now=now)


def _stops(conn: sa.Connection, visit_id: UUID, *states: StopState) -> list[Row]:
    return list(
        conn.execute(
            sa.select(stops)
            .where(stops.c.visit_id == visit_id, stops.c.state.in_(states))
            .order_by(stops.c.position, stops.c.id)
        )
    )


def _at_desk(conn: sa.Connection, visit_id: UUID) -> bool:
    return bool(_stops(conn, visit_id, *AT_DESK))


def _next_position(conn: sa.Connection, party: UUID) -> int:
    last = conn.execute(sa.select(sa.func.max(stops.c.position)).where(stops.c.party_id == party)).scalar()
    return 0 if last is None else last + 1
