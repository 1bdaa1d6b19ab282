"""How many are expected and inside, for the buttons that close or cancel a day."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, members, parties
from onestop.domain.booking import WAITS, BookingState
from onestop.domain.visit import VisitState
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Bookings that stand, tickets inside, and tickets that were here at all."""

    booked: int
    inside: int
    came: int


def inside_of_day(conn: sa.Connection, day: UUID) -> Inside:
    """The counts; one statement."""

    def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).select_from(table).where(table.c.day_id == day, *where).scalar_subquery()

    row = conn.execute(
        sa.select(
            count(bookings, bookings.c.state == BookingState.CONFIRMED).label("booked"),
            count(visits, visits.c.state == VisitState.OPEN).label("inside"),
            count(visits).label("came"),
        )
    ).one()
    return Inside(booked=row.booked, inside=row.inside, came=row.came)


def waiting_of_day(conn: sa.Connection, day: UUID) -> int:
    """How many wait for a place and have none; one statement."""
    waits = sa.select(sa.func.count()).where(bookings.c.day_id == day, bookings.c.state.in_(WAITS))
    return conn.execute(waits).scalar_one()


MOST_TO_CALL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Whom the end of a day touches: bookings, the people in them, and how many can be reached in which way.

    `to_call` are the numbers of tickets that gave a telephone number only, as many as fit on a page.
    """

    bookings: int
    people: int
    by_mail: int
    by_phone: int
    to_call: tuple[int, ...]

    @property
    def unreached(self) -> int:
        """Bookings that gave neither."""
        return self.bookings - self.by_mail - self.by_phone


def touched_by_end(conn: sa.Connection, day: UUID) -> Touched:
    """The bookings that stand and how their people hear of it; two statements."""
    stands = sa.and_(bookings.c.day_id == day, bookings.c.state == BookingState.CONFIRMED)

    def gave(kind: str) -> sa.ColumnElement[bool]:
        return sa.exists().where(contacts.c.party_id == bookings.c.party_id, contacts.c.kind == kind)

    phone_only = sa.and_(gave("phone"), ~gave("email"))
    people = (
        sa.select(sa.func.count())
        .select_from(members)
        .join(bookings, bookings.c.party_id == members.c.party_id)
        .where(stands)
        .scalar_subquery()
    )
    row = conn.execute(
        sa.select(
            sa.func.count().label("bookings"),
            people.label("people"),
            sa.func.count().filter(gave("email")).label("by_mail"),
            sa.func.count().filter(phone_only).label("by_phone"),
        )
        .select_from(bookings)
        .where(stands)
    ).one()
    to_call = (
        sa.select(parties.c.number)
        .join(bookings, bookings.c.party_id == parties.c.id)
        .where(stands, phone_only)
        .order_by(bookings.c.arrival_at, parties.c.id)
        .limit(MOST_TO_CALL)
    )
    return Touched(
        bookings=row.bookings,
        people=row.people,
        by_mail=row.by_mail,
        by_phone=row.by_phone,
        to_call=tuple(conn.execute(to_call).scalars()),
    )
