"""Somebody of hers who waits for a place or takes part in a draw: code, outcome, yes or no to an offer, go away.

Anybody else's answers like an unknown one, and of the list nothing but her own people is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.offers import decline_offer, take_offer
from onestop.booking.actions.waiting import leave_list
from onestop.booking.draws import OwnRequest, own_request
from onestop.booking.helped_waiting import HelpedWaiting, Standing, helped_waiting_one, on_helped_waiting, standing_of
from onestop.booking.waiting import Offer, waiting_party
from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.db.session import Database
from onestop.domain.errors import N_, OfferGone, Refusal
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from onestop.web.helper.frame import DOOR, enter_day, frame
from onestop.web.kit.forms import new_key
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.paper import PrintPage, waiting_paper_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.staff_door import is_over
from onestop.web.kit.words import stop_title

DONE: dict[str, str] = {
    "asked": N_("The request is taken. Please print the paper, or write down the code."),
    "listed": N_("She is on the waiting list. Please print the paper, or write down the code."),
    "declined": N_("The place goes to the next one."),
    "gone": N_("She is not on the list any more."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStop:
    """A stop she waits for; a private one does not say whose it is (R19)."""

    title: str
    institution: str


@page_of("helper/waiting.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOnePage:
    """One of hers. `code` and `address` are empty once she is not on the list; `asked` is her request in the draw."""

    day: Day
    path: str
    one: HelpedWaiting
    stands: Standing
    offer: Offer | None
    languages: tuple[str, ...]
    stops: tuple[WantedStop, ...]
    asked: OwnRequest | None
    drawn_after: datetime | None
    """The end of the time for requests, while she takes part."""
    code: str
    address: str
    over: bool
    done: str
    error: str = ""
    key: str = field(default_factory=new_key)


@get("/helper/{slug:str}/waiting/{party:uuid}")
async def show_waiting(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Her page of one who waits; whoever has a place has a booking."""
    day, _, account = await enter_day(request, db, slug)
    return await _show(request, db, day, account, party, ticket_key)


@get("/helper/{slug:str}/waiting/{party:uuid}/print")
async def show_waiting_print(
    request: WebRequest, db: Db, settings: Conf, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """The paper with the code, until she has a place or is gone."""
    day, _, account = await enter_day(request, db, slug)
    one = await db.read(helped_waiting_one, account, day.id, party)
    path = waiting_path(day, party)
    stands = standing_of(one, db.now())
    if stands in {Standing.PLACED, Standing.GONE}:
        return see_other(path)
    waits = await db.read(waiting_party, party)
    asked = await db.read(own_request, party) if stands is Standing.ASKED else None
    locale = locale_of(request)
    context = PrintPage(
        path=path,
        heading=locale.gettext(N_("Paper for the draw")) if asked else locale.gettext(N_("Paper of the waiting list")),
        paper=waiting_paper_of(
            request,
            settings,
            day,
            party,
            key=ticket_key,
            language=waits.display_language,
            asked=asked.request if asked else None,
            drawn_after=await _drawn_after(db, day) if asked else None,
        ),
        done="",
        late=False,
        next_href=f"{DOOR.home_of(day)}/book",
        next_label=locale.gettext(N_("Book for another person")),
    )
    return page(request, context, **frame(request, day))


@post("/helper/{slug:str}/waiting/{party:uuid}/take")
async def take(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """She says yes through her helper; the booking has number and code."""
    day, someone, account = await enter_day(request, db, slug)

    def act(conn: Any, who: UUID, **more: Any) -> Any:
        return take_offer(conn, who, key=ticket_key, **more)

    try:
        path = await submit_once(
            request,
            "helper.waiting.take",
            on_helped_waiting,
            account,
            day.id,
            party,
            act,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda _: DOOR.party_path(day, party, "booked"),
        )
    except OfferGone as refusal:
        return await _show(request, db, day, account, party, ticket_key, refusal=refusal)
    return see_other(path)


@post("/helper/{slug:str}/waiting/{party:uuid}/decline")
async def decline(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She says no, and stays on the list."""
    return await _act(request, db, slug, party, "declined", decline_offer)


@post("/helper/{slug:str}/waiting/{party:uuid}/leave")
async def leave(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She waits no more, or takes her request back."""
    return await _act(request, db, slug, party, "gone", leave_list)


def waiting_path(day: Day, party: UUID, did: str = "") -> str:
    """The page of one who waits; `did` says what has just been done."""
    return f"{DOOR.home_of(day)}/waiting/{party}" + (f"?did={did}" if did else "")


async def _act(
    request: WebRequest, db: Database, slug: str, party: UUID, did: str, action: Callable[..., Any]
) -> Response[Any]:
    day, someone, account = await enter_day(request, db, slug)
    path = await submit_once(
        request,
        f"helper.waiting.{did}",
        on_helped_waiting,
        account,
        day.id,
        party,
        action,
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: waiting_path(day, party, did),
    )
    return see_other(path)


async def _show(
    request: WebRequest,
    db: Database,
    day: Day,
    account: UUID,
    party: UUID,
    key: bytes,
    *,
    refusal: Refusal | None = None,
) -> Response[Any]:
    one = await db.read(helped_waiting_one, account, day.id, party)
    locale, now = locale_of(request), db.now()
    stands = standing_of(one, now)
    if stands is Standing.PLACED:
        return see_other(DOOR.party_path(day, party))
    waits, asked = await db.read(waiting_party, party), await db.read(own_request, party)
    here = stands is not Standing.GONE
    did = request.query_params.get("did", "")
    context = WaitingOnePage(
        day=day,
        path=waiting_path(day, party),
        one=one,
        stands=stands,
        offer=one.offered(now),
        languages=waits.languages,
        stops=tuple(
            WantedStop(title=stop_title(locale, stop.service, private=stop.private), institution=stop.institution)
            for stop in waits.stops
        ),
        asked=asked,
        drawn_after=await _drawn_after(db, day) if asked else None,
        code=spell_short_code(waiting_short_code(key, day=day.id, party=party)) if here else "",
        address=f"{base_url_of(request)}/w/{waiting_code(key, day=day.id, party=party)}" if here else "",
        over=is_over(day, now),
        done=locale.gettext(DONE[did]) if did in DONE and refusal is None else "",
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    return page(request, context, status=refusal.status if refusal else 200, **frame(request, day))


async def _drawn_after(db: Database, day: Day) -> datetime | None:
    draw = await db.read(draw_of, day.id)
    return draw.closes_at if draw is not None else None


route_handlers: list[Any] = [show_waiting, show_waiting_print, take, decline, leave]
