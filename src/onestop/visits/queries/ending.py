"""What was answered at the end of the visits of a day."""

from uuid import UUID

import sqlalchemy as sa

from onestop.domain.ending import ANSWERS, Counts
from onestop.visits.tables import end_counts


def end_counts_of(conn: sa.Connection, day: UUID) -> Counts:
    """Every answer of each question with how often it was given, in the order of the page. One statement."""
    found = {
        (row.question, row.answer): row.given
        for row in conn.execute(
            sa.select(end_counts.c.question, end_counts.c.answer, end_counts.c.given).where(end_counts.c.day_id == day)
        )
    }
    return {
        question: {answer: found.get((question.value, answer), 0) for answer in answers}
        for question, answers in ANSWERS.items()
    }
