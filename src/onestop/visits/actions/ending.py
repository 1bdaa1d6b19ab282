"""What she says at the end of her visit is counted for the day and kept nowhere else.

There is no fact about it: a fact has a time and a ticket. All counters of the day are written anew with each answer, so
that not even the versions of rows in the database tell which one moved when she was asked.
"""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.domain.ending import ANSWERS, AskedLater, EndQuestion, is_asked
from onestop.domain.errors import TicketUnknown
from onestop.domain.visit import VisitState
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
    _make_counters(conn, row.day_id)
    given = [
        sa.and_(end_counts.c.question == question, end_counts.c.answer == answer) for question, answer in said.items()
    ]
    one_more = sa.case((sa.or_(sa.false(), *given), 1), else_=0)
    conn.execute(
        end_counts.update().where(end_counts.c.day_id == row.day_id).values(given=end_counts.c.given + one_more)
    )


def _make_counters(conn: sa.Connection, day: UUID) -> None:
    """Those the day does not have yet, all at once."""
    known = {
        (row.question, row.answer)
        for row in conn.execute(sa.select(end_counts.c.question, end_counts.c.answer).where(end_counts.c.day_id == day))
    }
    missing = [
        {"day_id": day, "question": question, "answer": answer}
        for question, answers in ANSWERS.items()
        for answer in answers
        if (question, answer) not in known
    ]
    if missing:
        conn.execute(end_counts.insert(), missing)
