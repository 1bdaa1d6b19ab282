"""A board as its machine is set up: some desks, big enough type, sound and quiet hours, the organiser's own line."""

import re
from uuid import UUID

import httpx
import sqlalchemy as sa

from onestop.clock import real_now
from onestop.days.actions import set_paused
from onestop.days.board_lines import write_board_line
from onestop.days.tables import days
from onestop.devices.actions import set_up_display
from onestop.devices.tables import devices
from onestop.domain.board import DisplaySetup, Screen, Sound
from tests.counting import counted
from tests.halls import STAFF
from tests.web.display.test_board import _lines
from tests.web.site import Site

EVERY_DESK = (
    ("legal", 1),
    ("social", 2),
    ("labour", 3),
    ("residence", 4),
    ("employment-office", 5),
    ("health-insurance", 6),
)


def _call_all(site: Site) -> None:
    site.hall.open_desks()
    for key, number in EVERY_DESK:
        site.hall.walk_in(site.hall.wish(key))
        site.hall.next(number)


def _device(site: Site) -> UUID:
    return site.database.read_now(lambda conn: conn.execute(sa.select(devices.c.id)).scalar_one())


def _set_up(site: Site, **setup: object) -> None:
    site.database.write_now(
        set_up_display,
        _device(site),
        DisplaySetup(**setup),
        actor=STAFF,
        real=real_now(),  # type: ignore[arg-type]
    )


async def _get(site: Site, screen: httpx.AsyncClient, query: str = "") -> str:
    answer = await screen.get(f"/display/{site.hall.day.slug}{query}")
    assert answer.status_code == 200
    return answer.text


def _data(page: str, *names: str) -> list[str]:
    return [found[1] for name in names if (found := re.search(rf'<div id="lines"[^>]* data-{name}="([^"]*)"', page))]


async def test_a_board_shows_the_desks_of_its_zone_by_its_set_up_or_by_its_address(site: Site) -> None:
    screen = site.sign_in("display")
    _call_all(site)
    every = _lines(await _get(site, screen))
    _set_up(site, desks=(1, 3))
    zone = _lines(await _get(site, screen))
    address = _lines(await _get(site, screen, "?desks=5,6,x,99999999"))
    fragment = _lines(await _get(site, screen, "/calls?after=0"))

    assert {desk for _, desk in every} == {2, 3, 4, 5, 6}
    assert (zone, fragment) == ([("102", 3), ("100", 1)], [("102", 3), ("100", 1)])
    assert address == [("105", 6), ("104", 5)]


async def test_the_farther_the_seat_the_fewer_lines_and_the_others_are_only_announced(site: Site) -> None:
    screen = site.sign_in("display")
    _call_all(site)
    shown = {query: _get(site, screen, query) for query in ("", "?inches=55&metres=9", "?inches=55&metres=16")}
    pages = {query: await page for query, page in shown.items()}
    _set_up(site, screen=Screen(inches=55, metres=12))
    stored = await _get(site, screen)

    assert [_data(page, "shown") for page in (*pages.values(), stored)] == [["5"], ["3"], ["1"], ["2"]]
    assert [len(_lines(page)) for page in (*pages.values(), stored)] == [5, 3, 1, 2]
    assert 'class="lines type-2 rows-2"' in stored
    assert len(re.findall(r"data-call=", stored)) == 6


async def test_an_address_that_makes_no_sense_changes_nothing(site: Site) -> None:
    screen = site.sign_in("display")
    _call_all(site)
    usual = await _get(site, screen)

    for query in ("?inches=55", "?inches=0&metres=0", "?sound=loud", "?volume=-1", "?volume=101", "?desks=", "?dark=x"):
        page = await _get(site, screen, query)
        assert _data(page, "shown", "sound", "volume", "setup") == _data(usual, "shown", "sound", "volume", "setup")


async def test_sound_volume_and_dark_come_from_the_machine_and_the_address_wins(site: Site) -> None:
    screen = site.sign_in("display")
    seen = [_data(await _get(site, screen), "sound", "volume")]
    _set_up(site, sound=Sound.CHIME, volume=40, dark=True)
    dark = await _get(site, screen)
    light = await _get(site, screen, "?sound=none&volume=0&dark=0")
    seen += [_data(dark, "sound", "volume"), _data(light, "sound", "volume")]

    assert seen == [["speech", "100"], ["chime", "40"], ["none", "0"]]
    assert ['class="board dark"' in page for page in (dark, light)] == [True, False]


async def test_in_quiet_hours_of_the_venue_there_is_no_sound(site: Site) -> None:
    screen = site.sign_in("display")
    site.set_time(site.hall.day.opens_at)  # nine in Bratislava
    site.database.write_now(lambda conn: conn.execute(days.update().values(quiet_from="09:00", quiet_until="10:00")))
    quiet = _data(await _get(site, screen), "sound")
    site.set_time(site.hall.day.opens_at.replace(hour=site.hall.day.opens_at.hour + 1))

    assert (quiet, _data(await _get(site, screen), "sound")) == (["none"], ["speech"])


async def test_the_line_of_the_organiser_stands_above_the_numbers_in_the_best_language(site: Site) -> None:
    screen = site.sign_in("display")
    _call_all(site)
    site.hall.write(write_board_line, site.hall.id, {"sk": "Káva je  na chodbe.", "ar": "القهوة في الممر"})
    pages = {tag: await _get(site, screen, f"?lang={tag}") for tag in ("sk", "ar", "en")}
    lines = {
        tag: re.search(r'class="board-message line">.*?<span([^>]*)>([^<]*)<', page, re.DOTALL)
        for tag, page in pages.items()
    }

    assert {tag: (found[1].strip(), found[2]) for tag, found in lines.items() if found} == {
        "sk": ('lang="sk" dir="auto"', "Káva je na chodbe."),
        "ar": ('lang="ar" dir="auto"', "القهوة في الممر"),
        "en": ('lang="sk" dir="auto"', "Káva je na chodbe."),
    }
    assert [_data(page, "shown") for page in pages.values()] == [["3"]] * 3


async def test_a_pause_leaves_room_for_its_sentence(site: Site) -> None:
    screen = site.sign_in("display")
    _call_all(site)
    site.hall.write(set_paused, site.hall.id, paused=True, why="Fire alarm.")

    page = await _get(site, screen, "?lang=en")

    assert ("Fire alarm." in page, len(_lines(page))) == (True, 3)


async def test_a_board_costs_a_fixed_number_of_statements(site: Site) -> None:
    screen = site.sign_in("display")
    await _get(site, screen)
    costs: list[int] = []
    for prepare in (lambda: None, lambda: _call_all(site), lambda: _set_up(site, desks=(1, 2))):
        prepare()
        await _get(site, screen)
        with counted() as statements:
            await _get(site, screen)
        costs.append(statements())

    assert costs == [3, 3, 3]
