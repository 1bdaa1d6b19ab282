"""Referrals as lines: of one conversation, and those that an institution sent or was sent (R14, R19)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.tables import days
from onestop.directory.tables import institutions, places, services
from onestop.domain.referral import Standing, Target, standing_of
from onestop.referrals.tables import referrals
from onestop.referrals.wrong import ReferralUnknown

_FROM = institutions.alias("from_institution")
_TO = institutions.alias("to_institution")
_DAY = days.alias("to_day")
MOST_LISTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLine:
    """A referral as staff see it: a number and its day, never a name; `sender` is empty for who may not know it."""

    id: UUID
    day: UUID
    day_slug: str
    day_on: date
    number: int
    target: Target
    sender: str
    sender_id: UUID | None
    institution: str
    institution_id: UUID | None
    authority: str
    service_key: str
    service: UUID | None
    place: UUID | None
    place_name: str
    place_kind: str
    to_day: UUID | None
    to_day_slug: str
    to_day_on: date | None
    reason: str
    by_on: date | None
    private: bool
    made_at: datetime
    standing: Standing
    kept_how: str
    sent: bool
    """Whether the asker's institution made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPlace:
    """Where a referral belongs, for the guards; its acts run under the lock of `day`."""

    id: UUID
    day: UUID
    stop: UUID
    sender: UUID
    institution: UUID | None
    to_day: UUID | None
    private: bool


def referrals_of_stop(conn: sa.Connection, stop: UUID, *, today: date) -> tuple[ReferralLine, ...]:
    """What was made in one conversation, private ones too: its desk knows them; one statement."""
    rows = _rows(conn, referrals.c.stop_id == stop, referrals.c.withdrawn_at.is_(None))
    return tuple(_line(row, today=today, sent=True, shows_sender=True) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose referrals somebody may see: an institution's, or everybody's where there is none; of one day or all."""

    institution: UUID | None = None
    day: UUID | None = None
    still_open: bool = False
    """Also what leads to the institution and nobody has recorded yet, of whichever day."""


def referrals_in(
    conn: sa.Connection, scopes: Collection[Scope], *, today: date, day: UUID | None = None
) -> tuple[ReferralLine, ...]:
    """Those that these institutions made or were sent, newest first; private ones are nobody's but hers (R19).

    Whoever was sent somebody does not learn where she was before (R14). One statement.
    """
    asked = [_asked(scope) for scope in scopes]
    rows = _rows(
        conn, ~referrals.c.private, referrals.c.withdrawn_at.is_(None), sa.or_(sa.false(), *asked), *_of_day(day)
    )
    every = any(scope.institution is None for scope in scopes)
    own = {scope.institution for scope in scopes}
    return tuple(
        _line(
            row,
            today=today,
            sent=row.from_institution_id in own,
            shows_sender=every or row.from_institution_id in own,
        )
        for row in rows
    )


def referral_line(conn: sa.Connection, referral: UUID, *, today: date) -> ReferralLine:
    """One referral as the desk that made it sees it. Raises `ReferralUnknown`."""
    rows = _rows(conn, referrals.c.id == referral)
    if not rows:
        raise ReferralUnknown
    return _line(rows[0], today=today, sent=True, shows_sender=True)


def referral_place(conn: sa.Connection, referral: UUID) -> ReferralPlace:
    """Where a referral belongs. Raises `ReferralUnknown`, also for one whose visitor is forgotten."""
    row = conn.execute(
        sa.select(referrals).where(referrals.c.id == referral, referrals.c.party_id.is_not(None))
    ).one_or_none()
    if row is None:
        raise ReferralUnknown
    return ReferralPlace(
        id=row.id,
        day=row.day_id,
        stop=row.stop_id,
        sender=row.from_institution_id,
        institution=row.to_institution_id,
        to_day=row.to_day_id,
        private=row.private,
    )


def _asked(scope: Scope) -> sa.ColumnElement[bool]:
    asked = sa.and_(*_of_institution(scope.institution), *_of_day(scope.day))
    if not scope.still_open:
        return asked
    waits = sa.and_(referrals.c.to_institution_id == scope.institution, referrals.c.kept_at.is_(None))
    return sa.or_(asked, waits)


def _of_institution(institution: UUID | None) -> list[sa.ColumnElement[bool]]:
    if institution is None:
        return [sa.true()]
    return [sa.or_(referrals.c.to_institution_id == institution, referrals.c.from_institution_id == institution)]


def _of_day(day: UUID | None) -> list[sa.ColumnElement[bool]]:
    """Made on a day, or leading to it."""
    if day is None:
        return [sa.true()]
    return [sa.or_(referrals.c.day_id == day, referrals.c.to_day_id == day)]


def _rows(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> list[sa.Row[Any]]:
    return list(
        conn.execute(
            sa.select(
                referrals,
                parties.c.number,
                days.c.on_date,
                days.c.slug,
                _FROM.c.name.label("sender"),
                _TO.c.name.label("institution"),
                _TO.c.authority,
                services.c.key.label("service_key"),
                places.c.name.label("place_name"),
                places.c.kind.label("place_kind"),
                _DAY.c.on_date.label("to_day_on"),
                _DAY.c.slug.label("to_day_slug"),
            )
            .join_from(referrals, parties, parties.c.id == referrals.c.party_id)
            .join(days, days.c.id == referrals.c.day_id)
            .join(_FROM, _FROM.c.id == referrals.c.from_institution_id)
            .join(_TO, _TO.c.id == referrals.c.to_institution_id, isouter=True)
            .join(services, services.c.id == referrals.c.to_service_id, isouter=True)
            .join(places, places.c.id == referrals.c.place_id, isouter=True)
            .join(_DAY, _DAY.c.id == referrals.c.to_day_id, isouter=True)
            .where(*where)
            .order_by(referrals.c.made_at.desc(), referrals.c.id.desc())
            .limit(MOST_LISTED)
        )
    )


def _line(row: sa.Row[Any], *, today: date, sent: bool, shows_sender: bool) -> ReferralLine:
    return ReferralLine(
        id=row.id,
        day=row.day_id,
        day_slug=row.slug,
        day_on=row.on_date,
        number=row.number,
        target=Target(row.target),
        sender=row.sender if shows_sender else "",
        sender_id=row.from_institution_id if shows_sender else None,
        institution=row.institution or "",
        institution_id=row.to_institution_id,
        authority=row.authority or "",
        service_key=row.service_key or "",
        service=row.to_service_id,
        place=row.place_id,
        place_name=row.place_name or "",
        place_kind=row.place_kind or "",
        to_day=row.to_day_id,
        to_day_slug=row.to_day_slug or "",
        to_day_on=row.to_day_on,
        reason=row.reason,
        by_on=row.by_on,
        private=row.private,
        made_at=row.made_at,
        standing=standing_of(
            withdrawn=row.withdrawn_at is not None, kept=row.kept_at is not None, by_on=row.by_on, today=today
        ),
        kept_how=row.kept_how or "",
        sent=sent,
    )
