"""A signed-in organiser makes a day with pointer and keys, from a template and from its workbook, and publishes it.

Counted: each click, each typed field, each key that sends, each choice of a file. Time is modelled, because nobody who
reads sits here: hands by the keystroke-level model, eyes by how much of a page people read and how fast they do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, expect

from onestop.accounts.queries import passes_of_day
from onestop.clock import monotonic
from onestop.days.queries.days import Day, all_days, day_by_slug
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.domain.day import DayState
from onestop.locale.catalogue import read_catalogue
from onestop.reports.verify import verify
from tests.journeys.conftest import Hall
from tests.journeys.hand import Hand, ways
from tests.journeys.test_book import seconds_of

pytestmark = pytest.mark.browser
Anyone = Callable[..., BrowserContext]

MOST_ACTS, MOST_SECONDS = 40, 300
READ_SHARE = 0.28
"""Of the words of a page, at most so many are read in a visit (Nielsen 2008, How little do users read)."""
WORDS_A_MINUTE = 238
"""Silent reading of adults (Brysbaert 2019)."""
_LINES = """main => {
  const closed = [...main.querySelectorAll("select")].flatMap(each => [...each.options].map(one => one.text.trim()));
  return main.innerText.split("\\n").map(line => line.trim()).filter(line => line && !closed.includes(line));
}"""
"""What can be read without opening a list."""


@dataclass(slots=True)
class Organiser(Hand):
    """A hand at a laptop whose every page is read; all is counted over the whole walk."""

    read: set[str] = field(default_factory=set[str])
    words: int = 0
    """Of lines that stood on no page before: nobody reads the same line again."""
    all_words: int = 0
    elsewhere: int = 0
    """Acts in another program, and choosing a file."""

    def look(self) -> None:
        """Another page, with its words."""
        Hand.look(self)
        lines: list[str] = self.page.locator("main").evaluate(_LINES)
        self.all_words += sum(len(line.split()) for line in lines)
        self.words += sum(len(line.split()) for line in set(lines) - self.read)
        self.read |= set(lines)

    def write(self, target: str, text: str) -> None:
        """Go to the field and type: numbers of a date or time go into its parts one after the other."""
        at = self.page.locator(target)
        box = at.bounding_box()
        assert box is not None
        at.click(position={"x": 16, "y": box["height"] / 2})
        if at.get_attribute("type") not in ("date", "time"):
            self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.typed += 1
        self.keys += len(text)

    @property
    def acts(self) -> int:
        """Everything done so far."""
        return self.taps + self.typed + self.elsewhere

    @property
    def modelled(self) -> float:
        """Seconds of hands and eyes."""
        return seconds_of(self) + reading(self.words)

    def says(self, walk: str, took: float) -> None:
        """Note and print what a walk took, with what it would be if every page were read anew."""
        self.tell(walk)
        print(f"  {self.acts} acts, {self.keys} keys, {self.words} words of {self.all_words}:", end=" ")
        print(f"{self.modelled:.0f} s by the model", end=" ")
        print(f"({seconds_of(self) + reading(self.all_words):.0f} s if each page is read anew); script {took:.1f} s")


def reading(words: int) -> float:
    """Seconds over so many words of pages."""
    return words * READ_SHARE / WORDS_A_MINUTE * 60


def as_typed(on: date) -> str:
    """A date as the keys of a date field, in the order in which this browser shows its parts."""
    return f"{on:%m%d%Y}"


def organiser_at(hall: Hall, anyone: Anyone, language: str, *, script: bool) -> Organiser:
    """Signed in, all days before her."""
    hand = Organiser(anyone(width=1280, height=800, script=script).new_page())
    hand.page.add_init_script("window.print = () => {}")
    hand.page.goto(hall.world.organiser)
    hand.page.locator("main form button").click()
    hand.language = language
    hand.open(f"/organise?lang={language}")
    return hand


def made_by(hall: Hall, hand: Organiser) -> Day:
    """The day on whose pages she is."""
    found = re.search(r"/organise/([^/?#]+)", hand.page.url)
    assert found is not None, hand.page.url
    return hall.database.read_now(day_by_slug, found[1])


def free_date(hall: Hall) -> date:
    """Where no day is yet."""
    return max(each.on for each in hall.database.read_now(all_days)) + timedelta(days=3)


def link(hand: Organiser, part: str) -> Locator:
    """What leads to a part of this day."""
    return hand.page.locator(f"main a[href$='/{part}']").first


def home(hand: Organiser) -> None:
    """Back to the day."""
    hand.turn(hand.page.locator(".back a").first)


def publish_with_passes(hand: Organiser, *, desks: int = 6) -> None:
    """From the hub, where nothing is missing: publish, then what its answer offers, a printed sheet of all passes."""
    page = hand.page
    expect(page.locator(".finding.stop")).to_have_count(0)
    hand.turn(page.locator("form[action$='/publish'] button"))
    hand.turn(page.locator("main .notice.success form[action$='/passes/missing'] button"))
    expect(page.locator(".pass-card")).to_have_count(desks)
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        hand.tap(page.locator("[data-print]"))
    home(hand)
    home(hand)
    expect(page.locator("main .finding a[href$='/passes']")).to_have_count(0)


@ways(1)
def test_a_day_from_a_template_in_at_most_forty_acts_and_five_minutes(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    on = free_date(calm)
    hand = organiser_at(calm, anyone, language, script=script)
    page, began = hand.page, monotonic()

    hand.turn(page.locator("main a[href='/organise/new']"))
    hand.tap(page.locator("label[for='template-iom-bratislava']"))
    hand.turn(page.locator("form[action$='from-template'] button"))
    day = made_by(calm, hand)
    assert day.on != on

    hand.turn(link(hand, "move"))
    hand.write("#on", as_typed(on))
    hand.turn(page.locator("#move-form .actions button"))

    hand.turn(link(hand, "desks"))
    hand.turn(page.locator("main a[href$='/desks/2']"))
    hand.write("#closes_1", "1230PM")
    hand.turn(page.locator("form.sheet .actions button"))
    home(hand)

    for name, tongues in (("Amina", ("ar", "sk")), ("Olena", ("uk", "sk"))):
        if "/mediators" not in page.url:
            hand.turn(link(hand, "mediators"))
        hand.turn(page.locator("main a[href$='/mediators/new']"))
        hand.write("#label", name)
        for tag in tongues:
            hand.tap(page.locator(f"label[for='languages-{tag}']"))
        hand.turn(page.locator("form.sheet .actions button"))
    home(hand)
    publish_with_passes(hand)
    hand.says("a day from a template, published", monotonic() - began)

    day = made_by(calm, hand)
    desks = calm.database.read_now(desks_of_day, day.id)
    mediators = calm.database.read_now(mediators_of_day, day.id)
    passes = calm.database.read_now(passes_of_day, day.id)
    assert (day.on, day.state) == (on, DayState.PUBLISHED)
    assert f"{desks[1].openings[-1][1].astimezone(day.zone):%H:%M}" == "12:30"
    assert {"Amina", "Olena"} < {one.label for one in mediators}
    assert sorted(str(one.desk) for one in passes) == sorted(str(desk.id) for desk in desks)
    assert calm.database.read_now(verify, now=calm.database.now()) == []
    assert hand.acts <= MOST_ACTS
    assert hand.modelled <= MOST_SECONDS


@ways(2)
def test_the_same_day_from_its_workbook_with_another_date(
    calm: Hall, anyone: Anyone, tmp_path: Path, language: str, script: bool
) -> None:
    on = free_date(calm)
    hand = organiser_at(calm, anyone, language, script=script)
    page, began = hand.page, monotonic()

    hand.turn(page.locator("main a[href='/organise/new']"))
    with page.expect_download() as coming:
        hand.tap(page.locator("main a[href='/organise/new/templates/iom-bratislava/day.xlsx']"))
    taken = tmp_path / coming.value.suggested_filename
    coming.value.save_as(taken)
    with_date(taken, on, language)
    hand.elsewhere += 4  # open the file, go to the cell, type, save
    hand.keys += len("31.12.2026")

    page.locator("#file").set_input_files(taken)
    hand.elsewhere += 3  # the button of the field, the file in the list, Open
    hand.turn(page.locator("form[action$='from-file'] button"))
    publish_with_passes(hand)
    hand.says("a day from its workbook, published", monotonic() - began)

    day = made_by(calm, hand)
    desks = calm.database.read_now(desks_of_day, day.id)
    assert (day.on, day.state, len(desks)) == (on, DayState.PUBLISHED, 6)
    assert len(calm.database.read_now(passes_of_day, day.id)) == 6
    assert calm.database.read_now(verify, now=calm.database.now()) == []
    assert hand.acts <= MOST_ACTS
    assert hand.modelled <= MOST_SECONDS


def with_date(file: Path, on: date, language: str) -> None:
    """Write the date beside its word, as somebody does in a spreadsheet program."""
    book = load_workbook(file)
    word = read_catalogue(language).one("Date")
    [at] = [row[1] for sheet in book.worksheets for row in sheet.iter_rows(max_col=2) if row[0].value == word]
    at.value = on
    book.save(file)
