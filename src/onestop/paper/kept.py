"""The newest pack of each day is kept ready as a file: whoever stands before a dead server has paper all the same.

From a day before a published day opens until it is closed there is one file for it in `packs` of the `var` folder,
readable by its owner alone, as private as the database itself. Its name says which day, when it was made and which
spare numbers are in it; as long as nobody fetched it they go into the next one too, so that an hour costs no numbers.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.spares import lease_spares, note_taken, spares_again
from onestop.booking.tables import parties
from onestop.days.tables import days
from onestop.db.clock_row import is_demo
from onestop.db.session import Database
from onestop.domain.day import DayState
from onestop.domain.paper import PackNotKept, spares_for
from onestop.domain.roles import SYSTEM, Actor
from onestop.paper.contents import pack_contents
from onestop.paper.printing import draw_contents
from onestop.settings import Settings

FOLDER, ENDING, HALF, TAKEN = "packs", ".pdf", ".half", "taken"
BEFORE = timedelta(hours=24)
EVERY = timedelta(minutes=30)
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPack:
    """A pack on the disk; `taken` once somebody fetched it, so that its spare tickets may be on paper."""

    day: UUID
    made_at: datetime
    first: int
    count: int
    taken: bool
    path: Path

    @property
    def on_no_paper(self) -> tuple[int, int] | None:
        """The spare numbers that nobody can have yet, first and last."""
        return None if self.taken else (self.first, self.first + self.count - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """A day that needs a pack now; `erased_at` is when somebody last asked to be forgotten."""

    id: UUID
    erased_at: datetime | None


def kept_pack(var: Path, day: UUID) -> KeptPack | None:
    """The newest pack of a day, if there is one."""
    return max((each for each in _packs(var) if each.day == day), key=lambda each: each.made_at, default=None)


def take_pack(database: Database, var: Path, day: UUID, *, actor: Actor, now: datetime) -> bytes:
    """The newest pack, to be printed: the next one has other spare numbers. The ledger says who fetched it.

    Raises `PackNotKept`.
    """
    pack = kept_pack(var, day)
    try:
        if pack is None:
            raise PackNotKept
        content = pack.path.read_bytes()
        if not pack.taken:
            pack.path.rename(_path(var, day, pack.made_at, pack.first, pack.count, taken=True))
    except FileNotFoundError as gone:  # a newer one is there, or the day is over
        raise PackNotKept from gone
    database.write_now(note_taken, day, actor=actor, now=now, day=day)
    return content


def due_days(conn: sa.Connection, *, now: datetime) -> tuple[list[DueDay], list[UUID]]:
    """Days that need a pack now, and those whose pack may stay on the disk; nothing for a demo, which loses nothing."""
    if is_demo(conn):
        return [], []
    erased = sa.select(sa.func.max(parties.c.erased_at)).where(parties.c.day_id == days.c.id).scalar_subquery()
    rows = conn.execute(
        sa.select(days.c.id, days.c.opens_at, erased.label("erased_at")).where(days.c.state == DayState.PUBLISHED)
    ).all()
    due = [DueDay(id=row.id, erased_at=row.erased_at) for row in rows if row.opens_at - BEFORE <= now]
    # Of a day that was put off it goes: it would keep names that are erased meanwhile.
    return due, [each.id for each in due]


def keep_pack(database: Database, settings: Settings, due: DueDay, *, key: bytes, now: datetime) -> bool:
    """Make the pack of a day anew if it is old, or if it knows somebody who was erased; gives whether it was made."""
    last = kept_pack(settings.var, due.id)
    if last is not None and _is_fresh(last, due, now):
        return False
    contents = database.read_now(pack_contents, due.id)
    count = spares_for(len(contents.expected))
    leased = None
    if last is not None and not last.taken and last.count >= count:
        leased = database.read_now(spares_again, due.id, first=last.first, count=last.count, key=key)
    if leased is None:
        leased = database.write_now(lease_spares, due.id, count=count, key=key, actor=SYSTEM, now=now, day=due.id)
    made = draw_contents(contents, leased, settings, key=key, now=now)
    _write(_path(settings.var, due.id, now, leased[0].number, len(leased)), made)
    _remove(each for each in _packs(settings.var) if each.day == due.id and each.made_at != now.replace(microsecond=0))
    return True


def _is_fresh(pack: KeptPack, due: DueDay, now: datetime) -> bool:
    knows_erased = due.erased_at is not None and due.erased_at > pack.made_at
    return not knows_erased and timedelta(0) <= now - pack.made_at < EVERY


def forget_packs(var: Path, kept: Sequence[UUID]) -> int:
    """Remove what a crash left half written, and the packs of every day that needs none now; gives how many."""
    for half in (var / FOLDER).glob(f"*{HALF}"):
        half.unlink(missing_ok=True)
    return _remove(each for each in _packs(var) if each.day not in kept)


# -- files -----------------------------------------------------------------------------------------


def _packs(var: Path) -> Iterator[KeptPack]:
    for path in sorted((var / FOLDER).glob(f"*{ENDING}")):
        day, stamp, first, count, *taken = path.stem.split("_")
        made_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        yield KeptPack(
            day=UUID(day), made_at=made_at, first=int(first), count=int(count), taken=TAKEN in taken, path=path
        )


def _path(var: Path, day: UUID, made_at: datetime, first: int, count: int, *, taken: bool = False) -> Path:
    parts = (day.hex, made_at.astimezone(UTC).strftime(_STAMP), str(first), str(count), *([TAKEN] if taken else []))
    return var / FOLDER / ("_".join(parts) + ENDING)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for its owner alone from the first byte on."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    half = path.with_suffix(HALF)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    half.replace(path)


def _remove(packs: Iterator[KeptPack]) -> int:
    old = list(packs)
    for pack in old:
        with suppress(FileNotFoundError):
            pack.path.unlink()
    return len(old)
