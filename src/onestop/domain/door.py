"""What is counted at the door about people who get no ticket: numbers for the organiser, nothing about a person."""

from enum import StrEnum


class TurnedAway(StrEnum):
    """Why somebody went away without a ticket."""

    FULL = "full"
    WRONG_PLACE = "wrong_place"
    NO_INTERPRETER = "no_interpreter"
    INSTITUTION_ABSENT = "institution_absent"
