"""What is expected of a day: how many come, for what, in which languages. Only rehearsals and the demo use it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from onestop.days.dayfile import DayFileWrong, read_template
from onestop.days.tables import days


class SaysExpected(Protocol):
    """A day file, or what was kept of one."""

    @property
    def parties(self) -> int: ...
    @property
    def no_show_percent(self) -> int: ...
    @property
    def interpreter_needed_percent(self) -> int: ...
    @property
    def mix(self) -> Mapping[str, float]: ...
    @property
    def party_languages(self) -> Mapping[str, float]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOfDay:
    """What a file says of it; `mix` (by the key of the service) and `party_languages` are shares of the parties."""

    parties: int
    no_show_percent: int
    interpreter_needed_percent: int
    mix: Mapping[str, float]
    party_languages: Mapping[str, float]


def expected_values(file: SaysExpected) -> dict[str, Any]:
    """What the table of days keeps."""
    return asdict(_kept(file))


def expected_of_day(conn: sa.Connection, day_id: UUID) -> ExpectedOfDay | None:
    """What its file or its template said; `None` where nothing is known."""
    row = conn.execute(sa.select(days.c.template, days.c.expected).where(days.c.id == day_id)).one()
    if row.expected:
        return ExpectedOfDay(**row.expected)
    try:
        return _kept(read_template(row.template))
    except DayFileWrong:  # its template is not shipped any more
        return None


def _kept(file: SaysExpected) -> ExpectedOfDay:
    return ExpectedOfDay(
        parties=file.parties,
        no_show_percent=file.no_show_percent,
        interpreter_needed_percent=file.interpreter_needed_percent,
        mix=dict(file.mix),
        party_languages=dict(file.party_languages),
    )
