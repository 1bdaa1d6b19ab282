"""What processes cost, read from Linux's `/proc`: CPU of all their threads, and memory."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU seconds, user and system, that the living threads of these processes have used; gone processes count 0.

    The scheduler's nanoseconds where the kernel keeps them (a hello lasts less than the tick of `stat`), else `stat`.
    """
    return sum(_cpu(pid) for pid in pids)


def tree(root: int) -> list[int]:
    """The process and everything below it."""
    found = [root]
    for pid in found:
        found += _children(pid)
    return found


def parent(pid: int) -> int:
    """The parent's id. Raises `OSError` for a process that is gone."""
    return int(_stat(pid)[1])


def memory_bytes(pid: int) -> tuple[int, int]:
    """RSS and PSS in bytes (PSS: pages shared with others count in part)."""
    found: dict[str, int] = {}
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        found[name] = int(value.split()[0]) * 1024
    return found["Rss"], found["Pss"]


def _cpu(pid: int) -> float:
    nanoseconds = 0
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            try:
                nanoseconds += int((task / "schedstat").read_text().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue
        if nanoseconds:
            return nanoseconds / 1e9
        fields = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces and parentheses."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _children(pid: int) -> list[int]:
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
