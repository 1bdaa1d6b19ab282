"""Reads of reception: finding a ticket holder, who is here, who is expected, what was counted at the door."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, parties, printed, stops
from onestop.days.queries.days import Day, all_days, day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import OfferedService
from onestop.days.tables import days, desk_languages, desks, mediator_languages, mediators
from onestop.db.ledger import facts
from onestop.db.types import fold
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState, DeskState
from onestop.domain.door import TurnedAway
from onestop.domain.reach import DeskTime, Reach, reach
from onestop.domain.ticket import code_hash, read_long_code, read_short_code, short_hash, short_hashes
from onestop.domain.visit import STOP_OPEN, VisitState
from onestop.visits.queries.people import Person, Standing, people
from onestop.visits.queries.risk import AtRisk, people_at_risk
from onestop.visits.tables import visits

SOON = timedelta(minutes=60)
MOST_FOUND = 20
LONGEST_SEARCH = 200
_SHORTEST_PHONE_END = 3
_STILL_SHOWN = timedelta(hours=12)
"""A day stays in reception's list this long after its closing time, for whoever is still inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Who matches; `code` when a ticket code was read, which opens exactly one."""

    people: tuple[Person, ...]
    code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorCounts:
    """What was counted at the door today."""

    turned_away: dict[TurnedAway, int]
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Who is inside and who is expected: four lists and their sizes. `lost` were called and seen by nobody."""

    lost: tuple[Person, ...]
    at_risk: tuple[tuple[Person, AtRisk], ...]
    """Whoever else somebody should look after, as the overview shows them; the longest wait first."""
    expected: tuple[Person, ...]
    inside: tuple[Person, ...]


def reception_days(conn: sa.Connection, *, now: datetime) -> list[Day]:
    """Days a receptionist can work on, soonest first: published ones, and one that has just ended."""
    shown = [
        day
        for day in all_days(conn)
        if day.state is DayState.PUBLISHED or (day.state is DayState.CLOSED and day.opens_at < now)
    ]
    return sorted(
        (day for day in shown if day.closes_at + _STILL_SHOWN > now), key=lambda day: (day.opens_at, day.slug)
    )


def find_people(conn: sa.Connection, day: Day, text: str, *, everywhere: bool) -> Findings:
    """Who this could be: a scanned or typed code, a number, the end of a phone number, a name in any script.

    People of other days are found by code, phone and name if `everywhere`; else only by code, and without a name.
    """
    text = text[:LONGEST_SEARCH].strip()
    long, short, digits = read_long_code(text), read_short_code(text), _digits(text)
    anywhere: list[sa.ColumnElement[bool]] = []
    here: list[sa.ColumnElement[bool]] = []
    if short is not None:
        here.append(parties.c.short_hash == short_hash(day.id, short))
    if digits is not None:
        if len(digits) < 9:
            here.append(parties.c.number == int(digits))
            here.append(parties.c.id.in_(_holders(printed.c.number == int(digits))))
        if len(digits) >= _SHORTEST_PHONE_END:
            anywhere.append(_phone_ends(digits))
    elif long is None and (words := fold(text).split()):
        anywhere.append(sa.and_(*(parties.c.name_folded.contains(word, autoescape=True) for word in words[:8])))
    coming = sa.and_(days.c.state == DayState.PUBLISHED, days.c.on_date >= day.on - timedelta(days=31))
    other = sa.and_(sa.true() if everywhere else sa.false(), coming, sa.or_(sa.false(), *anywhere))
    where = sa.or_(sa.and_(parties.c.day_id == day.id, sa.or_(sa.false(), *here, *anywhere)), other)
    if long is not None:
        where = sa.or_(where, parties.c.code_hash == code_hash(long))
        where = sa.or_(where, parties.c.id.in_(_holders(printed.c.code_hash == code_hash(long))))
    if short is not None:
        # A short code counts with its day: that of every day still to come is tried.
        coming_days = sa.select(days.c.id).where(days.c.state == DayState.PUBLISHED, days.c.on_date >= day.on)
        hashes = short_hashes(conn.execute(coming_days).scalars(), short)
        where = sa.or_(where, parties.c.short_hash.in_(hashes))
        where = sa.or_(where, parties.c.id.in_(_holders(printed.c.short_hash.in_(hashes))))
    exact = parties.c.number == int(digits) if digits is not None and len(digits) < 9 else sa.false()
    first = parties.c.name_folded.startswith(fold(text), autoescape=True)
    found = people(
        conn,
        where,
        sa.case((parties.c.day_id == day.id, 0), else_=1),
        sa.case((exact, 0), (first, 1), else_=2),
        days.c.on_date,
        limit=MOST_FOUND,
    )
    if not everywhere:
        found = tuple(one if one.day == day.id else replace(one, name="") for one in found)
    return Findings(people=found, code=len(found) == 1 and (long is not None or (short is not None and not digits)))


def _holders(paper: sa.ColumnElement[bool]) -> sa.Select[tuple[UUID | None]]:
    """Whoever holds a paper whose number may be somebody else's."""
    return sa.select(printed.c.party_id).where(paper, printed.c.conflict.is_not(None), printed.c.party_id.is_not(None))


