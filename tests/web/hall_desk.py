"""Reception and floor over the pilot day: browsers with short verbs, and a count of statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from onestop.booking.at_once import book_at_once
from onestop.booking.contacts import Contact
from onestop.booking.queries import arrivals
from onestop.booking.tickets import Ticket
from onestop.clock import Clock, real_now
from onestop.db.ledger import facts
from onestop.domain.booking import Channel
from onestop.visits.queries.people import Standing
from onestop.visits.queries.reception import find_people
from onestop.visits.queries.visitor import Visitor, visitor
from tests.halls import STAFF, TestDay
from tests.web.site import Site

Data = Mapping[str, str | list[str]]


@dataclass(slots=True)
class Staff:
    """Somebody's browser at a day."""

    site: Site
    browser: httpx.AsyncClient

    def __post_init__(self) -> None:
        self.set_time(self.hall.now)

    @property
    def hall(self) -> TestDay:
        return self.site.hall

    @property
    def home(self) -> str:
        return f"/reception/{self.hall.day.slug}"

    @property
    def floor(self) -> str:
        return f"/floor/{self.hall.day.slug}"

    def path(self, ticket: Ticket, end: str = "") -> str:
        """The address of a ticket holder, and of an act there."""
        return f"{self.home}/parties/{ticket.party}{end}"

    def book(self, *keys: str, name: str = "", phone: str = "", place: int = 0, hall: TestDay | None = None) -> Ticket:
        """A booking with this application's key; `place` counts the free arrivals."""
        hall = hall or self.hall
        wish = hall.wish(*(keys or ("legal",)))
        at = hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans[place].arrival_at
        return hall.db.write_now(
            book_at_once,
            hall.id,
            wish,
            arrival_at=at,
            channel=Channel.RECEPTION,
            hold_minutes=10,
            key=self.site.app.state.ticket_key,
            name=name,
            contact=(Contact(kind="phone", address=phone, phone_end=phone[-4:]),) if phone else (),
            actor=STAFF,
            now=hall.now,
            day=hall.id,
        )[1]

    def open(self) -> None:
        """The day opens, and every desk with it."""
        self.set_time(self.hall.day.opens_at)
        self.hall.open_desks()

    def later(self, **delta: float) -> None:
        """Let time pass."""
        self.set_time(self.hall.now + timedelta(**delta))

    def set_time(self, now: datetime) -> None:
        """Make it this moment, and let it stand, however slow the machine is."""
        self.site.set_time(now)
        self.site.database.clock = Clock(start=now, real_start=real_now(), rate=0.0)

    def holder(self, ticket: Ticket) -> Visitor:
        """What reception's page knows of a ticket."""
        return self.hall.db.read_now(visitor, self.hall.id, ticket.party, now=self.hall.now)

    def standing(self, ticket: Ticket) -> Standing:
        """Where she is."""
        return self.holder(ticket).person.standing

    def stop(self, ticket: Ticket, place: int = 0) -> UUID:
        """One of her stops."""
        return self.holder(ticket).stops[place].id

    def stops(self, ticket: Ticket) -> list[tuple[str, str]]:
        """Her stops: service and state."""
        return [(stop.title.key, stop.state.value) for stop in self.holder(ticket).stops]

    def found_by(self, text: str) -> tuple[int, ...]:
        """The numbers a search gives, of whatever day."""
        found = self.hall.db.read_now(find_people, self.hall.day, text, everywhere=True)
        return tuple(one.number for one in found.people)

    async def search(self, text: str, **headers: str) -> httpx.Response:
        """Type or scan into the field and press Enter."""
        return await self.browser.post(f"{self.home}/find", data={"q": text}, headers=headers)

    async def press(self, path: str, data: Data | None = None, *, htmx: bool = False) -> httpx.Response:
        """Press a button, with or without script."""
        return await self.browser.post(path, data=dict(data or {}), headers={"HX-Request": "true"} if htmx else {})

    async def ask(self, path: str, data: Data | None = None) -> httpx.Response:
        """Press a button and see the page it leads to."""
        answer = await self.press(path, data)
        return await self.browser.get(answer.headers["location"]) if answer.status_code == 303 else answer

    async def look(self, path: str) -> str:
        """A page."""
        answer = await self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def facts(self, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
        """The ledger's lines of these kinds."""

        def read(conn: sa.Connection) -> list[tuple[str, dict[str, Any]]]:
            rows = conn.execute(
                sa.select(facts.c.kind, facts.c.terms).where(facts.c.kind.in_(kinds)).order_by(facts.c.id)
            )
            return [(row.kind, row.terms) for row in rows]

        return self.hall.db.read_now(read)
