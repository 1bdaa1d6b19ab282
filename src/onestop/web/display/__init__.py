"""The door of displays: numbers and desks for a whole hall, and their sound."""

from typing import Any

from onestop.web.display import board, preview, say, sign

route_handlers: list[Any] = [*board.route_handlers, *preview.route_handlers, *say.route_handlers, *sign.route_handlers]
