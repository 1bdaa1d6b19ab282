"""What she answers on her ticket: the questions at the end, which are only counted; that she has read a change."""

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from onestop.domain.ending import ANSWERS
from onestop.domain.errors import Refusal
from onestop.domain.roles import VISITOR
from onestop.visits.actions.ending import count_answers
from onestop.visits.actions.touching import mark_seen
from onestop.web.kit.forms import read_form
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.access import open_ticket
from onestop.web.public.frame import link
from onestop.web.public.ticket import THANKS, show
from onestop.web.public.ticket_parts import is_over
from onestop.web.public.ticket_tally import waits_for_tally


@post("/t/{code:str}/end")
async def answer_at_end(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Count her answers; a second press, of whichever button, finds that she was asked."""
    access = await open_ticket(request, db, ticket_key, code)
    if is_over(access, db.now()):
        return see_other(link(request, access.path))
    form = await read_form(request)
    said = {} if form.ticked("skip") else {question: form.text(question, 20) for question in ANSWERS}
    try:
        await db.write(count_answers, access.party, said, day=access.day)
    except Refusal as refusal:
        fresh = await open_ticket(request, db, ticket_key, code)
        return await show(request, db, ticket_key, fresh, refusal=refusal)
    asks = waits_for_tally(access.ticket) and not form.ticked("skip")
    return see_other(link(request, f"{access.path}/tally" if asks else f"{access.path}?{THANKS}=1"))


@post("/t/{code:str}/seen")
async def have_seen(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """She has read what a change of the day means for her; harmless twice."""
    access = await open_ticket(request, db, ticket_key, code)
    await db.write(mark_seen, access.party, actor=VISITOR, now=db.now(), day=access.day)
    return see_other(link(request, access.path))


route_handlers: list[Any] = [answer_at_end, have_seen]
