"""Audit of the promises on a live database (`docs/reliability.md`): places, desks, numbers, people, consent, counts.

The database holds most of this by constraints; the audit finds what none of them can see, and a file that was edited.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import days
from onestop.domain.booking import HOLDS_CAPACITY, LIVE, BookingState
from onestop.domain.capacity import CapacityKind
from onestop.domain.day import DayState, DeskState
from onestop.domain.ending import ANSWERS, EndQuestion
from onestop.domain.ticket import FIRST_NUMBER
from onestop.domain.visit import AT_DESK, STOP_OPEN, StopState, VisitState
from onestop.reports.ledger import audit_ledger
from onestop.reports.violations import DayRows, Row, Violation, repeated, violation
from onestop.visits.tables import end_counts

__all__ = ["Violation", "audit_day", "verify"]

_BEFORE_CONSENT = frozenset({StopState.PROPOSED, StopState.DECLINED, StopState.DROPPED})
_ON_THE_DAY = frozenset(StopState) - {StopState.PLANNED, StopState.PROPOSED, StopState.DROPPED, StopState.DECLINED}
_NUMBERED = frozenset({BookingState.CONFIRMED, BookingState.ARRIVED, BookingState.MISSED})
_NO_TIME_YET = frozenset({BookingState.OFFERED, BookingState.DRAWN})
_WAITS = _NO_TIME_YET | {BookingState.REQUESTED, BookingState.LISTED}
_ENDED = frozenset(BookingState) - LIVE
LEFT_OPEN_AFTER = timedelta(hours=24)
"""A day closes by itself before that."""
_ENDS_WITH_THE_DAY = LIVE - {BookingState.ARRIVED}


def verify(conn: sa.Connection, *, now: datetime, day: UUID | None = None) -> list[Violation]:
    """Every broken promise of all days (or of one); an empty list is the good answer.

    Read on a connection that has not begun yet: on PostgreSQL all of it is then read from one snapshot.
    """
    if conn.dialect.name == "postgresql" and not conn.in_transaction():
        conn.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    wanted = sa.select(days.c.id).order_by(days.c.on_date, days.c.id)
    if day is not None:
        wanted = wanted.where(days.c.id == day)
    found = list(_counts_of_no_day(conn)) if day is None else []
    for each in conn.execute(wanted).scalars().all():
        found += audit_day(DayRows(conn, each), now=now)
    return found


def audit_day(rows: DayRows, *, now: datetime) -> list[Violation]:
    """Every broken promise of one day that was read."""
    found: list[Violation] = []
    for check in (
        _capacity,
        _contacts,
        _desks,
        _calls,
        _numbers,
        _printed,
        _visits,
        _bookings,
        _waiting,
        _consent,
        _end_counts,
    ):
        found += check(rows)
    found += _left_open(rows, now)
    found += audit_ledger(rows, now=now)
    return found


def _capacity(rows: DayRows) -> Iterator[Violation]:
    """R1 for every capacity row, and the other way round: who holds a place has claimed it."""
    states = {booking.id: BookingState(booking.state) for booking in rows.bookings}
    plain: Counter[UUID] = Counter()
    reserve: Counter[UUID] = Counter()
    arrivals = {row.id: row.bucket_at for row in rows.capacity if row.kind == CapacityKind.ARRIVALS}
    claimed: dict[tuple[UUID, bool], list[datetime]] = {}
    for claim in rows.claims:
        if states[claim.booking_id] not in HOLDS_CAPACITY:
            yield violation(
                "R1",
                f"A booking is {states[claim.booking_id]} and still claims capacity.",
                claim.booking_id,
                claim.capacity_id,
            )
            continue
        plain[claim.capacity_id] += claim.minutes - claim.reserve
        reserve[claim.capacity_id] += claim.reserve
        if claim.capacity_id in arrivals:
            claimed.setdefault((claim.booking_id, claim.offered), []).append(arrivals[claim.capacity_id])
    for row in rows.capacity:
        if (row.used, row.used_reserve) != (plain[row.id], reserve[row.id]):
            yield violation(
                "R1",
                f"{row.used} + {row.used_reserve} minutes are marked as used,"
                f" {plain[row.id]} + {reserve[row.id]} are claimed.",
                row.id,
            )
        if row.used > row.total - row.reserve or row.used_reserve > row.reserve:
            yield violation("R1", f"More is used than the {row.total} minutes that are there.", row.id)
    for booking in rows.bookings:
        if booking.state not in HOLDS_CAPACITY or booking.party_id in rows.erased:
            continue
        has, waits = booking.state not in _NO_TIME_YET, rows.waiting.get(booking.party_id)
        if claimed.get((booking.id, False), []) != ([booking.arrival_at] if has else []):
            yield violation("R1", f"A booking is {booking.state} and does not claim its arrival time.", booking.id)
        offer = waits.offer_at if waits is not None else None
        if claimed.get((booking.id, True), []) != ([offer] if offer else []) or (offer is None and not has):
            yield violation("R1", f"A booking is {booking.state} and does not claim what is offered.", booking.id)


def _contacts(rows: DayRows) -> Iterator[Violation]:
    """R1: live bookings of one contact; contacts that came too late for the limit do not count."""
    most = rows.day.bookings_per_contact
    live = {booking.party_id: booking.id for booking in rows.bookings if booking.state in LIVE}
    counted = [one for one in rows.contacts if one.party_id in live and not one.limited]
    for group in repeated(counted, lambda one: (one.kind, one.address_hash)):
        if len(group) > most:
            ids = sorted(live[one.party_id] for one in group)
            yield violation("R1", f"A contact has {len(group)} live bookings; the day allows {most}.", *ids)


def _desks(rows: DayRows) -> Iterator[Violation]:
    """R2: one party at a desk, one desk for a member and for a mediator."""
    busy = [stop for stop in rows.stops if stop.state in AT_DESK]
    alone = [stop for stop in busy if stop.session_id is None]
    for who, column in (("A desk", "desk_id"), ("A mediator", "mediator_id")):
        for group in repeated(alone, lambda stop, column=column: getattr(stop, column)):
            yield violation("R2", f"{who} has {len(group)} parties at once.", *(stop.id for stop in group))
    for stop in busy:
        run = rows.session_runs.get(stop.session_id)
        if stop.session_id is not None and (run is None or run.begun_at is None or run.ended_at is not None):
            yield violation("R2", "Somebody is in a session that is not held.", stop.id)
    at_desk = {stop.id for stop in busy}
    active = [link for link in rows.stop_members if link.active]
    for group in repeated(active, lambda link: link.member_id):
        yield violation("R2", f"A member is in {len(group)} places at once.", *(link.stop_id for link in group))
    for link in rows.stop_members:
        if link.active != (link.stop_id in at_desk):
            said = "active" if link.active else "not active"
            yield violation("R2", f"A member is marked as {said} and the stop says otherwise.", link.stop_id)
    for stop in busy:
        desk = rows.desks.get(stop.desk_id)
        if desk is None or desk.institution_id != stop.institution_id or desk.state == DeskState.CLOSED:
            yield violation("R2", f"A stop is {stop.state} at a closed or foreign desk.", stop.id)
        elif desk.ready_until_at is not None:
            yield violation("R2", "A desk asks for the next visitor while it has one.", desk.id, stop.id)


def _calls(rows: DayRows) -> Iterator[Violation]:
    """R2: a stop is *called* exactly while one call of it is open, at the same desk with the same mediator."""
    opened = {(call.stop_id, call.desk_id, call.mediator_id) for call in rows.calls if call.outcome is None}
    called = {(stop.id, stop.desk_id, stop.mediator_id) for stop in rows.stops if stop.state == StopState.CALLED}
    for group in repeated((call for call in rows.calls if call.outcome is None), lambda call: call.stop_id):
        yield violation("R2", "A stop has several open calls.", group[0].stop_id)
    for stop, *_ in sorted(opened - called, key=str):
        yield violation("R2", "A call is open for a stop that is not called there.", stop)
    for stop, *_ in sorted(called - opened, key=str):
        yield violation("R2", "A called stop has no open call.", stop)


def _numbers(rows: DayRows) -> Iterator[Violation]:
    """R7: unique, from the counter, leased ranges apart."""
    after = rows.day.next_number
    for group in repeated(rows.parties.values(), lambda party: party.number):
        yield violation("R7", f"Number {group[0].number} was given twice.", *(party.id for party in group))
    for party in rows.parties.values():
        if party.number is not None and not FIRST_NUMBER <= party.number < after:
            yield violation("R7", f"Number {party.number} did not come from the counter, now {after}.", party.id)
    apart = sorted((*rows.leases, *rows.spares), key=lambda lease: lease.first)
    for lease in apart:
        if lease.first < FIRST_NUMBER or lease.last >= after:
            yield violation("R7", f"Numbers to {lease.last} were leased, the counter is at {after}.", lease.id)
    for one, other in pairwise(apart):
        if other.first <= one.last:
            yield violation("R7", f"Number {other.first} was leased twice.", one.id, other.id)
    numbered = [booking.party_id for booking in rows.bookings if booking.state in _NUMBERED]
    for party in (*numbered, *(visit.party_id for visit in rows.visits.values())):
        if rows.parties[party].number is None and party not in rows.erased:
            yield violation("R7", "A confirmed booking or a visit has no number.", party)


def _printed(rows: DayRows) -> Iterator[Violation]:
    """R9: a printed paper is somebody's ticket, under its number or told as a conflict, in the order of its machine."""
    came = {visit.party_id: visit for visit in rows.visits.values()}
    latest: dict[UUID, datetime] = {}
    for paper in rows.printed:
        party = rows.parties.get(paper.party_id)
        if party is None or party.id in rows.erased:
            continue
        leased = any(
            lease.device_id == paper.device_id and lease.first <= paper.number <= lease.last for lease in rows.leases
        )
        if paper.conflict is None and not (leased and party.number == paper.number):
            yield violation("R9", f"Paper {paper.number} does not fit, and nobody is told.", paper.id)
        visit = came.get(party.id)
        if visit is None:
            yield violation("R9", f"Paper {paper.number} was handed in and nobody waits for it.", paper.id)
        elif paper.counter and paper.device_id is not None:
            if visit.checked_in_at < latest.get(paper.device_id, visit.checked_in_at):
                yield violation("R9", f"Paper {paper.number} came before one that was printed earlier.", paper.id)
            latest[paper.device_id] = visit.checked_in_at


