"""On top of the live overview: who is not here although the plan says so, and when a silent machine is looked for."""

import re
from datetime import time, timedelta

from onestop.clock import real_now
from onestop.days.queries.desks import mediators_of_day
from onestop.devices.actions import touch_device
from onestop.domain.attendance import Attendance
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.machine import SILENT_AFTER
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.actions.setup import change_attendance
from tests.web.kiosk.touch import words
from tests.web.organise.browsing import Organiser
from tests.web.organise.things import machine_of
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
TITLE = "Who is not here now"


async def _shown(organiser: Organiser) -> str:
    return words((await organiser.open(f"{DAY}/overview")).text)


async def test_nobody_is_missing_before_the_opening_and_where_everybody_is_here(site: Site) -> None:
    organiser = Organiser(site)
    before = await _shown(organiser)
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()

    assert TITLE not in before
    assert "from 09:00" in before
    assert TITLE not in await _shown(organiser)


async def test_desks_that_are_closed_or_come_later_and_mediators_who_left_stand_on_top(site: Site) -> None:
    organiser, hall = Organiser(site), site.hall
    police = next(each.institution.id for each in hall.offer.services if each.key == "residence")
    version = hall.day.version
    hall.write(change_attendance, hall.id, police, Attendance.LATE, time(9, 40), version=version)
    site.set_time(hall.day.opens_at)
    for number in (1, 2, 3, 5, 6):
        hall.write(set_desk_state, hall.desks[number].id, DeskState.OPEN)
    for number in (2, 3):
        hall.write(set_desk_state, hall.desks[number].id, DeskState.CLOSED)
    hall.write(set_desk_state, hall.desks[1].id, DeskState.PAUSED)
    first = hall.db.read_now(mediators_of_day, hall.id)[0]
    hall.write(set_mediator_state, first.id, MediatorState.LEFT)

    shown = await _shown(organiser)
    top = shown.partition(TITLE)[2].partition("Expected")[0]
    assert top.split(" See the ")[:3] == [
        " Desks 2 and 3 are closed in their hours: IOM Migration Information Centre.",
        "desks Desk 4 comes at 09:40 : Foreign Police Department.",
        f"desks Mediator {first.label} has left.",
    ]
    assert "from 09:40 until 13:00" in shown

    site.set_time(first.closes_at + timedelta(hours=1))
    over = (await _shown(organiser)).partition(TITLE)[2].partition("Expected")[0]
    assert "Mediator" not in over
    assert "comes at" not in over


async def test_the_page_looks_again_when_a_machine_falls_silent_unless_it_looks_sooner_anyway(site: Site) -> None:
    organiser, machine, real = Organiser(site), machine_of(site.hall), real_now()

    async def looks(ago: timedelta) -> list[str]:
        site.database.write_now(touch_device, machine.device, real=real - ago)
        return re.findall(r"load delay:(\d+)s", (await organiser.open(f"{DAY}/overview")).text)

    assert await looks(timedelta(0)) == []
    (seconds,) = await looks(SILENT_AFTER - timedelta(seconds=20))
    assert 1 <= int(seconds) <= 20
    assert await looks(SILENT_AFTER + timedelta(seconds=20)) == []
