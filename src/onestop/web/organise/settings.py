"""The day itself: name, hours, arrivals, reserve, languages, release."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.organising import sizes_of_day
from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.days.setup import change_day
from onestop.days.setup_values import DaySettings
from onestop.db.session import Database
from onestop.directory.series import all_series
from onestop.directory.venues import all_venues
from onestop.domain.booking import Channel
from onestop.domain.day import DayState, Release, local_instant
from onestop.domain.errors import N_, Refusal
from onestop.domain.roles import Actor
from onestop.visits.actions.setup import set_up
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale, locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.changes import Thing, day_of_form, meanwhile
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of, works_everywhere
from onestop.web.organise.reading import SPOKEN, LanguageChoice, Reader, page_languages, read_id
from onestop.web.organise.touch import BACK, SURE, ask_first, errors_of_return

FIRST_HOUR, LAST_HOUR = time(9), time(20)
HOURS = tuple(f"{hour:02}:00" for hour in range(24))
MOST_DATES = 90
LIMITED = {Channel.RECEPTION: "reserve_reception", Channel.HELPER: "reserve_helper"}
"""Doors that may use what is kept back, with the control that says how much of it."""
RELEASE_WRONG = N_("Please choose how places are given out.")
QUIET_WRONG = N_("Please write two times that are not the same.")
LANGUAGE_WRONG = N_("Please choose a language.")
VENUE_WRONG = N_("Please choose a venue.")
SERIES_WRONG = N_("Please choose a series.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form's values as text."""

    name: str
    opens: str
    closes: str
    slot_minutes: str
    arrivals_per_slot: str
    reserve_percent: str
    bookings_per_contact: str
    working_language: str
    release: str
    scarce: bool
    all_times: bool
    reserve_reception: str
    reserve_helper: str
    quiet_from: str
    quiet_until: str
    venue: str = ""
    series: str = ""
    draw_opens_on: str = ""
    draw_opens_at: str = ""
    draw_closes_on: str = ""
    draw_closes_at: str = ""


@page_of("organise/settings.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """The form with what is stored, or with what was typed and why it was refused."""

    day: Day
    typed: Typed
    languages: tuple[LanguageChoice, ...]
    spoken: tuple[str, ...]
    venues: tuple[tuple[str, str], ...]
    """Where a draft may take place; empty for somebody who organises this day only, and on a published day."""
    series: tuple[tuple[str, str], ...]
    """What can be chosen; empty for somebody who organises this day only, and where there is no series."""
    published: bool
    dates: tuple[tuple[str, str], ...]
    hours: tuple[tuple[str, str], ...]
    """What the time for requests is chosen from."""
    meanwhile: tuple[Thing, ...] = ()
    """What somebody else changed since the form was opened."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/settings")
