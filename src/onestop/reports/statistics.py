"""Statistics of a day, read from its tables: who came, how long it took, what was not given; numbers only.

The tables are the truth and an undo has put them right already; the ledger tells the same (`tests/reports` recomputes
it). What was told from paper has no times that could be measured: it counts as a talk and in no wait.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day
from onestop.domain.booking import BookingState
from onestop.domain.door import TurnedAway
from onestop.domain.ending import enough
from onestop.domain.suppression import hidden_in_crossing
from onestop.domain.tally import TallyQuestion
from onestop.domain.visit import Outcome, StopState, VisitReason, VisitState
from onestop.reports.figures_of_day import Booked, Counted, Crossing, DayFigures, Ending, Line, Referred, spread_of
from onestop.reports.rows_of_days import Row, RowsOfDays, Step, head_start, read_rows

_Place: TypeAlias = tuple[bool, int, str, str]  # private ones last, the service's own place, key, name

_NOT_SAID = "und"
_STILL_WAITING = frozenset({BookingState.LISTED, BookingState.OFFERED, BookingState.LAPSED, BookingState.REQUESTED})
UNMET = (
    *(VisitReason.NO_SHOW, VisitReason.OWN_WISH, VisitReason.INSTITUTION_GONE, VisitReason.DAY_CLOSED),
    *(VisitReason.NEXT_DAY, Outcome.NOT_POSSIBLE, "list_not_served", "list_withdrew", "list_waits", "no_desk_left"),
)
"""Why something that was asked for was not given, in the order of the page: steps, then places, then paper tickets."""


def day_figures(conn: sa.Connection, day: Day, *, now: datetime) -> DayFigures:
    """Every figure of a day; eight statements (two more once nobody can answer any more) however many people came."""
    return figures_from(read_rows(conn, (day,), now=now))


def figures_from(rows: RowsOfDays, *, crossings: bool = True) -> DayFigures:
    """Every figure of the days that were read, together; crossings of several days could be subtracted."""
    came, steps = rows.came, rows.steps
    stops_of: dict[UUID, list[Step]] = defaultdict(list)
    for step in steps:
        stops_of[step.visit].append(step)
    zones = {day.id: day.zone for day in rows.days}
    hours = {visit.id: f"{visit.checked_in_at.astimezone(zones[visit.day_id]):%H}" for visit in came.values()}
    tongues = {visit.id: _language(visit) for visit in came.values()}
    endings = Counter((visit.state, visit.reason or "") for visit in came.values())
    from_paper = {step.visit for step in steps if step.on_paper}
    booked, listed = _booked(rows)
    timed = [visit for visit in came.values() if visit.state == VisitState.COMPLETED and visit.id not in from_paper]

    def by_visit(key_of: Mapping[UUID, str]) -> tuple[Line, ...]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for visit in came.values():
            groups[key_of[visit.id]].append(visit)
        return tuple(_line_of_visits(key, groups[key], stops_of) for key in sorted(groups))

    services_ = _lines_of_steps(steps, rows.people, lambda step: (*step.place, step.service, step.institution))
    talks = [step for step in steps if step.state == StopState.FINISHED]
    service_keys = [(line.key, line.name) for line in services_]
    return DayFigures(
        all=_line_of_visits("", list(came.values()), stops_of),
        services=services_,
        institutions=_lines_of_steps(steps, rows.people, lambda step: (step.private, 0, "", step.institution)),
        languages=by_visit(tongues),
        hours=by_visit(hours),
        waited=spread_of((visit.waited_seconds - head_start(visit) * 60) / 60 for visit in timed),
        inside=spread_of((visit.ended_at - visit.checked_in_at).total_seconds() / 60 for visit in timed),
        endings=tuple(
            Ending(state=state, reason=reason, count=count)
            for (state, reason), count in sorted(endings.items(), key=lambda each: _place_of_ending(*each[0]))
        ),
        booked=booked,
        unmet=_unmet(rows, listed),
        turned_away=_in_order(
            Counter(row.terms["reason"] for row in rows.door if row.kind == "VisitorTurnedAway"), tuple(TurnedAway)
        ),
        answered_at_door=sum(row.kind == "AnsweredAtDoor" for row in rows.door),
        referrals=_referrals(rows),
        ends=_ends(rows),
        tally=_tally(rows),
        crossings=(
            _crossing("languages", talks, service_keys, tongues),
            _crossing("hours", talks, service_keys, hours),
        )
        if crossings
        else (),
    )


def _language(visit: Row) -> str:
    """The one she named first; in a table each ticket stands once."""
    return visit.languages[0] if visit.languages else _NOT_SAID


# -- lines -----------------------------------------------------------------------------------------


def _lines_of_steps(
    steps: Sequence[Step], people: Mapping[UUID, list[UUID]], key_of: Callable[[Step], _Place]
) -> tuple[Line, ...]:
    groups: dict[_Place, list[Step]] = defaultdict(list)
    for step in steps:
        groups[key_of(step)].append(step)
    found: list[Line] = []
    for (_, _, key, name), own in sorted(groups.items()):
        talks = [step for step in own if step.state is StopState.FINISHED]
        heads = {member for step in talks for member in people.get(step.id, ())}
        found.append(_line(key, name, own, parties_=len({step.visit for step in talks}), people=len(heads)))
    return tuple(found)


def _line_of_visits(key: str, own: Sequence[Row], stops_of: Mapping[UUID, list[Step]]) -> Line:
    steps = [step for visit in own for step in stops_of.get(visit.id, ())]
    return _line(key, "", steps, parties_=len(own), people=sum(visit.people for visit in own))


def _line(key: str, name: str, steps: Sequence[Step], *, parties_: int, people: int) -> Line:
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
    name: str, talks: Sequence[Step], rows: Sequence[tuple[str, str]], column_of: Mapping[UUID, str]
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


def _booked(rows: RowsOfDays) -> tuple[Booked, Counter[str]]:
    states: Counter[str] = Counter()
    waits: Counter[str] = Counter()
    for row in rows.bookings:
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


def _unmet(rows: RowsOfDays, waits: Counter[str]) -> tuple[Counted, ...]:
    met: Counter[str] = Counter(waits)
    for step in rows.steps:
        if step.state is StopState.CARRIED_OVER:
            met[VisitReason.NEXT_DAY] += 1
        elif step.state is StopState.MISSED:
            met[VisitReason.NO_SHOW] += 1
        elif step.unserved:
            why = rows.came[step.visit].reason
            # She had gone, came again for something else and ended with that.
            met[VisitReason.OWN_WISH if why in (None, VisitReason.DONE) else why] += 1
        elif step.state is StopState.FINISHED and step.outcome == Outcome.NOT_POSSIBLE:
            met[Outcome.NOT_POSSIBLE] += 1
    met["no_desk_left"] = rows.nobody.total()
    return _in_order(met, UNMET)


def _in_order(met: Mapping[str, int], order: Sequence[Hashable]) -> tuple[Counted, ...]:
    return tuple(Counted(key=str(key), count=met[str(key)]) for key in order if met.get(str(key)))


def _referrals(rows: RowsOfDays) -> tuple[Referred, ...]:
    made: Counter[tuple[str, str]] = Counter()
    kept: Counter[tuple[str, str]] = Counter()
    for row in rows.referrals:
        made[row.target, row.name] += row.made
        kept[row.target, row.name] += row.kept
    found = [
        Referred(target=target, name=name, made=made[target, name], kept=kept[target, name]) for target, name in made
    ]
    return tuple(sorted(found, key=lambda each: (each.target != "institution", each.target, each.name)))


def _ends(rows: RowsOfDays) -> Mapping[str, Mapping[str, int]]:
    """Only where enough people answered: what one day does not tell, several do not tell either."""
    found: dict[str, Counter[str]] = {}
    for counts in rows.ends.values():
        for question, answers in counts.items():
            told = found.setdefault(str(question), Counter())
            if enough(answers):
                told.update(answers)
    return {question: dict(answers) for question, answers in found.items()}


def _tally(rows: RowsOfDays) -> Mapping[str, Mapping[str, int]]:
    """Of days on which enough people were asked, in full; nothing is kept that says whose an answer was."""
    found: dict[str, Counter[str]] = {}
    for counts in rows.tally.values():
        for question, answers in counts.items():
            told = found.setdefault(str(question), Counter())
            if enough(answers):
                told.update(answers)
    return {str(each): dict(found[str(each)]) for each in TallyQuestion if str(each) in found}
