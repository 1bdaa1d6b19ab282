"""The questions at the end: who is asked, and which counts are shown to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.ending import ANSWERS, EndQuestion, enough, is_asked, publishable
from onestop.domain.visit import VisitState

days = st.fixed_dictionaries(
    {question: st.fixed_dictionaries({each: st.integers(0, 12) for each in ANSWERS[question]}) for question in ANSWERS}
)


@pytest.mark.parametrize("visit", [None, *VisitState])
def test_she_is_asked_once_when_her_visit_is_over_and_not_on_the_way_to_another_day(visit: VisitState | None) -> None:
    over = visit in (VisitState.COMPLETED, VisitState.LEFT)

    assert (is_asked(visit, asked=False), is_asked(visit, asked=True)) == (over, False)


@given(days)
def test_what_is_published_never_holds_one_to_four_and_never_invents(
    counts: dict[EndQuestion, dict[str, int]],
) -> None:
    shown = publishable(counts)

    assert {question: [*answers] for question, answers in shown.items()} == {
        question: [*answers] for question, answers in counts.items()
    }
    for question, answers in shown.items():
        for answer, count in answers.items():
            real = counts[question][answer]
            assert count == (None if real in (1, 2, 3, 4) else real)


@given(days)
def test_fewer_than_five_answers_are_too_few_for_anybody(counts: dict[EndQuestion, dict[str, int]]) -> None:
    for answers in counts.values():
        assert enough(answers) == (sum(answers.values()) > 4)


def test_every_question_can_be_answered_with_codes_that_fit_their_column() -> None:
    assert {*ANSWERS} == {*EndQuestion}
    assert [each for answers in ANSWERS.values() for each in answers if len(each) > 20] == []
