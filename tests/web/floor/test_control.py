"""Floor control: one person calls for six desks, with and without script."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from onestop.booking.wish import make_wish
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState
from onestop.domain.party import party_of
from onestop.domain.visit import Outcome, VisitState
from onestop.visits.actions.route import step_out
from onestop.visits.actions.rows import visit_row
from onestop.visits.queries.called import called_not_seen
from onestop.visits.queries.floor import FloorDesk, floor_desk, floor_desks
from tests.counting import counted
from tests.halls import ON, make_test_day
from tests.web.hall_desk import Staff
from tests.web.site import Site

SERVICES = ("legal", "social", "labour", "residence", "employment-office", "health-insurance")
END_WORDS = {
    "settled": "It is settled.",
    "advised": "Advice was given.",
    "come_again": "It is not finished. Please come again.",
    "papers_missing": "Papers were missing. Please come again with them.",
    "not_possible": "It was not possible here.",
    "not_known": "This talk took place.",
}
"""What her sheet says."""


def card(control: Staff, number: int) -> FloorDesk:
    """A desk as floor control shows it."""
    hall = control.hall
    return hall.db.read_now(floor_desk, hall.id, hall.desks[number].id, now=hall.now)


def at(control: Staff, number: int, act: str) -> str:
    """The address of a button on a desk's card; an act on the visitor names her stop."""
    base = f"{control.floor}/desks/{control.hall.desks[number].id}"
    here = card(control, number).at_desk
    on_visitor = act in ("serve", "finish", "no-show", "recall")
    return f"{base}/stops/{here.stop if here else UUID(int=0)}/{act}" if on_visitor else f"{base}/{act}"


def said(act: str) -> dict[str, str]:
    """What is sent with a button."""
    return {"outcome": "settled"} if act == "finish" else {}


def states(control: Staff) -> list[str]:
    """What each desk shows: its visitor's state, or its own."""
    shown = control.hall.db.read_now(floor_desks, control.hall.id, now=control.hall.now)
    return [each.at_desk.state.value if each.at_desk else each.state.value for each in shown]


async def test_one_person_runs_six_desks_without_script(control: Staff) -> None:
    control.set_time(control.hall.day.opens_at)
    visits = [control.hall.walk_in(control.hall.wish(service))[1] for service in SERVICES]
    seen = [states(control)]
    for act in ("open", "calls", "serve", "finish"):
        for number in range(1, 7):
            pressed = await control.press(at(control, number, act), said(act))
            desk = control.hall.desks[number].id
            assert (pressed.status_code, pressed.headers["location"]) == (303, f"{control.floor}#desk-{desk}")
        seen.append(states(control))
        control.later(minutes=5)

    assert seen == [["closed"] * 6, ["open"] * 6, ["called"] * 6, ["serving"] * 6, ["open"] * 6]
    assert [control.hall.db.read_now(visit_row, visit).state for visit in visits] == [VisitState.COMPLETED] * 6


async def test_with_script_a_press_answers_with_the_card_that_changed(control: Staff) -> None:
    control.open()
    ticket, _ = control.hall.walk_in(control.hall.wish("legal", languages=["ar"]))

    pressed = await control.press(at(control, 1, "calls"), htmx=True)

    assert pressed.status_code == 200
    assert pressed.text.count("<article") == 1
    assert f'id="desk-{control.hall.desks[1].id}"' in pressed.text
    assert [
        word in pressed.text for word in (str(ticket.number), "Legal advice", "Arabic", "Start", "Not here", "Undo")
    ] == ([True] * 6)
    assert ("How does it end?" in pressed.text, "<html" in pressed.text) == (False, False)


@pytest.mark.parametrize("end", [*Outcome, "not_known"])
async def test_a_talk_ends_as_somebody_said_it_did_or_without_an_outcome(control: Staff, end: str) -> None:
    control.open()
    ticket, _ = control.hall.walk_in(control.hall.wish("legal"))
    await control.press(at(control, 1, "calls"))
    shown = await control.press(at(control, 1, "serve"), htmx=True)
    finish = at(control, 1, "finish")

    unsaid = [await control.press(finish, form) for form in ({}, {"outcome": ""}, {"outcome": "x"})]
    still = states(control)[0]
    ended = await control.press(finish, {"outcome": end}, htmx=True)

    buttons = re.findall(r'<button[^>]*name="outcome" value="(\w+)"', shown.text)
    assert buttons == ["advised", "settled", "come_again", "papers_missing", "not_possible", "not_known"]
    assert ([each.status_code for each in unsaid], still) == ([422] * 3, "serving")
    assert (ended.status_code, states(control)[0]) == (200, "open")
    kept = None if end == "not_known" else end
    assert control.facts("StopFinished")[-1][1]["outcome"] == kept
    sheet = await control.look(control.path(ticket, "/steps"))
    assert (END_WORDS[end] in sheet, "Advice was given." in sheet) == (True, end == "advised")


