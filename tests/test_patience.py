"""A test is run once more only when the machine stood still while it ran."""

import sys
from pathlib import Path
from subprocess import run

import pytest

from tests.patience import Watch

CASES = """
import ctypes
from pathlib import Path

HERE = Path(__file__).parent


def nth(name):
    with (HERE / name).open("a") as file:
        file.write(".")
    return len((HERE / name).read_text())


def hold(seconds):
    ctypes.PyDLL(None).usleep(int(seconds * 1e6))  # the interpreter's lock is kept: no other thread runs


def test_held_back():
    again = nth("held") > 1
    if not again:
        hold(0.6)
        hold(0.9)
    assert again


def test_held_back_and_wrong():
    nth("wrong")
    hold(1.5)
    assert False


def test_wrong():
    assert nth("plain") > 1
"""


def test_only_a_test_that_was_held_back_is_run_once_more(tmp_path: Path) -> None:
    (tmp_path / "test_cases.py").write_text(CASES)
    command = ["-m", "pytest", "-p", "tests.patience", "-p", "no:cacheprovider", "-q", "--rootdir", str(tmp_path)]
    ended = run([sys.executable, *command, str(tmp_path)], capture_output=True, text=True, check=False)

    assert "2 failed, 1 passed, 2 rerun" in ended.stdout, ended.stdout + ended.stderr
    assert {name: len((tmp_path / name).read_text()) for name in ("held", "wrong", "plain")} == {
        "held": 2,
        "wrong": 2,
        "plain": 1,
    }
    assert "This process was held back for" in ended.stdout


@pytest.mark.parametrize(
    ("looks", "still"),
    [([0.05] * 100, False), ([0.29] * 100, False), ([0.5], False), ([0.4, 0.05, 0.4], True), ([5.0], True)],
)
def test_small_delays_do_not_add_up(looks: list[float], still: bool) -> None:
    watch = Watch()
    watch.saw(9.0)
    watch.begin()
    for seconds in looks:
        watch.saw(seconds)

    assert watch.stood_still() is still
