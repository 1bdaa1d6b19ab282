"""The day pack: what stands on which page, what does not, and that its spare tickets scan."""

import re
import sys
from datetime import time as clock
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.tables import spare_tickets
from onestop.days.queries.days import day_by_id
from onestop.days.setup import add_desk
from onestop.days.setup_values import DeskSettings
from onestop.days.tables import desk_services
from onestop.db.session import Database, open_database
from onestop.directory.tables import services
from onestop.domain.booking import Interpreter
from onestop.domain.ticket import short_code, spell_short_code, ticket_code
from onestop.locale.languages import LANGUAGES
from onestop.paper import letters, printing
from onestop.paper.contents import pack_contents
from onestop.paper.drawing import draw
from onestop.paper.printing import PackNotDrawn, draw_apart, make_pack
from onestop.paper.sheets import Column, Pack, Rules, Sheet, Spare, Spares
from onestop.settings import Settings
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.setup import set_up
from tests.booking.test_sessions import hold_session
from tests.counting import cost
from tests.halls import KEY, STAFF, TestDay, make_test_day
from tests.paper.pages import scanned, texts
from tests.scripts import NOWHERE, SCRIPTS

BASE = "https://hall.example.org"


@pytest.fixture
def hall(database: Database) -> TestDay:
    made = make_test_day(database)
    made.open_desks()
    made.now = made.day.opens_at
    return made


def settings(tmp_path: Path, **more: Any) -> Settings:
    return Settings(var=tmp_path, **{"base_url": BASE, **more})


def pack(hall: TestDay, tmp_path: Path, *, base_url: str = BASE, **more: Any) -> bytes:
    return make_pack(
        hall.db, settings(tmp_path, base_url=base_url), hall.id, key=KEY, actor=STAFF, now=hall.now,
        **{"language": "en", **more},
    )  # fmt: skip


def page_of(pages: list[str], heading: str) -> str:
    (page,) = [page for page in pages if heading in page]
    return page


def make_private(hall: TestDay, key: str) -> None:
    """Make a service one whose talks are private, before anybody books it."""
    change = services.update().where(services.c.id == hall.service(key)).values(private=True)
    hall.db.write_now(lambda conn: conn.execute(change))


def test_each_page_says_which_it_is_when_it_was_made_and_when_it_is_destroyed(hall: TestDay, tmp_path: Path):
    hall.book(hall.wish("legal"))

    pages = texts(pack(hall, tmp_path))

    said = [
        (f"Page {number} of {len(pages)}" in page, "Destroy by Thursday 10 December 2026" in page,
         "Made on Thursday 3 December 2026 at 09:00" in page)
        for number, page in enumerate(pages, 1)
    ]  # fmt: skip
    assert (len(pages), set(said)) == (len(hall.desks) + 4, {(True, True, True)})


def test_arrivals_stand_in_the_order_of_their_times_with_code_languages_and_steps(hall: TestDay, tmp_path: Path):
    late = hall.book(hall.wish("residence"), at=hall.day.opens_at + timedelta(minutes=60))
    early = hall.book(hall.wish("legal", "residence", languages=("ar", "en"), interpreter=Interpreter.NEEDED, adults=2))
    gone = hall.book(hall.wish("legal"), name="Somebody Secret")
    hall.write(cancel_booking, gone.party)
    hall.book(hall.wish("social"), name="Kanarinka Zlata")

    pages = texts(pack(hall, tmp_path))

    arrivals = page_of(pages, "Short code")
    code = spell_short_code(short_code(KEY, day=hall.id, number=early.number, generation=1))
    told = [str(early.number), code, "Arabic, English;", "interpreter", "Legal advice (1)", "Residence permit (4)"]
    assert [words for words in told if words not in arrivals] == []
    assert arrivals.index(code) < arrivals.index(spell_short_code(late.short))
    assert spell_short_code(gone.short) not in arrivals
    assert [page for page in pages if "Kanarinka" in page] == []


def test_what_is_done_is_marked_and_whoever_is_done_is_not_listed(hall: TestDay, tmp_path: Path):
    half, whole = hall.book(hall.wish("legal", "residence")), hall.book(hall.wish("legal"))
    hall.arrive(half)
    hall.arrive(whole)
    for _ in range(2):
        stop = hall.next(1).stop
        hall.write(serve, stop)
        hall.write(finish, stop)
        hall.later(seconds=10)

    pages = texts(pack(hall, tmp_path))

    arrivals = page_of(pages, "Short code")
    assert ("✓ Legal advice (1)" in arrivals, "✓ 09:00" in arrivals) == (True, True)
    assert spell_short_code(whole.short) not in arrivals
    assert str(half.number) not in re.findall(r"\b\d{3}\b", page_of(pages, "Desk 1 · "))
    assert str(half.number) in re.findall(r"\b\d{3}\b", page_of(pages, "Desk 4 · "))


