"""The first page: the days that can be booked, and the way back to a ticket or an invitation by its code."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post

from onestop.booking.spares import check_spare
from onestop.booking.tickets import find_code
from onestop.booking.waiting import find_waiting
from onestop.days.queries.days import day_by_slug
from onestop.days.visitors import day_of_invitation, unlisted_days
from onestop.db.session import Database
from onestop.domain.errors import Refusal, TicketUnknown, TooManyTries
from onestop.domain.ticket import invitation_hash, read_long_code, read_short_code
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.access import short_path, short_waiting_path
from onestop.web.public.frame import DayLink, centre_page, link, other_days

UNLISTED = "unlisted"
"""Stands in the choice of days for one by invitation, which is never named."""


@page_of("public/first.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """Days to choose from, and a field for a code."""

    days: tuple[DayLink, ...]
    find: str
    code: str = ""
    chosen: str = ""
    error: str = ""


@get("/")
async def show_first(request: WebRequest, db: Db) -> Response[Any]:
    """Every day that anybody may book."""
    return await centre_page(request, db, await _first(request, db))


@get("/find")
async def show_find(request: WebRequest, db: Db) -> Response[Any]:
    """The field for a code; on the first page, so that one page knows everything."""
    return await centre_page(request, db, await _first(request, db))


@post("/find")
async def find_ticket(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """From a ticket's code, or a short code with its day, to the ticket; from an invitation code to its day."""
    form = await read_form(request)
    code, day = form.text("code", 300), form.text("day", 120)
    try:
        await check_limit(request, "find")
        try:
            return see_other(link(request, await _path_of(db, ticket_key, code, day)))
        except TicketUnknown:
            # Wrong tries also count for the day, whichever networks they come from; right ones must not.
            await check_limit(request, "find", contact=day)
            raise
    except (TicketUnknown, TooManyTries) as refusal:
        return await ask_again(request, db, refusal, code=code, day=day)


async def ask_again(
    request: WebRequest, db: Database, refusal: Refusal, *, code: str = "", day: str = ""
) -> Response[Any]:
    """The field again, with what was typed and why it did not work."""
    error = locale_of(request).say(refusal.sentence, refusal.params)
    context = await _first(request, db, code=code, chosen=day, error=error)
    return await centre_page(request, db, context, status=refusal.status)


async def _first(request: WebRequest, db: Database, **shown: str) -> FirstPage:
    return FirstPage(days=await other_days(request, db), find=link(request, "/find"), **shown)


async def _path_of(db: Database, key: bytes, code: str, day: str) -> str:
    if (long := read_long_code(code)) is not None:
        return await _path_of_long(db, key, long)
    if read_short_code(code) is not None:
        days = await _days_of(db, day)
        try:
            return short_path(key, await db.read(find_code, code, days=days))
        except TicketUnknown:
            await db.read(check_spare, code, key=key, days=days)
            party, _ = await db.read(find_waiting, code, days=days)
            return short_waiting_path(key, party)
    slug = await db.read(day_of_invitation, invitation_hash(code)) if code else None
    if slug is None:
        raise TicketUnknown
    return f"/d/{slug}?invitation={quote(code)}"


async def _path_of_long(db: Database, key: bytes, long: str) -> str:
    try:
        await db.read(find_code, long)
    except TicketUnknown:
        await db.read(check_spare, long, key=key)
        await db.read(find_waiting, long)
        return f"/w/{long}"
    return f"/t/{long}"


async def _days_of(db: Database, day: str) -> list[UUID]:
    """A short code counts together with its day only; a day by invitation is found without being named."""
    if not day or day == UNLISTED:
        return await db.read(unlisted_days, now=db.now())
    try:
        return [(await db.read(day_by_slug, day)).id]
    except Refusal as unknown:
        raise TicketUnknown from unknown


route_handlers: list[Any] = [show_first, show_find, find_ticket]
