"""The day itself: name, hours, arrivals, reserve, languages, release."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.organising import sizes_of_day
from onestop.days.queries.days import Day
from onestop.days.setup import change_day
from onestop.days.setup_values import DaySettings
from onestop.domain.day import DayState, Release
from onestop.domain.errors import N_, Refusal
from onestop.visits.actions.setup import set_up
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.reading import SPOKEN, LanguageChoice, Reader, page_languages

RELEASE_WRONG = N_("Please choose how places are given out.")
LANGUAGE_WRONG = N_("Please choose a language.")


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


@page_of("organise/settings.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """The form with what is stored, or with what was typed and why it was refused."""

    day: Day
    typed: Typed
    languages: tuple[LanguageChoice, ...]
    spoken: tuple[str, ...]
    published: bool
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/settings")
async def show_settings(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The form with what is stored."""
    found, _ = await enter(request, db, day)
    sizes = await db.read(sizes_of_day, found.id)
    clock = locale_for("en")
    typed = Typed(
        name=found.name,
        opens=clock.time(found.opens_at, found.timezone),
        closes=clock.time(found.closes_at, found.timezone),
        slot_minutes=str(found.slot_minutes),
        arrivals_per_slot=str(sizes.arrivals_per_slot),
        reserve_percent=str(found.reserve_percent),
        bookings_per_contact=str(found.bookings_per_contact),
        working_language=found.working_language,
        release=found.release,
    )
    return _page(request, found, typed, found.languages)


@post("/organise/{day:str}/settings")
async def save_settings(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Store the form; a refusal shows it again with all that was typed."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    settings = _settings(read)
    if not read.errors:
        try:
            path = await submit_once(
                request,
                f"organise.settings.{found.id}",
                set_up,
                found.id,
                change_day,
                settings,
                version=form.number("version") or 0,
                actor=someone,
                now=db.now(),
                day=found.id,
                to=lambda _: path_of(found, "?done=saved"),
            )
            return see_other(path)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            found, _ = await enter(request, db, day)
            status = refusal.status
    else:
        status = 422
    return _page(request, found, _typed(form), settings.languages, errors=read.errors, status=status)


def _settings(read: Reader) -> DaySettings:
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
    )


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
    )


def _page(
    request: WebRequest,
    day: Day,
    typed: Typed,
    ticked: tuple[str, ...],
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    context = SettingsPage(
        day=day,
        typed=typed,
        languages=page_languages(ticked, near=day.languages),
        spoken=SPOKEN,
        published=day.state is DayState.PUBLISHED,
        errors=errors or {},
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_settings, save_settings]
