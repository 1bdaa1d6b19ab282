"""Sessions of a day, added, changed and removed by its organiser under the rules of `days.setup`."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.setup import end_change
from onestop.days.setup_values import SetupWrong, check_range
from onestop.days.tables import day_sessions
from onestop.days.versions import begin_change
from onestop.db.types import new_id
from onestop.domain.capacity import LONGEST_SESSION, MOST_SEATS, SHORTEST_SESSION
from onestop.domain.day import local_instant
from onestop.domain.errors import N_, DeskUnknown, NotKnown
from onestop.domain.roles import Actor

DESK_WITHOUT = N_("This desk does not offer this service. Please choose one that does.")
OUTSIDE = N_("The session must lie within the hours of its desk.")
OVERLAP = N_("The desk holds another session at this time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What the form of a session says; its start is local, and without a language everybody can follow."""

    desk: UUID
    service: UUID
    starts: time
    minutes: int
    seats: int
    language: str = ""


def add_session(
    conn: sa.Connection,
    day_id: UUID,
    settings: SessionSettings,
    *,
    session: UUID | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Add a session, or one that was removed and comes back, be its desk open or not.

    Raises `SetupWrong`, `Changed`, `SetupOver`.
    """
    day = begin_change(conn, day_id, version)
    values = _values(conn, day, settings, session=None, returns=session is not None)
    session = session or new_id()
    conn.execute(day_sessions.insert().values(id=session, day_id=day_id, **values))
    end_change(conn, day_id, "SessionAdded", actor=actor, now=now, desk=settings.desk)
    return session


def change_session(
    conn: sa.Connection,
    day_id: UUID,
    session: UUID,
    settings: SessionSettings,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a session; its seats are never cut below those that are booked. Raises `NotKnown` and as `add_session`."""
    day = begin_change(conn, day_id, version)
    _check_known(conn, day_id, session)
    values = _values(conn, day, settings, session=session)
    conn.execute(day_sessions.update().where(day_sessions.c.id == session).values(**values))
    end_change(conn, day_id, "SessionChanged", actor=actor, now=now, desk=settings.desk)


def remove_session(
    conn: sa.Connection, day_id: UUID, session: UUID, *, version: int, actor: Actor, now: datetime
) -> None:
    """Take a session away. Raises `NotKnown`, `Changed`, `SetupOver`."""
    begin_change(conn, day_id, version)
    _check_known(conn, day_id, session)
    conn.execute(day_sessions.delete().where(day_sessions.c.id == session))
    end_change(conn, day_id, "SessionRemoved", actor=actor, now=now)


def _values(
    conn: sa.Connection, day: Day, settings: SessionSettings, *, session: UUID | None, returns: bool = False
) -> dict[str, object]:
    desk = next((each for each in desks_of_day(conn, day.id) if each.id == settings.desk), None)
    if desk is None:
        raise DeskUnknown
    if settings.service not in desk.services:
        raise SetupWrong("service", DESK_WITHOUT)
    check_range("minutes", settings.minutes, SHORTEST_SESSION, LONGEST_SESSION)
    check_range("seats", settings.seats, 1, MOST_SEATS)
    start = local_instant(day.on, settings.starts, day.zone)
    if start < day.opens_at:
        # A day that goes on after midnight.
        start = local_instant(day.on + timedelta(days=1), settings.starts, day.zone)
    end = start + timedelta(minutes=settings.minutes)
    if not returns and not desk.holds(start, end):
        raise SetupWrong("starts", OUTSIDE)
    for other in sessions_of_day(conn, day.id):
        if other.desk == desk.id and other.id != session and start < other.ends_at and other.starts_at < end:
            raise SetupWrong("starts", OVERLAP)
    return {
        "desk_id": desk.id,
        "service_id": settings.service,
        "starts_at": start,
        "minutes": settings.minutes,
        "language": settings.language,
        "seats": settings.seats,
    }


def _check_known(conn: sa.Connection, day_id: UUID, session: UUID) -> None:
    if not any(each.id == session for each in sessions_of_day(conn, day_id)):
        raise NotKnown
