"""The board by HTTP: numbers and desks, the latest first, and nothing about anybody (R10, R15)."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.wish import make_wish
from onestop.clock import real_now
from onestop.days.actions import set_paused
from onestop.devices.actions import change_device
from onestop.devices.queries import devices_list
from onestop.domain.booking import Interpreter
from onestop.domain.party import party_of
from onestop.domain.roles import SYSTEM
from onestop.visits.actions.calls import no_show, recall, serve, transfer
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.undo import undo
from onestop.visits.tables import calls
from tests.halls import make_test_day
from tests.web.site import Site

_LINE = re.compile(
    r'<li id="call-(\d+)" data-call="\d+" data-said="(\d+)" data-age="(\d+)"( hidden)?>.*?'
    r'class="number">([^<]+)<.*?class="desk-badge desk-c(\d+) shape-(\w+)".*?<bdi dir="ltr">(\d+)<',
    re.DOTALL,
)

EVERY_DESK = (
    ("legal", 1),
    ("social", 2),
    ("labour", 3),
    ("residence", 4),
    ("employment-office", 5),
    ("health-insurance", 6),
)


@pytest.fixture
def doors() -> tuple[str, ...]:
    """The desk too: what must not be on the board is first seen there."""
    return ("desk", "display")


def _path(site: Site, more: str = "") -> str:
    return f"/display/{site.hall.day.slug}{more}"


def _lines(page: str) -> list[tuple[str, int]]:
    """Number and desk of each line that is shown."""
    return [(number, int(desk)) for _, _, _, hidden, number, _, _, desk in _LINE.findall(page) if not hidden]


def _message(page: str) -> str:
    """The sentence in place of or above the lines."""
    found = re.search(r'<div id="lines".*?<p class="board-message[^>]*>(.*?)</p>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split()) if found else ""


async def _board(site: Site, screen: httpx.AsyncClient, more: str = "") -> str:
    answer = await screen.get(_path(site, more))
    assert answer.status_code == 200
    return answer.text


def _call(site: Site, number: int, *keys: str, **wish: object) -> object:
    site.hall.walk_in(site.hall.wish(*keys, **wish))  # type: ignore[arg-type]
    return site.hall.next(number).stop


async def test_calls_stand_on_the_board_the_latest_first_and_at_most_five(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    at = (
        ("legal", 1),
        ("social", 2),
        ("labour", 3),
        ("residence", 4),
        ("employment-office", 5),
        ("health-insurance", 6),
    )
    for key, number in at:
        site.set_time(site.hall.now + timedelta(seconds=20))
        _call(site, number, key)

    page = await _board(site, screen)

    assert _lines(page) == [("105", 6), ("104", 5), ("103", 4), ("102", 3), ("101", 2)]
    assert _LINE.findall(page)[0][5:] == (str(site.hall.desks[6].colour), site.hall.desks[6].shape, "6")


async def test_one_member_of_a_family_has_her_mark_and_the_whole_family_none(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    social = site.hall.service("social")
    two = make_wish(
        site.hall.offer,
        services=[social],
        members=party_of(adults=2),
        languages=("en",),
        interpreter=Interpreter.NONE,
        display_language="en",
        together={social: [2]},
    )
    site.hall.walk_in(two)
    site.hall.walk_in(site.hall.wish("labour", adults=2))
    site.hall.next(2)
    site.hall.next(3)

    assert _lines(await _board(site, screen)) == [("101", 3), ("100 · 2", 2)]


async def test_a_call_stays_while_she_walks_and_after_she_came_and_goes_when_it_no_longer_holds(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    stop = _call(site, 1, "legal")
    seen = {"called": _lines(await _board(site, screen))}
    site.hall.write(serve, stop)
    seen["served"] = _lines(await _board(site, screen))
    site.set_time(site.hall.now + timedelta(minutes=11))
    seen["served long ago"] = _lines(await _board(site, screen))
    site.hall.write(no_show, _call(site, 2, "social"))
    seen["not here"] = _lines(await _board(site, screen))
    site.hall.write(undo, _call(site, 3, "labour"))
    seen["undone"] = _lines(await _board(site, screen))
    site.hall.write(transfer, site.hall.next(3).stop, service=site.hall.service("legal"))
    seen["sent on"] = _lines(await _board(site, screen))

    assert seen == {
        "called": [("100", 1)],
        "served": [("100", 1)],
        "served long ago": [],
        "not here": [],
        "undone": [],
        "sent on": [],
    }


async def test_a_quiet_call_is_never_shown(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    _call(site, 1, "legal")
    _call(site, 2, "social")
    site.database.write_now(lambda conn: conn.execute(calls.update().where(calls.c.id == 1).values(quiet=True)))

    page = await _board(site, screen)

    assert (_lines(page), ">100<" in page, ">101<" in page) == ([("101", 2)], False, True)


async def test_after_the_last_call_come_only_new_and_repeated_ones_of_the_last_minute(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    stops = {n: _call(site, n, key) for n, key in ((1, "legal"), (2, "social"), (3, "labour"))}
    known = re.search(r'data-last="(\d+)"', await _board(site, screen))
    assert known is not None
    site.set_time(site.hall.now + timedelta(seconds=50))
    site.hall.write(recall, stops[1])
    _call(site, 5, "employment-office")
    site.set_time(site.hall.now + timedelta(seconds=5))

    fragment = await _board(site, screen, f"/calls?after={known[1]}")
    told = [(number, int(said), int(age) <= 7) for _, said, age, _, number, *_ in _LINE.findall(fragment)]

    assert fragment.lstrip().startswith('<div id="lines"')
    assert sorted(told[:2]) == [("100", 2, True), ("103", 1, True)]
    assert told[2:] == [("102", 1, False), ("101", 1, False)]


async def test_more_calls_at_once_than_lines_are_all_told_so_that_each_is_played(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    at = (
        ("legal", 1),
        ("social", 2),
        ("labour", 3),
        ("residence", 4),
        ("employment-office", 5),
        ("health-insurance", 6),
    )
    for key, number in at:
        _call(site, number, key)

    fresh = _LINE.findall(await _board(site, screen, "/calls?after=0"))
    known = _LINE.findall(await _board(site, screen, f"/calls?after={fresh[-1][0]}"))

    assert [(number, bool(hidden)) for _, _, _, hidden, number, *_ in fresh] == [
        ("105", False), ("104", False), ("103", False), ("102", False), ("101", False), ("100", True),
    ]  # fmt: skip
    assert [number for *_, number, _, _, _ in known] == ["105", "104", "103", "102", "101"]


async def test_each_state_of_the_day_has_its_sentence(site: Site) -> None:
    screen = site.sign_in("display")
    said = {"before": _message(await _board(site, screen, "?lang=en"))}
    site.set_time(site.hall.day.opens_at)
    said["nobody called"] = _message(await _board(site, screen, "?lang=en"))
    site.hall.write(set_paused, site.hall.id, paused=True, why="Fire alarm.")
    said["pause"] = _message(await _board(site, screen, "?lang=en"))
    site.hall.write(set_paused, site.hall.id, paused=False, why="")
    site.hall.write(close_day, site.hall.id)
    said["over"] = _message(await _board(site, screen, "?lang=en"))

    assert said == {
        "before": "We open at 09:00. You will see your number here.",
        "nobody called": "Please take a seat. You will see your number here.",
        "pause": "There is a pause now. Nobody is called. Your place is kept. Fire alarm.",
        "over": "This day is over. Thank you for coming. If you still wait, please ask the staff.",
    }


async def test_the_board_works_without_script_and_says_what_is_old_with_it(site: Site) -> None:
    page = await _board(site, site.sign_in("display"), "?lang=en")

    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert re.search(r'id="stale" hidden>.*Not live\. These numbers are from', page, re.DOTALL)
    assert re.search(r'id="gone" hidden>.*Please ask the staff\.', page, re.DOTALL)


async def test_nothing_about_anybody_is_on_the_board(site: Site) -> None:
    """R15: the canaries are there, at the desk that was called, and none of them is here."""
    screen, officer = site.sign_in("display"), site.sign_in("officer")
    site.hall.open_desks()
    ticket = site.hall.book(
        site.hall.wish("legal", "residence", languages=("vi", "ar"), interpreter=Interpreter.NEEDED), name="Canary Name"
    )
    site.hall.arrive(ticket)
    site.set_time(site.hall.day.opens_at)
    site.hall.next(1)
    stop = site.database.read_now(lambda conn: conn.execute(sa.select(calls.c.stop_id)).scalar_one())
    canaries = ("Canary", "Legal", "Residence", "Arabic", "Vietnamese", "M01", "Migration", "Police", "waited")
    canaries += (str(stop), str(ticket.party), ticket.code, ticket.short)

    desk = (await officer.get(f"/desks/{site.desk.id}?lang=en")).text
    boards = [await _board(site, screen, more) for more in ("?lang=en", "?lang=sk", "/calls?after=0&lang=en")]

    assert [word for word in ("Legal advice", "Arabic", "Vietnamese", "M01", "waited") if word not in desk] == []
    assert [_lines(board) for board in boards] == [[(str(ticket.number), 1)]] * 3
    assert [word for board in boards for word in canaries if word.lower() in board.lower()] == []


async def test_a_machine_of_another_day_and_an_officer_see_no_board(site: Site) -> None:
    answers = [await site.sign_in(role).get(_path(site)) for role in ("officer", "mediator", "kiosk", "anonymous")]
    unknown = await site.sign_in("display").get("/display/no-such-day")

    assert [answer.status_code for answer in answers] == [403, 403, 403, 303]
    assert answers[3].headers["location"] == f"/pair?next={_path(site)}"
    assert unknown.status_code == 404


async def test_a_display_that_was_moved_opens_the_board_of_its_new_day_by_itself(site: Site) -> None:
    other = make_test_day(site.database, template="greek-mic", on=site.hall.day.on)
    screen = site.sign_in("display")
    (device,) = site.database.read_now(devices_list, site.hall.id)
    before = await screen.get(_path(site))

    site.database.write_now(change_device, device.id, name=device.name, day_id=other.id, actor=SYSTEM, real=real_now())
    lines, moved = await screen.get(f"{_path(site)}/calls?after=0"), await screen.get(_path(site))

    # The script on the board asks for its lines, is refused, and loads the page again.
    assert (before.status_code, lines.status_code) == (200, 403)
    assert (moved.status_code, moved.headers["location"]) == (303, f"/display/{other.day.slug}")
    assert (await screen.get(moved.headers["location"])).status_code == 200


async def test_the_board_speaks_the_language_of_the_day_unless_one_was_chosen(site: Site) -> None:
    screen = site.sign_in("display")
    tags = [
        re.search(r'<html lang="([\w-]+)"', await _board(site, screen, more))
        for more in ("", "?lang=ar", "")  # the choice is remembered
    ]

    assert [found[1] for found in tags if found] == ["sk", "ar", "ar"]
