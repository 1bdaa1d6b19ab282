"""The door of reception: find, check in, walk-in, book for a caller, lists, one ticket holder, lines from paper."""

from typing import Any

from onestop.web.reception import (
    book,
    came,
    changed,
    find,
    message,
    own,
    paper,
    party,
    party_acts,
    people,
    steps,
    ticket,
    time,
    waiting,
    walk_in,
)

route_handlers: list[Any] = [
    *find.route_handlers,
    *message.route_handlers,
    *people.route_handlers,
    *walk_in.route_handlers,
    *book.route_handlers,
    *party.route_handlers,
    *party_acts.route_handlers,
    *came.route_handlers,
    *changed.route_handlers,
    *own.route_handlers,
    *time.route_handlers,
    *ticket.route_handlers,
    *steps.route_handlers,
    *waiting.route_handlers,
    *paper.route_handlers,
]
