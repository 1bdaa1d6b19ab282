"""For supervisors: alive, ready, and figures for Prometheus."""

import hmac
from typing import Any

from litestar import Response, get

from onestop.domain.errors import NotKnown
from onestop.web.kit.metrics import Metrics
from onestop.web.kit.probe import Probe
from onestop.web.kit.requests import Conf, Live, WebRequest
from onestop.web.kit.sessions import bearer_token


@get("/health/live")
async def live() -> Response[Any]:
    """The process answers."""
    return _plain("ok", 200)


@get("/health/ready")
async def ready(request: WebRequest) -> Response[Any]:
    """A line for each thing this process needs: 503 where no traffic should come here, else 200, also with warnings."""
    probe: Probe = request.app.state.probe
    found = await probe.look()
    status = 503 if any(one.stops for one in found) else 200
    return _plain("\n".join(f"{one.name}: {one.says}" for one in found), status)


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
