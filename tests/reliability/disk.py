"""A folder on a disk that can be full: a small filesystem where mounting is allowed, else a limit on the size of files.

The limit is the kernel's for one process (setrlimit, RLIMIT_FSIZE), set from outside while it runs: writes past it
fail with EFBIG, which needs no rights at all.
"""

import errno
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

MEGABYTES = 24


class Disk(Protocol):
    """A folder, and how its disk becomes full and has space again for the processes `pids`."""

    folder: Path
    told_as: str
    """The refusal SQLite's failure is told as: a full disk is known as one, a forbidden write is not."""
    may_succeed: set[int]
    """What a write may be answered although the disk is full."""

    def fill(self, pids: list[int]) -> None:
        """No file can grow any more."""
        ...

    def free(self, pids: list[int]) -> None:
        """There is space again."""
        ...


class SmallDisk:
    """A filesystem in memory that is filled by one big file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told_as = "disk_full"
        self.may_succeed = {200, 201, 204}
        self._filler = folder / "filler"

    def fill(self, pids: list[int]) -> None:
        """To the last byte."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1 << 8, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self, pids: list[int]) -> None:
        """Somebody tidied up."""
        self._filler.unlink()


class Limited:
    """A folder anywhere whose files may not grow for some processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told_as = "database_broken"
        self.may_succeed = set[int]()

    def fill(self, pids: list[int]) -> None:
        """Nothing may be written behind the first byte of any file, so no file can be written at all."""
        self._limit(pids, 1)

    def free(self, pids: list[int]) -> None:
        """As before."""
        self._limit(pids, resource.RLIM_INFINITY)

    def _limit(self, pids: list[int], soft: int) -> None:
        for pid in pids:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def can_mount() -> bool:
    """Whether this process may mount a filesystem."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        return _mount(Path(folder)) and _unmount(Path(folder))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A disk of `MEGABYTES` at `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _mount(folder):
        raise RuntimeError("this process may not mount a filesystem")
    try:
        yield SmallDisk(folder)
    finally:
        _unmount(folder)


@contextmanager
def limited(folder: Path) -> Iterator[Disk]:
    """A folder on any disk."""
    folder.mkdir(parents=True, exist_ok=True)
    yield Limited(folder)


def _mount(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True).returncode == 0


def _unmount(folder: Path) -> bool:
    return subprocess.run(["umount", "--lazy", str(folder)], capture_output=True).returncode == 0


def process_and_children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += process_and_children(int(child))
    return found
