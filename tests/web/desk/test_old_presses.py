"""Presses from an old page: twice, from two tabs, after somebody else. Nothing breaks, and the desk says what is so."""

import asyncio
from datetime import timedelta

import httpx
import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.db.ledger import facts
from onestop.domain.visit import StopState
from onestop.visits.actions.calls import finish, serve
from tests.web.desk.screen import Press, press, press_of, zone
from tests.web.site import Site

MOVED = "This visitor has moved on in the meantime. Please look at the desk again."


def _path(site: Site) -> str:
    return f"/desks/{site.desk.id}"


def _kinds(conn: sa.Connection) -> list[str]:
    told = ("StopCalled", "StopRecalled", "StopServed", "StopFinished", "StopParked", "ActUndone")
    return list(conn.execute(sa.select(facts.c.kind).where(facts.c.kind.in_(told)).order_by(facts.c.id)).scalars())


def _states(conn: sa.Connection) -> list[str]:
    return list(conn.execute(sa.select(stops.c.state).order_by(stops.c.id)).scalars())


async def _page(site: Site, officer: httpx.AsyncClient) -> str:
    return (await officer.get(_path(site))).text


async def _send(officer: httpx.AsyncClient, button: Press) -> httpx.Response:
    chosen = {"outcome": "advised"} if button.path.endswith("/finish") else {}
    return await officer.post(button.path, data={**button.fields, **chosen})


async def test_the_same_press_twice_has_one_effect_and_the_same_answer(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    answers: list[tuple[int, str]] = []
    for key in ("n", "r", "s", "f"):
        button = press_of(await _page(site, officer), key)
        answers += [(a.status_code, a.headers["location"]) for a in [await _send(officer, button) for _ in range(2)]]

    assert answers == [(303, _path(site))] * 8
    assert site.database.read_now(_kinds) == ["StopCalled", "StopRecalled", "StopServed", "StopFinished"]


async def test_two_presses_at_the_same_moment_have_one_effect(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    for _ in range(3):
        site.hall.walk_in(site.hall.wish("legal"))
    button = press_of(await _page(site, officer), "n")

    answers = await asyncio.gather(*(_send(officer, button) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [303] * 4
    assert site.database.read_now(_states) == ["called", "waiting", "waiting"]


async def test_a_second_tab_that_is_behind_is_told_so_and_shows_the_desk_as_it_is(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal", "social"))
    stop = site.hall.next(1).stop
    behind = await _page(site, officer)
    site.hall.write(serve, stop)

    answers = [await _send(officer, press_of(behind, key)) for key in ("s", "h", "r", "p")]

    assert [(answer.status_code, MOVED in answer.text) for answer in answers] == [(409, True)] * 4
    assert [zone(answer.text, "now").split(" 1")[0] for answer in answers] == ["Here since 08:30"] * 4
    assert site.database.read_now(_kinds) == ["StopCalled", "StopServed"]


async def test_a_page_from_before_the_finish_says_so_and_the_next_visitor_is_not_touched(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    for _ in range(2):
        site.hall.walk_in(site.hall.wish("legal"))
    first = site.hall.next(1).stop
    site.hall.write(serve, first)
    behind = await _page(site, officer)
    site.hall.write(finish, first)
    site.hall.next(1)

    answer = await _send(officer, press_of(behind, "f"))

    assert (answer.status_code, MOVED in answer.text) == (409, True)
    assert site.database.read_now(_states) == [StopState.FINISHED, StopState.CALLED]


async def test_next_while_somebody_is_served_is_refused_in_words(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    behind = await _page(site, officer)
    site.hall.walk_in(site.hall.wish("legal"))
    site.hall.write(serve, site.hall.next(1).stop)

    answer = await _send(officer, press_of(behind, "n"))
    fragment = await officer.post(f"{_path(site)}/calls", headers={"HX-Request": "true"})

    assert "This desk is serving somebody. Please finish first." in answer.text
    assert (answer.status_code, fragment.status_code) == (409, 409)
    assert fragment.text.lstrip().startswith('<div id="zones"')


async def test_a_second_undo_never_takes_back_the_act_before(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    for key in ("n", "s", "f"):
        await press(officer, _path(site), key)
    undo = press_of(await _page(site, officer), "u")

    first, again = await _send(officer, undo), await _send(officer, undo)
    keyless = await officer.post(undo.path, data={"act": undo.fields["act"]})

    assert [answer.status_code for answer in (first, again, keyless)] == [303, 303, 409]
    assert site.database.read_now(_states) == ["serving"]


async def test_undo_ends_after_thirty_seconds_and_its_button_goes(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    await press(officer, _path(site), "n")
    undo = press_of(await _page(site, officer), "u")
    site.set_time(site.hall.now + timedelta(seconds=33))

    late = await _send(officer, undo)

    assert (late.status_code, "the time for undo is over" in late.text) == (409, True)
    assert "Each act can be undone for 30 seconds." in zone(await _page(site, officer), "mine")


async def test_an_undo_that_would_be_refused_is_not_offered(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal", "social"))
    await press(officer, _path(site), "n")
    await press(officer, _path(site), "s")
    await press(officer, _path(site), "f")
    site.set_time(site.hall.now + timedelta(seconds=5))
    called = site.hall.next(2)

    assert called.new
    assert "Undo" not in zone(await _page(site, officer), "mine")


async def test_what_is_not_a_value_of_the_form_is_refused(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(1).stop

    answers = [
        await officer.post(f"/stops/{stop}/{act}", data=said)
        for act, said in (
            ("finish", {"outcome": "rubbish"}),
            ("transfer", {"desk": "rubbish"}),
            ("transfer", {}),
            ("undo", {"act": "rubbish"}),
            ("recall", {"seen": "99999999"}),
        )
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 409, 422, 409]
    assert site.database.read_now(_states) == ["called"]