def _visits(rows: DayRows) -> Iterator[Violation]:
    """R8: who is here has something to wait for, who left is waited for nowhere, a closed day is empty."""
    for visit in rows.visits.values():
        own = rows.stops_of.get(visit.id, [])
        still = [stop for stop in own if stop.state in STOP_OPEN]
        if visit.state == VisitState.OPEN:
            yield from _open_visit(rows, visit, own, still)
            continue
        if visit.reason is None or visit.ended_at is None:
            yield violation("R8", f"A visit ended as {visit.state} without saying why or when.", visit.id)
        if still:
            yield violation("R8", f"A visit ended as {visit.state} with an open stop.", visit.id, still[0].id)
    for stop in rows.stops:
        visit = rows.visits.get(stop.visit_id)
        if stop.visit_id is None and stop.state in _ON_THE_DAY:
            yield violation("R8", f"A stop is {stop.state} without a visit.", stop.id)
        elif visit is not None and visit.party_id != stop.party_id:
            yield violation("R8", "A stop belongs to one party and to the visit of another.", stop.id)
    with_people = {link.stop_id for link in rows.stop_members}
    for stop in rows.stops:
        # Who does not come any more took the steps along that were hers alone.
        gone_with_her = stop.state == StopState.DROPPED and stop.visit_id is None
        if stop.id not in with_people and stop.party_id not in rows.erased and not gone_with_her:
            yield violation("R8", "A stop is for nobody.", stop.id)


