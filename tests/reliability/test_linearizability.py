"""The judge of histories is judged itself: histories written by hand that must be accepted, and ones that must not.

Broken once on purpose, each turned tests red and was put back: the rule that what was over comes first left out, the
memory keyed by the operations alone, an operation without an answer taken as one that never happened, and as one that
was over when its asker gave up.
"""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reliability.linearizability import UNKNOWN, Operation, linearization
from tests.reliability.waiting_set import DONE, NOBODY, REFUSED, At, Hall, Rules

DESKS = {1: {"legal"}, 2: {"legal", "health"}, 3: {"health"}}
RULES = Rules(DESKS, {"a"})


def op(what: str, *about: Any, gives: Any, at: tuple[float, float]) -> Operation:
    """An operation by hand; `at` is when it was asked and when it was answered."""
    return Operation(what=what, about=about, outcome=gives, invoked=at[0], returned=at[1])


def allowed(*operations: Operation) -> bool:
    """Whether some order explains it."""
    named = {one.outcome for one in operations if one.what in ("walk_in", "check_in") and one.known}
    return linearization(operations, Hall(), Rules(DESKS, named).step) is not None


def walk_in(visitor: Any, at: tuple[float, float], service: str = "legal") -> Operation:
    return op("walk_in", service, gives=visitor, at=at)


def new(desk: int, visitor: str, at: tuple[float, float]) -> Operation:
    return op("call", desk, gives=("new", visitor), at=at)


def nobody(desk: int, at: tuple[float, float]) -> Operation:
    return op("call", desk, gives=NOBODY, at=at)


A = walk_in("a", (0, 1))
B = walk_in("b", (0, 1))
ACCEPTED = {
    "a whole visit": [A, new(1, "a", (2, 3)), op("serve", "a", gives=DONE, at=(4, 5)),
                      op("finish", "a", gives=DONE, at=(6, 7)), nobody(1, (8, 9))],
    "two desks, two visitors": [A, B, new(1, "b", (2, 4)), new(2, "a", (3, 5)), nobody(1, (0, 0.5))],
    "empty while the ticket is being made": [walk_in("a", (0, 9)), nobody(1, (1, 2)), new(2, "a", (3, 4))],
    "called before the ticket was answered": [walk_in("a", (0, 9)), new(1, "a", (1, 2))],
    "empty for another service": [walk_in("a", (0, 1), "health"), nobody(1, (2, 3)), new(3, "a", (4, 5))],
    "a double press": [A, new(1, "a", (2, 5)), op("call", 1, gives=("open", "a"), at=(2, 5))],
    "pressed while she is served": [A, new(1, "a", (2, 3)), op("serve", "a", gives=DONE, at=(4, 6)),
                                    op("call", 1, gives=REFUSED, at=(4, 6))],
    "not here, then nobody": [A, new(1, "a", (2, 3)), op("no_show", "a", gives=DONE, at=(4, 5)), nobody(1, (6, 7))],
    "she leaves as she is called": [A, op("leave", "a", gives=DONE, at=(2, 9)), new(1, "a", (3, 4)),
                                    nobody(1, (5, 10))],
    "finished twice": [A, new(1, "a", (2, 3)), op("finish", "a", gives=DONE, at=(4, 5)),
                       op("finish", "a", gives=DONE, at=(6, 7))],
    "finished or not here, not both": [A, new(1, "a", (2, 3)), op("finish", "a", gives=DONE, at=(4, 5)),
                                       op("no_show", "a", gives=REFUSED, at=(4, 5))],
    "checked in at two machines": [op("check_in", "a", "legal", gives="a", at=(0, 2)),
                                   op("check_in", "a", "legal", gives="a", at=(1, 3)), new(1, "a", (4, 5)),
                                   nobody(2, (6, 7))],
    "an unheard call happened": [A, op("call", 1, gives=UNKNOWN, at=(2, 3)), nobody(2, (4, 5)),
                                 op("call", 1, gives=("open", "a"), at=(6, 7))],
    "an unheard call did not happen": [A, op("call", 1, gives=UNKNOWN, at=(2, 3)), new(2, "a", (4, 5))],
    "an unheard call happened late": [A, op("call", 1, gives=UNKNOWN, at=(2, 3)), walk_in("b", (4, 5)),
                                      new(2, "a", (6, 7)), op("call", 1, gives=("open", "b"), at=(8, 9))],
    "an unheard ticket was made": [walk_in(UNKNOWN, (0, 1)), new(1, "x", (2, 3)), nobody(2, (4, 5))],
    "an unheard ticket was not made": [walk_in(UNKNOWN, (0, 1)), nobody(1, (2, 3))],
    "an unheard ticket, an unheard call": [walk_in(UNKNOWN, (0, 1)), op("call", 1, gives=UNKNOWN, at=(2, 3)),
                                           op("call", 1, gives=("open", "x"), at=(4, 5)),
                                           op("finish", "x", gives=DONE, at=(6, 7)), nobody(1, (8, 9))],
    "an unheard check-in": [op("check_in", ("unheard", "code"), "legal", gives=UNKNOWN, at=(0, 1)),
                            new(1, "x", (2, 3))],
    "an unheard end happened": [A, new(1, "a", (2, 3)), op("finish", "a", gives=UNKNOWN, at=(4, 5)),
                                nobody(1, (6, 7))],
    "an unheard end did not happen": [A, new(1, "a", (2, 3)), op("finish", "a", gives=UNKNOWN, at=(4, 5)),
                                      op("call", 1, gives=("open", "a"), at=(6, 7))],
}  # fmt: skip
REJECTED = {
    "called at two desks": [A, new(1, "a", (2, 3)), new(2, "a", (2, 3))],
    "called again after she was through": [A, new(1, "a", (2, 3)), op("finish", "a", gives=DONE, at=(4, 5)),
                                           new(1, "a", (6, 7))],
    "empty although somebody waits": [A, nobody(1, (2, 3))],
    "empty although one of two waits": [A, B, new(1, "a", (2, 3)), nobody(2, (4, 5))],
    "lost at the end": [A, B, new(1, "a", (2, 3)), op("finish", "a", gives=DONE, at=(4, 5)), nobody(1, (6, 7))],
    "called before she came": [new(1, "a", (0, 1)), walk_in("a", (2, 3))],
    "called by a desk without the service": [A, new(3, "a", (2, 3))],
    "called after she left": [A, op("leave", "a", gives=DONE, at=(2, 3)), new(1, "a", (4, 5))],
    "somebody nobody sent": [A, new(1, "x", (2, 3))],
    "two new calls, one desk": [A, B, new(1, "a", (2, 3)), new(1, "b", (4, 5))],
    "back at once after not being here": [A, new(1, "a", (2, 3)), op("no_show", "a", gives=DONE, at=(4, 5)),
                                          new(1, "a", (6, 7))],
    "finished and not here": [A, new(1, "a", (2, 3)), op("finish", "a", gives=DONE, at=(4, 9)),
                              op("no_show", "a", gives=DONE, at=(4, 9))],
    "refused while nobody is served": [A, op("call", 1, gives=REFUSED, at=(2, 3))],
    "one ticket for two": [walk_in("a", (0, 1)), walk_in("a", (0, 1))],
    "a check-in that answers with another visit": [op("check_in", "a", "legal", gives="b", at=(0, 1))],
    "one unheard ticket, two strangers": [walk_in(UNKNOWN, (0, 1)), new(1, "x", (2, 3)), new(2, "y", (2, 3))],
    "an unheard call is one call": [A, B, op("call", 1, gives=UNKNOWN, at=(2, 3)), nobody(2, (4, 5))],
    "an unheard ticket is not from before": [new(1, "x", (0, 1)), walk_in(UNKNOWN, (2, 3))],
    "an unheard end ends one visit": [A, B, new(1, "a", (2, 3)), op("finish", "a", gives=UNKNOWN, at=(4, 5)),
                                      op("call", 1, gives=("open", "b"), at=(6, 7))],
    "the other one called meanwhile": [A, new(1, "a", (2, 3)), op("call", 1, gives=("open", "b"), at=(4, 5))],
}  # fmt: skip


