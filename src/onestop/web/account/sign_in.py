"""Sign in with a name and password; sign out."""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie

from onestop.accounts.actions import begin_sign_in, complete_sign_in, fold_login, sign_out
from onestop.accounts.links import way_back
from onestop.accounts.passwords import hash_password, needs_new_hash, password_matches
from onestop.accounts.queries import actor_of_session
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.domain.errors import N_, Refusal, SignInWrong
from onestop.domain.roles import Actor, Role
from onestop.keys import hash_token
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest, is_https, local_path
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import SESSION_COOKIE, YEAR, gone_cookie, session_cookie, session_hash

KNOWN_COOKIE = "onestop_known"
_HOMES = (
    (Role.ORGANISER, "/organise"),
    (Role.ADMINISTRATOR, "/organise"),
    (Role.RECEPTIONIST, "/reception"),
    (Role.FLOOR_GUIDE, "/floor"),
    (Role.OFFICER, "/desk"),
    (Role.MEDIATOR, "/mediator"),
    (Role.HELPER, "/helper"),
)

OUT_WORDS: dict[str, str] = {
    "pass": N_("To come back, scan your pass again."),
    "link": N_("To come back, open your link again."),
    "new_link": N_("To come back, ask the organiser for a new sign-in link."),
}
"""What somebody reads who signed out and has no password."""


@page_of("account/sign_in.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The form; `error` is a sentence in the reader's language, the password is never sent back."""

    login: str = ""
    next_path: str = ""
    error: str = ""
    for_desk: bool = False
    """She comes from a desk: most officers have a pass and no account."""
    out: str = ""
    """She has just signed out and came without a password: how she comes back."""


@get("/sign-in")
async def show_sign_in(request: WebRequest) -> Response[Any]:
    """The form, for anybody."""
    out = OUT_WORDS.get(request.query_params.get("out", ""), "")
    shown = _form(
        next_path=local_path(request.query_params.get("next"), ""), out=locale_of(request).gettext(out) if out else ""
    )
    return page(request, shown, door="account")


def _form(*, next_path: str, login: str = "", error: str = "", out: str = "") -> SignInPage:
    return SignInPage(login=login, next_path=next_path, error=error, for_desk=next_path.startswith("/desk"), out=out)


@post("/sign-in")
async def do_sign_in(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """Check name and password and open a session under a new token; a wrong pair shows the form again."""
    form = await read_form(request)
    login, next_path = form.text("login", 120), local_path(form.text("next", 2000), "")
    try:
        await check_limit(request, "sign_in", contact=login)
        token, account = await _sign_in(request, db, ticket_key, login, (form.get("password") or "")[:1000])
    except Refusal as refusal:
        error = locale_of(request).say(refusal.sentence, refusal.params)
        shown = _form(login=login, next_path=next_path, error=error)
        return page(request, shown, status=refusal.status, door="account")
    someone = await db.read(actor_of_session, hash_token(token), real=real_now(), now=db.now())
    cookies = [session_cookie(request, token), _known_cookie(request, ticket_key, account)]
    return see_other(next_path or home_of(someone), cookies=cookies)


@post("/sign-out")
async def do_sign_out(request: WebRequest, db: Db) -> Response[Any]:
    """End the session on the server, take the cookie back, and say how to come in again."""
    to = "/sign-in"
    if session := session_hash(request):
        back = await db.read(way_back, session, real=real_now())
        to += f"?out={back}" if back else ""
        await db.write(sign_out, session)
    return see_other(to, cookies=[gone_cookie(request, SESSION_COOKIE)])


def home_of(someone: Actor | None) -> str:
    """The door somebody works at first."""
    return next((path for role, path in _HOMES if someone is not None and someone.has(role)), "/")


async def _sign_in(request: WebRequest, db: Database, ticket_key: bytes, login: str, password: str) -> tuple[str, UUID]:
    if not login or not password:
        raise SignInWrong
    real = real_now()
    known = _known_browser(request, ticket_key)
    strangers = request.app.state.strangers
    strangers.check(fold_login(login), real)
    attempt = await db.write(begin_sign_in, login, real=real, known_browser=known)
    # Hashing takes tens of milliseconds of a core: off the event loop and outside the transaction.
    right = await asyncio.to_thread(password_matches, attempt.password_hash, password)
    if attempt.account is None or not right:
        if attempt.account is None:
            strangers.failed(fold_login(login), real)
        raise SignInWrong
    new_hash = None
    if attempt.password_hash and needs_new_hash(attempt.password_hash):
        new_hash = await asyncio.to_thread(hash_password, password)
    token = await db.write(
        complete_sign_in, attempt, real=real_now(), new_hash=new_hash, old_session=session_hash(request)
    )
    return token, attempt.account


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


def _known_browser(request: WebRequest, ticket_key: bytes) -> UUID | None:
    name, _, mark = (request.cookies.get(KNOWN_COOKIE) or "").partition(".")
    try:
        account = UUID(hex=name)
    except ValueError:
        return None
    return account if hmac.compare_digest(mark.encode(), _mark(ticket_key, account).encode()) else None


def _mark(ticket_key: bytes, account: UUID) -> str:
    return hmac.new(ticket_key, b"known browser|" + account.bytes, hashlib.sha256).hexdigest()


route_handlers: list[Any] = [show_sign_in, do_sign_in, do_sign_out]
