"""How much a phone loads: each of the five pages with its style sheets, compressed as the proxy does."""

import gzip
import re

import pytest

from onestop.paths import resource_dir
from tests.web.public.visitor import Page, Visitor, need, open_day
from tests.web.site import Site

MOST = 14 * 1024


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
