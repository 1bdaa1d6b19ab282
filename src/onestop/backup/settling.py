"""What must not come alive again with a backup, in one transaction: credentials, messages, armed desks, numbers.

Decision 12 says why. The rule: what opens a door or leaves the house does so only if the database that was replaced
still had it alive; without that database nothing old opens a door and nothing that was due is sent.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from onestop.accounts.tables import (
    accounts,
    grants,
    half_sign_ins,
    links,
    passes,
    recovery_codes,
    second_steps,
    sessions,
    tokens,
)
from onestop.backup.file import About
from onestop.backup.present import Present, highest_numbers, last_ids
from onestop.booking.tables import parties
from onestop.booking.tickets import TicketRef
from onestop.days.tables import days, desks
from onestop.db.ledger import record
from onestop.devices.tables import devices
from onestop.domain.day import DayState
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.domain.ticket import code_hash, ticket_code
from onestop.notify.queries import unsent
from onestop.notify.tables import outbox

NUMBERS_AHEAD = 500
"""Tickets issued after the backup are not known any more: new numbers never meet theirs."""
IDS_AHEAD = 1_000_000
"""A board or a program asks for what came after the last id it saw: new ids are higher than any it can have seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many of each were alive in the backup and are not any more."""

    sessions: int
    passes: int
    tokens: int
    devices: int
    messages: int


def settle(
    conn: sa.Connection, present: Present, about: About, *, actor: Actor, now: datetime, real: datetime
) -> Settled:
    """Make a database as it was at the backup fit for today. `now` is domain time, `real` machine time."""
    _jump_ids(conn, present)
    _take_over_accounts(conn, present)
    settled = Settled(
        passes=_end(conn, passes, present.passes, {"revoked_at": now}, keep=("bound_session", "bound_at")),
        tokens=_end(conn, tokens, present.tokens, {"revoked_at": now}),
        devices=_end(
            conn, devices, present.devices, {"revoked_at": real, "token_hash": None, "pair_hash": None},
            keep=("token_hash", "pair_hash", "pair_until_at", "paired_at"),
        ),
        sessions=_take_over_sessions(conn, present),
        messages=_hold_back_messages(conn, present, now=now),
    )  # fmt: skip
    conn.execute(desks.update().values(ready_since_at=None, ready_until_at=None))
    _jump_numbers(conn, present, actor=actor, now=now)
    record(conn, Fact(kind="DatabaseRestored", at=now, actor=actor.ref, terms={"taken_at": about.taken_at}))
    return settled


def key_fits(conn: sa.Connection, key: bytes) -> bool:
    """Whether the ticket key makes the codes of this database; `True` where no ticket is left to try."""
    row = conn.execute(
        sa.select(parties).where(parties.c.number.is_not(None), parties.c.erased_at.is_(None)).limit(1)
    ).first()
    if row is None:
        return True
    ref = TicketRef(party=row.id, day=row.day_id, number=row.number, generation=row.generation)
    made = ticket_code(key, day=ref.day, number=ref.number, generation=ref.generation)
    return code_hash(made) == row.code_hash


def _take_over_accounts(conn: sa.Connection, present: Present) -> None:
    """Passwords, locks and rights as they are now, for accounts that both databases know."""
    ours = set(conn.execute(sa.select(accounts.c.id)).scalars())
    both = {row["id"]: row for row in present.accounts if row["id"] in ours}
    for account, row in both.items():
        values = {name: row[name] for name in ("active", "password_hash", "failed", "wait_until_at")}
        conn.execute(accounts.update().where(accounts.c.id == account).values(**values))
    # A right that was narrowed since to a day which the backup does not hold has nothing left here.
    known = set(conn.execute(sa.select(days.c.id)).scalars())
    still = {row["id"]: row for row in present.grants if row["day_id"] is None or row["day_id"] in known}
    conn.execute(grants.delete().where(grants.c.account_id.in_(both), grants.c.id.not_in(still)))
    for grant in conn.execute(sa.select(grants.c.id).where(grants.c.id.in_(still))).scalars().all():
        row = still[grant]
        conn.execute(grants.update().where(grants.c.id == grant).values(day_id=row["day_id"], cap=row["cap"]))
    _take_over_codes(conn, present, list(both))
    conn.execute(links.delete())
    conn.execute(half_sign_ins.delete())


def _take_over_codes(conn: sa.Connection, present: Present, both: Collection[Any]) -> None:
    """One-time codes as they are now: none that was used is good again, and none that was lost is asked for."""
    for table, rows in ((second_steps, present.second_steps), (recovery_codes, present.recovery_codes)):
        conn.execute(table.delete().where(table.c.account_id.in_(both)))
        kept = [dict(row) for row in rows if row["account_id"] in both]
        if kept:
            conn.execute(table.insert(), kept)


def _end(
    conn: sa.Connection,
    table: sa.Table,
    present: Collection[Any],
    over: dict[str, Any],
    *,
    keep: tuple[str, ...] = (),
) -> int:
    """End what is alive here and not alive in the present database; what is alive in both is as it is there."""
    alive = {row["id"]: row for row in present if row["revoked_at"] is None}
    ended = 0
    for own in conn.execute(sa.select(table.c.id).where(table.c.revoked_at.is_(None))).scalars().all():
        values = {name: alive[own][name] for name in keep} if own in alive else over
        ended += own not in alive
        if values:
            conn.execute(table.update().where(table.c.id == own).values(**values))
    return ended


def _take_over_sessions(conn: sa.Connection, present: Present) -> int:
    """Whoever is signed in now stays so; everybody else of the backup is signed out."""
    before = set(conn.execute(sa.select(sessions.c.token_hash)).scalars())
    conn.execute(sessions.delete())
    owners = {
        name: set(conn.execute(sa.select(table.c.id)).scalars())
        for name, table in (("account_id", accounts), ("pass_id", passes), ("device_id", devices))
    }
    kept = [
        dict(row)
        for row in present.sessions
        if all(row[name] is None or row[name] in known for name, known in owners.items())
    ]
    if kept:
        conn.execute(sessions.insert(), kept)
    return len(before - {row["token_hash"] for row in kept})


def _hold_back_messages(conn: sa.Connection, present: Present, *, now: datetime) -> int:
    """What happened to a message since the backup holds; gives how many are not sent because nobody knows."""
    fate = {row["id"]: row for row in present.messages}
    names = ("sent_at", "dead_at", "withdrawn_at", "tries", "retry_at", "failing_since_at", "leased_until_at")
    unknown = 0
    for message, due_at in conn.execute(sa.select(outbox.c.id, outbox.c.due_at).where(unsent())).all():
        if message in fate:
            values = {name: fate[message][name] for name in names}
        elif due_at <= now:
            # Mail goes out within seconds: what was due at the backup has most probably been sent since.
            values = {"withdrawn_at": now}
            unknown += 1
        else:
            continue
        conn.execute(outbox.update().where(outbox.c.id == message).values(**values))
    return unknown


def _jump_numbers(conn: sa.Connection, present: Present, *, actor: Actor, now: datetime) -> None:
    """R7 and R12: the counter of every day that is not closed goes on beyond what anybody can have in hand."""
    open_days = set(conn.execute(sa.select(days.c.id).where(days.c.state != DayState.CLOSED)).scalars())
    for day, known in sorted(highest_numbers(conn).items()):
        if day not in open_days:
            continue
        after = max(known, present.numbers.get(day, 0)) + NUMBERS_AHEAD
        conn.execute(days.update().where(days.c.id == day).values(next_number=after))
        record(conn, Fact(kind="NumbersJumped", at=now, day=day, actor=actor.ref, terms={"next": after}))


def _jump_ids(conn: sa.Connection, present: Present) -> None:
    last_fact, last_call = last_ids(conn)
    wanted = {"facts": max(last_fact, present.last_fact), "calls": max(last_call, present.last_call)}
    for table, last in wanted.items():
        values = {"table": table, "last": last + IDS_AHEAD}
        if conn.dialect.name == "postgresql":
            conn.execute(sa.text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"), values)
        else:
            conn.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), values)
            conn.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), values)
