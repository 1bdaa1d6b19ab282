"""The message that proves an address: only who reads it can say that a request, or a time that is kept, is hers."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, parties
from onestop.days.queries.days import day_by_id
from onestop.days.queries.draws import draw_of
from onestop.domain.booking import PROVES, BookingState
from onestop.notify.actions import put_message
from onestop.notify.queries import Recipient, told_on, unsent
from onestop.notify.tables import outbox
from onestop.notify.ways import EMAIL

KINDS = {BookingState.REQUESTED: "prove", BookingState.LISTED: "prove", BookingState.HELD: "prove_time"}
"""Which message asks for the proof, by what the party waits for."""

_UNPROVED = (
    sa.select(
        contacts.c.address,
        bookings.c.day_id,
        bookings.c.state,
        bookings.c.arrival_at,
        bookings.c.hold_until_at,
        parties.c.display_language,
    )
    .join_from(contacts, bookings, bookings.c.party_id == contacts.c.party_id)
    .join(parties, parties.c.id == contacts.c.party_id)
    .where(
        contacts.c.party_id == sa.bindparam("party"),
        contacts.c.kind == EMAIL,
        contacts.c.proved_at.is_(None),
        bookings.c.state.in_(KINDS),
        bookings.c.channel.in_(PROVES),
    )
)


def ask_for_proof(conn: sa.Connection, party: UUID, *, host: str, now: datetime) -> None:
    """Write the message with the link to the address a party must prove, if it must; an unsent one is taken back."""
    row = conn.execute(_UNPROVED, {"party": party}).one_or_none()
    if row is None:
        return
    day = day_by_id(conn, row.day_id)
    if not day.proves:
        return
    asking = outbox.c.kind.in_(set(KINDS.values()))
    conn.execute(outbox.update().where(unsent(party=party), asking).values(withdrawn_at=now))
    until = row.hold_until_at
    if row.state == BookingState.REQUESTED:
        draw = draw_of(conn, day.id)
        until = draw.closes_at if draw is not None else None
    told = told_on(day, row.display_language, arrival_at=row.arrival_at or day.opens_at, until_at=until)
    to = Recipient(way=EMAIL, address=row.address, limited=False, reminded=False)
    kind = KINDS[BookingState(row.state)]
    put_message(conn, party, told, kind, to=to, sequence=0, host=host, due_at=now, until_at=until, now=now)
