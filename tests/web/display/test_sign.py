"""The sign of one desk: its mark and whom it calls, a break, the end; never an institution or a quiet call (R19)."""

import re
from html import unescape

import pytest

from onestop.clock import real_now
from onestop.days.actions import set_paused
from onestop.devices.actions import change_device
from onestop.devices.queries import devices_list
from onestop.domain.day import DeskState
from onestop.domain.roles import SYSTEM
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.tables import calls
from tests.counting import counted
from tests.halls import make_test_day
from tests.web.site import Site

CLOSED, BREAK = "This desk is closed.", "There is a break at this desk."
WAIT = "Please wait until you see your number."


@pytest.fixture
def doors() -> tuple[str, ...]:
    """The desk too: what must not be on the sign is first seen there."""
    return ("desk", "display")


async def _sign(site: Site, desk: int = 1) -> str:
    """What stands on the sign below its mark."""
    page = (await site.sign_in("display").get(f"/display/{site.hall.day.slug}/desk/{desk}?lang=en")).text
    found = re.search(r'<div id="sign".*?</span></span></p>(.*?)</div>', page, re.DOTALL)
    assert found is not None
    return " ".join(unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", found[1], flags=re.DOTALL)).split())


async def test_the_sign_says_what_the_desk_does(site: Site) -> None:
    hall = site.hall
    site.set_time(hall.day.opens_at)
    seen = {"closed": await _sign(site)}
    hall.open_desks()
    seen["open"] = await _sign(site)
    hall.walk_in(hall.wish("legal"))
    stop = hall.next(1).stop
    seen["called"] = await _sign(site)
    hall.write(serve, stop)
    seen["served"] = await _sign(site)
    hall.write(finish, stop)
    seen["finished"] = await _sign(site)
    hall.write(set_desk_state, hall.desks[1].id, DeskState.PAUSED)
    seen["break"] = await _sign(site)
    seen["beside"] = await _sign(site, 2)
    hall.write(set_paused, hall.id, paused=True, why="Fire alarm.")
    seen["beside, in a pause"] = await _sign(site, 2)
    hall.write(set_paused, hall.id, paused=False, why="")
    hall.write(close_day, hall.id)
    seen["over"] = await _sign(site, 2)

    assert seen == {
        "closed": CLOSED,
        "open": WAIT,
        "called": "100",
        "served": "100",
        "finished": WAIT,
        "break": BREAK,
        "beside": WAIT,
        "beside, in a pause": BREAK,
        "over": CLOSED,
    }


async def test_a_quiet_call_and_the_institution_are_not_on_the_sign(site: Site) -> None:
    hall, desk = site.hall, site.desk
    hall.open_desks()
    hall.walk_in(hall.wish("legal"))
    hall.next(desk.number)
    officer = (await site.sign_in("officer").get(f"/desks/{desk.id}?lang=en")).text
    screen = site.sign_in("display")
    path = f"/display/{hall.day.slug}/desk/{desk.number}?lang=en"
    shown = (await screen.get(path)).text
    site.database.write_now(lambda conn: conn.execute(calls.update().values(quiet=True)))
    quiet = (await screen.get(path)).text

    names = (desk.institution.name, "Legal advice")
    assert [name for name in names if name in officer] == list(names)
    assert [name for name in names if name in shown or name in quiet] == []
    assert [">100<" in page.partition("<main")[2] for page in (shown, quiet)] == [True, False]


async def test_a_desk_that_is_not_there_has_no_sign(site: Site) -> None:
    screen, reception = site.sign_in("display"), site.sign_in("receptionist")
    paths = [f"/display/{site.hall.day.slug}/desk/{number}" for number in (0, 99, 10**40)]

    assert [(await reception.get(path)).status_code for path in paths] == [404, 404, 404]
    # A screen without its desk shows the board, which knows every desk.
    assert {(await screen.get(path)).headers["location"] for path in paths} == {f"/display/{site.hall.day.slug}"}


async def test_a_sign_that_was_moved_shows_its_desk_on_the_new_day_else_the_board_by_itself(site: Site) -> None:
    other = make_test_day(site.database, template="greek-mic", on=site.hall.day.on)
    screen, last = site.sign_in("display"), max(site.hall.desks)
    (device,) = site.database.read_now(devices_list, site.hall.id)
    paths = [f"/display/{site.hall.day.slug}/desk/{number}" for number in (1, last)]
    before = [(await screen.get(path)).status_code for path in paths]
    assert last not in other.desks

    site.database.write_now(change_device, device.id, name=device.name, day_id=other.id, actor=SYSTEM, real=real_now())
    # The script is refused and loads the page again.
    parts = [(await screen.get(path, headers={"HX-Request": "true"})).status_code for path in paths]
    moved = [(await screen.get(path)).headers["location"] for path in paths]

    assert (before, parts) == ([200, 200], [403, 403])
    assert moved == [f"/display/{other.day.slug}/desk/1", f"/display/{other.day.slug}"]
    assert [(await screen.get(path)).status_code for path in moved] == [200, 200]


async def test_the_script_gets_the_live_part_alone_in_a_fixed_number_of_statements(site: Site) -> None:
    screen, path = site.sign_in("display"), f"/display/{site.hall.day.slug}/desk/1"
    await screen.get(path)

    with counted() as statements:
        part = await screen.get(path, headers={"HX-Request": "true"})

    assert (part.text.lstrip()[:14], statements()) == ('<div id="sign"', 3)
