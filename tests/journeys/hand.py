"""Somebody at a screen who counts what she does and looks at every page: language, direction, no English left."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from onestop.locale.catalogue import read_catalogue
from onestop.locale.languages import LANGUAGES, direction

_PAIRS = (
    (("en", True), ("ar", False)),
    (("sk", False), ("uk", True)),
    (("ar", True), ("en", False)),
    (("uk", False), ("sk", True)),
)
NAMES = {"en": "Invented Guest", "sk": "Vymyslený Hosť", "uk": "Вигадана Гостя", "ar": "ضيفة مخترعة"}
TOLD: dict[tuple[str, int, int, int], set[str]] = {}
"""Journey, pages, taps, typed fields → the languages and script modes in which it took that."""


def ways(nth: int) -> pytest.MarkDecorator:
    """Runs a journey in every language with script and without; two of the eight, by `nth`, in an ordinary run.

    Four journeys with following numbers see all eight in an ordinary run.
    """
    ordinary = _PAIRS[nth % len(_PAIRS)]
    chosen = [
        pytest.param(
            language,
            script,
            id=f"{language}-{'script' if script else 'no-script'}",
            marks=() if (language, script) in ordinary else pytest.mark.full,
        )
        for language, script in product(LANGUAGES, (True, False))
    ]
    return pytest.mark.parametrize(("language", "script"), chosen)


@dataclass(slots=True)
class Hand:
    """Somebody at a screen who counts what she does; choosing from a list is one tap.

    With a `language` she looks at every page: it is in her language and direction, nothing on it is
    English, and nothing is wider than the screen.
    """

    page: Page
    language: str = ""
    taps: int = 0
    typed: int = 0
    keys: int = 0
    """Characters of the typed fields."""
    pages: list[str] = field(default_factory=list[str])

    def open(self, path: str) -> None:
        """Begin here; everything is counted anew."""
        self.page.goto(path)
        self.pages = []
        self.taps = self.typed = self.keys = 0
        self.look()

    def tap(self, target: Locator) -> None:
        target.click()
        self.taps += 1

    def choose(self, target: str, value: str) -> None:
        self.page.locator(target).select_option(value)
        self.taps += 1

    def write(self, target: str, text: str) -> None:
        self.page.locator(target).fill(text)
        self.typed += 1
        self.keys += len(text)

    def turn(self, target: Locator) -> None:
        """Tap what leads to another page."""
        with self.page.expect_navigation(wait_until="load"):
            self.tap(target)
        self.look()

    def look(self) -> None:
        """Another page."""
        self.pages.append(self.page.title())
        if self.language:
            root = self.page.locator("html")
            assert (root.get_attribute("lang"), root.get_attribute("dir")) == (self.language, direction(self.language))
            assert (english := english_left(self.page, self.language)) == [], english
            assert root.evaluate("root => root.scrollWidth - root.clientWidth") == 0
            assert (cut := self.page.locator("main").evaluate(_CUT)) == [], cut

    @property
    def cost(self) -> tuple[int, int, int]:
        """Pages with the first one, taps, typed fields."""
        return len(self.pages), self.taps, self.typed

    def tell(self, journey: str) -> tuple[int, int, int]:
        """Note and print what the journey took since `open`; gives it."""
        way = self.language + ("" if self.page.evaluate("matchMedia('(scripting: enabled)').matches") else "-no-script")
        TOLD.setdefault((journey, *self.cost), set()).add(way)
        print(f"\n{journey} ({way}): {len(self.pages)} pages, {self.taps} taps, {self.typed} typed fields")
        return self.cost


_TEXTS = """root => {
  const found = [document.title];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (at.closest("script, style, bdi") || at.closest("[lang]") !== document.documentElement) continue;
    found.push(walk.currentNode.data);
  }
  for (const at of root.querySelectorAll("[aria-label], [alt], [placeholder]"))
    for (const name of ["aria-label", "alt", "placeholder"])
      if (at.hasAttribute(name) && at.closest("[lang]") === document.documentElement) found.push(at.getAttribute(name));
  return found;
}"""


_CUT = """main => [...main.querySelectorAll("h1, h2, p, li, dd, label, button, summary")]
  .filter(at => at.scrollWidth > at.clientWidth + 1 && at.clientWidth && !at.closest(".visually-hidden"))
  .filter(at => getComputedStyle(at).display !== "inline")
  .map(at => `${at.tagName}: ${at.textContent.trim()}`)"""
"""Texts that are wider than their place."""


def english_left(page: Page, tag: str) -> list[str]:
    """English sentences of the catalogue that stand on a page although this language has words of its own for them.

    Names of people and institutions (`bdi`) and what is marked as another language are not looked at.
    """
    return english_in(page.locator("body").evaluate(_TEXTS), tag)


def english_in(found: Iterable[str], tag: str) -> list[str]:
    """The same of texts that somebody took from a page."""
    texts = [" ".join(text.split()) for text in found]
    exact, inside = _english(tag)
    whole = "\n".join(texts)
    return [text for text in texts if text in exact] + [part for part in inside if part in whole]


@cache
def _english(tag: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Texts that are a whole English sentence or word, and pieces of three words or more of longer ones."""
    texts: dict[Any, tuple[str, ...]] = dict(read_catalogue(tag).texts) if tag != "en" else {}
    foreign = {english: forms for (_, english), forms in texts.items() if english not in forms}
    exact = frozenset(" ".join(english.split()) for english in foreign if "%(" not in english)
    pieces = {piece.strip() for english in foreign for piece in re.split(r"%\(\w+\)[sd]|<[^>]+>", english)}
    return exact, tuple(sorted(piece for piece in pieces if len(piece.split()) >= 3))
