"""At the end of a day: everybody inside gets a place on a later day by one press, and the page says who got which."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.tables import bookings
from onestop.days.tables import days
from onestop.db.ledger import facts
from onestop.visits.actions.calls import serve
from onestop.web.kit.forms import new_key
from onestop.web.organise import carry
from tests.counting import counted
from tests.days.test_days import one_desk
from tests.halls import ON, TestDay, make_test_day
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


@pytest.fixture
def later(site: Site) -> TestDay:
    """A day later: one desk for legal advice with few times; the day of the site runs."""
    made = make_test_day(site.database, on=ON + timedelta(days=1), file=one_desk("09:00", "10:00"))
    site.hall.open_desks()
    site.set_time(site.hall.day.opens_at + timedelta(hours=5))
    return made


def walk_in(site: Site, *keys: str) -> int:
    site.set_time(site.hall.now + timedelta(minutes=1))
    return site.hall.walk_in(site.hall.wish(*keys))[0].number


async def press(organiser: Organiser, to: str) -> httpx.Response:
    """The button as a page of before still shows it."""
    return await organiser.browser.post(f"{DAY}/carry", data={"_key": new_key(), "to": to})


def carried(site: Site) -> list[UUID]:
    known = sa.select(facts.c.party_id).where(facts.c.kind == "VisitCarriedOn")
    return list(site.database.read_now(lambda conn: conn.execute(known).scalars()))


async def test_from_the_button_to_close_to_a_closed_day_with_nobody_lost(site: Site, later: TestDay) -> None:
    came = [walk_in(site, "legal") for _ in range(5)]
    nothing = walk_in(site, "health-insurance")
    organiser = Organiser(site)
    day = await organiser.open(DAY)
    page = await organiser.open(f"{DAY}/carry")
    done = await organiser.send(f"{DAY}/carry")
    again = await press(organiser, later.day.slug)
    await organiser.open(DAY)
    closed = await organiser.send(f"{DAY}/close", reason="The building closes.")

    assert f'href="{DAY}/carry"' in day.text
    assert ("5 tickets still wait" in page.text, "Nothing to carry over" in page.text) == (True, True)
    assert "Give them all a place on Friday 4 December 2026" in page.text
    assert ("5 tickets go on there" in done.text, "still wait" in done.text) == (True, False)
    times = sa.select(bookings.c.arrival_at).where(bookings.c.day_id == later.id).order_by(bookings.c.arrival_at)
    given = [at for at in site.database.read_now(lambda conn: list(conn.execute(times).scalars())) if at is not None]
    assert (done.text.count("On the waiting list"), done.text.count(", number 10")) == (5 - len(given), len(given))
    assert 0 < len(given) < 5
    assert [f">{number}</bdi>" in done.text for number in (*came, nothing)] == [True] * 6
    assert done.text.count("Print the ticket") == len(given)
    assert done.text.count("Show the code") == 5 - len(given)
    there = sa.select(bookings.c.party_id).where(bookings.c.day_id == later.id, bookings.c.arrival_at.is_not(None))
    parties = site.database.read_now(lambda conn: list(conn.execute(there).scalars()))
    papers = [f'href="/reception/{later.day.slug}/parties/{party}/print"' for party in parties]
    assert [paper in done.text for paper in papers] == [True] * len(given)
    assert (len(carried(site)), again.status_code) == (5, 303)
    assert closed.status_code == 200
    assert "The day was closed while somebody was inside." in closed.text


async def test_whoever_sits_in_a_talk_is_shown_and_not_carried(site: Site, later: TestDay) -> None:
    walk_in(site, "legal")
    site.hall.write(serve, site.hall.next(1).stop)
    organiser = Organiser(site)
    await press(organiser, later.day.slug)
    page = await organiser.open(f"{DAY}/carry")

    assert ("In a talk now" in page.text, carried(site)) == (True, [])


async def test_many_are_carried_in_several_presses(site: Site, later: TestDay, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        walk_in(site, "legal")
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/carry")
    monkeypatch.setattr(carry, "SECONDS_AT_A_PRESS", -1.0)
    cut = await organiser.send(f"{DAY}/carry", to=later.day.slug)
    monkeypatch.undo()
    whole = await organiser.send(f"{DAY}/carry", to=later.day.slug)

    assert ("2 tickets still wait" in cut.text, "2 tickets go on there" in whole.text) == (True, True)


async def test_a_day_that_takes_nobody_any_more_is_refused_with_a_sentence(site: Site, later: TestDay) -> None:
    walk_in(site, "legal")
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/carry")
    site.database.write_now(
        lambda conn: conn.execute(days.update().where(days.c.id == later.id).values(state="cancelled"))
    )
    answers = [await press(organiser, to) for to in (later.day.slug, "", site.hall.day.slug)]
    page = await organiser.open(f"{DAY}/carry")

    assert ([answer.status_code for answer in answers], carried(site)) == ([422] * 3, [])
    assert "No later day is published." in page.text
    assert f'href="{DAY}/carry"' not in (await organiser.open(DAY)).text


async def test_the_page_costs_the_same_however_many_are_inside(site: Site, later: TestDay) -> None:
    organiser = Organiser(site)

    async def cost() -> int:
        await organiser.open(f"{DAY}/carry")
        with counted() as count:
            await organiser.open(f"{DAY}/carry")
            return count()

    walk_in(site, "legal")
    one = await cost()
    for _ in range(3):
        walk_in(site, "legal", "social")
    assert (await cost(), one < 16) == (one, True)
