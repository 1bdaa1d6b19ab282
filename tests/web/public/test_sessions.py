"""What a visitor reads of a session: when and where it begins, before she books, on her ticket and on paper."""

from datetime import time
from typing import Any

import sqlalchemy as sa

from onestop.days.queries.days import day_by_id
from onestop.days.setup_sessions import SessionSettings, add_session
from onestop.directory.tables import services
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
