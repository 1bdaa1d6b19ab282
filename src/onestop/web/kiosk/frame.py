"""Which day a ticket machine serves, and what stands round its pages."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from litestar import Response

from onestop.days.queries.days import Day, day_by_id, published_days
from onestop.db.session import Database
from onestop.domain.errors import N_, DayUnknown
from onestop.domain.roles import Actor, Role
from onestop.web.kit.answers import Answers
from onestop.web.kit.guards import require
from onestop.web.kit.language import CHOICE
from onestop.web.kit.locale import LANGUAGES, Locale, locale_for, page_languages
from onestop.web.kit.machine import SIZE, machine_of, size_of
from onestop.web.kit.pages import HelpBlock
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import page, see_other

PAD = tuple("1234567890ABCDEFGHJKMNPQRSTVWXYZ")
"""The keys a short code is typed with."""
START = "/kiosk"
"""The first screen as nobody has touched it: what somebody chose before is forgotten there."""
TURN = "turn"
"""The button in a form that asks for another language or size: `lang:ar`, `size:1`."""
SOON = 60
"""Seconds: a screen that goes back so soon shows a result and does not ask whether somebody is there."""
HELP_TODAY = N_("I want help today")
CAMERA = N_("Camera")
DOORS = {
    "code": ("qr-code", N_("I have a code")),
    "days": ("calendar-days", N_("I want to come another day")),
    "change": ("calendar-x", N_("Change or cancel my ticket")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """Help today in a language."""

    tag: str
    href: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What can be done besides; `also` has language and words."""

    href: str
    icon: str
    says: str
    also: tuple[tuple[str, str], ...]


async def machine(request: WebRequest) -> Actor:
    """The paired machine (or an organiser who tries it). Raises `SignInNeeded`, `NotAllowed`."""
    return await require(request, Role.KIOSK, Role.ORGANISER)


async def today_of(request: WebRequest, db: Database) -> tuple[Actor, Day | None]:
    """Who asks, and the day this machine serves today; `None` when nothing takes place here now."""
    someone = await machine(request)
    now = db.now()
    bound = next((grant.day for grant in someone.grants if grant.day is not None), None)
    if bound is not None:
        day = await db.read(day_by_id, bound)
        return someone, day if is_on(day, db) else None
    days = [day for day in await db.read(published_days, now=now) if is_on(day, db)]
    return someone, days[0] if days else None


def is_on(day: Day, db: Database) -> bool:
    """Whether the day takes place today and is not over."""
    now = db.now()
    return day.state == "published" and now < day.closes_at and now.astimezone(day.zone).date() == day.on


async def other_days(db: Database, today: Day | None) -> list[Day]:
    """The days a visitor can be given another time on."""
    found = await db.read(published_days, now=db.now())
    return [day for day in found if today is None or day.id != today.id]


async def chosen_day(request: WebRequest, db: Database, slug: str) -> tuple[Actor, Day, bool]:
    """The day of an address, and whether it is the one of this machine today. Raises `DayUnknown`."""
    someone, today = await today_of(request, db)
    if today is not None and today.slug == slug:
        return someone, today, True
    for day in await other_days(db, today):
        if day.slug == slug:
            return someone, day, False
    raise DayUnknown


def speak(request: WebRequest, tag: str) -> None:
    """Answer in the language of the ticket that was scanned, unless somebody has just tapped another one."""
    request.state.ticket_language = tag


def _wanted(request: WebRequest) -> str | None:
    return request.query_params.get(CHOICE) or request.state.get("ticket_language")


def has_language(request: WebRequest) -> bool:
    """Whether somebody chose a language, or a ticket said one."""
    return bool(_wanted(request))


def languages_of(day: Day | None) -> tuple[str, ...]:
    """The languages the machine offers: those switched on for the day."""
    if day is None:
        return LANGUAGES
    return page_languages(day.languages)


def locale_here(request: WebRequest, day: Day | None) -> Locale:
    """The language chosen by a tap and carried in the address; a machine remembers nobody's."""
    offered = languages_of(day)
    first = day.working_language if day is not None and day.working_language in offered else offered[0]
    wanted = _wanted(request)
    return locale_for(wanted if wanted in offered else first)


