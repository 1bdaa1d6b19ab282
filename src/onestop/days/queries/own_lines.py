"""The organiser's own lines in the messages of a day, by language."""

from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.queries import own_words

OWNER, FIELD = "day", "message"


def own_lines(conn: sa.Connection, day: UUID) -> dict[str, str]:
    """The lines of a day by language; read from memory while nobody changes them."""
    return remembered(conn, own_words, OWNER, day, FIELD)
