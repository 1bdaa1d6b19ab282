"""The one place where the parts are joined: doors, database, live hub, reactors, observers and the shell round it."""

import asyncio
import signal
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any, cast

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from onestop import __version__
from onestop.days.queries.days import first_closing
from onestop.db.clock_row import is_demo
from onestop.db.session import Database, Observer, Reactor
from onestop.domain.errors import Refusal
from onestop.jobs.scheduler import Jobs
from onestop.keys import load_ticket_key
from onestop.live.hub import Hub
from onestop.live.observer import LiveObserver
from onestop.live.relay import Relay, announce
from onestop.notify.reactor import OutboxReactor
from onestop.paths import resource_dir
from onestop.referrals.reactor import keep_referrals
from onestop.reports.rehearsing import Rehearsals
from onestop.settings import Settings
from onestop.speech.clips import Clips
from onestop.web import demo, health
from onestop.web.account import route_handlers as account
from onestop.web.account.strangers import Strangers
from onestop.web.kit import errors
from onestop.web.kit.fleet import Fleet
from onestop.web.kit.forms import MOST_FIELDS
from onestop.web.kit.limits import Limits
from onestop.web.kit.looks import Looks
from onestop.web.kit.metrics import Metrics
from onestop.web.kit.probe import Probe
from onestop.web.kit.question import Question
from onestop.web.kit.security import MOST_BYTES, Shell

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]
DOORS = ("public", "kiosk", "display", "reception", "floor", "desk", "mediator", "helper", "organise", "api")


class App:
    """The ASGI application, and the framework's own inside it for tests that walk the routes."""

    def __init__(self, litestar: Litestar, shell: Shell) -> None:
        self.litestar = litestar
        self.state = litestar.state
        self._shell = shell

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._shell(scope, receive, send)


def create_app(
    settings: Settings,
    database: Database,
    *,
    reactors: Sequence[Reactor] = (),
    observers: Sequence[Observer] = (),
    lifespan: Sequence[Lifespan] = (),
    limits: Limits | None = None,
    doors: Sequence[str] = DOORS,
    handlers: Sequence[Any] = (),
    with_jobs: bool = False,
) -> App:
    """The application over an open, migrated database, which the caller closes. Call it once for each `Database`.

    Fewer `doors`, and `handlers` beside them, are for tests of the kit. `with_jobs`: this process also does what runs
    by itself (mail, calls of ready desks, retention); on PostgreSQL only while no other process does.
    """
    hub = Hub()
    metrics = Metrics()
    database.reactors.extend([OutboxReactor(settings), keep_referrals, *reactors])
    database.observers.extend([metrics, *observers])
    if database.is_sqlite:
        database.observers.append(LiveObserver(hub))
    else:
        database.reactors.append(announce)
    is_practice = database.read_now(is_demo)
    jobs = Jobs(database, settings) if with_jobs else None
    rehearsals = Rehearsals(settings.var)
    fleet = Fleet(settings.var, lambda: metrics.samples(live_listeners=len(hub), waiting=database.waiting))
    state = State(
        {
            "db": database,
            "settings": settings,
            "hub": hub,
            "fleet": fleet,
            "hall_figures": Question(lambda: health.hall_figures(state.db)),
            "probe": Probe(lambda: state.db, settings, works_here=lambda: jobs is not None and jobs.leads),
            "limits": limits or Limits(),
            "strangers": Strangers(),
            "looks": Looks(),
            "ticket_key": load_ticket_key(settings),
            "clips": Clips(settings.var),
            "rehearsals": rehearsals,
            "demo": is_practice,
            "demo_ends_at": database.read_now(first_closing) if is_practice else None,
        }
    )
    litestar = Litestar(
        route_handlers=[*_doors(doors), _static_files(), *handlers],
        state=state,
        dependencies={
            "db": Provide(provide_db, sync_to_thread=False),
            "settings": Provide(provide_settings, sync_to_thread=False),
            "hub": Provide(provide_hub, sync_to_thread=False),
            "ticket_key": Provide(provide_ticket_key, sync_to_thread=False),
            "clips": Provide(provide_clips, sync_to_thread=False),
        },
        exception_handlers={Exception: errors.answer},
        # Left in reverse order: the jobs stop before the caller closes the database.
        lifespan=[
            _live(hub, database),
            _figures(fleet),
            _played(rehearsals),
            *lifespan,
            *([_jobs(jobs)] if jobs else []),
        ],
        request_max_body_size=MOST_BYTES,
        multipart_form_part_limit=MOST_FIELDS,
        openapi_config=OpenAPIConfig(
            title="onestop",
            version=__version__,
            use_handler_docstrings=True,
            components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            openapi_router=_DescriptionRouter("/api/v1", route_handlers=[], include_in_schema=False),
        ),
        logging_config=None,
        debug=False,
    )
    return App(
        litestar,
        Shell(cast(Any, litestar), settings=settings, database=database, refuse=_refuser(litestar), metrics=metrics),
    )


