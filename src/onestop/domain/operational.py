"""Operational needs: the short public list of who may be called a little earlier, and how it is said to whom.

No diagnosis is among them and none is asked. They are gone at midnight, and however many somebody has, they count once
(`NEED_POINTS` in `domain/calling.py`): nobody is moved past others by more than these minutes.
"""

from enum import StrEnum

from onestop.domain.errors import N_


class OperationalNeed(StrEnum):
    """What reception may mark, with her yes."""

    CANNOT_STAND = "cannot_stand"
    INFANT = "infant"
    DEADLINE = "deadline"


MARKED: dict[OperationalNeed, str] = {
    OperationalNeed.CANNOT_STAND: N_("Cannot stand long"),
    OperationalNeed.INFANT: N_("Has an infant"),
    OperationalNeed.DEADLINE: N_("Has a deadline today"),
}
"""At reception."""

PRACTICAL: dict[OperationalNeed, str] = {
    OperationalNeed.CANNOT_STAND: N_("Needs a chair at once"),
    OperationalNeed.INFANT: N_("An infant comes along"),
    OperationalNeed.DEADLINE: N_("Something must be done today"),
}
"""At the desk: what it means there."""

PUBLIC: dict[OperationalNeed, str] = {
    OperationalNeed.CANNOT_STAND: N_("People who cannot stand or sit for long"),
    OperationalNeed.INFANT: N_("People who come with an infant"),
    OperationalNeed.DEADLINE: N_("People who must finish something today because of a deadline"),
}
"""On the public page."""


def read_needs(texts: list[str]) -> frozenset[OperationalNeed]:
    """Those of the list that are named; anything else is left out."""
    return frozenset(need for need in OperationalNeed if need in texts)
