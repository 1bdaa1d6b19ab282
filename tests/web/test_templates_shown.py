"""What visitors see of every shipped template stands there in every language the template switches on."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest

from onestop.days.dayfile import read_template, templates
from tests.halls import ON, make_test_day
from tests.journeys.hand import english_in
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

SURFACES = ("plan", "ticket", "called", "print", "slip", "board", "mail")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Texts(HTMLParser):
    """The texts of a page in its own language, without names and without what is marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.own = ""
        self._open: list[tuple[str, str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        lang, quiet = self._open[-1][1:] if self._open else ("", False)
        given = dict(attrs)
        lang = given.get("lang") or lang
        self.own = self.own or lang
        if lang == self.own and not quiet:
            self.found += [text for name in ("aria-label", "alt", "placeholder") if (text := given.get(name))]
        if tag not in VOID:
            self._open.append((tag, lang, quiet or tag in ("script", "style", "bdi")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1] == self.own and not self._open[-1][2]:
            self.found.append(data)


def left(html: str, tag: str) -> list[str]:
    """English that was left on a page of this language."""
    page = Texts()
    page.feed(html)
    assert page.own == tag
    assert any(text.strip() for text in page.found)
    return english_in(page.found, tag)


def test_english_that_is_left_on_a_page_is_noticed() -> None:
    page = '<html lang="sk"><body><p>Právne poradenstvo</p><p>%s</p><bdi>Legal advice</bdi></body></html>'

    assert left(page % "Prineste si doklad.", "sk") == []
    assert left(page % "Legal advice", "sk") == ["Legal advice"]
    assert left(page % '<span lang="en">Legal advice</span>', "sk") == []


@pytest.mark.parametrize("name", templates())
async def test_a_day_of_each_template_is_shown_to_visitors_in_every_language_it_switches_on(
    site: Site, name: str
) -> None:
    day = make_test_day(site.database, template=name, on=ON + timedelta(days=7)).day
    tags = read_template(name).display_languages
    organiser, visitor = Organiser(site), site.browser()
    english: dict[tuple[str, str], list[str]] = {}
    for tag in tags:
        for each in SURFACES:
            page = await organiser.open(f"/organise/{day.slug}/preview/{each}?in={tag}")
            english[tag, each] = left(page.text, tag)
        offer = await visitor.get(f"/d/{day.slug}?lang={tag}")
        english[tag, "offer"] = left(offer.text, tag)

    assert set(day.languages) == set(tags)
    assert {where: texts for where, texts in english.items() if texts} == {}
