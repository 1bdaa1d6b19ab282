"""Benchmarks: each module here has `run(options)`, which returns `Measured` rows; `python -m bench` runs them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure: on which database, of what, which measure of it, the number and its unit.

    `low` and `high` are the quartiles of the rounds. Ratios (`compared`) are kept in the baseline and compared with
    it; what is seconds or bytes belongs to one machine and is only shown.
    """

    database: str
    what: str
    measure: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    compared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long to measure, and on which databases."""

    quick: bool = False
    databases: Sequence[str] = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence that a figure cannot say, printed below the tables."""

    text: str
