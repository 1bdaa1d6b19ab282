"""For supervisors: alive, ready, and figures for Prometheus."""

import hmac
from typing import Any

from litestar import Response, get

from onestop import __version__
from onestop.db.migrate import newest_revision
from onestop.db.session import Database
from onestop.domain.errors import NotKnown
from onestop.notify.counts import outbox_counts
from onestop.reports.gauges import day_gauges
from onestop.web.kit.fleet import Fleet
from onestop.web.kit.metrics import Sample, text_of
from onestop.web.kit.probe import Probe
from onestop.web.kit.question import Question
from onestop.web.kit.requests import Conf, WebRequest
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
async def metrics(request: WebRequest, settings: Conf) -> Response[Any]:
    """Figures in Prometheus' text form, for the holder of the metrics token; not there for anybody else."""
    given = bearer_token(request) or ""
    if not settings.metrics_token or not hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
        raise NotKnown
    fleet: Fleet = request.app.state.fleet
    hall: Question[list[Sample]] = request.app.state.hall_figures
    try:
        told = [Sample("onestop_database_up", 1), *await hall.answer()]
    except Exception:  # whatever is wrong with the database, the processes have figures
        told = [Sample("onestop_database_up", 0)]
    build = Sample("onestop_build_info", 1, {"version": __version__, "migration": newest_revision()})
    return Response(text_of([build, *told, *fleet.samples()]), status_code=200, media_type="text/plain; version=0.0.4")


async def hall_figures(db: Database) -> list[Sample]:
    """What the database tells: one figure for the whole installation, whichever process is asked."""
    days = await db.read(day_gauges, now=db.now())
    outbox = await db.read(outbox_counts, now=db.now())
    return [
        *(
            Sample(name, value, {"day": day.slug})
            for day in days
            for name, value in (
                ("onestop_visits_waiting", day.waiting),
                ("onestop_stops_called", day.called),
                ("onestop_stops_serving", day.serving),
                ("onestop_stops_served", day.served),
                ("onestop_holds_live", day.holds),
            )
        ),
        Sample("onestop_outbox_due", outbox.due),
        Sample("onestop_outbox_dead", outbox.dead),
    ]


def _plain(text: str, status: int) -> Response[Any]:
    return Response(text + "\n", status_code=status, media_type="text/plain")


route_handlers: list[Any] = [live, ready, metrics]
