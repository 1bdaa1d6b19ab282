"""Whether this process can do its work, and what an operator should look at."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from onestop.db.lease import jobs_lease_held
from onestop.db.migrate import current_revision, newest_revision
from onestop.db.session import Database
from onestop.notify.queries import oldest_due
from onestop.notify.ways import PHONE
from onestop.settings import Settings
from onestop.web.kit.question import Question

LATE_MAIL = timedelta(minutes=15)
LITTLE_DISK = 500_000_000
"""Bytes: a day's database, its log and one backup fit several times into this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of the answer. `stops`: no traffic should come here; else it is a warning."""

    name: str
    says: str = "ok"
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    revision: str | None
    lease_held: bool
    oldest: datetime | None = None
    oldest_text: datetime | None = None


class Probe:
    """Looks after database, migrations, jobs, mail and disk. `works_here` says whether this process runs the jobs."""

    def __init__(
        self, database: Callable[[], Database], settings: Settings, *, works_here: Callable[[], bool] = lambda: False
    ) -> None:
        self._db = database
        self._settings = settings
        self._works_here = works_here
        self._newest = newest_revision()
        self._rows = Question(lambda: _read(database(), self._newest, texts=bool(settings.sms_url)))

    async def look(self) -> tuple[Found, ...]:
        """Every line, in a fixed order, within a second whatever the database does."""
        disk = _disk(self._settings.var)
        try:
            rows = await self._rows.answer()
        except Exception as error:  # whatever is wrong with the database, the answer is "not ready"
            return (Found(name="database", says=type(error).__name__, stops=True), disk)
        if rows.revision != self._newest:
            says = f"at {rows.revision}, expected {self._newest}"
            return (Found(name="database"), Found(name="migrations", says=says, stops=True), disk)
        jobs = rows.lease_held or self._works_here()
        return (
            Found(name="database"),
            Found(name="migrations"),
            Found(name="jobs") if jobs else Found(name="jobs", says="nobody runs them"),
            self._late("mail", rows.oldest) if self._settings.smtp_host else Found(name="mail", says="off"),
            *([self._late("text messages", rows.oldest_text)] if self._settings.sms_url else []),
            disk,
        )

    def _late(self, name: str, oldest: datetime | None) -> Found:
        late = timedelta() if oldest is None else self._db().now() - oldest
        if late <= LATE_MAIL:
            return Found(name=name)
        return Found(name=name, says=f"{late // timedelta(minutes=1)} minutes late")


async def _read(db: Database, newest: str, *, texts: bool) -> _Rows:
    revision = await db.read(current_revision)
    if revision != newest:
        return _Rows(revision=revision, lease_held=False)
    now = db.now()
    return _Rows(
        revision=revision,
        lease_held=await db.read(jobs_lease_held),
        oldest=await db.read(oldest_due, now=now),
        oldest_text=await db.read(oldest_due, now=now, way=PHONE) if texts else None,
    )


def _disk(folder: Path) -> Found:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Found(name="disk", says=type(error).__name__)
    return Found(name="disk") if free >= LITTLE_DISK else Found(name="disk", says=f"{free // 1_000_000} MB free")
