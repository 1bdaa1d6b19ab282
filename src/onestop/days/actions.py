"""Changes to days: make one from a file, publish, run desks, pause, close."""

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.days.capacity import write_capacity
from onestop.days.dayfile import DayFile, FileDesk, FilePrecedence
from onestop.days.expected import expected_values
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import service_keys
from onestop.days.tables import (
    capacity,
    day_always,
    day_languages,
    day_sessions,
    days,
    desk_languages,
    desk_services,
    desks,
    invitations,
    mediator_languages,
    mediators,
    openings,
    precedences,
)
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.directory.actions import (
    ensure_centre,
    ensure_institution,
    ensure_needs,
    ensure_service,
    ensure_venue,
)
from onestop.directory.vocabulary import DESK_COLOURS, DESK_SHAPES, SERVICES
from onestop.domain.day import DayState, check_day_move, local_instant, opening_instants, opening_within
from onestop.domain.errors import N_, PublishRefused
from onestop.domain.facts import Fact
from onestop.domain.plan import CapacityKind
from onestop.domain.roles import Actor
from onestop.domain.slots import arrival_times
from onestop.domain.ticket import CROCKFORD, invitation_hash

Offered = dict[str, dict[str, UUID]]
"""By the key of a service and of the institution that offers it."""
NO_DESK = N_("there is no desk.")
NO_ARRIVAL = N_("no arrival time is possible.")


