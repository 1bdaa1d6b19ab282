"""The door for machines: JSON under /api/v1, thin over the same queries and actions as every other door."""

from typing import Any

from litestar import Router

from onestop.web.api import booking, bounces, days, desks, devices, draws, live, referrals, stops, tickets, visits
from onestop.web.api.access import MachineRequest

route_handlers: list[Any] = [
    Router(
        "/api/v1",
        request_class=MachineRequest,
        route_handlers=[
            *days.route_handlers,
            *booking.route_handlers,
            *draws.route_handlers,
            *tickets.route_handlers,
            *visits.route_handlers,
            *devices.route_handlers,
            *live.route_handlers,
            *desks.route_handlers,
            *stops.route_handlers,
            *referrals.route_handlers,
            *bounces.route_handlers,
        ],
    )
]
