"""The message that proves an address: only who reads it can say that the request in a draw is hers."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, parties
from onestop.days.queries.days import day_by_id
from onestop.days.queries.draws import draw_of
from onestop.db.statements import insert
from onestop.db.types import new_id
from onestop.domain.booking import PROVES, BookingState
from onestop.notify.actions import message_language
from onestop.notify.queries import Terms
from onestop.notify.tables import outbox

_UNPROVED = (
    sa.select(contacts.c.address, bookings.c.day_id, parties.c.display_language)
    .join_from(contacts, bookings, bookings.c.party_id == contacts.c.party_id)
    .join(parties, parties.c.id == contacts.c.party_id)
    .where(
        contacts.c.party_id == sa.bindparam("party"),
        contacts.c.kind == "email",
        contacts.c.proved_at.is_(None),
        bookings.c.state == BookingState.REQUESTED,
        bookings.c.channel.in_(PROVES),
    )
)


def ask_for_proof(conn: sa.Connection, party: UUID, *, host: str, now: datetime) -> None:
    """Write the message with the link to every address of a request that must be proved."""
    for row in conn.execute(_UNPROVED, {"party": party}).all():
        day, draw = day_by_id(conn, row.day_id), draw_of(conn, row.day_id)
        terms = Terms(
            number=0,
            generation=0,
            on=day.on,
            arrival_at=day.opens_at,
            ends_at=day.closes_at,
            zone=day.timezone,
            venue=day.venue,
            address=day.address,
            phone=day.phone,
            email=day.email,
            papers=(),
            limit=day.bookings_per_contact,
            until_at=draw.closes_at if draw is not None else None,
        )
        number = new_id()
        insert(
            conn,
            outbox,
            id=number,
            day_id=day.id,
            party_id=party,
            kind="prove",
            address=row.address,
            language=message_language(row.display_language, day.working_language),
            message_id=f"<{number}@{host}>",
            sequence=0,
            terms=terms.to_json(),
            created_at=now,
            due_at=now,
        )
