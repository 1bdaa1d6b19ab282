"""Practising by HTTP, as an officer without script does it: each button leads to the desk as it would be."""

import re
from typing import Any

import httpx
import sqlalchemy as sa

import onestop.schema
from onestop.domain.practice import Key, Lesson
from onestop.domain.visit import Outcome
from onestop.web.desk.practise import LESSON_WORDS
from tests.web.desk.screen import press, press_of, presses, zone
from tests.web.site import Site

INVENTED = "These visitors are invented. Nobody is called."


def _path(site: Site) -> str:
    return f"/desks/{site.desk.id}/practise"


def _stored(site: Site) -> dict[str, list[Any]]:
    """Every row of every table."""
    tables = onestop.schema.metadata.sorted_tables
    return site.database.read_now(
        lambda conn: {table.name: sorted(map(repr, conn.execute(sa.select(table)))) for table in tables}
    )


async def _go(officer: httpx.AsyncClient, page: str, key: str, **more: str) -> str:
    """Press a key on a page of the practice; gives the next page."""
    button = press_of(page, key)
    answer = await officer.get(button.path, params={**button.fields, **more})
    assert answer.status_code == 200
    return answer.text


def row_of(page: str) -> str:
    """The words of the row of keys."""
    inside = page.partition('<div class="acts">')[2].partition("</div>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", inside).split())


def _says(page: str) -> str:
    found = re.search(r'<p class="lesson".*?<span>(.*?)</span>', page, re.DOTALL)
    assert found is not None
    return found[1]


async def test_a_desk_that_is_closed_offers_to_practise_and_the_practice_leads_back(site: Site) -> None:
    officer, desk = site.sign_in("officer"), f"/desks/{site.desk.id}"
    closed = (await officer.get(desk)).text
    page = (await officer.get(_path(site))).text

    assert re.findall(r'href="([^"]+/practise)"', closed) == [_path(site)]
    assert f'href="{desk}"' in page
    assert INVENTED in page
    assert "Your own desk is open." not in page


async def test_at_an_open_desk_it_is_under_more_and_says_that_visitors_can_be_called(site: Site) -> None:
    officer, desk = site.sign_in("officer"), f"/desks/{site.desk.id}"
    await press(officer, desk, "n")
    more = (await officer.get(desk)).text.partition('id="more"')[2]
    page = (await officer.get(_path(site))).text

    assert re.findall(r'href="([^"]+/practise)"', more) == [_path(site)]
    assert "Your own desk is open." in page


async def test_by_keys_alone_she_comes_through_every_lesson(site: Site) -> None:
    officer = site.sign_in("officer")
    page = (await officer.get(_path(site))).text
    said, keys = [_says(page)], "nnsfnrhnspnsfnsf"
    for key in keys:
        page = await _go(officer, page, key, **({"outcome": "settled"} if key == "f" else {}))
        said.append(_says(page))

    assert {*said} == {*LESSON_WORDS.values()}
    assert (said[0], said[-1]) == (LESSON_WORDS[Lesson.OPEN], LESSON_WORDS[Lesson.OVER])
    assert zone(page, "mine").endswith("1 Settled 2 Settled 3 Settled Start again")
    assert zone(page, "next") == "Next Nobody waits for this desk."
    assert [each.key for each in presses(page) if not each.off] == ["u"]


async def test_the_keys_are_those_of_the_desk(site: Site) -> None:
    officer = site.sign_in("officer")
    page = (await officer.get(_path(site))).text
    can: list[list[str]] = []
    for key in ("n", "n", "s"):
        can.append([each.key for each in presses(page) if not each.off])
        page = await _go(officer, page, key)
    can.append([each.key for each in presses(page) if not each.off])

    assert can == [["n"], ["n"], ["s", "r", "h", "p", "u"], ["f", "p", "u"]]
    assert [int(each) for each in re.findall(r'name="outcome" value="\w+" form="finish" data-key="(\d)"', page)] == [
        *range(1, len(Outcome) + 1)
    ]


