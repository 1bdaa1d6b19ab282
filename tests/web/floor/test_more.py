"""More at one desk of floor control: sending on, coming again, break and help; and what stays with the desk."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from onestop.accounts.actions import add_account
from onestop.booking.tables import stops
from onestop.db.session import Database
from onestop.directory.tables import services
from onestop.domain.day import DeskState
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.visits.queries.alarms import open_alarms
from onestop.visits.queries.floor import FloorDesk, floor_desk
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.halls import ON, make_test_day
from tests.referrals.scene import Scene, make_scene
from tests.sessions import session_of
from tests.web.hall_desk import Staff
from tests.web.public.visitor import Page
from tests.web.site import HOST, Site, running


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The application with the doors of the hall's staff and of desks, whose page floor control opens."""
    async with running(database, tmp_path / "var", doors=("reception", "floor", "desk")) as started:
        yield started


@pytest.fixture
def scene(site: Site, control: Staff) -> Scene:
    """The running day at its opening, with a school and a shelter that is discreet."""
    made = make_scene(site.database, site.hall, reacts=False)
    control.set_time(site.hall.day.opens_at)
    return made


def card(control: Staff, number: int = 1) -> FloorDesk:
    hall = control.hall
    return hall.db.read_now(floor_desk, hall.id, hall.desks[number].id, now=hall.now)


def more(control: Staff, number: int = 1) -> str:
    """The address of the page."""
    return f"{control.floor}/desks/{control.hall.desks[number].id}"


def make_private(scene: Scene, key: str) -> None:
    """A service whose talks are private; those that are there already too."""

    def act(conn: sa.Connection) -> None:
        conn.execute(services.update().where(services.c.key == key).values(private=True))
        conn.execute(stops.update().where(stops.c.service_id == scene.hall.service(key)).values(private=True))

    scene.db.write_now(act)


async def sent(browser: httpx.AsyncClient, stop: UUID, **typed: str) -> httpx.Response:
    """The form as it stands, with what was typed."""
    path = f"/stops/{stop}/referrals"
    form = dict(Page((await browser.get(path)).text).forms["refer-form"].fields)
    return await browser.post(path, data={**form, "reason": "school", "said_yes": "yes", **typed})


async def test_a_card_leads_to_more_and_from_there_she_is_sent_on_and_it_is_taken_back(
    control: Staff, scene: Scene
) -> None:
    ticket, stop = scene.talk()
    cards = await control.look(control.floor)
    page = await control.look(more(control))

    made = await sent(control.browser, stop, where=f"place:{scene.school}")
    shown = await control.look(made.headers["location"])
    [row] = scene.rows()
    back = await control.press(f"/stops/{stop}/referrals/{row.id}/withdraw")

    assert f'href="{more(control)}"' in cards
    assert [f'href="{path}"' in page for path in (f"/stops/{stop}/referrals", control.path(ticket))] == [True, True]
    assert (made.status_code, "Primary School" in shown, f'href="{more(control)}"' in shown) == (303, True, True)
    of_the_desk = (f"/stops/{stop}/steps", f"/desks/{control.hall.desks[1].id}/alarms")
    assert [address in shown for address in of_the_desk] == [False, False]
    assert (back.status_code, scene.rows()[0].withdrawn_at is not None) == (303, True)


async def test_what_goes_to_her_alone_is_neither_offered_nor_shown_nor_taken_back_here(
    control: Staff, scene: Scene, site: Site
) -> None:
    _, stop = scene.talk()
    make_private(scene, "health-insurance")
    scene.refer(stop, place=scene.shelter, reason="shelter")
    [row] = scene.rows()
    at_desk = (await site.sign_in("officer").get(f"/stops/{stop}/referrals")).text
    here = await control.look(f"/stops/{stop}/referrals")
    private = scene.hall.service("health-insurance")

    refused = [
        await sent(control.browser, stop, where=where) for where in (f"place:{scene.shelter}", f"service:{private}")
    ]
    taken = await control.press(f"/stops/{stop}/referrals/{row.id}/withdraw")

    assert [text in at_desk for text in ("House Kanarinka", f"service:{private}")] == [True, True]
    assert [text in here for text in ("House Kanarinka", f"service:{private}")] == [False, False]
    assert [each.status_code for each in (*refused, taken)] == [422, 422, 404]
    assert [each.withdrawn_at for each in scene.rows()] == [None]


async def test_a_private_talk_is_sent_on_only_at_its_own_desk(control: Staff, scene: Scene, site: Site) -> None:
    _, stop = scene.talk()
    open_talk = await control.look(more(control))
    make_private(scene, "legal")

    page = await control.look(more(control))
    officer = await site.sign_in("officer").get(f"/stops/{stop}/referrals")
    here = [
        await control.browser.get(f"/stops/{stop}/referrals"),
        await control.press(f"/stops/{stop}/referrals", {"where": f"place:{scene.school}"}),
        await control.browser.get(f"/stops/{uuid4()}/referrals"),
    ]

    assert [f"/stops/{stop}/referrals" in text for text in (open_talk, page)] == [True, False]
    assert (officer.status_code, [each.status_code for each in here]) == (200, [404] * 3)
    assert "Legal advice" not in page


async def test_floor_control_of_another_day_sends_nobody_on_and_notes_open_for_nobody_here(
    control: Staff, scene: Scene, site: Site
) -> None:
    _, stop = scene.talk()
    other = make_test_day(site.database, on=ON + timedelta(days=14))
    account = site.database.write_now(
        add_account,
        login="elsewhere",
        password_hash="unused",
        name="Elsewhere",
        held=(Grant(role=Role.RECEPTIONIST, day=other.id),),
        actor=SYSTEM,
        now=site.hall.now,
    )
    elsewhere = site.browser()
    token = session_of(site.database, account)
    elsewhere.cookies.set(SESSION_COOKIE, token, domain=HOST)

    foreign = [await elsewhere.get(f"/stops/{stop}/referrals"), await elsewhere.post(f"/stops/{stop}/referrals")]
    notes = await control.browser.get(f"/stops/{stop}/notes")

    assert ([each.status_code for each in foreign], notes.status_code) == ([404, 404], 403)
    assert scene.rows() == []


async def test_she_comes_again_the_desk_has_a_break_and_help_is_called(control: Staff, scene: Scene) -> None:
    base = more(control)
    control.hall.walk_in(control.hall.wish("legal"))
    stop = control.hall.next(1).stop
    only_called = await control.look(base)
    await control.press(f"{base}/stops/{stop}/serve")
    sits_here = await control.look(base)

    help_ = await control.press(f"{base}/help")
    rest = await control.press(f"{base}/pause")
    resting = await control.look(base)
    parked = await control.press(f"{base}/stops/{stop}/park", {"minutes": "20"})

    assert [each.headers["location"] for each in (help_, rest, parked)] == [
        f"{control.floor}#desk-{control.hall.desks[1].id}"
    ] * 3
    assert [f"{base}/stops/{stop}/park" in text for text in (only_called, sits_here)] == [False, True]
    assert ("End the break" in resting, card(control).state) == (True, DeskState.PAUSED)
    assert control.facts("StopParked")[-1][1]["minutes"] == 20
    [alarm] = control.hall.db.read_now(open_alarms, control.hall.id)
    assert (alarm.desk.number if alarm.desk else None, alarm.is_of(alarm.desk_id or alarm.id)) == (1, False)
    assert alarm.id.hex in help_.headers["set-cookie"]
    assert "Nobody is at this desk now." in await control.look(base)
