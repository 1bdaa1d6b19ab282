"""The organiser sees how a day would go, beside its set-up, and what would help."""

import asyncio
import re

from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
REHEARSAL = f"{DAY}/rehearsal"
FRAGMENT = {"HX-Request": "true"}


async def played(site: Site) -> None:
    """Until nothing is being played."""
    await asyncio.to_thread(site.app.state.rehearsals.wait)


def text(html: str) -> str:
    """What is read of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


async def test_the_first_look_has_the_day_played_and_the_next_one_shows_it(site: Site) -> None:
    organiser = Organiser(site)
    first = text((await organiser.open(REHEARSAL)).text)
    await played(site)
    page = await organiser.open(REHEARSAL)

    assert "The day is being played." in first
    shown = text(page.text)
    assert "Rests on what the template or the file expects: 15 tickets. Some of them do not come." in shown
    assert "The day was played 20 times by the computer." in shown
    assert re.search(r"This day (can work\.|is tight: |can not work: )", shown)
    for words in ("Typical wait", "Nine of ten wait at most", "Work after closing", "Not finished", "Longest wait"):
        assert words in shown
    assert "every 30s" in page.text
    rows = re.findall(r'<th scope="row"><div class="hours-who">|<th scope="row">\s*<div class="hours-who">', page.text)
    assert len(rows) == 2 * (len(site.hall.desks) + 3)  # in the picture, and in the table of use
    assert "% in use" in shown
    assert "Foreign Police" in shown


async def test_beside_the_forms_stand_the_figures_before_and_after_a_change(site: Site) -> None:
    organiser = Organiser(site)
    hub = await organiser.open(DAY)
    await organiser.browser.get(f"{REHEARSAL}/beside", headers=FRAGMENT)
    await played(site)
    before = await organiser.browser.get(f"{REHEARSAL}/beside", headers=FRAGMENT)

    police = next(desk for desk in site.hall.desks.values() if desk.institution.authority == "police")
    await organiser.open(f"{DAY}/desks/{police.number}")
    answer = await organiser.send(f"{DAY}/desks/{police.number}", closes_1="15:00")
    counting = await organiser.browser.get(f"{REHEARSAL}/beside", headers=FRAGMENT)
    await played(site)
    after = await organiser.browser.get(f"{REHEARSAL}/beside", headers=FRAGMENT)

    for page in (hub, answer):
        assert f'hx-get="{REHEARSAL}/beside" hx-trigger="load"' in page.text
        assert f'href="{REHEARSAL}"' in page.text
    assert ("every 1s" in before.text, "before:" in text(before.text)) == (False, False)
    assert ("every 1s" in counting.text, "The day is being played." in text(counting.text)) == (True, True)
    assert "every 1s" not in after.text
    assert "Not finished before: 2 now: 0 " in text(after.text)
    assert "<html" not in after.text


async def test_a_desk_that_stays_longer_is_proposed_with_the_form_where_it_is_done(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(REHEARSAL)
    await played(site)
    page = await organiser.open(REHEARSAL)
    helps = text(page.text.partition('id="helps"')[2].partition("</ol>")[0])

    assert "Desk 4 (Foreign Police Department) stays until 15:00 . About " in helps
    assert f'href="{DAY}/desks/4"' in page.text
    assert "Residence permit" in text(page.text)


async def test_without_script_the_place_beside_a_form_leads_to_the_page(site: Site) -> None:
    answer = await Organiser(site).browser.get(f"{REHEARSAL}/beside")

    assert (answer.status_code, answer.headers["location"]) == (303, REHEARSAL)


async def test_one_booking_is_played_together_with_those_who_are_still_expected(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"))
    organiser = Organiser(site)
    await organiser.open(REHEARSAL)
    await played(site)

    shown = text((await organiser.open(REHEARSAL)).text)
    assert "Rests on 1 booking so far, and on invented visitors up to the 15 tickets that are expected." in shown
    found = site.app.state.rehearsals.last(site.hall.id)
    assert (found.booked, found.parties, found.expectation.parties > 5) == (1, 15, True)


async def test_a_day_that_is_over_is_not_played(site: Site) -> None:
    site.set_time(site.hall.day.closes_at)
    page = await Organiser(site).open(REHEARSAL)

    assert "This day is over or is not held." in text(page.text)
    assert site.app.state.rehearsals.last(site.hall.id) is None
