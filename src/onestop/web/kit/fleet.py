"""The figures of all processes of one server: each leaves its own in a file every few seconds, any of them tells all.

Whoever asks reaches one process by chance. Counters of different processes under one name would jump back and forth.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from onestop.web.kit.metrics import Sample

EVERY_SECONDS = 5.0
_FOLDER = "metrics"


class Fleet:
    """The files of this server's processes under `var`; `own` gives the figures of this one."""

    def __init__(self, var: Path, own: Callable[[], list[Sample]]) -> None:
        self._folder = var / _FOLDER
        self._own = own

    def samples(self) -> list[Sample]:
        """This process's figures as they are, and those of the others as they were some seconds ago."""
        return [*self._own(), *(sample for others in self._others() for sample in others)]

    async def leave_traces(self) -> None:
        """Write this process's file again and again; a full disk only makes it old. Removes it when cancelled."""
        try:
            while True:
                with contextlib.suppress(OSError):
                    self.leave_trace()
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            self._file(os.getpid()).unlink(missing_ok=True)

    def leave_trace(self) -> None:
        """Write this process's file, whole at any moment."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._file(os.getpid())
        draft = file.with_suffix(".part")
        draft.write_text(json.dumps([asdict(sample) for sample in self._own()]))
        draft.replace(file)

    def _others(self) -> Iterator[list[Sample]]:
        for file in sorted(self._folder.glob("*.json")):
            if not file.stem.isdecimal() or (number := int(file.stem)) == os.getpid():
                continue
            if not _lives(number):
                file.unlink(missing_ok=True)
                continue
            with contextlib.suppress(OSError, ValueError):
                yield [Sample(**sample) for sample in json.loads(file.read_text())]

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.json"


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
