"""What every page of the organiser needs: who asks, the day, the menu, and how a refused form is shown again."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from onestop.days.queries.days import Day, day_by_slug
from onestop.db.session import Database
from onestop.directory.organising import centre_zone
from onestop.domain.errors import N_, InvalidInput, NotAllowed, Refusal
from onestop.domain.roles import Actor, Role
from onestop.web.kit.guards import require
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import NavLink
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import Round

T = TypeVar("T")
ROLES = (Role.ORGANISER, Role.ADMINISTRATOR)
_CENTRE = (
    ("/organise", N_("Days")),
    ("/organise/institutions", N_("Institutions")),
    ("/organise/needs", N_("Needs")),
    ("/organise/venues", N_("Venues")),
    ("/organise/places", N_("Places")),
    ("/organise/series", N_("Series")),
    ("/organise/texts", N_("Texts")),
    ("/organise/programme", N_("Reports")),
    ("/organise/referrals", N_("Referrals")),
    ("/organise/staff", N_("Staff")),
    ("/organise/audit", N_("Who did what")),
    ("/organise/speech", N_("Speech")),
)
_SELDOM = {"/organise/needs", "/organise/venues", "/organise/referrals", "/organise/audit", "/organise/speech"}
"""Behind "More", so that the menu stays in one line."""
_TOLD = "told"


async def enter(request: WebRequest, db: Database, slug: str) -> tuple[Day, Actor]:
    """The day of this address and the organiser who asks; a stranger learns nothing about which days there are."""
    await require(request, *ROLES)
    day = await db.read(day_by_slug, slug)
    return day, await require(request, *ROLES, day=day.id)


async def enter_centre(request: WebRequest) -> Actor:
    """An organiser of the whole centre; somebody who organises one day only may not change what all days share."""
    someone = await require(request, *ROLES)
    if not works_everywhere(someone):
        raise NotAllowed
    return someone


def works_everywhere(someone: Actor) -> bool:
    """Whether a grant covers every day of the centre."""
    return any(grant.role in ROLES and grant.day is None for grant in someone.grants)


def covers(someone: Actor, day: UUID) -> bool:
    """Whether somebody organises this day."""
    return someone.has(*ROLES, day=day)


def path_of(day: Day, more: str = "") -> str:
    """The address of a day's page."""
    return f"/organise/{day.slug}{more}"


async def centre_frame(request: WebRequest, db: Database, current: str) -> Round:
    """Menu and time zone of the pages about the whole centre."""
    locale = locale_of(request)
    nav = tuple(
        NavLink(
            label=locale.gettext(label),
            href=href,
            current=href == current,
            seldom=href in _SELDOM and href != current,
        )
        for href, label in _CENTRE
    )
    return Round(door="organise", zone=await db.read(centre_zone), home="/organise", nav=nav)


def day_frame(request: WebRequest, day: Day, current: str = "-") -> Round:
    """Menu of the pages about one day; `current` is the end of the address of the entry this page belongs to."""
    locale = locale_of(request)
    entries = (
        ("/organise", N_("All days")),
        (path_of(day), N_("Set-up")),
        (path_of(day, "/overview"), N_("Live overview")),
        (f"/reception/{day.slug}", N_("Reception")),
    )
    nav = tuple(
        NavLink(label=locale.gettext(label), href=href, current=href == path_of(day, current))
        for href, label in entries
    )
    return Round(zone=day.timezone, door="organise", brand=day.name, home=path_of(day), nav=nav)


def errors_of(locale: Locale, refusal: Refusal) -> dict[str, str]:
    """A refusal by the form control it is about, for showing the form again; raises it if it is about none of this."""
    if refusal.status not in (409, 422):
        raise refusal
    field = refusal.field if isinstance(refusal, InvalidInput) else ""
    return {field or "content": locale.say(refusal.sentence, refusal.params)}


async def tell_once(
    request: WebRequest,
    route: str,
    action: Callable[..., T],
    *args: Any,
    back: str,
    day: UUID | None = None,
    **kwargs: Any,
) -> tuple[T | None, str]:
    """Run an action whose result holds a secret that is shown on this answer and kept nowhere.

    The same press again gives `None` and the path to go to: the secret cannot be shown a second time.
    """
    made: list[T] = []

    def keep(result: T) -> str:
        made[:] = [result]
        return f"{back}?{_TOLD}=1"

    path = await submit_once(request, route, action, *args, to=keep, day=day, **kwargs)
    return (made[0] if made else None), path


def was_told(request: WebRequest) -> bool:
    """Whether the page follows a press whose secret had been shown before."""
    return request.query_params.get(_TOLD) == "1"
