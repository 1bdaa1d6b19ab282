"""Guides: one page each in every language, with the words that stand on the screens, and no secret."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.paper.guide_drawing import draw_guide
from onestop.paper.guide_words import GUIDES, Said, Work
from onestop.paper.guides import Guide, guide_of
from onestop.paths import resource_dir
from tests.halls import TestDay
from tests.paper.pages import scanned, texts

BASE = "https://onestop.example.org"
SCREENS: dict[Work, tuple[str, ...]] = {
    Work.OFFICER: ("desk",),
    Work.RECEPTION: ("reception", "kit"),
    Work.GUIDE: ("floor", "kit"),
    Work.MEDIATOR: ("mediator", "kit"),
    Work.HELPER: ("helper",),
    Work.ORGANISER: ("organise",),
}
"""Where each kind of work is done."""


@pytest.fixture
def guides(hall: TestDay) -> dict[tuple[Work, str], Guide]:
    day = replace(hall.day, phone="+421 2 555 11")
    return {(work, tag): guide_of(day, work, locale_for(tag), base_url=BASE) for work in Work for tag in LANGUAGES}


def words_of(said: Said) -> Iterator[str]:
    """Every word of a screen that a guide names."""
    for act in said.acts:
        yield act.word
        yield from act.words.values()
    for trouble in said.troubles:
        yield from trouble.words.values()


@pytest.mark.parametrize("work", Work)
def test_each_word_to_press_stands_on_a_screen_of_that_work(work: Work) -> None:
    pages = [page.read_text("utf-8") for door in SCREENS[work] for page in (resource_dir("templates") / door).iterdir()]

    missing = [word for word in words_of(GUIDES[work]) if not any(f'_("{word}")' in page for page in pages)]

    assert (missing, 4 <= len(GUIDES[work].acts) <= 5) == ([], True)


@pytest.mark.parametrize("work", Work)
def test_each_guide_is_one_page_with_everything_on_it(guides: dict[tuple[Work, str], Guide], work: Work) -> None:
    for tag in LANGUAGES:
        guide = guides[work, tag]
        (page,) = texts(draw_guide(guide))
        told = "".join(page.split())
        said = [guide.title, guide.begin, *guide.sees, *(line.says for line in (*guide.acts, *guide.troubles))]
        if not guide.rtl:  # joined letters are read back as other characters
            assert [each for each in said if "".join(each.split()) not in told] == []
        assert ("%(" in told, "+421" in page) == (False, True)


def test_nothing_of_a_guide_leaves_the_page(guides: dict[tuple[Work, str], Guide]) -> None:
    outside: list[str] = []
    for (work, tag), guide in guides.items():
        page = pdfium.PdfDocument(draw_guide(guide))[0]
        width, height = page.get_size()
        for item in page.get_objects():
            left, bottom, right, top = item.get_bounds()
            if left < 20 or bottom < 15 or right > width - 20 or top > height - 15:
                outside.append(f"{work} {tag}")
    assert outside == []


def test_the_picture_of_a_guide_leads_to_signing_in_and_opens_nothing(
    guides: dict[tuple[Work, str], Guide], tmp_path: Path
) -> None:
    read = {work: scanned(draw_guide(guides[work, "ar"]), 0, tmp_path) for work in Work}

    assert read == {work: {f"{BASE}/{'pass' if work is Work.OFFICER else 'sign-in'}"} for work in Work}
