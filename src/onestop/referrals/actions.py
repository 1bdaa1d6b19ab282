"""Verbs of referrals: made at a desk with her yes, withdrawn there, recorded as kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.queries.days import Day, day_by_id
from onestop.days.tables import desks
from onestop.db.ledger import record
from onestop.db.statements import row_of
from onestop.db.types import new_id
from onestop.directory.tables import institutions, places, services
from onestop.directory.ways_on import REASONS
from onestop.domain.day import check_running
from onestop.domain.errors import StopUnknown
from onestop.domain.facts import Fact, Term
from onestop.domain.referral import KeptHow, Target, goes_to_her_alone, may_be_by
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState
from onestop.referrals.tables import referrals
from onestop.referrals.wrong import (
    ByWrong,
    DayWrong,
    NotAtDesk,
    NotAtThatDay,
    ReferralClosed,
    ReferralThere,
    ReferralUnknown,
    WhereMissing,
    WhyMissing,
    YesMissing,
)
from onestop.visits.queries.carrying import days_to_carry_to

Row = sa.Row[Any]
AT_DESK_OR_AFTER = frozenset({StopState.CALLED, StopState.SERVING, StopState.PARKED, StopState.FINISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where she goes next: an institution (with a service, if it is known which), a place, or another day of ours.

    With an institution the day says on which of our days it sees her.
    """

    institution: UUID | None = None
    service: UUID | None = None
    place: UUID | None = None
    day: UUID | None = None


