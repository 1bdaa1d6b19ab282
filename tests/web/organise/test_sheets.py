"""Posters and guides are taken from the page of the day, by those who organise it."""

import re
from pathlib import Path

import pytest

from onestop.days.tables import days
from onestop.db.session import Database
from onestop.locale.locales import locale_for
from onestop.paper import printing
from onestop.paper.guide_words import Work
from onestop.paper.guides import guide_of
from onestop.paper.posters import Posters
from tests.halls import make_test_day
from tests.paper.pages import texts
from tests.web.organise.browsing import Organiser
from tests.web.site import ADDRESS, Site, running

DAY = "/organise/iom-bratislava-2026-12-03"


def drafted(site: Site) -> None:
    site.database.write_now(lambda conn: conn.execute(days.update().values(state="draft", version=days.c.version + 1)))


async def test_every_link_of_the_page_is_a_file_that_no_cache_keeps(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(
        "onestop.web.organise.sheets.draw_apart", lambda made: drawn.append(type(made).__name__) or b"%PDF-"
    )
    organiser = Organiser(site)
    hub = await organiser.open(DAY)
    page = await organiser.open(f"{DAY}/sheets")
    links = re.findall(rf'href="({DAY}/sheets/[^"]+)"', page.text)

    answers = [await organiser.browser.get(link) for link in links]

    assert f'href="{DAY}/sheets"' in hub.text
    assert {
        (each.status_code, each.headers["content-type"], each.headers["cache-control"]) for each in answers
    } == {(200, "application/pdf", "no-store")}  # fmt: skip
    assert (drawn.count("Guide"), drawn.count("Posters")) == (24, len(links) - 24)
    assert f'filename="{DAY.rpartition("/")[2]}-guide-officer-ar.pdf"' in " ".join(
        each.headers["content-disposition"] for each in answers
    )


async def test_a_guide_is_drawn_by_a_process_of_its_own(site: Site) -> None:
    answer = await Organiser(site).open(f"{DAY}/sheets/guides/mediator/sk")

    (page,) = texts(answer.content)
    assert ("Návod: tlmočník a mediátor" in page, locale_for("sk").gettext("This is me") in page) == (True, True)


async def test_a_poster_to_book_needs_an_address_that_phones_can_open(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Posters] = []
    monkeypatch.setattr("onestop.web.organise.sheets.draw_apart", lambda made: drawn.append(made) or b"%PDF-")
    hall = make_test_day(database)
    told: list[tuple[bool, int]] = []
    for base_url in ("", f"{ADDRESS}/"):
        async with running(database, tmp_path, hall=hall, base_url=base_url) as site:
            organiser = Organiser(site)
            page = await organiser.open(f"{DAY}/sheets")
            answer = await organiser.browser.get(f"{DAY}/sheets/posters/book/a3")
            told.append(("This server has no public address." in page.text, answer.status_code))

    assert told == [(True, 409), (False, 200)]
    assert [(each.qr, each.posters[-1].qr) for each in drawn] == [
        (f"{ADDRESS}/d/iom-bratislava-2026-12-03", f"{ADDRESS}/d/iom-bratislava-2026-12-03?lang=ar")
    ]


async def test_what_there_is_not_is_not_found(site: Site) -> None:
    organiser = Organiser(site)
    ends = ("guides/officer/xx", "guides/king/en", "posters/book/a5", "posters/wall/a4")

    answers = [await organiser.browser.get(f"{DAY}/sheets/{end}") for end in ends]

    assert [each.status_code for each in answers] == [404] * 4


async def test_a_draft_has_guides_and_no_posters(site: Site) -> None:
    drafted(site)
    organiser = Organiser(site)

    page = await organiser.open(f"{DAY}/sheets")
    answer = await organiser.browser.get(f"{DAY}/sheets/posters/entrance/a4")

    assert ("Only a published day has posters." in page.text, "/sheets/posters/" in page.text) == (True, False)
    assert (answer.status_code, "Only a published day has posters." in answer.text) == (409, True)
    assert "/sheets/guides/reception/uk" in page.text


def test_what_cannot_be_drawn_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(printing.PaperNotDrawn):
        printing.draw_apart(guide_of(site.hall.day, Work.OFFICER, locale_for("en"), base_url=ADDRESS))
