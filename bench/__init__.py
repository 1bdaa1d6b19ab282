"""Benchmarks: each module here has `run()`, which returns `Measured` rows; `python -m bench` runs them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure: what was measured, the number, and its unit."""

    what: str
    value: float
    unit: str
