"""Typed look-ups in the tables of a TOML file; an error names the place and what is expected there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

Span = tuple[time, time]


class DayFileWrong(Exception):
    """The file cannot become a day; the message names the place and what is expected there."""


@dataclass(frozen=True, slots=True)
class Table:
    """Typed look-ups in one table, whose errors name the place."""

    values: Mapping[str, Any]
    place: str

    def __post_init__(self) -> None:
        if not isinstance(self.values, dict):
            raise DayFileWrong(f"{self.place} should be a table.")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise DayFileWrong(f"{self.place}: {key} should be a text.")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise DayFileWrong(f"{self.place}: {key} should be a whole number.")
        return value

    def time(self, key: str, default: time | None = None) -> time:
        value = self.values.get(key, default)
        if not isinstance(value, time):
            raise DayFileWrong(f"{self.place}: {key} should be a time such as 09:00:00.")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise DayFileWrong(f"{self.place}: {key} should be a list of texts.")
        return tuple(value)


def each_of(raw: Mapping[str, Any], name: str) -> list[tuple[Table, str]]:
    items = raw.get(name, [])
    if not isinstance(items, list):
        raise DayFileWrong(f"[[{name}]] should be a list of tables.")
    tables = [Table(item, f"[[{name}]] number {place}") for place, item in enumerate(items, 1)]
    return [(table, table.place) for table in tables]


def span(value: object, place: str) -> Span:
    match value:
        case [time() as start, time() as end]:
            return start, end
        case _:
            raise DayFileWrong(f"{place} should be two times such as [12:00:00, 12:30:00].")


def spans(table: Table, key: str) -> tuple[Span, ...]:
    value = table.values.get(key, [])
    if not isinstance(value, list):
        raise DayFileWrong(f"{table.place}: {key} should be a list.")
    return tuple(span(each, f"{table.place}: {key}") for each in value)
