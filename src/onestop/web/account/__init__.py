"""The door to sign in: with a name and password, with a day pass, or as a paired machine."""

from typing import Any

from onestop.web.account import links, pairing, passes, sign_in

route_handlers: list[Any] = [
    *sign_in.route_handlers,
    *links.route_handlers,
    *passes.route_handlers,
    *pairing.route_handlers,
]
