"""The ticket machine: a code, help today, another day, change or cancel; nothing typed, nothing kept."""

from typing import Any

from onestop.web.kiosk import aloud, asking, codes, home, leaving, offline, tickets, waiting, who

route_handlers: list[Any] = [
    *home.route_handlers,
    *asking.route_handlers,
    *tickets.route_handlers,
    *codes.route_handlers,
    *leaving.route_handlers,
    *waiting.route_handlers,
    *who.route_handlers,
    *offline.route_handlers,
    *aloud.route_handlers,
]
