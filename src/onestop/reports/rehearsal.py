"""A day before it comes: a day file or a day of the database as the simulation takes it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.days.dayfile import DayFile
from onestop.days.expected import SaysExpected, expected_of_day
from onestop.days.queries.days import Day
from onestop.days.queries.desks import day_precedences, desks_of_day, mediators_of_day
from onestop.days.queries.offer import service_keys
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import day_always
from onestop.directory.tables import services
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.calling import Desk, Mediator
from onestop.domain.crowd import Expected
from onestop.domain.day import local_instant, opening_instants, opening_within
from onestop.domain.plan import WantedStop
from onestop.domain.rehearsal import Rehearsal, RestsOn
from onestop.domain.simday import SimDay, SimDesk, SimSession, SimVisitor
from onestop.domain.visit import StopState
from onestop.visits.queries.hall import calling_desk

PARTIES, NO_SHOWS, WALK_INS, INTERPRETER = 20, 0.12, 0.2, 0.5
"""What is expected of a day about which nothing is known: so many parties, and shares of them."""
_NOT_WANTED = (StopState.PROPOSED, StopState.DECLINED, StopState.DROPPED)


def rehearsal_of_file(file: DayFile, on: date) -> Rehearsal:
    """The day a file describes, on a date; the ids of its parts depend on their names alone."""
    zone = file.timezone
    opens_at, closes_at = opening_instants(on, file.opens, file.closes, zone)
    keys = {service: _id(file, "service", service) for desk in file.desks for service in desk.services}
    desks: list[SimDesk] = []
    names = {each: key for key, each in keys.items()}
    for one in file.desks:
        openings = tuple(opening_within(on, *hours, zone, day_opens_at=opens_at) for hours in one.hours)
        made = Desk(
            id=_id(file, "desk", str(one.number)),
            number=one.number,
            services=frozenset(keys[service] for service in one.services),
            languages=frozenset(one.languages),
            closes_at=openings[-1][1],
        )
        minutes = {keys[service]: float(each) for service, each in one.minutes_of.items()}
        desks.append(SimDesk(desk=made, openings=openings, minutes=minutes))
        names[made.id] = f"desk {one.number}"
    mediators: list[Mediator] = []
    for n, one in enumerate(file.mediators, 1):
        starts, ends = opening_within(on, one.opens, one.closes, zone, day_opens_at=opens_at)
        made_id = _id(file, "mediator", str(n))
        languages = frozenset(one.languages)
        mediators.append(Mediator(id=made_id, languages=languages, free=True, opens_at=starts, closes_at=ends))
        names[made_id] = f"mediator {n}: {' '.join(one.languages)}"
    precedences = tuple(
        (keys[each.before], None if each.after is None else keys[each.after]) for each in file.precedences
    )
    of_number = {each.desk.number: each.desk.id for each in desks}
    sessions = [
        SimSession(
            service=keys[each.service],
            desk=of_number[each.desk],
            starts_at=_within(on, each.starts, zone, opens_at),
            minutes=float(each.minutes),
            seats=each.seats,
            language=each.language,
        )
        for each in file.sessions
    ]
    return Rehearsal(
        day=SimDay(
            opens_at=opens_at,
            closes_at=closes_at,
            services=by_hand([keys[service] for desk in file.desks for service in desk.services], precedences),
            desks=tuple(desks),
            mediators=tuple(mediators),
            precedences=precedences,
            sessions=_held(sessions, desks),
        ),
        expected=_expected_by(
            file,
            {each: key for key, each in keys.items()},
            frozenset(keys[key] for key in file.always),
            file.reserve_percent,
        ),
        slot=timedelta(minutes=file.slot_minutes),
        names=names,
        rests_on=RestsOn.TEMPLATE,
    )


def rehearsal_of_day(conn: sa.Connection, day: Day) -> Rehearsal:
    """A day of the database as it is set up and booked now; a fixed number of statements."""
    keys = {service: name.partition(":")[2] for service, name in service_keys(conn).items()}
    precedences = tuple(day_precedences(conn, day.id))
    desks = [
        SimDesk(
            desk=calling_desk(row),
            openings=row.openings,
            minutes={service: float(minutes) for service, minutes in row.services.items()},
        )
        for row in desks_of_day(conn, day.id)
        if row.openings
    ]
    people = mediators_of_day(conn, day.id)
    offered = [service for each in desks for service in sorted(each.minutes)]
    expected, known = _expected(conn, day, {service: keys[service] for service in offered})
    booked = _booked(conn, day, frozenset(offered))
    return Rehearsal(
        day=SimDay(
            opens_at=day.opens_at,
            closes_at=day.closes_at,
            services=by_hand(offered, precedences),
            desks=tuple(desks),
            mediators=tuple(
                Mediator(id=one.id, languages=one.languages, free=True, opens_at=one.opens_at, closes_at=one.closes_at)
                for one in people
            ),
            precedences=precedences,
            sessions=_held(
                (
                    SimSession(
                        service=each.service,
                        desk=each.desk,
                        starts_at=each.starts_at,
                        minutes=float(each.minutes),
                        seats=each.seats,
                        language=each.language,
                    )
                    for each in sessions_of_day(conn, day.id)
                ),
                desks,
            ),
        ),
        expected=expected,
        slot=timedelta(minutes=day.slot_minutes),
        names={
            **{service: keys[service] for service in offered},
            **{each.desk.id: f"desk {each.desk.number}" for each in desks},
            **{one.id: f"mediator {n}: {' '.join(sorted(one.languages))}" for n, one in enumerate(people, 1)},
        },
        booked=booked,
        rests_on=_rests_on(len(booked), expected, known=known),
    )


def _within(on: date, at: time, zone: ZoneInfo, opens_at: datetime) -> datetime:
    """A local time of a day, after midnight where it lies before the opening."""
    found = local_instant(on, at, zone)
    return found if found >= opens_at else local_instant(on + timedelta(days=1), at, zone)


def _held(sessions: Iterable[SimSession], desks: Sequence[SimDesk]) -> tuple[SimSession, ...]:
    """Those within the hours of their desk; the others are not held."""
    hours = {each.desk.id: each.openings for each in desks}
    return tuple(
        each
        for each in sessions
        if any(
            opens <= each.starts_at and each.starts_at + timedelta(minutes=each.minutes) <= closes
            for opens, closes in hours.get(each.desk, ())
        )
    )


def _rests_on(booked: int, expected: Expected, *, known: bool) -> RestsOn:
    if booked:
        return RestsOn.BOOKINGS if booked >= expected.parties else RestsOn.BOTH
    return RestsOn.TEMPLATE if known else RestsOn.NOTHING


def _expected(conn: sa.Connection, day: Day, keys: Mapping[UUID, str]) -> tuple[Expected, bool]:
    """What the day's file or template expects of the services that are offered (`keys`), and whether one says it.

    Where none does, each has the same share.
    """
    found = conn.execute(sa.select(day_always.c.service_id).where(day_always.c.day_id == day.id)).scalars()
    always = frozenset(found) & keys.keys()
    said = expected_of_day(conn, day.id)
    if said is not None and said.mix:
        return _expected_by(said, keys, always, day.reserve_percent), True
    by_guess = Expected(
        parties=PARTIES if said is None else said.parties,
        services=_alike(keys),
        always=always,
        languages={day.working_language: 1.0},
        interpreter=INTERPRETER,
        no_shows=NO_SHOWS,
        walk_ins=WALK_INS,
    )
    return by_guess, False


def _expected_by(
    file: SaysExpected, keys: Mapping[UUID, str], always: frozenset[UUID], reserve_percent: int
) -> Expected:
    """What a file expects of these services; the same share for every one where it says nothing of any."""
    shares = {service: file.mix.get(key, 0.0) for service, key in keys.items()}
    return Expected(
        parties=file.parties,
        services=shares if any(shares.values()) or always else _alike(keys),
        always=always,
        languages=file.party_languages,
        interpreter=file.interpreter_needed_percent / 100,
        no_shows=file.no_show_percent / 100,
        walk_ins=reserve_percent / 100,
    )


def _alike(services: Collection[UUID]) -> dict[UUID, float]:
    """Two services for a party, each as likely as the others."""
    return dict.fromkeys(services, min(1.0, 2 / max(1, len(services))))


def _booked(conn: sa.Connection, day: Day, offered: frozenset[UUID]) -> tuple[SimVisitor, ...]:
    """The parties that have booked, each coming at her time with all she wants; who has been here by now is one too.

    Private talks are left out (R19): how much such a desk would have to do says that somebody wants it.
    """
    going: dict[UUID, set[int]] = defaultdict(set)
    rows = conn.execute(
        sa.select(stop_members.c.stop_id, members.c.mark)
        .join(members, members.c.id == stop_members.c.member_id)
        .join(stops, stops.c.id == stop_members.c.stop_id)
        .where(stops.c.day_id == day.id)
    )
    for stop, mark in rows:
        going[stop].add(mark)
    wanted: dict[UUID, list[WantedStop]] = defaultdict(list)
    for row in conn.execute(
        sa.select(stops.c.id, stops.c.party_id, stops.c.service_id)
        .join(services, services.c.id == stops.c.service_id)
        .where(stops.c.day_id == day.id, stops.c.state.not_in(_NOT_WANTED), ~services.c.private)
        .order_by(stops.c.position, stops.c.id)
    ):
        if row.service_id in offered:
            wanted[row.party_id].append(WantedStop(service=row.service_id, members=frozenset(going[row.id] or {1})))
    booked = conn.execute(
        sa.select(bookings.c.party_id, bookings.c.arrival_at, parties.c.languages, parties.c.interpreter)
        .join(parties, parties.c.id == bookings.c.party_id)
        .where(bookings.c.day_id == day.id, bookings.c.state.in_([BookingState.CONFIRMED, BookingState.ARRIVED]))
        .order_by(bookings.c.arrival_at, bookings.c.id)
    )
    return tuple(
        SimVisitor(
            id=UUID(int=n << 32),
            booked_at=row.arrival_at,
            comes_at=row.arrival_at,
            stops=tuple(wanted[row.party_id]),
            languages=tuple(row.languages),
            interpreter=Interpreter(row.interpreter),
        )
        for n, row in enumerate(booked, 1)
        if wanted[row.party_id]
    )


def by_hand(services: Sequence[UUID], precedences: Collection[tuple[UUID, UUID | None]]) -> tuple[UUID, ...]:
    """The services in one order for everybody: as given, but none before what must come first."""
    left, found = list(dict.fromkeys(services)), list[UUID]()
    firsts = {before for before, after in precedences if after is None}
    while left:
        ready = [
            each
            for each in left
            if not any(
                before in left and (after == each or (after is None and each not in firsts))
                for before, after in precedences
            )
        ]
        found.append((ready or left)[0])
        left.remove(found[-1])
    return tuple(found)


def _id(file: DayFile, kind: str, name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{file.slug}/{kind}/{name}")