def kiosk_page(
    request: WebRequest,
    day: Day | None,
    context: object,
    *,
    status: int = 200,
    back_after: int = 180,
    stood_on: str = "",
    turns: str = "",
    row: bool = True,
) -> Response[Any]:
    """A screen of the machine, which goes back to the first one by itself after so many seconds (0: never).

    `stood_on`: the address of the screen whose form this answers, where a language or a size is chosen anew.
    `turns`: the path that takes the form of this screen when a language or a size is chosen (`turned`).
    `row`: whether the languages stand at the foot too.
    """
    request.state.form_stood_on = stood_on
    headers = {"Refresh": f"{back_after}; url={START}"} if back_after else {}
    locale = locale_here(request, day)
    return page(
        request,
        context,
        status=status,
        locale=locale,
        languages=languages_of(day) if row else (),
        headers=headers,
        zone=day.timezone if day else "UTC",
        brand=day.name if day else "onestop",
        home="/kiosk",
        door="kiosk",
        machine=machine_of(request, locale, turns=turns, back_after=back_after if back_after <= SOON else 0),
        help=HelpBlock(phone=day.phone, address=day.address) if day else None,
    )


def link(request: WebRequest, path: str, **query: str) -> str:
    """A path of the machine that keeps the language and the size of the text."""
    if (tag := _wanted(request)) and CHOICE not in query:
        query[CHOICE] = tag
    query |= kept(request)
    return f"{path}?{urlencode(query)}" if query else path


def kept(request: WebRequest) -> dict[str, str]:
    """What a visitor chose for every screen besides its language."""
    size = size_of(request)
    return {SIZE: size} if size else {}


def first_screen(request: WebRequest, day: Day | None) -> str:
    """Back to the first screen, for whoever stands here still; `START` is for the next one."""
    return link(request, START, **{CHOICE: locale_here(request, day).tag})


def carried(request: WebRequest, answers: Answers, *without: str) -> tuple[tuple[str, str], ...]:
    """The answers of a visitor for the hidden fields of a form, `without` those it asks itself."""
    return (*answers.carried(*without), *kept(request).items())


def onward(request: WebRequest, answers: Answers, path: str) -> str:
    """A path of the machine with the answers of a visitor."""
    pairs = carried(request, answers)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def turned(request: WebRequest, day: Day, answers: Answers, path: str) -> Response[Any] | None:
    """The same screen in another language or size, with all that was chosen in its form; `None` if nobody asks."""
    name, _, value = request.query_params.get(TURN, "").partition(":")
    if name not in (CHOICE, SIZE):
        return None
    if name == CHOICE and answers.languages == (locale_here(request, day).tag,):
        answers = replace(answers, languages=None)
    pairs = [pair for pair in carried(request, answers) if pair[0] != name]
    pairs += [(each, "1") for each in ("aloud",) if each in request.query_params]
    return see_other(f"{path}?{urlencode([*pairs, *([(name, value)] if value else [])])}")


def tongues(request: WebRequest, day: Day) -> tuple[Tongue, ...]:
    """Help today, a door for each language, said in it."""
    path = f"/kiosk/d/{day.slug}/needs"
    return tuple(tongue(tag, link(request, path, **{CHOICE: tag})) for tag in languages_of(day))


def tongue(tag: str, href: str) -> Tongue:
    """Help today in one language."""
    return Tongue(tag=tag, href=href, says=locale_for(tag).gettext(HELP_TODAY))


def door(locale: Locale, day: Day | None, act: str, href: str) -> Door:
    """A door of the first screen, with its words in every language of the day: nobody has chosen one yet."""
    icon, says = DOORS[act]
    return Door(href=href, icon=icon, says=locale.gettext(says), also=said_also(locale, day, says))


def said_also(locale: Locale, day: Day | None, says: str) -> tuple[tuple[str, str], ...]:
    """The same words in every other language of the day, each with its language."""
    return tuple((tag, locale_for(tag).gettext(says)) for tag in languages_of(day) if tag != locale.tag)
