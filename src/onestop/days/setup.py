"""Changes of a day's set-up by its organiser: the day itself, desks, mediators and what comes first.

Each change names the version of the day it was made from; a change in between is told as `Changed`. On a published day
the capacity is written anew, never below what is claimed. Whoever calls these on a published day does so through
`visits.actions.setup`, which knows who is booked and who is here.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.days.capacity import write_capacity
from onestop.days.drawing import announce_draw, check_not_begun, check_window
from onestop.days.queries.capacity import desk_group
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, day_precedences, desks_of_day, mediators_of_day
from onestop.days.queries.draws import draw_of
from onestop.days.queries.offer import day_offer, service_keys
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.setup_values import (
    INSTITUTION_CLOSED,
    INSTITUTION_FIXED,
    NOT_OFFERED,
    PAIR_CIRCLE,
    PAIR_THERE,
    VENUE_CLOSED,
    VENUE_FIXED,
    VENUE_ZONE,
    DaySettings,
    DeskSettings,
    MediatorSettings,
    SetupWrong,
    check_attendance,
    check_day,
    check_desk,
    check_mediator,
)
from onestop.days.tables import (
    capacity,
    crew,
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
from onestop.days.versions import begin_change
from onestop.db.ledger import record
from onestop.db.shifting import shift
from onestop.db.types import new_id
from onestop.directory.queries import InstitutionUnknown
from onestop.directory.tables import institutions, venues
from onestop.directory.vocabulary import DESK_COLOURS, DESK_SHAPES
from onestop.domain.attendance import Attendance, hours_left
from onestop.domain.day import DayState, DeskState, Release, moved_by, opening_instants
from onestop.domain.errors import N_, DeskUnknown, NotKnown
from onestop.domain.facts import Fact, Term
from onestop.domain.order import circle_of
from onestop.domain.plan import CapacityKind
from onestop.domain.roles import Actor
from onestop.domain.slots import group_key

SESSIONS_THERE = N_("This desk holds sessions of this service. Please remove them first.")
SAME_DATE = N_("The day is on this date already.")
DATE_OVER = N_("This date is over. Please choose a later one.")


def change_day(
    conn: sa.Connection,
    day_id: UUID,
    settings: DaySettings,
    *,
    window: tuple[datetime, datetime] | None = None,
    key: bytes = b"",
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change the day itself; `window` is when a draw takes requests. Raises `SetupWrong`, `Changed`, `SetupOver`.

    How places are given stays as it is once requests are taken: `DrawBegun`.
    """
    day = begin_change(conn, day_id, version)
    opens_at, closes_at = opening_instants(day.on, settings.opens, settings.closes, day.zone)
    check_day(day, settings, opens_at, closes_at)
    if settings.venue not in (None, day.venue_id):
        _check_venue(conn, day, settings.venue)
    if settings.release is not day.release:
        check_not_begun(conn, day, now=now)
    if settings.release is Release.DRAW and window is not None:
        first, last = window
        announce_draw(
            conn, day_id, opens_at=first, closes_at=last, day_opens_at=opens_at, key=key, actor=actor, now=now
        )
    conn.execute(
        days.update()
        .where(days.c.id == day_id)
        .values(
            name=settings.name,
            series_id=settings.series,
            venue_id=settings.venue or day.venue_id,
            opens_at=opens_at,
            closes_at=closes_at,
            slot_minutes=settings.slot_minutes,
            arrivals_per_slot=settings.arrivals_per_slot,
            reserve_percent=settings.reserve_percent,
            bookings_per_contact=settings.bookings_per_contact,
            working_language=settings.working_language,
            release=settings.release,
            scarce=settings.scarce,
            all_times=settings.all_times,
            reserve_limits=dict(settings.reserve_limits),
            quiet_from=f"{settings.quiet[0]:%H:%M}" if settings.quiet else "",
            quiet_until=f"{settings.quiet[1]:%H:%M}" if settings.quiet else "",
        )
    )
    _follow_hours(conn, day, opens_at, closes_at)
    conn.execute(day_languages.delete().where(day_languages.c.day_id == day_id))
    for place, language in enumerate(dict.fromkeys(settings.languages)):
        conn.execute(day_languages.insert().values(day_id=day_id, language=language, position=place))
    end_change(conn, day_id, "DayChanged", actor=actor, now=now, terms={"release": settings.release})


