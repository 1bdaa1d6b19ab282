"""The script by which her phone answers with the last state of her ticket when the network does not (decision 19)."""

from functools import cache
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.paths import resource_dir
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.public.access import open_ticket


@get("/t/{code:str}/kept.js")
async def ticket_worker(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """It stands under the ticket's address, because a browser lets such a script rule over no other page."""
    access = await open_ticket(request, db, ticket_key, code)
    headers = {"Service-Worker-Allowed": access.path}
    return Response(_worker(), status_code=200, media_type="text/javascript", headers=headers)


@cache
def _worker() -> bytes:
    return (resource_dir("static") / "js/ticket_worker.js").read_bytes()


route_handlers: list[Any] = [ticket_worker]
