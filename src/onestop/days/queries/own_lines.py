"""The organiser's own lines in the messages of a day, by language."""

from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.queries import own_words, unread_words

OWNER, FIELD = "day", "message"


def own_lines(conn: sa.Connection, day: UUID) -> dict[str, str]:
    """The lines of a day by language; read from memory while nobody changes them."""
    return remembered(conn, own_words, OWNER, day, FIELD)


def unread_lines(conn: sa.Connection, day: UUID) -> frozenset[str]:
    """The languages of these lines that nobody has read; from memory as well."""
    return remembered(conn, unread_words, OWNER, day, FIELD)
