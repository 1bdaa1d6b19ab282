"""The check of a day with what its set-up alone does not tell: who is booked or here, its passes and its machines."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.tables import accounts, grants, passes
from onestop.booking.tables import bookings, parties, stops
from onestop.days.queries.checks import CLOSES_EARLY, Finding, check_day
from onestop.days.queries.crew import CrewRow, crew_of_day, gaps_of
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.devices.queries import Paired, paired_machines
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.coverage import meets, uncovered
from onestop.domain.crew import Work
from onestop.domain.day import DayState, MediatorState
from onestop.domain.intervals import Interval, joined
from onestop.domain.machine import is_silent, printer_trouble
from onestop.domain.roles import Role
from onestop.domain.visit import AT_DESK, STOP_OPEN, VisitState
from onestop.visits.tables import visits

_AHEAD = STOP_OPEN - AT_DESK
MACHINES_BEFORE = timedelta(hours=2)
"""From so long before the doors open on every paired machine should be heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A stop that is ahead of somebody with a booking, or inside; `starts_at` is not before now."""

    party: UUID
    institution: UUID | None
    """Not of a private talk: no number beside an institution tells of one (R19)."""
    languages: tuple[str, ...]
    """Those she speaks, what she named first before the others, where she needs an interpreter; else none."""
    starts_at: datetime
    ends_at: datetime


def check_whole_day(
    conn: sa.Connection, day: Day, *, now: datetime, real: datetime, writes: bool = True
) -> list[Finding]:
    """Everything found, what stops first, in a fixed number of statements. `real`: machine time."""
    desks, mediators = desks_of_day(conn, day.id), mediators_of_day(conn, day.id)
    people = _expected(conn, day, now=now)
    found = check_day(conn, day, now=now, writes=writes)
    holes = _holes(day, desks, mediators, people, now=now)
    told = {hole.languages[0] for hole in holes if hole.count}
    found = [each for each in found if each.kind != "nobody_speaks" or each.language not in told]
    silent = {each.language for each in found if each.kind == "nobody_speaks"}
    found += [hole for hole in holes if hole.languages[0] not in silent]
    leaving = _leaving(day, desks, people)
    gone = {each.about for each in leaving}
    early = {desk.number for desk in desks if desk.institution.id in gone}
    found = [each for each in found if each.kind != "closes_early" or each.desk not in early] + leaving
    waits = Counter(institution for institution, _ in {(one.institution, one.party) for one in people})
    found = [
        replace(each, count=waits[each.about]) if each.kind == "away" and each.about is not None else each
        for each in found
    ]
    found += _missing(day, desks, crew_of_day(conn, day.id), now=now)
    if day.state is DayState.PUBLISHED and now < day.closes_at:
        found += _passes(conn, day, desks, now=now)
        found += _machines(paired_machines(conn, day.id), day, now=now, real=real)
    return sorted(found, key=lambda each: not each.stops)


def _expected(conn: sa.Connection, day: Day, *, now: datetime) -> list[Expected]:
    """One statement."""
    rows = conn.execute(
        sa.select(
            parties.c.id,
            parties.c.languages,
            parties.c.interpreter,
            stops.c.institution_id,
            stops.c.private,
            stops.c.planned_at,
            stops.c.minutes,
            bookings.c.arrival_at,
        )
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .outerjoin(bookings, bookings.c.party_id == parties.c.id)
        .outerjoin(visits, visits.c.party_id == parties.c.id)
        .where(
            stops.c.day_id == day.id,
            stops.c.state.in_(_AHEAD),
            parties.c.erased_at.is_(None),
            parties.c.number.is_not(None),
            sa.or_(bookings.c.state == BookingState.CONFIRMED, visits.c.state == VisitState.OPEN),
        )
    )
    found: list[Expected] = []
    for row in rows:
        starts = max(now, row.planned_at or row.arrival_at or now)
        found.append(
            Expected(
                party=row.id,
                institution=None if row.private else row.institution_id,
                languages=tuple(row.languages) if Interpreter(row.interpreter) is Interpreter.NEEDED else (),
                starts_at=starts,
                ends_at=starts + timedelta(minutes=row.minutes),
            )
        )
    return found


def _holes(
    day: Day,
    desks: Sequence[DeskRow],
    mediators: Sequence[MediatorRow],
    people: Sequence[Expected],
    *,
    now: datetime,
) -> list[Finding]:
    """Languages the day promises or somebody booked that neither a mediator nor a desk speaks for part of the hours."""
    open_hours = [opening for desk in desks for opening in desk.openings]

    @cache
    def holes(*languages: str) -> tuple[Interval, ...]:
        """When none of them is spoken."""
        spoken = frozenset(languages)
        there = [opening for desk in desks if spoken & desk.languages for opening in desk.openings]
        there += [
            (one.opens_at, one.closes_at)
            for one in mediators
            if spoken & one.languages and one.state is not MediatorState.LEFT
        ]
        return uncovered(open_hours, there, since=now)

    left_alone: dict[str, set[UUID]] = defaultdict(set)
    for one in people:
        if one.languages and meets(one.starts_at, one.ends_at, holes(*one.languages)):
            left_alone[one.languages[0]].add(one.party)
    return [
        Finding(kind="language_hole", languages=(language,), hours=hours, count=len(left_alone[language]))
        for language in dict.fromkeys((*day.languages, *sorted(left_alone)))
        if (hours := holes(language))
    ]


def _leaving(day: Day, desks: Sequence[DeskRow], people: Sequence[Expected]) -> list[Finding]:
    """Institutions that leave before the day ends, with people who cannot be done by then."""
    found: list[Finding] = []
    for institution in {desk.institution.id: desk.institution for desk in desks}.values():
        ends = [desk.closes_at for desk in desks if desk.institution.id == institution.id and desk.closes_at]
        if not ends or max(ends) > day.closes_at - CLOSES_EARLY:
            continue
        leaves = max(ends)
        after = {one.party for one in people if one.institution == institution.id and one.ends_at > leaves}
        if after:
            found.append(
                Finding(
                    kind="leaves_early",
                    institution=institution.name,
                    about=institution.id,
                    at=leaves,
                    count=len(after),
                )
            )
    return found


def _missing(day: Day, desks: Sequence[DeskRow], people: Sequence[CrewRow], *, now: datetime) -> list[Finding]:
    """Hours in which somebody is missing, once an organiser has begun to enter shifts; officers once one of them is."""
    if not people:
        return []
    holes = gaps_of((day.opens_at, day.closes_at), desks, people, since=now)
    numbers = {desk.id: desk.number for desk in desks}
    empty = tuple(numbers[gap.desk] for gap in holes if gap.desk is not None)
    found: list[Finding] = []
    if empty and any(one.work is Work.OFFICER for one in people):
        hours = joined(each for gap in holes if gap.desk is not None for each in gap.hours)
        found.append(Finding(kind="no_officer", desks=empty, hours=hours))
    for gap in holes:
        if gap.work is Work.RECEPTION:
            found.append(Finding(kind="no_reception", hours=gap.hours))
        elif gap.work is Work.GUIDE:
            found.append(Finding(kind="no_guide", hours=gap.hours))
    return found


def _passes(conn: sa.Connection, day: Day, desks: Sequence[DeskRow], *, now: datetime) -> list[Finding]:
    """Desks that nobody can open: no living day pass, and no officer with an account. Two statements."""
    of_day = sa.select(passes.c.desk_id).where(passes.c.day_id == day.id, passes.c.revoked_at.is_(None))
    with_pass = set(conn.execute(of_day).scalars())
    officers = conn.execute(
        sa.select(grants.c.institution_id, grants.c.day_id, grants.c.desk_id)
        .join_from(grants, accounts)
        .where(
            grants.c.role == Role.OFFICER,
            accounts.c.active,
            sa.or_(grants.c.until_at.is_(None), grants.c.until_at > now),
            sa.or_(grants.c.day_id.is_(None), grants.c.day_id == day.id),
        )
    ).all()
    without = tuple(
        desk.number
        for desk in desks
        if desk.openings
        and desk.id not in with_pass
        and not any(
            row.institution_id in (None, desk.institution.id) and row.desk_id in (None, desk.id) for row in officers
        )
    )
    return [Finding(kind="no_pass", desks=without)] if without else []


def _machines(machines: Sequence[Paired], day: Day, *, now: datetime, real: datetime) -> list[Finding]:
    """Machines that nothing is heard of although the day is near, and printers that do not print."""
    near = now >= day.opens_at - MACHINES_BEFORE
    found: list[Finding] = []
    for one in machines:
        if is_silent(one.seen_at, real=real):
            # Before the day a machine may be switched off.
            found += [Finding(kind="machine_silent", name=one.name, about=one.id)] if near else []
        elif (printer := printer_trouble(one.report)) is not None:
            found.append(Finding(kind="printer", name=one.name, about=one.id, printer=printer))
    return found