def _open_visit(rows: DayRows, visit: Row, own: list[Row], still: list[Row]) -> Iterator[Violation]:
    if rows.day.state == DayState.CLOSED:
        yield violation("R8", "The day is closed and a visit is still open.", visit.id)
    if not still:
        yield violation("R8", "A visit is open and has no open stop.", visit.id)
    if any(stop.state == StopState.PLANNED for stop in own):
        yield violation("R8", "A visitor is here and one of her stops does not wait.", visit.id)
    out = visit.stepped_out_at is not None
    if out and any(stop.state in AT_DESK for stop in own):
        yield violation("R8", "A visitor stepped out and is called or served.", visit.id)
    resting = out or any(stop.state == StopState.SERVING for stop in own)
    if resting != (visit.waiting_since_at is None):
        said = "does not run while she waits" if visit.waiting_since_at is None else "runs while she does not wait"
        yield violation("R8", f"The seniority of a visitor {said}.", visit.id)


def _bookings(rows: DayRows) -> Iterator[Violation]:
    """R8: a booking has arrived exactly if there is a visit of its party."""
    came = {visit.party_id: visit for visit in rows.visits.values()}
    booked = {booking.party_id for booking in rows.bookings}
    for booking in rows.bookings:
        visit = came.get(booking.party_id)
        if (booking.state == BookingState.ARRIVED) != (visit is not None):
            has = "a visit" if visit is not None else "no visit"
            yield violation("R8", f"A booking is {booking.state} and has {has}.", booking.id)
        if rows.day.state == DayState.CLOSED and booking.state in _ENDS_WITH_THE_DAY:
            yield violation("R8", f"The day is closed and a booking is still {booking.state}.", booking.id)
    for visit in came.values():
        if visit.walk_in == (visit.party_id in booked) and visit.party_id not in rows.erased:
            said = "has a booking" if visit.walk_in else "has none"
            yield violation("R8", f"A visit says whether it was booked, and {said}.", visit.id)
    live = {booking.party_id for booking in rows.bookings if booking.state in LIVE}
    for stop in rows.stops:
        if stop.state == StopState.PLANNED and stop.visit_id is None and stop.party_id not in live:
            yield violation("R8", "A stop is planned for a party that does not come.", stop.id)