def create_day(
    conn: sa.Connection, file: DayFile, *, on: date, actor: Actor, now: datetime, template: str = "", slug: str = ""
) -> UUID:
    """Make a draft day of a day file on a date; gives its id."""
    zone = file.timezone
    opens_at, closes_at = opening_instants(on, file.opens, file.closes, zone)
    ensure_centre(conn, name=file.venue, working_language=file.working_language, timezone=zone.key)
    ensure_needs(conn)
    day = new_id()
    slots = len(arrival_times(opens_at, closes_at, timedelta(minutes=file.slot_minutes)))
    conn.execute(
        days.insert().values(
            id=day,
            slug=slug or free_slug(conn, f"{file.slug}-{on.isoformat()}"),
            venue_id=ensure_venue(conn, name=file.venue, address=file.address, timezone=zone.key),
            name=file.name,
            on_date=on,
            timezone=zone.key,
            opens_at=opens_at,
            closes_at=closes_at,
            state=DayState.DRAFT,
            release=file.release,
            slot_minutes=file.slot_minutes,
            # Room for half as many parties again as expected, spread over the arrival times.
            arrivals_per_slot=file.arrivals_per_slot or max(2, -(-file.parties * 3 // (2 * slots))),
            reserve_percent=file.reserve_percent,
            bookings_per_contact=file.bookings_per_contact,
            scarce=file.scarce,
            all_times=file.all_times,
            quiet_from=f"{file.quiet[0]:%H:%M}" if file.quiet else "",
            quiet_until=f"{file.quiet[1]:%H:%M}" if file.quiet else "",
            reserve_limits=dict(file.reserve_limits),
            working_language=file.working_language,
            template=template,
            expected={} if template else expected_values(file),
        )
    )
    for place, language in enumerate(dict.fromkeys(file.display_languages)):
        conn.execute(day_languages.insert().values(day_id=day, language=language, position=place))
    institutions = {
        item.key: ensure_institution(conn, key=item.key, name=item.name, authority=item.authority)
        for item in file.institutions
    }
    offered: Offered = {}
    for desk in file.desks:
        _add_desk(conn, day, desk, institutions[desk.institution], offered, file, on, opens_at)
    _add_sessions(conn, day, file, on)
    for nth, mediator in enumerate(file.mediators, 1):
        made = new_id()
        start, end = opening_within(on, mediator.opens, mediator.closes, zone, day_opens_at=opens_at)
        conn.execute(
            mediators.insert().values(
                id=made, day_id=day, label=mediator.label or f"M{nth:02}", state="free", opens_at=start, closes_at=end
            )
        )
        for language in dict.fromkeys(mediator.languages):
            conn.execute(mediator_languages.insert().values(mediator_id=made, language=language))
    for key in file.always:
        for service in _at(offered, key, ""):
            conn.execute(day_always.insert().values(day_id=day, service_id=service))
    written: set[tuple[UUID, UUID | None]] = set()
    for precedence in file.precedences:
        for before, after in _pairs(offered, precedence):
            if (before, after) not in written:
                written.add((before, after))
                conn.execute(
                    precedences.insert().values(
                        id=new_id(),
                        day_id=day,
                        before_service_id=before,
                        after_service_id=after,
                        because=precedence.because,
                    )
                )
    record(conn, Fact(kind="DayCreated", at=now, day=day, actor=actor.ref))
    return day


def _add_desk(
    conn: sa.Connection,
    day: UUID,
    desk: FileDesk,
    institution: UUID,
    offered: Offered,
    file: DayFile,
    on: date,
    day_opens_at: datetime,
) -> None:
    made = new_id()
    conn.execute(
        desks.insert().values(
            id=made,
            day_id=day,
            institution_id=institution,
            number=desk.number,
            colour=(desk.number - 1) % DESK_COLOURS + 1,
            shape=DESK_SHAPES[(desk.number - 1) % len(DESK_SHAPES)],
            state="closed",
        )
    )
    order = list(SERVICES)
    for key, minutes in desk.minutes_of.items():
        service = ensure_service(
            conn,
            institution=institution,
            key=key,
            minutes=minutes,
            private=desk.private,
            position=order.index(key) if key in order else len(order),
        )
        offered.setdefault(key, {})[desk.institution] = service
        conn.execute(desk_services.insert().values(desk_id=made, service_id=service, minutes=minutes))
    for language in dict.fromkeys(desk.languages):
        conn.execute(desk_languages.insert().values(desk_id=made, language=language))
    for opens, closes in desk.hours:
        start, end = opening_within(on, opens, closes, file.timezone, day_opens_at=day_opens_at)
        # Between two breaks there may be the hour that a night in spring leaves out.
        if start < end or not desk.breaks:
            conn.execute(openings.insert().values(id=new_id(), desk_id=made, opens_at=start, closes_at=end))


def _add_sessions(conn: sa.Connection, day: UUID, file: DayFile, on: date) -> None:
    """Each at its desk, before or after midnight as its desk is open; not one in an hour that a night leaves out."""
    if not file.sessions:
        return
    desks_made = {desk.number: desk for desk in desks_of_day(conn, day)}
    keys = service_keys(conn)
    for one in file.sessions:
        desk = desks_made[one.desk]
        named = next(service for service in desk.services if keys[service].partition(":")[2] == one.service)
        for starts_at in (local_instant(on + timedelta(days=nth), one.starts, file.timezone) for nth in (0, 1)):
            if desk.holds(starts_at, starts_at + timedelta(minutes=one.minutes)):
                conn.execute(
                    day_sessions.insert().values(
                        id=new_id(),
                        day_id=day,
                        desk_id=desk.id,
                        service_id=named,
                        starts_at=starts_at,
                        minutes=one.minutes,
                        language=one.language,
                        seats=one.seats,
                    )
                )
                break


def _at(offered: Offered, key: str, institution: str) -> list[UUID]:
    """This service of one institution, or of all that offer it."""
    return [service for at, service in offered[key].items() if institution in ("", at)]


def _pairs(offered: Offered, said: FilePrecedence) -> list[tuple[UUID, UUID | None]]:
    afters: list[UUID | None] = [None]
    if said.after is not None:
        afters = [*_at(offered, said.after, said.after_at)]
    return [(before, after) for before in _at(offered, said.before, said.before_at) for after in afters]


def free_slug(conn: sa.Connection, wanted: str) -> str:
    """The wanted address name, with a number behind it if another day has it."""
    taken = set(conn.execute(sa.select(days.c.slug).where(days.c.slug.startswith(wanted))).scalars())
    nth = 1
    slug = wanted
    while slug in taken:
        nth += 1
        slug = f"{wanted}-{nth}"
    return slug


def publish_day(conn: sa.Connection, day_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Check the day, write its capacity, open it for booking. Raises `PublishRefused` with what is missing."""
    day = day_by_id(conn, day_id)
    check_day_move(day.state, DayState.PUBLISHED)
    if not desks_of_day(conn, day_id):
        raise PublishRefused(reason=NO_DESK)
    write_capacity(conn, day)
    if not conn.execute(
        sa.select(capacity.c.id).where(capacity.c.day_id == day_id, capacity.c.kind == CapacityKind.ARRIVALS).limit(1)
    ).scalar():
        raise PublishRefused(reason=NO_ARRIVAL)
    conn.execute(
        days.update()
        .where(days.c.id == day_id)
        .values(state=DayState.PUBLISHED, published_at=now, version=days.c.version + 1)
    )
    record(conn, Fact(kind="DayPublished", at=now, day=day_id, actor=actor.ref))


def set_paused(conn: sa.Connection, day_id: UUID, *, paused: bool, why: str, actor: Actor, now: datetime) -> None:
    """Pause the whole day (nobody is called, seniority runs on) or let it go on."""
    conn.execute(
        days.update()
        .where(days.c.id == day_id)
        .values(paused_at=now if paused else None, paused_why=why if paused else "", version=days.c.version + 1)
    )
    kind = "DayPaused" if paused else "DayResumed"
    record(conn, Fact(kind=kind, at=now, day=day_id, actor=actor.ref))


def make_invitations(
    conn: sa.Connection, day_id: UUID, *, count: int, uses: int, label: str, actor: Actor, now: datetime
) -> list[str]:
    """New invitation codes of a day, 10 readable characters each; only their hashes are kept."""
    codes = ["".join(secrets.choice(CROCKFORD) for _ in range(10)) for _ in range(count)]
    conn.execute(
        invitations.insert(),
        [
            {"id": new_id(), "day_id": day_id, "code_hash": invitation_hash(code), "label": label, "uses": uses}
            for code in codes
        ],
    )
    record(
        conn,
        Fact(kind="InvitationsMade", at=now, day=day_id, actor=actor.ref, terms={"count": count, "uses": uses}),
    )
    return codes
