"""The door of organisers: days from making to closing, who works there, machines, and the live overview."""

from typing import Any

from onestop.web.organise import (
    carry,
    day,
    days,
    desks,
    devices,
    draw,
    institutions,
    invitations,
    lines,
    mediators,
    messages,
    order,
    overview,
    pack,
    papers,
    passes,
    settings,
    staff,
)

route_handlers: list[Any] = [
    *days.route_handlers,
    *institutions.route_handlers,
    *papers.route_handlers,
    *staff.route_handlers,
    *day.route_handlers,
    *settings.route_handlers,
    *lines.route_handlers,
    *messages.route_handlers,
    *carry.route_handlers,
    *draw.route_handlers,
    *desks.route_handlers,
    *mediators.route_handlers,
    *order.route_handlers,
    *invitations.route_handlers,
    *passes.route_handlers,
    *pack.route_handlers,
    *devices.route_handlers,
    *overview.route_handlers,
]
