"""Changes to the outbox: write a message with its cause, take it back, lease it, note how sending went."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.db.statements import insert
from onestop.db.types import new_id
from onestop.domain.errors import MessageUnknown
from onestop.domain.facts import Fact
from onestop.domain.reminding import REMINDERS, reminders
from onestop.domain.roles import Actor
from onestop.locale.languages import LANGUAGES, fallbacks
from onestop.notify.kinds import KINDS, TOUCHED
from onestop.notify.letters import MOST_SHOWN, SUPERSEDED, may_try_again
from onestop.notify.queries import (
    WAYS,
    Message,
    Recipient,
    Told,
    due_messages,
    helps_still,
    message_by_id,
    own_in,
    recipients_of,
    told_of,
    unsent,
)
from onestop.notify.tables import outbox
from onestop.notify.ways import EMAIL

LEASE = timedelta(minutes=2)
"""Longer than sending one message can take; then another process may try."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4))
"""Never longer: a server that is well again has every message within five minutes (R6)."""
GIVE_UP = timedelta(hours=24)
"""With `WAITS` some 360 tries of a message that a server puts off all the time."""
REMINDED = frozenset({"confirmation", "changed", *TOUCHED.values()})
"""Messages about an appointment that stands: reminders follow them."""


def tell(
    conn: sa.Connection, party: UUID, kind: str, *, host: str, ways: Collection[str] = (EMAIL,), now: datetime
) -> None:
    """Write the message of this kind for each address of the party; unsent earlier ones are taken back.

    `host` is the right part of the Message-ID, which never changes after this. Telephones get what has a short text.
    """
    if kind != "confirmation":
        withdraw(conn, party, now=now)
    recipients = recipients_of(conn, party, ways if KINDS[kind].short else (EMAIL,))
    told = told_of(conn, party) if recipients else None
    if told is None:
        return
    for recipient in recipients:
        if recipient.limited:
            if kind == "confirmation":
                _tell_limit(conn, party, told, recipient, host=host, now=now)
            continue
        sequence = _next_sequence(conn, party, recipient.address)
        put = partial(put_message, conn, party, told, to=recipient, sequence=sequence, host=host, now=now)
        put(kind, due_at=now)
        if kind in REMINDED and recipient.reminded:
            for one in reminders(told.terms.arrival_at, ZoneInfo(told.terms.zone), told_at=now):
                put(one.kind, due_at=one.due_at, until_at=one.until_at)


def withdraw(conn: sa.Connection, party: UUID, *, now: datetime) -> None:
    """Take back what has not been sent; a lease that runs stays visible, so that the next message waits for it."""
    conn.execute(outbox.update().where(unsent(party=party)).values(withdrawn_at=now))


def withdraw_reminders(conn: sa.Connection, party: UUID, *, now: datetime) -> None:
    """She wants no reminders by mail any more; other messages go out."""
    reminding = sa.and_(outbox.c.kind.in_(REMINDERS), outbox.c.way == EMAIL)
    conn.execute(outbox.update().where(unsent(party=party), reminding).values(withdrawn_at=now))


def renew_codes(conn: sa.Connection, party: UUID, *, host: str, now: datetime) -> None:
    """The ticket has a new code: unsent messages are written again with it."""
    waiting = conn.execute(sa.select(outbox).where(unsent(party=party))).mappings().all()
    told = told_of(conn, party) if waiting else None
    if told is None:
        return
    withdraw(conn, party, now=now)
    for row in waiting:
        terms = {**row["terms"], "generation": told.terms.generation}
        _insert(conn, {**row, "terms": terms}, host=host)


def renew_lines(conn: sa.Connection, day_id: UUID) -> None:
    """The organiser's own lines changed: reminders that wait and were never tried say the new ones.

    What was tried once keeps its bytes: the server may have taken it.
    """
    day = day_by_id(conn, day_id)
    untouched = sa.and_(outbox.c.tries == 0, outbox.c.leased_until_at.is_(None), outbox.c.kind.in_(REMINDERS))
    rows = conn.execute(
        sa.select(outbox.c.id, outbox.c.terms, parties.c.display_language)
        .join_from(outbox, parties)
        .where(unsent(), outbox.c.day_id == day_id, untouched)
    ).all()
    changed: list[dict[str, Any]] = []
    for row in rows:
        others = {name: value for name, value in row.terms.items() if name != "own_draft"}
        changed.append({"row": row.id, "terms": {**others, **own_in(conn, day, row.display_language)}})
    if changed:
        conn.execute(outbox.update().where(outbox.c.id == sa.bindparam("row")), changed)


