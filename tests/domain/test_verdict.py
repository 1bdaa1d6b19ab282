"""The verdict about a running day."""

import pytest

from onestop.domain.verdict import Seen, Sign, Verdict, verdict_of


def _seen(**counts: int) -> list[Seen]:
    return [Seen(sign=Sign(sign), count=count) for sign, count in counts.items()]


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({}, Verdict.WELL),
        ({"alarm": 0, "too_many": 0, "risk": 0}, Verdict.WELL),
        *(({sign: 1}, Verdict.LOOK) for sign in ("no_desk", "risk", "machine", "paused", "unsent")),
        *(({sign: 1, "unsent": 3}, Verdict.NOW) for sign in ("alarm", "too_many")),
    ],
)
def test_one_grave_sign_is_enough_and_none_is_well(counts: dict[str, int], verdict: Verdict) -> None:
    assert verdict_of(_seen(**counts))[0] is verdict


def test_signs_stand_by_how_grave_they_are_and_only_those_that_are_there() -> None:
    _, signs = verdict_of(_seen(unsent=1, risk=2, machine=0, alarm=1))

    assert [each.sign for each in signs] == [Sign.ALARM, Sign.RISK, Sign.UNSENT]
