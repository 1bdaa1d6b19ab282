"""Power cuts replayed: every write of a process is recorded, then the files are made as a disk may have them after it.

What a disk keeps: all that a completed fsync or fdatasync of the file covers. Each later write may be there whole, not
at all, or in part, sector by sector; later ones may be there while earlier ones are not. A new or removed name is sure
once its folder was synced. The model is that of Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014,
with SQLite's own assumption that a sector of 512 bytes is written whole (https://www.sqlite.org/atomiccommit.html).
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

SECTOR = 512
CALLS = "write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,openat,unlink,unlinkat,rename,renameat,mmap"

Kind = Literal["write", "truncate", "sync", "create", "remove", "ack"]


@dataclass(frozen=True, slots=True)
class Event:
    """One call of the system that changes or secures a file; `began` and `ended` are line numbers of the trace."""

    kind: Kind
    file: str
    began: int
    ended: int
    offset: int = 0
    data: bytes = b""


def record_trace(command: Iterable[str], *, files: Iterable[Path], acks: Path, log: Path) -> list[Event]:
    """Run a Python module under strace and give what it did to `files` and to `acks`, in order of completion.

    Raises `RuntimeError` with the trace's last lines when the program failed or wrote in a way that is not modelled.
    """
    acks.touch()
    strace = ["strace", "-f", "-y", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", "-o", str(log)]
    done = subprocess.run([*strace, sys.executable, *command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"the traced program failed: {done.stderr[-3000:]}")
    return sorted(_read(log, {str(file) for file in files}, str(acks)), key=lambda event: event.ended)


_CALL = re.compile(r"^(\d+) +(\w+)\((.*)$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")
_ON = re.compile(r"^\d+<((?:\\x[0-9a-f]{2}|[^>\\])*)>(?:, )?(.*)$")
_DATA = re.compile(r'^"((?:\\x[0-9a-f]{2})*)", (\d+)(?:, (\d+))?$')
_OPENED = re.compile(r'"((?:\\x[0-9a-f]{2})*)", ([A-Z_|0-9x]+)')


def _read(log: Path, files: set[str], acks: str) -> Iterator[Event]:
    """The events of a trace. With threads a call may be written in two lines: begun, and later resumed."""
    open_calls: dict[str, tuple[int, str, str]] = {}
    # SQLite keeps its index of the log in mapped memory, which is not durable; the data files must not be mapped.
    folders = {str(Path(file).parent) for file in files}
    sizes: dict[str, int] = {}
    with log.open(encoding="ascii") as lines:
        for number, line in enumerate(lines):
            line = line.rstrip("\n")
            if begun := _CALL.match(line):
                thread, name, rest = begun.groups()
                if rest.endswith("<unfinished ...>"):
                    open_calls[thread] = (number, name, rest.removesuffix("<unfinished ...>").rstrip(" ,"))
                    continue
                start = number
            elif resumed := _RESUMED.match(line):
                thread, name, tail = resumed.groups()
                start, name, rest = open_calls.pop(thread)
                rest += tail
            else:
                continue
            arguments, _, result = rest.rpartition(" = ")
            arguments = arguments.rstrip().removesuffix(")")
            if not result or result.startswith(("-1", "?")):
                continue
            event = _event(name, arguments, result, start, number, files, folders, acks, sizes)
            if event is not None:
                yield event


def _event(
    name: str,
    arguments: str,
    result: str,
    began: int,
    ended: int,
    files: set[str],
    folders: set[str],
    acks: str,
    sizes: dict[str, int],
) -> Event | None:
    if name == "openat":
        opened = _OPENED.search(arguments)
        assert opened is not None, arguments
        path = _text(opened[1])
        return Event("create", path, began, ended) if path in files and "O_CREAT" in opened[2] else None
    if name in ("unlink", "unlinkat", "rename", "renameat"):
        touched = files & {_text(found) for found in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)}
        if touched and name.startswith("rename"):
            raise RuntimeError("a database file was renamed, which this model does not have")
        return Event("remove", touched.pop(), began, ended) if touched else None
    if name == "mmap":
        if any(f"<{file}>" in _text(arguments) for file in files):
            raise RuntimeError("a database file was mapped into memory: its writes are not in the trace")
        return None
    on = _ON.match(arguments)
    if on is None:
        return None
    path, rest = _text(on[1]), on[2]
    if path == acks and name == "write":
        found = _DATA.match(rest)
        assert found is not None, rest
        return Event("ack", path, began, ended, data=_bytes(found[1]))
    if path in folders and name in ("fsync", "fdatasync"):
        return Event("sync", path, began, ended)
    if path not in files:
        return None
    if name in ("fsync", "fdatasync"):
        return Event("sync", path, began, ended)
    if name == "ftruncate":
        return Event("truncate", path, began, ended, offset=int(rest))
    found = _DATA.match(rest) if name == "pwrite64" else None
    if found is None:
        raise RuntimeError(f"a database file was written by {name}, which this model does not have")
    return Event("write", path, began, ended, offset=int(found[3]), data=_bytes(found[1])[: int(result)])


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def _text(escaped: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), escaped)


@dataclass(slots=True)
class Disk:
    """The files as they surely are, and what was done since the last sync of each."""

    sure: dict[str, bytearray | None]
    waiting: dict[str, list[Event]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """One more event has ended."""
        if event.kind == "sync":
            self._secure(event)
        elif event.kind != "ack":
            self.waiting.setdefault(event.file, []).append(event)

    def _secure(self, sync: Event) -> None:
        for file in self.sure:
            names = str(Path(file).parent) == sync.file
            if not names and file != sync.file:
                continue
            kept: list[Event] = []
            for event in self.waiting.get(file, []):
                is_name = event.kind in ("create", "remove")
                # Only what had ended when the sync began is covered by it.
                if event.ended < sync.began and is_name == names:
                    self.sure[file] = _apply(self.sure[file], event)
                else:
                    kept.append(event)
            self.waiting[file] = kept

    def after_cut(self, chance: random.Random, under_way: Iterable[Event]) -> dict[str, bytearray | None]:
        """The files as a disk may have them; `None`: no such file. `under_way` had begun, and not ended."""
        waiting = {file: list(events) for file, events in self.waiting.items()}
        for event in under_way:
            if event.kind not in ("sync", "ack"):
                waiting.setdefault(event.file, []).append(event)
        left: dict[str, bytearray | None] = {}
        for file, content in self.sure.items():
            made = None if content is None else bytearray(content)
            # Sometimes the disk was quick and has nearly all, sometimes it was slow and has nearly nothing.
            keeps = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
            for event in waiting.get(file, []):
                made = _perhaps(made, event, chance, keeps)
            left[file] = made
        return left


def _apply(content: bytearray | None, event: Event) -> bytearray | None:
    if event.kind == "remove":
        return None
    content = bytearray() if content is None else content
    if event.kind == "write":
        _put(content, event.offset, event.data)
    elif event.kind == "truncate":
        _put(content, event.offset, b"")
        del content[event.offset :]
    return content


def _perhaps(content: bytearray | None, event: Event, chance: random.Random, keeps: float) -> bytearray | None:
    if event.kind != "write":
        # A file whose name is lost has no content either; its later writes find nothing to be in.
        return _apply(content, event) if chance.random() < keeps else content
    if content is None:
        return None
    if chance.random() < 0.5:
        return _apply(content, event) if chance.random() < keeps else content
    for start in range(0, len(event.data), SECTOR):
        if chance.random() < keeps:
            _put(content, event.offset + start, event.data[start : start + SECTOR])
    return content


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


@dataclass(frozen=True, slots=True)
class Cut:
    """What a cut left: the files, written to `folder`, and what had been acknowledged before it."""

    database: Path
    acknowledged: list[str]


def cuts(
    events: list[Event], start: dict[Path, bytes | None], *, number: int, seed: int, folder: Path
) -> Iterator[Cut]:
    """`number` power cuts at random moments of the trace, each followed by the files as the disk may have them.

    `start` holds the files before the trace, all of them synced, the database first. A third of the moments lie just
    behind an acknowledgement, where a promise is youngest. Each cut is made in the same folder: use it at once.
    """
    chance = random.Random(seed)
    acks = [event.ended for event in events if event.kind == "ack"]
    last = max(event.ended for event in events)
    moments = sorted(chance.choice(acks) if chance.random() < 1 / 3 else chance.randint(0, last) for _ in range(number))
    disk = Disk({str(file): None if content is None else bytearray(content) for file, content in start.items()})
    database = next(iter(start))
    acknowledged: list[str] = []
    done = 0
    for moment in moments:
        while done < len(events) and events[done].ended <= moment:
            disk.take(events[done])
            if events[done].kind == "ack":
                acknowledged.extend(events[done].data.decode().splitlines())
            done += 1
        under_way = [event for event in events[done : done + 64] if event.began <= moment]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file, content in disk.after_cut(chance, under_way).items():
            if content is not None:
                (folder / Path(file).name).write_bytes(content)
        yield Cut(folder / database.name, list(acknowledged))
