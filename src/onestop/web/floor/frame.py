"""What every page of the floor needs: the day, who works there, the menu."""

from uuid import UUID

from onestop.days.queries.days import Day, day_by_slug
from onestop.db.session import Database
from onestop.domain.help import CalledBy
from onestop.domain.roles import Actor, Role
from onestop.web.kit.guards import require
from onestop.web.kit.hall_menu import hall_menu
from onestop.web.kit.language import locale_of
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import Round

DRIVERS = (Role.RECEPTIONIST, Role.ORGANISER)
"""Who calls for desks; a floor guide only finds people."""
EVERYBODY = (*DRIVERS, Role.FLOOR_GUIDE)


async def day_and_actor(request: WebRequest, db: Database, slug: str, *, drives: bool) -> tuple[Day, Actor]:
    """The day of this address and who works at it; `drives` keeps floor guides out."""
    roles = DRIVERS if drives else EVERYBODY
    await require(request, *roles)
    day = await db.read(day_by_slug, slug)
    return day, await require(request, *roles, day=day.id)


def home_of(day: Day) -> str:
    """Floor control of a day."""
    return f"/floor/{day.slug}"


def drives_day(someone: Actor, day: UUID) -> bool:
    """Whether she calls for the desks of this day."""
    return someone.has(*DRIVERS, day=day)


def caller_of(someone: Actor, day: UUID) -> CalledBy:
    """Who calls help here: the reception, or the floor with its guides and organisers."""
    on_floor = someone.has(Role.ORGANISER, Role.FLOOR_GUIDE, day=day)
    return CalledBy.RECEPTION if someone.has(Role.RECEPTIONIST, day=day) and not on_floor else CalledBy.FLOOR


def frame(request: WebRequest, day: Day, someone: Actor, current: str = "") -> Round:
    """Brand, zone and menu; a floor guide has no menu."""
    locale, drives = locale_of(request), drives_day(someone, day.id)
    here = home_of(day) + ("" if current == "desks" else f"/{current or '-'}")
    nav = hall_menu(locale, day.slug, here) if drives else ()
    home = home_of(day) if drives else f"{home_of(day)}/called"
    return Round(zone=day.timezone, door="floor", brand=day.name, home=home, nav=nav)
