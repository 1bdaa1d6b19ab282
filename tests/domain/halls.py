"""Small halls for tests of the calling rule: desks, waiting stops and mediators with plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.calling import Desk, HallState, Mediator, WaitingStop, calling_rule

NOW = datetime(2027, 3, 9, 10, 0, tzinfo=UTC)
POLICE, LABOUR = UUID(int=901), UUID(int=902)
MINUTE = timedelta(minutes=1)


def desk(n: int = 1, **changes: Any) -> Desk:
    plain = Desk(
        id=UUID(int=100 + n), number=n, services=frozenset({POLICE}), languages=frozenset({"sk"}), closes_at=None
    )
    return replace(plain, **changes)


def stop(n: int, **changes: Any) -> WaitingStop:
    """Stop n of visit n and member n, who speaks Slovak, has waited 10 min and has 15 min still to do."""
    plain = WaitingStop(
        stop=UUID(int=n),
        visit=UUID(int=n),
        service=POLICE,
        members=frozenset({UUID(int=1000 + n)}),
        languages=("sk",),
        interpreter=Interpreter.NONE,
        waited_minutes=10.0,
        remaining_minutes=15.0,
        need=False,
        precedence_met=True,
        callable_from=None,
        only_desk=None,
        parked=False,
        number=100 + n,
    )
    return replace(plain, **changes)


def mediator(n: int, *languages: str, **changes: Any) -> Mediator:
    plain = Mediator(
        id=UUID(int=500 + n),
        languages=frozenset(languages),
        free=True,
        opens_at=NOW - 60 * MINUTE,
        closes_at=NOW + 60 * MINUTE,
    )
    return replace(plain, **changes)


def hall(*mediators: Mediator, **changes: Any) -> HallState:
    plain = HallState(
        mediators=mediators,
        busy_members=frozenset(),
        backlog_minutes={},
        spoken=frozenset({"sk"}).union(*(each.languages for each in mediators)),
    )
    return replace(plain, **changes)


def called(at: Desk, *waiting: WaitingStop, state: HallState | None = None) -> int | None:
    choice = calling_rule(at, waiting, state or hall(), NOW)
    return None if choice is None else choice.stop.int


def arabic(n: int, **changes: Any) -> WaitingStop:
    return stop(n, languages=("ar",), interpreter=Interpreter.NEEDED, **changes)
