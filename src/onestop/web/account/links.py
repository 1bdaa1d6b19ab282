"""A sign-in link: its address shows a button; pressing it signs this browser in."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.links import link_of_token, use_link
from onestop.clock import real_now
from onestop.web.account.letting_in import known_browser, let_in
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page
from onestop.web.kit.sessions import session_hash


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
async def do_use_link(request: WebRequest, db: Db, token: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """Sign this browser in and go where a sign-in goes; one-time codes are asked for here too."""
    await check_limit(request, "pass")
    opened = await db.write(
        use_link,
        token,
        real=real_now(),
        known_browser=known_browser(request, ticket_key),
        old_session=session_hash(request),
    )
    return await let_in(request, db, opened, ticket_key)


route_handlers: list[Any] = [show_link, do_use_link]