def hall(conn: sa.Connection, day: UUID, *, now: datetime) -> Hall:
    """The lists of reception; a fixed number of statements."""
    found = people(
        conn,
        sa.and_(
            parties.c.day_id == day,
            sa.or_(
                visits.c.state == VisitState.OPEN,
                sa.and_(bookings.c.state == BookingState.CONFIRMED, bookings.c.arrival_at <= now + SOON),
            ),
        ),
    )
    inside = tuple(one for one in found if one.standing is not Standing.BOOKED)
    of = {one.party: one for one in inside}
    at_risk = people_at_risk(conn, day, opens_at=day_by_id(conn, day).opens_at, now=now)
    return Hall(
        lost=tuple(one for one in inside if one.lost),
        at_risk=tuple((of[each.party], each) for each in at_risk if each.party in of and not of[each.party].lost),
        expected=tuple(sorted((one for one in found if one.standing is Standing.BOOKED), key=_booked_at)),
        inside=inside,
    )


def door_counts(conn: sa.Connection, day: Day, *, now: datetime) -> DoorCounts:
    """What was counted at the door since the local midnight; one statement."""
    midnight = now.astimezone(day.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    reason = facts.c.terms["reason"].as_string()
    rows = conn.execute(
        sa.select(facts.c.kind, reason.label("reason"), sa.func.count().label("counted"))
        .where(
            facts.c.day_id == day.id,
            facts.c.at >= midnight,
            facts.c.kind.in_(("VisitorTurnedAway", "AnsweredAtDoor")),
        )
        .group_by(facts.c.kind, sa.literal_column("reason"))
    ).all()
    counted = {(row.kind, row.reason): int(row.counted) for row in rows}
    return DoorCounts(
        turned_away={why: counted.get(("VisitorTurnedAway", why.value), 0) for why in TurnedAway},
        answered=counted.get(("AnsweredAtDoor", None), 0),
    )


def reach_today(
    conn: sa.Connection, day: Day, wanted: tuple[OfferedService, ...], *, now: datetime, without: UUID | None = None
) -> Reach:
    """Whether these services are still reached today by somebody who comes now; two statements.

    `without` is a party whose own stops do not stand in its way.
    """
    minutes = conn.execute(
        sa.select(stops.c.service_id, sa.func.sum(stops.c.minutes).label("minutes"))
        .join_from(stops, parties)
        # Without a number: a time somebody began to book and did not take.
        .where(
            stops.c.day_id == day.id,
            stops.c.state.in_(STOP_OPEN),
            parties.c.number.is_not(None),
            parties.c.id != without if without is not None else sa.true(),
        )
        .group_by(stops.c.service_id)
    )
    return reach(
        [
            DeskTime(services=frozenset(desk.services), minutes_left=_minutes_left(desk.openings, now))
            for desk in desks_of_day(conn, day.id)
            if desk.state is not DeskState.CLOSED
            or now < min((begin for begin, _ in desk.openings), default=now) + SOON
        ],
        backlog_minutes={row.service_id: float(row.minutes) for row in minutes},
        wanted_minutes={service.id: float(service.minutes) for service in wanted},
    )


def spoken_languages(conn: sa.Connection, day: UUID) -> tuple[str, ...]:
    """Languages somebody at this day speaks, at a desk or as a mediator; one statement."""
    at_desks = sa.select(desk_languages.c.language).join_from(desk_languages, desks).where(desks.c.day_id == day)
    by_mediators = (
        sa.select(mediator_languages.c.language)
        .join_from(mediator_languages, mediators)
        .where(mediators.c.day_id == day)
    )
    return tuple(sorted(conn.execute(sa.union(at_desks, by_mediators)).scalars()))


def _minutes_left(openings: tuple[tuple[datetime, datetime], ...], now: datetime) -> float:
    return sum(max(0.0, (end - max(begin, now)).total_seconds() / 60) for begin, end in openings)


def _phone_ends(digits: str) -> sa.ColumnElement[bool]:
    """Phones that end like this. The stored end has four digits; more are compared with the whole number."""
    like = contacts.c.phone_end == digits[-4:] if len(digits) >= 4 else contacts.c.phone_end.endswith(digits)
    if len(digits) > 4:
        bare: Any = contacts.c.address
        for char in " -()/.":
            bare = sa.func.replace(bare, char, "")
        # The zero of the national form does not stand in the international one.
        like = sa.and_(like, bare.endswith(digits.lstrip("0")))
    return parties.c.id.in_(sa.select(contacts.c.party_id).where(contacts.c.kind == "phone", like))


def _digits(text: str) -> str | None:
    """The digits of a number or phone in any script, `None` if something else stands in it."""
    found: list[str] = []
    for char in text:
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            found.append(str(digit))
        elif char not in "+()/.-\u2010\u2011\u2012\u2013 \u00a0\u200e\u200f\u202a\u202c\u2066\u2069":
            return None
    return "".join(found)[:30] or None


def _booked_at(person: Person) -> tuple[datetime, int]:
    assert person.booked_at is not None
    return person.booked_at, person.number