def move_day(conn: sa.Connection, day_id: UUID, on: date, *, version: int, actor: Actor, now: datetime) -> timedelta:
    """Put a day with its desks, people and minutes on another date, at the same local hour; gives how far it goes.

    Its address stays: posters and messages show it already. Raises `SetupWrong`, `Changed`, `SetupOver`, and
    `DrawBegun` while a draw takes requests.
    """
    day = begin_change(conn, day_id, version)
    by = moved_by(day.opens_at, on, day.zone)
    if on == day.on:
        raise SetupWrong("on", SAME_DATE)
    if day.opens_at + by <= now:
        raise SetupWrong("on", DATE_OVER)
    draw = draw_of(conn, day_id)
    if day.release is Release.DRAW and draw is not None and draw.drawn_at is None:
        check_not_begun(conn, day, now=now)
        check_window(day.opens_at + by, draw.opens_at, draw.closes_at, now=now)
    conn.execute(days.update().where(days.c.id == day_id).values(on_date=on))
    # Opened for a try, perhaps: on the new date nobody was here yet.
    nobody = {"state": DeskState.CLOSED, "opened_at": None, "ready_since_at": None, "ready_until_at": None}
    conn.execute(desks.update().where(desks.c.day_id == day_id).values(nobody))
    of_desks = openings.c.desk_id.in_(sa.select(desks.c.id).where(desks.c.day_id == day_id))
    shift(conn, by, days.c.opens_at, days.c.closes_at, where=days.c.id == day_id)
    shift(conn, by, openings.c.opens_at, openings.c.closes_at, where=of_desks)
    shift(conn, by, mediators.c.opens_at, mediators.c.closes_at, where=mediators.c.day_id == day_id)
    of_crew = shifts.c.crew_id.in_(sa.select(crew.c.id).where(crew.c.day_id == day_id))
    shift(conn, by, shifts.c.opens_at, shifts.c.closes_at, where=of_crew)
    shift(conn, by, day_sessions.c.starts_at, where=day_sessions.c.day_id == day_id)
    shift(conn, by, capacity.c.bucket_at, where=capacity.c.day_id == day_id)
    end_change(conn, day_id, "DayMoved", actor=actor, now=now, terms={"was": day.on.isoformat(), "on": on.isoformat()})
    return by


def _follow_hours(conn: sa.Connection, day: Day, opens_at: datetime, closes_at: datetime) -> None:
    """Desks and people who were there from the opening, or to the closing, go with it."""
    of_desks = openings.c.desk_id.in_(sa.select(desks.c.id).where(desks.c.day_id == day.id))
    of_crew = shifts.c.crew_id.in_(sa.select(crew.c.id).where(crew.c.day_id == day.id))
    for table, own in ((openings, of_desks), (mediators, mediators.c.day_id == day.id), (shifts, of_crew)):
        conn.execute(
            table.update()
            .where(own, table.c.opens_at == day.opens_at, table.c.closes_at > opens_at)
            .values(opens_at=opens_at)
        )
        conn.execute(
            table.update()
            .where(own, table.c.closes_at == day.closes_at, table.c.opens_at < closes_at)
            .values(closes_at=closes_at)
        )


