"""The picture of a running or closed day: with the overview and alone, in words too, without a name."""

import re
from datetime import timedelta

from onestop.days.actions import create_day
from onestop.days.dayfile import read_template
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from tests.counting import counted
from tests.halls import ON, STAFF
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


def _talked(site: Site, minutes: int = 20) -> None:
    hall = site.hall
    hall.now = hall.day.opens_at
    hall.open_desks()
    hall.arrive(hall.book(hall.wish("residence"), name="Zuzana Nováková"))
    hall.book(hall.wish("residence"), at=hall.day.opens_at + timedelta(hours=2))
    stop = hall.next(4).stop
    hall.write(serve, stop)
    hall.later(minutes=minutes)
    hall.write(finish, stop)
    site.set_time(hall.now)


def words(text: str) -> str:
    """The page as a reader of screens has it."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


async def test_the_overview_has_the_picture_with_now_and_no_name(site: Site) -> None:
    _talked(site)

    page = (await Organiser(site).open(f"{DAY}/overview")).text
    row = next(each for each in page.split("<tr>") if "Foreign Police" in each and 'class="quarter' in each)

    told = ("What was, until 09:20", "What is planned", "1 still to come")
    assert [each in words(page) for each in told] == [True] * 3
    assert words(row).startswith("4 Foreign Police Department"), words(row)
    cells = [words(each) for each in re.findall(r'<td class="quarter.*?</td>', row, re.S)]
    assert cells[:2] == ["100 % in use", "100 % in use"]
    assert [each for each in cells if "planned" in each][-1] == "there, nothing planned"
    assert re.search(r'class="quarter q-\w+ ahead since-now"', row)
    assert "Zuzana" not in page


async def test_as_a_live_part_the_numbers_come_without_the_picture_and_the_picture_alone(site: Site) -> None:
    _talked(site)
    browser = site.sign_in("organiser")

    numbers = (await browser.get(f"{DAY}/overview", headers={"HX-Request": "true"})).text
    picture = (await browser.get(f"{DAY}/picture", headers={"HX-Request": "true"})).text
    alone = (await browser.get(f"{DAY}/picture")).text

    assert ["live_picture" in each for each in (numbers, picture, alone)] == [False, True, True]
    assert picture.lstrip().startswith('<section id="live_picture"')
    assert ("<html" in picture, "<html" in alone) == (False, True)
    assert 'hx-trigger="every 60s"' in picture


async def test_a_closed_day_shows_what_was_and_does_not_ask_again(site: Site) -> None:
    _talked(site)
    site.hall.write(close_day, site.hall.id, reason="fire drill")

    page = (await Organiser(site).open(f"{DAY}/overview")).text

    assert "What was, by quarters of an hour" in page
    assert [each in page for each in ("What is planned", "still to come", "every 60s", "since-now")] == [False] * 4


async def test_a_draft_has_no_picture_yet(site: Site) -> None:
    site.database.write_now(
        create_day,
        read_template("iom-bratislava"),
        on=ON + timedelta(days=30),
        actor=STAFF,
        now=site.hall.now,
        template="iom-bratislava",
    )
    organiser = Organiser(site)
    draft = "/organise/iom-bratislava-2027-01-02"

    page = (await organiser.open(f"{draft}/overview")).text
    alone = await organiser.browser.get(f"{draft}/picture")

    assert ("live_picture" in page, alone.status_code, alone.headers["location"]) == (False, 303, f"{draft}/overview")


async def test_the_picture_takes_as_many_statements_whoever_is_there(site: Site) -> None:
    _talked(site)
    browser = site.sign_in("organiser")
    counts: list[int] = []
    for _ in range(3):
        await browser.get(f"{DAY}/picture", headers={"HX-Request": "true"})
        with counted() as count:
            await browser.get(f"{DAY}/picture", headers={"HX-Request": "true"})
        counts.append(count())
        site.hall.walk_in(site.hall.wish("residence", "social"))
        site.hall.book(site.hall.wish("legal"))

    assert len(set(counts)) == 1, counts
