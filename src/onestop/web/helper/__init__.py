"""The door of helpers: people of other organisations who book for those they accompany, and see only that."""

from typing import Any

from onestop.web.helper import book, booking, first, waiting

route_handlers: list[Any] = [
    *first.route_handlers,
    *book.route_handlers,
    *booking.route_handlers,
    *waiting.route_handlers,
]
