"""A sign-in link: its address shows a button; pressing it signs this browser in."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.links import link_of_token, use_link
from onestop.accounts.queries import actor_of_session
from onestop.clock import real_now
from onestop.keys import hash_token
from onestop.web.account.sign_in import home_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import session_cookie, session_hash


@page_of("account/link.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """Who will be signed in; looking changes nothing."""

    action: str
    name: str


@get("/sign-in/link/{token:str}")
async def show_link(request: WebRequest, db: Db, token: FromPath[str]) -> Response[Any]:
    """The page with the button. A mail scanner that opens the link changes nothing."""
    await check_limit(request, "pass")
    found = await db.read(link_of_token, token, real=real_now())
    return page(request, LinkPage(action=f"/sign-in/link/{token}", name=found.name or found.login), door="account")


@post("/sign-in/link/{token:str}")
async def do_use_link(request: WebRequest, db: Db, token: FromPath[str]) -> Response[Any]:
    """Sign this browser in and go where a sign-in goes."""
    await check_limit(request, "pass")
    session = await db.write(use_link, token, real=real_now(), old_session=session_hash(request))
    someone = await db.read(actor_of_session, hash_token(session), real=real_now(), now=db.now())
    return see_other(home_of(someone), cookies=[session_cookie(request, session)])


route_handlers: list[Any] = [show_link, do_use_link]
