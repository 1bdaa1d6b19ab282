"""A day pass: its link, or its code typed, shows a button; the first press binds it to that browser."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.actions import bind_pass
from onestop.accounts.queries import pass_of_token
from onestop.clock import real_now
from onestop.domain.errors import N_, PassOver, Refusal, TooManyTries
from onestop.domain.pass_code import read_pass_code
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import session_cookie, session_hash


class PassCodeWrong(Refusal):
    code = "pass_code_wrong"
    status = 403
    sentence = N_("No valid day pass has this code. Please compare it with your paper, or ask the organiser.")


@page_of("account/pass_code.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PassCodePage:
    """The field for the code; `error` is a sentence in the reader's language."""

    error: str = ""
    code: str = ""


@page_of("account/pass.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PassPage:
    """Which desk the pass opens; nothing is bound by looking."""

    action: str
    institution: str
    desk_number: int
    day_name: str


@get("/pass")
async def show_pass_code(request: WebRequest) -> Response[Any]:
    """The field, for a machine that scans nothing."""
    return page(request, PassCodePage(), door="account")


@post("/pass")
async def read_code(request: WebRequest, db: Db) -> Response[Any]:
    """Go to the pass with this code; what was typed wrong stays in the field."""
    typed = (await read_form(request)).text("code", 200)
    try:
        await check_limit(request, "pass")
        code = read_pass_code(typed)
        if await db.read(pass_of_token, code, now=db.now()) is None:
            raise PassCodeWrong
    except (PassCodeWrong, TooManyTries) as refusal:
        error = locale_of(request).say(refusal.sentence, refusal.params)
        return page(request, PassCodePage(error=error, code=typed), status=refusal.status, door="account")
    return see_other(f"/pass/{code}")


@get("/pass/{token:str}")
async def show_pass(request: WebRequest, db: Db, token: FromPath[str]) -> Response[Any]:
    """The page with the button. A mail scanner that opens the link changes nothing."""
    await check_limit(request, "pass")
    found = await db.read(pass_of_token, token, now=db.now())
    if found is None:
        raise PassOver
    context = PassPage(
        action=f"/pass/{token}",
        institution=found.institution_name,
        desk_number=found.desk_number,
        day_name=found.day_name,
    )
    return page(request, context, door="account")


@post("/pass/{token:str}")
async def do_bind_pass(request: WebRequest, db: Db, token: FromPath[str]) -> Response[Any]:
    """Bind the pass to this browser and go to the desk; this browser again just goes there."""
    await check_limit(request, "pass")
    session = await db.write(bind_pass, token, real=real_now(), now=db.now(), old_session=session_hash(request))
    return see_other("/desk", cookies=[session_cookie(request, session)] if session else [])


route_handlers: list[Any] = [show_pass_code, read_code, show_pass, do_bind_pass]
