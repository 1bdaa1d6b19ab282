"""The first day of a centre, step by step: what is done is seen in the day itself."""

import re

import pytest

from onestop.accounts.actions import make_pass
from onestop.days.actions import make_invitations
from onestop.days.tables import days
from onestop.domain.day import DayState
from tests.counting import counted
from tests.web.organise.browsing import Organiser
from tests.web.public.visitor import set_state
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


async def _steps(organiser: Organiser) -> tuple[int, str, str]:
    """How many are done, the title of the next one, and where its button leads."""
    page = (await organiser.open("/organise")).text
    following = re.search(r'aria-current="step".*?first-title">(.*?)</p>.*?href="([^"]+)"', page, re.DOTALL)
    assert following is not None
    return page.count('class="first-step done"'), following[1].strip(), following[2]


async def test_each_step_is_done_when_the_day_shows_it(site: Site) -> None:
    organiser, hall = Organiser(site), site.hall
    set_state(site, DayState.DRAFT)
    ready = await _steps(organiser)
    set_state(site, DayState.PUBLISHED)
    published = await _steps(organiser)
    hall.write(make_pass, hall.desks[1].id)
    uninvited = await _steps(organiser)
    hall.write(make_invitations, hall.id, count=1, uses=1, label="")
    handed = await _steps(organiser)
    site.set_time(hall.day.opens_at)
    hall.open_desks()
    hall.walk_in(hall.wish("legal"))
    begun = await _steps(organiser)
    set_state(site, DayState.CLOSED)
    after = (await organiser.open("/organise")).text

    assert [ready, published, uninvited, handed, begun] == [
        (1, "Make it yours", DAY),
        (3, "Hand out", f"{DAY}/invitations"),
        (3, "Hand out", f"{DAY}/invitations"),
        (4, "Run the day", f"{DAY}/overview"),
        (5, "Close it", DAY),
    ]
    assert "first-step" not in after


async def test_a_day_open_to_everybody_is_handed_out_with_its_passes(site: Site) -> None:
    organiser = Organiser(site)
    site.database.write_now(lambda conn: conn.execute(days.update().values(release="open")))

    assert await _steps(organiser) == (3, "Hand out", f"{DAY}/passes")
    site.hall.write(make_pass, site.hall.desks[1].id)
    assert (await _steps(organiser))[:2] == (4, "Run the day")


async def test_before_there_is_a_day_the_first_step_is_a_draft(site: Site) -> None:
    site.database.write_now(lambda conn: conn.execute(days.delete()))
    organiser = Organiser(site)

    assert await _steps(organiser) == (0, "Make a draft", "/organise/new")


@pytest.mark.parametrize("state", [DayState.DRAFT, DayState.PUBLISHED])
async def test_many_people_cost_no_more_statements(site: Site, state: DayState) -> None:
    organiser, hall = Organiser(site), site.hall
    site.set_time(hall.day.opens_at)
    hall.open_desks()
    set_state(site, state)
    await organiser.open("/organise")
    with counted() as count:
        await organiser.open("/organise")
        few = count()
    set_state(site, DayState.PUBLISHED)
    for _ in range(3):
        hall.walk_in(hall.wish("legal"))
    set_state(site, state)
    await organiser.open("/organise")
    with counted() as count:
        await organiser.open("/organise")
        assert count() == few
