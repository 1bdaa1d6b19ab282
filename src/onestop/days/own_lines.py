"""Changes to the organiser's own lines in the messages of a day."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.own_lines import FIELD, OWNER
from onestop.days.setup_values import SetupWrong
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.directory.actions import copy_own_words, write_own_words
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Changed, MoveRefused
from onestop.domain.facts import Fact
from onestop.domain.own_lines import LONGEST, wrong_place
from onestop.domain.own_words import Reading
from onestop.domain.roles import Actor

PLACE_WRONG = N_("%(place)s cannot be filled. Only the places listed on this page can stand in braces.")
LINES_TOO_LONG = N_("Please write at most %(number)s characters.")


def check_lines(lines: Mapping[str, str], *, control: str = "lines") -> None:
    """Raises `SetupWrong` about the language whose lines cannot be used, at its `control`."""
    for language, text in lines.items():
        if len(text) > LONGEST:
            raise SetupWrong(f"{control}_{language}", LINES_TOO_LONG, number=LONGEST)
        if (place := wrong_place(text)) is not None:
            raise SetupWrong(f"{control}_{language}", PLACE_WRONG, place=place)


def change_lines(
    conn: sa.Connection,
    day: UUID,
    lines: Mapping[str, str],
    *,
    version: int,
    actor: Actor,
    now: datetime,
    marks: Mapping[str, Reading] | None = None,
) -> None:
    """Write the lines of a day; reminders that wait get them too. Raises `SetupWrong`, `Changed`, `MoveRefused`."""
    check_lines(lines)
    taken = conn.execute(
        days.update()
        .where(days.c.id == day, days.c.version == version, days.c.state.in_([DayState.DRAFT, DayState.PUBLISHED]))
        .values(version=days.c.version + 1)
    )
    if taken.rowcount != 1:
        state = conn.execute(sa.select(days.c.state).where(days.c.id == day)).scalar()
        raise Changed if state in (DayState.DRAFT, DayState.PUBLISHED) else MoveRefused
    working = conn.execute(sa.select(days.c.working_language).where(days.c.id == day)).scalar_one()
    write_own_words(conn, OWNER, day, FIELD, lines, changed_by=actor.ref, now=now, working=working, marks=marks)
    languages = sorted(language for language, text in lines.items() if text)
    record(conn, Fact(kind="LinesChanged", at=now, day=day, actor=actor.ref, terms={"languages": languages}))


def copy_lines(conn: sa.Connection, source: UUID, day: UUID) -> None:
    """A day made from another begins with its lines, and with what is known of their reading."""
    copy_own_words(conn, OWNER, source, day, FIELD)