async def test_not_here_lets_her_come_back_later_and_the_desk_go_on(control: Staff) -> None:
    control.open()
    first, _ = control.hall.walk_in(control.hall.wish("legal"))
    second, _ = control.hall.walk_in(control.hall.wish("legal"))
    called = []
    for act in ("calls", "no-show", "calls"):
        await control.press(at(control, 1, act))
        here = card(control, 1).at_desk
        called.append(here.number if here else None)

    assert called == [first.number, None, second.number]


async def test_a_slip_is_undone_and_only_the_one_that_was_shown(control: Staff) -> None:
    control.open()
    control.hall.walk_in(control.hall.wish("legal"))
    await control.press(at(control, 1, "calls"))
    call = card(control, 1).undo_act
    await control.press(at(control, 1, "serve"))
    start = card(control, 1).undo_act
    assert call is not None
    assert start is not None
    assert call != start

    stale = await control.press(at(control, 1, "undo"), {"act": str(call)})
    undone = await control.press(at(control, 1, "undo"), {"act": str(start)})
    after = card(control, 1)
    rubbish = await control.press(at(control, 1, "undo"), {"act": "x"})

    assert (stale.status_code, undone.status_code, rubbish.status_code) == (409, 303, 422)
    assert after.at_desk is not None
    assert (after.at_desk.state, after.undo_act) == ("called", None)
    control.later(seconds=31)
    await control.press(at(control, 1, "serve"))
    control.later(seconds=31)
    assert card(control, 1).undo_act is None


async def test_next_with_nobody_waiting_stands_by_and_calls_by_itself(control: Staff) -> None:
    control.open()

    await control.press(at(control, 1, "calls"))
    ready = card(control, 1)
    control.hall.walk_in(control.hall.wish("legal"))
    called = card(control, 1)
    await control.press(at(control, 2, "calls"))
    await control.press(at(control, 2, "ready/end"))

    assert (ready.at_desk, ready.ready_until_at) == (None, control.hall.now + timedelta(minutes=10))
    assert called.at_desk is not None
    assert card(control, 2).ready_until_at is None


async def test_a_ready_desk_says_that_it_calls_by_itself_and_why_nobody_can_come(control: Staff) -> None:
    control.open()
    hall = control.hall
    ticket, _ = hall.walk_in(hall.wish("legal", "social"))
    hall.next(2)
    out, visit = hall.walk_in(hall.wish("legal"))
    hall.write(step_out, visit)

    answer = (await control.press(at(control, 1, "calls"), htmx=True)).text
    again = (await control.press(at(control, 3, "calls"), htmx=True)).text
    busy = await control.look(control.floor)

    assert "Nobody can be called now. The desk is ready and calls by itself." in answer
    assert "Calls by itself as soon as somebody can come." in answer
    assert "1 is at another desk now." in answer
    assert "1 has stepped out." in answer
    assert ("Nobody waits for this desk." in again, "has stepped out" in again) == (True, False)
    assert (str(ticket.number) in answer, str(out.number) in answer) == (False, False)
    assert busy.count("is at another desk now.") == 1


async def test_an_occupied_desk_says_that_its_talk_ends_first(control: Staff) -> None:
    control.open()
    control.hall.walk_in(control.hall.wish("legal"))
    await control.press(at(control, 1, "calls"))

    talk = (await control.press(at(control, 1, "serve"), htmx=True)).text

    assert "End this talk: how does it end?" in talk
    assert "The next visitor can be called after that." in talk


async def test_a_desk_is_closed_with_a_second_press_and_the_menu_is_that_of_reception(control: Staff) -> None:
    control.open()
    shown, list_of_called = await control.look(control.floor), await control.look(f"{control.floor}/called")
    close = shown.split('<details class="desk-close">', 1)[1].split("</details>", 1)[0]

    assert f'action="{at(control, 1, "close")}"' in close
    for page in (shown, list_of_called, await control.look(control.home)):
        assert f'href="{control.home}/people"' in page
        assert f'href="{control.floor}/called"' in page


