"""Reads of the outbox: what is due, what a message is made from, the calendar's count of changes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.booking.tables import contacts, members, stops
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.own_lines import own_lines, unread_lines
from onestop.days.tables import days
from onestop.db.types import Id
from onestop.directory.papers import Paper, asked_papers, papers_by_service
from onestop.domain.checklist import Asked, Coming
from onestop.domain.visit import StopState
from onestop.locale.languages import fallbacks
from onestop.notify.tables import outbox
from onestop.notify.ways import EMAIL, PHONE

WAYS = (EMAIL, PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything a message says besides its words, taken when it was caused: a retry renders the same bytes.

    No name, institution or service. Papers of private stops are left out, since a paper can tell the topic (R19).
    """

    number: int = 0
    generation: int = 0
    """Of the ticket; 0 while there is none."""
    on: date
    arrival_at: datetime
    ends_at: datetime
    zone: str
    venue: str
    address: str
    phone: str
    email: str
    papers: tuple["PaperTold", ...] = ()
    limit: int
    own: str = ""
    """The organiser's own lines with their places still to fill, and the language they are written in."""
    own_language: str = ""
    own_draft: bool = False
    """Whether nobody had read them in this language."""
    series: str = ""
    """What the series of the day calls itself, and the language of that; empty for its plain name."""
    series_language: str = ""
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
            "papers": [paper.to_json() for paper in self.papers],
            "limit": self.limit,
            "own": self.own,
            "own_language": self.own_language,
            **({"own_draft": True} if self.own_draft else {}),
            **({"series": self.series, "series_language": self.series_language} if self.series else {}),
            **({"until_at": self.until_at.isoformat()} if self.until_at is not None else {}),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Terms":
        """The terms as they were kept."""
        values = dict(kept)
        values["on"] = date.fromisoformat(kept["on"])
        values["arrival_at"] = datetime.fromisoformat(kept["arrival_at"])
        values["ends_at"] = datetime.fromisoformat(kept["ends_at"])
        values["papers"] = tuple(PaperTold.from_json(paper) for paper in kept["papers"])
        if "until_at" in kept:
            values["until_at"] = datetime.fromisoformat(kept["until_at"])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTold:
    """A paper as a message tells it: its key, its condition where that is open, and own words there may be for it."""

    key: str
    only: str = ""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    drafts: tuple[str, ...] = ()
    """The languages of the own words that nobody had read."""

    def to_json(self) -> Any:
        """As the outbox keeps it: a shipped paper without a condition is its key."""
        if not self.only and not self.words:
            return self.key
        kept = {"key": self.key, "only": self.only, "words": dict(self.words)}
        return {**kept, "drafts": list(self.drafts)} if self.drafts else kept

    @classmethod
    def from_json(cls, kept: Any) -> "PaperTold":
        """As it was kept."""
        if isinstance(kept, str):
            return cls(key=kept)
        return cls(key=kept["key"], only=kept["only"], words=kept["words"], drafts=tuple(kept.get("drafts", ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A row of the outbox as the sender needs it."""

    id: UUID
    day: UUID
    party: UUID
    kind: str
    way: str
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
    """An address or telephone number of a party; `limited` when it has too many bookings or is still to be proved."""

    way: str
    address: str
    limited: bool
    reminded: bool


_PARTY = sa.bindparam("party", type_=Id)
_RECIPIENTS = (
    sa.select(contacts.c.kind, contacts.c.address, contacts.c.limited, contacts.c.reminders_off_at)
    .where(contacts.c.party_id == _PARTY, contacts.c.kind.in_(sa.bindparam("ways", expanding=True)))
    .order_by(contacts.c.id)
)
_SERVICES = (
    sa.select(
        stops.c.service_id,
        *(
            sa.select(sa.func.count())
            .where(members.c.party_id == _PARTY, members.c.child.is_(child))
            .scalar_subquery()
            .label(label)
            for label, child in (("adults", False), ("children", True))
        ),
    )
    .where(stops.c.party_id == _PARTY, stops.c.state == StopState.PLANNED, stops.c.private.is_(False))
    .order_by(stops.c.position)
)


def recipients_of(conn: sa.Connection, party: UUID, ways: Collection[str]) -> list[Recipient]:
    """Where messages to a party go, in these ways; one statement, because most parties give nothing."""
    rows = conn.execute(_RECIPIENTS, {"party": party, "ways": list(ways)})
    return [
        Recipient(way=row.kind, address=row.address, limited=row.limited, reminded=row.reminders_off_at is None)
        for row in rows
    ]


def told_of(conn: sa.Connection, party: UUID) -> Told | None:
    """What a message to this party says; `None` without a booking that got its number."""
    booking = booking_of_party(conn, party)
    if booking is None or booking.number is None:
        return None
    day = day_by_id(conn, booking.day)
    return told_on(
        day,
        booking.display_language,
        number=booking.number,
        generation=booking.generation,
        arrival_at=booking.arrival_at,
        ends_at=booking.ends_at,
        papers=_papers(conn, party, booking.answers),
        **own_in(conn, day, booking.display_language),
    )


def told_on(day: Day, language: str, *, arrival_at: datetime, ends_at: datetime | None = None, **terms: Any) -> Told:
    """What is said about this day: its place and time, its series, whom to ask, and these `terms` of the party."""
    series, series_language = (
        day.series.name_for(language, working=day.working_language) if day.series is not None else ("", "")
    )
    return Told(
        day=day.id,
        language=language,
        working_language=day.working_language,
        terms=Terms(
            # Who comes after midnight comes on the next date.
            on=arrival_at.astimezone(day.zone).date(),
            arrival_at=arrival_at,
            ends_at=ends_at or day.closes_at,
            zone=day.timezone,
            venue=day.venue,
            address=day.address,
            phone=day.phone,
            email=day.email,
            limit=day.bookings_per_contact,
            series=series,
            series_language=series_language,
            **terms,
        ),
    )


def own_in(conn: sa.Connection, day: Day, language: str) -> dict[str, Any]:
    """The organiser's own lines of a day for somebody who reads this language, as terms of a message."""
    lines = own_lines(conn, day.id)
    tag = next((tag for tag in fallbacks(language, working=day.working_language) if tag in lines), "")
    own: dict[str, Any] = {"own": lines.get(tag, ""), "own_language": tag}
    return {**own, "own_draft": True} if tag in unread_lines(conn, day.id) else own


def calendar_sequence(conn: sa.Connection, party: UUID) -> int:
    """How often the appointment was changed since it was first told; the calendar file's SEQUENCE."""
    highest = conn.execute(sa.select(sa.func.max(outbox.c.sequence)).where(outbox.c.party_id == party)).scalar()
    return highest or 0


def unsent(*, party: UUID | None = None) -> sa.ColumnElement[bool]:
    """Messages that still may go out."""
    alive = sa.and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.withdrawn_at.is_(None))
    return alive if party is None else sa.and_(alive, outbox.c.party_id == party)


def helps_still(now: datetime) -> sa.ColumnElement[bool]:
    """Messages that are of use at `now`; the day's own end is asked beside it."""
    return sa.or_(outbox.c.until_at.is_(None), outbox.c.until_at > now)


def due_messages(*, real: datetime, now: datetime, ways: Collection[str] = WAYS) -> sa.Select[UUID, UUID]:
    """Ids and parties of messages to send now in these ways: the least tried, of these the longest due, first.

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
            outbox.c.way.in_(ways),
            outbox.c.due_at <= now,
            days.c.closes_at > now,
            helps_still(now),
            sa.or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= real),
            ~under_way,
        )
        .order_by(outbox.c.tries, outbox.c.due_at, outbox.c.id)
    )


def has_due(conn: sa.Connection, *, real: datetime, now: datetime, ways: Collection[str] = WAYS) -> bool:
    """Whether there is anything to send in these ways."""
    return conn.execute(due_messages(real=real, now=now, ways=ways).limit(1)).first() is not None


def oldest_due(conn: sa.Connection, *, now: datetime, way: str = EMAIL) -> datetime | None:
    """Since when the longest waiting message of this way has been due; `None` when none waits whose day is to come."""
    return conn.execute(
        sa.select(sa.func.min(outbox.c.due_at))
        .join(days, days.c.id == outbox.c.day_id)
        .where(unsent(), outbox.c.way == way, outbox.c.due_at <= now, days.c.closes_at > now, helps_still(now))
    ).scalar()


def message_by_id(conn: sa.Connection, message: UUID) -> Message:
    """A message with its terms."""
    row = conn.execute(sa.select(outbox).where(outbox.c.id == message)).one()
    return Message(
        id=row.id,
        day=row.day_id,
        party=row.party_id,
        kind=row.kind,
        way=row.way,
        address=row.address,
        language=row.language,
        message_id=row.message_id,
        sequence=row.sequence,
        due_at=row.due_at,
        terms=Terms.from_json(row.terms),
    )


def _papers(conn: sa.Connection, party: UUID, said: tuple[str, ...]) -> tuple[PaperTold, ...]:
    papers = papers_by_service(conn)
    return papers_told(
        each
        for row in conn.execute(_SERVICES, {"party": party})
        for each in asked_papers(
            papers.get(row.service_id, ()), coming=Coming(adults=row.adults, children=row.children), said=said
        )
    )


def papers_told(asked: Iterable[tuple[Paper, Asked]]) -> tuple[PaperTold, ...]:
    """What to bring, each paper once; a condition is told only where no other desk asks for the paper anyway."""
    found: dict[str, PaperTold] = {}
    for paper, whom in asked:
        only = paper.condition if whom is Asked.IF else ""
        known = found.get(paper.key)
        if known is None or (known.only and not only):
            drafts = tuple(sorted(paper.drafts))
            found[paper.key] = PaperTold(key=paper.key, only=only, words=paper.words, drafts=drafts)
    return tuple(found.values())
