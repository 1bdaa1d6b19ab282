"""A draw over many requests: it ends, and never holds up the day for long."""

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.draws import request_place
from onestop.booking.drawing import run_draw
from onestop.booking.tables import draw_entries
from onestop.days.drawing import announce_draw
from onestop.days.queries.draws import the_draw
from onestop.days.tables import days
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.domain.draw import ranked, result_hash
from onestop.domain.roles import VISITOR
from tests.booking.test_draws import audit, results, set_time
from tests.halls import KEY, TestDay, make_test_day

MOST = 0.1
"""Seconds of work under the lock of the day, of nearly all transactions; the first one also builds its statements."""


def ask_many(hall: TestDay, count: int) -> None:
    """Requests of parties of one and two for one service or two, a hundred in one transaction."""
    keys = [service.key for service in hall.offer.services]
    wishes = [hall.wish(key, adults=adults) for key in keys for adults in (1, 2)]
    wishes += [hall.wish(one, other) for one, other in pairwise(keys)]

    def ask(conn: sa.Connection, first: int) -> None:
        for nth in range(first, min(first + 100, count)):
            wish = wishes[nth % len(wishes)]
            channel = Channel.RECEPTION
            request_place(conn, hall.id, wish, channel=channel, key=KEY, actor=VISITOR, now=hall.now)

    for first in range(0, count, 100):
        hall.db.write_now(ask, first, day=hall.id)


def watched(database: Database, spans: list[tuple[float, float, str]]) -> Callable[..., Any]:
    """`write_now` that notes how long each action worked, and how long it took by the clock on the wall."""
    write = database.write_now

    def watch(action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        def act(conn: sa.Connection, *given: Any, **kwargs: Any) -> Any:
            work, wall = time.thread_time(), time.perf_counter()
            try:
                return action(conn, *given, **kwargs)
            finally:
                spans.append((time.thread_time() - work, time.perf_counter() - wall, action.__name__))

        return write(act, *args, **more)

    return watch


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.full)])
def test_a_draw_over_many_requests_ends_and_holds_the_day_only_for_moments(
    database: Database, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = make_test_day(database)
    database.write_now(lambda conn: conn.execute(days.update().values(release=Release.DRAW)))
    set_time(hall, hall.day.opens_at - timedelta(days=2))
    opens_at = hall.now + timedelta(hours=1)
    hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=opens_at + timedelta(hours=10), key=KEY)
    set_time(hall, opens_at)
    ask_many(hall, count)
    set_time(hall, opens_at + timedelta(hours=10))
    spans: list[tuple[float, float, str]] = []
    monkeypatch.setattr(database, "write_now", watched(database, spans))
    began = time.perf_counter()
    assert run_draw(database, hall.id, key=KEY) is True
    took = time.perf_counter() - began

    work = sorted(spans)
    walls = sorted(wall for _, wall, _ in spans)
    print(
        f"\n{count} requests: {took:.1f} s, {len(spans)} transactions;"
        f" work {work[len(work) // 2][0] * 1000:.0f} ms (median), {work[-1][0] * 1000:.0f} ms (longest, {work[-1][2]});"
        f" wall {walls[len(walls) // 2] * 1000:.0f} ms (median), {walls[int(len(walls) * 0.99)] * 1000:.0f} ms (p99)"
    )
    assert work[int(len(work) * 0.95)][0] < MOST, work[-3:]
    drawn = database.read_now(the_draw, hall.id)
    told = results(hall)
    assert drawn.seed is not None
    ids = database.read_now(lambda conn: conn.execute(sa.select(draw_entries.c.id)).scalars().all())
    assert [request for _, request, _ in told] == ranked(drawn.seed, ids)
    assert len(told) == count
    assert drawn.result_hash == result_hash(told)  # type: ignore[arg-type]
    assert {outcome for _, _, outcome in told} == {"drawn", "listed"}
    if count < 1000:
        audit(hall)


def test_the_helper_notes_every_transaction(database: Database) -> None:
    spans: list[tuple[float, float, str]] = []

    def nothing(conn: sa.Connection) -> UUID:
        return UUID(int=1)

    assert watched(database, spans)(nothing) == UUID(int=1)
    assert [name for _, _, name in spans] == ["nothing"]
