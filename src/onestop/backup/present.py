"""What the database that a backup replaces still knows, and a backup cannot: who may come in now, what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from onestop.accounts.tables import accounts, grants, passes, recovery_codes, second_steps, sessions, tokens
from onestop.booking.tables import leases, parties
from onestop.days.tables import days
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.db.trouble import DatabaseBroken
from onestop.devices.tables import devices
from onestop.notify.tables import outbox
from onestop.visits.tables import calls

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Rows of the present database; all empty where there is none that can be read."""

    accounts: Rows = ()
    grants: Rows = ()
    second_steps: Rows = ()
    recovery_codes: Rows = ()
    sessions: Rows = ()
    passes: Rows = ()
    tokens: Rows = ()
    devices: Rows = ()
    messages: Rows = ()
    numbers: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    """The highest number known, by day."""
    last_fact: int = 0
    last_call: int = 0


def read_present(database: Database) -> Present:
    """Everything that a restore takes over; nothing from a database that is broken or of another shape."""
    try:
        return database.read_now(_read)
    except (SQLAlchemyError, DatabaseBroken):
        return Present()


def highest_numbers(conn: sa.Connection) -> dict[UUID, int]:
    """The highest number of each day that was given, leased or taken from the counter."""
    return {
        row.id: max(row.next_number - 1, row.given or 0, row.leased or 0)
        for row in conn.execute(
            sa.select(
                days.c.id,
                days.c.next_number,
                sa.select(sa.func.max(parties.c.number))
                .where(parties.c.day_id == days.c.id).scalar_subquery().label("given"),
                sa.select(sa.func.max(leases.c.last))
                .where(leases.c.day_id == days.c.id).scalar_subquery().label("leased"),
            )
        )
    }  # fmt: skip


def last_ids(conn: sa.Connection) -> tuple[int, int]:
    """The newest fact's id and the newest call's."""
    newest = [conn.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0 for table in (facts, calls)]
    return newest[0], newest[1]


def _read(conn: sa.Connection) -> Present:
    last_fact, last_call = last_ids(conn)
    return Present(
        accounts=_rows(conn, accounts),
        grants=_rows(conn, grants),
        second_steps=_rows(conn, second_steps),
        recovery_codes=_rows(conn, recovery_codes),
        sessions=_rows(conn, sessions),
        passes=_rows(conn, passes),
        tokens=_rows(conn, tokens),
        devices=_rows(conn, devices),
        messages=_rows(conn, outbox),
        numbers=highest_numbers(conn),
        last_fact=last_fact,
        last_call=last_call,
    )


def _rows(conn: sa.Connection, table: sa.Table) -> Rows:
    return tuple(dict(row) for row in conn.execute(sa.select(table)).mappings())
