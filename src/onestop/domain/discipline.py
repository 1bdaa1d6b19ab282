"""How a hall is run in a simulation: onestop's way, and the ways it is compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from onestop.domain.calling import CallingRule, Choice, Desk, HallState, WaitingStop, calling_rule


class Discipline(StrEnum):
    """Where somebody waits who has several desks before her."""

    EVERYWHERE = "everywhere"
    """At all of them at once, as in onestop: whichever can take her first."""
    FIXED_ORDER = "fixed-order"
    """At one after the other, in the order of the day's services: what is done by hand."""
    SHORTEST_QUEUE = "shortest-queue"
    """At the one with the fewest minutes waiting for each of its desks, chosen whenever she is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a hall is run. Without `joint` free desks choose one after the other, by number."""

    rule: CallingRule
    discipline: Discipline = Discipline.EVERYWHERE
    joint: bool = True


def first_come(desk: Desk, waiting: Sequence[WaitingStop], state: HallState, now: datetime) -> Choice | None:
    """The longest waiting first, whatever she still has to do: the rule of a plain queue."""
    return calling_rule(desk, [replace(stop, remaining_minutes=0, need=False) for stop in waiting], state, now)


POLICIES: Mapping[str, Policy] = {
    "onestop": Policy(rule=calling_rule),
    "first-come": Policy(rule=first_come),
    "shortest-queue": Policy(rule=first_come, discipline=Discipline.SHORTEST_QUEUE, joint=False),
    "fixed-order": Policy(rule=first_come, discipline=Discipline.FIXED_ORDER, joint=False),
}
