"""Years of past days in seconds: one whole day lived through the application, then copied by bulk INSERT … SELECT.

Copies keep everything a real day leaves behind: ids of their own that sort by age, hashes, ledger, claims, capacity.
What retention takes after a week is gone in all copies but the newest.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bench._hall import BOOKED, STAFF, WISHES, Hall, make_hall
from onestop import schema
from onestop.booking.at_once import book_at_once
from onestop.booking.contacts import Contact
from onestop.clock import real_now
from onestop.db.session import Database, migration_engine
from onestop.domain.booking import Channel, Interpreter
from onestop.notify.reactor import OutboxReactor
from onestop.retention.actions import retain_day
from onestop.retention.queries import kept_days
from onestop.settings import Settings
from onestop.visits.actions.arrivals import check_in, issue_walk_in
from onestop.visits.actions.calls import call_next, finish
from onestop.visits.actions.closing import close_day

VISITS = 200
"""Visits of one day."""
TOGETHER = 20
FAR = timedelta(days=400)
STEP = timedelta(seconds=5)
OLDER = 10
PER_DAY = (
    "days",
    "day_languages",
    "day_always",
    "desks",
    "desk_services",
    "desk_languages",
    "openings",
    "mediators",
    "mediator_languages",
    "precedences",
    "day_sessions",
    "capacity",
    "parties",
    "members",
    "visits",
    "stops",
    "stop_members",
    "bookings",
    "claims",
    "contacts",
    "calls",
    "acts",
    "outbox",
    "facts",
)
"""Tables whose rows belong to a day, parents first; all of them grow."""
SHARED = frozenset({"services", "institutions", "venues", "series", "accounts", "invitations", "devices"})
"""Tables that a copied row goes on pointing at."""
HASHES = frozenset({"code_hash", "short_hash", "message_id", "slug", "nonce"})
COUNTED = frozenset({("calls", "id"), ("facts", "id")})
BELOW = {
    "day_languages": None,
    "members": "parties",
    "stop_members": "stops",
    "claims": "bookings",
    "contacts": "parties",
    "desk_services": "desks",
    "desk_languages": "desks",
    "openings": "desks",
    "mediator_languages": "mediators",
}
"""By which parent the rows of a table without a day are found."""


def first_day(db: Database, key: bytes, *, visits: int = VISITS) -> UUID:
    """A day that is over, seven of ten visits booked. Gives its id; `more_days` copies it."""
    past = make_hall(db, "past", pairs=False)
    db.reactors.append(OutboxReactor(Settings()))
    _live(db, past, key, visits)
    return past.day.id


def more_days(db: Database, admin_url: str, day: UUID, *, have: int, want: int, visits: int = VISITS) -> None:
    """Copies of the day until as many visits as wanted lie in the database that has so many now."""
    if have == visits:
        # Last week nobody has been forgotten yet; before that, and in the day itself from now on, everybody has.
        _copy(db, admin_url, day, range(3, 4))
        kept = next(each for each in db.read_now(kept_days, contact_days=7) if each.id == day)
        retain_day(db, kept, now=real_now() + FAR)
        have += visits
    oldest = OLDER + have // visits
    _copy(db, admin_url, day, range(oldest, oldest + (want - have) // visits))


def _live(db: Database, hall: Hall, key: bytes, visits: int) -> None:
    """A day from its first booking to its last visitor, an act each five seconds; few wait at once."""
    now = real_now()

    def write(action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        nonlocal now
        now += STEP
        return db.write_now(action, *args, actor=STAFF, now=now, day=hall.day.id, **more)

    booked = [_book(hall, nth, key, write) for nth in range(visits * 7 // 10)]
    for nth in range(visits):
        if nth % 10 < 7:
            write(check_in, booked.pop())
        else:
            write(issue_walk_in, hall.day.id, hall.wish(*WISHES[nth % 3]), key=key, how="kiosk")
        if nth % TOGETHER == TOGETHER - 1:
            while _serve(hall, write):
                pass
    write(close_day, hall.day.id, reason="over")


def _book(hall: Hall, nth: int, key: bytes, write: Callable[..., Any]) -> UUID:
    late = hall.day.closes_at - timedelta(hours=1, minutes=45 + 15 * (nth % 8))
    _, ticket = write(
        book_at_once,
        hall.day.id,
        hall.wish(*BOOKED, languages=("uk",), interpreter=Interpreter.NEEDED),
        arrival_at=late,
        channel=Channel.API,
        key=key,
        hold_minutes=10,
        name=f"Amal {nth}",
        contact=(Contact(kind="email", address=f"amal{nth}@visitors.example"),),
    )
    return ticket.party


def _serve(hall: Hall, write: Callable[..., Any]) -> int:
    """Every desk calls once; gives how many came."""
    came = 0
    for desk in hall.desks:
        called = write(call_next, desk.id)
        if called.stop is not None:
            write(finish, called.stop)
            came += 1
    return came


def _copy(db: Database, admin_url: str, day: UUID, ages: range) -> None:
    """The day again for each age, in days; without the checks of foreign keys, which copies satisfy by construction."""
    if not len(ages):
        return
    engine = migration_engine(admin_url or str(db.url))
    with engine.begin() as conn:
        if not db.is_sqlite:
            conn.execute(sa.text("SET session_replication_role = replica"))
        copies = _numbers(ages)
        for name in PER_DAY:
            table = schema.metadata.tables[name]
            columns = [column for column in table.c if (name, column.name) not in COUNTED]
            rows = sa.select(*(_copied(column, copies.c.n, conn.dialect.name) for column in columns))
            rows = rows.select_from(table.join(copies, sa.true())).where(_of_day(table, day))
            order = [copies.c.n.desc(), *([table.c.id] if "id" in table.c else [])]
            conn.execute(table.insert().from_select(columns, rows.order_by(*order)))
    if not db.is_sqlite:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()


def _numbers(ages: range) -> sa.CTE:
    """One row `n` for each age."""
    first = sa.select(sa.literal(ages.start).label("n")).cte("copies", recursive=True)
    return first.union_all(sa.select(first.c.n + 1).where(first.c.n < ages.stop - 1))


def _of_day(table: sa.Table, day: UUID) -> sa.ColumnElement[bool]:
    if table.name == "days":
        return table.c.id == day
    if "day_id" in table.c:
        return table.c.day_id == day
    parent = schema.metadata.tables[BELOW[table.name] or ""]
    child = next(column for column in table.c if any(key.column.table is parent for key in column.foreign_keys))
    return child.in_(sa.select(parent.c.id).where(parent.c.day_id == day))


def _copied(column: sa.Column[Any], n: sa.ColumnElement[int], dialect: str) -> sa.ColumnElement[Any]:
    targets = {key.column.table.name for key in column.foreign_keys}
    if isinstance(column.type, sa.Uuid) and not targets & SHARED:
        return _other_id(column, n, dialect)
    if column.name in HASHES:
        return sa.case((column.is_(None), None), else_=_hex(n, dialect).concat(sa.func.substr(column, 9)))
    if isinstance(column.type, sa.Date):
        return sa.func.date(column, _back(n)) if dialect == "sqlite" else column - n
    if isinstance(column.type, sa.types.TypeDecorator):
        if dialect == "sqlite":
            return sa.func.strftime("%Y-%m-%d %H:%M:%f000", column, _back(n))
        return sa.type_coerce(column, sa.DateTime(True)) - n * sa.text("interval '1 day'")
    return sa.type_coerce(column, sa.types.NullType()) if isinstance(column.type, sa.JSON) else column


def _other_id(column: sa.ColumnElement[Any], n: sa.ColumnElement[int], dialect: str) -> sa.ColumnElement[Any]:
    """The same id with an older time in front: of each copy its own, and in the order of age."""
    if dialect == "sqlite":
        return _hex(n, dialect).concat(sa.func.substr(sa.type_coerce(column, sa.String()), 9))
    text = sa.func.replace(sa.cast(column, sa.Text()), "-", "")
    return sa.cast(_hex(n, dialect).concat(sa.func.substr(text, 9)), sa.Uuid())


def _hex(n: sa.ColumnElement[int], dialect: str) -> sa.ColumnElement[str]:
    """Eight hexadecimal digits, smaller for older copies."""
    older = 0x01800000 - n
    if dialect == "sqlite":
        return sa.func.printf("%08x", older, type_=sa.String())
    return sa.func.lpad(sa.func.to_hex(older), 8, "0", type_=sa.String())


def _back(n: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    return sa.literal("-").concat(sa.cast(n, sa.String())).concat(" days")


def rows_of(db: Database, names: Sequence[str] = PER_DAY) -> dict[str, int]:
    """How many rows lie in each of these tables."""
    tables = [schema.metadata.tables[name] for name in names]
    return {table.name: db.read_now(_count, table) for table in tables}


def _count(conn: sa.Connection, table: sa.Table) -> int:
    return conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
