"""What visitors see, looked at by the organiser: real pages of the day for somebody who does not exist."""

import re

import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.board_lines import write_board_line
from onestop.days.tables import days
from onestop.db.ledger import facts
from onestop.directory.checklists import PaperAsked, change_paper
from onestop.domain.day import Release
from onestop.domain.roles import SYSTEM
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_texts import said
from tests.web.site import Site

HOME = "/organise/iom-bratislava-2026-12-03/preview"
PHONE = ("plan", "ticket", "called", "print")


def stored(site: Site) -> tuple[int, int]:
    def count(conn: sa.Connection) -> tuple[int, int]:
        tables = (parties, facts)
        found = [conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables]
        return found[0], found[1]

    return site.database.read_now(count)


def write_words(site: Site) -> None:
    now = site.database.now()
    paper = next(one for one in site.hall.offer.services if one.key == "legal").papers[0].id
    words = {"sk": "Nájomná zmluva", "ar": "عقد الإيجار"}
    asked = PaperAsked(words=words)
    site.database.write_now(change_paper, paper, asked, today=site.hall.day.on, actor=SYSTEM, now=now)
    site.database.write_now(
        write_board_line, site.hall.id, {"sk": "Vstup zboku", "ar": "الدخول من الجانب"}, actor=SYSTEM, now=now
    )


async def test_every_surface_shows_own_words_in_the_language_asked_for(site: Site) -> None:
    write_words(site)
    organiser = Organiser(site)
    await organiser.open("/organise/iom-bratislava-2026-12-03/texts/message")
    await organiser.send(
        "/organise/iom-bratislava-2026-12-03/texts/message", text_sk="Zvoňte, {number}.", text_ar="رقمك {number}."
    )
    before = stored(site)
    for tag, paper, line, own in (
        ("ar", "عقد الإيجار (مسودة لم يراجعها أحد)", "الدخول من الجانب", "رقمك"),
        ("sk", "Nájomná zmluva", "Vstup zboku", "Zvoňte"),
    ):
        pages = {each: await organiser.open(f"{HOME}/{each}?in={tag}") for each in (*PHONE, "slip", "board", "mail")}
        words = {each: said(page) for each, page in pages.items()}
        assert [each for each in PHONE if paper not in words[each]] == []
        assert (line in words["board"], own in words["mail"], paper in words["mail"]) == (True, True, True)
        assert {each for each, page in pages.items() if f'lang="{tag}"' not in page.text} == set()
        assert "123" in words["slip"]
    assert stored(site) == before


async def test_nothing_on_a_preview_does_anything(site: Site) -> None:
    organiser = Organiser(site)
    for each in (*PHONE, "code", "first", "slip", "board"):
        policy = (await organiser.open(f"{HOME}/{each}?in=uk")).headers["content-security-policy"]
        assert ("form-action 'none'" in policy, "sandbox" in policy, "allow-scripts" in policy) == (True, True, False)
    mail = await organiser.open(f"{HOME}/mail?in=uk")
    assert mail.headers["content-security-policy"].startswith("default-src 'none'")
    assert re.findall(r'src="(?!data:)[^"]+"', mail.text) == []
    code = re.findall(r'data-path="/t/([^"]+)"', (await organiser.open(f"{HOME}/ticket?in=en")).text)
    assert (await site.browser().get(f"/t/{code[0]}")).status_code == 404


async def test_the_previews_are_offered_in_the_languages_of_the_day_and_keep_that_of_the_organiser(site: Site) -> None:
    organiser = Organiser(site)
    page = await organiser.open(f"{HOME}?in=ar")
    await organiser.open(f"{HOME}/ticket?in=ar")
    again = await organiser.open(HOME)

    assert re.findall(rf'href="{HOME}\?in=(\w+)"', page.text) == list(site.hall.day.languages)
    assert len(re.findall(rf'href="{HOME}/\w+\?in=ar"', page.text)) == 9
    assert 'lang="en"' in again.text
    assert "Boxes can be ticked to try them, but nothing is sent" in said(page)


async def test_the_first_page_is_looked_at_and_for_a_day_by_invitation_the_question_for_the_code(site: Site) -> None:
    organiser, before = Organiser(site), stored(site)
    first, code = [await organiser.open(f"{HOME}/{each}?in=sk") for each in ("first", "code")]
    offered = said(await organiser.open(HOME))

    def open_it(conn: sa.Connection) -> None:
        conn.execute(days.update().values(release=Release.OPEN))

    site.database.write_now(open_it)
    without = said(await organiser.open(HOME))
    gone = await organiser.browser.get(f"{HOME}/code")

    assert ['lang="sk"' in each.text for each in (first, code)] == [True, True]
    assert (site.hall.day.venue in first.text, first.text.count('name="needs"')) == (True, len(site.hall.offer.needs))
    assert 'name="invitation"' in code.text
    assert ["Question for the code" in each for each in (offered, without)] == [True, False]
    assert ("First page on the phone" in without, gone.status_code, stored(site)) == (True, 404, before)


@pytest.mark.parametrize("each", ["plan", "ticket", "board", "mail"])
async def test_who_organises_another_day_or_none_sees_no_preview(site: Site, each: str) -> None:
    met = [(await site.sign_in(role).get(f"{HOME}/{each}")).status_code for role in ("officer", "receptionist")]
    only = await Organiser(site, day=site.hall.id).browser.get(f"{HOME}/{each}")

    assert (met, only.status_code) == ([403, 403], 200)
