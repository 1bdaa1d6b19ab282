"""What every page of reception needs: the day, who works there, the menu, the words of the search field."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from onestop.days.queries.days import Day, day_by_slug
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.roles import Actor, Role
from onestop.visits.queries.people import Title
from onestop.visits.queries.reception import reception_days
from onestop.web.kit.guards import require
from onestop.web.kit.hall_menu import hall_menu
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import Away
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import Round
from onestop.web.kit.staff_door import StaffDoor, is_on, is_over
from onestop.web.kit.words import stop_title

ROLES = (Role.RECEPTIONIST, Role.ORGANISER)


async def day_and_actor(request: WebRequest, db: Database, slug: str) -> tuple[Day, Actor]:
    """The day of this address and who works at it. An unknown day and a foreign one answer alike to a stranger."""
    await require(request, *ROLES)
    day = await db.read(day_by_slug, slug)
    someone = await require(request, *ROLES, day=day.id)
    if not is_on(day, db.now()):
        request.state.reception_today = await today_of(db, someone)
    return day, someone


async def today_of(db: Database, someone: Actor) -> Day | None:
    """The day that is on now, if she works at it."""
    now = db.now()
    shown = await db.read(reception_days, now=now)
    return next((day for day in shown if is_on(day, now) and covers(someone, day.id)), None)


def today_instead(request: WebRequest) -> Day | None:
    """The day that is on now, while this page is of another one; known after `day_and_actor`."""
    found: Day | None = request.state.get("reception_today")
    return found


def works_everywhere(someone: Actor) -> bool:
    """Whether she may see people of every day of the centre."""
    return any(grant.role in ROLES and grant.day is None for grant in someone.grants)


def covers(someone: Actor, day: UUID) -> bool:
    """Whether she works at this day."""
    return someone.has(*ROLES, day=day)


def home_of(day: Day) -> str:
    """Reception's first page of a day."""
    return f"/reception/{day.slug}"


def party_path(day: Day, party: UUID, did: str = "") -> str:
    """The page of one ticket holder; `did` says what has just been done."""
    return f"{home_of(day)}/parties/{party}" + (f"?did={did}" if did else "")


def frame(request: WebRequest, day: Day, current: str = "-") -> Round:
    """Brand, zone, menu and the way back to today; `current` is the end of the menu entry this page belongs to."""
    locale, today = locale_of(request), today_instead(request)
    return Round(
        zone=day.timezone,
        door="reception",
        brand=day.name,
        home=home_of(today or day),
        nav=hall_menu(locale, day.slug, home_of(day) + current),
        away=Away(on=day.on, today=home_of(today)) if today else None,
    )


async def bookable_days(request: WebRequest, db: Database) -> tuple[Day, ...]:
    """The days of hers on which somebody can still be taken."""
    someone, now = await require(request, *ROLES), db.now()
    return tuple(
        day for day in await db.read(reception_days, now=now) if covers(someone, day.id) and not is_over(day, now)
    )


DOOR = StaffDoor(
    name="reception",
    channel=Channel.RECEPTION,
    walk_ins=True,
    asked="/requests/{party}",
    listed="/waiting?new={party}",
    frame=frame,
    days=bookable_days,
)


@dataclass(frozen=True, slots=True)
class Titles:
    """What stops are called in the reader's language: `titles.of(stop.title)`; a private one never says what it is."""

    locale: Locale

    def of(self, title: Title) -> str:
        return stop_title(self.locale, title.key, private=title.private)

    def all(self, titles: Iterable[Title]) -> list[str]:
        return [self.of(title) for title in titles]
