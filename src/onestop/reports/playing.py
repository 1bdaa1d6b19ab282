"""`python -m onestop.reports.playing FILE`: a rehearsal as JSON on standard input, what is known of it in FILE.

The server starts this beside itself, so that no visitor waits while days are played.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import monotonic

import msgspec

from onestop.domain.rehearsal import Expectation, Rehearsal, RestsOn, rehearse
from onestop.domain.remedies import Gain, try_remedies
from onestop.domain.timeline import Timeline

BUDGET_SECONDS = 60.0
"""After so long what is known is enough, whatever the size of the day."""
TOLD_EVERY_SECONDS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class MainFigures:
    """What stands beside a form: minutes a party waits, and nine of ten; minutes after the closing; parties."""

    typical: float
    long: float
    overtime: float
    unfinished: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What is known of a day so far. `version` names bookings and set-up it was played with, `setup` the latter alone.

    `before` are the figures of the set-up before this one.
    """

    version: str
    setup: str
    started_at: datetime
    rests_on: RestsOn
    parties: int
    booked: int = 0
    """Of these, how many have a booking."""
    done: bool = False
    failed: bool = False
    expectation: Expectation | None = None
    timeline: Timeline | None = None
    gains: tuple[Gain, ...] = ()
    tried: int = 0
    of: int = 0
    before: MainFigures | None = None

    @property
    def main(self) -> MainFigures | None:
        """The figures that stand beside a form."""
        it = self.expectation
        if it is None:
            return None
        return MainFigures(typical=it.typical, long=it.long, overtime=it.overtime.mean, unfinished=it.unfinished.mean)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A day to be played, and what its result begins with."""

    made: Rehearsal
    begins: Rehearsed


def play_all(job: Job, over: Callable[[], bool]) -> Iterator[Rehearsed]:
    """What is known after each step; the last one is done. Where `over` says so it ends early, after one day."""
    found = job.begins
    for tally in rehearse(job.made):
        found = replace(found, expectation=tally.expectation(), timeline=tally.timeline())
        yield found
        if over():
            break
    assert found.expectation is not None
    used = (*found.expectation.desks, *found.expectation.mediators)
    if not over():
        for trial in try_remedies(job.made, {who: each.share for each in used for who in each.members}):
            found = replace(found, gains=tuple(trial.gains), tried=trial.tried, of=trial.of)
            yield found
            if over():
                break
    yield replace(found, done=True)


def read_result(file: Path) -> Rehearsed | None:
    """What was written last; nothing where that cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Rehearsed)
    except (OSError, msgspec.MsgspecError):
        return None


def write_result(file: Path, found: Rehearsed) -> bool:
    """Write it, whole at any moment; `False` if somebody began later with another version."""
    there = read_result(file)
    if there is not None and there.version != found.version and there.started_at > found.started_at:
        return False
    draft = file.with_suffix(f".{os.getpid()}.part")
    draft.write_bytes(msgspec.json.encode(found))
    draft.replace(file)
    return True


def main() -> None:
    """Play one day, after whoever the server serves."""
    os.nice(10)
    file = Path(sys.argv[1])
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    ends, told = monotonic() + BUDGET_SECONDS, 0.0
    for found in play_all(job, over=lambda: monotonic() > ends):
        if found.done or monotonic() - told > TOLD_EVERY_SECONDS:
            if not write_result(file, found):
                return
            told = monotonic()


if __name__ == "__main__":
    main()
