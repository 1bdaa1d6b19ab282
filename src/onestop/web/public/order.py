"""Who is called first: the rule in plain words, and the public list of operational needs."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from onestop.domain.calling import NEED_POINTS
from onestop.domain.operational import PUBLIC
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.public.frame import centre_page, link


@page_of("public/order.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """What counts, and for how much."""

    needs: tuple[str, ...]
    minutes: int
    home: str


@get("/order")
async def show_order(request: WebRequest, db: Db) -> Response[Any]:
    """The same for every day, and for everybody to read."""
    locale = locale_of(request)
    context = OrderPage(
        needs=tuple(locale.gettext(label) for label in PUBLIC.values()), minutes=NEED_POINTS, home=link(request, "/")
    )
    return await centre_page(request, db, context)


route_handlers: list[Any] = [show_order]
