"""The public door: from a day to a ticket in five pages, and everything a ticket's holder does herself."""

from typing import Any

from onestop.web.public import draw, first, holds, journey, prove, request, ticket, ticket_acts, times

route_handlers: list[Any] = [
    *first.route_handlers,
    *journey.route_handlers,
    *times.route_handlers,
    *holds.route_handlers,
    *request.route_handlers,
    *prove.route_handlers,
    *draw.route_handlers,
    *ticket.route_handlers,
    *ticket_acts.route_handlers,
]
