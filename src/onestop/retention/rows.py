"""What forgetting does to rows: parties without persons, facts whose ids belong to nobody."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, draw_entries, parties, printed, stops, waiting
from onestop.db.ledger import facts
from onestop.domain.retention import blurred
from onestop.notify.tables import outbox
from onestop.referrals.tables import referrals
from onestop.visits.tables import acts, alarms, paper_entries, setup_touched, stop_papers, visit_needs, visits

AT_ONCE = 100
"""Rows a step changes: each step is one short transaction, so that a running day is not held up."""
_PERSONS = ("party_id", "visit_id", "stop_id", "mediator_id")


def forget_parties(conn: sa.Connection, rows: Sequence[sa.Row[Any]], *, now: datetime) -> None:
    """What points at a person leaves the rows of these parties; the numbers stay taken (R7)."""
    ids = [row.id for row in rows]
    conn.execute(contacts.delete().where(contacts.c.party_id.in_(ids)))
    conn.execute(waiting.delete().where(waiting.c.party_id.in_(ids)))
    conn.execute(draw_entries.update().where(draw_entries.c.party_id.in_(ids)).values(party_id=None))
    conn.execute(printed.update().where(printed.c.party_id.in_(ids)).values(code_hash=None, short_hash=None))
    conn.execute(setup_touched.delete().where(setup_touched.c.party_id.in_(ids)))
    conn.execute(outbox.delete().where(outbox.c.party_id.in_(ids)))
    conn.execute(alarms.delete().where(alarms.c.party_id.in_(ids)))
    own = sa.select(stops.c.id).where(stops.c.party_id.in_(ids))
    conn.execute(stop_papers.delete().where(stop_papers.c.stop_id.in_(own)))
    forget_referrals(conn, ids)
    conn.execute(visits.update().where(visits.c.party_id.in_(ids)).values(need=False))
    conn.execute(
        visit_needs.delete().where(visit_needs.c.visit_id.in_(sa.select(visits.c.id).where(visits.c.party_id.in_(ids))))
    )
    conn.execute(bookings.update().where(bookings.c.party_id.in_(ids)).values(invitation_id=None, helper_id=None))
    conn.execute(
        parties.update()
        .where(parties.c.id.in_(ids))
        .values(
            name="",
            name_folded="",
            short_hash=None,
            answers=[],
            papers_ready=[],
            aloud=False,
            asked_at_end=False,
            asked_tally=False,
            erased_at=now,
        )
    )
    for row in rows:
        if row.number is not None:
            # A ticket has both or neither; the hash of no code opens nothing.
            dead = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
            conn.execute(parties.update().where(parties.c.id == row.id).values(code_hash=dead))


def forget_referrals(conn: sa.Connection, parties_gone: Collection[UUID]) -> None:
    """Private ones go whole (R19); of the others stays what is counted: from where to where, why, kept or not."""
    hers = referrals.c.party_id.in_(parties_gone)
    conn.execute(referrals.delete().where(hers, referrals.c.private))
    rows = conn.execute(
        sa.select(referrals.c.id, referrals.c.made_at, referrals.c.consent_at, referrals.c.kept_at).where(hers)
    )
    for row in rows.all():
        conn.execute(
            referrals.update()
            .where(referrals.c.id == row.id)
            .values(
                party_id=None,
                stop_id=None,
                kept_stop_id=None,
                consent_by="",
                made_at=blurred(row.made_at),
                consent_at=blurred(row.consent_at),
                kept_at=blurred(row.kept_at) if row.kept_at is not None else None,
            )
        )


def forget_acts(conn: sa.Connection, parties_gone: Collection[UUID]) -> None:
    """Images of rows kept for undo, and the lines that were entered from paper."""
    conn.execute(paper_entries.delete().where(paper_entries.c.party_id.in_(parties_gone)))
    own = sa.select(stops.c.id).where(stops.c.party_id.in_(parties_gone))
    conn.execute(acts.delete().where(acts.c.stop_id.in_(own)))


def detach_party(conn: sa.Connection, party: UUID, day: UUID, visit: UUID | None) -> None:
    """The facts about a party get random ids in place of its own; they stay countable and point at nobody."""
    own_stops = conn.execute(sa.select(stops.c.id).where(stops.c.party_id == party)).scalars().all()
    own = [(facts.c.party_id, party), *((facts.c.stop_id, stop) for stop in own_stops)]
    if visit is not None:
        own.append((facts.c.visit_id, visit))
    for column, was in own:
        conn.execute(
            facts.update()
            .where(facts.c.day_id == day, column == was)
            .values({column: UUID(bytes=secrets.token_bytes(16))})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Detaching:
    """How far the ledger of a day is detached; a run goes from one to the next, the key is never stored."""

    key: bytes
    after: int = 0
    latest: datetime | None = None
    changed: int = 0


def detach_facts(conn: sa.Connection, day: UUID, done: Detaching) -> Detaching:
    """Give the next facts of a day other ids for parties, visits, stops and mediators, and take the minutes away.

    The same id becomes the same other one, so that the day can still be replayed. After an interruption a later run
    begins again: what stood for nobody then stands for nobody under another id.
    """
    rows = conn.execute(
        sa.select(facts).where(facts.c.day_id == day, facts.c.id > done.after).order_by(facts.c.id).limit(AT_ONCE)
    ).all()
    latest = done.latest
    for row in rows:
        at = blurred(row.at)
        latest = at if latest is None else max(latest, at)  # never before the fact that stands before it
        others = {name: _other(done.key, getattr(row, name)) for name in _PERSONS}
        conn.execute(facts.update().where(facts.c.id == row.id).values(at=latest, **others))
    return replace(done, after=rows[-1].id if rows else done.after, latest=latest, changed=len(rows))


def _other(key: bytes, was: UUID | None) -> UUID | None:
    return None if was is None else UUID(bytes=hmac.new(key, was.bytes, hashlib.sha256).digest()[:16])
