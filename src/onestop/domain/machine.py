"""What a machine says of itself: whether it prints, and what it has not handed in yet."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Said every minute: `waiting` tickets are not handed in yet, `refused` ones the server could not read.

    `unprinted` tickets have no paper yet; `numbers` are left to print while the line is cut. `version` is the agent's.
    """

    printer: Printer
    waiting: int = 0
    refused: int = 0
    unprinted: int = 0
    numbers: int = 0
    version: str = ""

    @property
    def needs_somebody(self) -> bool:
        """Whether somebody should go to the machine."""
        return self.printer not in (Printer.OK, Printer.NONE) or self.refused > 0 or self.unprinted > 0
