"""Small rounds that alternate everything that is compared, so that other load on the machine hits all alike."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench._databases import Fresh
from bench._servers import Served

IDLE_SECONDS = 0.5
SETTLE_SECONDS = 0.003
"""A server still writes its log when the answer is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one request cost, in seconds: CPU of the server, CPU of PostgreSQL, and what the client waited."""

    cpu: float
    db_cpu: float
    wall: float


@dataclass(slots=True)
class Rounds:
    """The costs of each subject, round after round; `idle` is what the server uses a second without any request."""

    server: Served
    database: Fresh
    costs: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    _idle: tuple[float, float] = (0.0, 0.0)
    _open: dict[str, list[tuple[float, float, float]]] = field(default_factory=lambda: defaultdict(list))

    def rest(self) -> None:
        """Measure a moment without requests: jobs that tick are nobody's request and are taken off."""
        time.sleep(SETTLE_SECONDS)
        cpu, db_cpu, wall = self._now()
        time.sleep(IDLE_SECONDS)
        later_cpu, later_db, later = self._now()
        self._idle = (later_cpu - cpu) / (later - wall), (later_db - db_cpu) / (later - wall)
        self.costs["idle second"].append(Cost(cpu=self._idle[0], db_cpu=self._idle[1], wall=1.0))

    def time(self, what: str, act: Callable[[], object], times: int, *, cpu: Callable[[], float] | None = None) -> None:
        """Do it some times; `cpu` reads the clock of another process than the server."""
        clock = cpu or self.server.cpu
        idle, idle_db = (0.0, self._idle[1]) if cpu else self._idle
        before, before_db, began = clock(), self.database.cpu(), time.perf_counter()
        for _ in range(times):
            act()
        wall = time.perf_counter() - began
        time.sleep(SETTLE_SECONDS)
        spent = clock() - before - idle * wall
        spent_db = self.database.cpu() - before_db - idle_db * wall
        self._open[what].append((spent / times, spent_db / times, wall / times))

    def close(self) -> None:
        """End a round: several goes at the same subject count as one."""
        for what, goes in self._open.items():
            cpu, db_cpu, wall = (statistics.fmean(values) for values in zip(*goes, strict=True))
            self.costs[what].append(Cost(cpu=cpu, db_cpu=db_cpu, wall=wall))
        self._open.clear()

    def forget(self) -> None:
        """Drop what was measured while everything warmed up."""
        self.costs.clear()

    def _now(self) -> tuple[float, float, float]:
        return self.server.cpu(), self.database.cpu(), time.perf_counter()


def middle(values: Sequence[float]) -> tuple[float, float, float]:
    """Median and quartiles."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return median, low, high
