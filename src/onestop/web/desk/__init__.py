"""The door of officers: one desk, what happens at it now, who comes next and why."""

from typing import Any

from onestop.web.desk import acts, alarms, notes, phrases, show

route_handlers: list[Any] = [
    *show.route_handlers,
    *acts.route_handlers,
    *alarms.route_handlers,
    *notes.route_handlers,
    *phrases.route_handlers,
]
