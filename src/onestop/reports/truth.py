"""The picture of a running or closed day: what was in each quarter of an hour, what is booked and waits for the rest.

It is made of visits, steps, calls and those facts that say when desks, mediators and visitors were there; numbers only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, claims, stops
from onestop.days.queries.capacity import desk_group
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.days.queries.offer import service_keys
from onestop.days.tables import capacity
from onestop.db.ledger import facts
from onestop.db.memo import remembered
from onestop.directory.tables import services
from onestop.domain.ahead import Due
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.intervals import Interval, joined, without
from onestop.domain.plan import CapacityKind
from onestop.domain.slots import BUCKET, group_key
from onestop.domain.timeline import HOUR, Picture, Stay, Talk, Timeline, Wait
from onestop.domain.visit import AT_DESK, StopState, VisitState
from onestop.reports.presence import PRESENCE, Row, Told, rows_of_day, with_presence
from onestop.visits.tables import calls, visits

MOST_EARLY = timedelta(hours=3)
"""So long before the opening calls are still on the picture."""
_WAITS = frozenset({StopState.WAITING, StopState.BLOCKED, StopState.PARKED})
_OF_TALKS = ("StopParked", "StopTransferred", "StopBroughtBack", "MediatorReleased")
_OF_VISITS = ("VisitorSteppedOut", "VisitorCameBack", "VisitReopened")

_DAY = sa.bindparam("day")
_VISITS = sa.select(visits.c.id, visits.c.state, visits.c.checked_in_at, visits.c.booked_at, visits.c.ended_at).where(
    visits.c.day_id == _DAY
)
_STOPS = sa.select(
    stops.c.id,
    stops.c.visit_id,
    stops.c.service_id,
    stops.c.only_desk_id,
    stops.c.session_id,
    stops.c.state,
    stops.c.minutes,
    stops.c.private,
    stops.c.consent_at,
    stops.c.ended_at,
    stops.c.on_paper,
).where(stops.c.day_id == _DAY, stops.c.visit_id.is_not(None))
_CALLS = (
    sa.select(
        calls.c.stop_id, calls.c.desk_id, calls.c.mediator_id, calls.c.called_at, calls.c.outcome, calls.c.ended_at
    )
    .where(calls.c.day_id == _DAY)
    .order_by(calls.c.called_at, calls.c.id)
)
_AGAIN = sa.select(facts.c.visit_id).where(facts.c.day_id == _DAY, facts.c.kind == "VisitReopened")
_FACTS = (
    sa.select(
        facts.c.id,
        facts.c.kind,
        facts.c.at,
        facts.c.visit_id,
        facts.c.stop_id,
        facts.c.desk_id,
        facts.c.mediator_id,
        facts.c.terms,
    )
    .where(
        facts.c.day_id == _DAY,
        sa.or_(
            facts.c.kind.in_(("DayClosed", *PRESENCE, *_OF_TALKS, *_OF_VISITS)),
            sa.and_(facts.c.kind == "VisitEnded", facts.c.visit_id.in_(_AGAIN)),
        ),
    )
    .order_by(facts.c.id)
)
_CLAIMED = (
    sa.select(capacity.c.kind, capacity.c.key, capacity.c.bucket_at, sa.func.sum(claims.c.minutes).label("minutes"))
    .join_from(bookings, claims, claims.c.booking_id == bookings.c.id)
    .join(capacity, capacity.c.id == claims.c.capacity_id)
    .where(
        bookings.c.day_id == _DAY,
        bookings.c.state == BookingState.CONFIRMED,
        claims.c.offered.is_(sa.false()),
        capacity.c.kind.in_([CapacityKind.SERVICE, CapacityKind.MEDIATOR]),
        capacity.c.bucket_at > sa.bindparam("since"),
    )
    .group_by(capacity.c.kind, capacity.c.key, capacity.c.bucket_at)
)
_EXPECTED = sa.select(bookings.c.arrival_at).where(
    bookings.c.day_id == _DAY, bookings.c.state == BookingState.CONFIRMED, bookings.c.arrival_at > sa.bindparam("since")
)


def truth_of_day(conn: sa.Connection, day: Day, *, now: datetime) -> Timeline:
    """The picture of the day; eight statements while it runs, six once it is closed, however many people there are."""
    of_day = {"day": day.id}
    desks, people = desks_of_day(conn, day.id), mediators_of_day(conn, day.id)
    told = _told(conn.execute(_FACTS, of_day))
    runs = day.state is not DayState.CLOSED
    until = now if runs else max((row.at for row in told["DayClosed"]), default=day.closes_at)
    back: dict[UUID, list[datetime]] = defaultdict(list)
    for row in told["StopBroughtBack"]:
        back[row.stop_id].append(row.at)
    steps: dict[UUID, list[Row]] = defaultdict(list)
    step_of: dict[UUID, Row] = {}
    for row in conn.execute(_STOPS, of_day).all():
        steps[row.visit_id].append(row)
        step_of[row.id] = row
    talks = _talks(conn.execute(_CALLS, of_day).all(), step_of, told, until)
    busy = _busy(talks)
    picture = Picture(
        _begins(day, talks),
        day.closes_at,
        [with_presence(each, desks, people, busy, told, until, runs=runs) for each in rows_of_day(day, desks, people)],
        now=now if runs else None,
    )
    out = _away(told, until)
    picture.add(
        _stay(visit, steps[visit.id], talks, out.get(visit.id, ()), back, until)
        for visit in conn.execute(_VISITS, of_day).all()
    )
    if runs:
        since = {"day": day.id, "since": now - BUCKET}
        picture.expect(
            conn.execute(_EXPECTED, {**of_day, "since": now}).scalars(),
            [
                *_claimed(conn.execute(_CLAIMED, since), desks, people, service_keys(conn), _private(conn)),
                *_waiting(step_of.values(), desks),
            ],
        )
    return picture.timeline()


# -- talks and stays ---------------------------------------------------------------------------------------


_Talks: TypeAlias = dict[UUID, list[Talk]]
_Back: TypeAlias = Mapping[UUID, Sequence[datetime]]


def _told(rows: Iterable[Row]) -> Told:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.kind].append(row)
    return found


def _talks(rows: Sequence[Row], step_of: Mapping[UUID, Row], told: Told, until: datetime) -> _Talks:
    """Calls and talks by step, in their order.

    A talk that did not finish its step ended when it was set aside or sent on, the last time before its next call.
    """
    aside: dict[UUID, list[datetime]] = defaultdict(list)
    for row in (*told["StopParked"], *told["StopTransferred"]):
        aside[row.stop_id].append(row.at)
    released = {(row.stop_id, row.mediator_id): row.at for row in told["MediatorReleased"]}
    next_at_desk: dict[int, datetime] = {}
    latest: dict[UUID, datetime] = {}
    for n in range(len(rows) - 1, -1, -1):
        next_at_desk[n] = latest.get(rows[n].desk_id, until)
        latest[rows[n].desk_id] = rows[n].called_at
    of_step: dict[UUID, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        of_step[row.stop_id].append(n)
    found: _Talks = defaultdict(list)
    for stop, own in of_step.items():
        step = step_of.get(stop)
        if step is None:
            continue
        for n, then in zip(own, [*own[1:], None], strict=True):
            row = rows[n]
            if row.outcome == "served":
                ended = _end(step, row, aside[stop], None if then is None else rows[then].called_at, until)
                ended = ended or until
                if step.session_id is None:
                    ended = min(ended, next_at_desk[n])  # R2: a desk has one party at most
            else:
                ended = row.ended_at or until
            left = released.get((stop, row.mediator_id))
            found[stop].append(
                Talk(
                    service=step.service_id,
                    desk=row.desk_id,
                    mediator=row.mediator_id,
                    called_at=row.called_at,
                    ended_at=max(ended, row.called_at),
                    came=row.outcome in (None, "served"),
                    session=step.session_id is not None,
                    released_at=left if left is not None and row.called_at <= left < ended else None,
                )
            )
    return found


def _end(step: Row, call: Row, aside: Sequence[datetime], then: datetime | None, until: datetime) -> datetime | None:
    """When a talk ended, as far as it is known."""
    if then is None and step.state in AT_DESK:
        return until
    if then is None and step.state == StopState.FINISHED and not step.on_paper:
        return step.ended_at
    return max(
        (at for at in aside if call.ended_at <= at and (then is None or at <= then)), default=then or step.ended_at
    )


def _busy(talks: _Talks) -> dict[UUID, list[Interval]]:
    """When a desk or a mediator had somebody."""
    found: dict[UUID, list[Interval]] = defaultdict(list)
    for talk in (talk for each in talks.values() for talk in each):
        found[talk.desk].append((talk.called_at, talk.ended_at))
        if talk.mediator is not None:
            found[talk.mediator].append((talk.called_at, talk.released_at or talk.ended_at))
    return found


def _away(told: Told, until: datetime) -> dict[UUID, tuple[Interval, ...]]:
    """When visitors were out of the building and came in again, or are out now.

    A visit that ended counts only where it was opened again: an end that was taken back at once is none.
    """
    kinds = ("VisitorSteppedOut", "VisitorCameBack", "VisitEnded", "VisitReopened")
    since: dict[UUID, datetime] = {}
    ended: dict[UUID, datetime] = {}
    found: dict[UUID, list[Interval]] = defaultdict(list)
    for row in sorted((row for kind in kinds for row in told[kind]), key=lambda row: row.id):
        if row.kind == "VisitorSteppedOut":
            since[row.visit_id] = row.at
        elif row.kind == "VisitEnded":
            ended[row.visit_id] = row.at
        else:
            at: datetime = row.at
            last = ended.get(row.visit_id, at) if row.kind == "VisitReopened" else at
            found[row.visit_id].append((since.pop(row.visit_id, last), at))
    for visit, at in since.items():
        found[visit].append((at, until))
    return {visit: joined(each) for visit, each in found.items()}


def _stay(
    visit: Row, steps: Sequence[Row], talks: _Talks, away: tuple[Interval, ...], back: _Back, until: datetime
) -> Stay:
    begins = max(visit.checked_in_at, visit.booked_at or visit.checked_in_at)
    ends = until if visit.state == VisitState.OPEN else visit.ended_at
    return Stay(
        begins_at=begins,
        ends_at=ends,
        talks=tuple(talk for step in steps for talk in talks.get(step.id, ())),
        waits=tuple(
            wait
            for step in steps
            if not step.private
            for wait in _waits(step, talks.get(step.id, ()), (begins, ends), back.get(step.id, ()))
        ),
        away=away,
    )


def _waits(step: Row, talks: Sequence[Talk], stay: Interval, back: Sequence[datetime]) -> Iterator[Wait]:
    """When a step was open and nobody had begun it: not before she said yes to it, not while it counted as missed."""
    if step.consent_at is None:
        return
    begins, ends = stay
    since, missed = max(begins, step.consent_at), list[Interval]()
    for at in back:
        missed.append((max((talk.ended_at for talk in talks if talk.ended_at <= at), default=at), at))
    open_for: list[Interval] = []
    for talk in talks:
        if talk.came:
            open_for.append((since, talk.called_at))
            since = talk.ended_at
    if step.state in _WAITS:
        open_for.append((since, ends))
    elif step.state not in AT_DESK and (step.state != StopState.FINISHED or step.on_paper):
        open_for.append((since, min(step.ended_at or ends, ends)))
    for starts, stops_at in without(open_for, missed) if missed else open_for:
        if starts < stops_at:
            yield Wait(service=step.service_id, since=starts, until=stops_at)


def _begins(day: Day, talks: _Talks) -> datetime:
    """The opening, or the whole hour before it in which somebody was called already."""
    first = min((talk.called_at for each in talks.values() for talk in each), default=day.opens_at)
    early = min(MOST_EARLY, -((first - day.opens_at) // HOUR) * HOUR) if first < day.opens_at else timedelta()
    return day.opens_at - early


# -- what is to come ---------------------------------------------------------------------------------------


def _private(conn: sa.Connection) -> frozenset[UUID]:
    return remembered(conn, _load_private)


def _load_private(conn: sa.Connection) -> frozenset[UUID]:
    return frozenset(conn.execute(sa.select(services.c.id).where(services.c.private)).scalars())


def _claimed(
    rows: Iterable[Row],
    desks: Sequence[DeskRow],
    people: Sequence[MediatorRow],
    keys: dict[UUID, str],
    private: frozenset[UUID],
) -> Iterator[Due]:
    """What bookings have claimed that are still to come; not of desks for private talks alone (R19)."""
    who: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for desk in desks:
        if not desk.services.keys() <= private:
            who[CapacityKind.SERVICE, desk_group(desk, keys)].add(desk.id)
    for one in people:
        who[CapacityKind.MEDIATOR, group_key((), one.languages)].add(one.id)
    for row in rows:
        members = who.get((row.kind, row.key))
        if members:
            between = (row.bucket_at, row.bucket_at + BUCKET)
            yield Due(members=frozenset(members), minutes=float(row.minutes), between=between)


def _waiting(steps: Iterable[Row], desks: Sequence[DeskRow]) -> Iterator[Due]:
    """What those who wait now need; not for private talks (R19)."""
    minutes: dict[tuple[UUID, UUID | None], int] = defaultdict(int)
    for step in steps:
        if step.state in _WAITS and not step.private and step.session_id is None:
            minutes[step.service_id, step.only_desk_id] += step.minutes
    for (service, only), needed in minutes.items():
        able = frozenset(desk.id for desk in desks if service in desk.services and only in (None, desk.id))
        yield Due(members=able, minutes=float(needed))
