"""A machine of tests may be slow or stand still for seconds; neither is a fault of what is tested.

What a browser waits for may take long (`PATIENCE_MS`). A test that measures time says so with a limit of its own; if it
fails and this process stood still meanwhile, it is run once more. Every other failure stays one.
"""

import threading
import time

import pytest
from playwright import async_api, sync_api

PATIENCE_MS = 30_000
"""How long a browser waits where a test names no limit."""
EVERY = 0.05
"""Seconds between two looks at the clock."""
LATE = 0.25
"""Seconds: a look that comes later than this is one that the machine held back."""
STOOD_STILL = 0.5
"""Seconds held back during one test that make it worth another run."""

async_api.expect.set_options(timeout=PATIENCE_MS)
sync_api.expect.set_options(timeout=PATIENCE_MS)


class Watch(threading.Thread):
    """Looks at the clock again and again, and adds up by how many seconds it was held back."""

    def __init__(self) -> None:
        """A watch that nobody started yet."""
        super().__init__(name="watch", daemon=True)
        self.total = 0.0
        self._since = 0.0

    def run(self) -> None:
        """Look until the process ends."""
        before = time.monotonic()
        while True:
            time.sleep(EVERY)
            now = time.monotonic()
            self.saw(now - before)
            before = now

    def saw(self, seconds: float) -> None:
        """So many seconds lay between two looks."""
        late = seconds - EVERY
        if late > LATE:
            self.total += late

    def begin(self) -> None:
        """A test begins."""
        self._since = self.total

    def stood_still(self) -> bool:
        """Whether the process was held back so long, since the test began, that its times say nothing."""
        return self.total - self._since > STOOD_STILL


watch = Watch()


def pytest_sessionstart() -> None:
    """Begin to look."""
    if not watch.is_alive():
        watch.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test may be run once more when the machine stood still."""
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1, condition=watch.stood_still))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Count from here."""
    watch.begin()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it when this machine stood still."""
    if watch.total:
        terminalreporter.write_line(f"This process was held back for {watch.total:.1f} s altogether.")
