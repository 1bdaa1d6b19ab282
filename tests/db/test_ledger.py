"""The ids of a day's facts are in the order of what happened, also where transactions wait for each other (R5)."""

from threading import Event, Thread
from uuid import uuid4

import pytest
import sqlalchemy as sa

from onestop.db.ledger import facts, record
from onestop.db.session import Database
from onestop.domain.facts import Fact
from tests.halls import TestDay, make_test_day


@pytest.mark.parametrize("asked", [True, False], ids=["lock asked for", "by its line alone"])
def test_facts_of_a_day_are_numbered_in_the_order_in_which_they_happened(database: Database, asked: bool) -> None:
    hall = make_test_day(database)
    day, who, inside, go_on = hall.id, uuid4(), Event(), Event()

    def tell(conn: sa.Connection, *kinds: str, waits: bool = False) -> None:
        for kind in kinds:
            record(conn, Fact(kind=kind, at=hall.now, day=day, visit=who))
            if waits:
                inside.set()
                assert go_on.wait(10)

    asks = {"day": day if asked else None}
    first = Thread(target=database.write_now, args=(tell, "First", "Second"), kwargs={**asks, "waits": True})
    first.start()
    assert inside.wait(10)
    # She who comes second asks while the first is in the middle of its work.
    second = Thread(target=database.write_now, args=(tell, "Third"), kwargs=asks)
    second.start()
    assert _waits(hall)
    go_on.set()
    first.join()
    second.join()

    told = sa.select(facts.c.kind).where(facts.c.visit_id == who).order_by(facts.c.id)
    assert list(database.read_now(lambda conn: conn.execute(told).scalars())) == ["First", "Second", "Third"]


def _waits(hall: TestDay) -> bool:
    """Whether a transaction waits for the day; on SQLite it cannot be seen and is not in doubt: there is one writer."""
    if hall.db.is_sqlite:
        return True
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    for _ in range(200):
        if hall.db.read_now(lambda conn: conn.execute(waiting).scalar()):
            return True
        Event().wait(0.02)
    return False
