"""What a hall does, one act after the other: the sequential specification of arriving, calling and ending a stop.

Each visitor has one stop. Whom of the callable a desk calls is the calling rule's business and is left open here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.reliability.linearizability import UNKNOWN, Operation

NOBODY = "nobody"
REFUSED = "refused"
DONE = "done"


@dataclass(frozen=True, slots=True)
class Waits:
    """A visitor who may be called for a service; one whose ticket never reached its asker has a made-up name."""

    visitor: Any
    service: str


@dataclass(frozen=True, slots=True)
class At:
    """A visitor called to a desk; `serving` once the conversation has begun."""

    visitor: Any
    desk: Any
    serving: bool


@dataclass(frozen=True, slots=True)
class Hall:
    """Who waits, who is at a desk, who is through, and who was set aside for longer than a history takes."""

    waiting: frozenset[Waits] = frozenset()
    at: frozenset[At] = frozenset()
    through: frozenset[Any] = frozenset()
    aside: frozenset[Any] = frozenset()
    left: frozenset[Any] = frozenset()


class Rules:
    """The specification for desks with these services; `named` are the visitors some answer has named.

    Operations: `walk_in(service)` → visitor, `check_in(visitor, service)` → visitor, `call(desk)` → ("new" or "open",
    visitor), `NOBODY` or `REFUSED`, and `serve`, `finish`, `no_show`, `leave(visitor)` → `DONE` or `REFUSED`.
    """

    def __init__(self, desks: Mapping[Any, Collection[str]], named: Collection[Any]) -> None:
        self._desks = desks
        self._named = frozenset(named)

    def step(self, hall: Hall, operation: Operation) -> Iterable[Hall]:
        """The halls that may follow when this happens now and is answered like this."""
        return getattr(self, f"_{operation.what}")(hall, *operation.about, operation=operation)

    def _walk_in(self, hall: Hall, service: str, *, operation: Operation) -> Iterator[Hall]:
        visitor = operation.outcome if operation.known else ("unheard", operation.invoked)
        if not _known(hall, visitor):
            yield replace(hall, waiting=hall.waiting | {Waits(visitor, service)})

    def _check_in(self, hall: Hall, visitor: Any, service: str, *, operation: Operation) -> Iterator[Hall]:
        if operation.outcome not in (visitor, UNKNOWN):
            return
        yield hall if _known(hall, visitor) else replace(hall, waiting=hall.waiting | {Waits(visitor, service)})

    def _call(self, hall: Hall, desk: Any, *, operation: Operation) -> Iterator[Hall]:
        here = next((one for one in hall.at if one.desk == desk), None)
        if here is not None:
            seen = REFUSED if here.serving else ("open", here.visitor)
            if operation.outcome in (seen, UNKNOWN) or self._meant(operation, here):
                yield self._renamed(hall, here, operation) if self._meant(operation, here) else hall
            return
        callable_here = [one for one in hall.waiting if one.service in self._desks[desk]]
        if not callable_here and operation.outcome in (NOBODY, UNKNOWN):
            yield hall
        for one in callable_here:
            if not operation.known:
                yield _called(hall, one, one.visitor, desk)
            elif operation.outcome in (NOBODY, REFUSED):
                continue
            elif operation.outcome[0] == "new" and self._is(one.visitor, operation.outcome[1]):
                yield _called(hall, one, operation.outcome[1], desk)

    def _serve(self, hall: Hall, visitor: Any, *, operation: Operation) -> Iterator[Hall]:
        here = _at(hall, visitor)
        if here is not None and operation.outcome in (DONE, UNKNOWN):
            yield replace(hall, at=hall.at - {here} | {replace(here, serving=True)})
        elif here is None and operation.outcome in (REFUSED, UNKNOWN):
            yield hall

    def _finish(self, hall: Hall, visitor: Any, *, operation: Operation) -> Iterator[Hall]:
        here = _at(hall, visitor)
        if here is not None and operation.outcome in (DONE, UNKNOWN):
            yield replace(hall, at=hall.at - {here}, through=hall.through | {visitor})
        elif here is None and operation.outcome in (DONE if visitor in hall.through else REFUSED, UNKNOWN):
            yield hall

    def _no_show(self, hall: Hall, visitor: Any, *, operation: Operation) -> Iterator[Hall]:
        here = _at(hall, visitor)
        if here is not None and not here.serving:
            if operation.outcome in (DONE, UNKNOWN):
                yield replace(hall, at=hall.at - {here}, aside=hall.aside | {visitor})
        elif operation.outcome in (REFUSED, UNKNOWN):
            yield hall

    def _leave(self, hall: Hall, visitor: Any, *, operation: Operation) -> Iterator[Hall]:
        here = _at(hall, visitor)
        if here is not None and here.serving:
            if operation.outcome in (REFUSED, UNKNOWN):
                yield hall
        elif operation.outcome in (DONE, UNKNOWN):
            gone = visitor in hall.through or visitor in hall.left
            yield (
                hall
                if gone
                else replace(
                    hall,
                    waiting=frozenset(one for one in hall.waiting if one.visitor != visitor),
                    at=frozenset(one for one in hall.at if one.visitor != visitor),
                    aside=hall.aside - {visitor},
                    left=hall.left | {visitor},
                )
            )

    def _is(self, waits: Any, called: Any) -> bool:
        """Whether the one who waits is the one who was called: herself, or somebody whose ticket nobody received."""
        return waits == called or (called not in self._named and isinstance(waits, tuple))

    def _meant(self, operation: Operation, here: At) -> bool:
        """A call that is open here named somebody who was only known as *unheard*, called by an unheard press."""
        outcome = operation.outcome
        open_call = isinstance(outcome, tuple) and outcome[0] == "open" and not here.serving
        return open_call and here.visitor != outcome[1] and self._is(here.visitor, outcome[1])

    def _renamed(self, hall: Hall, here: At, operation: Operation) -> Hall:
        return replace(hall, at=hall.at - {here} | {replace(here, visitor=operation.outcome[1])})


def _called(hall: Hall, one: Waits, visitor: Any, desk: Any) -> Hall:
    return replace(hall, waiting=hall.waiting - {one}, at=hall.at | {At(visitor, desk, serving=False)})


def _at(hall: Hall, visitor: Any) -> At | None:
    return next((one for one in hall.at if one.visitor == visitor), None)


def _known(hall: Hall, visitor: Any) -> bool:
    return (
        visitor in hall.through
        or visitor in hall.aside
        or visitor in hall.left
        or any(one.visitor == visitor for one in (*hall.waiting, *hall.at))
    )
