"""A day with a private desk of an institution of its own, each of its words a canary, and a visitor who goes there."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from onestop.accounts.actions import add_account
from onestop.booking.actions.parties import add_contact
from onestop.booking.contacts import Contact
from onestop.booking.tables import parties, stops
from onestop.booking.tickets import new_code
from onestop.days.dayfile import DayFile, FileDesk, FileInstitution, read_template
from onestop.directory.checklists import PaperAsked, add_paper
from onestop.directory.place_entries import PlaceWords, add_place
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.referrals.actions import Where, refer
from onestop.visits.actions.arrivals import check_in
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.notes import write_note
from onestop.visits.tables import calls
from onestop.web.kit.forms import new_key
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.halls import STAFF
from tests.sessions import session_of
from tests.web.site import HOST, Site

SERVICE, SERVICE_WORDS = "kobaltova-help", "Kobaltova help"
INSTITUTION = "House Ametyst"
PAPER = "Paper Opalova"
PLACE, STREET, PHONE, HOURS = "Refuge Rubinova", "Granatova 7", "+421 2 7310 7310", "always, bell Topasova"
NOTE = "Note about Smaragdova"
DESK = 63184
"""The number of her desk: it shows the way, and is never on a board, in a message or on paper."""
OFFERED = (SERVICE, SERVICE_WORDS, INSTITUTION, PAPER)
"""What everybody reads who chooses among the services of the day."""
HERS = (PLACE, STREET, PHONE, "Topasova", NOTE)
"""What is said of her alone."""
NAME, EMAIL = "Kanarinka Zlata", "kanarinka@example.org"


def canary_file() -> DayFile:
    """The pilot day with the private desk."""
    file = read_template("iom-bratislava")
    like = file.desks[0]
    desk = FileDesk(
        number=DESK,
        institution="ametyst",
        services=(SERVICE,),
        private=True,
        minutes=20,
        languages=like.languages,
        opens=like.opens,
        closes=like.closes,
    )
    house = FileInstitution(key="ametyst", name=INSTITUTION, authority="none")
    return replace(file, institutions=(*file.institutions, house), desks=(*file.desks, desk))


@dataclass(slots=True)
class Canary:
    """Her and her day. `booked` is by a helper; the other verbs take her through it."""

    site: Site
    place: UUID
    helper: httpx.AsyncClient
    party: UUID = field(init=False)
    code: str = field(init=False)
    home: str = field(init=False)
    talks: bool = False
    """Whether her legal advice was called, so that its desk has pages about it."""

    def names(self) -> dict[str, str]:
        """What stands for her in an address."""
        talks = {"{stop_id:uuid}": str(self.stop("legal"))} if self.talks else {}
        return {"{code:str}": self.code, "{party:uuid}": str(self.party), **talks}

    async def book(self, *services: str) -> None:
        """A helper books these for her."""
        home, hall = f"/helper/{self.site.hall.day.slug}/book", self.site.hall
        asked = {
            "services": [str(hall.service(key)) for key in services],
            "adults": "1", "children": "0", "languages": "uk", "interpreter": "none", "name": NAME, "_key": new_key(),
        }  # fmt: skip
        times = (await self.helper.post(f"{home}/times", data=asked)).text
        first = times.split('name="arrival"', 1)[1].split('value="', 1)[1].split('"')[0]
        booked = await self.helper.post(home, data={**asked, "_key": new_key(), "arrival": first})
        assert booked.status_code == 303, booked.text
        self.home = booked.headers["location"].split("?")[0]
        self.party = UUID(self.home.rpartition("/")[2])
        self.code = hall.write(new_code, party=self.party, key=self.site.app.state.ticket_key).code

    def give_address(self, address: str) -> None:
        """Her messages go there from now on."""
        contact = Contact(kind="email", address=address)
        add = (add_contact, self.site.hall.day, self.party, contact, self.site.app.state.ticket_key)
        self.site.database.write_now(*add, day=self.site.hall.id)

    def arrive(self) -> None:
        """She is here when the desks open."""
        hall = self.site.hall
        hall.now = hall.day.opens_at
        self.site.set_time(hall.now)
        hall.open_desks()
        hall.write(check_in, self.party)

    def call(self, key: str) -> UUID:
        """Her talk is called, whoever else waits; gives the stop."""
        hall = self.site.hall
        desk = next(number for number, desk in hall.desks.items() if hall.service(key) in desk.services)
        stop = hall.next(desk).stop
        assert stop == self.stop(key)
        assert stop is not None
        return stop

    def talk(self) -> None:
        """Legal advice is called and given; its desk has pages about her now."""
        stop = self.call("legal")
        self.site.hall.write(serve, stop)
        self.site.hall.write(finish, stop)
        self.site.hall.later(seconds=5)
        self.talks = True

    def tell(self, stop: UUID) -> UUID:
        """What is said at her desk: a note, and where she goes next."""
        self.site.hall.write(serve, stop)
        self.site.hall.write(write_note, stop, text=NOTE)
        return self.site.hall.write(refer, stop, Where(place=self.place), reason="shelter", by_on=None, said_yes=True)

    def stop(self, key: str) -> UUID:
        """Her stop for a service."""
        wanted = stops.c.service_id == self.site.hall.service(key)
        return self._read(sa.select(stops.c.id).where(stops.c.party_id == self.party, wanted))[0]

    @property
    def number(self) -> int:
        return self._read(sa.select(parties.c.number).where(parties.c.id == self.party))[0]

    def call_of(self, stop: UUID) -> int:
        """The call of a stop."""
        return self._read(sa.select(calls.c.id).where(calls.c.stop_id == stop))[0]

    def _read(self, statement: Any) -> Any:
        return self.site.database.read_now(lambda conn: conn.execute(statement).first())


def make_canary(site: Site) -> Canary:
    """Before she books: the place, the paper, and a helper who is signed in."""
    hall, db = site.hall, site.database
    asked = PaperAsked(words={"en": PAPER, "sk": PAPER, "uk": PAPER})
    db.write_now(add_paper, hall.service(SERVICE), asked, key="", today=hall.day.on, actor=STAFF, now=hall.now)
    shelter = PlaceWords(
        kind="shelter", name=PLACE, address=STREET, phone=PHONE, discreet=True, hours={"en": HOURS, "uk": HOURS}
    )
    place = db.write_now(add_place, shelter, actor=STAFF, now=hall.now)
    held = (Grant(role=Role.HELPER, cap=5),)
    account = db.write_now(
        add_account, login="nora", password_hash="unused", name="Nora", held=held, actor=SYSTEM, now=hall.now
    )
    browser = site.browser()
    session = session_of(db, account)
    browser.cookies.set(SESSION_COOKIE, session, domain=HOST)
    return Canary(site=site, place=place, helper=browser)
