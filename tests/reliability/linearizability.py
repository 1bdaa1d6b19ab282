"""Is there an order in which these concurrent operations could have happened one after the other?

The search of Wing and Gong (1993, "Testing and verifying concurrent objects") with the memory of Lowe (2017, "Testing
for linearizability"): a set of operations taken together with the state they led to is looked at once only.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Generic, TypeVar

S = TypeVar("S", bound=Hashable)


class Unknown:
    """The outcome of an operation whose answer never came: it happened later than it was asked for, or never."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What was asked of the object, from when to when (monotonic seconds), and what was answered."""

    what: str
    about: tuple[Any, ...] = ()
    outcome: Any
    invoked: float
    returned: float

    @property
    def known(self) -> bool:
        """Whether an answer came."""
        return self.outcome is not UNKNOWN

    @property
    def over(self) -> float:
        """From when on everything else comes after it; never, if no answer came."""
        return self.returned if self.known else inf


@dataclass(frozen=True, slots=True)
class Order(Generic[S]):
    """An order that explains what was seen, and the state at its end."""

    operations: tuple[Operation, ...]
    state: S


Step = Callable[[S, Operation], Iterable[S]]
"""The sequential specification: the states that may follow when the operation happens now with its outcome."""


def linearization(operations: Sequence[Operation], start: S, step: Step[S]) -> Order[S] | None:
    """An order of all answered operations (and some of the others) that the specification allows, else `None`.

    If one operation was over before another was invoked, it comes first. Exponential at worst; meant for 40 operations.
    """
    listed = sorted(operations, key=lambda operation: operation.invoked)
    wanted = sum(1 << place for place, operation in enumerate(listed) if operation.known)
    seen: set[tuple[int, S]] = set()
    stack: list[tuple[int, S, tuple[int, ...]]] = [(0, start, ())]
    while stack:
        taken, state, order = stack.pop()
        if taken & wanted == wanted:
            return Order(tuple(listed[place] for place in order), state)
        for place in _possible(listed, taken):
            now_taken = taken | 1 << place
            for after in step(state, listed[place]):
                if (now_taken, after) not in seen:
                    seen.add((now_taken, after))
                    stack.append((now_taken, after, (*order, place)))
    return None


def _possible(listed: Sequence[Operation], taken: int) -> list[int]:
    """The places of operations that may come next: nothing that is left was over before they were invoked."""
    left = [place for place in range(len(listed)) if not taken >> place & 1]
    first_over = min((listed[place].over for place in left), default=inf)
    return [place for place in left if listed[place].invoked <= first_over]
