"""A receptionist's browser at the pilot day, and short verbs for what she does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from onestop.booking.contacts import Contact
from onestop.booking.tickets import Ticket
from onestop.visits.queries.people import Person, Standing
from onestop.visits.queries.reception import find_people
from onestop.visits.queries.visitor import Visitor, visitor
from tests.halls import STAFF
from tests.web.site import Site


@dataclass(slots=True)
class Desk:
    """Reception's browser with its day."""

    site: Site
    browser: httpx.AsyncClient

    @property
    def home(self) -> str:
        return f"/reception/{self.site.hall.day.slug}"

    def path(self, ticket: Ticket | UUID, end: str = "") -> str:
        """The address of a ticket holder, and of an act there."""
        return f"{self.home}/parties/{ticket if isinstance(ticket, UUID) else ticket.party}{end}"

    def book(self, *keys: str, name: str = "", phone: str = "", after: int = 0) -> Ticket:
        """A booking of this day, made the day before; `after` skips that many arrivals."""
        hall = self.site.hall
        wish = hall.wish(*(keys or ("legal",)))
        from onestop.booking.at_once import book_at_once
        from onestop.booking.queries import arrivals
        from onestop.domain.booking import Channel
        from onestop.keys import load_ticket_key

        at = hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans[after].arrival_at
        contact = (Contact(kind="phone", address=phone, phone_end=phone[-4:]),) if phone else ()
        return hall.db.write_now(
            book_at_once,
            hall.id,
            wish,
            arrival_at=at,
            channel=Channel.RECEPTION,
            hold_minutes=10,
            key=load_ticket_key(self.site.settings),
            name=name,
            contact=contact,
            actor=STAFF,
            now=hall.now,
            day=hall.id,
        )[1]

    def open(self) -> None:
        """The day opens, and every desk with it."""
        self.site.set_time(self.site.hall.day.opens_at)
        self.site.hall.open_desks()

    def later(self, minutes: float) -> None:
        """Let time pass."""
        self.site.set_time(self.site.hall.now + timedelta(minutes=minutes))

    def holder(self, ticket: Ticket | UUID) -> Visitor:
        """What reception's page knows of a ticket."""
        hall = self.site.hall
        party = ticket if isinstance(ticket, UUID) else ticket.party
        return hall.db.read_now(visitor, hall.id, party, now=hall.now)

    def standing(self, ticket: Ticket | UUID) -> Standing:
        """Where she is."""
        return self.holder(ticket).person.standing

    def finds(self, text: str) -> tuple[int, ...]:
        """The numbers a search gives."""
        hall = self.site.hall
        return tuple(one.number for one in self.found(text) if one.day == hall.id)

    def found(self, text: str) -> tuple[Person, ...]:
        """Everybody a search gives."""
        hall = self.site.hall
        return hall.db.read_now(find_people, hall.day, text, everywhere=True).people

    async def search(self, text: str) -> httpx.Response:
        """Type or scan into the field and press Enter."""
        return await self.browser.post(f"{self.home}/find", data={"q": text})

    async def press(self, path: str, data: Mapping[str, str | list[str]] | None = None) -> httpx.Response:
        """Press a button."""
        return await self.browser.post(path, data=dict(data or {}))


@pytest.fixture
def reception(site: Site) -> Desk:
    """A receptionist half an hour before the day opens."""
    return Desk(site=site, browser=site.sign_in("receptionist"))
