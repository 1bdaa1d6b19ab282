"""Running a draw: its steps one after the other, each a short transaction; a draw that stopped goes on where it was."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.draws import (
    RANK_AT_ONCE,
    Giving,
    close_draw,
    give_places,
    publish_seed,
    requests_of,
    write_ranks,
)
from onestop.booking.tables import draw_entries
from onestop.days.queries.draws import the_draw
from onestop.db.session import Database
from onestop.domain.draw import ranked
from onestop.domain.roles import SYSTEM, Actor

T = TypeVar("T")


def run_draw(db: Database, day: UUID, *, key: bytes, actor: Actor = SYSTEM, steps: int | None = None) -> bool:
    """Close the list if that was not done, tell the seed, give places; gives whether all of it is done.

    With `steps` it stops after so many transactions, and somebody calls it again. Raises `DrawNotYet` while requests
    are taken, `NoDraw`, `DrawKeyChanged`.
    """
    todo = _steps(db, day, key=key, actor=actor)
    if steps is None:
        for _ in todo:
            pass
        return True
    with suppress(StopIteration):
        for _ in range(steps):
            next(todo)
        return db.read_now(the_draw, day).drawn_at is not None
    return True


def _steps(db: Database, day: UUID, *, key: bytes, actor: Actor) -> Iterator[None]:
    def write(action: Callable[..., T], *args: Any, **more: Any) -> T:
        return db.write_now(action, day, *args, now=db.now(), day=day, **more)

    draw = db.read_now(the_draw, day)
    if draw.drawn_at is not None:
        return
    while not write(close_draw, actor=actor):
        yield
    seed = write(publish_seed, key=key, actor=actor)
    if draw.seed is None:
        yield
    if left := db.read_now(_unranked, day):
        ranks = enumerate(ranked(seed, db.read_now(requests_of, day)), start=1)
        todo = [(request, rank) for rank, request in ranks if request in left]
        for first in range(0, len(todo), RANK_AT_ONCE):
            write(write_ranks, dict(todo[first : first + RANK_AT_ONCE]))
            yield
    done = Giving()
    while not done.over:
        done = write(give_places, done)
        yield


def _unranked(conn: sa.Connection, day: UUID) -> frozenset[UUID]:
    without = sa.select(draw_entries.c.id).where(draw_entries.c.day_id == day, draw_entries.c.rank.is_(None))
    return frozenset(conn.execute(without).scalars())
