"""Which papers are asked for: one may hang on who comes or on an answer; and when somebody should check it again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ALWAYS, CHILDREN, SEVERAL = "", "children", "several"
"""Conditions about who comes; every other condition is an answer, `question:answer`."""
REVIEW_AFTER = timedelta(days=183)
"""So long a paper counts as checked: half a year."""


class Asked(StrEnum):
    """Whether a paper is asked for; `if`: what decides it was not said, so it stands there with its condition."""

    YES = "yes"
    NO = "no"
    IF = "if"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """How many come."""

    adults: int
    children: int


def is_asked(condition: str, *, coming: Coming | None, said: Collection[str] = ()) -> Asked:
    """Whether a paper with this condition is asked for; nobody is told to leave at home what may be needed.

    `coming` is `None` where who comes is not known yet. `said` are answers as `question:answer`.
    """
    if condition == ALWAYS:
        return Asked.YES
    if condition in (CHILDREN, SEVERAL):
        if coming is None:
            return Asked.IF
        holds = coming.children > 0 if condition == CHILDREN else coming.adults + coming.children > 1
        return Asked.YES if holds else Asked.NO
    question = condition.partition(":")[0]
    answered = [answer for answer in said if answer.partition(":")[0] == question]
    if not answered:
        return Asked.IF
    return Asked.YES if condition in answered else Asked.NO


def still_ready(before: Collection[str], *, shown: Collection[str], ready: Collection[str]) -> list[str]:
    """Which papers are ticked now: of those shown the ready ones, of the others those that were; sorted."""
    return sorted((set(before) - set(shown)) | (set(ready) & set(shown)))


def needs_review(reviewed_on: date | None, *, today: date) -> bool:
    """Whether nobody has checked a paper for half a year, or ever."""
    return reviewed_on is None or today - reviewed_on > REVIEW_AFTER
