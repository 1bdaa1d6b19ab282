"""The figures of one day as `reports/statistics.py` counts them: no person, and no private talk by its name (R19)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from onestop.domain.figures import nine_of_ten

PRIVATE = ""
"""The key of private talks, which stand together in one line, without service and institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took, in minutes; noughts where it never was."""

    count: int
    median: float
    p90: float
    """Nine of ten took no longer."""
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The figures of a service, an institution, a language, an hour, or of everybody."""

    key: str
    """Of a service, an institution or a language; of an hour its first two digits."""
    name: str
    """Of the institution; empty where there is none."""
    parties: int
    """Tickets: of a service or an institution those with a talk there, else those that came."""
    people: int
    talks: int
    """Talks that ended, also those told from paper."""
    waits: Spread
    """From being free to each call that began a talk, without time away and talks; none from paper."""
    ways: Spread
    """From that call to the talk."""
    lengths: Spread
    """Of the talks whose begin was told."""
    no_shows: int
    """Calls nobody came to."""
    unserved: int
    """Steps that ended without a talk and were not refused by her."""
    papers_missing: int
    """Talks that ended because papers were missing."""
    interpreter_needed: int
    """Talks in which no language was shared."""
    interpreter_there: int
    """Of these with a mediator of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often something with this key was; `name` is an institution's or place's own."""

    key: str
    name: str = ""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How visits ended, and why; `open` has no reason."""

    state: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What became of those who had a time."""

    booked: int
    came: int
    missed: int
    cancelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """Referrals to one institution, to places, or to other days; private ones are nowhere."""

    target: str
    name: str
    made: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Talks by two things at once; a cell that is kept back is `None`. Rows and columns are those of the lines."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """Everything counted of one day."""

    all: Line
    services: tuple[Line, ...]
    institutions: tuple[Line, ...]
    languages: tuple[Line, ...]
    hours: tuple[Line, ...]
    """By the hour they came, at the venue."""
    waited: Spread
    """All waits of a visit together, of visits that ended with a talk; none with a step from paper."""
    inside: Spread
    """From coming to going, of the same visits."""
    endings: tuple[Ending, ...]
    booked: Booked
    unmet: tuple[Counted, ...]
    """What was asked for and not given, by why."""
    turned_away: tuple[Counted, ...]
    answered_at_door: int
    referrals: tuple[Referred, ...]
    ends: Mapping[str, Mapping[str, int]]
    """What was answered at the end; nothing as long as the day is not closed, or where fewer than five answered."""
    tally: Mapping[str, Mapping[str, int]]
    """What was answered to the questions for the statistics; nothing as long as the day is not closed."""
    crossings: tuple[Crossing, ...]


def spread_of(minutes: Iterable[float]) -> Spread:
    """Median, 90th percentile (linear between the nearest two) and longest, to a tenth of a minute."""
    found = sorted(minutes)
    if not found:
        return Spread(count=0, median=0.0, p90=0.0, longest=0.0)
    return Spread(
        count=len(found),
        median=round(median(found), 1),
        p90=round(nine_of_ten(found), 1),
        longest=round(found[-1], 1),
    )
