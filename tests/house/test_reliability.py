"""What docs/reliability.md says is there: its files, its promises, and every known mistake beside its promise."""

import re
from pathlib import Path

import pytest

from tests.mutants.known import MISTAKES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
PATH = re.compile(r"`((?:src|tests|docs|templates)/[\w/.*-]+)`")
ROW = re.compile(r"^\| (R\d+) \|(.*)\|$", re.MULTILINE)


def test_every_file_it_names_is_there() -> None:
    named = PATH.findall(PAGE)
    assert len(named) > 50
    assert [path for path in named if not list(ROOT.glob(path.rstrip("/")))] == []


def test_each_promise_stands_once_and_in_order() -> None:
    assert [promise for promise, _ in ROW.findall(PAGE)] == [f"R{number}" for number in range(1, 20)]


@pytest.mark.parametrize("promise", [f"R{number}" for number in range(1, 20)])
def test_every_known_mistake_stands_beside_its_promise(promise: str) -> None:
    row = dict(ROW.findall(PAGE))[promise]
    told = re.findall(r"`([\w-]+)`", row.split("|")[-1])
    assert sorted(told) == sorted(one.name for one in MISTAKES if one.promise == promise)
