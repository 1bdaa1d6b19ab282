"""Messages of the waiting list: you are on it, a place is kept for you until then, nobody answered in time."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, waiting
from onestop.days.queries.days import day_by_id
from onestop.domain.booking import DAY_CANCELLED
from onestop.notify.actions import put_message
from onestop.notify.queries import Told, recipients_of, told_on, unsent
from onestop.notify.tables import outbox

CAUSES = {"PartyListed": "listed", "PlaceOffered": "offer", "OfferLapsed": "offer_over", "WaitingMoved": "list_moved"}
"""Which fact causes which message."""
BECAUSE = {DAY_CANCELLED: "list_cancelled"}
"""What is told to somebody whose waiting ends, where the fact says why."""
ENDS = frozenset({"BookingConfirmed", "BookingMoved", "BookingCancelled", "PartyWithdrew", "EarlierNotWished"})
"""After these nobody waits any more for what such a message told."""
OFFERED = frozenset({"offer"})


def tell_waiting(
    conn: sa.Connection, party: UUID, kind: str, *, host: str, ways: Collection[str], now: datetime
) -> None:
    """Write the message for each address of the party; unsent earlier ones of the list are taken back."""
    withdraw_waiting(conn, party, now=now)
    recipients = [each for each in recipients_of(conn, party, ways) if not each.limited]
    told = _told(conn, party) if recipients else None
    if told is None:
        return
    until = told.terms.until_at if kind in OFFERED else None
    for recipient in recipients:
        put_message(conn, party, told, kind, to=recipient, sequence=0, host=host, due_at=now, until_at=until, now=now)


def withdraw_waiting(conn: sa.Connection, party: UUID, *, now: datetime) -> None:
    """Take back what was to be told about the list and has not been sent."""
    of_list = outbox.c.kind.in_([*CAUSES.values(), *BECAUSE.values()])
    conn.execute(outbox.update().where(unsent(party=party), of_list).values(withdrawn_at=now))


def _told(conn: sa.Connection, party: UUID) -> Told | None:
    row: Any = conn.execute(
        sa.select(waiting, parties.c.number, parties.c.generation, parties.c.display_language)
        .join_from(waiting, parties, parties.c.id == waiting.c.party_id)
        .where(waiting.c.party_id == party)
    ).one_or_none()
    if row is None:
        return None
    day = day_by_id(conn, row.day_id)
    return told_on(
        day,
        row.display_language,
        number=row.number or 0,
        generation=row.generation,
        arrival_at=row.offer_at or day.opens_at,
        until_at=row.offer_until_at,
    )
