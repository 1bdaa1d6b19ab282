"""A day by draw at the ticket machine: a request without an address, a paper with its code, one sentence otherwise."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.drawing import run_draw
from onestop.booking.tables import bookings, contacts, draw_entries
from onestop.days.drawing import announce_draw
from onestop.days.tables import days
from onestop.domain.day import Release
from onestop.domain.roles import SYSTEM
from tests.halls import ON, make_test_day
from tests.web.kiosk.touch import Finger, finger
from tests.web.site import Site

LATER = "Thursday 10 December 2026"


@pytest.fixture
def slug(site: Site) -> str:
    """Another day, by draw: requests are taken from an hour from now on, for ten hours."""
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    by_draw = days.update().where(days.c.id == other.id).values(release=Release.DRAW)
    site.database.write_now(lambda conn: conn.execute(by_draw))
    opens_at, key = site.hall.now + timedelta(hours=1), site.app.state.ticket_key
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=10), "key": key}
    site.hall.write(announce_draw, other.id, **times)
    return other.day.slug


def later(site: Site, **by: float) -> None:
    site.set_time(site.hall.now + timedelta(**by))


def state(site: Site) -> list[tuple[Any, ...]]:
    asked = sa.select(bookings.c.channel, bookings.c.state)
    return [tuple(row) for row in site.database.read_now(lambda conn: conn.execute(asked).all())]


async def to_the_days(hand: Finger) -> None:
    await hand.go("/kiosk?lang=en")
    await hand.follow("I want to come another day")


async def asked(hand: Finger) -> None:
    """From the first screen to the paper."""
    await to_the_days(hand)
    await hand.follow(LATER)
    await hand.follow("Health insurance")
    await hand.press("Continue")
    await hand.press("Ask for a place")


async def test_a_request_is_six_taps_without_anything_typed_and_its_paper_has_id_and_code(
    site: Site, slug: str
) -> None:
    later(site, hours=2)
    hand = finger(site)
    await to_the_days(hand)
    assert "You can ask for a place until Thursday 3 December 2026, 19:30." in hand.text
    hand.taps = 0
    await asked(hand)
    assert hand.taps <= 6
    entries, addresses = site.database.read_now(
        lambda conn: [conn.execute(sa.select(table)).all() for table in (draw_entries, contacts)]
    )
    assert (state(site), len(entries), addresses) == ([("kiosk", "requested")], 1, [])
    assert "You take part in the draw" in hand.text
    assert "The draw is after Thursday 3 December 2026, 19:30" in hand.text
    assert str(entries[0].id) in hand.text
    assert "Nobody is before you." not in hand.text
    assert ("Health insurance" in hand.text, "Leave the list" in hand.text) == (False, False)


async def test_the_same_press_twice_is_one_request(site: Site, slug: str) -> None:
    later(site, hours=2)
    hand = finger(site)
    await to_the_days(hand)
    await hand.follow(LATER)
    await hand.follow("Health insurance")
    await hand.press("Continue")
    screen = hand.page
    await hand.press("Ask for a place")
    first = str(hand.page.url) if hand.page else ""
    hand.page = screen
    await hand.press("Ask for a place")
    assert (str(hand.page.url) if hand.page else "") == first
    assert len(state(site)) == 1


async def test_before_and_after_the_window_one_sentence_says_what_can_be_done(site: Site, slug: str) -> None:
    said = []
    for hours, status in ((0, 409), (12, 410)):
        later(site, hours=hours)
        hand = finger(site)
        await to_the_days(hand)
        shown = hand.text
        await hand.follow(LATER)
        assert hand.page is not None
        said.append((shown.count("ask for a place"), hand.page.status_code, hand.text.split(" I want to come")[0]))
        assert hand.page.status_code == status
        for path in ("times", "needs"):
            await hand.go(f"/kiosk/d/{slug}/{path}?lang=en&asked=1&services={site.hall.service('legal').hex[-12:]}")
            assert hand.page.status_code == status
        answer = await hand.browser.post(f"/kiosk/d/{slug}/requests?lang=en", data={"interpreter": "none"})
        assert answer.status_code == status
    assert said == [
        (1, 409, "You can ask for a place from Thursday 3 December 2026, 09:30 to Thursday 3 December 2026, 19:30."),
        (1, 410, "The time to ask for a place on this day is over."),
    ]
    assert state(site) == []


async def test_the_paper_shows_the_result_takes_the_place_or_takes_the_request_back(site: Site, slug: str) -> None:
    later(site, hours=2)
    hands = [finger(site) for _ in range(2)]
    papers: list[str] = []
    for hand in hands:
        await asked(hand)
        assert hand.page is not None
        papers.append(str(hand.page.url).split("/waiting/")[1].split("?")[0])
        roll = (await hand.browser.get(f"/kiosk/waiting/{papers[-1]}/paper?lang=en")).text
        public_id = hand.text.partition("Your request in the public list: ")[2].split()[0]
        assert ("You take part in the draw" in roll, public_id in roll, len(public_id)) == (True, True, 36)
    await hands[1].go(f"/kiosk/waiting/{papers[1]}?lang=en")
    await hands[1].press("Yes, leave the list")
    assert "You are not on the list any more" in hands[1].text

    later(site, hours=10)
    of_day = sa.select(days.c.id).where(days.c.slug == slug)
    day: UUID = site.database.read_now(lambda conn: conn.execute(of_day).scalar_one())
    run_draw(site.database, day, key=site.app.state.ticket_key, actor=SYSTEM)
    await hands[0].go("/kiosk/code?lang=en")
    await hands[0].press("Continue", typed={"code": f"https://example.org/w/{papers[0]}"})
    assert "A place is free for you" in hands[0].text
    await hands[0].press("Yes, I take this place")
    assert "Please show this paper at the reception." in hands[0].text
    assert sorted(each for _, each in state(site)) == ["confirmed", "withdrawn"]


async def test_once_the_places_are_given_a_time_is_chosen_as_on_every_day(site: Site, slug: str) -> None:
    later(site, hours=12)
    of_day = sa.select(days.c.id).where(days.c.slug == slug)
    day: UUID = site.database.read_now(lambda conn: conn.execute(of_day).scalar_one())
    run_draw(site.database, day, key=site.app.state.ticket_key, actor=SYSTEM)
    hand = finger(site)
    await to_the_days(hand)
    assert "ask for a place" not in hand.text
    await hand.follow(LATER)
    await hand.follow("Health insurance")
    await hand.press("Yes, show me the times")
    assert "When do you want to come?" in hand.text
