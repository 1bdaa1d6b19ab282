"""Before a day is closed: everybody still inside gets a place on a later day, in one act."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.day import DayState
from onestop.domain.errors import N_, InvalidInput
from onestop.domain.roles import Actor
from onestop.visits.carrying_on import carry_all
from onestop.visits.queries.carrying import Carried, Fate, StillInside, carried_from, days_to_carry_to, still_inside
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import covers, day_frame, enter, path_of

SECONDS_AT_A_PRESS = 3.0
"""So long one press works; what is left then waits for the next one."""
NOT_CARRIED = N_("Ticket %(number)s: %(why)s")


@page_of("organise/carry.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CarryPage:
    """Who goes on at the chosen day, who is in a talk, for whom there is nothing, and who has been carried there."""

    day: Day
    days: tuple[Day, ...]
    then: Day | None
    going: tuple[StillInside, ...]
    talking: tuple[StillInside, ...]
    nothing: tuple[StillInside, ...]
    carried: tuple[Carried, ...]
    prints: bool
    """Whether she may open the new tickets at reception of the other day."""
    open: bool
    errors: tuple[str, ...] = ()
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/carry")
async def show_carry(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Who would go on, and who goes on already."""
    found, someone = await enter(request, db, day)
    return await _page(request, db, found, request.query_params.get("to", ""), someone)


@post("/organise/{day:str}/carry")
async def carry(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Carry over everybody who can be, one after the other; pressed twice nobody is carried twice."""
    found, someone = await enter(request, db, day)
    chosen = (await read_form(request)).text("to", 200)
    then = next((each for each in await _days(db, found) if each.slug == chosen), None)
    if then is None:
        raise InvalidInput(field="to")
    done = await asyncio.to_thread(
        carry_all, db, found, then, key=ticket_key, actor=someone, seconds=SECONDS_AT_A_PRESS
    )
    if not done.refused:
        return see_other(path_of(found, f"/carry?to={then.slug}"))
    locale = locale_of(request)
    errors = [
        locale.say(NOT_CARRIED, {"number": one.number, "why": locale.say(refusal.sentence, refusal.params)})
        for one, refusal in done.refused
    ]
    return await _page(request, db, found, then.slug, someone, errors=tuple(errors), status=409)


async def _days(db: Database, day: Day) -> tuple[Day, ...]:
    return await db.read(days_to_carry_to, day, now=db.now())


async def _page(
    request: WebRequest,
    db: Database,
    day: Day,
    chosen: str,
    someone: Actor,
    *,
    errors: tuple[str, ...] = (),
    status: int = 200,
) -> Response[Any]:
    days = await _days(db, day)
    then = next((each for each in days if each.slug == chosen), days[0] if days else None)
    inside = await db.read(still_inside, day.id, then.id) if then is not None else ()

    def of(fate: Fate) -> tuple[StillInside, ...]:
        return tuple(one for one in inside if one.fate is fate)

    context = CarryPage(
        day=day,
        days=days,
        then=then,
        going=of(Fate.GOES),
        talking=of(Fate.TALKS),
        nothing=of(Fate.NOTHING),
        carried=await db.read(carried_from, day.id, then.id) if then is not None else (),
        prints=then is not None and covers(someone, then.id),
        open=day.state is DayState.PUBLISHED,
        errors=errors,
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_carry, carry]
