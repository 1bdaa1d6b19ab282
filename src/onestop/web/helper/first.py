"""A helper's first page: the days she can book, how much of her cap is used, her bookings by day."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from onestop.booking.helped import Helped, helped_bookings, live_of_helper
from onestop.days.queries.days import Day, all_days
from onestop.web.helper.frame import enter, frame, helps_at
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page
from onestop.web.kit.staff_door import is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpedDay:
    """A day with her bookings; `over` when nobody can be booked any more, `full` when she cannot."""

    day: Day
    over: bool
    live: int
    cap: int
    bookings: tuple[Helped, ...]

    @property
    def full(self) -> bool:
        """Whether every booking she may have is used."""
        return self.live >= self.cap


@page_of("helper/home.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """Days to come first, then those that are over and still hold a booking of hers."""

    days: tuple[HelpedDay, ...]


@get("/helper")
async def show_home(request: WebRequest, db: Db) -> Response[Any]:
    """Her own page: nothing of anybody else's."""
    someone, account = await enter(request)
    mine = await db.read(helped_bookings, account)
    live = await db.read(live_of_helper, account)
    now = db.now()
    known = [
        HelpedDay(
            day=day,
            over=is_over(day, now),
            live=live.get(day.id, 0),
            cap=someone.cap(day.id),
            bookings=tuple(booking for booking in mine if booking.day == day.id),
        )
        for day in await db.read(all_days)
        if helps_at(someone, day)
    ]
    coming = sorted((each for each in known if not each.over), key=lambda each: (each.day.opens_at, each.day.slug))
    past = [each for each in known if each.over and each.bookings]
    days = (*coming, *past)
    zone = days[0].day.timezone if days else "UTC"
    return page(request, HomePage(days=days), **frame(request, current="", zone=zone))


route_handlers: list[Any] = [show_home]
