"""The organiser's line on the boards of a day, by language."""

from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.queries import own_words

OWNER, FIELD = "day", "board"


def board_line(conn: sa.Connection, day: UUID) -> dict[str, str]:
    """The line by language; read from memory while nobody changes it."""
    return remembered(conn, own_words, OWNER, day, FIELD)
