"""`make test-mutants`: every known mistake in turn, and a table of what noticed it. Exit 1 if one survives.

Names of mistakes as arguments choose some; --list tells them.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.copy import ROOT, copy_checkout
from tests.mutants.judge import Verdict, judge, run_tests
from tests.mutants.known import MISTAKES
from tests.mutants.mistake import Mistake, stale
from tests.postgres import LocalServer


def main() -> int:
    """Check the list, then the tests without any mistake, then every mistake."""
    asked = _arguments()
    chosen = [one for one in MISTAKES if not asked.names or one.name in asked.names]
    if asked.list:
        print(*(f"{one.promise:4}{one.name}: {one.wrong}" for one in chosen), sep="\n")
        return 0
    wrong = [why for one in MISTAKES for why in stale(one, ROOT)]
    wrong += [f"no mistake is called {name}" for name in asked.names if name not in {one.name for one in chosen}]
    if wrong:
        print(*wrong, sep="\n")
        return 1
    with _copies(asked.workers) as copies:
        if not asked.trust and not _green(chosen, copies):
            return 1
        verdicts = _judge_all(chosen, copies)
    _show(verdicts)
    return 1 if any(verdict.trouble for verdict in verdicts) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="mistake")
    parser.add_argument("--list", action="store_true", help="tell what would be done")
    parser.add_argument("--workers", type=int, default=2, help="mistakes tried at the same time")
    parser.add_argument("--trust", action="store_true", help="leave out the run without a mistake")
    return parser.parse_args()


@contextmanager
def _copies(number: int) -> Iterator[list[Path]]:
    """Copies of the checkout to work in, and one PostgreSQL server for all of them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onestop-mutants-")))
        if "ONESTOP_TEST_PG" not in os.environ:
            server = LocalServer()
            stack.callback(server.stop)
            os.environ["ONESTOP_TEST_PG"] = server.admin_url
            stack.callback(os.environ.pop, "ONESTOP_TEST_PG")
        yield [copy_checkout(folder / f"copy{nth}") for nth in range(number)]


def _green(chosen: Sequence[Mistake], copies: Sequence[Path]) -> bool:
    """Whether the named tests pass on the code as it is: otherwise their failing would say nothing."""
    began = time.monotonic()
    tests = sorted({test for one in chosen for test in one.tests})
    some = [tests[nth :: len(copies)] for nth in range(len(copies))]
    with ThreadPoolExecutor(len(copies)) as pool:
        ran = list(pool.map(lambda copy, part: run_tests(copy, part, more=()) if part else (0, ""), copies, some))
    for code, told in ran:
        if code:
            print(told, "Without any mistake these tests are not green.", sep="\n")
    print(f"{len(tests)} tests are green without a mistake ({time.monotonic() - began:.0f} s)", flush=True)
    return not any(code for code, _ in ran)


def _judge_all(chosen: Sequence[Mistake], copies: Sequence[Path]) -> list[Verdict]:
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def judged(one: Mistake) -> Verdict:
        copy = free.get()
        try:
            verdict = judge(one, copy)
        finally:
            free.put(copy)
        print(f"{verdict.seconds:5.0f} s  {one.name}: {verdict.noticed_by or verdict.trouble}", flush=True)
        return verdict

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(judged, chosen))


def _show(verdicts: Sequence[Verdict]) -> None:
    print("\n| Mistake | Promise | Noticed by | Seconds |\n|---|---|---|---|")
    for verdict in verdicts:
        one = verdict.mistake
        by = f"`{verdict.noticed_by}`" if verdict.noticed_by else "**nobody**"
        print(f"| {one.name}: {one.wrong} | {one.promise} | {by} | {verdict.seconds:.0f} |")
    missed = [verdict.mistake.name for verdict in verdicts if verdict.trouble]
    print(f"\n{len(verdicts) - len(missed)} of {len(verdicts)} mistakes were noticed.", end=" ")
    print(f"Not: {', '.join(missed)}." if missed else "")


if __name__ == "__main__":
    sys.exit(main())
