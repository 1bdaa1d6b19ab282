"""What a machine says of itself: whether it prints, and what it has not handed in yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENT_AFTER, GONE_AFTER = timedelta(minutes=3), timedelta(hours=3)
"""Not heard of for so long a machine is silent; for so long it is switched off."""


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
class PaperMissed:
    """A paper that did not come out, and when; one of a waiting list has no number."""

    at: datetime
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Said every minute: `waiting` tickets are not handed in yet, `refused` ones the server could not read.

    `unprinted` tickets have no paper yet, `papers` are the last of them; `numbers` are left to print while the line is
    cut. `version` is the agent's; `codes` were read while the line was cut and checked nobody in.
    """

    printer: Printer
    waiting: int = 0
    refused: int = 0
    unprinted: int = 0
    numbers: int = 0
    version: str = ""
    codes: tuple[CodeNotTaken, ...] = ()
    papers: tuple[PaperMissed, ...] = ()

    @property
    def needs_somebody(self) -> bool:
        """Whether somebody should go to the machine."""
        return self.printer not in (Printer.OK, Printer.NONE) or self.refused > 0 or self.unprinted > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A machine that somebody should go to: what it said, and for how many minutes nothing was heard of it."""

    name: str
    report: Report | None
    silent: int | None


def trouble_of(name: str, report: Report | None, *, seen_at: datetime, real: datetime) -> Trouble | None:
    """What is wrong with a machine at machine time `real`; one that was not heard of for hours is switched off."""
    ago = real - seen_at
    if ago > GONE_AFTER:
        return None
    silent = ago // timedelta(minutes=1) if ago > SILENT_AFTER else None
    said = report if report is not None and report.needs_somebody else None
    return Trouble(name=name, report=said, silent=silent) if silent or said else None


def is_silent(seen_at: datetime | None, *, real: datetime) -> bool:
    """Whether nothing was heard of a paired machine for a while, or never, at machine time `real`."""
    return seen_at is None or real - seen_at > SILENT_AFTER


def printer_trouble(report: Report | None) -> Printer | None:
    """What keeps a printer from printing, now or soon; `None` for one that works, is not there or is not known."""
    return None if report is None or report.printer in (Printer.OK, Printer.NONE) else report.printer
