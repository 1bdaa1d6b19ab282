"""One day: its state, what stands in the way, what to set up, and publish, pause, close, cancel."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.clock import real_now
from onestop.days.checks import publish_checked
from onestop.days.organising import Sizes, sizes_of_day
from onestop.days.queries.checks import Finding
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.domain.day import DAY_MOVES, DayState
from onestop.domain.errors import N_, PublishRefused, Refusal
from onestop.notify.ways import writes_links
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.setup import cancel_day, pause_day, resume_day
from onestop.visits.queries.carrying import days_to_carry_to
from onestop.visits.queries.day_check import check_whole_day
from onestop.visits.queries.inside import Inside, Touched, inside_of_day, touched_by_end
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, WebRequest, base_url_of, settings_of
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.hours import HoursTable, hours_table

PAUSES = (
    N_("There is an alarm. Please follow the staff."),
    N_("There is a break. We go on soon."),
    N_("There is a technical problem. We go on soon."),
)
"""Reasons that exist in every language; the board and the phones show them."""
NOT_READY = N_("The day was not published. The list below says what is missing.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding with its service in the reader's language."""

    finding: Finding
    service: str
    services: tuple[str, ...]


@page_of("organise/day.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """The hub of a day."""

    day: Day
    share: str
    sizes: Sizes
    stops: tuple[Found, ...]
    warnings: tuple[Found, ...]
    hours: HoursTable
    inside: Inside
    goes_on: bool
    """Whether a later day is published on which people who are inside can go on."""
    over: bool
    pauses: tuple[str, ...]
    why: str = ""
    reason: str = ""
    done: str = ""
    error: str = ""
    key: str = field(default_factory=new_key)


@page_of("organise/cancel.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDayPage:
    """What cancelling means, before it is done."""

    day: Day
    touched: Touched
    texts: bool
    came: bool
    possible: bool
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}")
async def show_day(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The day."""
    found, _ = await enter(request, db, day)
    return await _day_page(request, db, found, done=request.query_params.get("done", "")[:20])


@post("/organise/{day:str}/publish")
async def publish(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Open the day for booking, if nothing stops it."""
    return await _act(request, db, day, "published", publish_checked, with_version=True)


@post("/organise/{day:str}/pause")
async def pause(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Pause the whole day: an own sentence, or one of those that exist in every language."""
    form = await read_form(request)
    why = form.text("own", 200)
    chosen = form.number("why")
    if not why:
        why = PAUSES[chosen] if chosen is not None and 0 <= chosen < len(PAUSES) else PAUSES[1]
    return await _act(request, db, day, "paused", pause_day, why=why)


@post("/organise/{day:str}/resume")
async def resume(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Let the day go on."""
    return await _act(request, db, day, "resumed", resume_day)


@post("/organise/{day:str}/close")
async def close(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Close the day; while somebody is inside only with a reason."""
    reason = (await read_form(request)).text("reason", 200)
    return await _act(request, db, day, "closed", close_day, reason=reason)


@get("/organise/{day:str}/cancel")
async def show_cancel(request: WebRequest, db: Db, settings: Conf, day: FromPath[str]) -> Response[Any]:
    """Whom it touches, and the button."""
    found, _ = await enter(request, db, day)
    context = CancelDayPage(
        day=found,
        touched=await db.read(touched_by_end, found.id),
        texts=bool(settings.sms_url),
        came=(await db.read(inside_of_day, found.id)).came > 0,
        possible=DayState.CANCELLED in DAY_MOVES[found.state],
    )
    return page(request, context, **day_frame(request, found))


@post("/organise/{day:str}/cancel")
async def cancel(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The day does not take place. Its bookings end afterwards, by themselves, each with its message."""
    too = (await read_form(request)).ticked("bookings_too")
    return await _act(request, db, day, "cancelled", cancel_day, with_version=True, bookings_too=too)


async def _act(
    request: WebRequest, db: Db, slug: str, done: str, action: Any, *, with_version: bool = False, **more: Any
) -> Response[Any]:
    day, someone = await enter(request, db, slug)
    form = await read_form(request)
    if with_version:
        more["version"] = form.number("version") or 0
    try:
        path = await submit_once(
            request,
            f"organise.{done}.{day.id}",
            action,
            day.id,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda _: path_of(day, f"?done={done}"),
            **more,
        )
    except PublishRefused as refusal:
        error = locale_of(request).gettext(NOT_READY)
        return await _day_page(request, db, day, error=error, status=refusal.status)
    except Refusal as refusal:
        (error,) = errors_of(locale_of(request), refusal).values()
        fresh, _ = await enter(request, db, slug)
        typed = {"why": form.text("own", 200), "reason": form.text("reason", 200)}
        return await _day_page(request, db, fresh, error=error, status=refusal.status, **typed)
    return see_other(path)


async def _day_page(request: WebRequest, db: Db, day: Day, *, status: int = 200, **more: Any) -> Response[Any]:
    now = db.now()
    locale, writes = locale_of(request), writes_links(settings_of(request))
    desks: list[DeskRow] = await db.read(desks_of_day, day.id)
    mediators: list[MediatorRow] = await db.read(mediators_of_day, day.id)
    checked = await db.read(check_whole_day, day, now=now, real=real_now(), writes=writes)
    found = [_told(each, locale) for each in checked]
    context = DayPage(
        day=day,
        share=f"{base_url_of(request)}/d/{day.slug}",
        sizes=await db.read(sizes_of_day, day.id),
        stops=tuple(each for each in found if each.finding.stops),
        warnings=tuple(each for each in found if not each.finding.stops),
        hours=hours_table(day, desks, mediators),
        inside=await db.read(inside_of_day, day.id),
        goes_on=bool(await db.read(days_to_carry_to, day, now=now)),
        over=now >= day.closes_at,
        pauses=tuple(locale.gettext(each) for each in PAUSES),
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day, ""))


def _told(finding: Finding, locale: Locale) -> Found:
    return Found(
        finding=finding,
        service=service_title(locale, finding.service) if finding.service else "",
        services=tuple(service_title(locale, key) for key in finding.services),
    )


route_handlers: list[Any] = [show_day, publish, pause, resume, close, show_cancel, cancel]
