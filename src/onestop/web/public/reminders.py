"""Where the link of a reminder leads: a page with one button, and the button of the mail program itself (RFC 8058)."""

import hmac
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.parties import stop_reminders
from onestop.booking.queries import Reminded, reminded_address
from onestop.db.session import Database
from onestop.domain.errors import TicketUnknown
from onestop.domain.reminding import party_in, stop_code
from onestop.domain.roles import VISITOR
from onestop.web.kit.forms import read_form
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.frame import centre_page, link

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@page_of("public/reminders.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersPage:
    """The question, or that it is done. Says nothing of the appointment: mails are forwarded and scanned."""

    stopped: bool
    action: str


@get("/reminders/{code:str}")
async def show_reminders(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The page; programs that look for danger open every link of a mail, so looking changes nothing."""
    reminded = await _open(request, db, ticket_key, code)
    return await _page(request, db, code, stopped=reminded.stopped)


@post("/reminders/{code:str}")
async def stop(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """No more reminders; harmless twice. A mail program follows no redirect, so it gets the page at once."""
    reminded = await _open(request, db, ticket_key, code)
    await db.write(stop_reminders, reminded.party, actor=VISITOR, now=db.now(), day=reminded.day)
    name, value = ONE_CLICK
    if (await read_form(request)).text(name) == value:
        return await _page(request, db, code, stopped=True)
    return see_other(link(request, f"/reminders/{code}"))


async def _open(request: WebRequest, db: Database, key: bytes, code: str) -> Reminded:
    """Raises `TicketUnknown` alike for what was never a code and for one whose address is deleted."""
    await check_limit(request, "ticket")
    party = party_in(code)
    reminded = None if party is None else await db.read(reminded_address, party)
    if reminded is None:
        raise TicketUnknown
    right = stop_code(key, party=reminded.party, address=reminded.address)
    if not hmac.compare_digest(code.encode(), right.encode()):
        raise TicketUnknown
    return reminded


async def _page(request: WebRequest, db: Database, code: str, *, stopped: bool) -> Response[Any]:
    context = RemindersPage(stopped=stopped, action=link(request, f"/reminders/{code}"))
    return await centre_page(request, db, context)


route_handlers: list[Any] = [show_reminders, stop]
