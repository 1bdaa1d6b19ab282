"""What a live client missed: the newest fact of each topic it listens to."""

from collections.abc import Sequence
from operator import itemgetter
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.live.hub import Message

_COLUMNS = {
    "board": facts.c.day_id,
    "overview": facts.c.day_id,
    "desk": facts.c.desk_id,
    "visit": facts.c.visit_id,
}

_NEWEST = sa.select(sa.func.max(facts.c.id))


def newest_changes(conn: sa.Connection, keys: Sequence[str], *, after: int | None) -> tuple[Message, ...]:
    """The topics with a fact after `after`, each with its newest, the oldest of them first.

    Every topic for a client that heard nothing yet, or of a fact that is not there (a backup was restored).
    The board's topic counts every fact of its day: a fetch too many does no harm.
    """
    if after is not None and after > (conn.execute(_NEWEST).scalar() or 0):
        after = None
    newest: dict[str, int] = {}
    for key in keys:
        topic, _, about = key.partition(":")
        number = conn.execute(
            sa.select(sa.func.max(facts.c.id)).where(_COLUMNS[topic] == UUID(about), facts.c.id > (after or 0))
        ).scalar()
        if number is not None or after is None:
            newest[topic] = max(number or 0, newest.get(topic, 0))
    return tuple(Message(number, topic) for topic, number in sorted(newest.items(), key=itemgetter(1)))
