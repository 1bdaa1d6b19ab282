"""The running application over a pilot day, and browsers of people with each role, for the tests of the doors."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from onestop.accounts.actions import add_account, bind_pass, create_token, make_pass
from onestop.app import DOORS, App, create_app
from onestop.clock import Clock, real_now
from onestop.days.queries.desks import DeskRow
from onestop.db.session import Database
from onestop.devices.actions import create_device, pair_device
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.settings import Settings
from onestop.web.kit.limits import Limits
from onestop.web.kit.sessions import DEVICE_COOKIE, SESSION_COOKIE
from tests.halls import TestDay, make_test_day
from tests.sessions import session_of

HOST = "hall.test"
ADDRESS = f"http://{HOST}"
PEOPLE = ("organiser", "receptionist", "floor_guide", "mediator", "helper", "administrator")
ROLES = ("anonymous", "visitor", "officer", "other_officer", *PEOPLE, "kiosk", "display")
"""Who can knock at a door. `visitor` holds a ticket, `other_officer` sits at another institution's desk."""


@dataclass(slots=True)
class Site:
    """The application, its database and its day."""

    app: App
    database: Database
    hall: TestDay
    settings: Settings
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def desk(self) -> DeskRow:
        """The desk of `officer`."""
        return self.hall.desks[min(self.hall.desks)]

    @property
    def other_desk(self) -> DeskRow:
        """The desk of `other_officer`."""
        return next(
            desk for _, desk in sorted(self.hall.desks.items()) if desk.institution.id != self.desk.institution.id
        )

    def set_time(self, now: datetime) -> None:
        """Make it this moment for the application and for `hall`."""
        self.database.clock = Clock(start=now, real_start=real_now())
        self.hall.now = now

    def browser(self, **options: Any) -> httpx.AsyncClient:
        """A browser nobody signed in with; it follows no redirects and sends what a browser sends with forms."""
        headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=ADDRESS, headers=headers, **options
        )
        self.clients.append(client)
        return client

    def sign_in(self, role: str, desk: DeskRow | None = None) -> httpx.AsyncClient:
        """A browser of somebody with this role (see `ROLES`)."""
        browser = self.browser()
        if role in ("kiosk", "display"):
            browser.cookies.set(DEVICE_COOKIE, self.pair(role), domain=HOST)
        elif role not in ("anonymous", "visitor"):
            browser.cookies.set(SESSION_COOKIE, self.session(role, desk), domain=HOST)
        return browser

    def session(self, role: str, desk: DeskRow | None = None) -> str:
        """The token of a fresh session: a day pass for officers, an account for everybody else."""
        now, real = self.database.now(), real_now()
        if role in ("officer", "other_officer"):
            at = desk or (self.desk if role == "officer" else self.other_desk)
            made = self.database.write_now(make_pass, at.id, actor=SYSTEM, now=now)
            bound = self.database.write_now(bind_pass, made.token, real=real, now=now)
            assert bound is not None
            return bound
        login = f"{role}-{uuid4().hex[:8]}"
        grant = Grant(role=Role(role))
        account = self.database.write_now(
            add_account, login=login, password_hash="unused", name=role, held=(grant,), actor=SYSTEM, now=now
        )
        return session_of(self.database, account)

    def token(self, role: str, desk: DeskRow | None = None) -> dict[str, str]:
        """The `Authorization` header of a bearer token (or a device) with this role, empty for a stranger."""
        if role in ("anonymous", "visitor"):
            return {}
        if role in ("kiosk", "display"):
            return {"Authorization": f"Bearer {self.pair(role)}"}
        at = desk or (self.other_desk if role == "other_officer" else self.desk)
        grant = Grant(role=Role(role)) if role in PEOPLE else _officer(at, self.hall)
        made = self.database.write_now(create_token, grant, actor=SYSTEM, now=self.database.now())
        return {"Authorization": f"Bearer {made.token}"}

    def pair(self, kind: str) -> str:
        """The token of a fresh paired machine of this day."""
        real = real_now()
        code = self.database.write_now(
            create_device, kind=Role(kind), name=kind, day_id=self.hall.id, actor=SYSTEM, real=real
        )
        return self.database.write_now(pair_device, code.code, real=real).token


def _officer(desk: DeskRow, hall: TestDay) -> Grant:
    return Grant(role=Role.OFFICER, institution=desk.institution.id, day=hall.id, desk=desk.id)


@asynccontextmanager
async def running(
    database: Database,
    var: Path,
    *,
    hall: TestDay | None = None,
    handlers: Sequence[Any] = (),
    limits: Limits | None = None,
    doors: Sequence[str] = DOORS,
    **changed: Any,
) -> AsyncGenerator[Site, None]:
    """The application started over a migrated database, empty unless it holds `hall`; `changed` are settings."""
    settings = Settings(var=var, **changed)
    hall = hall or make_test_day(database)
    app = create_app(settings, database, limits=limits or Limits(scale=100), handlers=handlers, doors=doors)
    site = Site(app=app, database=database, hall=hall, settings=settings)
    site.set_time(hall.now)
    async with _started(app):
        yield site
        for client in site.clients:
            await client.aclose()


@asynccontextmanager
async def _started(app: App) -> AsyncGenerator[None, None]:
    """Start and stop the application as a server does, in a task of its own."""
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    serving = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, told.get, heard.put))
    told.put_nowait({"type": "lifespan.startup"})
    assert (await heard.get())["type"] == "lifespan.startup.complete"
    yield
    told.put_nowait({"type": "lifespan.shutdown"})
    assert (await heard.get())["type"] == "lifespan.shutdown.complete"
    await serving
