"""A desk to practise at: three invented visitors, and what has been pressed so far is the whole state.

Nothing here is stored. A page carries the presses; played from the beginning they give the desk as it is, and presses
that no desk could have taken give a fresh one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce

from onestop.domain.facts import Term
from onestop.domain.visit import NO_SHOWS_UNTIL_MISSED, Outcome


class Key(StrEnum):
    """What can be pressed besides an outcome, which finishes."""

    OPEN = "open"
    NEXT = "next"
    START = "start"
    RECALL = "recall"
    NOT_HERE = "not_here"
    PARK = "park"


Press = Key | Outcome
MOST_PRESSES = 60
"""Who goes on longer begins again: three visitors need a dozen."""


class Lesson(StrEnum):
    """What to press next, and why."""

    OPEN = "open"
    CALL_FIRST = "call_first"
    START = "start"
    FINISH = "finish"
    FINISHED = "finished"
    CALL_AGAIN = "call_again"
    SAY_NOT_HERE = "say_not_here"
    COMES_LATER = "comes_later"
    PARK = "park"
    PARKED = "parked"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """Somebody who does not exist. Tickets begin at 100, so these numbers are nobody's."""

    number: int
    language: str
    waited: int
    still: int
    lesson: Lesson | None = None
    """What her first call is there to teach, beside Start and Finish."""


INVENTED = (
    Invented(number=1, language="uk", waited=24, still=20),
    Invented(number=2, language="en", waited=18, still=15, lesson=Lesson.SAY_NOT_HERE),
    Invented(number=3, language="ar", waited=11, still=30, lesson=Lesson.PARK),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A conversation that ended."""

    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The desk after some presses; `waiting` in the order in which they are called."""

    presses: tuple[Press, ...] = ()
    open: bool = False
    waiting: tuple[Invented, ...] = INVENTED
    here: Invented | None = None
    serving: bool = False
    recalls: int = 0
    """How often the number of who is here was said again."""
    done: tuple[Done, ...] = ()
    not_here: Mapping[int, int] = field(default_factory=dict[int, int])
    """How often each number was called in vain."""
    parked: frozenset[int] = frozenset()

    @property
    def over(self) -> bool:
        """Whether nobody is left to practise with."""
        return self.here is None and not self.waiting

    @property
    def away(self) -> Invented | None:
        """Who has just been parked or called in vain; after the next press her ten minutes have passed."""
        left = bool(self.presses) and self.presses[-1] in (Key.PARK, Key.NOT_HERE)
        if not left or not self.waiting:
            return None
        last = self.waiting[-1]
        return last if last == played(self.presses[:-1]).here else None


def played(presses: Sequence[str]) -> Practice:
    """The desk after these presses; a fresh one where no desk could have taken them."""
    if len(presses) > MOST_PRESSES:
        return Practice()
    try:
        return reduce(press, (_press(text) for text in presses), Practice())
    except ValueError:
        return Practice()


def possible(practice: Practice) -> frozenset[Press]:
    """What can be pressed now."""
    if not practice.open:
        return frozenset({Key.OPEN})
    if practice.here is None:
        return frozenset({Key.NEXT}) if practice.waiting else frozenset()
    ends: frozenset[Press] = frozenset({*Outcome, Key.PARK})
    return ends if practice.serving else ends | {Key.START, Key.RECALL, Key.NOT_HERE}


def press(practice: Practice, pressed: Press) -> Practice:
    """The desk after one more press. Raises `ValueError` for one that is not `possible`."""
    if pressed not in possible(practice):
        raise ValueError(pressed)
    after = replace(practice, presses=(*practice.presses, pressed))
    if pressed is Key.OPEN:
        return replace(after, open=True)
    if pressed is Key.NEXT:
        return replace(after, here=practice.waiting[0], waiting=practice.waiting[1:], recalls=0)
    if pressed is Key.RECALL:
        return replace(after, recalls=practice.recalls + 1)
    if pressed is Key.START:
        return replace(after, serving=True)
    return _leave(after, pressed)


def before_last(practice: Practice) -> Practice:
    """The desk as it was before the last press. As at a real desk, opening it is not undone."""
    return played(practice.presses[:-1]) if len(practice.presses) > 1 else practice


def lesson(practice: Practice) -> Lesson:
    """What to try next."""
    if not practice.open:
        return Lesson.OPEN
    if practice.over:
        return Lesson.OVER
    if (here := practice.here) is not None:
        return _lesson_of(here, practice)
    last = practice.presses[-1]
    if last is Key.OPEN:
        return Lesson.CALL_FIRST
    if last is Key.NOT_HERE:
        return Lesson.COMES_LATER
    return Lesson.PARKED if last is Key.PARK else Lesson.FINISHED


def why_now(practice: Practice, one: Invented) -> dict[str, Term]:
    """The reason of her call, in the terms of the calling rule."""
    return {
        "waited": one.waited,
        "still": one.still,
        "parked": one.number in practice.parked,
        "need": 0,
        "mediator": False,
        "no_interpreter": False,
    }


def _lesson_of(here: Invented, practice: Practice) -> Lesson:
    if here.lesson is Lesson.SAY_NOT_HERE and not practice.serving and here.number not in practice.not_here:
        return Lesson.SAY_NOT_HERE if practice.recalls else Lesson.CALL_AGAIN
    if not practice.serving:
        return Lesson.START
    return Lesson.PARK if here.lesson is Lesson.PARK and here.number not in practice.parked else Lesson.FINISH


def _leave(after: Practice, pressed: Press) -> Practice:
    """Whoever was here goes; after Park and Not here she waits again, as if her ten minutes had passed."""
    here = after.here
    assert here is not None
    after = replace(after, here=None, serving=False, recalls=0)
    if pressed is Key.PARK:
        return replace(after, waiting=(*after.waiting, here), parked=after.parked | {here.number})
    if isinstance(pressed, Outcome):
        return replace(after, done=(*after.done, Done(number=here.number, outcome=pressed)))
    vain = after.not_here.get(here.number, 0) + 1
    back = () if vain == NO_SHOWS_UNTIL_MISSED else (here,)
    return replace(after, waiting=(*after.waiting, *back), not_here={**after.not_here, here.number: vain})


def _press(text: str) -> Press:
    """Raises `ValueError` for anything else."""
    return Outcome(text) if text in set(Outcome) else Key(text)
