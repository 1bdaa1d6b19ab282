"""Own texts of all kinds on one page: what is missing, what nobody read, and one of them in all its languages."""

import re

import httpx
import sqlalchemy as sa

from onestop.days.board_lines import write_board_line
from onestop.days.queries.texts import all_texts, texts_of_day
from onestop.db.ledger import facts
from onestop.directory.place_entries import PlaceWords, add_place
from onestop.directory.places import all_places
from onestop.directory.tables import services, texts
from onestop.domain.roles import SYSTEM
from tests.counting import cost
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_lines import book, mails
from tests.web.site import Site

HOME = "/organise/texts"
DRAFT = "These lines are a draft that nobody has checked."
DAY = "/organise/iom-bratislava-2026-12-03/texts"


def said(page: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def place(site: Site, **hours: str) -> str:
    """The address of the hours of a fresh place."""
    made = site.database.write_now(
        add_place, PlaceWords(kind="food", name="Soup kitchen", hours=hours), actor=SYSTEM, now=site.database.now()
    )
    return f"{HOME}/place/{made}/hours"


def states(site: Site) -> dict[str, tuple[str, str, bool]]:
    """Text, state and whether somebody read it, by language."""
    rows = site.database.read_now(lambda conn: conn.execute(sa.select(texts)).all())
    return {row.language: (row.text, row.state, row.read_at is not None) for row in rows}


def told(site: Site) -> list[tuple[str, object]]:
    query = sa.select(facts.c.kind, facts.c.terms).where(facts.c.kind.like("Text%")).order_by(facts.c.id)
    rows = site.database.read_now(lambda conn: conn.execute(query).all())
    return [(row.kind, row.terms["languages"]) for row in rows]


async def test_the_table_tells_what_is_missing_and_what_visitors_read_instead(site: Site) -> None:
    place(site, sk="Denne od 8", en="Daily from 8")
    organiser = Organiser(site)
    page = said(await organiser.open(HOME))
    ukrainian = said(await organiser.open(f"{HOME}?of=uk"))
    unread = said(await organiser.open(f"{HOME}?of=sk&show=unread"))

    assert "Hours and way to a place Soup kitchen Denne od 8" in page
    assert "No Ukrainian: visitors read Slovak." in page
    assert ("2 translations are missing" in page, "1 translation is not read" in page) == (True, True)
    assert ("Daily from 8" in page, "Daily from 8" in ukrainian) == (True, False)
    assert "1 translation is missing" in ukrainian
    assert "Nothing was found." in unread


async def test_a_text_is_edited_and_read_in_all_languages_side_by_side(site: Site) -> None:
    path = place(site, sk="Denne od 8", en="Daily from 8")
    organiser = Organiser(site)
    form = await organiser.open(path)
    saved = await organiser.send(path, text_ar="يوميا من الساعة 8", read_en="checked")

    assert re.search(r'<textarea[^>]*name="text_ar"[^>]*dir="rtl"', form.text)
    assert ("Saved." in said(saved), "Read by organiser on" in said(saved)) == (True, True)
    assert states(site) == {
        "sk": ("Denne od 8", "source", False),
        "en": ("Daily from 8", "checked", True),
        "ar": ("يوميا من الساعة 8", "draft", False),
    }
    await organiser.send(path, text_sk="Denne od 9")
    assert {tag: state for tag, (_, state, _) in states(site).items()} == {"sk": "source", "en": "again", "ar": "again"}
    await organiser.send(path, read_en="draft", text_ar="")
    assert {tag: state for tag, (_, state, _) in states(site).items()} == {"sk": "source", "en": "draft"}
    assert told(site) == [
        ("TextChanged", ["ar"]),
        ("TextRead", ["en"]),
        ("TextChanged", ["sk"]),
        ("TextChanged", ["ar"]),
        ("TextUnread", ["en"]),
    ]
    audit = said(await organiser.open("/organise/audit?kind=setup"))
    sentences = ("Own words were changed", "It was said that somebody read own words", "Own words were called a draft")
    assert [audit.count(each) for each in sentences] == [3, 1, 1]


async def test_the_same_press_twice_is_one_change(site: Site) -> None:
    path = place(site, sk="Denne od 8")
    organiser = Organiser(site)
    await organiser.open(path)
    met = [(await organiser.press(path, text_en="Daily")).headers["location"] for _ in range(2)]

    assert met == [f"{path}?done=saved"] * 2
    assert told(site) == [("TextChanged", ["en"])]


async def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_typed_is_lost(site: Site) -> None:
    path = place(site, sk="Denne od 8")
    first, second = Organiser(site), Organiser(site, "administrator")
    await first.open(path)
    await second.open(path)
    await second.send(path, text_sk="Denne od 9")
    refused = await first.send(path, text_sk="Denne od 10", text_en="Daily from 10", read_en="checked")
    kept = {tag: text for tag, (text, *_) in states(site).items()}
    again = await first.send(path, text_sk="Denne od 10", text_en="Daily from 10")

    assert refused.status_code == 409
    assert "Somebody else changed this in the meantime. Please look at it again." in said(refused)
    assert "Stored now: Denne od 9" in said(refused)
    assert (">Denne od 10</textarea>" in refused.text, ">Daily from 10</textarea>" in refused.text) == (True, True)
    assert kept == {"sk": "Denne od 9"}
    assert again.status_code == 200
    assert states(site) == {"sk": ("Denne od 10", "source", False), "en": ("Daily from 10", "checked", True)}


async def test_what_cannot_be_stored_gets_a_sentence_at_its_control(site: Site) -> None:
    path = place(site, sk="Denne od 8")
    organiser = Organiser(site)
    await organiser.open(path)
    long = await organiser.send(path, text_en="x" * 301, text_uk="щодня")
    await organiser.open(f"{DAY}/message")
    brace = await organiser.send(f"{DAY}/message", text_en="Dear {name}")

    assert (long.status_code, 'href="#text_en">Please write at most 300 characters.' in long.text) == (422, True)
    assert ">щодня</textarea>" in long.text
    assert (brace.status_code, 'href="#text_en">{name} cannot be filled.' in brace.text) == (422, True)
    assert told(site) == []


async def test_a_day_shows_what_its_visitors_read_in_its_languages(site: Site) -> None:
    place(site, sk="Denne od 8")
    organiser = Organiser(site)
    page = said(await organiser.open(DAY))
    shown = {tag for tag in ("English", "Slovak", "Ukrainian", "Arabic") if f"No {tag}: visitors read" in page}
    await organiser.open(f"{DAY}/board")
    saved = await organiser.send(f"{DAY}/board", text_sk="Vstup zboku", text_uk="Вхід збоку")

    assert shown == {"English", "Ukrainian", "Arabic"}
    assert ("3 translations are missing" in page, page.count("Nothing is written.")) == (True, 8)
    assert ("Own lines in messages" in page, "Line on all boards" in page, "Soup kitchen" in page) == (True,) * 3
    assert "Saved." in said(saved)
    day = site.hall.day
    found = {each.about: each for each in site.database.read_now(texts_of_day, day)}
    assert {tag: one.text for tag, one in found["day", "board"].words.items()} == {
        "sk": "Vstup zboku",
        "uk": "Вхід збоку",
    }


async def test_the_name_of_a_service_of_their_own_is_missing_in_all_other_languages(site: Site) -> None:
    organiser, offer = Organiser(site), site.hall.offer
    before = said(await organiser.open(DAY))
    one = next(each for each in offer.services if each.key == "legal")

    def rename(conn: sa.Connection) -> None:
        conn.execute(services.update().where(services.c.id == one.id).values(key="unpaid-wages"))

    site.database.write_now(rename)
    page = await organiser.open(DAY)
    shown = said(page)
    everywhere = said(await organiser.open(HOME))
    only = await Organiser(site, day=site.hall.id).browser.get(DAY)
    way = f'href="/organise/institutions/{one.institution.id}"'

    assert ("Nothing is missing" in before, "Name of a service" in before) == (True, False)
    assert ("Nothing is missing" in shown, "3 translations are missing" in shown) == (False, True)
    assert shown.count("visitors read the plain name") == 3
    assert f"Name of a service {one.institution.name} Unpaid wages" in shown
    assert "A service with a name of your own is called the same in every language." in shown
    assert "Name of a service" in everywhere
    assert (way in page.text, way in only.text) == (True, False)


async def test_who_organises_one_day_changes_its_own_texts_only(site: Site) -> None:
    path = place(site, sk="Denne od 8")
    only = Organiser(site, day=site.hall.id)
    page = await only.open(DAY)
    met = [(await only.browser.get(each)).status_code for each in (HOME, path, f"{DAY}/board", f"{DAY}/hours")]

    assert met == [403, 403, 200, 404]
    assert (f'href="{DAY}/board"' in page.text, "/organise/texts/place" in page.text) == (True, False)


async def test_a_shared_text_leads_back_to_the_day_it_was_opened_from(site: Site) -> None:
    path = place(site, sk="Denne od 8")
    slug = site.hall.day.slug
    organiser = Organiser(site)
    await organiser.open(f"{path}?day={slug}")
    saved = await organiser.send(f"{path}?day={slug}", text_en="Daily")

    assert (saved.status_code, f'href="/organise/{slug}/texts"' in saved.text) == (200, True)
    assert site.database.read_now(all_places)[0].hours == {"sk": "Denne od 8", "en": "Daily"}


async def test_the_table_takes_as_many_statements_for_many_as_for_none(site: Site) -> None:
    none = cost(site.database, all_texts), cost(site.database, texts_of_day, site.hall.day)
    now = site.database.now()
    for nth in range(5):
        words = PlaceWords(kind="food", name=f"Place {nth}", hours={"sk": "stále", "en": "always"})
        site.database.write_now(add_place, words, actor=SYSTEM, now=now)
    site.database.write_now(write_board_line, site.hall.id, {"sk": "Vitajte"}, actor=SYSTEM, now=now)
    many = cost(site.database, all_texts), cost(site.database, texts_of_day, site.hall.day)

    assert none == many == (8, 8)


async def test_a_mail_says_that_its_own_lines_are_a_draft_also_one_that_waits(site: Site) -> None:
    site.set_time(site.hall.day.opens_at.replace(day=1))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/message")
    await organiser.send(f"{DAY}/message", text_sk="Zvoňte dvakrát.", text_en="Ring twice.")
    book(site, "en")
    drafts = [DRAFT in plain for _, plain, _ in mails(site)]
    await organiser.open(f"{DAY}/message")
    await organiser.send(f"{DAY}/message", text_sk="Zvoňte dvakrát.", text_en="Ring twice.", read_en="checked")
    later = [DRAFT in plain for _, plain, _ in mails(site)]

    assert (drafts, later) == ([True] * 3, [True, False, False])
