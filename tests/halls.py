"""A published pilot day and short verbs on it, for tests that need a running hall."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from onestop.booking.actions.bookings import confirm_booking, hold_arrival
from onestop.booking.queries import arrivals
from onestop.booking.tickets import Ticket
from onestop.booking.wish import Wish, make_wish
from onestop.days.actions import create_day, publish_day
from onestop.days.dayfile import DayFile, read_template
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.session import Database
from onestop.domain.booking import Channel, Interpreter
from onestop.domain.day import DeskState
from onestop.domain.party import party_of
from onestop.domain.roles import VISITOR, Actor
from onestop.visits.actions.arrivals import check_in, issue_walk_in
from onestop.visits.actions.calls import Called, call_next
from onestop.visits.actions.desks import set_desk_state

KEY = b"test key of thirty-two bytes ...."
ON = date(2026, 12, 3)
STAFF = Actor(ref="test:staff")


@dataclass(slots=True)
class TestDay:
    """The pilot day on one database; `now` is moved by the test."""

    __test__ = False

    db: Database
    id: UUID
    now: datetime
    day: Day
    offer: DayOffer
    desks: dict[int, DeskRow] = field(default_factory=dict)

    def service(self, key: str) -> UUID:
        """The id of the service with this key."""
        return next(service.id for service in self.offer.services if service.key == key)

    def wish(
        self,
        *keys: str,
        adults: int = 1,
        children: int = 0,
        languages: Sequence[str] = ("en",),
        interpreter: Interpreter = Interpreter.NONE,
        together: Mapping[str, Collection[int]] | None = None,
    ) -> Wish:
        """A request for these services; `together` narrows a service to some members."""
        return make_wish(
            self.offer,
            services=[self.service(key) for key in keys],
            members=party_of(adults=adults, children=children),
            languages=languages,
            interpreter=interpreter,
            display_language="en",
            together={self.service(key): marks for key, marks in (together or {}).items()},
        )

    def write(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run an action of this day as staff, now."""
        kwargs.setdefault("actor", STAFF)
        return self.db.write_now(action, *args, day=self.id, now=self.now, **kwargs)

    def book(self, wish: Wish, *, at: datetime | None = None, name: str = "") -> Ticket:
        """A confirmed booking at the first (or the given) arrival."""
        if at is None:
            at = self.db.read_now(arrivals, self.day, wish, now=self.now).plans[0].arrival_at
        hold = self.db.write_now(
            hold_arrival,
            self.id,
            wish,
            arrival_at=at,
            channel=Channel.RECEPTION,
            actor=VISITOR,
            now=self.now,
            hold_minutes=10,
            day=self.id,
        )
        return self.db.write_now(confirm_booking, hold.id, key=KEY, name=name, actor=VISITOR, now=self.now, day=self.id)

    def arrive(self, ticket: Ticket) -> UUID:
        """Check the ticket in; gives the visit."""
        return self.db.write_now(check_in, ticket.party, actor=STAFF, now=self.now, day=self.id).visit

    def walk_in(self, wish: Wish) -> tuple[Ticket, UUID]:
        """A visitor without an appointment."""
        return self.db.write_now(
            issue_walk_in, self.id, wish, key=KEY, how="kiosk", actor=VISITOR, now=self.now, day=self.id
        )

    def open_desks(self) -> None:
        """Open every desk."""
        for desk in self.desks.values():
            self.write(set_desk_state, desk.id, DeskState.OPEN)

    def next(self, number: int, *, standing: bool = False) -> Called:
        """The officer of this desk presses Next."""
        return self.db.write_now(
            call_next, self.desks[number].id, standing=standing, actor=STAFF, now=self.now, day=self.id
        )

    def later(self, **delta: float) -> None:
        """Let time pass."""
        self.now += timedelta(**delta)


def make_test_day(
    db: Database,
    *,
    template: str = "iom-bratislava",
    file: DayFile | None = None,
    on: date = ON,
    made_at: datetime | None = None,
    publish: bool = True,
) -> TestDay:
    """A day of a shipped template (or of a file), published, half an hour before its opening."""
    start = made_at or datetime.combine(on - timedelta(days=2), time(8), UTC)
    day_id = db.write_now(
        create_day, file or read_template(template), on=on, actor=STAFF, now=start, template="" if file else template
    )
    if publish:
        db.write_now(publish_day, day_id, actor=STAFF, now=start)
    day = db.read_now(day_by_id, day_id)
    return TestDay(
        db=db,
        id=day_id,
        now=day.opens_at - timedelta(minutes=30),
        day=day,
        offer=db.read_now(day_offer, day_id),
        desks={desk.number: desk for desk in db.read_now(desks_of_day, day_id)},
    )
