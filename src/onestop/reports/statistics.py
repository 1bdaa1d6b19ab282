"""Statistics of a day, read from its tables: who came, how long it took, what was not given; numbers only.

The tables are the truth and an undo has put them right already; the ledger tells the same (`tests/reports` recomputes
it). What was told from paper has no times that could be measured: it counts as a talk and in no wait.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, printed, stop_members, stops
from onestop.days.queries.days import Day
from onestop.days.tables import days
from onestop.db.ledger import facts
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.door import TurnedAway
from onestop.domain.ending import enough
from onestop.domain.printed import Conflict
from onestop.domain.suppression import hidden_in_crossing
from onestop.domain.visit import CARRIED_OVER_HEAD_START_MINUTES, Outcome, StopState, VisitReason, VisitState
from onestop.referrals.tables import referrals
from onestop.reports.figures_of_day import (
    PRIVATE,
    Booked,
    Counted,
    Crossing,
    DayFigures,
    Ending,
    Line,
    Referred,
    spread_of,
)
from onestop.visits.queries.ending import end_counts_of
from onestop.visits.tables import calls, visits

Row: TypeAlias = Any  # a row of the database
_Place: TypeAlias = tuple[bool, int, str, str]  # private ones last, the service's own place, key, name

_NOT_SAID = "und"
_STILL_WAITING = frozenset({BookingState.LISTED, BookingState.OFFERED, BookingState.LAPSED, BookingState.REQUESTED})
UNMET = (
    *(VisitReason.NO_SHOW, VisitReason.OWN_WISH, VisitReason.INSTITUTION_GONE, VisitReason.DAY_CLOSED),
    *(VisitReason.NEXT_DAY, Outcome.NOT_POSSIBLE, "list_not_served", "list_withdrew", "list_waits", "no_desk_left"),
)
"""Why something that was asked for was not given, in the order of the page: steps, then places, then paper tickets."""


def day_figures(conn: sa.Connection, day: Day) -> DayFigures:
    """Every figure of a day; eight statements (one more once it is closed) however many people there were."""
    came = _visits(conn, day)
    steps = _stops(conn, day)
    called = _calls(conn, day)
    people = _people(conn, day)
    stops_of: dict[UUID, list[_Step]] = defaultdict(list)
    for step in steps:
        stops_of[step.visit].append(step)
    _time_calls(came, steps, called)
    hours = {visit.id: f"{visit.checked_in_at.astimezone(day.zone):%H}" for visit in came.values()}
    tongues = {visit.id: _language(visit) for visit in came.values()}
    endings = Counter((visit.state, visit.reason or "") for visit in came.values())
    from_paper = {step.visit for step in steps if step.on_paper}
    booked, listed = _bookings(conn, day)
    turned_away, answered = _door(conn, day)
    timed = [visit for visit in came.values() if visit.state == VisitState.COMPLETED and visit.id not in from_paper]

    def by_visit(key_of: Mapping[UUID, str]) -> tuple[Line, ...]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for visit in came.values():
            groups[key_of[visit.id]].append(visit)
        return tuple(_line_of_visits(key, groups[key], stops_of) for key in sorted(groups))

    services_ = _lines_of_steps(steps, people, lambda step: (*step.place, step.service, step.institution))
    talks = [step for step in steps if step.state == StopState.FINISHED]
    service_keys = [(line.key, line.name) for line in services_]
    return DayFigures(
        all=_line_of_visits("", list(came.values()), stops_of),
        services=services_,
        institutions=_lines_of_steps(steps, people, lambda step: (step.private, 0, "", step.institution)),
        languages=by_visit(tongues),
        hours=by_visit(hours),
        waited=spread_of((visit.waited_seconds - _head_start(visit) * 60) / 60 for visit in timed),
        inside=spread_of((visit.ended_at - visit.checked_in_at).total_seconds() / 60 for visit in timed),
        endings=tuple(
            Ending(state=state, reason=reason, count=count)
            for (state, reason), count in sorted(endings.items(), key=lambda each: _place_of_ending(*each[0]))
        ),
        booked=booked,
        unmet=_unmet(conn, day, came, steps, listed),
        turned_away=turned_away,
        answered_at_door=answered,
        referrals=_referrals(conn, day),
        ends=_ends(conn, day),
        crossings=(
            _crossing("languages", talks, service_keys, tongues),
            _crossing("hours", talks, service_keys, hours),
        ),
    )


# -- rows ------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Step:
    """A stop of a visit, without its name where it is private, and what its calls took."""

    id: UUID
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


def _visits(conn: sa.Connection, day: Day) -> dict[UUID, Row]:
    head_count = sa.select(members.c.party_id, sa.func.count().label("people")).group_by(members.c.party_id).subquery()
    rows = conn.execute(
        sa.select(
            visits.c.id,
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
        .where(visits.c.day_id == day.id)
    )
    return {row.id: row for row in rows}


def _stops(conn: sa.Connection, day: Day) -> list[_Step]:
    rows = conn.execute(
        sa.select(stops, services.c.key, services.c.position.label("place"), institutions.c.name)
        .join_from(stops, services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .where(stops.c.day_id == day.id, stops.c.visit_id.is_not(None))
    )
    return [_step(row) for row in rows]


def _step(row: Row) -> _Step:
    talked = row.state == StopState.FINISHED and not row.on_paper and row.served_at is not None
    minutes = (row.ended_at - row.served_at).total_seconds() / 60 if talked else 0.0
    return _Step(
        id=row.id,
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


def _calls(conn: sa.Connection, day: Day) -> Sequence[Row]:
    return conn.execute(sa.select(calls).where(calls.c.day_id == day.id).order_by(calls.c.called_at, calls.c.id)).all()


def _people(conn: sa.Connection, day: Day) -> dict[UUID, list[UUID]]:
    """Who was at each talk that ended."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in conn.execute(
        sa.select(stop_members.c.stop_id, stop_members.c.member_id)
        .join_from(stop_members, stops)
        .where(stops.c.day_id == day.id, stops.c.state == StopState.FINISHED)
    ):
        found[row.stop_id].append(row.member_id)
    return found


