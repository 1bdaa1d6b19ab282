"""Who pays stands on the first page of a pack, with the logos, whatever they hold."""

from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from onestop.db.session import Database
from onestop.directory.logos import clean_logo
from onestop.locale.locales import locale_for
from onestop.paper.contents import pack_contents
from onestop.paper.drawing import draw
from onestop.paper.sheets import Backers, Pack, PackLogo, Rules
from onestop.paper.words import pack_of
from tests.directory.made import WORDS, give_series
from tests.directory.test_logos import ILLUSTRATOR, INKSCAPE
from tests.directory.uploads import png, svg
from tests.halls import KEY, TestDay, make_test_day
from tests.paper.pages import texts
from tests.paper.test_pack import pack

BARE = Pack(
    language="en", rtl=False, title="Day pack", when="", made="", destroy="", page="%(page)s/%(pages)s",
    rules=(Rules(heading="At reception", steps=("Write.",)),), sheets=(), spares=None,
)  # fmt: skip


def logo(content: bytes, whose: str = "European Union") -> PackLogo:
    return PackLogo(whose=whose, content=content, width=112, height=56)


def backed(*logos: PackLogo) -> Pack:
    return replace(BARE, backers=Backers(name="Advisory days", funding="Co-funded by the Union", logos=logos))


def ink(pdf: bytes) -> int:
    """How many points of the first page have a colour."""
    picture = pdfium.PdfDocument(pdf)[0].render(scale=0.5).to_pil().convert("HSV")
    return sum(saturated > 60 for _, saturated, _ in picture.get_flattened_data())


@pytest.fixture
def hall(database: Database) -> TestDay:
    made = make_test_day(database)
    made.now = made.day.opens_at
    return made


def test_a_pack_tells_who_pays_in_the_language_of_the_sheets(hall: TestDay) -> None:
    series = give_series(hall.db, hall.id)
    contents = hall.db.read_now(pack_contents, hall.id)
    packs = [
        pack_of(contents, (), locale=locale_for(tag), key=KEY, base_url="", kept_days=7, now=hall.now)
        for tag in ("en", "ar")
    ]

    assert [(each.backers and (each.backers.name, each.backers.funding)) for each in packs] == [
        (WORDS.names["en"], WORDS.funding["en"]),
        (WORDS.names["ar"], WORDS.funding["sk"]),
    ]
    assert packs[0].backers is not None
    assert [each.whose for each in packs[0].backers.logos] == ["European Union", "City", "IOM"]
    assert {each.content for each in packs[0].backers.logos} == set(contents.pictures.values())
    assert len(contents.pictures) == len(series.logos)


def test_name_statement_and_logos_are_drawn_under_the_rules() -> None:
    kept = [clean_logo(each).content for each in (ILLUSTRATOR, INKSCAPE, svg(), png())]
    plain, alone = draw(backed()), [draw(backed(logo(each))) for each in kept]
    (page,) = texts(draw(backed(*map(logo, kept))))

    assert all(said in page for said in ("Advisory days", "Co-funded by the Union"))
    assert [ink(each) > ink(plain) for each in alone] == [True, False, True, True]


def test_twelve_wide_logos_stand_in_rows_on_one_page() -> None:
    wide = clean_logo(svg(root='viewBox="0 0 40 10"'))
    row = PackLogo(whose="A", content=wide.content, width=wide.width, height=wide.height)
    assert len(texts(draw(backed(*[row] * 12)))) == 1


def test_a_logo_that_cannot_be_drawn_leaves_its_name_and_the_pack() -> None:
    (page,) = texts(draw(backed(logo(b"<svg", "Broken Fund"), logo(svg()))))
    assert "Broken Fund" in page


def test_the_whole_pack_comes_with_them(hall: TestDay, tmp_path: Path) -> None:
    give_series(hall.db, hall.id)
    first, *others = texts(pack(hall, tmp_path, spares=1))
    assert (WORDS.names["en"] in first, WORDS.funding["en"] in first) == (True, True)
    assert WORDS.names["en"] in others[-1]