def test_a_desk_sees_its_own_steps_and_how_many_more_there_are(hall: TestDay, tmp_path: Path):
    ticket = hall.book(hall.wish("legal", "residence", "social"))

    pages = texts(pack(hall, tmp_path))

    legal = page_of(pages, "Desk 1 · ")
    assert (str(ticket.number) in legal, "Legal advice" in legal, "1 Advised" in legal) == (True, True, True)
    assert [word for word in ("Residence", "Social", "Police", spell_short_code(ticket.short)) if word in legal] == []
    row = legal[legal.index(str(ticket.number)) :].split("\n")[0]
    assert row.split()[-1] == "2"


def test_a_private_talk_has_neither_name_nor_place_nor_institution_anywhere(hall: TestDay, tmp_path: Path):
    shown = texts(pack(hall, tmp_path))
    make_private(hall, "social")
    ticket = hall.book(hall.wish("social", "legal"))

    pages = texts(pack(hall, tmp_path))

    assert [page for page in shown if "Social advice" in page or "Desk 2 · IOM" in page] != []
    assert [page for page in pages if "Social advice" in page] == []
    arrivals = page_of(pages, "Short code")
    row = arrivals[arrivals.index(spell_short_code(ticket.short)) :]
    assert ("Talk at the centre" in row, "Talk at the centre (" in arrivals) == (True, False)
    private = page_of(pages, "Desk 2 · Talk at the centre")
    assert (str(ticket.number) in private, "IOM" in private, "Desk 2 · IOM" in "".join(pages)) == (True, False, False)


def test_a_desk_with_private_and_other_talks_has_a_sheet_for_each(hall: TestDay, tmp_path: Path):
    make_private(hall, "social")
    add = desk_services.insert().values(desk_id=hall.desks[1].id, service_id=hall.service("social"), minutes=20)
    hall.db.write_now(lambda conn: conn.execute(add))
    ticket = hall.book(hall.wish("social"))

    pages = texts(pack(hall, tmp_path))

    named, unnamed = page_of(pages, "Desk 1 · IOM"), page_of(pages, "Desk 1 · Talk at the centre")
    assert (str(ticket.number) in named, str(ticket.number) in unnamed) == (False, True)


def test_each_spare_ticket_scans_to_its_own_address(hall: TestDay, tmp_path: Path):
    made = pack(hall, tmp_path)

    pages = texts(made)
    first = next(place for place, page in enumerate(pages) if "Spare tickets" in page)
    read = scanned(made, first, tmp_path) | scanned(made, first + 1, tmp_path)
    assert read == {f"{BASE}/t/{ticket_code(KEY, day=hall.id, number=n, generation=1)}" for n in range(100, 124)}


def test_without_a_public_address_a_spare_ticket_carries_the_bare_code(hall: TestDay, tmp_path: Path):
    made = pack(hall, tmp_path, base_url="", spares=3)

    assert {len(code) for code in scanned(made, len(texts(made)) - 1, tmp_path)} == {26}


def test_every_pack_has_fresh_numbers_and_leaves_nothing_on_the_disk(hall: TestDay, tmp_path: Path):
    folder = tmp_path / "var"
    folder.mkdir()
    for _ in range(2):
        pack(hall, folder, spares=12)

    ranges = hall.db.read_now(
        lambda conn: conn.execute(sa.select(spare_tickets.c.first, spare_tickets.c.last).order_by("first")).all()
    )
    assert (list(map(tuple, ranges)), list(folder.iterdir())) == ([(100, 111), (112, 123)], [])


def test_a_pack_without_spare_tickets_takes_no_number(hall: TestDay, tmp_path: Path):
    pages = texts(pack(hall, tmp_path, spares=0))

    assert [page for page in pages if "Spare tickets" in page] == []
    assert hall.book(hall.wish("legal")).number == 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_the_pack_is_in_its_fonts(hall: TestDay, tmp_path: Path, language: str):
    hall.book(hall.wish("legal", "residence", languages=("ti", "ps", "ka"), interpreter=Interpreter.NEEDED))
    drawn: list[Pack] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "draw_apart", lambda made: drawn.append(made) or b"")
        pack(hall, tmp_path, language=language)

    made = draw(drawn[0])

    assert (made[:5], "?" in "".join(texts(made))) == (b"%PDF-", False)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_centre_that_writes_in_another_script_is_named_on_every_sheet(
    sqlite_url: str, tmp_path: Path, script: str, caplog: Any
):
    own = SCRIPTS[script]
    database = open_database(sqlite_url)
    pages = texts(pack(make_test_day(database, file=own.file()), tmp_path))
    database.close()

    wanted = {char for char in own.centre if char.isalpha()}
    assert [page for page in pages if wanted - set(page)] == []
    assert "has no font" not in pages[0]
    assert [record.message for record in caplog.records if "missing" in record.message] == []


