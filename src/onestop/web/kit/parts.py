"""Values the shared components show: a desk's mark, a line of the plan, a ticket."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PlanMark = Literal["done", "now", "next", "later", "dropped"]
SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "star")
COLOURS = range(1, 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMark:
    """A desk as people find it: number, colour (1 to 12) and shape, as on the floor sticker."""

    number: int
    colour: int = 1
    shape: str = "circle"


def mark_for(number: int) -> DeskMark:
    """The mark of a desk that nobody gave one: colours and shapes in turn, so that neighbours differ in both."""
    return DeskMark(number=number, colour=(number - 1) % len(COLOURS) + 1, shape=SHAPES[(number - 1) % len(SHAPES)])


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One stop on a ticket; `label` and `note` are already in the reader's language, times are instants."""

    mark: PlanMark
    label: str
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    desk: DeskMark | None = None
    note: str = ""
    people: str = ""
    """Who of a party goes there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """A ticket as a visitor sees it; `next_step` is one sentence in the reader's language."""

    number: int
    member: int | None = None
    next_step: str = ""
    called: bool = False
    desk: DeskMark | None = None
    plan: tuple[PlanLine, ...] = ()
    qr_text: str = ""
    short_code: str = ""
    """Already spelt in groups: `7KQ2 M9XD`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A call on the board; `id` lets the board play each call once."""

    id: int
    number: int
    desk: DeskMark
    member: int | None = None