def add_desk(
    conn: sa.Connection,
    day_id: UUID,
    settings: DeskSettings,
    *,
    desk: UUID | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Add a desk, closed at first; `desk` is one that was taken away and comes back.

    Raises `SetupWrong`, `Changed`, `SetupOver`.
    """
    day = begin_change(conn, day_id, version)
    if desk is None:
        _check_offered(conn, settings.institution)
    hours = check_desk(conn, day, settings, desk=None)
    desk = desk or new_id()
    conn.execute(
        desks.insert().values(
            id=desk,
            day_id=day_id,
            institution_id=settings.institution,
            number=settings.number,
            colour=(settings.number - 1) % DESK_COLOURS + 1,
            shape=DESK_SHAPES[(settings.number - 1) % len(DESK_SHAPES)],
            state="closed",
        )
    )
    _write_desk(conn, desk, settings, hours)
    end_change(conn, day_id, "DeskAdded", actor=actor, now=now, desk=desk)
    return desk


def edit_desk(
    conn: sa.Connection, day_id: UUID, desk: UUID, settings: DeskSettings, *, version: int, actor: Actor, now: datetime
) -> None:
    """Change a desk; its institution only before the day is published. Raises `SetupWrong`, `Changed`, `SetupOver`."""
    day = begin_change(conn, day_id, version)
    before = _desk_of(conn, day_id, desk)
    if day.state is not DayState.DRAFT and before.institution.id != settings.institution:
        raise SetupWrong("institution", INSTITUTION_FIXED)
    if before.institution.id != settings.institution:
        _check_offered(conn, settings.institution)
    hours = check_desk(conn, day, settings, desk=desk)
    if any(one.desk == desk and one.service not in settings.services for one in sessions_of_day(conn, day_id)):
        raise SetupWrong("services", SESSIONS_THERE)
    groups = _groups(conn, day_id)
    conn.execute(
        desks.update()
        .where(desks.c.id == desk)
        .values(
            number=settings.number,
            institution_id=settings.institution,
            colour=(settings.number - 1) % DESK_COLOURS + 1,
            shape=DESK_SHAPES[(settings.number - 1) % len(DESK_SHAPES)],
        )
    )
    for table in (desk_services, desk_languages, openings):
        conn.execute(table.delete().where(table.c.desk_id == desk))
    _write_desk(conn, desk, settings, hours)
    _carry_claims(conn, day_id, groups)
    end_change(conn, day_id, "DeskChanged", actor=actor, now=now, desk=desk)


def remove_desk(conn: sa.Connection, day_id: UUID, desk: UUID, *, version: int, actor: Actor, now: datetime) -> None:
    """Take a desk away that nobody used. Raises `DeskUnknown`, `Changed`, `SetupOver`."""
    begin_change(conn, day_id, version)
    number = _desk_of(conn, day_id, desk).number
    conn.execute(desks.delete().where(desks.c.id == desk))
    end_change(conn, day_id, "DeskRemoved", actor=actor, now=now, desk=desk, terms={"number": number})


def change_attendance(
    conn: sa.Connection,
    day_id: UUID,
    institution: UUID,
    how: Attendance,
    at: time | None,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """An institution comes later, leaves early or does not come: all its desks at once. `at` is local.

    Raises `InstitutionUnknown`, `SetupWrong`, `Changed`, `SetupOver`.
    """
    day = begin_change(conn, day_id, version)
    theirs = [desk for desk in desks_of_day(conn, day_id) if desk.institution.id == institution]
    if not theirs:
        raise InstitutionUnknown
    moment = check_attendance(day, theirs, how, at)
    for desk in theirs:
        conn.execute(openings.delete().where(openings.c.desk_id == desk.id))
        left = hours_left(desk.openings, how, moment)
        rows = [{"id": new_id(), "desk_id": desk.id, "opens_at": start, "closes_at": end} for start, end in left]
        if rows:
            conn.execute(openings.insert(), rows)
    terms: dict[str, Term] = {"institution": str(institution), "how": how.value}
    if at is not None and how is not Attendance.AWAY:
        terms["at"] = f"{at:%H:%M}"
    end_change(conn, day_id, "InstitutionHoursChanged", actor=actor, now=now, terms=terms)


def add_mediator(
    conn: sa.Connection,
    day_id: UUID,
    settings: MediatorSettings,
    *,
    mediator: UUID | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Add a mediator, or one who was taken away and comes back. Raises `SetupWrong`, `Changed`, `SetupOver`."""
    day = begin_change(conn, day_id, version)
    start, end = check_mediator(day, settings)
    mediator = mediator or new_id()
    conn.execute(
        mediators.insert().values(
            id=mediator, day_id=day_id, label=settings.label, state="free", opens_at=start, closes_at=end
        )
    )
    _write_mediator(conn, mediator, settings)
    end_change(conn, day_id, "MediatorAdded", actor=actor, now=now, mediator=mediator)
    return mediator


def edit_mediator(
    conn: sa.Connection,
    day_id: UUID,
    mediator: UUID,
    settings: MediatorSettings,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a mediator. Raises `NotKnown`, `SetupWrong`, `Changed`, `SetupOver`."""
    day = begin_change(conn, day_id, version)
    _check_known(conn, mediators, mediator, day_id)
    start, end = check_mediator(day, settings)
    groups = _groups(conn, day_id)
    conn.execute(
        mediators.update().where(mediators.c.id == mediator).values(label=settings.label, opens_at=start, closes_at=end)
    )
    conn.execute(mediator_languages.delete().where(mediator_languages.c.mediator_id == mediator))
    _write_mediator(conn, mediator, settings)
    _carry_claims(conn, day_id, groups)
    end_change(conn, day_id, "MediatorEdited", actor=actor, now=now, mediator=mediator)


def remove_mediator(
    conn: sa.Connection, day_id: UUID, mediator: UUID, *, version: int, actor: Actor, now: datetime
) -> None:
    """Take a mediator away who has not helped yet. Raises `NotKnown`, `Changed`, `SetupOver`."""
    begin_change(conn, day_id, version)
    _check_known(conn, mediators, mediator, day_id)
    conn.execute(mediators.delete().where(mediators.c.id == mediator))
    end_change(conn, day_id, "MediatorRemoved", actor=actor, now=now)


def add_precedence(
    conn: sa.Connection,
    day_id: UUID,
    *,
    before: UUID,
    after: UUID | None,
    because: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """One service before another (`None`: before every other). Raises `SetupWrong`, `Changed`, `SetupOver`."""
    begin_change(conn, day_id, version)
    offered = {row.id for row in day_offer(conn, day_id).services}
    if before not in offered or (after is not None and after not in offered):
        raise SetupWrong("before", NOT_OFFERED)
    pairs = set(day_precedences(conn, day_id))
    if (before, after) in pairs:
        raise SetupWrong("after", PAIR_THERE)
    if circle_of(pairs | {(before, after)}, offered):
        raise SetupWrong("after", PAIR_CIRCLE)
    conn.execute(
        precedences.insert().values(
            id=new_id(), day_id=day_id, before_service_id=before, after_service_id=after, because=because
        )
    )
    end_change(conn, day_id, "PrecedenceAdded", actor=actor, now=now)


def remove_precedence(
    conn: sa.Connection, day_id: UUID, precedence: UUID, *, version: int, actor: Actor, now: datetime
) -> None:
    """Let two services be done in any order again. Raises `NotKnown`, `Changed`, `SetupOver`."""
    begin_change(conn, day_id, version)
    _check_known(conn, precedences, precedence, day_id)
    conn.execute(precedences.delete().where(precedences.c.id == precedence))
    end_change(conn, day_id, "PrecedenceRemoved", actor=actor, now=now)


# -- before and after a change ------------------------------------------------------------------------


def end_change(
    conn: sa.Connection,
    day_id: UUID,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    desk: UUID | None = None,
    mediator: UUID | None = None,
    terms: dict[str, Term] | None = None,
) -> None:
    """Bring the capacity of a published day in line and record the fact."""
    day = day_by_id(conn, day_id)
    if day.state is DayState.PUBLISHED:
        write_capacity(conn, day)
    record(
        conn,
        Fact(kind=kind, at=now, day=day_id, desk=desk, mediator=mediator, actor=actor.ref, terms=terms or {}),
    )


Groups = dict[CapacityKind, dict[UUID, str]]


def _groups(conn: sa.Connection, day_id: UUID) -> Groups:
    keys = service_keys(conn)
    return {
        CapacityKind.SERVICE: {desk.id: desk_group(desk, keys) for desk in desks_of_day(conn, day_id)},
        CapacityKind.MEDIATOR: {one.id: group_key((), one.languages) for one in mediators_of_day(conn, day_id)},
    }


def _carry_claims(conn: sa.Connection, day_id: UUID, before: Groups) -> None:
    """A desk or mediator that stood alone in its group takes the claimed minutes along into its new group.

    Otherwise its minutes would be offered twice: once as claimed in the old group, once as free in the new one.
    """
    after = _groups(conn, day_id)
    for kind, old in before.items():
        for one, name in old.items():
            renamed = after[kind].get(one, name)
            alone = list(old.values()).count(name) == 1
            if renamed == name or not alone or renamed in old.values():
                continue
            of_day = (capacity.c.day_id == day_id, capacity.c.kind == kind)
            taken = conn.execute(sa.select(capacity.c.id).where(*of_day, capacity.c.key == renamed).limit(1)).scalar()
            if taken is None:
                conn.execute(capacity.update().where(*of_day, capacity.c.key == name).values(key=renamed))


def _check_known(conn: sa.Connection, table: sa.Table, one: UUID, day_id: UUID) -> None:
    if conn.execute(sa.select(table.c.id).where(table.c.id == one, table.c.day_id == day_id)).scalar() is None:
        raise NotKnown


def _check_offered(conn: sa.Connection, institution: UUID) -> None:
    if conn.execute(sa.select(institutions.c.closed).where(institutions.c.id == institution)).scalar():
        raise SetupWrong("institution", INSTITUTION_CLOSED)


def _check_venue(conn: sa.Connection, day: Day, venue: UUID | None) -> None:
    row = conn.execute(sa.select(venues.c.closed, venues.c.timezone).where(venues.c.id == venue)).one_or_none()
    if row is None:
        raise NotKnown
    if day.state is not DayState.DRAFT:
        raise SetupWrong("venue", VENUE_FIXED)
    if row.closed:
        raise SetupWrong("venue", VENUE_CLOSED)
    if row.timezone != day.timezone:
        raise SetupWrong("venue", VENUE_ZONE)


def _desk_of(conn: sa.Connection, day_id: UUID, desk: UUID) -> DeskRow:
    found = next((each for each in desks_of_day(conn, day_id) if each.id == desk), None)
    if found is None:
        raise DeskUnknown
    return found


def _write_desk(
    conn: sa.Connection, desk: UUID, settings: DeskSettings, hours: list[tuple[datetime, datetime]]
) -> None:
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        desk_services: [
            {"desk_id": desk, "service_id": service, "minutes": minutes}
            for service, minutes in settings.services.items()
        ],
        desk_languages: [{"desk_id": desk, "language": language} for language in dict.fromkeys(settings.languages)],
        openings: [{"id": new_id(), "desk_id": desk, "opens_at": start, "closes_at": end} for start, end in hours],
    }
    for table, values in rows.items():
        if values:
            conn.execute(table.insert(), values)


def _write_mediator(conn: sa.Connection, mediator: UUID, settings: MediatorSettings) -> None:
    conn.execute(
        mediator_languages.insert(),
        [{"mediator_id": mediator, "language": language} for language in dict.fromkeys(settings.languages)],
    )
