"""A day of the database as a day file: everything of its set-up that a file can say."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.days.dayfile import DayFile, FileDesk, FileInstitution, FileMediator, FilePrecedence
from onestop.days.dayfile_sessions import FileSession
from onestop.days.expected import expected_of_day
from onestop.days.organising import sizes_of_day
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day, mediators_of_day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import precedences

_DATED = re.compile(r"-\d{4}-\d\d-\d\d(-\d+)?$")


def file_of_day(conn: sa.Connection, day: Day) -> DayFile:
    """The day as a file without its date. Bookings, passes, own lines and accounts are not part of it."""
    offer = day_offer(conn, day.id)
    keys = {service.id: service.key for service in offer.services}
    desks = desks_of_day(conn, day.id)
    zone = day.zone
    expected = expected_of_day(conn, day.id)
    quiet = (time.fromisoformat(day.quiet_from), time.fromisoformat(day.quiet_until)) if day.quiet_from else None
    return DayFile(
        slug=_DATED.sub("", day.slug)[:60].rstrip("-") or "day",
        name=day.name,
        venue=day.venue,
        address=day.address,
        timezone=ZoneInfo(day.timezone),
        working_language=day.working_language,
        opens=_local(day.opens_at, zone),
        closes=_local(day.closes_at, zone),
        slot_minutes=day.slot_minutes,
        reserve_percent=day.reserve_percent,
        no_show_percent=expected.no_show_percent if expected else 10,
        interpreter_needed_percent=expected.interpreter_needed_percent if expected else 50,
        parties=expected.parties if expected else 20,
        release=day.release,
        display_languages=day.languages,
        always=tuple(dict.fromkeys(keys[each.id] for each in offer.services if each.id in offer.always)),
        mix={key: share for key, share in expected.mix.items() if key in keys.values()} if expected else {},
        party_languages=expected.party_languages if expected else {},
        institutions=_institutions(desks),
        desks=tuple(_desk(day, offer, desk) for desk in desks),
        mediators=tuple(
            FileMediator(
                languages=tuple(sorted(one.languages)),
                opens=_local(one.opens_at, zone),
                closes=_local(one.closes_at, zone),
                label=one.label,
            )
            for one in mediators_of_day(conn, day.id)
        ),
        precedences=_order(conn, day.id, offer),
        arrivals_per_slot=sizes_of_day(conn, day.id).arrivals_per_slot,
        bookings_per_contact=day.bookings_per_contact,
        scarce=day.scarce,
        all_times=day.all_times,
        quiet=quiet,
        reserve_limits=dict(day.reserve_limits),
        sessions=_sessions(conn, day, keys, desks),
    )


def _order(conn: sa.Connection, day: UUID, offer: DayOffer) -> tuple[FilePrecedence, ...]:
    """What comes first, by the keys of services; where not all that offer a service are meant, with institutions."""
    offered = {service.id: service for service in offer.services}
    at = Counter(service.key for service in offer.services)
    rows = conn.execute(
        sa.select(precedences.c.before_service_id, precedences.c.after_service_id, precedences.c.because)
        .where(precedences.c.day_id == day)
        .order_by(precedences.c.id)
    )
    alike: dict[tuple[str, str | None], list[FilePrecedence]] = defaultdict(list)
    for before_id, after_id, because in rows:
        before, after = offered.get(before_id), offered.get(after_id)
        if before is None or (after is None and after_id is not None):
            continue
        pair = FilePrecedence(
            before=before.key,
            after=after.key if after else None,
            because=because,
            before_at=before.institution.key if at[before.key] > 1 else "",
            after_at=after.institution.key if after and at[after.key] > 1 else "",
        )
        alike[pair.before, pair.after].append(pair)
    found: list[FilePrecedence] = []
    for (before_key, after_key), pairs in alike.items():
        all_meant = len(pairs) == at[before_key] * (at[after_key] if after_key else 1)
        if all_meant and len({pair.because for pair in pairs}) == 1:
            pairs = [replace(pairs[0], before_at="", after_at="")]
        found += pairs
    return tuple(found)


def _institutions(desks: Sequence[DeskRow]) -> tuple[FileInstitution, ...]:
    found = {desk.institution.id: desk.institution for desk in desks}
    return tuple(FileInstitution(key=one.key, name=one.name, authority=one.authority) for one in found.values())


def _desk(day: Day, offer: DayOffer, desk: DeskRow) -> FileDesk:
    zone = day.zone
    offered = [service for service in offer.services if service.id in desk.services]
    minutes = tuple(desk.services[service.id] for service in offered)
    hours = [(_local(start, zone), _local(end, zone)) for start, end in desk.openings]
    hours = hours or [(_local(day.opens_at, zone), _local(day.closes_at, zone))]
    edges = [at for each in hours for at in each]
    return FileDesk(
        number=desk.number,
        institution=desk.institution.key,
        services=tuple(service.key for service in offered),
        private=any(service.private for service in offered),
        minutes=minutes[0] if minutes else 15,
        languages=tuple(sorted(desk.languages)),
        opens=edges[0],
        closes=edges[-1],
        breaks=tuple(zip(edges[1:-1:2], edges[2:-1:2], strict=True)),
        own_minutes=minutes if len(set(minutes)) > 1 else (),
    )


def _sessions(
    conn: sa.Connection, day: Day, keys: Mapping[UUID, str], desks: Sequence[DeskRow]
) -> tuple[FileSession, ...]:
    """Those that are held: a desk that is not open then could not hold them on the day of the file either."""
    by_id = {desk.id: desk for desk in desks}
    return tuple(
        FileSession(
            service=keys[one.service],
            desk=by_id[one.desk].number,
            starts=_local(one.starts_at, day.zone),
            minutes=one.minutes,
            seats=one.seats,
            language=one.language,
        )
        for one in sessions_of_day(conn, day.id)
        if by_id[one.desk].holds(one.starts_at, one.ends_at)
    )


def _local(at: datetime, zone: ZoneInfo) -> time:
    return at.astimezone(zone).time()
