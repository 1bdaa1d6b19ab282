"""Erasing a person who asks for it, and forgetting everybody when their time is over.

What stays is counted, not known: numbers, services, times and outcomes of a party without name, address, code or
language, and a ledger whose ids belong to nobody. `parties.erased_at` says that this was done; `verify` asks no more of
such rows than that capacity adds up.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.tables import passes, tokens
from onestop.booking.actions.bookings import cancel_booking, release_hold
from onestop.booking.actions.waiting import leave_list
from onestop.booking.capacity import expire_holds
from onestop.booking.queries import booking_of_party
from onestop.booking.tables import bookings, parties, stops
from onestop.days.tables import broadcasts, days
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.db.session import Database
from onestop.domain.booking import BookingState
from onestop.domain.errors import N_, Refusal
from onestop.domain.facts import Fact
from onestop.domain.retention import HOLD_KEPT, OTHER_LANGUAGE, without_rare
from onestop.domain.roles import SYSTEM, Actor
from onestop.domain.visit import StopState, VisitReason, VisitState
from onestop.retention.journal import note_erasure, party_hash, read_erasures
from onestop.retention.people import forget_crew, withdraw_again
from onestop.retention.queries import CommonLanguages, KeptDay, common_languages_of, kept_days
from onestop.retention.rows import AT_ONCE, Detaching, detach_facts, detach_party, forget_acts, forget_parties
from onestop.settings import Settings
from onestop.visits.actions.calls import finish
from onestop.visits.actions.notes import forget_notes
from onestop.visits.actions.route import leave
from onestop.visits.tables import notes, stop_papers, visit_needs, visits

SECRETS_KEPT = timedelta(days=30)


class ErasureLater(Refusal):
    code = "erasure_later"
    sentence = N_("You are at a desk now. Please finish there first. After that we can erase your data.")


def erase_party(conn: sa.Connection, party: UUID, *, journal: Path | None, actor: Actor, now: datetime) -> bool:
    """Erase what is known of the people on a ticket; gives whether there was anything left. Run under the day's lock.

    A booking is cancelled and an open visit ends. `journal` is the folder of the erasure journal, `None` only while a
    backup is restored. Raises `ErasureLater` while somebody of the party is being served.
    """
    row = conn.execute(sa.select(parties).where(parties.c.id == party)).one_or_none()
    if row is None or row.erased_at is not None:
        return False
    _give_up_booking(conn, party, actor=actor, now=now)
    visit = _leave(conn, party, actor=actor, now=now)
    record(conn, Fact(kind="PartyErased", at=now, day=row.day_id, party=party, visit=visit, actor=actor.ref))
    forget_parties(conn, [row], now=now)
    working = conn.execute(sa.select(days.c.working_language).where(days.c.id == row.day_id)).scalar_one()
    conn.execute(parties.update().where(parties.c.id == party).values(languages=[], display_language=working))
    forget_acts(conn, [party])
    conn.execute(notes.delete().where(notes.c.party_id == party))
    detach_party(conn, party, row.day_id, visit)
    if journal is not None:
        note_erasure(journal, party=party, day=row.day_id, now=now)
    return True


def replay_erasures(database: Database, folder: Path, *, now: datetime) -> int:
    """After a restore, before the port opens: erase everybody the journal names; gives how many were there again."""
    named: dict[UUID, set[str]] = {}
    for erasure in read_erasures(folder):
        named.setdefault(erasure.day, set()).add(erasure.party_hash)
    erased = 0
    for day, hashes in named.items():
        known = database.read_now(_living_parties, day)
        for party in [party for party in known if party_hash(party) in hashes]:
            erased += database.write_now(_erase_again, party, now=now, day=day)
        erased += database.write_now(withdraw_again, day, hashes, now=now, day=day)
    return erased


def run_retention(database: Database, settings: Settings, *, now: datetime) -> dict[str, int]:
    """Everything whose time is over, in steps of one short transaction; gives how much of each kind went.

    Running it again, or after a crash in the middle, changes nothing that is done.
    """
    counts: dict[str, int] = {
        "secrets": database.write_now(forget_secrets, now=now),
        "notes": database.write_now(forget_notes, now=now),
    }
    for day in database.read_now(kept_days, contact_days=settings.contact_days):
        for kind, count in retain_day(database, day, now=now).items():
            counts[kind] = counts.get(kind, 0) + count
    return counts


def retain_day(database: Database, day: KeptDay, *, now: datetime) -> dict[str, int]:
    """The steps that are due for one day."""

    def steps(action: Callable[..., int], **more: Any) -> int:
        done = 0
        while step := database.write_now(action, day.id, day=day.id, **more):
            done += step
        return done

    counts = {"holds": steps(forget_holds, now=now), "needs": 0, "persons": 0, "languages": 0, "facts": 0, "days": 0}
    if now >= day.ends_at:
        counts["needs"] = steps(forget_needs)
    if now < day.persons_until:
        return counts
    counts["persons"] = steps(forget_persons, now=now) + steps(forget_crew)
    common = database.read_now(common_languages_of, day.id)
    counts["languages"] = steps(forget_languages, common=common)
    done = Detaching(key=secrets.token_bytes(32))
    while (done := database.write_now(detach_facts, day.id, done, day=day.id)).changed:
        counts["facts"] += done.changed
    counts["days"] = int(database.write_now(close_forgotten, day.id, now=now, day=day.id))
    return counts


def forget_holds(conn: sa.Connection, day: UUID, *, now: datetime) -> int:
    """Holds that were never confirmed, a day after their end: all their rows."""
    expire_holds(conn, day, now=now)
    old = conn.execute(
        sa.select(bookings.c.party_id)
        .join_from(bookings, parties)
        .where(
            bookings.c.day_id == day,
            bookings.c.state.in_([BookingState.EXPIRED, BookingState.RELEASED]),
            bookings.c.ended_at <= now - HOLD_KEPT,
            parties.c.number.is_(None),
        )
        .limit(AT_ONCE)
    ).scalars().all()  # fmt: skip
    for party in old:
        detach_party(conn, party, day, None)
    conn.execute(parties.delete().where(parties.c.id.in_(old)))
    return len(old)


def forget_needs(conn: sa.Connection, day: UUID) -> int:
    """Operational needs, papers seen at reception and messages to everybody, gone at midnight."""
    of_stops = sa.select(stops.c.id).where(stops.c.day_id == day)
    conn.execute(stop_papers.delete().where(stop_papers.c.stop_id.in_(of_stops)))
    # None of them is kept in memory any more: their time is over.
    conn.execute(broadcasts.delete().where(broadcasts.c.day_id == day).execution_options(**LIVE))
    of_day = sa.select(visits.c.id).where(visits.c.day_id == day)
    conn.execute(visit_needs.delete().where(visit_needs.c.visit_id.in_(of_day)))
    return conn.execute(
        visits.update()
        .where(visits.c.day_id == day, visits.c.need)
        .values(need=False, version=visits.c.version + 1)
    ).rowcount  # fmt: skip


def forget_persons(conn: sa.Connection, day: UUID, *, now: datetime) -> int:
    """Names, contacts, messages and codes of some parties of the day."""
    rows = conn.execute(
        sa.select(parties).where(parties.c.day_id == day, parties.c.erased_at.is_(None)).limit(AT_ONCE)
    ).all()
    forget_parties(conn, rows, now=now)
    forget_acts(conn, [row.id for row in rows])
    return len(rows)


def forget_languages(conn: sa.Connection, day: UUID, *, common: CommonLanguages) -> int:
    """Languages of few visits become "other", for some parties of the day."""
    changed = 0
    for row in conn.execute(
        sa.select(parties.c.id, parties.c.languages, parties.c.display_language).where(parties.c.day_id == day)
    ).all():
        languages = without_rare(row.languages, common.spoken | {OTHER_LANGUAGE})
        read = row.display_language if row.display_language in common.read else OTHER_LANGUAGE
        if (languages, read) == (row.languages, row.display_language):
            continue
        conn.execute(parties.update().where(parties.c.id == row.id).values(languages=languages, display_language=read))
        changed += 1
        if changed == AT_ONCE:
            break
    return changed


def close_forgotten(conn: sa.Connection, day: UUID, *, now: datetime) -> bool:
    """Note that the day holds no persons any more, unless somebody came to it meanwhile."""
    if conn.execute(sa.select(parties.c.id).where(parties.c.day_id == day, parties.c.erased_at.is_(None))).first():
        return False
    conn.execute(days.update().where(days.c.id == day).values(forgotten_at=now))
    record(conn, Fact(kind="DayForgotten", at=now, day=day, actor=SYSTEM.ref))
    return True


def forget_secrets(conn: sa.Connection, *, now: datetime) -> int:
    """Tokens and day passes that stopped opening anything a month ago."""
    before = now - SECRETS_KEPT
    over = sa.select(days.c.id).where(days.c.closes_at <= before)
    return sum(
        conn.execute(statement).rowcount
        for statement in (
            tokens.delete().where(sa.or_(tokens.c.until_at <= before, tokens.c.revoked_at <= before)),
            passes.delete().where(sa.or_(passes.c.day_id.in_(over), passes.c.revoked_at <= before)),
        )
    )


def _give_up_booking(conn: sa.Connection, party: UUID, *, actor: Actor, now: datetime) -> None:
    leave_list(conn, party, actor=actor, now=now)
    booking = booking_of_party(conn, party)
    if booking is None:
        return
    if booking.state is BookingState.CONFIRMED:
        cancel_booking(conn, party, actor=actor, now=now)
    elif booking.state is BookingState.HELD:
        release_hold(conn, booking.id, actor=actor, now=now)


def _leave(conn: sa.Connection, party: UUID, *, actor: Actor, now: datetime) -> UUID | None:
    visit = conn.execute(sa.select(visits).where(visits.c.party_id == party)).one_or_none()
    if visit is None:
        return None
    if visit.state == VisitState.OPEN:
        if _being_served(conn, party):
            raise ErasureLater
        leave(conn, visit.id, reason=VisitReason.OWN_WISH, actor=actor, now=now)
    return visit.id


def _being_served(conn: sa.Connection, party: UUID) -> Sequence[UUID]:
    return conn.execute(
        sa.select(stops.c.id).where(stops.c.party_id == party, stops.c.state == StopState.SERVING)
    ).scalars().all()  # fmt: skip


def _living_parties(conn: sa.Connection, day: UUID) -> list[UUID]:
    return list(
        conn.execute(
            sa.select(parties.c.id).where(parties.c.day_id == day, parties.c.erased_at.is_(None))
        ).scalars()
    )  # fmt: skip


def _erase_again(conn: sa.Connection, party: UUID, *, now: datetime) -> bool:
    """Somebody the backup still shows at a desk has long left it."""
    for stop in _being_served(conn, party):
        finish(conn, stop, actor=SYSTEM, now=now)
    return erase_party(conn, party, journal=None, actor=SYSTEM, now=now)
