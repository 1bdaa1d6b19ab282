"""A number that asks the floor guide something: what to tell her, out and in again, a chair, help, the way home."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.db.session import Database
from onestop.domain.calling import NEED_POINTS
from onestop.domain.errors import N_, DeskUnknown, Refusal, TicketUnknown
from onestop.domain.operational import OperationalNeed
from onestop.domain.visit import VisitReason
from onestop.visits.actions.alarms import ask_as_visitor, ask_at_desk, ask_in_hall
from onestop.visits.actions.door import on_visit, take_back_leaving
from onestop.visits.actions.put_off import put_off
from onestop.visits.actions.route import come_back, leave, mark_need, step_out
from onestop.visits.queries.people import Standing
from onestop.visits.queries.whereabouts import Whereabouts, whereabouts
from onestop.web.floor.called import News, news_of
from onestop.web.floor.frame import caller_of, day_and_actor, frame, home_of
from onestop.web.kit.called_here import called_here
from onestop.web.kit.door_words import LEAVE_REASONS, read_leave_reason
from onestop.web.kit.estimates import Window, about, estimates_of, soonest, windows
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other

MOST = 10**6
ELSEWHERE = N_("Please go to the reception. They can help you there.")
TELLS: dict[Standing, str] = {
    Standing.BOOKED: N_("Please go to the reception first and say that you are here."),
    Standing.CALLED: N_("It is your turn. Please go to desk %(desk)s now."),
    Standing.SERVING: N_("Please go to desk %(desk)s."),
    Standing.OUT: N_("You stepped out. Nobody calls you, and your place is kept."),
    Standing.DONE: N_("You are done for today. Thank you for coming."),
}
"""What the guide says; whoever is in none of these waits, or is sent to the reception."""
_ACTS: dict[str, Callable[..., Any]] = {
    "out": step_out,
    "not-ready": put_off,
    "back": come_back,
    "help": ask_as_visitor,
    "stay": take_back_leaving,
}
DONE: dict[str, str] = {
    "not-ready": N_("Her place is kept. She is called again in a few minutes."),
    "left": N_("The visit has ended."),
    "stay": N_("The last step is taken back."),
    "need": N_("The need is marked. The mark is gone at midnight."),
    "need-end": N_("The mark is taken away."),
}
"""What has just been done, as reception says it; the other acts are told with what the visitor is told."""


@page_of("floor/number.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPage:
    """One number and what can be done for it; or the field, and the desks to call help to."""

    path: str
    typed: str
    known: Whereabouts | None
    says: tuple[str, ...]
    desks: tuple[DeskRow, ...]
    message: str
    done: str
    news: News
    left: bool
    """Whether her visit has just been ended here, which can be taken back."""
    reasons: tuple[tuple[VisitReason, str, str], ...] = LEAVE_REASONS
    need_minutes: int = NEED_POINTS


@get("/floor/{slug:str}/number")
async def show_number(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """What to tell the number in `?number=`; without one the field alone."""
    day, _ = await day_and_actor(request, db, slug, drives=False)
    return await _show(request, db, day, request.query_params.get("number", "").strip()[:8])


@get("/floor/{slug:str}/number/now")
async def show_number_now(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """What became of the help that was called for the number, for the live page."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    context = await _context(request, db, day, request.query_params.get("number", "").strip()[:8])
    return page(request, context, block="helped", **frame(request, day, someone, "number"))


@post([f"/floor/{{slug:str}}/numbers/{{ticket_number:int}}/{act}" for act in ("out", "not-ready", "back", "stay")])
async def press_number(request: WebRequest, db: Db, slug: FromPath[str], ticket_number: FromPath[int]) -> Response[Any]:
    """She steps out, is not ready for her call, is back, or does not leave after all; harmless twice."""
    return await _press(request, db, slug, ticket_number)


@post("/floor/{slug:str}/numbers/{ticket_number:int}/leave")
async def press_leave(request: WebRequest, db: Db, slug: FromPath[str], ticket_number: FromPath[int]) -> Response[Any]:
    """She leaves for good with stops unserved, and why; reception ends a visit in the same way."""
    await day_and_actor(request, db, slug, drives=False)
    reason = read_leave_reason((await read_form(request)).text("reason", 40))
    return await _press(request, db, slug, ticket_number, leave, did="left", reason=reason)


@post([f"/floor/{{slug:str}}/numbers/{{ticket_number:int}}/need{end}" for end in ("", "/end")])
async def press_need(request: WebRequest, db: Db, slug: FromPath[str], ticket_number: FromPath[int]) -> Response[Any]:
    """She cannot stand long, with her yes; or the mark was wrong. No other need is marked in the hall."""
    marked = not request.url.path.endswith("/end")

    def act(conn: Any, visit: UUID, **more: Any) -> None:
        mark_need(conn, visit, OperationalNeed.CANNOT_STAND, marked=marked, **more)

    return await _press(request, db, slug, ticket_number, act, did="need" if marked else "need-end")


