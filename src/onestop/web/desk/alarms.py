"""The silent alarm: a desk asks for help on any of its pages, and another desk says that somebody comes."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.domain.day import check_running
from onestop.domain.errors import NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.help import ending_of
from onestop.domain.roles import Actor
from onestop.visits.actions.alarms import ask_at_desk, end_alarm, say_coming
from onestop.visits.queries.desk import desk_screen
from onestop.visits.queries.desk_places import DeskPlace
from onestop.web.desk.access import reach_desk
from onestop.web.desk.answer import press, refused
from onestop.web.desk.pages import Asked, asked_at, desk_page
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import see_other

PAGES_OF_A_STOP = frozenset({"notes", "referrals", "phrases"})


async def asked_on(
    db: Database, locale: Locale, desk: UUID, *, page: str = "", stop: UUID | None = None, refused: str = ""
) -> Asked:
    """What the small place says on this page; two statements."""
    screen = await db.read(desk_screen, desk, now=db.now(), parts=frozenset({"asked"}))
    return asked_at(locale, screen, page=page, stop=stop, refused=refused)


@get("/desks/{desk_id:uuid}/asked")
async def show_asked(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The small place alone, for the page it stands on."""
    _, place = await reach_desk(request, db, desk_id)
    query = request.query_params
    return await _small(request, db, place, _where(query.get("page", ""), query.get("stop", "")))


@post("/desks/{desk_id:uuid}/alarms")
async def do_ask(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Ask for help; this desk's pages show it in a small line only."""
    someone, place = await reach_desk(request, db, desk_id)
    return await _quietly(request, db, place, "desk.alarm", ask_at_desk, desk_id, actor=someone)


@post("/desks/{desk_id:uuid}/alarms/{alarm:uuid}/coming")
async def do_come(request: WebRequest, db: Db, desk_id: FromPath[UUID], alarm: FromPath[UUID]) -> Response[Any]:
    """Somebody of this desk goes there."""
    someone, place = await reach_desk(request, db, desk_id)
    return await press(
        request, db, place, "desk.alarm.coming", say_coming, place.day, alarm, desk=place.id, actor=someone
    )


@post("/desks/{desk_id:uuid}/alarms/{alarm:uuid}/end")
async def do_end(request: WebRequest, db: Db, desk_id: FromPath[UUID], alarm: FromPath[UUID]) -> Response[Any]:
    """It is over, or it was a mistake."""
    someone, place = await reach_desk(request, db, desk_id)
    act = partial(end_alarm, ending=ending_of((await read_form(request)).text("ending", 10)))
    return await _quietly(request, db, place, "desk.alarm.end", act, place.day, alarm, actor=someone)


async def _quietly(
    request: WebRequest,
    db: Database,
    place: DeskPlace,
    route: str,
    action: Callable[..., Any],
    *args: Any,
    actor: Actor,
) -> Response[Any]:
    """Back to the page the press was made on; with htmx only the small place changes."""
    form = await read_form(request)
    where = _where(form.text("page", 20), form.text("stop", 40))
    back = f"/stops/{where['stop']}/{where['page']}" if where else f"/desks/{place.id}"
    try:
        check_running(place.day_state)
        path = await submit_once(
            request, route, action, *args, to=lambda _: back, day=place.day, actor=actor, now=db.now()
        )
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        if not is_htmx(request):
            return await refused(request, db, place, refusal)
        said = locale_of(request).say(refusal.sentence, refusal.params)
        return await _small(request, db, place, where, refused=said)
    return await _small(request, db, place, where) if is_htmx(request) else see_other(path)


async def _small(
    request: WebRequest, db: Database, place: DeskPlace, where: dict[str, Any], *, refused: str = ""
) -> Response[Any]:
    screen = await db.read(desk_screen, place.id, now=db.now(), parts=frozenset({"asked"}))
    asked = asked_at(locale_of(request), screen, **where, refused=refused)
    return desk_page(request, screen, block="asked", asked=asked)


def _where(page: str, stop: str) -> dict[str, Any]:
    """The page of a stop that was named; nothing for the desk itself, or what is no page."""
    try:
        return {"page": page, "stop": UUID(stop)} if page in PAGES_OF_A_STOP else {}
    except ValueError:
        return {}


route_handlers: list[Any] = [show_asked, do_ask, do_come, do_end]
