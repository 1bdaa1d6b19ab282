"""What must never be is refused by the database itself, whatever a program writes (R2, R7, R9)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from onestop.booking.tables import parties, stop_members, stops
from onestop.visits.tables import calls, visits
from tests.halls import TestDay

Write = Callable[[TestDay], sa.UpdateBase]


def _other_desk(hall: TestDay) -> sa.UpdateBase:
    """Both open calls at one desk; their stops stay where they are."""
    return calls.update().values(desk_id=hall.desks[1].id)


def _everywhere(_: TestDay) -> sa.UpdateBase:
    """Everybody at each of her stops at once."""
    return stop_members.update().values(active=True)


def _one_number(_: TestDay) -> sa.UpdateBase:
    return parties.update().values(number=100)


def _one_code(_: TestDay) -> sa.UpdateBase:
    return parties.update().values(code_hash="0" * 64)


def _one_short_code(_: TestDay) -> sa.UpdateBase:
    return parties.update().values(short_hash="0" * 64)


def _one_nonce(_: TestDay) -> sa.UpdateBase:
    return visits.update().values(nonce="printed at the machine")


NEVER: dict[str, Write] = {
    "two open calls at a desk": _other_desk,
    "a person in two places": _everywhere,
    "a number twice": _one_number,
    "a code twice": _one_code,
    "a short code twice": _one_short_code,
    "a ticket of a machine twice": _one_nonce,
}


@pytest.fixture
def called(hall: TestDay) -> TestDay:
    """Two visitors called to two desks; the first has a second stop, so that she could be in two places."""
    hall.walk_in(hall.wish("legal", "social"))
    hall.walk_in(hall.wish("social"))
    assert {hall.next(1).new, hall.next(2).new} == {True}
    open_calls = hall.db.read_now(lambda conn: conn.execute(sa.select(calls.c.desk_id)).scalars().all())
    assert sorted(open_calls) == sorted([hall.desks[1].id, hall.desks[2].id])
    each = hall.db.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(stops)).scalar())
    assert each == 3
    return hall


@pytest.mark.parametrize("name", NEVER)
def test_the_database_refuses(called: TestDay, name: str) -> None:
    with pytest.raises(IntegrityError):
        called.db.write_now(lambda conn: conn.execute(NEVER[name](called)))