@pytest.mark.parametrize("history", ACCEPTED.values(), ids=ACCEPTED)
def test_what_could_have_happened_is_accepted(history: list[Operation]) -> None:
    assert allowed(*history)


@pytest.mark.parametrize("history", REJECTED.values(), ids=REJECTED)
def test_what_cannot_have_happened_is_rejected(history: list[Operation]) -> None:
    assert not allowed(*history)


def test_an_order_is_given_with_its_end() -> None:
    found = linearization([new(1, "a", (3, 4)), nobody(1, (0, 0.5)), walk_in("a", (1, 5))], Hall(), RULES.step)
    assert found is not None
    assert [one.what for one in found.operations] == ["call", "walk_in", "call"]
    assert found.state == Hall(at=frozenset({At("a", 1, serving=False)}))


def register(state: int, operation: Operation) -> Iterable[int]:
    """A number that can be added to, which gives what it was before."""
    if operation.outcome in (state, UNKNOWN):
        yield state + operation.about[0]


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 2), st.floats(0, 2)), max_size=7), st.randoms())
def test_every_history_that_happened_is_accepted_and_a_wrong_number_is_not(
    acts: list[tuple[int, float, float]], chance: Any
) -> None:
    """Each act takes effect at its own place in time, asked before it and answered after it."""
    total, operations = 0, []
    for place, (amount, before, after) in enumerate(acts):
        known = chance.random() < 0.8
        outcome = total if known else UNKNOWN
        operations.append(op("add", amount, gives=outcome, at=(place - before, place + after)))
        total += amount
    chance.shuffle(operations)
    assert linearization(operations, 0, register) is not None
    wrong = op("add", 0, gives=total + 1, at=(0, 99))
    assert linearization([*operations, wrong], 0, register) is None
