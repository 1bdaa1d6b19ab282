"""Reads of the outbox: what is due, what a message is made from, the calendar's count of changes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.booking.tables import contacts, stops
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days
from onestop.db.types import Id
from onestop.directory.tables import checklist_items
from onestop.domain.visit import StopState
from onestop.notify.tables import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything a message says besides its words, taken when it was caused: a retry renders the same bytes.

    No name, institution or service. Papers of private stops are left out, since a paper can tell the topic (R19).
    """

    number: int
    generation: int
    on: date
    arrival_at: datetime
    ends_at: datetime
    zone: str
    venue: str
    address: str
    phone: str
    email: str
    papers: tuple[str, ...]
    limit: int
    until_at: datetime | None = None
    """Until when an answer is awaited; only of messages that ask for one."""

    def to_json(self) -> dict[str, Any]:
        """The terms as the outbox keeps them."""
        return {
            "number": self.number,
            "generation": self.generation,
            "on": self.on.isoformat(),
            "arrival_at": self.arrival_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "zone": self.zone,
            "venue": self.venue,
            "address": self.address,
            "phone": self.phone,
            "email": self.email,
            "papers": list(self.papers),
            "limit": self.limit,
            **({"until_at": self.until_at.isoformat()} if self.until_at is not None else {}),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Terms":
        """The terms as they were kept."""
        values = dict(kept)
        values["on"] = date.fromisoformat(kept["on"])
        values["arrival_at"] = datetime.fromisoformat(kept["arrival_at"])
        values["ends_at"] = datetime.fromisoformat(kept["ends_at"])
        values["papers"] = tuple(kept["papers"])
        if "until_at" in kept:
            values["until_at"] = datetime.fromisoformat(kept["until_at"])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A row of the outbox as the sender needs it."""

    id: UUID
    day: UUID
    party: UUID
    kind: str
    address: str
    language: str
    message_id: str
    sequence: int
    due_at: datetime
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is to say to a party: the terms, its language, the day's working language."""

    day: UUID
    language: str
    working_language: str
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """An e-mail address of a party; `limited` when the address has as many bookings as the day allows."""

    address: str
    limited: bool


_PARTY = sa.bindparam("party", type_=Id)
_RECIPIENTS = (
    sa.select(contacts.c.address, contacts.c.limited)
    .where(contacts.c.party_id == _PARTY, contacts.c.kind == "email")
    .order_by(contacts.c.id)
)
_PAPERS = (
    sa.select(checklist_items.c.key)
    .join_from(stops, checklist_items, checklist_items.c.service_id == stops.c.service_id)
    .where(stops.c.party_id == _PARTY, stops.c.state == StopState.PLANNED, stops.c.private.is_(False))
    .order_by(stops.c.position, checklist_items.c.position)
)


def recipients_of(conn: sa.Connection, party: UUID) -> list[Recipient]:
    """The e-mail addresses of a party; one statement, because most parties give none."""
    rows = conn.execute(_RECIPIENTS, {"party": party})
    return [Recipient(address=row.address, limited=row.limited) for row in rows]


def told_of(conn: sa.Connection, party: UUID) -> Told | None:
    """What a message to this party says; `None` without a booking that got its number."""
    booking = booking_of_party(conn, party)
    if booking is None or booking.number is None:
        return None
    day = day_by_id(conn, booking.day)
    return Told(
        day=day.id,
        language=booking.display_language,
        working_language=day.working_language,
        terms=Terms(
            number=booking.number,
            generation=booking.generation,
            on=day.on,
            arrival_at=booking.arrival_at,
            ends_at=booking.ends_at,
            zone=day.timezone,
            venue=day.venue,
            address=day.address,
            phone=day.phone,
            email=day.email,
            papers=_papers(conn, party),
            limit=day.bookings_per_contact,
        ),
    )


def calendar_sequence(conn: sa.Connection, party: UUID) -> int:
    """How often the appointment was changed since it was first told; the calendar file's SEQUENCE."""
    highest = conn.execute(sa.select(sa.func.max(outbox.c.sequence)).where(outbox.c.party_id == party)).scalar()
    return highest or 0


def unsent(*, party: UUID | None = None) -> sa.ColumnElement[bool]:
    """Messages that still may go out."""
    alive = sa.and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.withdrawn_at.is_(None))
    return alive if party is None else sa.and_(alive, outbox.c.party_id == party)


def due_messages(*, real: datetime, now: datetime) -> sa.Select[UUID, UUID]:
    """Ids and parties of messages to send now: the least tried, of these the longest due, first.

    Whatever a server is slow to refuse comes again and again, and must not stand before what was never tried.

    `real` is machine time (leases, retries), `now` domain time (when a message becomes due, when its day is over).
    A party hears one thing at a time: while a message to it is under way, even one withdrawn meanwhile, the next waits,
    so that no cancellation is overtaken by the confirmation it takes back.
    """
    flying = outbox.alias("flying")
    under_way = sa.exists().where(
        flying.c.party_id == outbox.c.party_id,
        flying.c.sent_at.is_(None),
        flying.c.dead_at.is_(None),
        flying.c.leased_until_at > real,
    )
    return (
        sa.select(outbox.c.id, outbox.c.party_id)
        .join(days, days.c.id == outbox.c.day_id)
        .where(
            unsent(),
            outbox.c.due_at <= now,
            days.c.closes_at > now,
            sa.or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= real),
            ~under_way,
        )
        .order_by(outbox.c.tries, outbox.c.due_at, outbox.c.id)
    )


def has_due(conn: sa.Connection, *, real: datetime, now: datetime) -> bool:
    """Whether there is anything to send."""
    return conn.execute(due_messages(real=real, now=now).limit(1)).first() is not None


def oldest_due(conn: sa.Connection, *, now: datetime) -> datetime | None:
    """Since when the message that waits longest has been due; `None` when none waits whose day is still to come."""
    return conn.execute(
        sa.select(sa.func.min(outbox.c.due_at))
        .join(days, days.c.id == outbox.c.day_id)
        .where(unsent(), outbox.c.due_at <= now, days.c.closes_at > now)
    ).scalar()


def message_by_id(conn: sa.Connection, message: UUID) -> Message:
    """A message with its terms."""
    row = conn.execute(sa.select(outbox).where(outbox.c.id == message)).one()
    return Message(
        id=row.id,
        day=row.day_id,
        party=row.party_id,
        kind=row.kind,
        address=row.address,
        language=row.language,
        message_id=row.message_id,
        sequence=row.sequence,
        due_at=row.due_at,
        terms=Terms.from_json(row.terms),
    )


def _papers(conn: sa.Connection, party: UUID) -> tuple[str, ...]:
    return tuple(dict.fromkeys(conn.execute(_PAPERS, {"party": party}).scalars()))
