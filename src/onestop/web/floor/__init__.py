"""The door of the floor: control of all desks, and the list of the floor guide."""

from typing import Any

from onestop.web.floor import alarms, called, control, more, number, plan, tally

route_handlers: list[Any] = [
    *control.route_handlers,
    *called.route_handlers,
    *more.route_handlers,
    *number.route_handlers,
    *alarms.route_handlers,
    *plan.route_handlers,
    *tally.route_handlers,
]
