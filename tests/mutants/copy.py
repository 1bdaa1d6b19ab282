"""A copy of the checkout in which one mistake at a time is made and put back; the working tree is never touched."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.mistake import Mistake, stale

ROOT = Path(__file__).parents[2]
_LEFT_OUT = shutil.ignore_patterns(".*", "var", "build", "dist", "node_modules", "__pycache__", "*.egg-info")


class Stale(Exception):
    """The list of mistakes no longer fits the code."""


def copy_checkout(target: Path) -> Path:
    """The checkout without what is installed or generated, as a new folder."""
    shutil.copytree(ROOT, target, ignore=_LEFT_OUT)
    return target


@contextmanager
def made(one: Mistake, copy: Path) -> Iterator[None]:
    """The mistake in a copy, taken back afterwards. Raises `Stale` if it does not fit."""
    if wrong := stale(one, copy):
        raise Stale("; ".join(wrong))
    before = {copy / change.file: (copy / change.file).read_bytes() for change in one.changes}
    try:
        for change in one.changes:
            path = copy / change.file
            text = path.read_text(encoding="utf-8").replace(change.old, change.new)
            _write(path, text.encode())
        yield
    finally:
        for path, content in before.items():
            _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """Write a file with a time it never had, because compiled code is trusted by time (whole seconds) and size."""
    newer = int(path.stat().st_mtime) + 2
    path.write_bytes(content)
    os.utime(path, (newer, newer))
