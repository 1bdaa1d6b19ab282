"""The waiting time on the machine's ticket: the same as on her phone, and none where the phone tells none."""

import re

from onestop.booking.tickets import new_code
from onestop.visits.actions.setup import pause_day
from tests.web.kiosk.touch import finger
from tests.web.site import Site

ABOUT = re.compile(r"About \d\d:\d\d to \d\d:\d\d\.")


def _code(site: Site) -> str:
    party = site.hall.walk_in(site.hall.wish("legal"))[0].party
    return site.hall.write(new_code, party=party, key=site.app.state.ticket_key).code


async def _told(site: Site, code: str) -> tuple[list[str], list[str], list[str]]:
    """Every time on her phone's first lines, on the screen of the machine and on its paper."""
    machine = site.sign_in("kiosk")
    pages = [
        await site.browser().get(f"/t/{code}?lang=en"),
        await machine.get(f"/kiosk/tickets/{code}?lang=en&new=1"),
        await machine.get(f"/kiosk/tickets/{code}/paper?lang=en"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    phone, screen, paper = (ABOUT.findall(re.sub(r"<[^>]+>|[\u2066-\u2069]", "", page.text)) for page in pages)
    return phone, screen, paper


async def test_a_ticket_just_given_says_the_time_that_the_phone_says(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    await _told(site, _code(site))  # estimates are kept for some seconds, and do not know who comes now
    hand = finger(site)
    await hand.go("/kiosk")
    await hand.follow("English")
    await hand.follow("Health insurance")
    await hand.press("Yes, give me a ticket")
    assert ABOUT.search(hand.text) is not None
    assert "This time can change." in hand.text
    assert hand.page is not None
    code = hand.page.url.path.rpartition("/")[2]
    phone, screen, paper = await _told(site, code)
    assert phone[0] in hand.text
    assert phone[:1] == screen == paper


async def test_while_the_day_pauses_no_time_is_told(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    code = _code(site)
    assert all(await _told(site, code))
    site.hall.write(pause_day, site.hall.id, why="")
    assert await _told(site, code) == ([], [], [])