def follow_clock(conn: sa.Connection, *, real: datetime) -> None:
    """The machine's clock was set back: leases and waits begin anew, so that none lasts as long as the jump."""
    for column, longest in ((outbox.c.leased_until_at, LEASE), (outbox.c.retry_at, WAITS[-1])):
        stray = sa.and_(column > real + longest, outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
        conn.execute(outbox.update().where(stray).values({column: real + longest}))


def lease_next(
    conn: sa.Connection,
    *,
    real: datetime,
    now: datetime,
    beside: Collection[UUID] = (),
    ways: Collection[str] = WAYS,
) -> Message | None:
    """Take the next due message of these ways for `LEASE`; `None` if there is none or another process was faster.

    `beside` are parties this process is writing to: a clock set forward may end their leases, not what is under way.
    """
    due = due_messages(real=real, now=now, ways=ways).where(outbox.c.party_id.not_in(beside))
    for candidate in conn.execute(due.limit(5)).all():
        # The party's rows are locked in id order and looked at again: two processes never write to one party at once.
        conn.execute(
            sa.select(outbox.c.id)
            .where(outbox.c.party_id == candidate.party_id)
            .order_by(outbox.c.id)
            .with_for_update()
        ).all()
        if conn.execute(due_messages(real=real, now=now).where(outbox.c.id == candidate.id)).first() is None:
            continue
        conn.execute(outbox.update().where(outbox.c.id == candidate.id).values(leased_until_at=real + LEASE))
        return message_by_id(conn, candidate.id)
    return None


def mark_sent(conn: sa.Connection, message: UUID, *, now: datetime) -> None:
    """The server took it; harmless when the row was erased meanwhile."""
    conn.execute(outbox.update().where(outbox.c.id == message).values(sent_at=now, leased_until_at=None, last_error=""))


def mark_failed(
    conn: sa.Connection,
    message: UUID,
    *,
    error: str,
    permanent: bool = False,
    real: datetime,
    now: datetime,
) -> None:
    """It was not taken: later again, each time later; dead when refused for good or for `GIVE_UP`.

    `error` holds a code and a class, never an address.
    """
    row = conn.execute(sa.select(outbox).where(outbox.c.id == message)).one_or_none()
    if row is None:
        return
    since = row.failing_since_at or real
    dead = permanent or real - since >= GIVE_UP
    wait = WAITS[min(row.tries, len(WAITS) - 1)]
    conn.execute(
        outbox.update()
        .where(outbox.c.id == message)
        .values(
            leased_until_at=None,
            failing_since_at=since,
            tries=row.tries + 1,
            retry_at=real + wait,
            last_error=error[:200],
            dead_at=now if dead else None,
        )
    )


def try_again(
    conn: sa.Connection, day_id: UUID, message: UUID | None, *, host: str, actor: Actor, now: datetime
) -> int:
    """Send messages of a day that were given up once more, one or all of them; gives how many can still be of use.

    The server never took them, so they go out as the same message; a ticket that has a new code since is told that one.
    """
    closes_at = day_by_id(conn, day_id).closes_at
    wanted = sa.and_(outbox.c.day_id == day_id, outbox.c.dead_at.is_not(None), outbox.c.withdrawn_at.is_(None))
    if message is not None:
        wanted = sa.and_(wanted, outbox.c.id == message)
    rows = conn.execute(
        sa.select(outbox, SUPERSEDED.label("superseded"), parties.c.generation)
        .join_from(outbox, parties)
        .where(wanted, outbox.c.bounced_at.is_(None))
        .order_by(outbox.c.id)
        .limit(MOST_SHOWN)
    ).mappings().all()  # fmt: skip
    useful = [
        row
        for row in rows
        if may_try_again(superseded=row["superseded"], until_at=row["until_at"], closes_at=closes_at, now=now)
    ]
    for row in useful:
        fresh = {"dead_at": None, "failing_since_at": None, "retry_at": None, "tries": 0, "last_error": ""}
        if row["terms"]["generation"] != row["generation"]:
            fresh = {"withdrawn_at": now}
            _insert(conn, {**row, "terms": {**row["terms"], "generation": row["generation"]}}, host=host)
        conn.execute(outbox.update().where(outbox.c.id == row["id"]).values(**fresh))
    if useful:
        record(conn, Fact(kind="MessagesRevived", at=now, day=day_id, actor=actor.ref, terms={"count": len(useful)}))
    return len(useful)


def mark_bounced(conn: sa.Connection, message_id: str, *, status: str, actor: Actor, now: datetime) -> None:
    """The server says later that a message could not be delivered; harmless twice. Raises `MessageUnknown`.

    `status` is the code of the report (RFC 3463), perhaps empty. What is still being tried is given up.
    """
    row = conn.execute(sa.select(outbox).where(outbox.c.message_id == message_id)).one_or_none()
    if row is None:
        raise MessageUnknown
    if row.bounced_at is not None:
        return
    dead_at = now if row.sent_at is None and row.dead_at is None else row.dead_at
    values = {"bounced_at": now, "dead_at": dead_at, "last_error": f"bounced {status}".strip()}
    conn.execute(outbox.update().where(outbox.c.id == row.id).values(**values))
    record(conn, Fact(kind="MessageBounced", at=now, day=row.day_id, party=row.party_id, actor=actor.ref))


def give_back_lease(conn: sa.Connection, message: UUID, *, error: str) -> None:
    """The server could not be reached at all: this is no try of the message."""
    conn.execute(outbox.update().where(outbox.c.id == message).values(leased_until_at=None, last_error=error[:200]))


def bury_late(conn: sa.Connection, *, now: datetime) -> int:
    """Messages about a day that is over, and reminders of what has begun, help nobody; gives how many ended so."""
    over = sa.or_(outbox.c.day_id.in_(sa.select(days.c.id).where(days.c.closes_at <= now)), ~helps_still(now))
    return conn.execute(outbox.update().where(unsent(), over).values(dead_at=now, last_error="late")).rowcount


def message_language(wanted: str, working: str) -> str:
    """The language a message is written in: hers if it is complete, else her next best."""
    return next((tag for tag in fallbacks(wanted, working=working) if tag in LANGUAGES), "en")


def _tell_limit(
    conn: sa.Connection, party: UUID, told: Told, recipient: Recipient, *, host: str, now: datetime
) -> None:
    # Once for each address and day: nobody can fill a mailbox by booking with it.
    known = sa.select(outbox.c.id).where(
        outbox.c.day_id == told.day, outbox.c.address == recipient.address, outbox.c.kind == "limit"
    )
    if conn.execute(known.limit(1)).first() is None:
        put_message(conn, party, told, "limit", to=recipient, sequence=0, host=host, due_at=now, now=now)


def put_message(
    conn: sa.Connection,
    party: UUID,
    told: Told,
    kind: str,
    *,
    to: Recipient,
    sequence: int,
    host: str,
    due_at: datetime,
    until_at: datetime | None = None,
    now: datetime,
) -> None:
    """Write one message to one address; it goes out from `due_at` on, and after `until_at` not any more."""
    row = {
        "day_id": told.day,
        "party_id": party,
        "kind": kind,
        "way": to.way,
        "address": to.address,
        "language": message_language(told.language, told.working_language),
        "sequence": sequence,
        "terms": told.terms.to_json(),
        "created_at": now,
        "due_at": due_at,
        "until_at": until_at,
    }
    _insert(conn, row, host=host)


_CAUSED = (
    *("day_id", "party_id", "kind", "way", "address", "language", "sequence", "terms"),
    *("created_at", "due_at", "until_at"),
)


def _insert(conn: sa.Connection, row: dict[str, Any], *, host: str) -> None:
    number = new_id()
    caused = {name: row[name] for name in _CAUSED}
    insert(conn, outbox, id=number, message_id=f"<{number}@{host}>", **caused)


_LAST_SEQUENCE = sa.select(sa.func.max(outbox.c.sequence)).where(
    outbox.c.party_id == sa.bindparam("party"), outbox.c.address == sa.bindparam("address")
)


def _next_sequence(conn: sa.Connection, party: UUID, address: str) -> int:
    last = conn.execute(_LAST_SEQUENCE, {"party": party, "address": address}).scalar()
    return 0 if last is None else last + 1
