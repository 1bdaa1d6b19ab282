"""Floor control: all desks on one screen, so that one person calls for desks that have no computer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import desk_by_id
from onestop.db.session import Database
from onestop.domain.day import DeskState
from onestop.domain.errors import N_, DeskUnknown, InvalidInput, Refusal
from onestop.domain.visit import Outcome
from onestop.live.hub import key_of
from onestop.visits.actions.calls import call_next, finish, no_show, recall, serve
from onestop.visits.actions.desks import set_desk_state, stand_down
from onestop.visits.actions.door import at_desk, undo_at_desk
from onestop.visits.queries.alarms import Alarm, open_alarms
from onestop.visits.queries.floor import FloorDesk, floor_desk, floor_desks
from onestop.web.floor.frame import EVERYBODY, day_and_actor, drives_day, frame, home_of
from onestop.web.kit.broadcasts import Told, told_to_all
from onestop.web.kit.called_here import marked
from onestop.web.kit.days import choose_day
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.outcomes import OUTCOME_WORDS
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import go_to, page, see_other
from onestop.web.kit.sse import live_stream
from onestop.web.kit.words import stop_title

NOT_KNOWN = "not_known"
"""Nobody told whoever holds the tablet how the talk ended: no outcome is kept."""
ENDS: dict[str, str] = {**OUTCOME_WORDS, NOT_KNOWN: N_("Not known")}
"""How a talk can end here, in the order of its buttons."""
NOBODY_NOW = N_("Nobody can be called now. The desk is ready and calls by itself.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCard:
    """A desk with its words in the reader's language."""

    desk: FloorDesk
    path: str
    title: str
    """What the visitor is here for; a private stop does not say (R19)."""
    owner: str
    private_talk: bool
    ends: tuple[tuple[str, str], ...]
    message: str = ""


