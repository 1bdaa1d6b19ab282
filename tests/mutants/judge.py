"""Runs tests in a copy of the checkout and says whether they noticed."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.copy import made
from tests.mutants.mistake import Mistake

LONGEST = 300
"""Seconds one run may take; a test that hangs has not said anything."""
_FAILED = re.compile(r"^FAILED (tests/\S+\.py::\w+(?:\[.*?\])?)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one mistake: the test that noticed, or why nobody did."""

    mistake: Mistake
    noticed_by: str
    trouble: str
    seconds: float


def judge(one: Mistake, copy: Path) -> Verdict:
    """Make the mistake in the copy and run its tests. Only a test that *failed* counts, no error of collection."""
    began = time.monotonic()
    with made(one, copy):
        code, told = run_tests(copy, one.tests)
    seconds = time.monotonic() - began
    failed = _FAILED.search(told)
    if code == 1 and failed:
        return Verdict(mistake=one, noticed_by=failed[1], trouble="", seconds=seconds)
    trouble = "survived" if code == 0 else f"the tests did not run to a verdict (exit code {code})\n{told[-3000:]}"
    return Verdict(mistake=one, noticed_by="", trouble=trouble, seconds=seconds)


def run_tests(copy: Path, tests: Iterable[str], *, more: tuple[str, ...] = ("-x",)) -> tuple[int, str]:
    """Run these tests on the copy's own code; gives pytest's exit code (124 for too long) and what it said."""
    # Nothing of a pytest or of a measurement around this one.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_XDIST", "PYTEST_CURR"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "-m", "not full", *more]
    with subprocess.Popen(
        [*command, *tests],
        cwd=copy,
        env={**kept, "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as running:
        try:
            told, _ = running.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)  # with the servers its tests started
            return 124, f"longer than {LONGEST} s: {' '.join(tests)}"
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    return running.returncode, told
