"""A known mistake as data: which text becomes which, and the tests that must notice."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement; `old` stands exactly once in `file`, a path from the top of the checkout."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What somebody might write one day, the promise it breaks, and the tests (pytest's names) that go red."""

    name: str
    promise: str
    wrong: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]


def mistake(name: str, promise: str, wrong: str, *parts: Change | str) -> Mistake:
    """An entry of the list: its changes, then the names of its tests."""
    changes = tuple(part for part in parts if isinstance(part, Change))
    tests = tuple(part for part in parts if isinstance(part, str))
    return Mistake(name=name, promise=promise, wrong=wrong, changes=changes, tests=tests)


def stale(one: Mistake, root: Path) -> list[str]:
    """Why the entry no longer fits the checkout: texts that are not there exactly once, tests without their file."""
    found: list[str] = []
    for change in one.changes:
        path = root / change.file
        times = path.read_text(encoding="utf-8").count(change.old) if path.is_file() else 0
        if times != 1:
            found.append(f"{one.name}: the text to replace stands {times} times in {change.file}")
        if change.old == change.new:
            found.append(f"{one.name}: nothing changes in {change.file}")
    for test in one.tests:
        file, _, case = test.partition("::")
        path = root / file
        if not path.is_file() or f"def {case.partition('[')[0]}(" not in path.read_text(encoding="utf-8"):
            found.append(f"{one.name}: there is no test {test}")
    return found