async def show_settings(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The form with what is stored."""
    found, someone = await enter(request, db, day)
    sizes = await db.read(sizes_of_day, found.id)
    clock = locale_for("en")
    opens, closes = await _window_shown(db, found)
    limits = dict(found.reserve_limits)
    typed = Typed(
        draw_opens_on=opens.date().isoformat(),
        draw_opens_at=f"{opens:%H:%M}",
        draw_closes_on=closes.date().isoformat(),
        draw_closes_at=f"{closes:%H:%M}",
        name=found.name,
        opens=clock.time(found.opens_at, found.timezone),
        closes=clock.time(found.closes_at, found.timezone),
        slot_minutes=str(found.slot_minutes),
        arrivals_per_slot=str(sizes.arrivals_per_slot),
        reserve_percent=str(found.reserve_percent),
        bookings_per_contact=str(found.bookings_per_contact),
        working_language=found.working_language,
        release=found.release,
        scarce=found.scarce,
        all_times=found.all_times,
        reserve_reception=str(limits.get(Channel.RECEPTION, "")),
        reserve_helper=str(limits.get(Channel.HELPER, "")),
        quiet_from=found.quiet_from,
        quiet_until=found.quiet_until,
        venue=str(found.venue_id),
        series=str(found.series.id) if found.series else "",
    )
    return await _page(request, db, found, someone, typed, found.languages)


@post("/organise/{day:str}/settings")
async def save_settings(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Store the form; a refusal shows it again with all that was typed."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    settings = replace(_settings(read, await _series(read, db, found, someone)), venue=_venue(read, someone))
    window = _window(read, found) if settings.release is Release.DRAW else None
    if form.ticked(BACK):
        again = errors_of_return(request, form, found)
        since = await _meanwhile(request, db, found, form, again)
        return await _page(request, db, found, someone, _typed(form), settings.languages, errors=again, since=since)
    if not read.errors:
        try:
            path = await submit_once(
                request,
                f"organise.settings.{found.id}",
                set_up,
                found.id,
                change_day,
                settings,
                window=window,
                key=ticket_key,
                version=form.number("version") or 0,
                sure=form.text(SURE),
                actor=someone,
                now=db.now(),
                day=found.id,
                to=lambda _: path_of(found, "?done=saved"),
            )
            return see_other(path)
        except ChangeTouches as touches:
            return await ask_first(request, db, found, form, touches)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            found, _ = await enter(request, db, day)
            status = refusal.status
    else:
        status = 422
    since = await _meanwhile(request, db, found, form, read.errors)
    return await _page(
        request,
        db,
        day_of_form(found, form, read.errors),
        someone,
        _typed(form),
        settings.languages,
        errors=read.errors,
        since=since,
        status=status,
    )


async def _meanwhile(
    request: WebRequest, db: Database, day: Day, form: Form, errors: dict[str, str]
) -> tuple[Thing, ...]:
    return await meanwhile(request, db, day, form.number("version")) if "content" in errors else ()


def _venue(read: Reader, someone: Actor) -> UUID | None:
    """The venue that was chosen, `None` where the form has no such list."""
    if "venue" not in read.form or not works_everywhere(someone):
        return None
    chosen = read_id(read.form.text("venue", 40))
    if chosen is None:
        read.wrong("venue", VENUE_WRONG)
    return chosen


async def _series(read: Reader, db: Database, day: Day, someone: Actor) -> UUID | None:
    """The series that was chosen, or the one the day has, where the form has no such list."""
    before = day.series.id if day.series else None
    if "series" not in read.form or not works_everywhere(someone):
        return before
    typed = read.form.text("series", 40)
    chosen = next((each.id for each in await db.read(all_series) if str(each.id) == typed), None)
    if typed and chosen is None:
        read.wrong("series", SERIES_WRONG)
    return chosen


def _settings(read: Reader, series: UUID | None) -> DaySettings:
    form = read.form
    release = form.text("release", 10)
    if release not in tuple(Release):
        read.wrong("release", RELEASE_WRONG)
    working = form.text("working_language", 12)
    if working not in SPOKEN:
        read.wrong("working_language", LANGUAGE_WRONG)
    return DaySettings(
        name=form.text("name", 300),
        opens=read.time("opens"),
        closes=read.time("closes"),
        slot_minutes=read.number("slot_minutes"),
        arrivals_per_slot=read.number("arrivals_per_slot"),
        reserve_percent=read.number("reserve_percent"),
        bookings_per_contact=read.number("bookings_per_contact"),
        working_language=working,
        languages=read.languages(),
        release=Release(release) if release in tuple(Release) else Release.INVITED,
        scarce=bool(form.text("scarce", 4)),
        all_times=bool(form.text("all_times", 4)),
        quiet=_quiet(read),
        series=series,
        reserve_limits={
            channel.value: read.number(field) for channel, field in LIMITED.items() if form.text(field, 12)
        },
    )


def _quiet(read: Reader) -> tuple[time, time] | None:
    """When boards make no sound; both times or neither, and not the same."""
    if not (read.form.text("quiet_from", 12) or read.form.text("quiet_until", 12)):
        return None
    begins, ends = read.time("quiet_from"), read.time("quiet_until")
    if begins == ends and not read.errors:
        read.wrong("quiet_until", QUIET_WRONG)
    return begins, ends


def _typed(form: Form) -> Typed:
    return Typed(
        name=form.text("name", 300),
        opens=form.text("opens", 12),
        closes=form.text("closes", 12),
        slot_minutes=form.text("slot_minutes", 12),
        arrivals_per_slot=form.text("arrivals_per_slot", 12),
        reserve_percent=form.text("reserve_percent", 12),
        bookings_per_contact=form.text("bookings_per_contact", 12),
        working_language=form.text("working_language", 12),
        release=form.text("release", 10),
        scarce=bool(form.text("scarce", 4)),
        all_times=bool(form.text("all_times", 4)),
        reserve_reception=form.text("reserve_reception", 12),
        reserve_helper=form.text("reserve_helper", 12),
        quiet_from=form.text("quiet_from", 12),
        quiet_until=form.text("quiet_until", 12),
        venue=form.text("venue", 40),
        series=form.text("series", 40),
        draw_opens_on=form.text("draw_opens_on", 12),
        draw_opens_at=form.text("draw_opens_at", 12),
        draw_closes_on=form.text("draw_closes_on", 12),
        draw_closes_at=form.text("draw_closes_at", 12),
    )


def _window(read: Reader, day: Day) -> tuple[datetime, datetime] | None:
    """When requests are taken, from the four lists; a note by the control if one of them has no such value."""
    ends: list[datetime] = []
    for end in ("draw_opens", "draw_closes"):
        on, at = read.day(f"{end}_on", end), read.time(f"{end}_at", end)
        if on is None:
            return None
        ends.append(local_instant(on, at, day.zone))
    return ends[0], ends[1]


async def _window_shown(db: Database, day: Day) -> tuple[datetime, datetime]:
    """The stored window in local time, or one that would do: from tomorrow morning to some days before the day."""
    if (draw := await db.read(draw_of, day.id)) is not None:
        return draw.opens_at.astimezone(day.zone), draw.closes_at.astimezone(day.zone)
    tomorrow = db.now().astimezone(day.zone).date() + timedelta(days=1)
    last = max(tomorrow, day.on - timedelta(days=3))
    return (
        datetime.combine(tomorrow, FIRST_HOUR, tzinfo=day.zone),
        datetime.combine(last, LAST_HOUR, tzinfo=day.zone),
    )


def _dates(db: Database, day: Day, locale: Locale, *kept: str) -> tuple[tuple[str, str], ...]:
    """The dates until the day, from today or so many days before it, and those that are chosen."""
    today = db.now().astimezone(day.zone).date()
    first = max(today, day.on - timedelta(days=MOST_DATES))
    days = {first + timedelta(days=nth) for nth in range((day.on - first).days + 1)}
    for text in kept:
        with suppress(ValueError):
            days.add(date.fromisoformat(text))
    return tuple((each.isoformat(), locale.short_date(each)) for each in sorted(days))


async def _page(
    request: WebRequest,
    db: Database,
    day: Day,
    someone: Actor,
    typed: Typed,
    ticked: tuple[str, ...],
    *,
    errors: dict[str, str] | None = None,
    since: tuple[Thing, ...] = (),
    status: int = 200,
) -> Response[Any]:
    context = SettingsPage(
        day=day,
        typed=typed,
        languages=page_languages(ticked, near=day.languages),
        spoken=SPOKEN,
        venues=await _venues(db, day) if works_everywhere(someone) else (),
        series=await _choices(request, db) if works_everywhere(someone) else (),
        published=day.state is DayState.PUBLISHED,
        dates=_dates(db, day, locale_of(request), typed.draw_opens_on, typed.draw_closes_on),
        hours=tuple((hour, hour) for hour in sorted({*HOURS, typed.draw_opens_at, typed.draw_closes_at} - {""})),
        meanwhile=since,
        errors=errors or {},
    )
    return page(request, context, status=status, **day_frame(request, day))


async def _choices(request: WebRequest, db: Database) -> tuple[tuple[str, str], ...]:
    every = await db.read(all_series)
    none = locale_of(request).gettext(N_("No series"))
    return (("", none), *((str(each.id), each.name) for each in every)) if every else ()


async def _venues(db: Database, day: Day) -> tuple[tuple[str, str], ...]:
    """Those that are offered in the time zone of the day, and its own."""
    if day.state is not DayState.DRAFT:
        return ()
    return tuple(
        (str(each.id), each.line)
        for each in await db.read(all_venues)
        if each.id == day.venue_id or (not each.closed and each.timezone == day.timezone)
    )


route_handlers: list[Any] = [show_settings, save_settings]
