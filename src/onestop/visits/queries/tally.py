"""What was answered to the tally of a day."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from onestop.domain.tally import Counts, TallyQuestion
from onestop.visits.tables import tally_counts


def tally_of(conn: sa.Connection, days: Collection[UUID]) -> dict[UUID, Counts]:
    """By day, each question that somebody was asked with what was counted. One statement."""
    found: dict[UUID, dict[TallyQuestion, dict[str, int]]] = defaultdict(dict)
    rows = conn.execute(
        sa.select(tally_counts)
        .where(tally_counts.c.day_id.in_(days), tally_counts.c.given > 0)
        .order_by(tally_counts.c.answer)
    )
    for row in rows:
        found[row.day_id].setdefault(TallyQuestion(row.question), {})[row.answer] = row.given
    return {
        day: {question: counts[question] for question in TallyQuestion if question in counts}
        for day, counts in found.items()
    }
