"""A helper's first page: the days she can book, how much of her cap is used, her bookings by day."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from onestop.booking.helped import Helped, helped_bookings, live_of_helper
from onestop.booking.helped_waiting import HelpedWaiting, Standing, helped_waiting, standing_of
from onestop.booking.waiting import Offer
from onestop.days.queries.days import Day, all_days
from onestop.days.queries.draws import draws_of_days
from onestop.web.helper.frame import enter, frame, helps_at
from onestop.web.kit.draw_day import says_of_draw
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page
from onestop.web.kit.staff_door import is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Somebody of hers without a time; `offer` is the place kept for her now."""

    one: HelpedWaiting
    offer: Offer | None
    stands: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpedDay:
    """A day with her bookings; `over` when nobody can be booked any more, `full` when she cannot."""

    day: Day
    over: bool
    live: int
    cap: int
    bookings: tuple[Helped, ...]
    waiting: tuple[Waits, ...]
    draw: str
    """Where the draw of a day by draw stands; empty where times are booked."""
    asks: bool
    """Whether a place is asked for, and no time chosen."""

    @property
    def full(self) -> bool:
        """Whether every booking she may have is used."""
        return self.live >= self.cap

    @property
    def books(self) -> bool:
        """Whether she can book or ask for somebody now."""
        return not self.full and (self.asks or not self.draw)


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
    waits = await db.read(helped_waiting, account)
    live = await db.read(live_of_helper, account)
    of_hers = [day for day in await db.read(all_days) if helps_at(someone, day)]
    draws = await db.read(draws_of_days, [day.id for day in of_hers])
    locale, now = locale_of(request), db.now()

    def helped_day(day: Day) -> HelpedDay:
        draw, asks = says_of_draw(locale, day, draws.get(day.id), now=now)
        return HelpedDay(
            day=day,
            over=is_over(day, now),
            live=live.get(day.id, 0),
            cap=someone.cap(day.id),
            bookings=tuple(booking for booking in mine if booking.day == day.id),
            waiting=tuple(
                Waits(one=one, offer=one.offered(now), stands=standing_of(one, now))
                for one in waits
                if one.day == day.id
            ),
            draw=draw,
            asks=asks,
        )

    known = [helped_day(day) for day in of_hers]
    coming = sorted((each for each in known if not each.over), key=lambda each: (each.day.opens_at, each.day.slug))
    past = [each for each in known if each.over and (each.bookings or each.waiting)]
    days = (*coming, *past)
    zone = days[0].day.timezone if days else "UTC"
    return page(request, HomePage(days=days), **frame(request, current="", zone=zone))


route_handlers: list[Any] = [show_home]
