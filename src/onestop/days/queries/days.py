"""The day itself: by name, by id, those to come."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.days.tables import day_languages, days
from onestop.db.memo import remembered
from onestop.directory.series import Series, all_series
from onestop.directory.tables import centres, venues
from onestop.domain.day import DayState, Release
from onestop.domain.errors import DayUnknown
from onestop.domain.retention import whole_until
from onestop.domain.tally import TallyQuestion, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One advisory day with its venue and the centre's help line."""

    id: UUID
    slug: str
    name: str
    on: date
    timezone: str
    opens_at: datetime
    closes_at: datetime
    state: DayState
    release: Release
    scarce: bool
    slot_minutes: int
    reserve_percent: int
    bookings_per_contact: int
    all_times: bool
    reserve_limits: tuple[tuple[str, int], ...]
    """Channels with how many of their bookings may use the reserve; one that is not here has no limit."""
    tally: tuple[TallyQuestion, ...]
    """The questions that are asked for the statistics."""
    working_language: str
    languages: tuple[str, ...]
    venue_id: UUID
    venue: str
    address: str
    phone: str
    email: str
    """Whom to ask: the contact of its series, else of the centre."""
    series: Series | None
    quiet_from: str
    quiet_until: str
    """Local times between which boards make no sound, both or neither."""
    paused: bool
    paused_why: str
    closed_why: str
    template: str
    version: int

    @property
    def zone(self) -> ZoneInfo:
        """The venue's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def proves(self) -> bool:
        """Whether places are so few that an address given from afar counts once it is proved."""
        return self.scarce or self.release is Release.DRAW

    @property
    def answered_until(self) -> datetime:
        """From when on nobody can answer the questions at the end any more."""
        return whole_until(self.on, self.closes_at, self.zone)

    def tells_answers(self, now: datetime) -> bool:
        """Whether sums of answers may be told: nobody sees a counter move any more."""
        return self.state is DayState.CLOSED and now >= self.answered_until


def day_by_slug(conn: sa.Connection, slug: str) -> Day:
    """The day with this address name. Raises `DayUnknown`."""
    return remembered(conn, _day_of_slug, slug)


def day_by_id(conn: sa.Connection, day_id: UUID) -> Day:
    """The day with this id. Raises `DayUnknown`."""
    return remembered(conn, _day_of_id, day_id)


def all_days(conn: sa.Connection) -> list[Day]:
    """Every day of the centre, newest first."""
    return _days(conn, sa.true(), days.c.on_date.desc(), days.c.slug)


def published_days(conn: sa.Connection, *, now: datetime) -> list[Day]:
    """Published days that are not over, soonest first."""
    coming = sa.and_(days.c.state == DayState.PUBLISHED, days.c.closes_at > now)
    return _days(conn, coming, days.c.opens_at, days.c.slug)


def first_closing(conn: sa.Connection) -> datetime | None:
    """When the first day of all ends; `None` while there is none."""
    return conn.execute(sa.select(sa.func.min(days.c.closes_at))).scalar()


def _day_of_slug(conn: sa.Connection, slug: str) -> Day:
    return _one_day(conn, days.c.slug == slug)


def _day_of_id(conn: sa.Connection, day_id: UUID) -> Day:
    return _one_day(conn, days.c.id == day_id)


def _one_day(conn: sa.Connection, where: sa.ColumnElement[bool]) -> Day:
    found = _days(conn, where)
    if not found:
        raise DayUnknown
    return found[0]


def _days(conn: sa.Connection, where: sa.ColumnElement[bool], *order: sa.ColumnElement[object]) -> list[Day]:
    rows = conn.execute(
        sa.select(
            days,
            venues.c.name.label("venue"),
            venues.c.address,
            sa.select(centres.c.phone).limit(1).scalar_subquery().label("phone"),
            sa.select(centres.c.email).limit(1).scalar_subquery().label("email"),
        )
        .join_from(days, venues)
        .where(where)
        .order_by(*order)
    ).all()
    known = {each.id: each for each in all_series(conn)} if any(row.series_id for row in rows) else {}
    languages: dict[UUID, list[str]] = defaultdict(list)
    for row in conn.execute(
        sa.select(day_languages)
        .where(day_languages.c.day_id.in_([row.id for row in rows]))
        .order_by(day_languages.c.position)
    ):
        languages[row.day_id].append(row.language)
    return [_day(row, tuple(languages[row.id]), known.get(row.series_id)) for row in rows]


def _day(row: sa.Row[Any], languages: tuple[str, ...], series: Series | None) -> Day:
    return Day(
        id=row.id,
        slug=row.slug,
        name=row.name,
        on=row.on_date,
        timezone=row.timezone,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        state=DayState(row.state),
        release=Release(row.release),
        scarce=row.scarce,
        slot_minutes=row.slot_minutes,
        reserve_percent=row.reserve_percent,
        bookings_per_contact=row.bookings_per_contact,
        all_times=row.all_times,
        reserve_limits=tuple(sorted(row.reserve_limits.items())),
        tally=in_order(row.tally),
        working_language=row.working_language,
        languages=languages,
        venue_id=row.venue_id,
        venue=row.venue,
        address=row.address,
        phone=(series and series.phone) or row.phone or "",
        email=(series and series.email) or row.email or "",
        series=series,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        paused=row.paused_at is not None,
        paused_why=row.paused_why,
        closed_why=row.closed_why,
        template=row.template,
        version=row.version,
    )
