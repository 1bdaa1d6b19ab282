"""How a browser leaves the sign-in: with a session, or half signed in while its one-time code is asked for."""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.datastructures import Cookie

from onestop.accounts.half_open import Opened
from onestop.accounts.queries import actor_of_session
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.domain.roles import Actor, Role
from onestop.keys import hash_token
from onestop.web.kit.requests import WebRequest, is_https
from onestop.web.kit.responses import see_other
from onestop.web.kit.sessions import YEAR, session_cookie

KNOWN_COOKIE = "onestop_known"
HALF_COOKIE = "onestop_half"
CODE = "/sign-in/code"
_HOMES = (
    (Role.ORGANISER, "/organise"),
    (Role.ADMINISTRATOR, "/organise"),
    (Role.RECEPTIONIST, "/reception"),
    (Role.FLOOR_GUIDE, "/floor"),
    (Role.OFFICER, "/desk"),
    (Role.MEDIATOR, "/mediator"),
    (Role.HELPER, "/helper"),
)


async def let_in(request: WebRequest, db: Database, opened: Opened, ticket_key: bytes) -> Response[Any]:
    """Go where she asked to go, else to her door; where a code is needed, to the page that asks for it."""
    if opened.half:
        return see_other(CODE, cookies=[half_cookie(request, opened.token)])
    someone = await db.read(actor_of_session, hash_token(opened.token), real=real_now(), now=db.now())
    cookies = [session_cookie(request, opened.token), _known_cookie(request, ticket_key, opened.account)]
    if request.cookies.get(HALF_COOKIE):
        cookies.append(half_cookie(request, ""))
    return see_other(opened.next_path or home_of(someone), cookies=cookies)


def home_of(someone: Actor | None) -> str:
    """The door somebody works at first."""
    if someone is not None and someone.must_set_up_codes:
        return "/account"
    return next((path for role, path in _HOMES if someone is not None and someone.has(role)), "/")


def half_cookie(request: WebRequest, token: str) -> Cookie:
    """The cookie of a half-open sign-in, which the pages of the sign-in alone are sent; an empty one takes it back."""
    return Cookie(
        key=HALF_COOKIE,
        value=token,
        max_age=None if token else 0,
        path="/sign-in",
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


def half_hash(request: WebRequest) -> str | None:
    """The hash of the half-open sign-in of this browser, whether or not it lives."""
    token = request.cookies.get(HALF_COOKIE)
    return hash_token(token) if token else None


# -- a browser that signed in before does not suffer from a stranger's guesses --------------------------


def _known_cookie(request: WebRequest, ticket_key: bytes, account: UUID) -> Cookie:
    value = f"{account.hex}.{_mark(ticket_key, account)}"
    return Cookie(
        key=KNOWN_COOKIE,
        value=value,
        max_age=YEAR,
        path="/sign-in",
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


def known_browser(request: WebRequest, ticket_key: bytes) -> UUID | None:
    name, _, mark = (request.cookies.get(KNOWN_COOKIE) or "").partition(".")
    try:
        account = UUID(hex=name)
    except ValueError:
        return None
    return account if hmac.compare_digest(mark.encode(), _mark(ticket_key, account).encode()) else None


def _mark(ticket_key: bytes, account: UUID) -> str:
    return hmac.new(ticket_key, b"known browser|" + account.bytes, hashlib.sha256).hexdigest()
