"""Counting the tally: what somebody answers becomes one more in the counters of the day and nothing else (decision 32).

There is no fact and no time. A ticket keeps that it was asked, never what it said.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.queries.days import day_by_id
from onestop.domain.day import DayState
from onestop.domain.ending import AskedLater
from onestop.domain.errors import TicketUnknown
from onestop.domain.tally import ANSWERS, SKIPPED, AlreadyAsked, NotAskedNow, TallyQuestion, answer_counted, asks_tally
from onestop.domain.visit import VisitState
from onestop.visits.actions.counting import count_said
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


def count_at_exit(
    conn: sa.Connection, day: UUID, said: Mapping[str, str], *, now: datetime, number: int | None = None
) -> None:
    """Count what somebody says at the door; with her number her ticket asks no more. Run under the day's lock.

    Raises `NotAskedNow` once the sums are told, `TicketUnknown` for a number of nobody, `AlreadyAsked` for one that was
    asked.
    """
    found = day_by_id(conn, day)
    questions = found.tally
    if not questions:
        return
    if found.state not in {DayState.PUBLISHED, DayState.CLOSED} or now >= found.answered_until:
        raise NotAskedNow
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
    asked = [(question, answer) for question in questions for answer in (*ANSWERS[question], SKIPPED)]
    given = [(question, answer_counted(question, said.get(question, ""))) for question in questions]
    count_said(conn, tally_counts, day, asked=asked, said=given)
