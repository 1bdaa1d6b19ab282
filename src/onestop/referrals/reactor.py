"""The reactor: a referral is kept by itself when she is served there, or checked in on the day it leads to."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.domain.facts import Fact
from onestop.domain.referral import KeptHow, Target
from onestop.referrals.tables import referrals

CAME = frozenset({"VisitorCheckedIn", "WalkInIssued"})


def keep_referrals(conn: sa.Connection, facts: Sequence[Fact]) -> None:
    """Joined by `app.py`; writes only referrals, before COMMIT.

    The same person is known by her ticket, or by the one that goes on with it on another day; who books anew is
    somebody new here, and the one who sees her records it by hand.
    """
    for fact in facts:
        if fact.party is None or fact.day is None:
            continue
        if fact.kind == "StopServed" and fact.stop is not None:
            _keep(conn, fact, _served_there(fact.stop, fact.day), how=KeptHow.SERVED, stop=fact.stop)
        elif fact.kind in CAME:
            there = (referrals.c.target == Target.DAY, referrals.c.to_day_id == fact.day)
            _keep(conn, fact, there, how=KeptHow.CHECKED_IN)
        elif fact.kind == "ActUndone" and fact.terms.get("act") == "serve":
            _take_back(conn, referrals.c.kept_stop_id == fact.stop)
        elif fact.kind == "CheckInUndone":
            _take_back(
                conn,
                referrals.c.kept_how == KeptHow.CHECKED_IN,
                referrals.c.to_day_id == fact.day,
                referrals.c.party_id.in_(_tickets_of(fact.party)),
            )


def _keep(
    conn: sa.Connection, fact: Fact, there: Sequence[sa.ColumnElement[bool]], *, how: KeptHow, stop: UUID | None = None
) -> None:
    assert fact.party is not None
    conn.execute(
        referrals.update()
        .where(
            referrals.c.party_id.in_(_tickets_of(fact.party)),
            referrals.c.kept_at.is_(None),
            referrals.c.withdrawn_at.is_(None),
            *there,
        )
        .values(kept_at=fact.at, kept_how=how, kept_stop_id=stop)
    )


def _served_there(stop: UUID, day: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """Those to the institution of this stop, on this day or whenever; never from the conversation that made them."""
    institution = sa.select(stops.c.institution_id).where(stops.c.id == stop).scalar_subquery()
    return (
        referrals.c.to_institution_id == institution,
        referrals.c.stop_id != stop,
        sa.or_(referrals.c.to_day_id.is_(None), referrals.c.to_day_id == day),
    )


def _take_back(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> None:
    conn.execute(referrals.update().where(*where).values(kept_at=None, kept_how=None, kept_stop_id=None))


def _tickets_of(party: UUID) -> sa.Select[tuple[UUID]]:
    """Her ticket and those of earlier days that it goes on with."""
    before = (
        sa.select(parties.c.id, parties.c.carried_from_id).where(parties.c.id == party).cte("ticket", recursive=True)
    )
    earlier = parties.alias("earlier")
    chain = before.union_all(
        sa.select(earlier.c.id, earlier.c.carried_from_id).where(earlier.c.id == before.c.carried_from_id)
    )
    return sa.select(chain.c.id)
