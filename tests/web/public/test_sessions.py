"""What a visitor reads of a session: when and where it begins, before she books, on her ticket and on paper."""

from datetime import time
from typing import Any

import sqlalchemy as sa

from onestop.booking.tables import bookings
from onestop.days.queries.days import day_by_id
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.setup_sessions import SessionSettings, add_session, remove_session
from onestop.directory.tables import services
from onestop.domain.booking import BookingState
from onestop.reports.verify import verify
from onestop.visits.actions.setup import set_up
from tests.web.public.test_ticket import arrive, booked, code_of, fetch, party_of
from tests.web.public.visitor import Visitor, need, open_day
from tests.web.site import Site


def hold_session(site: Site, starts: time, **other: Any) -> None:
    """The legal advice of the pilot day as a session, local time."""
    hall = site.hall
    desk = next(one for one in hall.desks.values() if hall.service("legal") in one.services)
    given = {"desk": desk.id, "service": hall.service("legal"), "minutes": 30, "seats": 10, **other}
    version = site.database.read_now(day_by_id, hall.id).version
    hall.write(set_up, hall.id, add_session, SessionSettings(starts=starts, **given), version=version)


async def test_the_session_stands_beside_the_times_and_at_the_time_that_is_kept(site: Site) -> None:
    hold_session(site, time(11))
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    assert "Legal advice: 11:00" in visitor.page.text
    await visitor.press("times-form", "")
    assert "Begins at 11:00, desk 1." in visitor.page.text


async def test_the_ticket_and_its_print_say_when_and_where_the_session_begins(site: Site) -> None:
    hold_session(site, time(11))
    visitor = await booked(site, "my-rights")
    assert "Begins at 11:00." in visitor.page.text
    assert "Legal advice: 11:00, desk 1" in (await fetch(visitor, "/print")).text
    assert "11:00" not in (await fetch(visitor, "/print?paper=80")).text


async def test_who_waits_for_a_session_alone_reads_when_it_begins(site: Site) -> None:
    hold_session(site, time(11))
    visitor = await booked(site, "my-rights")
    arrive(site, visitor)
    assert "Legal advice begins at 11:00." in (await fetch(visitor, "")).text
    assert code_of(visitor)
    assert party_of(site, visitor)


async def test_of_a_private_session_the_time_is_told_and_not_the_desk(site: Site) -> None:
    private = services.update().where(services.c.id == site.hall.service("legal")).values(private=True)
    site.database.write_now(lambda conn: conn.execute(private))
    assert site.database.read_now(
        lambda conn: conn.execute(sa.select(services.c.private).where(services.c.key == "legal")).scalar()
    )
    hold_session(site, time(11))
    visitor = await booked(site, "my-rights")
    page = await fetch(visitor, "/print")
    assert ("Talk at the centre: 11:00" in page.text, "desk 1" in page.text, "Legal" in page.text) == (
        True,
        False,
        False,
    )


async def kept(site: Site) -> Visitor:
    """A time with a session that is kept while she writes."""
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    await visitor.press("times-form", "")
    return visitor


def end_session(site: Site) -> None:
    (session,) = site.database.read_now(sessions_of_day, site.hall.id)
    version = site.database.read_now(day_by_id, site.hall.id).version
    site.hall.write(set_up, site.hall.id, remove_session, session.id, version=version)


async def test_a_kept_time_whose_session_is_taken_away_is_refused_and_nothing_she_wrote_is_lost(site: Site) -> None:
    hold_session(site, time(11))
    visitor = await kept(site)
    end_session(site)
    hold_session(site, time(13))

    await visitor.press("booking-form", "Book this time", name="Amira")

    form = visitor.page.forms["again-form"]
    assert (visitor.status, form.values("name"), booked_here(site)) == (410, ["Amira"], 0)
    assert "We could not keep this time for you any longer. Please choose a time again." in visitor.page.text
    await visitor.press("again-form", next(iter(form.buttons)))
    assert "Begins at 13:00." in visitor.page.text
    assert booked_here(site) == 1
    assert site.database.read_now(verify, now=site.hall.now) == []


async def test_the_page_of_a_kept_time_says_itself_that_its_session_is_gone(site: Site) -> None:
    hold_session(site, time(11))
    visitor = await kept(site)
    end_session(site)

    await visitor.open(visitor.path)

    assert (visitor.status, "booking-form" in visitor.page.forms) == (410, False)
    assert "Please choose a time again" in visitor.page.text


async def test_a_kept_talk_is_refused_once_its_service_has_sessions(site: Site) -> None:
    visitor = await kept(site)
    hold_session(site, time(13))

    await visitor.press("booking-form", "Book this time", name="Amira")

    assert (visitor.status, booked_here(site)) == (410, 0)
    assert "again-form" in visitor.page.forms


def booked_here(site: Site) -> int:
    confirmed = sa.select(sa.func.count()).where(bookings.c.state == BookingState.CONFIRMED)
    return site.database.read_now(lambda conn: conn.execute(confirmed).scalar_one())