def _time_calls(came: Mapping[UUID, Row], steps: Iterable[_Step], called: Iterable[Row]) -> None:
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
        since = max(before, default=float(_head_start(came[step.visit])))
        step.waits.append(max(0.0, waited - since))
        step.ways.append(way)
        if call.terms["mediator"] or call.terms["no_interpreter"]:
            step.interpreter = bool(call.terms["mediator"])


def _head_start(visit: Row) -> int:
    return CARRIED_OVER_HEAD_START_MINUTES if visit.carried_from_id is not None else 0


def _language(visit: Row) -> str:
    """The one she named first; in a table each ticket stands once."""
    return visit.languages[0] if visit.languages else _NOT_SAID


# -- lines -----------------------------------------------------------------------------------------


def _lines_of_steps(
    steps: Sequence[_Step], people: Mapping[UUID, list[UUID]], key_of: Callable[[_Step], _Place]
) -> tuple[Line, ...]:
    groups: dict[_Place, list[_Step]] = defaultdict(list)
    for step in steps:
        groups[key_of(step)].append(step)
    found: list[Line] = []
    for (_, _, key, name), own in sorted(groups.items()):
        talks = [step for step in own if step.state is StopState.FINISHED]
        heads = {member for step in talks for member in people.get(step.id, ())}
        found.append(_line(key, name, own, parties_=len({step.visit for step in talks}), people=len(heads)))
    return tuple(found)


def _line_of_visits(key: str, own: Sequence[Row], stops_of: Mapping[UUID, list[_Step]]) -> Line:
    steps = [step for visit in own for step in stops_of.get(visit.id, ())]
    return _line(key, "", steps, parties_=len(own), people=sum(visit.people for visit in own))


def _line(key: str, name: str, steps: Sequence[_Step], *, parties_: int, people: int) -> Line:
    bridged = [step.interpreter for step in steps if step.interpreter is not None]
    return Line(
        key=key,
        name=name,
        parties=parties_,
        people=people,
        talks=sum(step.state is StopState.FINISHED for step in steps),
        waits=spread_of(wait for step in steps for wait in step.waits),
        ways=spread_of(way for step in steps for way in step.ways),
        lengths=spread_of(step.minutes for step in steps if step.minutes is not None),
        no_shows=sum(step.no_shows for step in steps),
        unserved=sum(step.unserved for step in steps),
        papers_missing=sum(
            step.state is StopState.FINISHED and step.outcome == Outcome.PAPERS_MISSING for step in steps
        ),
        interpreter_needed=len(bridged),
        interpreter_there=sum(bridged),
    )


def _crossing(
    name: str, talks: Sequence[_Step], rows: Sequence[tuple[str, str]], column_of: Mapping[UUID, str]
) -> Crossing:
    """Talks by service and by something of the visit; what is small, or follows, is kept back."""
    columns = sorted(set(column_of.values()))
    met = Counter(((step.service, step.institution), column_of[step.visit]) for step in talks)
    counts: dict[tuple[tuple[str, str], str], int] = {
        (row, column): met[row, column] for row in rows for column in columns
    }
    hidden = hidden_in_crossing(counts)
    return Crossing(
        name=name,
        columns=tuple(columns),
        rows=tuple(
            tuple(None if (row, column) in hidden else counts[row, column] for column in columns) for row in rows
        ),
    )


