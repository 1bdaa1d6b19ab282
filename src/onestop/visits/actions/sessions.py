"""A session is held: everybody is called, it begins with those who are there, some come late, it ends for all."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stop_members, stops
from onestop.days.queries.days import day_by_id
from onestop.days.queries.sessions import SessionRow, session_by_id
from onestop.db.ledger import record
from onestop.db.statements import insert
from onestop.domain.day import DeskState
from onestop.domain.errors import N_, DayPaused, DeskNotOpen, DeskServing, MoveRefused, Refusal, SessionRuns, StopMoved
from onestop.domain.facts import Fact, Term
from onestop.domain.roles import Actor
from onestop.domain.seating import Held
from onestop.domain.visit import FINISH_GRACE, Outcome, StopState, VisitState, check_stop_move, waited_seconds
from onestop.visits.actions.acts import Images, keep_act, take_images
from onestop.visits.actions.matching import desk_is_busy, match
from onestop.visits.actions.rows import (
    Row,
    change_stop,
    change_visit,
    desk_row,
    end_visit_if_done,
    move_stop,
    note,
    set_active,
    start_waiting,
    stop_row,
    stop_waiting,
    visit_row,
)
from onestop.visits.actions.seating import seat_waiting
from onestop.visits.queries.sessions import held_of, runs_of_day, session_at
from onestop.visits.tables import calls, session_runs, visits

BEGUN, ENDED = "session_begin", "session_end"
"""The acts that can be taken back for everybody at once."""


class SessionNotNow(Refusal):
    code = "session_not_now"
    sentence = N_("This is not possible now. The session has begun already, is over, or begins much later.")


def call_session(conn: sa.Connection, session_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Ask everybody who waits for a session to come; gives how many numbers. Doing it again asks again.

    Raises `NotKnown`, `SessionNotNow`.
    """
    session, held = _session(conn, session_id)
    if not held.may_call(now):
        raise SessionNotNow
    _change(conn, session, called_at=now)
    waiting = _stops_of(conn, session_id, StopState.WAITING)
    _tell(conn, "SessionCalled", session, actor=actor, now=now, people=len(waiting))
    for stop in waiting:
        note(conn, "StopToSession", now=now, actor=actor, stop=stop)
    return len(waiting)


