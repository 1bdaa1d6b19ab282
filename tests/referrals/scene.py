"""A running pilot day with places, a second day, and verbs that send people on."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tickets import Ticket
from onestop.days.actions import create_day, publish_day
from onestop.days.dayfile import read_template
from onestop.days.tables import days
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.directory.place_entries import PlaceWords, add_place
from onestop.domain.day import Release
from onestop.referrals.actions import Where, refer
from onestop.referrals.reactor import keep_referrals
from onestop.referrals.tables import referrals
from onestop.visits.actions.calls import finish, serve
from tests.halls import ON, STAFF, TestDay, make_test_day

SHELTER = PlaceWords(
    kind="shelter", name="House Kanarinka", address="Tajná 7", phone="+421 2 777", discreet=True, hours={"en": "always"}
)
SCHOOL = PlaceWords(
    kind="school",
    name="Primary School",
    address="Školská 1",
    phone="+421 2 111",
    hours={"en": "8 to 12", "sk": "8 až 12"},
)


@dataclass
class Scene:
    """The day, the next one a week later, a school and a shelter that is discreet."""

    hall: TestDay
    next_day: UUID
    school: UUID
    shelter: UUID

    @property
    def db(self) -> Database:
        return self.hall.db

    def institution(self, key: str) -> UUID:
        """The institution that offers a service."""
        return next(each.institution.id for each in self.hall.offer.services if each.key == key)

    def talk(self, key: str = "legal", *, number: int | None = None) -> tuple[Ticket, UUID]:
        """Somebody who is being served for a service."""
        ticket, _ = self.hall.walk_in(self.hall.wish(key))
        return ticket, self.serve(key, number=number)

    def serve(self, key: str, *, number: int | None = None) -> UUID:
        """The next one for a service is called and served; gives the stop."""
        desk = number or next(
            number for number, desk in self.hall.desks.items() if self.hall.service(key) in desk.services
        )
        stop = self.hall.next(desk).stop
        assert stop is not None
        self.hall.write(serve, stop)
        return stop

    def finish(self, stop: UUID, **how: Any) -> None:
        """The conversation ends, and she is free for the next desk."""
        self.hall.write(finish, stop, **how)
        self.hall.later(seconds=5)

    def refer(
        self,
        stop: UUID,
        *,
        institution: UUID | None = None,
        service: UUID | None = None,
        place: UUID | None = None,
        day: UUID | None = None,
        reason: str = "legal",
        by_on: date | None = None,
        said_yes: bool = True,
    ) -> UUID:
        """Send her on."""
        where = Where(institution=institution, service=service, place=place, day=day)
        return self.hall.write(refer, stop, where, reason=reason, by_on=by_on, said_yes=said_yes)

    def row(self, referral: UUID) -> sa.Row[Any]:
        """A referral as it is stored."""
        return self.db.read_now(lambda conn: conn.execute(sa.select(referrals).where(referrals.c.id == referral)).one())

    def rows(self) -> list[sa.Row[Any]]:
        """Every referral."""
        return self.db.read_now(lambda conn: list(conn.execute(sa.select(referrals)).all()))

    def told(self, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
        """The facts of these kinds in order, with their terms."""
        asked = sa.select(facts.c.kind, facts.c.terms).where(facts.c.kind.in_(kinds)).order_by(facts.c.id)
        return [(row.kind, row.terms) for row in self.db.read_now(lambda conn: conn.execute(asked).all())]


def make_scene(database: Database, hall: TestDay | None = None, *, reacts: bool = True) -> Scene:
    """The pilot day at its opening; `reacts` where no application has joined the reactor."""
    if reacts:
        database.reactors.append(keep_referrals)
    hall = hall or make_test_day(database)
    hall.open_desks()
    hall.now = hall.day.opens_at
    return Scene(
        hall=hall,
        next_day=make_next_day(hall),
        school=database.write_now(add_place, SCHOOL, actor=STAFF, now=hall.now),
        shelter=database.write_now(add_place, SHELTER, actor=STAFF, now=hall.now),
    )


def make_next_day(hall: TestDay) -> UUID:
    """The same day a week later, open to everybody."""
    made = hall.db.write_now(
        create_day, read_template("iom-bratislava"), on=ON + timedelta(days=7), actor=STAFF, now=hall.now
    )
    hall.db.write_now(publish_day, made, actor=STAFF, now=hall.now)

    def let_in(conn: sa.Connection) -> None:
        conn.execute(days.update().where(days.c.id == made).values(release=Release.OPEN))

    hall.db.write_now(let_in)
    return made
