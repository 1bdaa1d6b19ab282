"""Say something to everybody at a day, or on one display; it ends by a press, by its time, or with the day."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.tables import broadcasts
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.devices.queries import devices_list
from onestop.domain.broadcast import Broadcast, BroadcastWrong, checked, until
from onestop.domain.day import DayState
from onestop.domain.errors import MoveRefused
from onestop.domain.facts import Fact
from onestop.domain.roles import SYSTEM, Actor, Role


def send_broadcast(conn: sa.Connection, day_id: UUID, message: Broadcast, *, actor: Actor, now: datetime) -> UUID:
    """Say this now; it takes the place of the message before at the same place. The ledger keeps no words.

    Raises `BroadcastWrong`, or `MoveRefused` for a day that is not published.
    """
    day = day_by_id(conn, day_id)
    if day.state is not DayState.PUBLISHED:
        raise MoveRefused
    message = checked(message, desks=frozenset(desk.number for desk in desks_of_day(conn, day_id)))
    if message.board is not None and message.board not in boards_of(conn, day_id):
        raise BroadcastWrong("board")
    same_place = broadcasts.c.device_id == message.board if message.board else broadcasts.c.device_id.is_(None)
    _end(conn, day_id, same_place, now=now)
    made = new_id()
    conn.execute(
        broadcasts.insert().values(
            id=made,
            day_id=day_id,
            device_id=message.board,
            sentence=message.sentence,
            minutes=message.minutes,
            desk=message.desk,
            text=message.text,
            language=message.language,
            said_at=now,
            until_at=until(message, now=now, closes_at=day.closes_at),
        )
    )
    terms = {"sentence": message.sentence.value, "everybody": message.board is None}
    record(conn, Fact(kind="BroadcastSent", at=now, day=day_id, actor=actor.ref, terms=terms))
    return made


def end_broadcast(conn: sa.Connection, day_id: UUID, broadcast: UUID, *, actor: Actor, now: datetime) -> None:
    """Take it away; harmless twice."""
    if _end(conn, day_id, broadcasts.c.id == broadcast, now=now):
        record(conn, Fact(kind="BroadcastEnded", at=now, day=day_id, actor=actor.ref))


def end_due_broadcasts(conn: sa.Connection, day_id: UUID, *, now: datetime) -> int:
    """Take away those whose time is over, so that live screens hear of it; gives how many."""
    ended = _end(conn, day_id, broadcasts.c.until_at <= now, now=now)
    if ended:
        record(conn, Fact(kind="BroadcastEnded", at=now, day=day_id, actor=SYSTEM.ref))
    return ended


def end_broadcasts(conn: sa.Connection, day_id: UUID, *, now: datetime) -> None:
    """The day is over, and what was said on it."""
    _end(conn, day_id, sa.true(), now=now)


def boards_of(conn: sa.Connection, day_id: UUID) -> dict[UUID, str]:
    """The displays that can show the boards of this day, by name."""
    machines = [each for each in devices_list(conn, day_id) if each.revoked_at is None]
    return {each.id: each.name for each in machines if each.kind is Role.DISPLAY}


def _end(conn: sa.Connection, day: UUID, which: sa.ColumnElement[bool], *, now: datetime) -> int:
    return conn.execute(
        broadcasts.update()
        .where(broadcasts.c.day_id == day, broadcasts.c.ended_at.is_(None), which)
        .values(ended_at=now)
    ).rowcount  # fmt: skip
