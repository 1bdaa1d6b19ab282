"""A day pass: its link shows a button; the first press binds it to that browser."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.actions import bind_pass
from onestop.accounts.queries import pass_of_token
from onestop.clock import real_now
from onestop.domain.errors import PassOver
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import session_cookie, session_hash


@page_of("account/pass.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PassPage:
    """Which desk the pass opens; nothing is bound by looking."""

    action: str
    institution: str
    desk_number: int
    day_name: str


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


route_handlers: list[Any] = [show_pass, do_bind_pass]
