"""What the display of a hall shows: numbers and desks. No name, service, language or code is ever read here (R15)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.tables import days, desks
from onestop.domain.board import MOST_LINES as SHOWN
from onestop.domain.board import is_quiet
from onestop.domain.day import DayState, DeskState
from onestop.domain.errors import DayUnknown, DeskUnknown
from onestop.domain.visit import StopState
from onestop.visits.tables import calls

PLAYED_FOR = timedelta(seconds=60)
"""A call that could not be announced within this time is only shown."""
SERVED_FOR = timedelta(minutes=10)
"""A call stays in its line this long after she came, so that lines do not move more than they must."""
MOST = 60


def _count(table: sa.Table, where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(where).scalar_subquery()


WHO = (
    _count(members, members.c.party_id == parties.c.id).label("people"),
    _count(stop_members, stop_members.c.stop_id == stops.c.id).label("coming"),
    sa.select(sa.func.min(members.c.mark))
    .join_from(members, stop_members)
    .where(stop_members.c.stop_id == stops.c.id)
    .scalar_subquery()
    .label("mark"),
)
"""Columns of a statement over stops and parties that `member_alone` reads."""


def member_alone(row: Any) -> int | None:
    """The mark of the one person of several who is called; none where the whole party is, or is one person."""
    return row.mark if row.coming == 1 < row.people else None


def is_shown() -> sa.ColumnElement[bool]:
    """Whether a board may tell a call at all: a quiet one is told on no board (R19)."""
    return calls.c.quiet.is_(False)


class BoardState(StrEnum):
    """How the hall's day stands."""

    SOON = "soon"
    OPEN = "open"
    PAUSED = "paused"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardDay:
    """The day a board belongs to."""

    id: UUID
    name: str
    timezone: str
    working_language: str
    opens_at: datetime
    state: BoardState
    paused_why: str
    quiet: bool
    """Whether boards make no sound now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCall:
    """One call. `said` counts how often it was announced, `age_seconds` is since the last time."""

    id: int
    said: int
    age_seconds: int
    number: int
    member: int | None
    desk_number: int
    desk_colour: int
    desk_shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The calls, the latest first: the five lines of the board, then what is still to be announced."""

    day: BoardDay
    calls: tuple[BoardCall, ...]
    last: int
    """The highest call id known here, 0 before the first."""

    @property
    def state(self) -> BoardState:
        """As the day stands, but open as soon as somebody is called: a desk may begin early."""
        return BoardState.OPEN if self.day.state is BoardState.SOON and self.calls else self.day.state


def board_day(conn: sa.Connection, slug: str, *, now: datetime) -> BoardDay:
    """The day of a board; one statement. Raises `DayUnknown`."""
    row = conn.execute(sa.select(days).where(days.c.slug == slug)).one_or_none()
    if row is None:
        raise DayUnknown
    return BoardDay(
        id=row.id,
        name=row.name,
        timezone=row.timezone,
        working_language=row.working_language,
        opens_at=row.opens_at,
        state=_state(DayState(row.state), row.paused_at, row.opens_at, now),
        paused_why=row.paused_why,
        quiet=is_quiet(
            now.astimezone(ZoneInfo(row.timezone)).time(), begins=_time(row.quiet_from), ends=_time(row.quiet_until)
        ),
    )


def board(
    conn: sa.Connection,
    day: BoardDay,
    *,
    after: int = 0,
    shown: int = SHOWN,
    only: Collection[int] = (),
    now: datetime,
) -> Board:
    """The lines of a board, and calls later than `after` (or repeated) in the last minute; one statement.

    `shown` is how many lines it has room for, `only` the numbers of the desks it shows; none: all.
    """
    if day.state is BoardState.OVER:
        return Board(day=day, calls=(), last=after)
    said_at = sa.func.coalesce(calls.c.recalled_at, calls.c.called_at)
    rows = conn.execute(
        sa.select(
            calls.c.id,
            calls.c.recalls,
            calls.c.called_at,
            calls.c.recalled_at,
            parties.c.number,
            desks.c.number.label("desk_number"),
            desks.c.colour,
            desks.c.shape,
            *WHO,
        )
        .join_from(calls, stops)
        .join(parties, parties.c.id == stops.c.party_id)
        .join(desks, desks.c.id == calls.c.desk_id)
        .where(
            calls.c.day_id == day.id,
            is_shown(),
            desks.c.number.in_(only) if only else sa.true(),
            sa.or_(
                calls.c.outcome.is_(None),
                sa.and_(calls.c.outcome == "served", calls.c.ended_at > now - SERVED_FOR),
            ),
        )
        .order_by(said_at.desc(), calls.c.id.desc())
        .limit(MOST)
    ).all()
    found = [
        BoardCall(
            id=row.id,
            said=row.recalls + 1,
            age_seconds=int((now - (row.recalled_at or row.called_at)).total_seconds()),
            number=row.number,
            member=member_alone(row),
            desk_number=row.desk_number,
            desk_colour=row.colour,
            desk_shape=row.shape,
        )
        for row in rows
    ]
    new = [
        call for call in found[shown:] if call.age_seconds <= PLAYED_FOR.seconds and (call.id > after or call.said > 1)
    ]
    return Board(day=day, calls=(*found[:shown], *new), last=max((after, *(call.id for call in found))))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSign:
    """What stands on the sign of one desk."""

    number: int
    colour: int
    shape: str
    state: DeskState
    called: int | None
    """The number it calls or serves, unless she is called quietly."""
    member: int | None


def desk_sign(conn: sa.Connection, day: UUID, number: int) -> DeskSign:
    """The sign of a desk of this day; one statement. Raises `DeskUnknown`."""
    now_there = sa.and_(
        calls.c.desk_id == desks.c.id,
        is_shown(),
        sa.or_(calls.c.outcome.is_(None), sa.and_(calls.c.outcome == "served", stops.c.state == StopState.SERVING)),
    )
    row = conn.execute(
        sa.select(
            desks.c.number,
            desks.c.colour,
            desks.c.shape,
            desks.c.state,
            parties.c.number.label("called"),
            *WHO,
        )
        .select_from(desks.outerjoin(sa.join(calls, stops).join(parties, parties.c.id == stops.c.party_id), now_there))
        .where(desks.c.day_id == day, desks.c.number == number)
        .order_by(calls.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise DeskUnknown
    return DeskSign(
        number=row.number,
        colour=row.colour,
        shape=row.shape,
        state=DeskState(row.state),
        called=row.called,
        member=None if row.called is None else member_alone(row),
    )


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def _state(state: DayState, paused_at: datetime | None, opens_at: datetime, now: datetime) -> BoardState:
    if state in (DayState.CLOSED, DayState.CANCELLED):
        return BoardState.OVER
    if paused_at is not None:
        return BoardState.PAUSED
    return BoardState.SOON if state is DayState.DRAFT or now < opens_at else BoardState.OPEN
