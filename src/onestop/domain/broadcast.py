"""A message to everybody: fixed sentences that exist in every language, or an own line of the organiser."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from onestop.domain.errors import N_, Refusal


class Sentence(StrEnum):
    """What is said."""

    LATER = "later"
    BREAK = "break"
    CLOSES = "closes"
    ENTRANCE = "entrance"
    LEAVE = "leave"
    OWN = "own"


SENTENCES: dict[Sentence, str] = {
    Sentence.LATER: N_("The day begins later. Your place is kept."),
    Sentence.BREAK: N_("There is a break now: %(duration)s. Your place is kept."),
    Sentence.CLOSES: N_("Desk %(desk)s closes early today."),
    Sentence.ENTRANCE: N_("Please come to the entrance hall."),
    Sentence.LEAVE: N_("Everybody must leave the building now. Please follow the staff."),
}
"""`OWN` has none: its words are the organiser's."""
BREAKS = (5, 10, 15, 20, 30, 45, 60)
"""Minutes of a break."""
LASTS = (10, 30, 60)
"""Minutes after which a message can end by itself; otherwise it ends with the day."""
FITS = {Sentence.LATER: 60, Sentence.ENTRANCE: 10}
"""Minutes that a sentence is worth reading; a break lasts its own minutes, the others until the day ends."""
LONGEST = 140


class BroadcastWrong(Refusal):
    """A message that cannot be sent as it was put together; `field` is what is missing."""

    code = "broadcast_wrong"
    status = 422
    sentence = N_("Please complete the message.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """A message as it is sent. `board` is the one display that shows it; without it everybody reads it."""

    sentence: Sentence
    minutes: int | None = None
    desk: int | None = None
    text: str = ""
    language: str = ""
    board: UUID | None = None
    lasts: int | None = None
    """Minutes; `None`: until the day ends."""


def checked(message: Broadcast, *, desks: frozenset[int]) -> Broadcast:
    """The message with what its sentence needs and nothing else. Raises `BroadcastWrong`."""
    text = " ".join(message.text.split())
    breaks, closes, own = (message.sentence is each for each in (Sentence.BREAK, Sentence.CLOSES, Sentence.OWN))
    if breaks and message.minutes not in BREAKS:
        raise BroadcastWrong("minutes")
    if closes and message.desk not in desks:
        raise BroadcastWrong("desk")
    if own and not 0 < len(text) <= LONGEST:
        raise BroadcastWrong("text")
    if message.lasts is not None and message.lasts not in (*LASTS, fitting(message)):
        raise BroadcastWrong("lasts")
    return Broadcast(
        sentence=message.sentence,
        minutes=message.minutes if breaks else None,
        desk=message.desk if closes else None,
        text=text if own else "",
        language=message.language if own else "",
        board=message.board,
        lasts=message.lasts,
    )


def fitting(message: Broadcast) -> int | None:
    """The minutes that fit what is said; `None`: until the day ends."""
    return message.minutes if message.sentence is Sentence.BREAK else FITS.get(message.sentence)


def until(message: Broadcast, *, now: datetime, closes_at: datetime) -> datetime:
    """When it ends by itself; a message after the hours of the day lasts an hour."""
    if message.lasts is not None:
        return now + timedelta(minutes=message.lasts)
    return closes_at if closes_at > now else now + timedelta(hours=1)
