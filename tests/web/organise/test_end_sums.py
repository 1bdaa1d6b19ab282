"""What visitors said at the end stands on the overview of a closed day once nobody can answer any more."""

import re
from html import unescape

import pytest

from onestop.domain.day import DayState
from onestop.domain.ending import EndQuestion
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.ending import count_answers
from tests.visits.looking import call_at
from tests.web.organise.browsing import Organiser
from tests.web.public.visitor import set_state
from tests.web.site import Site

OVERVIEW = "/organise/iom-bratislava-2026-12-03/overview"
SAID = ("yes", "yes", "partly", "no", "no")


def _say(site: Site, *said: str) -> None:
    """As many visitors as answers to the first question; nobody answers the second."""
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    for answer in said:
        ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
        stop = call_at(site.hall, 1)
        site.hall.write(serve, stop)
        site.hall.write(finish, stop)
        site.database.write_now(count_answers, ticket.party, {EndQuestion.GOT: answer}, day=site.hall.id)


async def _sums(site: Site) -> list[str]:
    """The words of the part about the end."""
    page = (await Organiser(site).open(OVERVIEW)).text
    found = re.findall(r'<section class="panel end-sums".*?</section>', page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found]


async def test_the_sums_of_a_closed_day_are_shown_once_nobody_can_answer_and_where_at_least_five_did(
    site: Site,
) -> None:
    _say(site, *SAID)
    running = await _sums(site)
    set_state(site, DayState.CLOSED)
    while_answered = await _sums(site)
    site.set_time(site.hall.day.answered_until)

    assert (running, while_answered) == ([], [])
    assert await _sums(site) == [
        "What visitors said at the end Did you get what you came for? Yes 2 Partly 1 No 2 "
        "Was there a problem that the city should know about? "
        "Fewer than five people answered. The numbers are not shown. "
        "Only counted: nobody knows who said what. Please do not publish numbers from 1 to 4."
    ]


@pytest.mark.parametrize("state", [DayState.DRAFT, DayState.CANCELLED])
async def test_a_day_that_did_not_take_place_has_none(site: Site, state: DayState) -> None:
    set_state(site, state)

    assert await _sums(site) == []
