"""Changes of who works at a day and when, by its organiser. Mediators are changed in `days.setup`: plans hang on them.

A change names the version of the day it was made from, as every change of a set-up does, and touches no visitor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.days.history import keep_change
from onestop.days.queries.days import Day
from onestop.days.queries.picture import picture_of
from onestop.days.setup_values import HOURS_MISSING, HOURS_OVERLAP, HOURS_WRONG, Hours, SetupWrong
from onestop.days.tables import crew, days, desks, shifts
from onestop.days.versions import SetupOver, begin_change
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.crew import Work, overlap, shift_instants
from onestop.domain.errors import N_, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.intervals import Interval
from onestop.domain.roles import Actor

T = TypeVar("T")
FAR_FROM_DAY = N_("A shift can begin 4 hours before the day and end 4 hours after it, not more.")
PLACE_MISSING = N_("Please choose an institution or a desk.")
LONGEST_LABEL = 80
MOST_SHIFTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSettings:
    """What the form of a person says; hours are local. Without a label it is a place that nobody fills yet."""

    work: Work
    label: str
    institution: UUID | None = None
    """Of an officer; a desk brings its own."""
    desk: UUID | None = None
    account: UUID | None = None
    hours: tuple[Hours, ...] = ()


def set_crew(
    conn: sa.Connection, day: UUID, act: Callable[..., T], *args: Any, actor: Actor, now: datetime, **more: Any
) -> T:
    """Do one of the changes below and keep in the history what differs."""
    before = picture_of(conn, day)
    result = act(conn, day, *args, actor=actor, now=now, **more)
    keep_change(conn, day, before, touched={}, actor=actor, now=now)
    return result


def add_person(
    conn: sa.Connection,
    day_id: UUID,
    settings: PersonSettings,
    *,
    person: UUID | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Add a person, or one who was taken away and comes back. Raises `SetupWrong`, `Changed`, `SetupOver`."""
    day = _begin(conn, day_id, version)
    values, hours = _checked(conn, day, settings)
    person = person or new_id()
    conn.execute(crew.insert().values(id=person, day_id=day_id, **values))
    _write_shifts(conn, person, hours)
    _note(conn, day, "PersonAdded", settings.work, actor=actor, now=now)
    return person


def edit_person(
    conn: sa.Connection,
    day_id: UUID,
    person: UUID,
    settings: PersonSettings,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a person; whoever is named now comes. Raises `NotKnown`, `SetupWrong`, `Changed`, `SetupOver`."""
    day = _begin(conn, day_id, version)
    _check_known(conn, day_id, person)
    values, hours = _checked(conn, day, settings)
    if settings.label:
        # Whoever left is followed by somebody else: what the first one said is not about her.
        conn.execute(crew.update().where(crew.c.id == person, crew.c.left_at.is_not(None)).values(answer_id=None))
        values["left_at"] = None
    conn.execute(crew.update().where(crew.c.id == person).values(**values))
    conn.execute(shifts.delete().where(shifts.c.crew_id == person))
    _write_shifts(conn, person, hours)
    _note(conn, day, "PersonChanged", settings.work, actor=actor, now=now)


def remove_person(
    conn: sa.Connection, day_id: UUID, person: UUID, *, version: int, actor: Actor, now: datetime
) -> None:
    """Take a person with her shifts off the day. Raises `NotKnown`, `Changed`, `SetupOver`."""
    day = _begin(conn, day_id, version)
    work = _check_known(conn, day_id, person)
    conn.execute(crew.delete().where(crew.c.id == person))
    _note(conn, day, "PersonRemoved", work, actor=actor, now=now)


def _begin(conn: sa.Connection, day_id: UUID, version: int) -> Day:
    """No name is written down any more once retention has taken the persons out of the day."""
    day = begin_change(conn, day_id, version)
    if conn.execute(sa.select(days.c.forgotten_at).where(days.c.id == day_id)).scalar() is not None:
        raise SetupOver
    return day


def _check_known(conn: sa.Connection, day_id: UUID, person: UUID) -> Work:
    work = conn.execute(sa.select(crew.c.work).where(crew.c.id == person, crew.c.day_id == day_id)).scalar()
    if work is None:
        raise NotKnown
    return Work(work)


def _checked(conn: sa.Connection, day: Day, settings: PersonSettings) -> tuple[dict[str, Any], list[Interval]]:
    """The columns of a person and her shifts."""
    desk, institution = settings.desk, settings.institution
    if settings.work is not Work.OFFICER:
        desk = institution = None
    elif desk is not None:
        of_desk = sa.select(desks.c.institution_id).where(desks.c.id == desk, desks.c.day_id == day.id)
        institution = conn.execute(of_desk).scalar()
    elif institution is not None:
        here = sa.select(desks.c.id).where(desks.c.institution_id == institution, desks.c.day_id == day.id).limit(1)
        sits = conn.execute(here).scalar() is not None
        # An officer whose desk was taken away stays with her institution.
        kept = sa.select(crew.c.id).where(crew.c.institution_id == institution, crew.c.day_id == day.id).limit(1)
        institution = institution if sits or conn.execute(kept).scalar() is not None else None
    if settings.work is Work.OFFICER and institution is None:
        raise SetupWrong("place", PLACE_MISSING)
    values = {
        "work": settings.work,
        "label": settings.label[:LONGEST_LABEL],
        "desk_id": desk,
        "institution_id": institution,
        "account_id": settings.account,
    }
    return values, shifts_of(day, settings.hours)


def shifts_of(day: Day, hours: tuple[Hours, ...]) -> list[Interval]:
    """Local hours of a person as instants, in the order of time. Raises `SetupWrong`."""
    if not hours:
        raise SetupWrong("hours", HOURS_MISSING)
    found: list[Interval] = []
    for starts, ends in hours:
        if starts == ends:
            raise SetupWrong("hours", HOURS_WRONG)
        shift = shift_instants(day.on, starts, ends, day.zone, day=(day.opens_at, day.closes_at))
        if shift is None:
            raise SetupWrong("hours", FAR_FROM_DAY)
        found.append(shift)
    found.sort()
    if overlap(found):
        raise SetupWrong("hours", HOURS_OVERLAP)
    return found


def _write_shifts(conn: sa.Connection, person: UUID, hours: list[Interval]) -> None:
    rows = [{"id": new_id(), "crew_id": person, "opens_at": start, "closes_at": end} for start, end in hours]
    if rows:
        conn.execute(shifts.insert(), rows)


def _note(conn: sa.Connection, day: Day, kind: str, work: Work, *, actor: Actor, now: datetime) -> None:
    record(conn, Fact(kind=kind, at=now, day=day.id, actor=actor.ref, terms={"work": work.value}))