def _waiting(rows: DayRows) -> Iterator[Violation]:
    """R8: whoever has no place yet stands on the list, and nobody stands there who cannot get one any more."""
    for booking in rows.bookings:
        if booking.party_id in rows.erased:
            continue
        waits = rows.waiting.get(booking.party_id)
        listed = waits is not None and waits.ended_at is None
        if booking.state in _WAITS and not listed:
            yield violation("R8", f"A booking is {booking.state} and is not on the list.", booking.id)
        if listed and booking.state in _ENDED:
            yield violation("R8", f"A booking is {booking.state} and still on the list.", booking.id)


def _left_open(rows: DayRows, now: datetime) -> Iterator[Violation]:
    """R8: a day that is long over has ended for everybody."""
    if rows.day.state != DayState.PUBLISHED or now < rows.day.closes_at + LEFT_OPEN_AFTER:
        return
    still = [visit.id for visit in rows.visits.values() if visit.state == VisitState.OPEN]
    still += [booking.id for booking in rows.bookings if booking.state in _ENDS_WITH_THE_DAY]
    if still:
        yield violation(
            "R8", "The day is long over, was never closed, and somebody is still expected or inside.", *still
        )


def _consent(rows: DayRows) -> Iterator[Violation]:
    """R18: who accepted, when and at which door."""
    for stop in rows.stops:
        if stop.state in _BEFORE_CONSENT:
            continue
        whole = stop.consent_at is not None and stop.consent_how and stop.consent_by
        if not whole and stop.party_id not in rows.erased:
            yield violation("R18", f"Nobody accepted a stop that is {stop.state}.", stop.id)


def _counts_of_no_day(conn: sa.Connection) -> Iterator[Violation]:
    of_nothing = sa.select(end_counts.c.day_id).distinct().where(end_counts.c.day_id.not_in(sa.select(days.c.id)))
    for day in conn.execute(of_nothing).scalars():
        yield violation("counts", "Answers at the end are counted for a day that does not exist.", day)


def _end_counts(rows: DayRows) -> Iterator[Violation]:
    """Only what is offered was counted, and no more often than somebody was asked: all that can be known of it.

    Whoever was erased may have been asked. No violation names a party: what she said belongs to nobody.
    """
    asked = sum(party.asked_at_end for party in rows.parties.values())
    given: Counter[str] = Counter()
    known = {(question.value, answer) for question in EndQuestion for answer in ANSWERS[question]}
    for row in rows.end_counts:
        given[row.question] += row.given
        if (row.question, row.answer) not in known:
            yield violation("counts", f"{row.question}: {row.answer} is counted and no answer.", rows.day.id)
        if row.given < 0:
            yield violation("counts", f"{row.question}: {row.answer} is counted {row.given} times.", rows.day.id)
    for question, times in given.items():
        if times > asked + len(rows.erased):
            yield violation("counts", f"{question} was answered {times} times, {asked} were asked.", rows.day.id)
    if asked and not rows.end_counts:
        yield violation("counts", f"{asked} were asked at the end, and nothing is counted.", rows.day.id)
