"""A day made from an earlier one: the same desks, hours, mediators, shifts and order on another date."""

import re
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.days.actions import create_day, free_slug
from onestop.days.dayfile import DayFile
from onestop.days.own_lines import copy_lines
from onestop.days.tables import (
    crew,
    day_always,
    day_languages,
    day_sessions,
    days,
    desk_languages,
    desk_services,
    desks,
    mediator_languages,
    mediators,
    openings,
    precedences,
    shifts,
)
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.day import DayState, local_instant, opening_instants
from onestop.domain.errors import N_, DayUnknown, InvalidInput
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

_DATED = re.compile(r"-\d{4}-\d\d-\d\d(-\d+)?$")
_KEPT = (
    "series_id",
    "venue_id",
    "name",
    "timezone",
    "release",
    "scarce",
    "slot_minutes",
    "arrivals_per_slot",
    "reserve_percent",
    "bookings_per_contact",
    "all_times",
    "reserve_limits",
    "tally",
    "working_language",
    "quiet_from",
    "quiet_until",
    "template",
    "expected",
)


class HoursGone(InvalidInput):
    """The hours of a day fall into the hour that a night in spring leaves out."""

    code = "hours_gone"
    sentence = N_("In this night the clocks go forward, and the hours of this day do not exist. Choose another date.")


def draft_day(conn: sa.Connection, file: DayFile, *, on: date, actor: Actor, now: datetime, template: str = "") -> str:
    """Make a draft day of a day file; gives its address name. Raises `HoursGone`."""
    hours = [(file.opens, file.closes), *((each.opens, each.closes) for each in (*file.desks, *file.mediators))]
    for opens, closes in hours:
        start, end = opening_instants(on, opens, closes, file.timezone)
        if end <= start:
            raise HoursGone(field="on")
    made = create_day(conn, file, on=on, actor=actor, now=now, template=template)
    return conn.execute(sa.select(days.c.slug).where(days.c.id == made)).scalar_one()


def copy_day(conn: sa.Connection, source: UUID, *, on: date, actor: Actor, now: datetime) -> str:
    """A draft like an earlier day, at the same local hours on another date; gives its address name.

    An opening that this date does not have (a night in spring) is left out. Raises `DayUnknown`, `HoursGone`.
    """
    old = conn.execute(sa.select(days).where(days.c.id == source)).one_or_none()
    if old is None:
        raise DayUnknown
    move = _Move(old.on_date, on, ZoneInfo(old.timezone))
    opens_at, closes_at = move.both(old.opens_at, old.closes_at)
    if closes_at <= opens_at:
        raise HoursGone(field="on")
    day = new_id()
    slug = free_slug(conn, f"{_DATED.sub('', old.slug)}-{on.isoformat()}")
    conn.execute(
        days.insert().values(
            id=day,
            slug=slug,
            on_date=on,
            opens_at=opens_at,
            closes_at=closes_at,
            state=DayState.DRAFT,
            **{name: getattr(old, name) for name in _KEPT},
        )
    )
    for table in (day_languages, day_always):
        _copy_rows(conn, table, table.c.day_id == source, day_id=day)
    copy_lines(conn, source, day)
    for pair in conn.execute(sa.select(precedences).where(precedences.c.day_id == source)).mappings().all():
        conn.execute(precedences.insert().values({**pair, "id": new_id(), "day_id": day}))
    for row in conn.execute(sa.select(desks).where(desks.c.day_id == source)).all():
        _copy_desk(conn, row, day, move)
    for row in conn.execute(sa.select(mediators).where(mediators.c.day_id == source)).all():
        _copy_mediator(conn, row, day, move)
    _copy_crew(conn, source, day, move)
    record(conn, Fact(kind="DayCreated", at=now, day=day, actor=actor.ref, terms={"copied": True}))
    return slug


class _Move:
    """From instants of one date to the same local hours of another."""

    def __init__(self, before: date, then: date, zone: ZoneInfo) -> None:
        self._before, self._then, self._zone = before, then, zone

    def both(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        return self._one(start), self._one(end)

    def _one(self, at: datetime) -> datetime:
        local = at.astimezone(self._zone)
        on = self._then + timedelta(days=(local.date() - self._before).days)
        return local_instant(on, local.time(), self._zone)


def _copy_desk(conn: sa.Connection, row: sa.Row[tuple[object, ...]], day: UUID, move: _Move) -> None:
    desk = new_id()
    conn.execute(
        desks.insert().values(
            id=desk,
            day_id=day,
            institution_id=row.institution_id,
            number=row.number,
            colour=row.colour,
            shape=row.shape,
            state="closed",
        )
    )
    for table in (desk_services, desk_languages):
        _copy_rows(conn, table, table.c.desk_id == row.id, desk_id=desk)
    for opening in conn.execute(sa.select(openings).where(openings.c.desk_id == row.id)).all():
        start, end = move.both(opening.opens_at, opening.closes_at)
        if start < end:
            conn.execute(openings.insert().values(id=new_id(), desk_id=desk, opens_at=start, closes_at=end))
    for one in conn.execute(sa.select(day_sessions).where(day_sessions.c.desk_id == row.id)).mappings().all():
        start, end = move.both(one["starts_at"], one["starts_at"] + timedelta(minutes=one["minutes"]))
        if start < end:
            copied = {**one, "id": new_id(), "day_id": day, "desk_id": desk, "starts_at": start}
            conn.execute(day_sessions.insert().values(copied))


def _copy_mediator(conn: sa.Connection, row: sa.Row[tuple[object, ...]], day: UUID, move: _Move) -> None:
    start, end = move.both(row.opens_at, row.closes_at)
    if start >= end:
        return
    mediator = new_id()
    conn.execute(
        mediators.insert().values(
            id=mediator,
            day_id=day,
            account_id=row.account_id,
            label=row.label,
            state="free",
            opens_at=start,
            closes_at=end,
        )
    )
    _copy_rows(conn, mediator_languages, mediator_languages.c.mediator_id == row.id, mediator_id=mediator)


def _copy_crew(conn: sa.Connection, source: UUID, day: UUID, move: _Move) -> None:
    """The places with their hours; nobody said that she comes again, so none has a name."""
    numbers = {row.number: row.id for row in conn.execute(sa.select(desks).where(desks.c.day_id == day))}
    rows = conn.execute(
        sa.select(crew, desks.c.number, sa.func.coalesce(desks.c.institution_id, crew.c.institution_id).label("of"))
        .select_from(crew)
        .outerjoin(desks, desks.c.id == crew.c.desk_id)
        .where(crew.c.day_id == source)
    )
    for row in rows.all():
        own = conn.execute(sa.select(shifts).where(shifts.c.crew_id == row.id)).all()
        hours = [move.both(each.opens_at, each.closes_at) for each in own]
        if not any(start < end for start, end in hours):
            continue
        person = new_id()
        desk = numbers.get(row.number)
        conn.execute(crew.insert().values(id=person, day_id=day, work=row.work, desk_id=desk, institution_id=row.of))
        for start, end in hours:
            if start < end:
                conn.execute(shifts.insert().values(id=new_id(), crew_id=person, opens_at=start, closes_at=end))


def _copy_rows(conn: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool], **changed: UUID) -> None:
    rows = [{**row, **changed} for row in conn.execute(sa.select(table).where(where)).mappings()]
    if rows:
        conn.execute(table.insert(), rows)
