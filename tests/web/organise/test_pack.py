"""The organiser downloads the day pack: anew each time, noted, kept by no cache."""

import re

import sqlalchemy as sa

from onestop.booking.tables import spare_tickets
from onestop.days.tables import days
from onestop.db.ledger import facts
from tests.paper.pages import texts
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

PACK = "/organise/iom-bratislava-2026-12-03/pack"


def ranges(site: Site) -> list[tuple[int, int]]:
    return site.database.read_now(
        lambda conn: [
            tuple(row)
            for row in conn.execute(sa.select(spare_tickets.c.first, spare_tickets.c.last).order_by("first")).all()
        ]
    )


async def test_the_pack_is_a_pdf_in_the_language_that_was_chosen_and_noted_in_the_ledger(site: Site) -> None:
    organiser = Organiser(site)
    hub = await organiser.open(PACK.removesuffix("/pack"))

    await organiser.open(PACK)
    answer = await organiser.press(PACK, language="sk", spares="12")

    assert PACK in hub.text
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="iom-bratislava-2026-12-03-pack.pdf"'
    pages = texts(answer.content)
    assert ("Príchody" in pages[1], "Náhradné lístky 100–111" in pages[-1]) == (True, True)
    (noted,) = site.database.read_now(
        lambda conn: conn.execute(sa.select(facts).where(facts.c.kind == "DayPackMade")).all()
    )
    assert (noted.terms, noted.actor.startswith("account:")) == (
        {"paper": True, "spares": 12, "first": 100, "last": 111}, True,
    )  # fmt: skip


async def test_each_press_makes_another_pack(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(PACK)

    for _ in range(2):
        await organiser.press(PACK, spares="12")
    page = await organiser.open(PACK)

    assert ranges(site) == [(100, 111), (112, 123)]
    assert "24 spare numbers were printed and are not used." in page.text


async def test_too_many_spare_tickets_are_refused_and_stay_in_the_field(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(PACK)

    answer = await organiser.press(PACK, spares="241")

    assert (answer.status_code, re.findall(r'name="spares"[^>]*value="(\d+)"', answer.text), ranges(site)) == (
        422, ["241"], [],
    )  # fmt: skip


async def test_a_day_that_is_not_published_has_no_pack(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(PACK)
    site.database.write_now(lambda conn: conn.execute(days.update().values(state="draft", version=days.c.version + 1)))

    answer = await organiser.press(PACK, spares="12")
    page = await organiser.open(PACK)

    assert (answer.status_code, "Only a published day has a day pack." in answer.text, ranges(site)) == (409, True, [])
    assert "Make the pack" not in page.text
