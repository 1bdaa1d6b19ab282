"""A question is asked only where its answers lead to different services; an answer never adds one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.questions import changes_route, without_needless

BOTH, ONE, NONE = frozenset({"legal", "residence"}), frozenset({"residence"}), frozenset[str]()


@pytest.mark.parametrize(
    ("routes", "besides", "asked"),
    [
        ([BOTH, ONE], NONE, True),
        # The day has no legal advice: every answer leads to the same desk.
        ([ONE, ONE], NONE, False),
        # Another need wants legal advice anyway.
        ([BOTH, ONE], frozenset({"legal"}), False),
        ([BOTH, ONE], frozenset({"labour"}), True),
        # The day has no desk for one of the answers: whoever gives it must be led somewhere.
        ([frozenset({"legal"}), NONE], NONE, False),
    ],
)
def test_a_question_is_asked_only_where_its_answers_lead_to_different_services(
    routes: list[frozenset[str]], besides: frozenset[str], asked: bool
) -> None:
    assert changes_route(routes, besides=besides) is asked


SOME = st.lists(st.sampled_from("abcde"), unique=True)


@given(SOME, SOME, SOME)
def test_an_answer_takes_off_what_it_makes_needless_and_adds_nothing(
    chosen: list[str], before: list[str], after: list[str]
) -> None:
    kept = without_needless(chosen, before=before, after=after)

    assert [each for each in chosen if each in kept] == list(kept)
    assert set(chosen) - set(kept) == set(chosen) & (set(before) - set(after))
    assert without_needless(chosen, before=before, after=before) == tuple(chosen)
