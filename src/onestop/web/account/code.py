"""The second step of a sign-in: a one-time code of the app, or a recovery code."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from onestop.accounts.half_open import finish_sign_in, half_lives
from onestop.clock import real_now
from onestop.domain.errors import CodeWrong, Refusal, SignInOver, TooManyTries
from onestop.web.account.letting_in import CODE, half_cookie, half_hash, let_in
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import session_hash

OVER = "/sign-in?over=1"


@page_of("account/code.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    """The field for the code; `error` is a sentence in the reader's language, what was typed is not sent back."""

    error: str = ""


@get(CODE)
async def show_code(request: WebRequest, db: Db) -> Response[Any]:
    """The field, for a browser whose password was right; others begin at the beginning."""
    half = half_hash(request)
    if half is None or not await db.read(half_lives, half, real=real_now()):
        return see_other("/sign-in" if half is None else OVER)
    return page(request, CodePage(), door="account")


@post(CODE)
async def do_code(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """Open the session if the code is right; a wrong one asks again, five times."""
    typed = (await read_form(request)).text("code", 40)
    half = half_hash(request)
    if half is None:
        return see_other("/sign-in")
    try:
        await check_limit(request, "sign_in", contact=half)
        opened = await db.write(
            finish_sign_in,
            half,
            typed,
            key=ticket_key,
            real=real_now(),
            now=db.now(),
            old_session=session_hash(request),
        )
    except SignInOver:
        return see_other(OVER, cookies=[half_cookie(request, "")])
    except TooManyTries as refusal:
        return _asked_again(request, refusal)
    if opened is None:
        return _asked_again(request, CodeWrong(field="code"))
    return await let_in(request, db, opened, ticket_key)


def _asked_again(request: WebRequest, refusal: Refusal) -> Response[Any]:
    error = locale_of(request).say(refusal.sentence, refusal.params)
    return page(request, CodePage(error=error), status=refusal.status, door="account")


route_handlers: list[Any] = [show_code, do_code]
