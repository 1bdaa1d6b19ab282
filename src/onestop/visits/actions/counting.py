"""Counters of answers of a day, all written anew with every answer: no row and no version tells which one moved."""

from collections.abc import Collection, Iterable
from uuid import UUID

import sqlalchemy as sa


def count_said(
    conn: sa.Connection,
    counters: sa.Table,
    day: UUID,
    *,
    asked: Iterable[tuple[str, str]],
    said: Collection[tuple[str, str]],
) -> None:
    """One more for each question with its answer in `said`; every counter that may be `asked` is made at once."""
    known = {
        tuple(row)
        for row in conn.execute(sa.select(counters.c.question, counters.c.answer).where(counters.c.day_id == day))
    }
    missing = [{"day_id": day, "question": each[0], "answer": each[1]} for each in asked if each not in known]
    if missing:
        conn.execute(counters.insert(), missing)
    given = [sa.and_(counters.c.question == question, counters.c.answer == answer) for question, answer in said]
    one_more = sa.case((sa.or_(sa.false(), *given), 1), else_=0)
    conn.execute(counters.update().where(counters.c.day_id == day).values(given=counters.c.given + one_more))
