"""What a visitor saw as accepted survives a power cut (R3), on SQLite; and the test would notice if it did not.

Broken once on purpose, each turned these tests red and was put back: `synchronous=NORMAL` in the product, a replay
that loses what was synced, a weaker mode that is not weaker (then nothing is lost, and the second test says so).
"""

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from onestop.db.session import open_database
from onestop.reports.verify import verify
from tests.halls import make_test_day
from tests.reliability.days import eight_desks
from tests.reliability.power import Event, cuts, record_trace

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
ROUNDS = 12
FEW = 40
ENOUGH = 120
"""So many that chance alone does not make the weaker mode look safe: nearly a third of the cuts lose something."""
AUDIT_EACH = 10
"""`onestop verify` is run on every so many of the databases that were found."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A trace, and the files as they were before it."""

    events: list[Event]
    start: dict[Path, bytes | None]


def recorded(template: Path, folder: Path, synchronous: str) -> Recorded:
    """A morning's work on a database of this synchronous mode."""
    folder.mkdir()
    path = folder / "onestop.db"
    shutil.copyfile(template, path)
    database = open_database(f"sqlite:///{path}")
    file, opens = eight_desks(NOON)
    make_test_day(database, file=file, on=opens.date()).open_desks()
    database.close()
    files = [path, Path(f"{path}-wal"), Path(f"{path}-journal")]
    start = {each: each.read_bytes() if each.exists() else None for each in files}
    assert start[files[1]] is None  # closing has moved everything into the database
    command = ["-m", "tests.reliability.power_work", str(path), str(folder / "acks"), str(ROUNDS), synchronous]
    events = record_trace(command, files=files, acks=folder / "acks", log=folder / "trace")
    return Recorded(events, start)


def lost(database: Path, acknowledged: list[str]) -> list[str]:
    """What was acknowledged and is not there after SQLite's recovery; raises where the database is not whole."""
    conn = sqlite3.connect(database)
    try:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        numbers = {
            (UUID(str(party)), number) for party, number in conn.execute("SELECT id, number FROM parties WHERE number")
        }
        called = {UUID(str(stop)) for (stop,) in conn.execute("SELECT stop_id FROM calls")}
        finished = {UUID(str(stop)) for (stop,) in conn.execute("SELECT id FROM stops WHERE state = 'finished'")}
    finally:
        conn.close()

    def is_there(ack: str) -> bool:
        what, key, *more = ack.split()
        if what == "number":
            return (UUID(key), int(more[0])) in numbers
        return UUID(key) in (called if what == "call" else finished)

    return [ack for ack in acknowledged if not is_there(ack)]


def replay(trace: Recorded, *, number: int, seed: int, folder: Path) -> list[int]:
    """How many acknowledged commands each of `number` power cuts lost."""
    found: list[int] = []
    for nth, cut in enumerate(cuts(trace.events, trace.start, number=number, seed=seed, folder=folder)):
        found.append(len(lost(cut.database, cut.acknowledged)))
        if nth % AUDIT_EACH == 0:
            database = open_database(f"sqlite:///{cut.database}")
            assert database.read_now(verify, now=NOON) == []
            database.close()
    return found


@pytest.fixture(scope="module")
def full(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The product as it is."""
    return recorded(sqlite_template, tmp_path_factory.mktemp("power") / "full", "as the product has it")


@pytest.fixture(scope="module")
def normal(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The same with the weaker mode, in which COMMIT does not wait for the disk."""
    return recorded(sqlite_template, tmp_path_factory.mktemp("power") / "normal", "NORMAL")


@pytest.mark.parametrize("number", [FEW, pytest.param(500, marks=pytest.mark.full)])
@pytest.mark.xdist_group("power")
def test_no_power_cut_loses_what_was_acknowledged(full: Recorded, tmp_path: Path, number: int) -> None:
    database = str(next(iter(full.start)))
    assert sum(event.kind == "ack" for event in full.events) >= 4 * ROUNDS
    # The log was moved into the database in between, so that cuts fall into that too.
    assert sum(event.kind == "write" and event.file == database for event in full.events) > 0

    assert replay(full, number=number, seed=number, folder=tmp_path / "cut") == [0] * number


@pytest.mark.parametrize("number", [ENOUGH, pytest.param(500, marks=pytest.mark.full)])
@pytest.mark.xdist_group("power")
def test_the_weaker_mode_loses_some_and_the_replay_finds_it(normal: Recorded, tmp_path: Path, number: int) -> None:
    losing = [count for count in replay(normal, number=number, seed=number, folder=tmp_path / "cut") if count]
    print(f"with NORMAL {len(losing)} of {number} power cuts lost something that was acknowledged")

    assert len(losing) > number // 10
