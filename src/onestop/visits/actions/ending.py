"""What she says at the end of her visit is counted for the day and kept nowhere else.

There is no fact about it: a fact has a time and a ticket.
"""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.domain.ending import ANSWERS, AskedLater, EndQuestion, is_asked
from onestop.domain.errors import TicketUnknown
from onestop.domain.visit import VisitState
from onestop.visits.actions.counting import count_said
from onestop.visits.tables import end_counts, visits


def count_answers(conn: sa.Connection, party: UUID, said: Mapping[EndQuestion, str]) -> None:
    """Count what she said, once; a question she left out and an answer nobody offers count nothing.

    Run under the day's lock. Raises `AskedLater` while her visit goes on, `TicketUnknown` for a party that was erased.
    """
    row = conn.execute(
        sa.select(parties.c.day_id, parties.c.asked_at_end, visits.c.state)
        .join_from(parties, visits, visits.c.party_id == parties.c.id, isouter=True)
        .where(parties.c.id == party, parties.c.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    if row.asked_at_end:
        return
    if not is_asked(VisitState(row.state) if row.state else None, asked=False):
        raise AskedLater
    conn.execute(parties.update().where(parties.c.id == party).values(asked_at_end=True))
    asked = [(question, answer) for question, answers in ANSWERS.items() for answer in answers]
    count_said(conn, end_counts, row.day_id, asked=asked, said=said.items())
