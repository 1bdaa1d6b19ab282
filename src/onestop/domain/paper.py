"""Work on paper: what a line of a sheet can say, how many spare tickets a pack has, when it is destroyed."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from onestop.domain.day import DayState
from onestop.domain.errors import N_, InvalidInput, Refusal, TicketUnknown
from onestop.domain.visit import Outcome, StopState


class PaperWord(StrEnum):
    """What one line of a sheet says happened; on paper and at the screen each is one digit."""

    ADVISED = "advised"
    SETTLED = "settled"
    COME_AGAIN = "come_again"
    PAPERS_MISSING = "papers_missing"
    NOT_POSSIBLE = "not_possible"
    NOT_HERE = "not_here"
    CAME = "came"
    WENT = "went"


DIGITS: dict[PaperWord, int] = {word: place for place, word in enumerate(PaperWord, 1)}
"""The digit officers write and reception types: the same on every sheet, in every language and as keys of the desk."""
WORDS: dict[PaperWord, str] = {
    PaperWord.ADVISED: N_("Advised"),
    PaperWord.SETTLED: N_("Settled"),
    PaperWord.COME_AGAIN: N_("Must come again"),
    PaperWord.PAPERS_MISSING: N_("Papers missing"),
    PaperWord.NOT_POSSIBLE: N_("Not possible here"),
    PaperWord.NOT_HERE: N_("Called, did not come"),
    PaperWord.CAME: N_("Came, still waits"),
    PaperWord.WENT: N_("Went home"),
}
AT_A_DESK = frozenset(PaperWord) - {PaperWord.CAME, PaperWord.WENT}
"""Words that need a desk."""
OUTCOMES: dict[PaperWord, Outcome] = {
    word: Outcome(word.value) for word in PaperWord if word.value in {outcome.value for outcome in Outcome}
}
ON_PAPER = "paper"
"""The door at which she said yes to a desk while everything was on paper (R18)."""

SPARES_A_PAGE = 12
MOST_SPARES = 240
SERVED_ON_PAPER = frozenset(
    {StopState.WAITING, StopState.BLOCKED, StopState.PARKED, StopState.CALLED, StopState.SERVING}
)
"""Open stops that may have been finished at a desk while nobody pressed a button."""


def word_of(typed: str) -> PaperWord | None:
    """The word of a typed digit or of a form's value; `None` for anything else."""
    by_digit = {str(digit): word for word, digit in DIGITS.items()}
    if typed in by_digit:
        return by_digit[typed]
    return PaperWord(typed) if typed in frozenset(PaperWord) else None


def spares_for(expected: int) -> int:
    """How many spare tickets a pack has: one for ten people expected, in whole pages, two pages at least."""
    pages = max(2, -(-expected // (10 * SPARES_A_PAGE)))
    return min(MOST_SPARES, pages * SPARES_A_PAGE)


def check_packable(state: DayState) -> None:
    """Raise `PackNotNow` unless the day is published: nobody works on paper before or after."""
    if state is not DayState.PUBLISHED:
        raise PackNotNow


def read_about(typed: str) -> tuple[int, int]:
    """Hours and minutes as people write them: `10:40`, `10.40`, `1040`, `940`, `9`. Raises `TimeUnreadable`."""
    digits = "".join(str(int(char)) if char.isdecimal() else ":" if char in ":.,h٫ " else "?" for char in typed.strip())
    hours, _, minutes = digits.partition(":") if ":" in digits else (digits[:-2] or digits, "", digits[-2:])
    if ":" not in digits and len(digits) <= 2:
        hours, minutes = digits, "0"
    if not (hours.isdecimal() and minutes.isdecimal()) or int(hours) > 23 or int(minutes) > 59:
        raise TimeUnreadable
    return int(hours), int(minutes)


def check_about(about: datetime, *, now: datetime) -> None:
    """Raise `TimeUnreadable` for a time that has not come yet; the clock on the wall may be some minutes ahead."""
    if about > now + timedelta(minutes=15):
        raise TimeToCome


class PaperRefused(Refusal):
    """A line that cannot be entered as it stands; `fresh` tells whether it can be entered with a new number."""

    fresh = False


class TicketOnPaper(TicketUnknown):
    """The code of a spare ticket before its line was entered: `day` and `number` are what reception enters."""

    code = "ticket_on_paper"
    sentence = N_("This is a ticket on paper. Please ask at the reception.")

    def __init__(self, day: UUID, number: int) -> None:
        self.day, self.number = day, number
        super().__init__()


class PackNotNow(Refusal):
    code = "pack_not_now"
    sentence = N_("Only a published day has a day pack.")


class PackNotKept(Refusal):
    code = "pack_not_kept"
    sentence = N_("No pack is ready now. Please look again in a minute.")


class TimeUnreadable(InvalidInput):
    code = "time_unreadable"
    sentence = N_("Please write the time as on a clock, such as 10:40.")

    def __init__(self) -> None:
        super().__init__(field="about")


class TimeToCome(InvalidInput):
    code = "time_to_come"
    sentence = N_("This time has not come yet. Please look at the paper again.")

    def __init__(self) -> None:
        super().__init__(field="about")


class NumberMissing(InvalidInput):
    code = "number_missing"
    sentence = N_("Please write the ticket number, digits only.")

    def __init__(self) -> None:
        super().__init__(field="number")


class DeskMissing(InvalidInput):
    code = "desk_missing"
    sentence = N_("This day has no desk with this number.")

    def __init__(self) -> None:
        super().__init__(field="desk")


class DeskNeeded(InvalidInput):
    code = "desk_needed"
    sentence = N_("Please write the desk that this person waits for.")

    def __init__(self) -> None:
        super().__init__(field="desk")


class WordMissing(InvalidInput):
    code = "word_missing"
    sentence = N_("Please choose how it ended.")

    def __init__(self) -> None:
        super().__init__(field="how")


class NumberNotGiven(PaperRefused):
    code = "number_not_given"
    sentence = N_("No ticket of this day has the number %(number)s. Please look at the paper again.")
    fresh = True


class NumberOfMachine(PaperRefused):
    code = "number_of_machine"
    sentence = N_("Number %(number)s belongs to a ticket machine. It sends the ticket when it is connected again.")


class NumberCancelled(PaperRefused):
    code = "number_cancelled"
    sentence = N_("The booking of number %(number)s was cancelled. Nobody was expected with it.")
    fresh = True


class NotCome(PaperRefused):
    code = "not_come"
    sentence = N_("Number %(number)s has not come. Nothing needs to be entered for that.")


class EnteredAlready(PaperRefused):
    code = "entered_already"
    sentence = N_("Number %(number)s was finished at desk %(desk)s already. Nothing was changed.")


class CameAlready(PaperRefused):
    code = "came_already"
    sentence = N_("Number %(number)s is here already. Nothing was changed.")


class WentAlready(PaperRefused):
    code = "went_already"
    sentence = N_("The visit of number %(number)s has ended already. Nothing was changed.")


class AtAnotherDesk(PaperRefused):
    code = "at_another_desk"
    sentence = N_("Number %(number)s is at desk %(desk)s now. Please finish there first.")


class GoesOnElsewhere(PaperRefused):
    code = "goes_on_elsewhere"
    sentence = N_("Number %(number)s goes on at another day. Please open the visit first.")


class WhichService(PaperRefused):
    code = "which_service"
    sentence = N_("Desk %(desk)s gives several kinds of help. Please choose one.")


class NothingToTakeBack(PaperRefused):
    code = "nothing_to_take_back"
    sentence = N_("This entry cannot be taken back any more. Something was built on it.")
