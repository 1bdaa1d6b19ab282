"""Calls for help: who called, and how a call ended. Never why."""

from enum import StrEnum


class CalledBy(StrEnum):
    """Where a call for help was pressed; nobody in person."""

    DESK = "desk"
    VISITOR = "visitor"
    RECEPTION = "reception"
    FLOOR = "floor"


class HelpEnding(StrEnum):
    """How a call for help ended."""

    OVER = "over"
    MISTAKE = "mistake"


def ending_of(text: str) -> HelpEnding:
    """The ending that a press names; over, if it names none."""
    return HelpEnding.MISTAKE if text == HelpEnding.MISTAKE else HelpEnding.OVER
