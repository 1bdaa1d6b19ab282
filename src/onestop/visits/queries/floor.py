"""Reads of the floor: every desk of the day on one screen, and who was called and has not come yet; no names."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.tables import desks, mediator_languages
from onestop.db.ledger import facts
from onestop.directory.tables import services
from onestop.domain.booking import Interpreter
from onestop.domain.calling import Hindrance
from onestop.domain.day import DeskState
from onestop.domain.errors import DeskUnknown
from onestop.domain.visit import AT_DESK, NO_SHOWS_UNTIL_MISSED, UNDO_WINDOW, BlockedBy, StopState, VisitState
from onestop.visits.queries.desk import HeldBack, held_back
from onestop.visits.queries.hall import Hall, backlog_of, calling_desk, load_hall
from onestop.visits.queries.people import DeskSpot, Row, Title, title_of
from onestop.visits.tables import acts, calls, visits

GUIDE_SAYS: dict[str, bool | None] = {"VisitorFound": True, "VisitorNotFound": False, "SearchTakenBack": None}
"""What a guide says of a call, by its fact; the newest one counts."""
JUST_ENDED = timedelta(seconds=60)
"""How long the guide's list says why a number is not on it any more."""
BEHIND_MINUTES = 60
"""Talks for so long wait at a desk that is behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """Who is called to or served at a desk; `member` when only one of a party is."""

    stop: UUID
    party: UUID
    number: int
    member: int | None
    state: StopState
    since_at: datetime
    title: Title
    languages: tuple[str, ...]
    interpreter: Interpreter
    mediator: tuple[str, ...]
    """The languages of the mediator who comes with the call, none without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorDesk:
    """A desk on floor control. A desk that has only private services does not say whose it is (R19)."""

    id: UUID
    mark: DeskSpot
    institution: str
    private: bool
    state: DeskState
    ready_until_at: datetime | None
    at_desk: AtDesk | None
    waiting: int
    held: tuple[HeldBack, ...]
    """Why nobody of those who wait can come, while the desk stands ready."""
    undo_act: UUID | None
    """The last act here, while it can still be taken back."""
    undo_until_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A desk in its hours that people wait for: not open, or with more talks before it than it can soon give."""

    mark: DeskSpot
    state: DeskState
    waiting: int
    minutes: int
    """Of the talks that wait, shared among the open desks that give them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A number that was called and has not come to its desk yet."""

    stop: UUID
    number: int
    member: int | None
    desk: DeskSpot
    languages: tuple[str, ...]
    called_at: datetime
    recalled_at: datetime | None
    quiet: bool
    found: bool | None
    """What the floor guide said since the call; `None` for nothing yet."""
    nth: int
    """Which of her calls for this stop it is."""
    last: bool
    """Whether she is not called any more if nobody comes."""


class Why(StrEnum):
    """Why a number is not called any more."""

    AT_DESK = "at_desk"
    NOT_COME = "not_come"
    LEFT = "left"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledBefore:
    """A number whose call ended a moment ago."""

    number: int
    member: int | None
    desk: DeskSpot
    why: Why
    until_at: datetime


def floor_desks(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[FloorDesk, ...]:
    """Every desk by number; six statements, and those of `load_hall` while a desk stands ready."""
    configured = desks_of_day(conn, day)
    ready = [desk.id for desk in configured if _is_ready(desk, now)]
    hall = load_hall(conn, day, now=now, at=ready) if ready else None
    private = set(conn.execute(sa.select(services.c.id).where(services.c.private)).scalars())
    at_desk = {row.desk_id: row for row in _at_desks(conn, day)}
    mediators: dict[UUID, list[str]] = defaultdict(list)
    for row in conn.execute(
        sa.select(mediator_languages)
        .where(mediator_languages.c.mediator_id.in_([row.mediator_id for row in at_desk.values() if row.mediator_id]))
        .order_by(mediator_languages.c.language)
    ):
        mediators[row.mediator_id].append(row.language)
    waiting, aside = _waiting(conn, day)
    undo = _last_acts(conn, day, now)
    return tuple(
        _desk(desk, private, at_desk.get(desk.id), mediators, waiting, undo.get(desk.id), hall, aside, now)
        for desk in configured
    )


def desks_behind(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[Behind, ...]:
    """Desks that people wait for and that do not keep up, by number; three statements."""
    configured = desks_of_day(conn, day)
    backlog = backlog_of(conn, day, configured)
    waiting, _ = _waiting(conn, day)
    found = (
        Behind(
            mark=DeskSpot(number=desk.number, colour=desk.colour, shape=desk.shape),
            state=desk.state,
            waiting=sum(waiting[service] for service in desk.services),
            minutes=round(backlog[desk.id]),
        )
        for desk in configured
        if any(begin <= now < end for begin, end in desk.openings)
    )
    return tuple(
        each for each in found if each.waiting and (each.state is not DeskState.OPEN or each.minutes >= BEHIND_MINUTES)
    )


def floor_desk(conn: sa.Connection, day: UUID, desk: UUID, *, now: datetime) -> FloorDesk:
    """One desk of this day. Raises `DeskUnknown`."""
    found = next((one for one in floor_desks(conn, day, now=now) if one.id == desk), None)
    if found is None:
        raise DeskUnknown
    return found


def called_not_seen(conn: sa.Connection, day: UUID) -> tuple[Called, ...]:
    """Called numbers by the time of their call, the longest first; two statements."""
    rows = conn.execute(
        _at_desk_rows(day)
        .add_columns(calls.c.called_at.label("call_at"), calls.c.recalled_at, calls.c.quiet, calls.c.id.label("call"))
        .join(calls, sa.and_(calls.c.stop_id == stops.c.id, calls.c.outcome.is_(None)))
        .where(stops.c.state == StopState.CALLED)
        .order_by(calls.c.called_at, calls.c.id)
    ).all()
    said = {
        row.stop_id: row
        for row in conn.execute(
            sa.select(facts.c.stop_id, facts.c.kind, facts.c.at)
            .where(
                facts.c.day_id == day,
                facts.c.kind.in_(GUIDE_SAYS),
                facts.c.stop_id.in_([row.id for row in rows]),
            )
            .order_by(facts.c.id)
        )
    }
    return tuple(
        Called(
            stop=row.id,
            number=row.number,
            member=_member(row),
            desk=DeskSpot(number=row.desk_number, colour=row.colour, shape=row.shape),
            languages=tuple(row.languages),
            called_at=row.call_at,
            recalled_at=row.recalled_at,
            quiet=row.quiet,
            found=_found(said.get(row.id), row),
            nth=row.no_shows + 1,
            last=row.no_shows + 1 >= NO_SHOWS_UNTIL_MISSED,
        )
        for row in rows
    )


def called_before(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[CalledBefore, ...]:
    """Numbers whose call ended within the last minute, the newest first; one statement."""
    rows = conn.execute(
        _at_desk_rows(day)
        .add_columns(calls.c.ended_at.label("over_at"), calls.c.outcome, visits.c.state.label("visit_state"))
        .join(calls, calls.c.stop_id == stops.c.id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .where(calls.c.ended_at > now - JUST_ENDED, stops.c.state != StopState.CALLED)
        .order_by(calls.c.ended_at.desc(), calls.c.id.desc())
    )
    newest = {row.number: row for row in reversed(rows.all())}
    found = [
        CalledBefore(
            number=row.number,
            member=_member(row),
            desk=DeskSpot(number=row.desk_number, colour=row.colour, shape=row.shape),
            why=_why(row),
            until_at=row.over_at + JUST_ENDED,
        )
        for row in newest.values()
    ]
    return tuple(sorted(found, key=lambda each: each.until_at, reverse=True))


def _why(call: Row) -> Why:
    if call.visit_state == VisitState.LEFT:
        return Why.LEFT
    if call.outcome == "served":
        return Why.AT_DESK
    return Why.NOT_COME if call.outcome == "no_show" else Why.TAKEN_BACK


def _found(said: Row | None, call: Row) -> bool | None:
    if said is None or said.at < (call.recalled_at or call.call_at):
        return None
    return GUIDE_SAYS[said.kind]


def _desk(
    desk: DeskRow,
    private: set[UUID],
    at_desk: Row | None,
    mediators: dict[UUID, list[str]],
    waiting: Counter[UUID],
    undo: Row | None,
    hall: Hall | None,
    aside: Counter[tuple[UUID, str]],
    now: datetime,
) -> FloorDesk:
    hidden = bool(desk.services) and set(desk.services) <= private
    ready = _is_ready(desk, now)
    return FloorDesk(
        id=desk.id,
        mark=DeskSpot(number=desk.number, colour=desk.colour, shape=desk.shape),
        institution="" if hidden else desk.institution.name,
        private=hidden,
        state=desk.state,
        ready_until_at=desk.ready_until_at if ready else None,
        at_desk=_visitor(at_desk, mediators) if at_desk is not None else None,
        waiting=sum(waiting[service] for service in desk.services),
        held=_held(hall, desk, aside, now) if ready and hall is not None and at_desk is None else (),
        undo_act=undo.id if undo is not None else None,
        undo_until_at=undo.at + UNDO_WINDOW if undo is not None else None,
    )


def _is_ready(desk: DeskRow, now: datetime) -> bool:
    return desk.ready_until_at is not None and desk.ready_until_at > now


def _held(hall: Hall, desk: DeskRow, aside: Counter[tuple[UUID, str]], now: datetime) -> tuple[HeldBack, ...]:
    found = tuple(each for each in held_back(hall, calling_desk(desk), now=now) if each.why != Hindrance.OTHER_SERVICE)
    kept = {why: sum(aside[service, why] for service in desk.services) for why in BlockedBy}
    return found + tuple(HeldBack(why=why, people=people) for why, people in kept.items() if people)


def _visitor(row: Row, mediators: dict[UUID, list[str]]) -> AtDesk:
    return AtDesk(
        stop=row.id,
        party=row.party_id,
        number=row.number,
        member=_member(row),
        state=StopState(row.state),
        since_at=row.served_at or row.called_at,
        title=title_of(row),
        languages=tuple(row.languages),
        interpreter=Interpreter(row.interpreter),
        mediator=tuple(mediators[row.mediator_id]) if row.mediator_id else (),
    )


def _member(row: Row) -> int | None:
    """The mark on the board: only when one of several people is meant."""
    return row.mark if row.going == 1 and row.people > 1 else None


def _at_desks(conn: sa.Connection, day: UUID) -> list[Row]:
    return list(conn.execute(_at_desk_rows(day).where(stops.c.state.in_(AT_DESK))))


def _at_desk_rows(day: UUID) -> sa.Select[Any]:
    going = sa.select(sa.func.count()).where(stop_members.c.stop_id == stops.c.id)
    marks = (
        sa.select(sa.func.min(members.c.mark))
        .join_from(stop_members, members)
        .where(stop_members.c.stop_id == stops.c.id)
    )
    everybody = sa.select(sa.func.count()).where(members.c.party_id == parties.c.id)
    chosen: Any = (
        sa.select(
            stops.c.id,
            stops.c.party_id,
            stops.c.desk_id,
            stops.c.state,
            stops.c.private,
            stops.c.mediator_id,
            stops.c.no_shows,
            stops.c.called_at,
            stops.c.served_at,
            services.c.key,
            parties.c.number,
            parties.c.languages,
            parties.c.interpreter,
            desks.c.number.label("desk_number"),
            desks.c.colour,
            desks.c.shape,
            going.scalar_subquery().label("going"),
            marks.scalar_subquery().label("mark"),
            everybody.scalar_subquery().label("people"),
        )
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(services, services.c.id == stops.c.service_id)
        .join(desks, desks.c.id == stops.c.desk_id)
        .where(stops.c.day_id == day)
    )
    return chosen


def _waiting(conn: sa.Connection, day: UUID) -> tuple[Counter[UUID], Counter[tuple[UUID, str]]]:
    """How many wait for a service, and how many are set aside there, by the reason."""
    rows = conn.execute(
        sa.select(stops.c.service_id, stops.c.blocked_by, sa.func.count().label("counted"))
        .join_from(stops, visits, visits.c.id == stops.c.visit_id)
        .where(
            stops.c.day_id == day,
            visits.c.state == VisitState.OPEN,
            stops.c.state.in_([StopState.WAITING, StopState.PARKED, StopState.BLOCKED]),
        )
        .group_by(stops.c.service_id, stops.c.blocked_by)
    )
    waiting, aside = Counter[UUID](), Counter[tuple[UUID, str]]()
    for row in rows:
        if row.blocked_by is None:
            waiting[row.service_id] += int(row.counted)
        else:
            aside[row.service_id, row.blocked_by] += int(row.counted)
    return waiting, aside


def _last_acts(conn: sa.Connection, day: UUID, now: datetime) -> dict[UUID, Row]:
    rows = conn.execute(
        sa.select(acts.c.desk_id, acts.c.id, acts.c.at, acts.c.undone_at)
        .where(
            acts.c.day_id == day,
            acts.c.desk_id.is_not(None),
            acts.c.at >= now - UNDO_WINDOW,
        )
        .order_by(acts.c.at, acts.c.id)
    )
    newest = {row.desk_id: row for row in rows}
    # Before an act that was taken back nothing can be taken back: the rows have changed since.
    return {desk: row for desk, row in newest.items() if row.undone_at is None}
