"""What a machine says of itself: whether it prints, and what it has not handed in yet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Printer(StrEnum):
    """The state of a machine's printer; `none` has none, and shows its tickets on the screen."""

    OK = "ok"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    AWAY = "away"
    BROKEN = "broken"
    NONE = "none"


class WhyNot(StrEnum):
    """Why a code that was read while the line was cut did not check anybody in; the codes of our refusals."""

    UNKNOWN = "ticket_unknown"
    CANCELLED = "booking_cancelled"
    CLOSED = "booking_closed"
    OTHER_DAY = "wrong_day"
    OVER = "day_over"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNotTaken:
    """A code that was read without a line and refused later: when, why, and its last two letters."""

    at: datetime
    why: WhyNot
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Said every minute: `waiting` tickets are not handed in yet, `refused` ones the server could not read.

    `unprinted` tickets have no paper yet; `numbers` are left to print while the line is cut. `version` is the agent's;
    `codes` were read while the line was cut and checked nobody in.
    """

    printer: Printer
    waiting: int = 0
    refused: int = 0
    unprinted: int = 0
    numbers: int = 0
    version: str = ""
    codes: tuple[CodeNotTaken, ...] = ()

    @property
    def needs_somebody(self) -> bool:
        """Whether somebody should go to the machine."""
        return self.printer not in (Printer.OK, Printer.NONE) or self.refused > 0 or self.unprinted > 0
