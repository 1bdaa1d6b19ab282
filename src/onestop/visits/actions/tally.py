"""Counting the tally: what somebody answers becomes one more in the counters of the day and nothing else (decision 32).

There is no fact and no time. All counters of the day are written anew with each answer, so that not even the versions
of rows in the database tell which one moved. A ticket keeps that it was asked, never what it said.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.queries.days import day_by_id
from onestop.domain.ending import AskedLater
from onestop.domain.errors import TicketUnknown
from onestop.domain.tally import ANSWERS, SKIPPED, AlreadyAsked, TallyQuestion, answer_counted, asks_tally
from onestop.domain.visit import VisitState
from onestop.visits.tables import tally_counts, visits


def count_tally(conn: sa.Connection, party: UUID, said: Mapping[str, str]) -> None:
    """Count what the holder of a ticket said, once. Run under the day's lock.

    Raises `AskedLater` while her visit goes on, `TicketUnknown` for a party that was erased.
    """
    row = conn.execute(
        sa.select(parties.c.day_id, parties.c.asked_tally, visits.c.state)
        .join_from(parties, visits, visits.c.party_id == parties.c.id, isouter=True)
        .where(parties.c.id == party, parties.c.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    questions = day_by_id(conn, row.day_id).tally
    if row.asked_tally or not questions:
        return
    if not asks_tally(questions, VisitState(row.state) if row.state else None, asked=False):
        raise AskedLater
    conn.execute(parties.update().where(parties.c.id == party).values(asked_tally=True))
    _count(conn, row.day_id, questions, said)


def count_at_exit(conn: sa.Connection, day: UUID, said: Mapping[str, str], *, number: int | None = None) -> None:
    """Count what somebody says at the door; with her number her ticket asks no more. Run under the day's lock.

    Raises `TicketUnknown` for a number of nobody, `AlreadyAsked` for one that was asked.
    """
    questions = day_by_id(conn, day).tally
    if not questions:
        return
    if number is not None:
        hers = (parties.c.day_id == day, parties.c.number == number, parties.c.erased_at.is_(None))
        asked = conn.execute(sa.select(parties.c.asked_tally).where(*hers)).scalar()
        if asked is None:
            raise TicketUnknown
        if asked:
            raise AlreadyAsked
        conn.execute(parties.update().where(*hers).values(asked_tally=True))
    _count(conn, day, questions, said)


def _count(conn: sa.Connection, day: UUID, questions: Collection[TallyQuestion], said: Mapping[str, str]) -> None:
    _make_counters(conn, day, questions)
    counted = [
        sa.and_(
            tally_counts.c.question == question,
            tally_counts.c.answer == answer_counted(question, said.get(question, "")),
        )
        for question in questions
    ]
    one_more = sa.case((sa.or_(*counted), 1), else_=0)
    conn.execute(
        tally_counts.update().where(tally_counts.c.day_id == day).values(given=tally_counts.c.given + one_more)
    )


def _make_counters(conn: sa.Connection, day: UUID, questions: Collection[TallyQuestion]) -> None:
    """Every counter of a question at once: a row that comes with its answer would tell when."""
    known = {
        (row.question, row.answer)
        for row in conn.execute(
            sa.select(tally_counts.c.question, tally_counts.c.answer).where(tally_counts.c.day_id == day)
        )
    }
    missing = [
        {"day_id": day, "question": question, "answer": answer}
        for question in questions
        for answer in (*ANSWERS[question], SKIPPED)
        if (question, answer) not in known
    ]
    if missing:
        conn.execute(tally_counts.insert(), missing)