@post("/floor/{slug:str}/numbers/{ticket_number:int}/help")
async def press_help(request: WebRequest, db: Db, slug: FromPath[str], ticket_number: FromPath[int]) -> Response[Any]:
    """Somebody is unwell or upset: reception, floor and organiser read the number, and nobody else."""
    return await _press(request, db, slug, ticket_number)


@post("/floor/{slug:str}/near/{desk:uuid}/help")
async def press_help_near(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """Help beside this desk, for somebody whose number nobody knows."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    if desk not in {each.id for each in await db.read(desks_of_day, day.id)}:
        raise DeskUnknown
    by = caller_of(someone, day.id)
    alarm = await db.write(ask_at_desk, desk, by=by, actor=someone, now=db.now(), day=day.id)
    return see_other(f"{home_of(day)}/called", cookies=[called_here(request, alarm)])


@post("/floor/{slug:str}/hall/help")
async def press_help_in_hall(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Help in the hall or at the entrance, where no desk is near."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    by = caller_of(someone, day.id)
    alarm = await db.write(ask_in_hall, day.id, by=by, actor=someone, now=db.now(), day=day.id)
    return see_other(f"{home_of(day)}/called", cookies=[called_here(request, alarm)])


async def _press(
    request: WebRequest,
    db: Database,
    slug: str,
    number: int,
    act: Callable[..., Any] | None = None,
    *,
    did: str = "",
    **more: Any,
) -> Response[Any]:
    day, someone = await day_and_actor(request, db, slug, drives=False)
    known = await db.read(whereabouts, day.id, number) if number < MOST else None
    if known is None:
        raise TicketUnknown
    did = did or request.url.path.rsplit("/", 1)[1]
    act = act or _ACTS[did]
    asks = act is ask_as_visitor and known.help is None
    if asks:
        act = partial(ask_as_visitor, by=caller_of(someone, day.id))
    try:
        done = await db.write(on_visit, day.id, known.party, act, actor=someone, now=db.now(), day=day.id, **more)
    except Refusal as refused:
        if refused.status != 409:
            raise
        message = locale_of(request).say(refused.sentence, refused.params)
        return await _show(request, db, day, str(number), message=message, status=409)
    cookies = [called_here(request, done)] if asks else []
    return see_other(f"{home_of(day)}/number?number={number}&did={did}", cookies=cookies)


async def _show(
    request: WebRequest, db: Database, day: Day, typed: str, *, message: str = "", status: int = 200
) -> Response[Any]:
    _, someone = await day_and_actor(request, db, day.slug, drives=False)
    context = await _context(request, db, day, typed, message)
    return page(request, context, status=status, **frame(request, day, someone, "number"))


async def _context(request: WebRequest, db: Database, day: Day, typed: str, message: str = "") -> NumberPage:
    asked = int(typed) if typed.isascii() and typed.isdecimal() and int(typed) < MOST else None
    known = await db.read(whereabouts, day.id, asked) if asked is not None else None
    did = request.query_params.get("did", "") if known is not None and not message else ""
    left = did == "left" and known is not None and known.standing is Standing.LEFT
    return NumberPage(
        path=home_of(day),
        typed=typed,
        known=known,
        says=tuple(await _says(request, db, day, known, did)) if known is not None and not left else (),
        desks=tuple(await db.read(desks_of_day, day.id)),
        message=message,
        done=locale_of(request).gettext(DONE[did]) if did in DONE else "",
        news=await news_of(db, day),
        left=left,
    )


async def _says(request: WebRequest, db: Database, day: Day, known: Whereabouts, did: str) -> Iterable[str]:
    locale = locale_of(request)
    if known.standing is Standing.HERE:
        # Right after a press the estimates of before it do not know that she waits again.
        since = db.now() if did else None
        found = windows(await estimates_of(request.app.state).of_day(db, day.id, since=since), db.now())
        first = soonest(found, known.waits_for)
        return _waits(locale, day, found[first] if first is not None else None)
    number = known.desk.number if known.desk is not None else 0
    return [locale.say(TELLS.get(known.standing, ELSEWHERE), {"desk": number})]


def _waits(locale: Locale, day: Day, window: Window | None) -> Iterable[str]:
    yield locale.gettext("Please wait. We will call your number.")
    if window is not None:
        yield about(locale, window, day.timezone)
        if window.before:
            said = locale.ngettext("One person is before you.", "%(num)s people are before you.", window.before)
            yield said % {"num": window.before}


route_handlers: list[Any] = [
    show_number,
    show_number_now,
    press_number,
    press_leave,
    press_need,
    press_help,
    press_help_near,
    press_help_in_hall,
]