def test_a_letter_that_no_font_has_is_a_question_mark_and_told_on_the_first_page(caplog: Any):
    known, unknown = (texts(draw(_sheets(rows=((text,),), unknown="No font."))) for text in ("አማርኛ", NOWHERE))

    assert ("No font." in known[0], "???" in known[1], "አማርኛ" in known[1]) == (False, False, True)
    assert ("No font." in unknown[0], "???" in unknown[1]) == (True, True)
    assert [record.message for record in caplog.records if "missing" in record.message] == []


def test_without_fonts_of_the_machine_nothing_is_a_box(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(letters, "_installed", lambda: ())

    pages = texts(draw(_sheets(rows=(("አማርኛ Ελένη",),), unknown="No font.")))

    assert ("No font." in pages[0], "???? Ελένη" in pages[1]) == (True, True)
    assert {"Ethiopic", "Tamil"} <= set(letters.missing_scripts())
    assert {"Hebrew", "Georgian"}.isdisjoint(letters.missing_scripts())


def test_a_word_longer_than_its_column_is_cut_into_lines():
    pages = texts(draw(_sheets(rows=(("咨询中心" * 40, "b"),))))

    assert pages[1].count("咨询中心") >= 30


def test_a_few_empty_lines_do_not_begin_a_page_of_their_own():
    pages = [len(texts(draw(_sheets(rows=(("a",),) * rows, blank=12)))) for rows in (15, 21, 27, 30)]

    assert pages == [3, 3, 4, 4]


def test_the_contents_are_read_with_as_many_statements_for_one_as_for_many(hall: TestDay):
    hall.book(hall.wish("legal"))
    one = cost(hall.db, pack_contents, hall.id)
    for _ in range(4):
        hall.book(hall.wish("legal", "residence"))

    assert cost(hall.db, pack_contents, hall.id) == one


def test_two_thousand_visitors_are_drawn_apart_in_some_seconds():
    row = ("09:10", "123", "7KQ2 M9XD", "Ukrainian, Russian", "Legal advice (2)\nResidence permit (4)")
    few, many = _sheets(rows=(row,) * 20), _sheets(rows=(row,) * 2000)

    began = monotonic()
    sizes = [len(draw_apart(each)) for each in (few, many)]
    took = monotonic() - began

    print(f"\n20 and 2 000 visitors: {sizes[0] // 1024} and {sizes[1] // 1024} KB in {took:.1f} s")
    assert (sizes[0] < 100_000, sizes[1] < 2_000_000, took < 60) == (True, True, True)


def test_a_pack_that_cannot_be_drawn_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(PackNotDrawn):
        draw_apart(_sheets(rows=()))


def _sheets(*, rows: tuple[tuple[str, ...], ...], unknown: str = "", blank: int = 0) -> Pack:
    columns = tuple(Column(label=str(place), share=1) for place in range(len(rows[0]) if rows else 1))
    return Pack(
        language="en",
        rtl=False,
        title="Pack",
        when="today",
        made="now",
        destroy="soon",
        page="%(page)s of %(pages)s",
        rules=(Rules(heading="Rules", steps=("One.",)),),
        sheets=(Sheet(heading="Sheet", columns=columns, rows=rows, blank=blank),),
        spares=Spares(
            heading="Spares", note="", brand="", says=(), tickets=(Spare(number=100, short="7KQ2 M9XD", qr="a"),)
        ),
        unknown=unknown,
    )


def test_a_session_stands_on_the_sheet_of_its_desk_alone(hall: TestDay, tmp_path: Path) -> None:
    legal = hall.service("legal")
    (desk,) = [one for one in hall.desks.values() if legal in one.services]
    second = DeskSettings(
        number=20,
        institution=desk.institution.id,
        services={legal: 20},
        languages=("en",),
        hours=((clock(9), clock(15)),),
    )
    hall.write(set_up, hall.id, add_desk, second, version=hall.db.read_now(day_by_id, hall.id).version)
    hold_session(hall, clock(11), desk=desk.id, service=legal, minutes=30)
    number = str(hall.book(hall.wish("legal")).number)

    pages = texts(pack(hall, tmp_path))

    listed = [number in page_of(pages, f"Desk {each} · ").split() for each in (desk.number, 20)]
    assert listed == [True, False]
