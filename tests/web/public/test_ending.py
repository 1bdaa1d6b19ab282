"""The two questions at the end: on the ticket when the visit is over, once, by pictogram, and not with her name."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import expect

from onestop.booking.tickets import find_code, new_code
from onestop.days.queries.days import day_by_id
from onestop.db.session import open_database
from onestop.domain.ending import ANSWERS, EndQuestion
from onestop.domain.retention import day_ends_at
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.undo import undo
from onestop.visits.queries.ending import end_counts_of
from onestop.web.kit.ending import ASKS, SAYS
from onestop.web.public.access import short_path
from tests.halls import STAFF
from tests.visits.looking import call_at
from tests.web.public.test_weight import MOST, weight
from tests.web.public.visitor import Visitor, open_day
from tests.web.served import chromium, served
from tests.web.site import Site, running


def walk_in(site: Site) -> tuple[str, UUID]:
    """Somebody who is called and served; gives the code of her ticket and the stop."""
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
    key = site.app.state.ticket_key
    code = site.database.write_now(new_code, party=ticket.party, key=key, actor=STAFF, now=site.hall.now).code
    stop = call_at(site.hall, 1)
    site.hall.write(serve, stop)
    return code, stop


def done(site: Site) -> str:
    """The code of somebody whose visit is over."""
    code, stop = walk_in(site)
    site.hall.write(finish, stop)
    return code


def counted(site: Site) -> dict[str, int]:
    counts = site.database.read_now(end_counts_of, site.hall.id)
    return {answer: count for answers in counts.values() for answer, count in answers.items() if count}


async def test_she_is_asked_when_her_visit_is_over_and_thanked_once(site: Site) -> None:
    visitor = Visitor(site.browser())
    code, stop = walk_in(site)
    assert "end-form" not in (await visitor.open(f"/t/{code}")).forms
    site.hall.write(finish, stop)

    page = await visitor.open(f"/t/{code}")
    asked = page.forms["end-form"]
    thanked = await visitor.press("end-form", "Send", got="partly", problem="long_wait")
    later = await visitor.open(f"/t/{code}")

    assert {name: asked.choices(name) for name in ("got", "problem")} == {
        question.value: [*answers] for question, answers in ANSWERS.items()
    }
    assert asked.fields == []
    assert ("Thank you." in thanked.text, "Thank you." in later.text) == (True, False)
    assert ("end-form" in thanked.forms, "end-form" in later.forms) == (False, False)
    assert counted(site) == {"partly": 1, "long_wait": 1}


async def test_a_double_press_and_another_answer_afterwards_count_once(site: Site) -> None:
    visitor, code = Visitor(site.browser()), done(site)
    form = (await visitor.open(f"/t/{code}")).forms["end-form"]
    for answer in ("yes", "yes", "no"):
        await visitor.send(form.action, "post", [("got", answer)])

    assert (visitor.status, counted(site)) == (200, {"yes": 1})


async def test_no_thank_you_counts_nothing_whatever_was_tapped_before(site: Site) -> None:
    visitor, code = Visitor(site.browser()), done(site)
    await visitor.open(f"/t/{code}")

    page = await visitor.press("end-form", "No, thank you", got="no", problem="cost")

    assert ("end-form" in page.forms, counted(site)) == (False, {})


async def test_who_types_her_short_code_is_asked_too_and_only_once_with_the_long_one(site: Site) -> None:
    visitor, code = Visitor(site.browser()), done(site)
    path = short_path(site.app.state.ticket_key, site.database.read_now(find_code, code))
    await visitor.open(path)
    await visitor.press("end-form", got="yes")

    assert "end-form" not in (await visitor.open(f"/t/{code}")).forms
    assert counted(site) == {"yes": 1}


async def test_a_page_from_before_an_undo_is_told_that_she_is_asked_later(site: Site) -> None:
    visitor = Visitor(site.browser())
    code, stop = walk_in(site)
    site.hall.write(finish, stop)
    await visitor.open(f"/t/{code}")
    site.hall.write(undo, stop)

    page = await visitor.press("end-form", got="yes")

    assert (visitor.status, "We ask you when it is over." in page.text, counted(site)) == (409, True, {})


async def test_the_day_after_the_next_nobody_is_asked_any_more(site: Site) -> None:
    visitor, code = Visitor(site.browser()), done(site)
    await visitor.open(f"/t/{code}")
    form = visitor.page.forms["end-form"]
    day = site.database.read_now(day_by_id, site.hall.id)
    site.set_time(day_ends_at(day.on, day.closes_at, day.zone) + timedelta(hours=25))

    page = await visitor.send(form.action, "post", [("got", "no")])

    assert ("end-form" in page.forms, counted(site)) == (False, {})


@pytest.mark.parametrize("language", ["en", "sk", "uk", "ar"])
async def test_the_ticket_with_the_questions_weighs_no_more_than_the_others(site: Site, language: str) -> None:
    visitor, code = Visitor(site.browser()), done(site)

    page = await visitor.open(f"/t/{code}?lang={language}")

    assert "end-form" in page.forms
    assert weight(page) <= MOST


def test_every_answer_has_its_words_and_a_pictogram_of_its_own() -> None:
    assert {*ASKS} == {*EndQuestion}
    assert {question: [*says] for question, says in SAYS.items()} == {
        question: [*answers] for question, answers in ANSWERS.items()
    }
    icons = [icon for says in SAYS.values() for icon, _ in says.values()]
    assert len(icons) == len({*icons})


@pytest.mark.browser
async def test_an_open_page_asks_by_itself_and_keeps_what_she_taps(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with (
        running(database, tmp_path, doors=("public",)) as site,
        served(site) as address,
        chromium() as browser,
    ):
        open_day(site)
        code, stop = walk_in(site)
        page = await (await browser.new_context(locale="en-GB")).new_page()
        await page.goto(f"{address}/t/{code}")
        await expect(page.locator("#end-form")).to_have_count(0)

        site.hall.write(finish, stop)
        await expect(page.locator("#end-form")).to_be_visible(timeout=8000)
        await page.locator("label[for=got-no]").click()
        # What the page does by itself once a minute.
        await page.evaluate("import('/static/js/live.js').then((live) => live.refresh(document.getElementById('now')))")
        assert await page.locator("#got-no").is_checked()
        await page.get_by_role("button", name="Send").click()

        await expect(page.get_by_text("Thank you.")).to_be_visible()
        assert counted(site) == {"no": 1}
    database.close()
