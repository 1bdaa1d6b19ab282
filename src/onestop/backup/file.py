"""The backup file: a plain tar archive of what it is, the database's copy, and the SHA-256 of both.

An operator without onestop can open it: `tar -xf FILE`, then `sha256sum -c SHA256SUMS`.
"""

import hashlib
import io
import json
import os
import secrets
import tarfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from onestop.backup.wrong import BackupWrong

FORMAT = 1
WHAT = "onestop backup"
ABOUT = "about.json"
SUMS = "SHA256SUMS"
COPY = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""The name of the copy in the archive; the dump is of `pg_dump --format=custom`."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a backup is: kind of database, version of the program, migration, and when it was begun (ISO 8601, UTC)."""

    database: str
    program: str
    migration: str
    taken_at: str
    what: str = WHAT
    format: int = FORMAT


def write_archive(path: Path, about: About, copy: Path) -> None:
    """Write the archive to `path`, which must not exist yet, readable by its owner alone, and wait for the disk."""
    described = json.dumps(asdict(about), indent=1).encode() + b"\n"
    name = COPY[about.database]
    with open_new(path) as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, ABOUT, io.BytesIO(described), len(described))
            with copy.open("rb") as source:
                hashing = _Hashing(source)
                _add(archive, name, hashing, copy.stat().st_size)
            sums = f"{hashlib.sha256(described).hexdigest()}  {ABOUT}\n{hashing.hexdigest()}  {name}\n".encode()
            _add(archive, SUMS, io.BytesIO(sums), len(sums))
        file.flush()
        os.fsync(file.fileno())


def read_about(path: Path) -> About:
    """What the file says it is. Raises `BackupWrong` for another file, and for one of a newer program."""
    with _reading(path) as archive:
        return _read_about(path, archive)[0]


def read_archive(path: Path, copy: Path) -> About:
    """Write the database's copy to the new file `copy`. Raises `BackupWrong` where the file is another or damaged."""
    with _reading(path) as archive:
        about, described = _read_about(path, archive)
        name = COPY[about.database]
        member = archive.next()
        if member is None or member.name != name:
            raise _damaged(path)
        source = archive.extractfile(member)
        assert source is not None
        hashing = _Hashing(source)
        with open_new(copy) as target:
            while chunk := hashing.read(_CHUNK):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        last = archive.next()
        if last is None or last.name != SUMS or last.size > _CHUNK:
            raise _damaged(path)
        kept = archive.extractfile(last)
        assert kept is not None
        wanted = f"{hashlib.sha256(described).hexdigest()}  {ABOUT}\n{hashing.hexdigest()}  {name}\n".encode()
        if kept.read() != wanted:
            raise _damaged(path)
    return about


def open_new(path: Path) -> IO[bytes]:
    """A new file that only its owner may read. Raises `FileExistsError`."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def draft_beside(path: Path) -> Path:
    """A name for what becomes `path` when it is whole."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def sync_folder(folder: Path) -> None:
    """Wait until names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reading(path: Path) -> Generator[tarfile.TarFile]:
    try:
        with path.open("rb") as file:
            if file.read(257 + 5)[257:] != b"ustar":
                raise BackupWrong(f"{path} is not a backup of onestop.")
            file.seek(0)
            with tarfile.open(fileobj=file, mode="r:") as archive:
                yield archive
    except tarfile.TarError as error:
        raise _damaged(path) from error


def _read_about(path: Path, archive: tarfile.TarFile) -> tuple[About, bytes]:
    member = archive.next()
    source = archive.extractfile(member) if member is not None and member.name == ABOUT else None
    if source is None:
        raise BackupWrong(f"{path} is not a backup of onestop.")
    described = source.read(_CHUNK)
    try:
        values: dict[str, Any] = json.loads(described)
        if values["what"] != WHAT:
            raise BackupWrong(f"{path} is not a backup of onestop.")
        if values["format"] > FORMAT:
            raise BackupWrong(f"{path} was made by a newer onestop ({values['program']}). Install that version first.")
        about = About(**values)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error
    if about.database not in COPY:
        raise _damaged(path)
    return about, described


def _damaged(path: Path) -> BackupWrong:
    return BackupWrong(f"{path} is damaged: it is not what was written. Use another backup.")


def _add(archive: tarfile.TarFile, name: str, source: Any, size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    archive.addfile(member, source)


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._hash.update(chunk)
        return chunk

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
