"""What a ticket still opens after its day: next steps and a proof of visit, both to read and to print."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from markupsafe import Markup

from onestop.db.session import Database
from onestop.domain.errors import N_
from onestop.domain.retention import persons_until
from onestop.referrals.queries.steps import NextSteps, next_steps
from onestop.web.kit.next_steps import proof_sheet, steps_sheet
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest, settings_of
from onestop.web.kit.responses import see_other
from onestop.web.public.access import Access, open_ticket
from onestop.web.public.frame import link
from onestop.web.public.ticket_parts import locale_of_ticket, ticket_page

ALSO = "also"
"""In the address of a sheet that holds the private referrals too, because she asked for it at this press."""


@page_of("public/ticket_steps.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class StepsPage:
    """A sheet, and beside it what only she sees and no paper shows unasked."""

    title: str
    sheet: Markup
    private: Markup
    also_href: str
    with_private: bool
    until: str
    path: str
    query: str


@get("/t/{code:str}/steps")
async def show_steps(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Next steps, in her language and the local one."""
    access = await open_ticket(request, db, ticket_key, code)
    if access.ticket.visit is None:
        return see_other(access.path)
    steps = await _read(request, db, access)
    # The short code can be overheard: what goes to her alone needs the long one.
    hers = steps if access.code else steps.without_private()
    secret = tuple(each for each in hers.onward if each.private)
    also = bool(secret) and request.query_params.get(ALSO) == "1"
    alone = replace(steps, onward=secret, done=(), goes_on=None, goes_on_day=None, next_day=None)
    query = link(request, "")
    return await _page(
        request,
        access,
        title=N_("Next steps"),
        sheet=steps_sheet(request, hers if also else hers.without_private()),
        private=steps_sheet(request, alone) if secret and not also else Markup(),
        also_href=f"{access.path}/steps{query}{'&' if query else '?'}{ALSO}=1",
        with_private=also,
    )


@get("/t/{code:str}/proof")
async def show_proof(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Proof of visit: date, from when to when; no institution, no topic."""
    access = await open_ticket(request, db, ticket_key, code)
    if access.ticket.visit is None:
        return see_other(access.path)
    sheet = proof_sheet(request, await _read(request, db, access), now=db.now())
    return await _page(request, access, title=N_("Proof of visit"), sheet=sheet)


async def _read(request: WebRequest, db: Database, access: Access) -> NextSteps:
    steps = await db.read(next_steps, access.party, now=db.now())
    return replace(steps, language=locale_of_ticket(request, access.ticket).tag)


async def _page(request: WebRequest, access: Access, *, title: str, sheet: Markup, **more: Any) -> Response[Any]:
    locale, day = locale_of_ticket(request, access.ticket), access.ticket.day
    until = persons_until(day.on, day.closes_at, day.zone, days=settings_of(request).contact_days)
    more = {"private": Markup(), "also_href": "", "with_private": False} | more
    context = StepsPage(
        title=locale.gettext(title),
        sheet=sheet,
        until=locale.local_date(until - timedelta(seconds=1), day.timezone),
        path=access.path,
        query=link(request, ""),
        **more,
    )
    return ticket_page(request, access, context)


route_handlers: list[Any] = [show_steps, show_proof]
