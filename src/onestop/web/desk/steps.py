"""The sheet a desk hands out: its own talk, where it sent her and what it added, nothing she does elsewhere (R14)."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.domain.errors import N_
from onestop.referrals.queries.desk import talk_of
from onestop.referrals.queries.steps import added_in_talk, next_steps
from onestop.web.desk.access import reach_stop
from onestop.web.kit.language import locale_of
from onestop.web.kit.next_steps import SheetPrint, steps_sheet
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page


@get("/stops/{stop_id:uuid}/steps")
async def show_steps(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """What this conversation leads to; `?also=1` with what goes to her alone, because she asks for it."""
    await reach_stop(request, db, stop_id)
    talk = await db.read(talk_of, stop_id)
    added = await db.read(added_in_talk, stop_id)
    here = (await db.read(next_steps, talk.party, now=db.now())).of_stop(stop_id, added=added)
    locale, path = locale_of(request), f"/stops/{stop_id}/steps"
    secret = any(each.private for each in here.onward)
    also = secret and request.query_params.get("also") == "1"
    context = SheetPrint(
        title=locale.gettext(N_("Next steps")),
        ticket=here.number,
        sheet=steps_sheet(request, here if also else here.without_private()),
        back=f"/stops/{stop_id}/referrals",
        back_label=locale.gettext(N_("Back")),
        also_href=f"{path}?also=1" if secret and not also else "",
        with_private=also,
    )
    return page(request, context, zone=here.day.timezone, door="desk", brand=here.day.name, home="/desk")


route_handlers: list[Any] = [show_steps]
