"""What one institution did on a closed day: its own totals in full, no other figures, no person, no private talk."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.queries.days import Day
from onestop.db.ledger import record
from onestop.directory.tables import institutions
from onestop.domain.day import DayState
from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState, VisitReason
from onestop.reports.figures_of_day import DayFigures, Line, Referred
from onestop.reports.statistics import day_figures
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionFigures:
    """The figures of one institution, each by one thing only: its own officers saw these people."""

    id: UUID
    name: str
    all: Line
    services: tuple[Line, ...]
    languages: Mapping[str, int]
    """Talks by the language that was named first."""
    hours: Mapping[str, int]
    """Talks by the hour at which she came to the day, at the venue."""
    outcomes: Mapping[str, int]
    """How talks ended; an empty key where nobody told it."""
    unmet: Mapping[str, int]
    """Steps that ended without a talk, by why."""
    referred: Referred | None
    """Who was sent on to it, but private ones."""


class DayNotClosed(Refusal):
    code = "day_not_closed"
    status = 409
    sentence = N_("An institution gets its report when the day is closed.")


def institutions_of(figures: DayFigures) -> tuple[str, ...]:
    """The institutions that have a report; private talks name none (R19)."""
    return tuple(line.name for line in figures.institutions if line.name)


def institution_figures(conn: sa.Connection, day: Day, name: str, *, now: datetime) -> InstitutionFigures:
    """One statement more than the figures of the day. Raises `DayNotClosed`, and `NotKnown` if it had no step there."""
    if day.state is not DayState.CLOSED:
        raise DayNotClosed
    figures = day_figures(conn, day, now=now)
    line = next((line for line in figures.institutions if line.name == name and name), None)
    if line is None:
        raise NotKnown
    rows = conn.execute(
        sa.select(
            institutions.c.id,
            stops.c.state,
            stops.c.outcome,
            stops.c.left_behind,
            visits.c.reason,
            visits.c.checked_in_at,
            parties.c.languages,
        )
        .join_from(stops, institutions, institutions.c.id == stops.c.institution_id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .join(parties, parties.c.id == visits.c.party_id)
        .where(stops.c.day_id == day.id, institutions.c.name == name, stops.c.private.is_(sa.false()))
    ).all()
    talks = [row for row in rows if row.state == StopState.FINISHED]
    return InstitutionFigures(
        id=rows[0].id,
        name=name,
        all=line,
        services=tuple(each for each in figures.services if each.name == name),
        languages=_sorted(Counter(row.languages[0] if row.languages else "und" for row in talks)),
        hours=dict(sorted(Counter(f"{row.checked_in_at.astimezone(day.zone):%H}" for row in talks).items())),
        outcomes=_sorted(Counter(row.outcome or "" for row in talks)),
        unmet=_sorted(Counter(_why(rows))),
        referred=next((each for each in figures.referrals if each.target == "institution" and each.name == name), None),
    )


def note_report_taken(conn: sa.Connection, day: UUID, institution: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody took the report of an institution away."""
    terms = {"institution": str(institution)}
    record(conn, Fact(kind="InstitutionReportTaken", at=now, day=day, actor=actor.ref, terms=terms))


def _why(rows: Iterable[Any]) -> Iterable[str]:
    """Why each step ended without a talk, as the statistics of the day say it."""
    for row in rows:
        if row.state == StopState.CARRIED_OVER:
            yield VisitReason.NEXT_DAY
        elif row.state == StopState.MISSED:
            yield VisitReason.NO_SHOW
        elif row.state == StopState.DROPPED and row.left_behind:
            yield VisitReason.OWN_WISH if row.reason in (None, VisitReason.DONE) else row.reason


def _sorted(counts: Counter[str]) -> dict[str, int]:
    """Most first, and in the order of their keys where they are as many."""
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
