"""The organiser sets up displays: desks, screen and hall, sound; and writes the line on the boards."""

import re

from onestop.days.queries.board_lines import board_line
from onestop.days.queries.days import day_by_slug
from onestop.devices.queries import devices_list
from onestop.domain.board import DisplaySetup, Screen, Sound
from onestop.visits.actions.closing import close_day
from tests.web.organise import things
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
LINE = f"{DAY}/texts/board"


def _setup(site: Site) -> DisplaySetup:
    (device,) = site.database.read_now(devices_list, site.hall.id)
    return device.display


async def test_a_display_is_set_up_and_its_list_says_which_desks_it_shows(site: Site) -> None:
    path = f"{DAY}/devices/{things.device(site)}/display"
    organiser = Organiser(site)
    await organiser.open(path)
    before = _setup(site)

    saved = await organiser.send(path, desks=["2", "1"], inches="55", metres="9", sound="chime", volume="60", dark="1")

    assert before == DisplaySetup()
    assert _setup(site) == DisplaySetup(
        desks=(1, 2), screen=Screen(inches=55, metres=9), sound=Sound.CHIME, volume=60, dark=True
    )
    assert (saved.url.path, "desks 1, 2" in saved.text) == (f"{DAY}/devices", True)


async def test_every_desk_chosen_is_kept_as_all_so_that_a_later_desk_is_shown_too(site: Site) -> None:
    path = f"{DAY}/devices/{things.device(site)}/display"
    organiser = Organiser(site)
    await organiser.open(path)

    await organiser.send(path, desks=[str(number) for number in site.hall.desks], sound="speech")

    assert _setup(site).desks == ()


async def test_what_is_wrong_is_said_beside_what_was_typed_and_nothing_is_stored(site: Site) -> None:
    path = f"{DAY}/devices/{things.device(site)}/display"
    organiser = Organiser(site)
    await organiser.open(path)

    half = await organiser.send(path, inches="55", metres="", sound="speech")
    big = await organiser.send(path, inches="900", metres="9", sound="speech")
    loud = await organiser.send(path, inches="", metres="", sound="shout")

    assert [answer.status_code for answer in (half, big, loud)] == [422, 422, 422]
    assert "Please write both the screen and the distance, or neither of them." in half.text
    assert "Please write a whole number from 10 to 120." in big.text
    assert re.search(r'name="inches"[^>]*value="900"|value="900"[^>]*name="inches"', big.text)
    assert "Please choose what is heard." in loud.text
    assert _setup(site) == DisplaySetup()


async def test_a_screen_that_is_too_small_is_told_with_the_distance_it_can_be_read_from(site: Site) -> None:
    path = f"{DAY}/devices/{things.device(site)}/display"
    organiser = Organiser(site)
    await organiser.open(path)

    saved = await organiser.send(path, inches="24", metres="12", sound="speech")

    assert (saved.url.path, "That can be read from 7 metres." in saved.text) == (path, True)
    assert _setup(site).screen == Screen(inches=24, metres=12)


async def test_a_ticket_machine_and_a_machine_that_is_shut_out_have_no_such_page(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/devices")
    await organiser.press(f"{DAY}/devices", kind="kiosk", name="Door")
    (kiosk,) = site.database.read_now(devices_list, site.hall.id)
    screen = things.device(site)
    await organiser.open(f"{DAY}/devices")
    await organiser.send(f"{DAY}/devices/{screen}/revoke")

    paths = [f"{DAY}/devices/{device}/display" for device in (kiosk.id, screen)]

    assert [(await organiser.browser.get(path)).status_code for path in paths] == [404, 404]


async def test_the_line_on_the_boards_has_one_page_and_its_first_address_leads_there(site: Site) -> None:
    organiser = Organiser(site)
    machines = await organiser.open(f"{DAY}/devices")
    first = await organiser.browser.get(f"{DAY}/board")
    sent = await organiser.browser.post(f"{DAY}/board", data={"line_en": "Behind the back of the texts page"})
    form = await organiser.open(LINE)

    assert f'href="{LINE}"' in machines.text
    assert (first.status_code, first.headers["location"], sent.status_code) == (303, LINE, 405)
    assert "Everybody in the room reads it: name no person here." in form.text
    assert site.database.read_now(board_line, site.hall.id) == {}


async def test_the_line_on_the_boards_is_kept_by_language_and_taken_away(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(LINE)
    await organiser.send(LINE, text_en="Coffee is in the  hall.", text_ar="القهوة", text_sk="")
    stored = site.database.read_now(board_line, site.hall.id)
    await organiser.send(LINE, text_en="", text_ar="")

    assert stored == {"en": "Coffee is in the hall.", "ar": "القهوة"}
    assert site.database.read_now(board_line, site.hall.id) == {}


async def test_a_line_that_is_too_long_is_refused_with_what_was_typed(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(LINE)

    answer = await organiser.send(LINE, text_en="x" * 141)

    assert (answer.status_code, "x" * 141 in answer.text) == (422, True)
    assert "Please write at most 140 characters." in answer.text
    assert site.database.read_now(board_line, site.hall.id) == {}


async def test_a_day_that_is_over_takes_no_line(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(LINE)
    site.set_time(site.hall.day.opens_at)
    site.hall.write(close_day, site.hall.id)

    assert (await organiser.send(LINE, text_en="Late")).status_code == 409
    assert site.database.read_now(board_line, site.hall.id) == {}


async def test_quiet_hours_are_two_times_or_none(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    half = await organiser.send(f"{DAY}/settings", quiet_from="12:00", quiet_until="")
    same = await organiser.send(f"{DAY}/settings", quiet_from="12:00", quiet_until="12:00")
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", quiet_from="12:00", quiet_until="13:30")
    day = site.database.read_now(day_by_slug, site.hall.day.slug)

    assert (half.status_code, "Please write a time such as 09:30." in half.text) == (422, True)
    assert (same.status_code, "Please write two times that are not the same." in same.text) == (422, True)
    assert (day.quiet_from, day.quiet_until) == ("12:00", "13:30")
