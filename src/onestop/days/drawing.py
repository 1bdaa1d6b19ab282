"""Announcing a draw: its window, and the commitment to a seed that nobody can choose afterwards."""

import secrets
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.draws import draw_of
from onestop.days.setup_values import SetupWrong
from onestop.days.tables import draws
from onestop.db.ledger import record
from onestop.db.statements import insert
from onestop.domain.day import DayState, Release, check_running
from onestop.domain.draw import BEFORE_THE_DAY, SHORTEST_WINDOW, commitment_of, draw_seed
from onestop.domain.errors import N_, DrawBegun, DrawDay
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

WINDOW_PAST = N_("The time for requests must begin later than now.")
WINDOW_SHORT = N_("The time for requests must end at least one hour after it begins.")
WINDOW_LATE = N_("The time for requests must end at least 12 hours before the day opens.")


def announce_draw(
    conn: sa.Connection,
    day_id: UUID,
    *,
    opens_at: datetime,
    closes_at: datetime,
    day_opens_at: datetime | None = None,
    key: bytes,
    actor: Actor,
    now: datetime,
) -> None:
    """Say when requests are taken; the first time the seed is fixed by its commitment, which never changes again.

    The same window again changes nothing. Raises `SetupWrong`, and `DrawBegun` once a published window has opened.
    """
    day = day_by_id(conn, day_id)
    if day.state is not DayState.DRAFT:
        check_running(day.state)
    known = draw_of(conn, day_id)
    if known is not None and (known.opens_at, known.closes_at) == (opens_at, closes_at):
        return
    check_not_begun(conn, day, now=now)
    check_window(day_opens_at or day.opens_at, opens_at, closes_at, now=now)
    if known is None:
        nonce = secrets.token_hex(16)
        commitment = commitment_of(draw_seed(key, day=day_id, nonce=nonce))
        insert(conn, draws, day_id=day_id, opens_at=opens_at, closes_at=closes_at, nonce=nonce, commitment=commitment)
    else:
        conn.execute(draws.update().where(draws.c.day_id == day_id).values(opens_at=opens_at, closes_at=closes_at))
    terms = {"hours": int((closes_at - opens_at).total_seconds() // 3600)}
    record(conn, Fact(kind="DrawAnnounced", at=now, day=day_id, actor=actor.ref, terms=terms))


def check_not_begun(conn: sa.Connection, day: Day, *, now: datetime) -> None:
    """Raise `DrawBegun` if people can ask for a place on this day, or could."""
    known = draw_of(conn, day.id)
    published = day.state is not DayState.DRAFT and day.release is Release.DRAW
    if known is not None and published and (now >= known.opens_at or known.closed_at is not None):
        raise DrawBegun


def check_window(day_opens_at: datetime, opens_at: datetime, closes_at: datetime, *, now: datetime) -> None:
    """Raise `SetupWrong` for a window that has begun, is too short, or ends too near to the day."""
    if opens_at <= now:
        raise SetupWrong("draw_opens", WINDOW_PAST)
    if closes_at - opens_at < SHORTEST_WINDOW:
        raise SetupWrong("draw_closes", WINDOW_SHORT)
    if day_opens_at - closes_at < BEFORE_THE_DAY:
        raise SetupWrong("draw_closes", WINDOW_LATE)


def check_drawn(conn: sa.Connection, day: Day) -> None:
    """Nobody books a time of a draw's day before the draw, at no door. Raises `DrawDay`."""
    if day.release is not Release.DRAW:
        return
    known = draw_of(conn, day.id)
    if known is None or known.drawn_at is None:
        raise DrawDay
