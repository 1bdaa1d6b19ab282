"""The door of displays: numbers and desks for a whole hall."""

from typing import Any

from onestop.web.display import board

route_handlers: list[Any] = [*board.route_handlers]
