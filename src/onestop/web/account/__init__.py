"""The door to sign in: with a name, password and code, with a day pass, as a paired machine; and one's own account."""

from typing import Any

from onestop.web.account import account, code, links, pairing, passes, sign_in

route_handlers: list[Any] = [
    *sign_in.route_handlers,
    *code.route_handlers,
    *account.route_handlers,
    *links.route_handlers,
    *passes.route_handlers,
    *pairing.route_handlers,
]
