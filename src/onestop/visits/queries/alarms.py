"""Open calls for help of a day: where, since when, who comes. No name, no reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.tables import desks
from onestop.domain.help import CalledBy, HelpEnding
from onestop.visits.queries.people import DeskSpot
from onestop.visits.tables import alarms

RISES_AFTER = timedelta(minutes=2)
"""A call for help that nobody has answered for so long is said to be so, everywhere it stands."""
ENDED_IS_TOLD = timedelta(minutes=1)
"""So long a desk reads that a call for help has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A call for help: at a desk, for a visitor by her ticket number, or in the hall without either."""

    id: UUID
    desk_id: UUID | None
    desk: DeskSpot | None
    party: UUID | None
    number: int | None
    languages: tuple[str, ...]
    asked_at: datetime
    coming_at: datetime | None
    coming_desk: int | None
    """The desk somebody comes from; none from the floor."""
    ended_at: datetime | None
    called_by: CalledBy
    ending: HelpEnding | None
    mine: bool = False
    """Whether it was called from the very browser that is shown it, which then does not answer it."""

    def is_of(self, desk: UUID) -> bool:
        """Whether this desk itself asked; what others ask for beside it is not its own call."""
        return self.desk_id == desk and self.called_by is CalledBy.DESK

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.coming_at is None and self.ended_at is None

    @property
    def rises_at(self) -> datetime:
        """When it is said that nobody answered."""
        return self.asked_at + RISES_AFTER

    @property
    def told_until(self) -> datetime | None:
        """When its end is no news any more."""
        return None if self.ended_at is None else self.ended_at + ENDED_IS_TOLD


def open_alarms(conn: sa.Connection, day: UUID) -> tuple[Alarm, ...]:
    """The oldest first, those of desks before those of visitors; one statement."""
    return _alarms(conn, alarms.c.day_id == day, alarms.c.ended_at.is_(None))


def alarms_of_desks(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[Alarm, ...]:
    """The open ones of desks and of the hall, and after them for a minute those that ended; one statement."""
    lately = sa.or_(alarms.c.ended_at.is_(None), alarms.c.ended_at > now - ENDED_IS_TOLD)
    found = _alarms(conn, alarms.c.day_id == day, alarms.c.party_id.is_(None), lately)
    return tuple(sorted(found, key=lambda alarm: alarm.ended_at is not None))


def _alarms(conn: sa.Connection, *which: sa.ColumnElement[bool]) -> tuple[Alarm, ...]:
    helper = desks.alias()
    rows = conn.execute(
        sa.select(
            alarms,
            desks.c.number.label("desk"),
            desks.c.colour,
            desks.c.shape,
            helper.c.number.label("coming_desk"),
            parties.c.number,
            parties.c.languages,
        )
        .join_from(alarms, desks, desks.c.id == alarms.c.desk_id, isouter=True)
        .outerjoin(helper, helper.c.id == alarms.c.coming_desk_id)
        .outerjoin(parties, parties.c.id == alarms.c.party_id)
        .where(*which)
        .order_by(alarms.c.desk_id.is_(None), alarms.c.asked_at, alarms.c.id)
    )
    return tuple(
        Alarm(
            id=row.id,
            desk_id=row.desk_id,
            desk=DeskSpot(number=row.desk, colour=row.colour, shape=row.shape) if row.desk_id is not None else None,
            party=row.party_id,
            number=row.number,
            languages=tuple(row.languages or ()),
            asked_at=row.asked_at,
            coming_at=row.coming_at,
            coming_desk=row.coming_desk,
            ended_at=row.ended_at,
            called_by=CalledBy(row.called_by),
            ending=HelpEnding(row.ending) if row.ending is not None else None,
        )
        for row in rows
    )


def open_alarm_of(conn: sa.Connection, party: UUID) -> Alarm | None:
    """The call for help for this number, while it is open; one statement."""
    return next(iter(_alarms(conn, alarms.c.party_id == party, alarms.c.ended_at.is_(None))), None)


def help_comes(conn: sa.Connection, party: UUID) -> bool | None:
    """Whether somebody comes to this visitor; `None` while she has not asked for help."""
    row = conn.execute(
        sa.select(alarms.c.coming_at).where(alarms.c.party_id == party, alarms.c.ended_at.is_(None))
    ).one_or_none()
    return None if row is None else row.coming_at is not None
