"""How the day is, in one word on top of the live overview, with why and without a name."""

import re
from datetime import timedelta
from typing import Any

import pytest

from onestop.domain.day import DeskState
from onestop.visits.actions.alarms import ask_at_desk
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.setup import pause_day
from onestop.visits.queries.overview import overview
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


async def _verdict(site: Site) -> tuple[str, str]:
    """The kind of the verdict and its words; nothing where there is none."""
    page = (await Organiser(site).open(f"{DAY}/overview")).text
    found = re.search(r'<section class="verdict (\w+)".*?</section>', page, re.S)
    return (found[1], " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())) if found else ("", "")


@pytest.fixture
def opened(site: Site) -> Site:
    """A running day with open desks."""
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    return site


async def test_a_calm_day_goes_well_and_a_closed_one_has_no_verdict(opened: Site) -> None:
    calm = await _verdict(opened)
    opened.hall.write(close_day, opened.hall.id, reason="")

    assert (calm, await _verdict(opened)) == (("well", "The day goes well."), ("", ""))


async def test_a_call_for_help_goes_before_what_can_wait(opened: Site) -> None:
    opened.hall.write(pause_day, opened.hall.id, why="A break")
    paused = await _verdict(opened)
    opened.hall.write(ask_at_desk, opened.hall.desks[4].id)

    assert paused == ("look", "Please look. The whole day is paused.")
    assert await _verdict(opened) == ("now", "Somebody is needed now. 1 call for help The whole day is paused.")


async def test_a_day_that_has_not_begun_has_no_verdict_and_says_when_it_is(site: Site) -> None:
    told: list[tuple[bool, ...]] = []
    for at in (site.hall.day.opens_at - timedelta(days=21), site.hall.day.opens_at):
        site.set_time(at)
        page = (await Organiser(site).open(f"{DAY}/overview")).text
        words = ("The day has not begun: it is on", 'class="verdict', "Who is not here now", "Nobody is at risk now")
        told.append(tuple(each in page for each in words))

    assert told == [(True, False, False, False), (False, True, True, True)]


async def test_closed_desks_are_told_with_what_people_wait_for_once_the_day_has_begun(site: Site) -> None:
    site.hall.walk_in(site.hall.wish("residence"))
    before = await _verdict(site)
    site.set_time(site.hall.day.opens_at)
    begun = await _verdict(site)

    assert before == ("", "")
    assert (begun[0], "People wait and no desk is open: Residence permit." in begun[1]) == ("look", True)


def _queue(site: Site) -> Any:
    shown = site.database.read_now(overview, site.hall.id, now=site.hall.now, opens_at=site.hall.day.opens_at)
    return next(each for each in shown.queues if each.key == "residence")


async def test_more_than_a_desk_can_see_before_it_closes_is_told_and_so_is_everybody_once_it_has_gone(
    opened: Site,
) -> None:
    closes_at = opened.hall.desks[4].closes_at
    assert closes_at is not None
    opened.hall.walk_in(opened.hall.wish("residence"))
    minutes = opened.hall.desks[4].services[opened.hall.service("residence")]
    told: list[bool] = []
    for left in (minutes, minutes - 1):
        opened.set_time(closes_at - timedelta(minutes=left))
        told.append(_queue(opened).too_many)
    verdict = await _verdict(opened)
    opened.set_time(opened.hall.day.opens_at)
    for desk in opened.hall.desks.values():
        opened.hall.write(set_desk_state, desk.id, DeskState.CLOSED)

    assert told == [False, True]
    assert verdict[0] == "now"
    assert "More people wait than the desks can see before they close: Residence permit." in verdict[1]
    assert _queue(opened).too_many
