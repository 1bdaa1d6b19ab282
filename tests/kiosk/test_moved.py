"""A machine that is moved to another day, and one that is stolen: numbers stay with their day, codes open nothing."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.tables import leases, parties
from onestop.booking.tickets import find_code
from onestop.clock import real_now
from onestop.days.queries.days import day_by_id
from onestop.devices.actions import change_device, revoke_device
from onestop.devices.queries import devices_list
from onestop.domain.errors import NotKnown
from onestop.domain.roles import SYSTEM
from onestop.reports.verify import verify
from onestop_kiosk.server import Away, ShutOut
from onestop_kiosk.store import State
from tests.halls import TestDay, make_test_day
from tests.kiosk.rig import Machine, later
from tests.web.site import Site


def move(machine: Machine, to: TestDay) -> None:
    machine.site.database.write_now(
        change_device, machine.device, name="Lobby", day_id=to.id, actor=SYSTEM, real=real_now()
    )


def tickets(site: Site) -> list[tuple[str, int]]:
    """The tickets there are: day and number."""
    rows = site.database.read_now(
        lambda conn: conn.execute(
            sa.select(parties.c.day_id, parties.c.number).where(parties.c.number.is_not(None)).order_by(parties.c.id)
        ).all()
    )
    return [(site.database.read_now(day_by_id, row.day_id).slug, row.number) for row in rows]


def leased(machine: Machine, day: TestDay) -> int:
    of_day = sa.select(sa.func.count()).where(leases.c.day_id == day.id, leases.c.device_id == machine.device)
    return machine.site.database.read_now(lambda conn: conn.execute(of_day).scalar_one())


async def test_a_moved_machine_hands_in_the_old_day_and_gives_numbers_of_the_new_one(machine: Machine) -> None:
    site, old = machine.site, machine.site.hall
    new = make_test_day(site.database, on=old.day.on, template="greek-mic")
    machine.line.way = "cut"
    assert [await machine.take(), await machine.take()] == [100, 101]
    move(machine, new)
    machine.line.way = "whole"
    machine.line.sent.clear()

    await machine.reach()

    visits, numbers = f"POST /api/v1/days/{old.day.slug}/visits", "POST /api/v1/devices/leases"
    assert [sent for sent in machine.line.sent if sent in (visits, numbers)] == [visits, visits, numbers]
    assert machine.keeper.store.count(State.REFUSED) == 0
    assert (leased(machine, old), leased(machine, new), machine.keeper.numbers_left()) == (1, 1, 50)
    assert tickets(site) == [(old.day.slug, 100), (old.day.slug, 101)]

    need = new.offer.services[0].id.hex[-12:]
    path = f"/kiosk/d/{new.day.slug}/tickets?lang=en"
    for way in ("cut", "whole"):
        machine.line.way = way
        taken = await machine.hand.browser.post(path, data={"_key": uuid4().hex, "services": need})
        assert taken.status_code == 303
        await machine.reach()
    await machine.reach()

    # The numbers of the new day begin anew; those that are left of the old one are given to nobody.
    assert tickets(site)[2:] == [(new.day.slug, 100), (new.day.slug, 101)]
    assert machine.keeper.store.count(State.REFUSED) == 0
    assert site.database.read_now(verify, now=old.now) == []


async def test_a_lease_that_was_under_way_for_the_old_day_is_not_asked_for_the_new_one(machine: Machine) -> None:
    new = make_test_day(machine.site.database, on=machine.site.hall.day.on, template="greek-mic")
    machine.keeper.blocks = 2
    machine.line.way = "deaf"
    with pytest.raises(Away):
        await machine.keeper.lease()
    machine.line.way = "whole"
    move(machine, new)

    await machine.reach()

    assert (leased(machine, machine.site.hall), leased(machine, new), machine.keeper.numbers_left()) == (2, 2, 100)


async def test_a_machine_that_was_moved_to_a_day_not_published_yet_gives_no_number_of_the_old_one(
    machine: Machine,
) -> None:
    later_day = make_test_day(
        machine.site.database, on=machine.site.hall.day.on + timedelta(days=7), template="greek-mic", publish=False
    )
    assert machine.keeper.numbers_left() == 50
    move(machine, later_day)
    await machine.reach()
    machine.line.way = "cut"

    await machine.hand.go("/kiosk?lang=en")
    pressed = await machine.hand.browser.post(
        f"/kiosk/d/{machine.site.hall.day.slug}/tickets?lang=en",
        data={"_key": uuid4().hex, "services": machine.site.hall.service("legal").hex[-12:]},
    )

    assert machine.hand.text.startswith("Today there is no advice here.")
    assert (pressed.status_code, machine.keeper.numbers_left(), machine.keeper.store.waiting()) == (200, 0, [])
    machine.line.way = "whole"
    move(machine, machine.site.hall)
    await machine.reach()
    machine.line.way = "cut"
    assert await machine.take() == 100


async def test_another_machine_hands_in_nothing_for_a_day_it_had_no_numbers_of(machine: Machine) -> None:
    new = make_test_day(machine.site.database, on=machine.site.hall.day.on, template="greek-mic")
    paper = {"services": ["legal"], "party": [{"child": False}], "languages": ["en"], "display_language": "en"}
    paper |= {"nonce": uuid4().hex, "number": 100, "counter": 1, "issued_at": machine.site.hall.now.isoformat()}

    answer = await machine.line.post(f"/days/{new.day.slug}/visits", paper, key=uuid4().hex)

    assert (answer.status, tickets(machine.site)) == (404, [])


async def test_a_stolen_machine_is_out_at_its_next_request_and_its_codes_open_nothing(machine: Machine) -> None:
    """What stands on the stolen disk: a dead token, and numbers with codes that were never given to anybody."""
    site = machine.site
    stolen = machine.keeper.store._db.execute("SELECT number, code, short FROM numbers").fetchall()
    assert [await machine.take() for _ in range(2)] == [100, 101]
    given = machine.keeper.store._db.execute("SELECT code FROM acts ORDER BY counter").fetchall()
    assert [site.database.read_now(find_code, row["code"]).number for row in given] == [100, 101]

    site.database.write_now(revoke_device, machine.device, actor=SYSTEM, real=real_now())

    for path in ("/devices/leases", "/devices/heartbeat", f"/days/{site.hall.day.slug}/visits"):
        with pytest.raises(ShutOut):
            await machine.line.post(path, {}, key=uuid4().hex)
    with pytest.raises(ShutOut):
        await machine.line.page("GET", "/kiosk")
    reception, visitor = site.sign_in("receptionist"), site.browser()
    unused = [row for row in stolen if row["number"] >= 102]
    assert len(unused) == 48
    for row in unused:
        for code in (row["code"], row["short"]):
            with pytest.raises(NotKnown):
                site.database.read_now(find_code, code, days=[site.hall.id])
    for row in unused[:2]:
        page: httpx.Response = await visitor.get(f"/t/{row['code']}")
        arrived = await reception.post(f"/reception/{site.hall.day.slug}/find", data={"q": row["short"]})
        assert (page.status_code, arrived.status_code) == (404, 200)
        assert "Nobody found." in arrived.text
    # Nobody after it gets one of these numbers, and with it the stolen code.
    later(site, machine, minutes=1)
    assert site.hall.walk_in(site.hall.wish("legal"))[0].number == 150
    assert [one.revoked_at is None for one in site.database.read_now(devices_list)] == [False]
