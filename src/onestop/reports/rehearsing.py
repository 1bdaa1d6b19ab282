"""Days are played beside the server: one process at a time, the newest set-up of each day, the last result in a file.

A file, because every process of the server shows it; `var/rehearsals/<day>.json` has means and no person.
"""

import hashlib
import logging
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import sqlalchemy as sa

from onestop.clock import real_now
from onestop.db.ledger import facts
from onestop.db.memo import stamp_now
from onestop.domain.rehearsal import Rehearsal
from onestop.reports.playing import BUDGET_SECONDS, Job, MainFigures, Rehearsed, read_result, write_result

PATIENCE_SECONDS = 2 * BUDGET_SECONDS
"""A process that plays longer is ended."""
KEPT = timedelta(days=30)
_FOLDER = "rehearsals"
_LAST_FACT = sa.select(sa.func.max(facts.c.id)).where(facts.c.day_id == sa.bindparam("day"))

log = logging.getLogger(__name__)


def mark_of_day(conn: sa.Connection, day: UUID) -> str:
    """Another one than before wherever set-up or bookings may have changed; one statement."""
    return f"{stamp_now(conn)} {conn.execute(_LAST_FACT, {'day': day}).scalar()}"


class Rehearsals:
    """The days this process of the server has played."""

    def __init__(self, var: Path) -> None:
        self._folder = var / _FOLDER
        self._seen: dict[UUID, tuple[str, str]] = {}
        """By day: the last mark, and the version that stood behind it."""
        self._wanted: dict[UUID, Job] = {}
        self._wakes = threading.Condition()
        self._worker: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._day: UUID | None = None
        self._busy = self._closed = False

    def fresh(self, day: UUID, mark: str) -> Rehearsed | None:
        """The result that is there or on its way, if nothing has changed since the mark."""
        seen = self._seen.get(day)
        found = self.last(day) if seen is not None and seen[0] == mark else None
        return found if found is not None and seen is not None and self._holds(found, seen[1]) else None

    def begin(self, day: UUID, mark: str, made: Rehearsal) -> Rehearsed:
        """What is known of a day as it stands now; what is not known yet is played from here on."""
        version, setup = _print(made), _print(made.day)
        self._seen[day] = (mark, version)
        last = self.last(day)
        if last is not None and self._holds(last, version):
            return last
        begins = Rehearsed(
            version=version,
            setup=setup,
            started_at=real_now(),
            rests_on=made.rests_on,
            parties=made.parties,
            booked=len(made.booked),
            before=_before(last, setup),
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        write_result(self._file(day), begins)
        with self._wakes:
            self._wanted[day] = Job(made=made, begins=begins)
            if self._child is not None and self._day == day:
                self._child.kill()  # its day has changed
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="rehearsals", daemon=True)
                self._worker.start()
            self._wakes.notify_all()
        return begins

    def last(self, day: UUID) -> Rehearsed | None:
        """What was found last, by any process of the server."""
        return read_result(self._file(day))

    def wait(self) -> None:
        """Until nothing is being played."""
        with self._wakes:
            self._wakes.wait_for(lambda: self._closed or not (self._wanted or self._busy))

    def close(self) -> None:
        """End what is being played."""
        with self._wakes:
            self._closed = True
            self._wakes.notify_all()
            if self._child is not None:
                self._child.kill()

    # -- inside ---------------------------------------------------------------------------------------------

    def _holds(self, found: Rehearsed, version: str) -> bool:
        """Whether it is of this version, and whole or still being played."""
        if found.version != version:
            return False
        return found.done or real_now() - found.started_at < timedelta(seconds=2 * PATIENCE_SECONDS)

    def _file(self, day: UUID) -> Path:
        return self._folder / f"{day}.json"

    def _work(self) -> None:
        while True:
            with self._wakes:
                self._busy = False
                self._wakes.notify_all()
                self._wakes.wait_for(lambda: self._closed or self._wanted)
                if self._closed:
                    return
                day, job = next(iter(self._wanted.items()))
                del self._wanted[day]
                self._busy, self._day = True, day
            self._sweep()
            if not self._play(day, job) and not self._closed and day not in self._wanted:
                log.warning("the rehearsal of day %s was not played to its end", day)
                write_result(self._file(day), replace(job.begins, done=True, failed=True))

    def _play(self, day: UUID, job: Job) -> bool:
        """Whether the process did all it should; one whose day has changed meanwhile ends by itself."""
        command = [sys.executable, "-m", "onestop.reports.playing", str(self._file(day))]
        try:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:  # noqa: S603
                with self._wakes:
                    self._child = child
                try:
                    child.communicate(msgspec.json.encode(job), timeout=PATIENCE_SECONDS)
                finally:
                    child.kill()
                    with self._wakes:
                        self._child = None
        except (OSError, subprocess.SubprocessError):
            return False
        return child.returncode == 0

    def _sweep(self) -> None:
        for file in self._folder.glob("*.*"):
            try:
                if real_now() - datetime.fromtimestamp(file.stat().st_mtime, tz=real_now().tzinfo) > KEPT:
                    file.unlink(missing_ok=True)
            except OSError:  # another process was quicker
                continue


def _before(last: Rehearsed | None, setup: str) -> MainFigures | None:
    """The figures of the set-up before: of the last result, or those it stood beside itself."""
    if last is None:
        return None
    return last.before if last.setup == setup or last.main is None else last.main


def _print(what: object) -> str:
    """The same for what is the same, in every process."""
    plain = msgspec.to_builtins(what, str_keys=True, order="deterministic")
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()
