"""For supervisors: alive, ready, and figures for Prometheus."""

import hmac
from typing import Any

from litestar import Response, get

from onestop.db.migrate import current_revision, newest_revision
from onestop.domain.errors import NotKnown
from onestop.web.kit.metrics import Metrics
from onestop.web.kit.requests import Conf, Db, Live, WebRequest
from onestop.web.kit.sessions import bearer_token


@get("/health/live")
async def live() -> Response[Any]:
    """The process answers."""
    return _plain("ok", 200)


@get("/health/ready")
async def ready(db: Db) -> Response[Any]:
    """The database answers and has the tables this code expects."""
    try:
        revision = await db.read(current_revision)
    except Exception as error:  # whatever is wrong with the database, the answer is "not ready"
        return _plain(f"database: {type(error).__name__}", 503)
    if revision != newest_revision():
        return _plain(f"database: at migration {revision}, expected {newest_revision()}", 503)
    return _plain("ok", 200)


@get("/metrics")
async def metrics(request: WebRequest, settings: Conf, hub: Live) -> Response[Any]:
    """Counters in Prometheus' text form, for the holder of the metrics token; not there for anybody else."""
    given = bearer_token(request) or ""
    if not settings.metrics_token or not hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        raise NotKnown
    counters: Metrics = request.app.state.metrics
    return Response(
        counters.text(live_listeners=len(hub)),
        status_code=200,
        media_type="text/plain; version=0.0.4",
    )


def _plain(text: str, status: int) -> Response[Any]:
    return Response(text + "\n", status_code=status, media_type="text/plain")


route_handlers: list[Any] = [live, ready, metrics]