async def test_the_row_of_keys_stands_as_at_the_desk(site: Site) -> None:
    officer, desk = site.sign_in("officer"), f"/desks/{site.desk.id}"
    practice, real = (await officer.get(_path(site))).text, (await officer.get(desk)).text
    site.hall.walk_in(site.hall.wish("legal"))
    rows: list[tuple[str, str]] = []
    for key in ("n", "n", "s"):
        rows.append((row_of(practice), row_of(real)))
        practice = await _go(officer, practice, key)
        await press(officer, desk, key)
        real = (await officer.get(desk)).text
    rows.append((row_of(practice), row_of(real)))

    assert [there for there, _ in rows] == [there for _, there in rows]
    assert rows[2][0] == "Next Start S ↵ Call again R Not here H"


async def test_who_is_parked_stands_under_next_as_at_the_desk(site: Site) -> None:
    officer = site.sign_in("officer")
    page = (await officer.get(_path(site), params={"pressed": "open.next.park"})).text
    later = (await officer.get(_path(site), params={"pressed": "open.next.park.next"})).text

    assert re.search(r"1 Parked until [0-9:]+", zone(page, "next"))
    assert "Parked until" not in zone(later, "next")


async def test_undo_goes_back_one_press_at_a_time(site: Site) -> None:
    officer = site.sign_in("officer")
    page = (await officer.get(_path(site), params={"pressed": "open.next.start"})).text
    before = zone(page, "now")
    page = await _go(officer, page, "f", outcome="come_again")
    assert "Take back: finished U" in zone(page, "mine")

    page = await _go(officer, page, "u")

    assert zone(page, "now") == before
    assert "Take back: started U" in zone(page, "mine")


async def test_nothing_of_it_is_stored_and_nobody_else_sees_anything(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.walk_in(site.hall.wish("legal"))
    real = (await officer.get(f"/desks/{site.desk.id}")).text
    before = _stored(site)
    assert before["facts"]

    page = (await officer.get(_path(site))).text
    for key in "nnsfnrhnpnsf":
        page = await _go(officer, page, key, **({"outcome": "advised"} if key == "f" else {}))

    assert "Advised" in zone(page, "mine")
    assert _stored(site) == before
    again = (await officer.get(f"/desks/{site.desk.id}")).text
    assert [zone(again, name) for name in ("now", "next", "mine")] == [
        zone(real, name) for name in ("now", "next", "mine")
    ]


async def test_what_no_desk_could_have_done_is_a_fresh_practice_and_is_not_shown(site: Site) -> None:
    officer = site.sign_in("officer")
    fresh = (await officer.get(_path(site))).text
    forged = (
        "next",
        "open.start",
        "open.next.start.<script>alert(1)</script>",
        "../../stops",
        ".".join(["open", *["next", "park"] * 90]),
        "\0",
    )
    pages = [(await officer.get(_path(site), params={"pressed": each})).text for each in forged]
    pages.append((await officer.get(_path(site), params={"outcome": "nothing"})).text)

    assert {zone(page, "now") for page in pages} == {zone(fresh, "now")}
    assert [page for page in pages if "alert(1)" in page.partition("<main")[2]] == []


async def test_it_reads_from_the_right_in_arabic_and_says_the_same(site: Site) -> None:
    officer = site.sign_in("officer")
    page = (await officer.get(_path(site), params={"pressed": "open.next", "lang": "ar"})).text

    assert '<html lang="ar" dir="rtl"' in page
    assert INVENTED not in page
    assert [each.key for each in presses(page) if not each.off] == ["s", "r", "h", "p", "u"]


def test_every_press_has_a_lesson_or_an_outcome_to_its_name() -> None:
    assert {*LESSON_WORDS} == {*Lesson}
    assert not {*Key} & {*Outcome}
