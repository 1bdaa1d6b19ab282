"""Arrival times that have a complete plan, and the press that holds one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.holds import hold_instead
from onestop.booking.queries import Arrivals, arrivals
from onestop.days.queries.days import Day
from onestop.days.queries.offer import DayOffer
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.errors import ArrivalTaken, Refusal
from onestop.domain.plan import NominalPlan
from onestop.domain.roles import VISITOR
from onestop.settings import Settings
from onestop.web.kit.answers import dropped_precedences
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.limits import check_limit
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.words import service_title, stop_title
from onestop.web.public.frame import (
    DayLink,
    day_page,
    draw_told,
    invitation_for,
    link,
    locale_for_day,
    other_days,
    place_of,
)
from onestop.web.public.journey import Wished, start_wished
from onestop.web.public.ticket_words import STOP_AT

LEFT_TO_THE_HOLD = ("hold", "services", "asked", "said", "with", "languages", "interpreter")
"""Answers that do not travel on in the address: the hold has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The arrival times of one hour."""

    begins_at: datetime
    times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTime:
    """One of the times shown first, the sessions she goes to then, and when she will be done."""

    at: datetime
    ends_at: datetime
    sessions: tuple[str, ...]


@page_of("public/times.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimesPage:
    """Third page: arrival times, each a button; or what to do when there is none."""

    day: Day
    place: str
    best: tuple[BestTime, ...]
    hours: tuple[Hour, ...]
    dropped: tuple[tuple[str, str], ...]
    no_interpreter: tuple[str, ...]
    action: str
    carried: tuple[tuple[str, str], ...]
    key: str
    back: str
    waiting: str
    others: tuple[DayLink, ...]
    error: str = ""


@get("/d/{day:str}/times")
async def show_times(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Arrival times that have a complete plan; an answer that is missing is asked for again."""
    asked = await start_wished(request, db, day)
    if isinstance(asked, Response):
        return asked
    if (draw := await draw_told(request, db, asked.day)) is not None and draw.open:
        return see_other(asked.answers.link(f"/d/{asked.day.slug}/request"))
    return await _show_times(request, db, asked)


@post("/d/{day:str}/holds")
async def hold_time(request: WebRequest, db: Db, settings: Conf, day: FromPath[str]) -> Response[Any]:
    """Keep a time for her; a time that filled while she looked brings the list again."""
    form = await read_form(request)
    asked = await start_wished(request, db, day, form)
    if isinstance(asked, Response):
        return asked
    try:
        await check_limit(request, "hold")
        path = await _hold(request, settings, asked, read_instant(form.text("arrival", 40)))
    except Refusal as refusal:
        return await _show_times(request, db, asked, refusal=refusal)
    return see_other(path)


async def _hold(request: WebRequest, settings: Settings, asked: Wished, at: datetime | None) -> str:
    day, answers = asked.day, asked.answers
    if at is None:
        raise ArrivalTaken
    return await submit_once(
        request,
        "public.hold",
        hold_instead,
        day.id,
        asked.wish,
        instead_of=answers.hold,
        arrival_at=at,
        channel=Channel.PUBLIC,
        invitation=await invitation_for(request, request.app.state.db, day, answers.invitation),
        hold_minutes=settings.hold_minutes,
        actor=VISITOR,
        now=request.app.state.db.now(),
        day=day.id,
        to=lambda held: answers.link(f"/holds/{held.id}", *LEFT_TO_THE_HOLD),
    )


async def _show_times(
    request: WebRequest, db: Database, asked: Wished, *, refusal: Refusal | None = None
) -> Response[Any]:
    day, offer, answers, wish = asked.day, asked.offer, asked.answers, asked.wish
    locale = locale_for_day(request, day)
    found = await db.read(arrivals, day, wish, now=db.now(), moving=answers.hold)
    context = TimesPage(
        day=day,
        place=place_of(day),
        best=best_times(found, locale, day, offer),
        hours=hours_of(found, day.zone),
        dropped=tuple(
            (service_title(locale, before.key), service_title(locale, after.key))
            for before, after in dropped_precedences(offer, answers)
        ),
        no_interpreter=() if found.interpreter_possible else wish.languages,
        action=link(request, f"/d/{day.slug}/holds"),
        carried=answers.carried(),
        key=new_key(),
        back=answers.link(f"/d/{day.slug}/plan"),
        waiting=answers.link(f"/d/{day.slug}/waiting", "hold"),
        others=() if found.plans else await other_days(request, db, but=day),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    return day_page(request, day, context, status=refusal.status if refusal else 200, locale=locale)


def best_times(found: Arrivals, locale: Locale, day: Day, offer: DayOffer) -> tuple[BestTime, ...]:
    """The times to show first."""

    def sessions(plan: NominalPlan) -> tuple[str, ...]:
        held = [(stop, offer.service(stop.service)) for stop in plan.stops if stop.session is not None]
        return tuple(
            locale.say(
                STOP_AT,
                {
                    "stop": stop_title(locale, service.key, private=service.private),
                    "time": locale.time(stop.start, day.timezone),
                },
            )
            for stop, service in held
            if service is not None
        )

    return tuple(BestTime(at=plan.arrival_at, ends_at=plan.ends_at, sessions=sessions(plan)) for plan in found.best)


def hours_of(found: Arrivals, zone: ZoneInfo) -> tuple[Hour, ...]:
    """Arrival times by the hour of the venue's clock; an hour that a night has twice stands twice."""
    hours: dict[tuple[date, int, int], list[datetime]] = {}
    for plan in found.plans:
        local = plan.arrival_at.astimezone(zone)
        hours.setdefault((local.date(), local.hour, local.fold), []).append(plan.arrival_at)
    return tuple(
        Hour(begins_at=times[0].astimezone(zone).replace(minute=0, second=0), times=tuple(times))
        for times in hours.values()
    )


def read_instant(text: str) -> datetime | None:
    """An arrival time as its button sends it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


route_handlers: list[Any] = [show_times, hold_time]