class _DescriptionRouter(Router):
    """Leaves out the framework's own "not found" page, which would catch every unknown address of the interface."""

    def register(self, value: Any) -> Any:
        return [] if "/{path:str}" in getattr(value, "paths", ()) else super().register(value)


def provide_db(state: State) -> Database:
    return state.db


def provide_settings(state: State) -> Settings:
    return state.settings


def provide_hub(state: State) -> Hub:
    return state.hub


def provide_ticket_key(state: State) -> bytes:
    return state.ticket_key


def provide_clips(state: State) -> Clips:
    return state.clips


def _doors(names: Sequence[str]) -> list[Any]:
    """The doors; pages stay out of the description of the machine interface."""
    pages: list[Any] = [*health.route_handlers, *demo.route_handlers, *account]
    machines: list[Any] = []
    for name in names:
        door = import_module(f"onestop.web.{name}")
        (machines if name == "api" else pages).extend(door.route_handlers)
    return [Router("/", route_handlers=pages, include_in_schema=False), *machines]


def _static_files() -> Router:
    return create_static_files_router("/static", [resource_dir("static")], include_in_schema=False, name="static")


def _refuser(litestar: Litestar) -> Callable[[Any, Any, Any, Refusal], Awaitable[None]]:
    """Answers what the shell stops with the pages every other refusal has."""

    async def refuse(scope: Any, receive: Any, send: Any, refusal: Refusal) -> None:
        scope["app"] = scope["litestar_app"] = litestar
        scope.setdefault("state", {})
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        response = errors.answer(request, refusal).to_asgi_response(None, request)
        await response(scope, receive, send)

    return refuse


def _live(hub: Hub, database: Database) -> Lifespan:
    """Open the hub with the server; close it at the first signal, because an open stream would keep the server up."""

    @asynccontextmanager
    async def live(_: Litestar) -> AsyncGenerator[None, None]:
        hub.open(asyncio.get_running_loop())
        relay = None if database.is_sqlite else Relay(database.url, hub)
        if relay:
            await asyncio.to_thread(relay.start)
        before: dict[signal.Signals, Any] = {}
        if threading.current_thread() is threading.main_thread():
            before = {number: _close_first(number, hub) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            hub.close()
            if relay:
                await asyncio.to_thread(relay.stop)
            for number, handler in before.items():
                signal.signal(number, handler)

    return live


def _figures(fleet: Fleet) -> Lifespan:
    """Leave the figures of this process where the others of the server find them."""

    @asynccontextmanager
    async def leaving(_: Litestar) -> AsyncGenerator[None, None]:
        traces = asyncio.create_task(fleet.leave_traces())
        try:
            yield
        finally:
            traces.cancel()
            await asyncio.wait([traces])

    return leaving


def _played(rehearsals: Rehearsals) -> Lifespan:
    """End the process that plays a day with the server."""

    @asynccontextmanager
    async def playing(_: Litestar) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            rehearsals.close()

    return playing


def _jobs(jobs: Jobs) -> Lifespan:
    """Run the jobs as long as the server runs."""

    @asynccontextmanager
    async def working(_: Litestar) -> AsyncGenerator[None, None]:
        jobs.start()
        try:
            yield
        finally:
            await jobs.stop()

    return working


def _close_first(number: signal.Signals, hub: Hub) -> Any:
    """Put closing the hub before what a signal did so far, and give that."""
    before = signal.getsignal(number)

    def close_first(caught: int, frame: Any) -> None:
        hub.close_from_signal()
        if callable(before):
            before(caught, frame)

    return signal.signal(number, close_first)