# -- what came of it -------------------------------------------------------------------------------


def _place_of_ending(state: str, reason: str) -> tuple[int, str]:
    return list(VisitState).index(VisitState(state)), reason


def _bookings(conn: sa.Connection, day: Day) -> tuple[Booked, Counter[str]]:
    rows = conn.execute(
        sa.select(
            bookings.c.state,
            bookings.c.confirmed_at.is_not(None).label("confirmed"),
            (bookings.c.ended_at >= days.c.closed_at).label("at_the_end"),
            sa.func.count().label("times"),
        )
        .join_from(bookings, days)
        .where(bookings.c.day_id == day.id)
        .group_by(sa.text("1"), sa.text("2"), sa.text("3"))
    ).all()
    states: Counter[str] = Counter()
    waits: Counter[str] = Counter()
    for row in rows:
        if row.confirmed:
            states[row.state] += row.times
        elif row.state == BookingState.WITHDRAWN:
            waits["list_not_served" if row.at_the_end else "list_withdrew"] += row.times
        elif row.state in _STILL_WAITING or row.state == BookingState.DRAWN:
            waits["list_waits"] += row.times
    found = Booked(
        booked=states.total(),
        came=states[BookingState.ARRIVED],
        missed=states[BookingState.MISSED],
        cancelled=states[BookingState.CANCELLED],
    )
    return found, waits


def _unmet(
    conn: sa.Connection, day: Day, came: Mapping[UUID, Row], steps: Iterable[_Step], waits: Counter[str]
) -> tuple[Counted, ...]:
    met: Counter[str] = Counter(waits)
    for step in steps:
        if step.state is StopState.CARRIED_OVER:
            met[VisitReason.NEXT_DAY] += 1
        elif step.state is StopState.MISSED:
            met[VisitReason.NO_SHOW] += 1
        elif step.unserved:
            why = came[step.visit].reason
            # She had gone, came again for something else and ended with that.
            met[VisitReason.OWN_WISH if why in (None, VisitReason.DONE) else why] += 1
        elif step.state is StopState.FINISHED and step.outcome == Outcome.NOT_POSSIBLE:
            met[Outcome.NOT_POSSIBLE] += 1
    nobody = (printed.c.day_id == day.id, printed.c.party_id.is_(None), printed.c.conflict == Conflict.DESKS)
    met["no_desk_left"] = conn.execute(sa.select(sa.func.count()).select_from(printed).where(*nobody)).scalar_one()
    return _in_order(met, UNMET)


def _door(conn: sa.Connection, day: Day) -> tuple[tuple[Counted, ...], int]:
    """Who got no ticket stands in the ledger only: there is nobody it is about."""
    rows = conn.execute(
        sa.select(facts.c.kind, facts.c.terms).where(
            facts.c.day_id == day.id, facts.c.kind.in_(("VisitorTurnedAway", "AnsweredAtDoor"))
        )
    ).all()
    why = Counter(row.terms["reason"] for row in rows if row.kind == "VisitorTurnedAway")
    return _in_order(why, tuple(TurnedAway)), sum(row.kind == "AnsweredAtDoor" for row in rows)


def _in_order(met: Mapping[str, int], order: Sequence[Hashable]) -> tuple[Counted, ...]:
    return tuple(Counted(key=str(key), count=met[str(key)]) for key in order if met.get(str(key)))


def _referrals(conn: sa.Connection, day: Day) -> tuple[Referred, ...]:
    """R19: private ones stand in no figure, not even in a total."""
    rows = conn.execute(
        sa.select(
            referrals.c.target,
            sa.func.coalesce(institutions.c.name, "").label("name"),
            sa.func.count().label("made"),
            sa.func.count(referrals.c.kept_at).label("kept"),
        )
        .outerjoin_from(referrals, institutions, institutions.c.id == referrals.c.to_institution_id)
        .where(referrals.c.day_id == day.id, referrals.c.withdrawn_at.is_(None), referrals.c.private.is_(sa.false()))
        .group_by(referrals.c.target, institutions.c.name)
    ).all()
    found = [Referred(target=row.target, name=row.name, made=row.made, kept=row.kept) for row in rows]
    return tuple(sorted(found, key=lambda each: (each.target != "institution", each.target, each.name)))


def _ends(conn: sa.Connection, day: Day) -> Mapping[str, Mapping[str, int]]:
    """Only of a day that is closed (nobody watches a counter move after somebody went home), and only where enough
    people answered."""
    if day.state is not DayState.CLOSED:
        return {}
    counts = end_counts_of(conn, day.id)
    return {str(question): dict(answers) if enough(answers) else {} for question, answers in counts.items()}