def refer(
    conn: sa.Connection,
    stop_id: UUID,
    where: Where,
    *,
    reason: str,
    by_on: date | None,
    said_yes: bool,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Send her on from a conversation; gives the referral. With a day, that day is the last one whatever `by_on` says.

    Raises `StopUnknown`, `NotAtDesk`, the refusal of a day that does not run, or what is wrong with the answers.
    """
    stop = row_of(conn, stops.c.id, stop_id)
    if stop is None or stop.visit_id is None:
        raise StopUnknown
    day = day_by_id(conn, stop.day_id)
    check_running(day.state)
    if stop.state not in AT_DESK_OR_AFTER or _is_erased(conn, stop.party_id):
        raise NotAtDesk
    found = _target(conn, day, where, now=now)
    if reason not in REASONS:
        raise WhyMissing(field="reason")
    today = now.astimezone(day.zone).date()
    last = found.on or by_on
    if last is not None and found.on is None and not may_be_by(last, today=today):
        raise ByWrong(field="by")
    if not said_yes:
        raise YesMissing(field="said_yes")
    values = {
        "target": found.kind,
        "to_institution_id": found.institution,
        "to_service_id": found.service,
        "to_day_id": found.day,
        "place_id": found.place,
    }
    _check_new(conn, stop_id, values)
    private = goes_to_her_alone(
        stop_private=stop.private, service_private=found.service_private, place_discreet=found.discreet
    )
    made = new_id()
    conn.execute(
        referrals.insert().values(
            id=made,
            day_id=day.id,
            party_id=stop.party_id,
            stop_id=stop_id,
            from_institution_id=stop.institution_id,
            **values,
            reason=reason,
            by_on=last,
            private=private,
            consent_at=now,
            consent_by=actor.ref,
            made_at=now,
        )
    )
    # R19: of a private one the ledger says that there is one, and nothing more.
    terms: dict[str, Term] = {"private": private}
    if not private:
        terms |= {"to": found.kind, "reason": reason}
        terms |= {name: str(value) for name, value in values.items() if isinstance(value, UUID)}
        if last is not None:
            terms["by_days"] = (last - today).days
    _note(conn, "ReferralMade", stop, desk=stop.desk_id, terms=terms, actor=actor, now=now)
    return made


def withdraw_referral(conn: sa.Connection, referral: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a referral back; harmless when it was. Raises `ReferralUnknown`, or `ReferralClosed` once she came."""
    row = referral_row(conn, referral)
    if row.withdrawn_at is not None:
        return
    if row.kept_at is not None:
        raise ReferralClosed
    conn.execute(referrals.update().where(referrals.c.id == referral).values(withdrawn_at=now))
    _note_of(conn, "ReferralWithdrawn", row, {"private": row.private}, actor=actor, now=now)


def record_kept(conn: sa.Connection, referral: UUID, *, kept: bool, actor: Actor, now: datetime) -> None:
    """Somebody there says that she came, or that this was a slip. Raises `ReferralUnknown`, `ReferralClosed`."""
    row = referral_row(conn, referral)
    if row.withdrawn_at is not None:
        raise ReferralClosed
    if kept == (row.kept_at is not None):
        return
    values = {"kept_at": now, "kept_how": KeptHow.BY_HAND} if kept else {"kept_at": None, "kept_how": None}
    conn.execute(referrals.update().where(referrals.c.id == referral).values(**values, kept_stop_id=None))
    terms: dict[str, Term] = {"how": KeptHow.BY_HAND} if kept else {}
    _note_of(conn, "ReferralKept" if kept else "ReferralNotKept", row, terms, actor=actor, now=now)


def referral_row(conn: sa.Connection, referral: UUID) -> Row:
    """A referral of somebody who is not forgotten. Raises `ReferralUnknown`."""
    row = row_of(conn, referrals.c.id, referral)
    if row is None or row.party_id is None:
        raise ReferralUnknown
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    kind: Target
    institution: UUID | None = None
    service: UUID | None = None
    service_private: bool = False
    place: UUID | None = None
    discreet: bool = False
    day: UUID | None = None
    on: date | None = None


def _target(conn: sa.Connection, day: Day, where: Where, *, now: datetime) -> _Found:
    on: date | None = None
    if where.day is not None and where.place is None:
        then = next((each for each in days_to_carry_to(conn, day, now=now) if each.id == where.day), None)
        if then is None:
            raise DayWrong(field="day")
        on = then.on
    if where.service is not None:
        row = row_of(conn, services.c.id, where.service)
        if row is None or where.institution not in (None, row.institution_id):
            raise WhereMissing(field="where")
        _check_offered(conn, row.institution_id, where.day)
        _check_there(conn, row.institution_id, where.day)
        return _Found(
            kind=Target.INSTITUTION,
            institution=row.institution_id,
            service=row.id,
            service_private=row.private,
            day=where.day,
            on=on,
        )
    if where.institution is not None:
        _check_offered(conn, where.institution, where.day)
        _check_there(conn, where.institution, where.day)
        return _Found(kind=Target.INSTITUTION, institution=where.institution, day=where.day, on=on)
    if where.place is not None:
        place = row_of(conn, places.c.id, where.place)
        if place is None or place.closed:
            raise WhereMissing(field="where")
        return _Found(kind=Target.PLACE, place=place.id, discreet=place.discreet)
    if where.day is not None:
        return _Found(kind=Target.DAY, day=where.day, on=on)
    raise WhereMissing(field="where")


def _check_offered(conn: sa.Connection, institution: UUID, day: UUID | None) -> None:
    """A closed institution is there for nobody any more, but on the days it still has."""
    row = row_of(conn, institutions.c.id, institution)
    if row is None or (row.closed and day is None):
        raise WhereMissing(field="where")


def _check_there(conn: sa.Connection, institution: UUID, day: UUID | None) -> None:
    if day is None:
        return
    at_desk = sa.select(desks.c.id).where(desks.c.day_id == day, desks.c.institution_id == institution).limit(1)
    if conn.execute(at_desk).scalar() is None:
        raise NotAtThatDay(field="day")


def _check_new(conn: sa.Connection, stop: UUID, values: dict[str, Any]) -> None:
    same = (
        referrals.c[name].is_(None) if value is None else referrals.c[name] == value for name, value in values.items()
    )
    there = sa.select(referrals.c.id).where(referrals.c.stop_id == stop, referrals.c.withdrawn_at.is_(None), *same)
    if conn.execute(there.limit(1)).scalar() is not None:
        raise ReferralThere


def _is_erased(conn: sa.Connection, party: UUID) -> bool:
    return conn.execute(sa.select(parties.c.erased_at).where(parties.c.id == party)).scalar() is not None


def _note_of(conn: sa.Connection, kind: str, row: Row, terms: dict[str, Term], *, actor: Actor, now: datetime) -> None:
    stop = row_of(conn, stops.c.id, row.stop_id)
    assert stop is not None, "a stop goes together with its referrals"
    _note(conn, kind, stop, desk=None, terms=terms, actor=actor, now=now)


def _note(
    conn: sa.Connection,
    kind: str,
    stop: Row,
    *,
    desk: UUID | None,
    terms: dict[str, Term],
    actor: Actor,
    now: datetime,
) -> None:
    fact = Fact(
        kind=kind,
        at=now,
        day=stop.day_id,
        party=stop.party_id,
        visit=stop.visit_id,
        stop=stop.id,
        desk=desk,
        actor=actor.ref,
        terms=terms,
    )
    record(conn, fact)
