"""The list of known mistakes fits the code, and its judge tells noticed, survived and not run apart.

`make test-mutants` tries every mistake; here are two of them. Broken once on purpose, each turned these tests red and
was put back: a failing exit code taken as noticed without a test that failed, a mistake that is not taken back, texts
that may stand twice.
"""

from pathlib import Path

import pytest

from tests.mutants.copy import ROOT, Stale, copy_checkout, made
from tests.mutants.judge import judge
from tests.mutants.known import MISTAKES
from tests.mutants.mistake import Change, Mistake, mistake, stale

PROMISES = {f"R{number}" for number in range(1, 20)}
QUICK = {
    "persons-a-day-short": "tests/retention/test_terms.py::test_terms_end_at_local_midnight",
    "contact-limit-off-by-one": "tests/booking/test_booking.py::"
    "test_the_fourth_booking_of_a_contact_does_not_count_and_only_its_owner_is_told",
}
TERMS = "src/onestop/domain/retention.py"
WHOLE = "tests/retention/test_terms.py::test_a_ticket_is_whole_until_a_day_after_its_day"

pytestmark = pytest.mark.xdist_group("mutants")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout."""
    return copy_checkout(tmp_path_factory.mktemp("mutants") / "copy")


def a_mistake(old: str, new: str) -> Mistake:
    return mistake("a-try", "R11", "a mistake of this test", Change(TERMS, old, new), WHOLE)


def same_code(copy: Path) -> bool:
    """Whether every module of the copy is the checkout's own."""
    paths = [path.relative_to(ROOT) for path in (ROOT / "src").rglob("*.py")]
    return len(paths) > 200 and all((ROOT / path).read_bytes() == (copy / path).read_bytes() for path in paths)


def test_every_known_mistake_still_fits_the_code() -> None:
    assert [why for one in MISTAKES for why in stale(one, ROOT)] == []


def test_every_promise_that_has_code_has_a_known_mistake() -> None:
    names = [one.name for one in MISTAKES]
    assert sorted(set(names)) == sorted(names)
    assert {one.promise for one in MISTAKES} == PROMISES
    assert all(one.changes and one.tests and one.wrong for one in MISTAKES)


@pytest.mark.parametrize(("name", "test"), QUICK.items(), ids=QUICK)
def test_a_mistake_is_noticed(copy: Path, name: str, test: str) -> None:
    (known,) = [one for one in MISTAKES if one.name == name]
    verdict = judge(known, copy)
    assert (verdict.noticed_by.partition("[")[0], verdict.trouble) == (test, "")
    assert same_code(copy)


def test_a_change_that_harms_nothing_survives(copy: Path) -> None:
    verdict = judge(a_mistake("RARE = 5\n", "RARE = 2 + 3\n"), copy)
    assert (verdict.noticed_by, verdict.trouble) == ("", "survived")


def test_a_mistake_that_lets_no_test_run_was_not_noticed(copy: Path) -> None:
    verdict = judge(a_mistake("RARE = 5\n", "RARE = \n"), copy)
    assert verdict.noticed_by == ""
    assert verdict.trouble.startswith("the tests did not run to a verdict")
    assert same_code(copy)


@pytest.mark.parametrize(
    ("old", "times"),
    [("no such line\n", 0), ("timedelta(", 6)],
    ids=["a text that is gone", "a text that is there often"],
)
def test_an_entry_that_no_longer_fits_is_told_and_nothing_is_changed(copy: Path, old: str, times: int) -> None:
    wrong = a_mistake(old, "")
    assert stale(wrong, copy) == [f"a-try: the text to replace stands {times} times in {TERMS}"]
    with pytest.raises(Stale), made(wrong, copy):
        pass
    assert same_code(copy)


def test_an_entry_names_a_test_that_is_there() -> None:
    gone = "tests/retention/test_terms.py::test_nothing"
    wrong = mistake("a-try", "R11", "a mistake of this test", Change(TERMS, "RARE = 5\n", "RARE = 6\n"), gone)
    assert stale(wrong, ROOT) == [f"a-try: there is no test {gone}"]