async def test_a_desk_has_a_break_and_is_closed_only_when_nobody_is_there(control: Staff) -> None:
    control.open()
    control.hall.walk_in(control.hall.wish("legal"))
    await control.press(at(control, 1, "calls"))

    refused = await control.press(at(control, 1, "close"))
    as_card = await control.press(at(control, 1, "close"), htmx=True)
    paused = await control.press(at(control, 2, "pause"))
    closed = await control.press(at(control, 3, "close"))

    told = "This desk is serving somebody. Please finish first."
    assert (refused.status_code, told in refused.text, refused.text.count("<article")) == (409, True, 6)
    assert (as_card.status_code, told in as_card.text, as_card.text.count("<article")) == (200, True, 1)
    assert (paused.status_code, closed.status_code) == (303, 303)
    assert [card(control, number).state for number in (1, 2, 3)] == [DeskState.OPEN, DeskState.PAUSED, DeskState.CLOSED]


async def test_a_card_that_is_old_does_nothing_to_a_visitor_who_is_elsewhere_by_now(control: Staff) -> None:
    control.open()
    control.hall.walk_in(control.hall.wish("legal", "social"))
    await control.press(at(control, 1, "calls"))
    old = {act: at(control, 1, act) for act in ("serve", "finish", "no-show", "recall")}
    await control.press(old["serve"])
    await control.press(old["finish"], {"outcome": "advised"})
    control.later(seconds=10)
    await control.press(at(control, 2, "calls"))
    assert states(control)[:2] == ["open", "called"]

    late = [await control.press(path) for act, path in old.items() if act != "finish"]
    wrong_desk = await control.press(
        at(control, 2, "serve").replace(str(control.hall.desks[2].id), str(control.hall.desks[1].id))
    )

    assert [each.status_code for each in (*late, wrong_desk)] == [409] * 4
    assert states(control)[:2] == ["open", "called"]


async def test_a_desk_of_another_day_is_unknown_here(control: Staff, site: Site) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))

    pressed = [
        await control.press(f"{control.floor}/desks/{other.desks[1].id}/open"),
        await control.press(f"{control.floor}/desks/{UUID(int=7)}/open"),
    ]

    assert [each.status_code for each in pressed] == [404, 404]
    assert site.database.read_now(floor_desk, other.id, other.desks[1].id, now=other.now).state is DeskState.CLOSED


async def test_of_several_days_the_one_of_today_has_the_strong_button(control: Staff, site: Site) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    control.open()
    page = await control.look("/floor")

    kinds = dict(re.findall(r'class="button (\w+)" href="/floor/([^"]+)"', page))
    assert {slug: kind for kind, slug in kinds.items()} == {
        control.hall.day.slug: "primary",
        other.day.slug: "second",
    }
    assert page.count("<strong>Today</strong>") == 1


async def test_a_member_of_a_party_is_called_by_her_mark(control: Staff) -> None:
    control.open()
    hall = control.hall
    wish = make_wish(
        hall.offer,
        services=[hall.service("legal")],
        members=party_of(adults=2),
        languages=["en"],
        interpreter=Interpreter.NONE,
        display_language="en",
        together={hall.service("legal"): [2]},
    )
    hall.walk_in(wish)

    pressed = await control.press(at(control, 1, "calls"), htmx=True)

    assert ">100 · 2<" in pressed.text


async def test_the_cost_of_the_screen_does_not_grow_with_the_hall(control: Staff) -> None:
    control.open()
    hall = control.hall

    def costs() -> dict[str, int]:
        with counted() as desks:
            hall.db.read_now(floor_desks, hall.id, now=hall.now)
        with counted() as called:
            hall.db.read_now(called_not_seen, hall.id)
        return {"desks": desks(), "called": called()}

    found: list[dict[str, int]] = []
    for number in (1, 2, 3):
        hall.walk_in(hall.wish(SERVICES[number - 1]))
        hall.next(number)
        found.append(costs())

    assert found == [{"desks": 6, "called": 2}] * 3

    await control.press(at(control, 4, "calls"))
    ready = [costs()["desks"]]
    for _ in range(3):
        hall.write(step_out, hall.walk_in(hall.wish("legal"))[1])
    await control.press(at(control, 5, "calls"))
    ready.append(costs()["desks"])
    assert ready[0] == ready[1]