@page_of("floor/control.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPage:
    """Every desk."""

    day: Day
    now: datetime
    path: str
    cards: tuple[DeskCard, ...]
    alarms: tuple[Alarm, ...]
    to_all: Told | None
    message: str


@page_of("floor/card.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """One desk, as the answer to a press."""

    now: datetime
    card: DeskCard


@get("/floor")
async def show_floor_days(request: WebRequest, db: Db) -> Response[Any]:
    """Choose the day; somebody who works at one day only is sent there."""
    return await choose_day(request, db, *EVERYBODY, door="floor", title=N_("The floor"))


@get("/floor/{slug:str}")
async def show_control(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """All desks; a floor guide is sent to her list."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    if not drives_day(someone, day.id):
        return go_to(request, f"{home_of(day)}/called")
    return page(request, await _control(request, db, day), **frame(request, day, someone, "desks"))


@get("/floor/{slug:str}/now")
async def show_control_now(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The cards alone, for the live page."""
    day, someone = await day_and_actor(request, db, slug, drives=True)
    return page(request, await _control(request, db, day), block="desks", **frame(request, day, someone, "desks"))


@get("/floor/{slug:str}/live")
async def floor_live(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Something changed at this day."""
    day, _ = await day_and_actor(request, db, slug, drives=False)
    return await live_stream(request, [key_of("overview", day.id)])


# -- the desk itself -----------------------------------------------------------------------------------


@post("/floor/{slug:str}/desks/{desk:uuid}/calls")
async def press_next(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """Next. With nobody to call the desk stands by, and calls by itself as soon as somebody can be called."""
    return await press(request, db, slug, desk, call_next, desk, standing=True)


@post("/floor/{slug:str}/desks/{desk:uuid}/ready/end")
async def press_not_ready(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """Do not call by itself any more."""
    return await press(request, db, slug, desk, stand_down, desk)


@post("/floor/{slug:str}/desks/{desk:uuid}/open")
async def press_open(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """The officer is there."""
    return await press(request, db, slug, desk, set_desk_state, desk, DeskState.OPEN)


@post("/floor/{slug:str}/desks/{desk:uuid}/pause")
async def press_pause(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """A break."""
    return await press(request, db, slug, desk, set_desk_state, desk, DeskState.PAUSED)


@post("/floor/{slug:str}/desks/{desk:uuid}/close")
async def press_close(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """The desk is done for today."""
    return await press(request, db, slug, desk, set_desk_state, desk, DeskState.CLOSED)


@post("/floor/{slug:str}/desks/{desk:uuid}/undo")
async def press_undo(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """Take back the act this card showed."""
    await day_and_actor(request, db, slug, drives=True)
    try:
        act = UUID((await read_form(request)).text("act", 40))
    except ValueError:
        raise InvalidInput(field="act") from None
    return await press(request, db, slug, desk, undo_at_desk, desk, act_id=act)


# -- the visitor at the desk ---------------------------------------------------------------------------


@post("/floor/{slug:str}/desks/{desk:uuid}/stops/{stop:uuid}/recall")
async def press_recall(
    request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """Call again."""
    return await press(request, db, slug, desk, at_desk, desk, stop, recall)


@post("/floor/{slug:str}/desks/{desk:uuid}/stops/{stop:uuid}/serve")
async def press_start(
    request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """She sits down."""
    return await press(request, db, slug, desk, at_desk, desk, stop, serve)


@post("/floor/{slug:str}/desks/{desk:uuid}/stops/{stop:uuid}/finish")
async def press_finish(
    request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """She stands up, and the officer says how it ended; nothing is chosen beforehand."""
    await day_and_actor(request, db, slug, drives=True)
    said = (await read_form(request)).text("outcome", 40)
    if said not in ENDS:
        raise InvalidInput(field="outcome")
    outcome = None if said == NOT_KNOWN else Outcome(said)
    return await press(request, db, slug, desk, at_desk, desk, stop, finish, outcome=outcome)


@post("/floor/{slug:str}/desks/{desk:uuid}/stops/{stop:uuid}/no-show")
async def press_not_here(
    request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """She did not come."""
    return await press(request, db, slug, desk, at_desk, desk, stop, no_show)


async def press(
    request: WebRequest, db: Database, slug: str, desk: UUID, act: Callable[..., Any], *args: Any, **more: Any
) -> Response[Any]:
    """One press: the act, then the card that changed (or the whole page without script).

    What the rules refuse stands as a sentence on the card, which shows at the same time how the desk really is.
    """
    day, someone = await day_and_actor(request, db, slug, drives=True)
    if (await db.read(desk_by_id, desk)).day_id != day.id:
        raise DeskUnknown
    message = ""
    try:
        await db.write(act, *args, actor=someone, now=db.now(), day=day.id, **more)
    except Refusal as refused:
        if refused.status != 409:
            raise
        message = locale_of(request).say(refused.sentence, refused.params)
    if is_htmx(request):
        shown = await db.read(floor_desk, day.id, desk, now=db.now())
        if act is call_next and not message and shown.ready_until_at is not None and shown.at_desk is None:
            message = locale_of(request).gettext(NOBODY_NOW)
        card = card_of(day, shown, locale_of(request), message)
        return page(request, CardPage(now=db.now(), card=card), **frame(request, day, someone))
    if message:
        context = await _control(request, db, day, desk=desk, message=message)
        return page(request, context, status=409, **frame(request, day, someone, "desks"))
    return see_other(f"{home_of(day)}#desk-{desk}")


async def _control(
    request: WebRequest, db: Database, day: Day, *, desk: UUID | None = None, message: str = ""
) -> ControlPage:
    locale, now = locale_of(request), db.now()
    shown = await db.read(floor_desks, day.id, now=now)
    return ControlPage(
        day=day,
        now=now,
        path=home_of(day),
        cards=tuple(card_of(day, each, locale, message if each.id == desk else "") for each in shown),
        alarms=marked(request, await db.read(open_alarms, day.id)),
        to_all=await told_to_all(db, day.id, locale),
        message=message,
    )


def card_of(day: Day, desk: FloorDesk, locale: Locale, message: str = "") -> DeskCard:
    """A desk in the reader's language; `message` is why the last press did nothing, or called nobody."""
    title = desk.at_desk.title if desk.at_desk is not None else None
    return DeskCard(
        desk=desk,
        path=f"{home_of(day)}/desks/{desk.id}",
        title=stop_title(locale, title.key, private=title.private) if title is not None else "",
        owner=stop_title(locale, "", private=True) if desk.private else desk.institution,
        private_talk=title is not None and title.private,
        ends=tuple((end, locale.gettext(words)) for end, words in ENDS.items()),
        message=message,
    )


route_handlers: list[Any] = [
    show_floor_days,
    show_control,
    show_control_now,
    floor_live,
    press_next,
    press_not_ready,
    press_open,
    press_pause,
    press_close,
    press_undo,
    press_recall,
    press_start,
    press_finish,
    press_not_here,
]
