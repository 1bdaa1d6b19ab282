"""The door of interpreters and mediators: where to go now, free or break, on a phone."""

from typing import Any

from onestop.web.mediator import place

route_handlers: list[Any] = place.route_handlers
