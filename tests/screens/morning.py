"""An invented morning on the demo day: parties book, come, wait, are called and served; the clock starts there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.booking.tickets import Ticket
from onestop.booking.wish import Wish, make_wish
from onestop.days.queries.days import Day, day_by_slug
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import day_offer
from onestop.db.clock_row import start_demo_clock
from onestop.db.session import Database, open_database
from onestop.demo.world import World, make_world
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState
from onestop.domain.party import party_of
from onestop.domain.visit import StopState
from onestop.keys import KEY_BYTES
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.desks import set_desk_state
from tests.halls import STAFF, TestDay

KEY = b"a key for pictures only, 32 long"
ENOUGH = 80  # minutes after the opening
WATCHED = 1  # the desk whose call is in the pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One invented party; `at` minutes after the opening it comes, booked for then or walking in."""

    name: str
    services: tuple[str, ...]
    at: int
    language: str = "en"
    interpreter: Interpreter = Interpreter.NONE
    children: int = 0
    walks_in: bool = False


GUESTS = (
    Guest(name="Amal", services=("legal", "residence"), at=0, language="ar", interpreter=Interpreter.NEEDED),
    Guest(name="Olena", services=("social", "labour"), at=0, language="uk", interpreter=Interpreter.NEEDED),
    Guest(name="Dewi", services=("labour", "employment-office"), at=15),
    Guest(name="Katya", services=("social", "health-insurance"), at=15, language="ru", children=2),
    Guest(name="Samir", services=("legal", "health-insurance"), at=30),
    Guest(name="Lucia", services=("social", "legal"), at=45, language="es", interpreter=Interpreter.NEEDED),
    Guest(name="Jovan", services=("labour", "residence"), at=45, language="sr-Latn", interpreter=Interpreter.OWN),
    Guest(name="Linh", services=("employment-office",), at=60, language="vi", interpreter=Interpreter.OWN),
    Guest(name="", services=("labour", "employment-office"), at=50, language="uk", walks_in=True),
    Guest(name="", services=("legal", "labour"), at=55, walks_in=True),
    Guest(name="", services=("social", "residence"), at=62, language="sk", walks_in=True),
    Guest(name="", services=("legal", "health-insurance"), at=66, walks_in=True),
    Guest(name="", services=("social",), at=70, language="ar", interpreter=Interpreter.NEEDED, walks_in=True),
    Guest(name="", services=("legal", "residence"), at=74, walks_in=True),
    Guest(name="", services=("social", "labour"), at=76, children=1, walks_in=True),
    Guest(name="", services=("legal", "employment-office"), at=78, language="uk", walks_in=True),
    Guest(name="Noor", services=("legal", "residence"), at=150),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What the pictures need: the world, the ticket of a party still at home, waiting, and called."""

    file: Path
    world: World
    at_home: Ticket
    waiting: Ticket
    called: Ticket


@dataclass(slots=True)
class _Hall:
    day: TestDay
    idle: frozenset[int] = frozenset()
    tickets: dict[UUID, Ticket] = field(default_factory=dict[UUID, Ticket])
    since: dict[int, datetime] = field(default_factory=dict[int, datetime])  # the last act at each desk

    def minute(self, due: list[tuple[Guest, Ticket | None]]) -> None:
        """Everybody who is due comes in; every desk does what it does next."""
        for guest, ticket in due:
            if ticket is None:
                made, _ = self.day.db.write_now(
                    issue_walk_in, self.day.id, self.wish(guest), key=KEY, how="kiosk", actor=STAFF, now=self.day.now,
                    day=self.day.id,
                )  # fmt: skip
                self.tickets[made.party] = made
            else:
                self.day.arrive(ticket)
        for number in self.day.desks.keys() - self.idle:
            self._desk(number)

    def wish(self, guest: Guest) -> Wish:
        return make_wish(
            self.day.offer,
            services=[self.day.service(key) for key in guest.services],
            members=party_of(adults=1, children=guest.children),
            languages=[guest.language],
            interpreter=guest.interpreter,
            display_language=guest.language if guest.language in ("sk", "uk", "ar") else "en",
        )

    def book(self, guest: Guest) -> Ticket:
        at = self.day.day.opens_at + timedelta(minutes=guest.at)
        made = self.day.book(self.wish(guest), at=at, name=guest.name)
        self.tickets[made.party] = made
        return made

    def stop_at(self, number: int) -> tuple[UUID, StopState, UUID] | None:
        desk = self.day.desks[number].id
        row = self.day.db.read_now(
            lambda conn: conn.execute(
                sa.select(stops.c.id, stops.c.state, stops.c.party_id).where(
                    stops.c.desk_id == desk, stops.c.state.in_((StopState.CALLED, StopState.SERVING))
                )
            ).one_or_none()
        )
        return None if row is None else (row.id, StopState(row.state), row.party_id)

    def _desk(self, number: int) -> None:
        stop = self.stop_at(number)
        if stop is None:
            self.day.next(number, standing=True)
            return
        lasted = (self.day.now - self.since.setdefault(number, self.day.now)).total_seconds() / 60
        if stop[1] is StopState.CALLED and lasted >= 2:
            self.day.write(serve, stop[0])
            self.since[number] = self.day.now
        elif stop[1] is StopState.SERVING and lasted >= 11 + 2 * (number % 4):
            self.day.write(finish, stop[0])
            del self.since[number]


def play_morning(folder: Path, *, idle: frozenset[int] = frozenset()) -> Morning:
    """A demo database in the folder, with its ticket key, in the middle of a lively morning.

    The `idle` desks are closed, and nobody was called to them yet.
    """
    file, world = make_world(folder, rate=1.0)
    assert len(KEY) == KEY_BYTES
    (folder / "ticket.key").write_bytes(KEY)
    database = open_database(f"sqlite:///{file.absolute()}")
    try:
        hall = _Hall(_day(database, world), idle)
        booked = [(guest, None if guest.walks_in else hall.book(guest)) for guest in GUESTS]
        hall.day.open_desks()
        for number in idle:
            hall.day.write(set_desk_state, hall.day.desks[number].id, DeskState.CLOSED)
        hall.day.now = hall.day.day.opens_at
        for minute in _minutes(hall):
            hall.minute([(guest, ticket) for guest, ticket in booked if guest.at == minute])
        called = hall.stop_at(WATCHED)
        assert called is not None
        database.write_now(start_demo_clock, start=hall.day.now + timedelta(seconds=40), rate=1.0)
        return Morning(
            file=file,
            world=world,
            at_home=next(ticket for guest, ticket in booked if guest.name == "Noor" and ticket is not None),
            waiting=hall.tickets[_waiting_party(database, hall.day.day)],
            called=hall.tickets[called[2]],
        )
    finally:
        database.close()


def _day(database: Database, world: World) -> TestDay:
    day = database.read_now(day_by_slug, world.slug)
    return TestDay(
        db=database,
        id=day.id,
        now=database.now(),
        day=day,
        offer=database.read_now(day_offer, day.id),
        desks={desk.number: desk for desk in database.read_now(desks_of_day, day.id)},
    )


def _minutes(hall: _Hall) -> Iterator[int]:
    """Minutes after the opening, until enough have passed and the watched desk has just called somebody."""
    for minute in range(ENOUGH + 60):
        yield minute
        stop = hall.stop_at(WATCHED)
        if minute >= ENOUGH and stop is not None and stop[1] is StopState.CALLED:
            return
        hall.day.later(minutes=1)
    raise AssertionError("the watched desk called nobody")


def _waiting_party(database: Database, day: Day) -> UUID:
    """A party of which nothing but waiting stops are left to do."""
    waiting = sa.select(stops.c.party_id).where(stops.c.day_id == day.id, stops.c.state == StopState.WAITING)
    busy = sa.select(stops.c.party_id).where(stops.c.state.in_((StopState.CALLED, StopState.SERVING)))
    found = database.read_now(
        lambda conn: conn.execute(waiting.where(stops.c.party_id.not_in(busy)).order_by(stops.c.id)).scalars().first()
    )
    assert found is not None
    return found
