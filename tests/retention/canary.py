"""A visitor whose traces can be looked for in every table."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

import onestop.schema
from onestop.booking.contacts import Contact
from onestop.booking.tickets import Ticket
from onestop.db.session import Database
from onestop.notify.reactor import OutboxReactor
from onestop.settings import Settings
from tests.halls import KEY, TestDay, make_test_day

NAME = "Kanarinka Zlatá"
EMAIL = "kanarinka@example.org"
PHONE = "+421905777321"
TRACES = (NAME, "kanarinka", EMAIL, PHONE, "'7321'")


@dataclass
class Nest:
    """A day with messages joined to it, and the folder of the journal."""

    hall: TestDay
    var: Path
    settings: Settings

    @property
    def db(self) -> Database:
        return self.hall.db

    def book(self, *, language: str = "ti") -> Ticket:
        """The canary's booking, with everything a person can leave behind."""
        return book(self.hall, NAME, EMAIL, PHONE, language)

    def traces(self, *more: str) -> set[str]:
        """Which traces stand in which table."""
        return traces(self.db, *TRACES, *more)


def make_nest(database: Database, var: Path) -> Nest:
    """The pilot day, half an hour before it opens."""
    settings = Settings(var=var, mail_from="post@hall.test")
    database.reactors.append(OutboxReactor(settings))
    return Nest(hall=make_test_day(database), var=var, settings=settings)


def book(hall: TestDay, name: str, email: str, phone: str, language: str) -> Ticket:
    """A booking of two with a name and contacts."""
    from onestop.booking.actions.bookings import confirm_booking, hold_arrival
    from onestop.booking.queries import arrivals
    from onestop.domain.booking import Channel
    from onestop.domain.roles import VISITOR

    wish = hall.wish("legal", "residence", adults=1, children=1, languages=(language, "en"))
    arrival = hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans[0].arrival_at
    hold = hall.db.write_now(
        hold_arrival,
        hall.id,
        wish,
        arrival_at=arrival,
        channel=Channel.RECEPTION,
        actor=VISITOR,
        now=hall.now,
        hold_minutes=10,
        day=hall.id,
    )
    contact = (
        Contact(kind="email", address=email),
        Contact(kind="phone", address=phone, phone_end=phone[-4:]),
    )
    return hall.db.write_now(
        confirm_booking, hold.id, key=KEY, name=name, contact=contact, actor=VISITOR, now=hall.now, day=hall.id
    )


def traces(database: Database, *wanted: str) -> set[str]:
    """Those of the texts that stand anywhere in the database, as `table: text`."""
    found: set[str] = set()
    for table in onestop.schema.metadata.sorted_tables:
        rows = database.read_now(lambda conn, table=table: conn.execute(sa.select(table)).all())
        shown = "\n".join(repr(tuple(row)) for row in rows).casefold()
        found |= {f"{table.name}: {text}" for text in wanted if text.casefold() in shown}
    return found


def ids_in_facts(database: Database, day: UUID) -> set[UUID]:
    """Every id of a party, visit or stop that the ledger of the day names."""
    from onestop.db.ledger import facts

    rows = database.read_now(
        lambda conn: conn.execute(
            sa.select(facts.c.party_id, facts.c.visit_id, facts.c.stop_id).where(facts.c.day_id == day)
        ).all()
    )
    return {value for row in rows for value in row if value is not None}


def own_ids(database: Database, party: UUID) -> set[UUID]:
    """The ids a party has in the tables: its own, its visit's, its stops'."""
    from onestop.booking.tables import stops
    from onestop.visits.tables import visits

    statement = sa.union(
        sa.select(visits.c.id).where(visits.c.party_id == party), sa.select(stops.c.id).where(stops.c.party_id == party)
    )
    return {party, *database.read_now(lambda conn: conn.execute(statement).scalars().all())}
