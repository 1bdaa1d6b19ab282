"""Posters: a page in all languages and one in each, on two sizes of paper, with a picture that leads to the day."""

from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from onestop.days.queries.days import Day, day_by_id
from onestop.directory.series import pictures_of
from onestop.domain.day import DayState, Release
from onestop.paper.poster_drawing import draw_posters
from onestop.paper.posters import NoPosters, NoPublicAddress, PosterKind, PosterSize, check_posters, posters_of
from tests.directory.made import WORDS, give_series
from tests.halls import TestDay
from tests.paper.pages import scanned, texts

BASE = "https://onestop.example.org"
A4, A3 = PosterSize.A4, PosterSize.A3


def book(day: Day, size: PosterSize = A4) -> bytes:
    return draw_posters(posters_of(day, {}, PosterKind.BOOK, size, base_url=BASE))


def entrance(day: Day, size: PosterSize = A4) -> bytes:
    return draw_posters(posters_of(day, {}, PosterKind.ENTRANCE, size, base_url=""))


def test_the_first_page_has_all_languages_and_each_other_page_its_own(hall: TestDay) -> None:
    day = replace(hall.day, release=Release.OPEN, phone="+421 2 555 11")

    first, *others = texts(book(day))

    asks = ["Naskenujte a rezervujte si čas", "Scan to book a time", "Скануйте і запишіться на час"]
    told = ["".join(page.split()) for page in (first, *others)]
    assert [["".join(ask.split()) in page for ask in asks] for page in told] == [
        [True, True, True], [True, False, False], [False, True, False], [False, False, True], [False, False, False],
    ]  # fmt: skip
    for page in (first, *others):
        assert all(each in page for each in ("Bratislava", "09:00–15:00", day.phone, f"/d/{day.slug}"))


@pytest.mark.parametrize("size", PosterSize)
def test_each_picture_leads_to_the_day_in_its_language(hall: TestDay, tmp_path: Path, size: PosterSize) -> None:
    made = book(hall.day, size)

    address = f"{BASE}/d/{hall.day.slug}"
    wanted = [{address}, *({f"{address}?lang={tag}"} for tag in ("sk", "en", "uk", "ar"))]
    assert [scanned(made, page, tmp_path) for page in range(5)] == wanted


@pytest.mark.parametrize(("size", "wide"), [(A4, 595), (A3, 842)])
def test_nothing_leaves_the_paper_however_long_the_names_are(hall: TestDay, size: PosterSize, wide: int) -> None:
    long = replace(
        hall.day,
        name="Informačný deň pre cudzincov a ich rodiny v Banskej Bystrici a okolí",
        venue="Migračné informačné centrum Medzinárodnej organizácie pre migráciu",
        address="Grösslingová 35, 811 09 Bratislava, Staré Mesto, druhé poschodie vľavo",
    )
    give_series(hall.db, hall.id)
    backed = hall.db.read_now(day_by_id, hall.id)
    assert backed.series is not None
    pictures = hall.db.read_now(pictures_of, backed.series.id)
    many = [
        draw_posters(posters_of(replace(long, series=backed.series), pictures, kind, size, base_url=BASE))
        for kind in PosterKind
    ]

    for made in (book(long, size), entrance(long, size), *many):
        for page in pdfium.PdfDocument(made):
            width, height = page.get_size()
            bounds = [item.get_bounds() for item in page.get_objects()]
            assert round(width) == wide
            assert [each for each in bounds if each[0] < 0 or each[1] < 0 or each[2] > width or each[3] > height] == []


def test_the_series_says_its_name_and_who_pays(hall: TestDay) -> None:
    give_series(hall.db, hall.id)
    day = hall.db.read_now(day_by_id, hall.id)
    assert day.series is not None
    pictures = hall.db.read_now(pictures_of, day.series.id)

    pages = texts(draw_posters(posters_of(day, pictures, PosterKind.BOOK, A4, base_url=BASE)))
    at_the_door = texts(draw_posters(posters_of(day, pictures, PosterKind.ENTRANCE, A4, base_url=BASE)))

    assert (WORDS.names["en"] in pages[2], WORDS.funding["en"] in pages[2], WORDS.phone in pages[2]) == (True,) * 3
    assert WORDS.funding["en"] in at_the_door[2]


def test_a_day_for_invited_people_or_by_draw_says_so(hall: TestDay) -> None:
    said = [
        texts(book(replace(hall.day, release=release, languages=("en",))))[0].replace("\r\n", " ")
        for release in (Release.INVITED, Release.DRAW)
    ]

    assert ("With an invitation" in said[0], "Scan to ask for a place" in said[1]) == (True, True)


def test_the_entrance_says_where_to_show_a_ticket_and_where_to_ask(hall: TestDay) -> None:
    pages = texts(entrance(hall.day))

    assert [("Show it here." in page, "Ask here." in page) for page in pages] == [
        (True, True), (False, False), (True, True), (False, False), (False, False),
    ]  # fmt: skip


def test_a_poster_that_would_lead_nowhere_is_refused(hall: TestDay) -> None:
    draft = replace(hall.day, state=DayState.DRAFT)
    with pytest.raises(NoPosters):
        check_posters(draft, PosterKind.ENTRANCE, base_url=BASE)
    with pytest.raises(NoPublicAddress):
        check_posters(hall.day, PosterKind.BOOK, base_url="")
    check_posters(hall.day, PosterKind.ENTRANCE, base_url="")
