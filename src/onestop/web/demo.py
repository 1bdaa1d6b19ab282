"""The practice system: when its invented day is over, it can be started again from any page."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, post

from onestop.domain.errors import NotKnown
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, WebRequest
from onestop.web.kit.responses import page

AGAIN = "demo-again"
"""The file in the var folder by which a page asks the program for another day."""


@page_of("demo/again.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPage:
    """A new day begins in a moment; whoever started the program sees its addresses."""


@post("/demo/again")
async def start_again(request: WebRequest, settings: Conf) -> Response[Any]:
    """Leave the wish where the program looks for it; pressing twice is one wish. Not there outside a demo."""
    if not request.app.state.demo:
        raise NotKnown
    (settings.var / AGAIN).touch()
    return page(request, AgainPage())


route_handlers: list[Any] = [start_again]
