"""The door of the floor: control of all desks, and the list of the floor guide."""

from typing import Any

from onestop.web.floor import called, control

route_handlers: list[Any] = [*control.route_handlers, *called.route_handlers]
