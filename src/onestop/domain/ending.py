"""The two questions at the end of a visit: what may be answered, and which counts may be published."""

from collections.abc import Mapping
from enum import StrEnum

from onestop.domain.errors import N_, Refusal
from onestop.domain.retention import RARE
from onestop.domain.visit import VisitState


class EndQuestion(StrEnum):
    """Each is answered with one of `ANSWERS`, or not at all."""

    GOT = "got"
    """Did she get what she came for?"""
    PROBLEM = "problem"
    """Was there a problem the city should know about?"""


ANSWERS: Mapping[EndQuestion, tuple[str, ...]] = {
    EndQuestion.GOT: ("yes", "partly", "no"),
    EndQuestion.PROBLEM: (
        *("none", "long_wait", "language", "paper_missing"),
        *("wrong_place", "treated_badly", "cost", "other"),
    ),
}
"""In the order of the page. Codes that were counted once keep their meaning."""
Counts = Mapping[EndQuestion, Mapping[str, int]]
"""How often each answer was given on a day."""


class AskedLater(Refusal):
    code = "asked_later"
    sentence = N_("Your visit goes on. We ask you when it is over.")


def is_asked(visit: VisitState | None, *, asked: bool) -> bool:
    """Whether a ticket shows the questions: once, after the visit. Who goes on another day is asked there."""
    return visit in {VisitState.COMPLETED, VisitState.LEFT} and not asked


def enough(answers: Mapping[str, int]) -> bool:
    """Whether a question was answered so often that its sums are nobody's own words."""
    return sum(answers.values()) >= RARE


def publishable(counts: Counts) -> dict[EndQuestion, dict[str, int | None]]:
    """Counts that anybody may read: `None` for 1 to 4, which could point at people. Never with a total beside them."""
    return {
        question: {answer: None if 0 < count < RARE else count for answer, count in answers.items()}
        for question, answers in counts.items()
    }
