"""The rows figures are counted from, of one day or several: ten statements however many days and people there are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, printed, stop_members, stops
from onestop.days.queries.days import Day
from onestop.days.tables import days as days_table
from onestop.db.ledger import facts
from onestop.directory.tables import institutions, services
from onestop.domain.ending import ANSWERS, Counts
from onestop.domain.printed import Conflict
from onestop.domain.tally import Counts as TallyCounts
from onestop.domain.visit import CARRIED_OVER_HEAD_START_MINUTES, StopState
from onestop.referrals.tables import referrals
from onestop.reports.figures_of_day import PRIVATE
from onestop.visits.queries.tally import tally_of
from onestop.visits.tables import calls, end_counts, visits

Row: TypeAlias = Any  # a row of the database


@dataclass(slots=True, kw_only=True)
class Step:
    """A stop of a visit, without its name where it is private, and what its calls took."""

    id: UUID
    day_id: UUID
    visit: UUID
    state: StopState
    outcome: str | None
    service: str
    institution: str
    place: tuple[bool, int]
    on_paper: bool
    left_behind: bool
    minutes: float | None
    waits: list[float] = field(default_factory=list[float])
    ways: list[float] = field(default_factory=list[float])
    no_shows: int = 0
    interpreter: bool | None = None
    """Whether a mediator was there, where no language was shared."""

    @property
    def private(self) -> bool:
        return self.place[0]

    @property
    def unserved(self) -> bool:
        """It ended without a talk, and not because she refused it."""
        return self.state in {StopState.MISSED, StopState.CARRIED_OVER} or (
            self.state is StopState.DROPPED and self.left_behind
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOfDays:
    """Everything read; `of_each` has the same of each day alone."""

    days: tuple[Day, ...]
    came: Mapping[UUID, Row]
    steps: Sequence[Step]
    people: Mapping[UUID, list[UUID]]
    """Who was at each talk that ended."""
    bookings: Sequence[Row]
    nobody: Counter[UUID]
    """By day, printed tickets for which no desk was left."""
    door: Sequence[Row]
    referrals: Sequence[Row]
    ends: Mapping[UUID, Counts]
    """Of closed days."""
    tally: Mapping[UUID, TallyCounts]
    """Of days whose answers stand still."""

    def of_each(self) -> "dict[UUID, RowsOfDays]":
        """By day, in their order."""
        came: dict[UUID, dict[UUID, Row]] = defaultdict(dict)
        for visit in self.came.values():
            came[visit.day_id][visit.id] = visit
        steps, booked = _by_day(self.steps), _by_day(self.bookings)
        door, sent = _by_day(self.door), _by_day(self.referrals)
        return {
            day.id: RowsOfDays(
                days=(day,),
                came=came[day.id],
                steps=steps[day.id],
                people=self.people,
                bookings=booked[day.id],
                nobody=Counter({day.id: self.nobody[day.id]}),
                door=door[day.id],
                referrals=sent[day.id],
                ends={day.id: self.ends[day.id]} if day.id in self.ends else {},
                tally={day.id: self.tally[day.id]} if day.id in self.tally else {},
            )
            for day in self.days
        }


def read_rows(conn: sa.Connection, days: Sequence[Day], *, now: datetime) -> RowsOfDays:
    """Eight statements, two more where nobody answers any more."""
    ids = [day.id for day in days]
    over = [day.id for day in days if day.tells_answers(now)]
    came = _visits(conn, ids)
    steps = _stops(conn, ids)
    called = conn.execute(sa.select(calls).where(calls.c.day_id.in_(ids)).order_by(calls.c.called_at, calls.c.id)).all()
    _time_calls(came, steps, called)
    return RowsOfDays(
        days=tuple(days),
        came=came,
        steps=steps,
        people=_people(conn, ids),
        bookings=_bookings(conn, ids),
        nobody=_nobody(conn, ids),
        door=_door(conn, ids),
        referrals=_referrals(conn, ids),
        ends=_ends(conn, over) if over else {},
        tally=tally_of(conn, over) if over else {},
    )


def head_start(visit: Row) -> int:
    """The minutes she began with."""
    return CARRIED_OVER_HEAD_START_MINUTES if visit.carried_from_id is not None else 0


def _by_day(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.day_id].append(row)
    return found


def _visits(conn: sa.Connection, ids: Sequence[UUID]) -> dict[UUID, Row]:
    head_count = sa.select(members.c.party_id, sa.func.count().label("people")).group_by(members.c.party_id).subquery()
    rows = conn.execute(
        sa.select(
            visits.c.id,
            visits.c.day_id,
            visits.c.state,
            visits.c.reason,
            visits.c.checked_in_at,
            visits.c.ended_at,
            visits.c.waited_seconds,
            parties.c.languages,
            parties.c.carried_from_id,
            sa.func.coalesce(head_count.c.people, 0).label("people"),
        )
        .join_from(visits, parties)
        .outerjoin(head_count, head_count.c.party_id == parties.c.id)
        .where(visits.c.day_id.in_(ids))
    )
    return {row.id: row for row in rows}


def _stops(conn: sa.Connection, ids: Sequence[UUID]) -> list[Step]:
    rows = conn.execute(
        sa.select(stops, services.c.key, services.c.position.label("place"), institutions.c.name)
        .join_from(stops, services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .where(stops.c.day_id.in_(ids), stops.c.visit_id.is_not(None))
    )
    return [_step(row) for row in rows]


def _step(row: Row) -> Step:
    talked = row.state == StopState.FINISHED and not row.on_paper and row.served_at is not None
    minutes = (row.ended_at - row.served_at).total_seconds() / 60 if talked else 0.0
    return Step(
        id=row.id,
        day_id=row.day_id,
        visit=row.visit_id,
        state=StopState(row.state),
        outcome=row.outcome,
        service=PRIVATE if row.private else row.key,
        institution="" if row.private else row.name,
        place=(True, 0) if row.private else (False, row.place),
        on_paper=row.on_paper,
        left_behind=row.left_behind,
        # A talk that nobody pressed "start" for began and ended in one moment: nobody knows how long it was.
        minutes=minutes or None,
    )


def _people(conn: sa.Connection, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in conn.execute(
        sa.select(stop_members.c.stop_id, stop_members.c.member_id)
        .join_from(stop_members, stops)
        .where(stops.c.day_id.in_(ids), stops.c.state == StopState.FINISHED)
    ):
        found[row.stop_id].append(row.member_id)
    return found


def _time_calls(came: Mapping[UUID, Row], steps: Iterable[Step], called: Iterable[Row]) -> None:
    """Write to each step what its calls took.

    A wait is what the seniority grew since the last talk began: talks and time away do not run (`data`: seniority).
    """
    step_of = {step.id: step for step in steps}
    begun: dict[UUID, list[tuple[Any, float]]] = defaultdict(list)
    for call in called:
        step = step_of.get(call.stop_id)
        if step is None:
            continue
        if call.outcome == "no_show":
            step.no_shows += 1
        if call.outcome != "served":
            continue
        way = (call.ended_at - call.called_at).total_seconds() / 60
        waited = float(call.terms["waited"])
        before = [then for at, then in begun[step.visit] if at <= call.called_at]
        begun[step.visit].append((call.ended_at, waited + int(way)))
        if step.on_paper:
            continue
        since = max(before, default=float(head_start(came[step.visit])))
        step.waits.append(max(0.0, waited - since))
        if not call.terms.get("session"):  # they are called together, and nobody counts who comes through the door
            step.ways.append(way)
        if call.terms["mediator"] or call.terms["no_interpreter"]:
            step.interpreter = bool(call.terms["mediator"])


def _bookings(conn: sa.Connection, ids: Sequence[UUID]) -> Sequence[Row]:
    return conn.execute(
        sa.select(
            bookings.c.day_id,
            bookings.c.state,
            bookings.c.confirmed_at.is_not(None).label("confirmed"),
            (bookings.c.ended_at >= days_table.c.closed_at).label("at_the_end"),
            sa.func.count().label("times"),
        )
        .join_from(bookings, days_table)
        .where(bookings.c.day_id.in_(ids))
        .group_by(sa.text("1"), sa.text("2"), sa.text("3"), sa.text("4"))
    ).all()


def _nobody(conn: sa.Connection, ids: Sequence[UUID]) -> Counter[UUID]:
    nobody = (printed.c.day_id.in_(ids), printed.c.party_id.is_(None), printed.c.conflict == Conflict.DESKS)
    rows = conn.execute(sa.select(printed.c.day_id, sa.func.count()).where(*nobody).group_by(printed.c.day_id))
    return Counter({row[0]: row[1] for row in rows})


def _door(conn: sa.Connection, ids: Sequence[UUID]) -> Sequence[Row]:
    """Who got no ticket stands in the ledger only: there is nobody it is about."""
    kinds = ("VisitorTurnedAway", "AnsweredAtDoor")
    wanted = sa.select(facts.c.day_id, facts.c.kind, facts.c.terms)
    return conn.execute(wanted.where(facts.c.day_id.in_(ids), facts.c.kind.in_(kinds))).all()


def _referrals(conn: sa.Connection, ids: Sequence[UUID]) -> Sequence[Row]:
    """R19: private ones stand in no figure, not even in a total."""
    return conn.execute(
        sa.select(
            referrals.c.day_id,
            referrals.c.target,
            sa.func.coalesce(institutions.c.name, "").label("name"),
            sa.func.count().label("made"),
            sa.func.count(referrals.c.kept_at).label("kept"),
        )
        .outerjoin_from(referrals, institutions, institutions.c.id == referrals.c.to_institution_id)
        .where(referrals.c.day_id.in_(ids), referrals.c.withdrawn_at.is_(None), referrals.c.private.is_(sa.false()))
        .group_by(referrals.c.day_id, referrals.c.target, institutions.c.name)
    ).all()


def _ends(conn: sa.Connection, ids: Sequence[UUID]) -> dict[UUID, Counts]:
    found: Counter[tuple[UUID, str, str]] = Counter()
    for row in conn.execute(sa.select(end_counts).where(end_counts.c.day_id.in_(ids))):
        found[row.day_id, row.question, row.answer] = row.given
    return {
        day: {
            question: {answer: found[day, question.value, answer] for answer in answers}
            for question, answers in ANSWERS.items()
        }
        for day in ids
    }
