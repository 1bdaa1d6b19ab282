"""The only reader of the wall clock: domain time, which a demo may speed up, and machine time, always real."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


def real_now() -> datetime:
    """Machine time, UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never jump and go on while the machine sleeps; only differences mean anything."""
    # A laptop whose lid was closed over night must not be hours late in the morning: `time.monotonic` may stand still.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Clock:
    """Domain time: `start` at the real instant `real_start`, running `rate` times as fast.

    Between readings a monotonic counter is used, so a corrected wall clock does not move the running day.
    """

    start: datetime
    real_start: datetime
    rate: float = 1.0
    _anchor: tuple[datetime, float] = field(default_factory=lambda: (real_now(), monotonic()))

    def now(self) -> datetime:
        """The domain instant, UTC."""
        wall, counter = self._anchor
        elapsed = (wall - self.real_start).total_seconds() + (monotonic() - counter)
        return self.start + timedelta(seconds=elapsed * self.rate)

    @property
    def is_real(self) -> bool:
        """Whether domain time is the real time."""
        return self.rate == 1.0 and self.start == self.real_start

    def real_seconds(self, domain: timedelta) -> float:
        """How many real seconds a stretch of domain time takes."""
        return domain.total_seconds() / self.rate


def real_clock() -> Clock:
    """A clock that shows the real time."""
    now = real_now()
    return Clock(start=now, real_start=now)