def begin_session(conn: sa.Connection, session_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Begin with everybody who waits for it and is at no other desk; gives how many numbers. Harmless once it runs.

    Raises `DeskNotOpen`, `DeskServing` while somebody else is at the desk, `SessionRuns` while it holds another
    session, `DayPaused`, `SessionNotNow`.
    """
    session, held = _session(conn, session_id)
    if held.runs:
        return 0
    if not held.may_begin(now):
        raise SessionNotNow
    if desk_row(conn, session.desk).state != DeskState.OPEN:
        raise DeskNotOpen
    if day_by_id(conn, session.day).paused:
        raise DayPaused
    if desk_is_busy(conn, session.desk) is not None:
        raise DeskServing
    check_no_session(conn, session.day, session.desk)
    here = [stop for stop in _stops_of(conn, session_id, StopState.WAITING) if _can_come(conn, stop)]
    before = _images(conn, here)
    _change(conn, session, begun_at=now)
    for stop in here:
        _come_in(conn, stop, session, actor=actor, now=now)
    _tell(conn, "SessionBegun", session, actor=actor, now=now, people=len(here))
    _keep(conn, BEGUN, here, session, before, actor=actor, now=now)
    return len(here)


def join_session(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody comes in while her session runs; harmless twice. Raises `MoveRefused`."""
    stop = stop_row(conn, stop_id)
    session, held = _session_of(conn, stop)
    if not held.runs:
        raise MoveRefused
    if stop.state == StopState.SERVING:
        return
    if not _can_come(conn, stop):
        raise StopMoved
    before = take_images(conn, stop.visit_id)
    _come_in(conn, stop, session, actor=actor, now=now)
    keep_act(conn, "serve", stop=stop, desk=session.desk, before=before, actor=actor, now=now)


def miss_session(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> StopState:
    """She is not there although her session runs: she goes to the next one with seats, else the stop is missed.

    Gives the new state. Raises `MoveRefused`.
    """
    stop = stop_row(conn, stop_id)
    session, held = _session_of(conn, stop)
    if not held.runs or stop.state not in (StopState.WAITING, StopState.SERVING):
        raise MoveRefused
    before = take_images(conn, stop.visit_id)
    state = _not_there(conn, stop, session, actor=actor, now=now)
    keep_act(conn, "no_show", stop=stop, desk=session.desk, before=before, actor=actor, now=now)
    match(conn, stop.day_id, now=now)
    return state


def end_session(conn: sa.Connection, session_id: UUID, *, actor: Actor, now: datetime) -> int:
    """End it for everybody who is there; who never came goes to the next one, or missed it. Gives how many were there.

    Harmless once it has ended. Raises `SessionNotNow` before it began.
    """
    session, held = _session(conn, session_id)
    if held.ended_at is not None:
        return 0
    if not held.runs:
        raise SessionNotNow
    there = _stops_of(conn, session_id, StopState.SERVING)
    away = [stop for stop in _stops_of(conn, session_id, StopState.WAITING) if _can_come(conn, stop)]
    before = _images(conn, [*there, *away])
    _change(conn, session, ended_at=now)
    for stop in there:
        _go_out(conn, stop, session, actor=actor, now=now)
    for stop in away:
        _not_there(conn, stop, session, actor=actor, now=now)
    _tell(conn, "SessionEnded", session, actor=actor, now=now, people=len(there))
    _keep(conn, ENDED, [*there, *away], session, before, actor=actor, now=now)
    match(conn, session.day, now=now)
    return len(there)


def check_no_session(conn: sa.Connection, day: UUID, desk: UUID) -> None:
    """Raise `SessionRuns` while this desk holds a session."""
    if session_at(conn, day, desk) is not None:
        raise SessionRuns


def put_session_back(conn: sa.Connection, act: Row) -> None:
    """A begin or an end is taken back: the session is as it was before.

    Raises `SessionRuns` if another one runs there.
    """
    image = act.before["stops"][str(act.stop_id)]
    session, _ = _session(conn, UUID(image["session_id"]))
    if act.kind == ENDED:
        check_no_session(conn, session.day, session.desk)
    _change(conn, session, **{"begun_at" if act.kind == BEGUN else "ended_at": None})


# -- one of those who go there --------------------------------------------------------------------------------


def _come_in(conn: sa.Connection, stop: Row, session: SessionRow, *, actor: Actor, now: datetime) -> None:
    check_stop_move(StopState(stop.state), StopState.CALLED)
    check_stop_move(StopState.CALLED, StopState.SERVING)
    change_stop(
        conn,
        stop,
        state=StopState.SERVING,
        desk_id=session.desk,
        mediator_id=None,
        only_desk_id=None,
        callable_from_at=None,
        called_at=now,
        served_at=now,
    )
    set_active(conn, stop.id, active=True)
    visit = visit_row(conn, stop.visit_id)
    terms = _terms(round(waited_seconds(visit.waited_seconds, visit.waiting_since_at, now) / 60))
    # Told by no board (R19): the session has a line of its own there.
    insert(
        conn,
        calls,
        day_id=stop.day_id,
        stop_id=stop.id,
        desk_id=session.desk,
        mediator_id=None,
        called_at=now,
        terms=terms,
        quiet=True,
        outcome="served",
        ended_at=now,
    )
    stop_waiting(conn, visit, now)
    note(conn, "StopCalled", now=now, actor=actor, stop=stop, desk=session.desk, terms=terms)
    note(conn, "StopServed", now=now, actor=actor, stop=stop, desk=session.desk, terms={"way_seconds": 0})


def _terms(waited: int) -> dict[str, Term]:
    """Of a call to a session: no rule chose between those who wait, so that only the wait counts."""
    plain: dict[str, Term] = dict.fromkeys(("mediator", "no_interpreter", "parked"), False)
    return {"waited": waited, "still": 0, "need": 0, **plain, "session": True, "score": float(waited)}


def _go_out(conn: sa.Connection, stop: Row, session: SessionRow, *, actor: Actor, now: datetime) -> None:
    move_stop(conn, stop, StopState.FINISHED, ended_at=now, outcome=Outcome.ADVISED)
    set_active(conn, stop.id, active=False)
    terms: dict[str, Term] = {
        "outcome": Outcome.ADVISED,
        "served_seconds": int((now - stop.served_at).total_seconds()),
    }
    note(conn, "StopFinished", now=now, actor=actor, stop=stop, desk=session.desk, terms=terms)
    if not end_visit_if_done(conn, stop.visit_id, actor=actor, now=now):
        start_waiting(conn, stop.visit_id, now)
        change_visit(conn, stop.visit_id, free_from_at=now + FINISH_GRACE)


def _not_there(conn: sa.Connection, stop: Row, session: SessionRow, *, actor: Actor, now: datetime) -> StopState:
    count = stop.no_shows + 1
    if stop.state == StopState.SERVING:
        move_stop(conn, stop, StopState.WAITING, no_shows=count, session_id=None)
        set_active(conn, stop.id, active=False)
        start_waiting(conn, stop.visit_id, now)
    else:
        change_stop(conn, stop, no_shows=count, session_id=None)
    seat_waiting(conn, stop.day_id, never=session.id, now=now)
    then = stop_row(conn, stop.id)
    missed = then.session_id is None
    if missed:
        move_stop(conn, then, StopState.MISSED, ended_at=now)
    terms: dict[str, Term] = {"count": count, "missed": missed}
    note(conn, "StopNotHere", now=now, actor=actor, stop=stop, desk=session.desk, terms=terms)
    end_visit_if_done(conn, stop.visit_id, actor=actor, now=now)
    return StopState.MISSED if missed else StopState.WAITING


def _can_come(conn: sa.Connection, stop: Row) -> bool:
    """Whether she waits, is in the house, and nobody of those who come with her is at a desk."""
    if stop.state != StopState.WAITING or stop.visit_id is None:
        return False
    visit = visit_row(conn, stop.visit_id)
    going = sa.select(stop_members.c.member_id).where(stop_members.c.stop_id == stop.id)
    busy = conn.execute(
        sa.select(stop_members.c.stop_id).where(stop_members.c.member_id.in_(going), stop_members.c.active).limit(1)
    ).scalar()
    return visit.state == VisitState.OPEN and visit.stepped_out_at is None and busy is None


# -- the session itself ---------------------------------------------------------------------------------------


def _session(conn: sa.Connection, session_id: UUID) -> tuple[SessionRow, Held]:
    session = session_by_id(conn, session_id)
    return session, held_of(session, runs_of_day(conn, session.day).get(session_id))


def _session_of(conn: sa.Connection, stop: Row) -> tuple[SessionRow, Held]:
    if stop.session_id is None:
        raise MoveRefused
    return _session(conn, stop.session_id)


def _stops_of(conn: sa.Connection, session: UUID, state: StopState) -> list[Row]:
    return list(
        conn.execute(
            sa.select(stops)
            .join_from(stops, visits, visits.c.id == stops.c.visit_id)
            .where(stops.c.session_id == session, stops.c.state == state, visits.c.state == VisitState.OPEN)
            .order_by(stops.c.id)
        )
    )


def _change(conn: sa.Connection, session: SessionRow, **values: datetime | None) -> None:
    mine = session_runs.c.session_id == session.id
    if conn.execute(session_runs.update().where(mine).values(**values)).rowcount == 0:
        insert(conn, session_runs, session_id=session.id, day_id=session.day, **values)


def _tell(conn: sa.Connection, kind: str, session: SessionRow, *, actor: Actor, now: datetime, people: int) -> None:
    record(
        conn,
        Fact(kind=kind, at=now, day=session.day, desk=session.desk, actor=actor.ref, terms={"people": people}),
    )


def _images(conn: sa.Connection, those: Iterable[Row]) -> Images:
    found: Images = {"visits": {}, "stops": {}, "stop_members": {}, "calls": {}}
    for stop in those:
        for table, images in take_images(conn, stop.visit_id).items():
            found[table] |= images
    return found


def _keep(
    conn: sa.Connection,
    kind: str,
    those: list[Row],
    session: SessionRow,
    before: Images,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """One act for everybody. With nobody there is nothing to take back."""
    if those:
        also = {stop.visit_id for stop in those} - {those[0].visit_id}
        keep_act(conn, kind, stop=those[0], desk=session.desk, before=before, also=also, actor=actor, now=now)
