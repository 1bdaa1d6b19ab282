"""The public door: from a day to a ticket in five pages, and everything a ticket's holder does herself."""

from typing import Any

from onestop.web.public import (
    draw,
    first,
    holds,
    journey,
    logos,
    order,
    prove,
    reminders,
    request,
    ticket,
    ticket_acts,
    ticket_end,
    ticket_inside,
    ticket_kept,
    ticket_own,
    ticket_plan,
    ticket_steps,
    ticket_tally,
    times,
    waiting,
)

route_handlers: list[Any] = [
    *first.route_handlers,
    *logos.route_handlers,
    *journey.route_handlers,
    *order.route_handlers,
    *times.route_handlers,
    *holds.route_handlers,
    *request.route_handlers,
    *prove.route_handlers,
    *draw.route_handlers,
    *ticket.route_handlers,
    *ticket_acts.route_handlers,
    *ticket_inside.route_handlers,
    *ticket_kept.route_handlers,
    *ticket_end.route_handlers,
    *ticket_tally.route_handlers,
    *waiting.route_handlers,
    *reminders.route_handlers,
    *ticket_own.route_handlers,
    *ticket_plan.route_handlers,
    *ticket_steps.route_handlers,
]
