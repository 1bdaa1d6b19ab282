"""The erasure journal: a file outside the database and its backups that says who was erased (R12).

One JSON line each, with the hash of the party's id; whoever has neither the database nor a backup learns nothing.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

FILE = "erasures.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A line of the journal."""

    day: UUID
    party_hash: str


def note_erasure(folder: Path, *, party: UUID, day: UUID, now: datetime) -> None:
    """Add a line and wait until it is on the disk; called before COMMIT.

    If the transaction then fails, the line stays and its party is erased by a later restore: she asked for it. The
    other way round a restore could bring back somebody who was told that she is erased.
    """
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": now.isoformat(timespec="seconds"), "day": str(day), "party": party_hash(party)})
    # One write to a file opened for appending: two processes never mix their lines.
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _sync_folder(folder)


def read_erasures(folder: Path) -> Iterator[Erasure]:
    """Every whole line; one that a power cut left half written is no erasure, its transaction was never committed."""
    path = folder / FILE
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                entry = json.loads(line)
                yield Erasure(day=UUID(entry["day"]), party_hash=str(entry["party"]))
            except (ValueError, KeyError, TypeError):
                continue


def party_hash(party: UUID) -> str:
    """What the journal keeps of a party."""
    return hashlib.sha256(f"erased|{party}".encode()).hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
