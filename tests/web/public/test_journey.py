"""From the day's link to the ticket, without script."""

import re

import httpx

from onestop.booking.tables import bookings, parties, stops
from onestop.domain.booking import BookingState
from tests.web.public.visitor import Visitor, book, change_day, count, need, open_day, service
from tests.web.site import Site


async def test_she_books_from_the_link_to_the_ticket_in_five_pages_with_one_typed_field(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    titles: list[str] = []

    await visitor.open(f"/d/{site.hall.day.slug}")
    titles.append(visitor.page.title)
    await visitor.press("needs-form", needs=[need("residence-permit")])
    titles.append(visitor.page.title)
    await visitor.press("plan-form", interpreter="none")
    titles.append(visitor.page.title)
    await visitor.press("times-form", "09:00")
    titles.append(visitor.page.title)
    await visitor.press("booking-form", name="Amira")
    titles.append(visitor.page.title)

    name = f" · {site.hall.day.name}"
    assert titles == [
        f"{title}{name}"
        for title in ("What do you need?", "Your plan", "Choose a time", "Check and book", "Your ticket 100")
    ]
    assert visitor.status == 200
    assert re.fullmatch(r"/t/[a-z2-7]{26}\?booked=1", visitor.path)
    assert "Please come today at 09:00." in visitor.page.text
    assert count(site, bookings, bookings.c.state == BookingState.CONFIRMED) == 1
    assert count(site, stops) == 2
