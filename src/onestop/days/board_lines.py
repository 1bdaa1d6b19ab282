"""The organiser's line on the boards of a day: own words by language, for everybody in the hall."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.board_lines import FIELD, OWNER
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.directory.actions import write_own_words
from onestop.domain.day import DayState
from onestop.domain.errors import MoveRefused
from onestop.domain.facts import Fact
from onestop.domain.own_words import Reading
from onestop.domain.roles import Actor

LONGEST = 140
"""How many characters it may have in each language; `texts.write_text`, the way of organisers, refuses more."""


def write_board_line(
    conn: sa.Connection,
    day: UUID,
    lines: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    marks: Mapping[str, Reading] | None = None,
) -> None:
    """Show this line on every board of the day, by language; none: no line. Raises `MoveRefused`."""
    tidy = {language: " ".join(text.split()) for language, text in lines.items()}
    row = conn.execute(sa.select(days.c.state, days.c.working_language).where(days.c.id == day)).one_or_none()
    if row is None or row.state not in (DayState.DRAFT, DayState.PUBLISHED):
        raise MoveRefused
    write_own_words(
        conn, OWNER, day, FIELD, tidy, changed_by=actor.ref, now=now, working=row.working_language, marks=marks
    )
    languages = sorted(language for language, text in tidy.items() if text)
    record(conn, Fact(kind="BoardLineChanged", at=now, day=day, actor=actor.ref, terms={"languages": languages}))
