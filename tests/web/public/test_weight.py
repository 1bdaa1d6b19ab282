"""How much a phone loads: each of the five pages with its style sheets, compressed as the proxy does."""

import gzip
import re

import pytest

from onestop.paths import resource_dir
from tests.web.public.test_draw import ask_at_the_counter, come_to_the_form, open_draw, run
from tests.web.public.test_ticket import arrive, booked
from tests.web.public.test_waiting import fill, free_one, joined
from tests.web.public.visitor import Page, Visitor, need, open_day, service
from tests.web.site import Site

MOST = 14 * 1024
MOST_WITH_SCRIPTS = 30 * 1024


def weight(page: Page) -> int:
    """The page and every style sheet a screen loads, in gzip bytes."""
    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"?]+)[^"]*"(?! media="print")', page.html)
    assert "css/tokens.css" in sheets
    parts = [page.html.encode(), *((resource_dir("static") / sheet).read_bytes() for sheet in sheets)]
    return sum(len(gzip.compress(part, 6)) for part in parts)


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
async def test_each_of_the_five_pages_weighs_at_most_14_kilobytes_with_its_styles(site: Site, language: str) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    every = ["my-rights", "residence-permit", "find-work", "health-insurance", "family-money-home"]
    steps = (
        visitor.open(f"/d/{site.hall.day.slug}?lang={language}"),
        visitor.press("needs-form", needs=[need(key) for key in every]),
        visitor.press("plan-form", interpreter="needed", languages=["ar", "en"]),
        visitor.press("times-form"),
        visitor.press("booking-form", name="Amira"),
    )
    weights = [weight(await step) for step in steps]

    assert visitor.page.title != ""
    assert (len(weights), [each for each in weights if each > MOST]) == (5, [])


async def test_the_four_pages_before_the_ticket_load_no_script_and_nothing_from_elsewhere(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    steps = (
        visitor.open(f"/d/{site.hall.day.slug}"),
        visitor.press("needs-form", needs=[need("my-rights")]),
        visitor.press("plan-form", interpreter="none"),
        visitor.press("times-form"),
    )
    pages = [(await step).html for step in steps]

    loaded = [re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]+)"', html) for html in pages]
    assert ([html.count("<script") for html in pages], loaded) == ([0] * 4, [[]] * 4)


def scripts(page: Page) -> int:
    """The scripts of a page with those they name, and the one that keeps it on the phone, in gzip bytes."""
    wanted = [*re.findall(r'<script src="/static/([^"?]+)', page.html), "js/ticket_worker.js"]
    loaded: dict[str, int] = {}
    while wanted:
        name = wanted.pop()
        content = (resource_dir("static") / name).read_bytes()
        loaded[name] = len(gzip.compress(content, 6))
        named = re.findall(r'(?:from|import) "\./([^"]+)"', content.decode())
        wanted += [f"js/{other}" for other in named if f"js/{other}" not in loaded]
    assert {"js/ticket.js", "js/live.js", "js/kept.js"} <= loaded.keys()
    return sum(loaded.values())


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
async def test_the_ticket_in_the_hall_weighs_at_most_14_kilobytes_and_30_with_its_scripts(
    site: Site, language: str
) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    waiting = await visitor.open(f"{visitor.path.partition('?')[0]}?lang={language}")
    site.hall.next(1)
    called = await visitor.open(visitor.path)

    assert "data-turn" in called.html
    assert [each for each in (weight(waiting), weight(called)) if each > MOST] == []
    assert weight(called) + scripts(called) <= MOST_WITH_SCRIPTS


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
async def test_the_pages_of_waiting_changing_and_drawing_weigh_no_more(site: Site, language: str) -> None:
    tickets = fill(site)
    visitor = await joined(site)
    pages = {"waiting": await visitor.open(f"{visitor.path.partition('?')[0]}?lang={language}")}
    free_one(site, tickets[-1])
    pages["offer"] = await visitor.open(visitor.path)
    code = tickets[3].code
    for name in ("", "/change", "/plan", "/cancel", "/erase"):
        pages[f"ticket{name}"] = await visitor.open(f"/t/{code}{name}?lang={language}")
        assert visitor.status == 200, name
    answers = f"needs={need('my-rights')}&asked=1&services={service(site, 'legal')}&interpreter=none&lang={language}"
    pages["list"] = await visitor.open(f"/d/{site.hall.day.slug}/waiting?{answers}")
    assert {name: size for name, page in pages.items() if (size := weight(page)) > MOST} == {}


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
async def test_the_pages_of_a_draw_weigh_no_more(site: Site, language: str) -> None:
    open_draw(site)
    visitor = await come_to_the_form(site, lang=language)
    pages = {"request": visitor.page}
    for _ in range(30):
        ask_at_the_counter(site)
    pages["open"] = await visitor.open(f"/d/{site.hall.day.slug}/draw?lang={language}")
    run(site)
    pages["drawn"] = await visitor.open(f"/d/{site.hall.day.slug}/draw?lang={language}")
    assert {name: size for name, page in pages.items() if (size := weight(page)) > MOST} == {}
