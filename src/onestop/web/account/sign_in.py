"""Sign in with a name and password; sign out."""

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from onestop.accounts.actions import begin_sign_in, fold_login, leave, sign_out
from onestop.accounts.half_open import Opened, open_after_password
from onestop.accounts.links import way_back
from onestop.accounts.passwords import hash_password, needs_new_hash, password_matches
from onestop.accounts.queries import actor_of_session
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.domain.errors import N_, Refusal, SignInOver, SignInWrong
from onestop.web.account.letting_in import known_browser, let_in
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest, local_path
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import SESSION_COOKIE, gone_cookie, session_hash

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
        next_path=local_path(request.query_params.get("next"), ""),
        out=locale_of(request).gettext(out) if out else "",
        error=locale_of(request).gettext(SignInOver.sentence) if request.query_params.get("over") == "1" else "",
    )
    return page(request, shown, door="account")


def _form(*, next_path: str, login: str = "", error: str = "", out: str = "") -> SignInPage:
    return SignInPage(login=login, next_path=next_path, error=error, for_desk=next_path.startswith("/desk"), out=out)


@post("/sign-in")
async def do_sign_in(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """Check name and password and open a session, or ask for the code; a wrong pair shows the form again."""
    form = await read_form(request)
    login, next_path = form.text("login", 120), local_path(form.text("next", 2000), "")
    try:
        await check_limit(request, "sign_in", contact=login)
        opened = await _sign_in(request, db, ticket_key, login, (form.get("password") or "")[:1000], next_path)
    except Refusal as refusal:
        error = locale_of(request).say(refusal.sentence, refusal.params)
        shown = _form(login=login, next_path=next_path, error=error)
        return page(request, shown, status=refusal.status, door="account")
    return await let_in(request, db, opened, ticket_key)


@post("/sign-out")
async def do_sign_out(request: WebRequest, db: Db) -> Response[Any]:
    """End the session on the server, take the cookie back, and say how to come in again."""
    to = "/sign-in"
    if session := session_hash(request):
        back = await db.read(way_back, session, real=real_now())
        to += f"?out={back}" if back else ""
        someone = await db.read(actor_of_session, session, real=real_now(), now=db.now())
        if someone is None:
            await db.write(sign_out, session)
        else:
            await db.write(leave, session, actor=someone, now=db.now())
    return see_other(to, cookies=[gone_cookie(request, SESSION_COOKIE)])


async def _sign_in(
    request: WebRequest, db: Database, ticket_key: bytes, login: str, password: str, next_path: str
) -> Opened:
    if not login or not password:
        raise SignInWrong
    real = real_now()
    known = known_browser(request, ticket_key)
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
    return await db.write(
        open_after_password,
        attempt,
        known_browser=known,
        next_path=next_path,
        real=real_now(),
        new_hash=new_hash,
        old_session=session_hash(request),
    )


route_handlers: list[Any] = [show_sign_in, do_sign_in, do_sign_out]
