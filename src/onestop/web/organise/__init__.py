"""The door of organisers: days from making to closing, who works there, machines, and the live overview."""

from typing import Any

route_handlers: list[Any] = []
