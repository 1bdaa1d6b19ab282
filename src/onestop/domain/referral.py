"""A referral: where somebody goes next. Who may see it, until when it counts, and how it stands."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum


class Target(StrEnum):
    """Where a referral leads: an institution of the centre, another advisory day, a place of the directory."""

    INSTITUTION = "institution"
    DAY = "day"
    PLACE = "place"


class KeptHow(StrEnum):
    """How it is known that she came: her ticket arrived there, she was served there, somebody said so."""

    CHECKED_IN = "checked_in"
    SERVED = "served"
    BY_HAND = "by_hand"


class Standing(StrEnum):
    """How a referral stands on a day."""

    OPEN = "open"
    KEPT = "kept"
    NOT_KEPT = "not_kept"
    WITHDRAWN = "withdrawn"


BY_DAYS = (1, 3, 7, 14, 30, 60, 90)
"""The days after today that are offered as "by when"."""
LATEST_BY = timedelta(days=366)


def goes_to_her_alone(*, stop_private: bool, service_private: bool, place_discreet: bool) -> bool:
    """R19: a referral from a private talk, to a private talk or to a discreet place is told to nobody but her."""
    return stop_private or service_private or place_discreet


def may_be_by(by_on: date, *, today: date) -> bool:
    """Whether a referral may have this last day."""
    return today <= by_on <= today + LATEST_BY


def by_choices(today: date) -> Sequence[date]:
    """The last days that are offered."""
    return tuple(today + timedelta(days=days) for days in BY_DAYS)


def standing_of(*, withdrawn: bool, kept: bool, by_on: date | None, today: date) -> Standing:
    """How a referral stands: not kept once its last day is over and nobody recorded that she came."""
    if withdrawn:
        return Standing.WITHDRAWN
    if kept:
        return Standing.KEPT
    return Standing.NOT_KEPT if by_on is not None and by_on < today else Standing.OPEN
