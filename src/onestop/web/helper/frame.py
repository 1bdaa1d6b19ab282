"""What every page of helpers needs: who asks, the day, the menu."""

from uuid import UUID

from onestop.days.queries.days import Day, day_by_slug, published_days
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.day import DayState
from onestop.domain.errors import N_, DayUnknown
from onestop.domain.roles import Actor, Role
from onestop.web.kit.guards import require
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import NavLink
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import Round
from onestop.web.kit.staff_door import StaffDoor

HOME = "/helper"


async def enter(request: WebRequest) -> tuple[Actor, UUID]:
    """The helper who asks, and her account."""
    someone = await require(request, Role.HELPER)
    assert someone.account is not None, "only accounts help"
    return someone, someone.account


async def enter_day(request: WebRequest, db: Database, slug: str) -> tuple[Day, Actor, UUID]:
    """The day of this address, the helper and her account. A draft and a day that is not hers answer like none."""
    someone, account = await enter(request)
    day = await db.read(day_by_slug, slug)
    if day.state is DayState.DRAFT or not helps_at(someone, day):
        raise DayUnknown
    return day, someone, account


def helps_at(someone: Actor, day: Day) -> bool:
    """Whether she may book on this day."""
    return someone.has(Role.HELPER, day=day.id)


def frame(request: WebRequest, day: Day | None = None, current: str = "-", *, zone: str = "UTC") -> Round:
    """Brand, zone and menu; `current` is the end of the menu entry this page belongs to."""
    locale = locale_of(request)
    nav = [NavLink(label=locale.gettext(N_("My bookings")), href=HOME, current=current == "")]
    if day is None:
        return Round(zone=zone, door="helper", home=HOME, nav=tuple(nav))
    book = NavLink(label=locale.gettext(N_("Book a time")), href=f"{HOME}/{day.slug}/book", current=current == "/book")
    return Round(zone=day.timezone, door="helper", brand=day.name, home=HOME, nav=(*nav, book))


async def bookable_days(request: WebRequest, db: Database) -> tuple[Day, ...]:
    """Published days of hers that are not over, soonest first; by invitation too."""
    someone, _ = await enter(request)
    return tuple(day for day in await db.read(published_days, now=db.now()) if helps_at(someone, day))


DOOR = StaffDoor(
    name="helper",
    channel=Channel.HELPER,
    walk_ins=False,
    asked="/waiting/{party}?did=asked",
    listed="/waiting/{party}?did=listed",
    frame=frame,
    days=bookable_days,
)
