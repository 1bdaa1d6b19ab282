"""Query plans: what of a statement is compared, and which of the tables that grow are read whole."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from bench._grown import PER_DAY

Plans: TypeAlias = dict[tuple[str, str], tuple[str, ...]]
"""The plan of each act and statement."""
GROWS = frozenset({*PER_DAY, "answers"})
LONGEST = 400
_LIST = re.compile(r"\((?:\s*(?:\?|%\(\w+\)s(?:::\w+)?)\s*,?)+\s*\)")
_NAMED = re.compile(r"%\(\w+\)s")
_COLUMNS = re.compile(r"^SELECT .*? FROM ", re.DOTALL)
_VALUE = re.compile(r"'[^']*'")
_SCAN = re.compile(r"^\s*(?:->)?\s*(?:Parallel )?(?:SCAN|Seq Scan on) (\w+)")


def shape(sql: str) -> str:
    """A statement on one line without its values and columns, so that it is the same however many values it has."""
    line = " ".join(sql.split())
    return _COLUMNS.sub("SELECT … FROM ", _NAMED.sub("?", _LIST.sub("(…)", line)))[:LONGEST]


def plan_shape(plan: Sequence[str]) -> tuple[str, ...]:
    """A plan without the values PostgreSQL writes into it."""
    return tuple(_VALUE.sub("?", line) for line in plan)


def scanned(plan: Sequence[str]) -> Iterator[str]:
    """The growing tables that a plan reads from end to end, by themselves or through an index."""
    for line in plan:
        found = _SCAN.match(line)
        if found and found[1] in GROWS:
            yield found[1]
