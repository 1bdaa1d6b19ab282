"""The door of officers: one desk, what happens at it now, who comes next and why."""

from typing import Any

from onestop.web.desk import (
    acts,
    alarms,
    apart,
    hand_over,
    notes,
    phrases,
    practise,
    refer,
    referrals,
    sessions,
    show,
    steps,
)

route_handlers: list[Any] = [
    *show.route_handlers,
    *acts.route_handlers,
    *alarms.route_handlers,
    *apart.route_handlers,
    *hand_over.route_handlers,
    *notes.route_handlers,
    *phrases.route_handlers,
    *practise.route_handlers,
    *refer.route_handlers,
    *referrals.route_handlers,
    *sessions.route_handlers,
    *steps.route_handlers,
]
