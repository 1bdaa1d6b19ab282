"""What comes first: pairs of services on one day."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.organising import OrderLine, order_of_day
from onestop.days.queries.days import Day
from onestop.days.queries.offer import day_offer
from onestop.days.setup import add_precedence, remove_precedence
from onestop.days.setup_values import SetupWrong
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Refusal
from onestop.visits.actions.setup import set_up
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.reading import read_id
from onestop.web.organise.touch import BACK, SURE, ask_first, errors_of_return

EVERY_OTHER = "*"
NOT_CHOSEN = N_("Please choose both services.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A pair in the reader's language; an empty `after` means every other service."""

    id: UUID
    before: str
    after: str
    because: str


@page_of("organise/order.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """The pairs and the form for another one."""

    day: Day
    lines: tuple[Line, ...]
    services: tuple[tuple[str, str], ...]
    before: str = ""
    after: str = ""
    because: str = ""
    published: bool
    saved: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/order")
async def show_order(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The pairs."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found, saved=request.query_params.get("done") == "saved")


@post("/organise/{day:str}/order")
async def add(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Add a pair."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    locale = locale_of(request)
    before, after = form.text("before", 40), form.text("after", 40)
    because = form.text("because", 200)
    first, then = read_id(before), None if after == EVERY_OTHER else read_id(after)
    typed: dict[str, Any] = {"before": before, "after": after, "because": because}
    if form.ticked(BACK):
        return await _page(request, db, found, errors=errors_of_return(request, form, found), **typed)
    try:
        if first is None or (then is None and after != EVERY_OTHER):
            raise SetupWrong("before", NOT_CHOSEN)
        path = await submit_once(
            request,
            f"organise.order.{found.id}",
            set_up,
            found.id,
            add_precedence,
            before=first,
            after=then,
            because=because,
            version=form.number("version") or 0,
            sure=form.text(SURE),
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/order?done=saved"),
        )
    except ChangeTouches as touches:
        return await ask_first(request, db, found, form, touches)
    except Refusal as refusal:
        errors = errors_of(locale, refusal)
        found, _ = await enter(request, db, day)
        return await _page(request, db, found, errors=errors, status=refusal.status, **typed)
    return see_other(path)


@post("/organise/{day:str}/order/{pair:uuid}/remove")
async def remove(request: WebRequest, db: Db, day: FromPath[str], pair: FromPath[UUID]) -> Response[Any]:
    """Take a pair away."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    try:
        path = await submit_once(
            request,
            f"organise.order.remove.{pair}",
            set_up,
            found.id,
            remove_precedence,
            pair,
            version=form.number("version") or 0,
            sure=form.text(SURE),
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/order?done=saved"),
        )
    except ChangeTouches as touches:
        return await ask_first(request, db, found, form, touches, back=path_of(found, "/order"))
    return see_other(path)


async def _page(request: WebRequest, db: Db, day: Day, *, status: int = 200, **more: Any) -> Response[Any]:
    locale = locale_of(request)
    offer = await db.read(day_offer, day.id)
    lines: list[OrderLine] = await db.read(order_of_day, day.id)

    def named(key: str, institution: str) -> str:
        return f"{service_title(locale, key)} · {institution}"

    context = OrderPage(
        day=day,
        lines=tuple(
            Line(
                id=line.id,
                before=named(line.before, line.before_institution),
                after=named(line.after, line.after_institution) if line.after else "",
                because=line.because,
            )
            for line in lines
        ),
        services=tuple((str(each.id), named(each.key, each.institution.name)) for each in offer.services),
        published=day.state is DayState.PUBLISHED,
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_order, add, remove]
