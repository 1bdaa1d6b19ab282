"""Calls for help on the screens of the floor: every one of them shows them, one press answers, no name is told."""

import re
from datetime import timedelta

import pytest

from onestop.visits.actions.alarms import ask_as_visitor, ask_at_desk, say_coming
from onestop.visits.queries.alarms import open_alarms
from tests.web.hall_desk import Staff


async def test_the_guide_sees_where_help_is_needed_and_says_that_she_goes(guide: Staff) -> None:
    guide.open()
    ticket, visit = guide.hall.walk_in(guide.hall.wish("legal", languages=["ar"]))
    guide.hall.write(ask_at_desk, guide.hall.desks[3].id)
    guide.hall.write(ask_as_visitor, visit)
    shown = await guide.look(f"{guide.floor}/called/now")
    of_desk, of_visitor = guide.hall.db.read_now(open_alarms, guide.hall.id)

    pressed = await guide.press(f"{guide.floor}/alarms/{of_desk.id}/coming", {"from": "called"})
    seen = await guide.look(f"{guide.floor}/called")

    assert shown.count("asks for help") == 2
    assert (f">{ticket.number}<" in shown, "Arabic" in shown) == (True, True)
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"{guide.floor}/called")
    assert (seen.count("asks for help"), seen.count("Somebody from the floor comes.")) == (1, 1)
    for alarm in (of_desk, of_visitor):
        await guide.press(f"{guide.floor}/alarms/{alarm.id}/end")
    assert guide.hall.db.read_now(open_alarms, guide.hall.id) == ()


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("reception", "/reception/{day}"),
        ("overview", "/organise/{day}/overview"),
        ("control", "/floor/{day}"),
        ("https://example.org", "/floor/{day}"),
        ("", "/floor/{day}"),
    ],
)
async def test_a_press_leads_back_to_where_it_was_made_and_nowhere_else(
    control: Staff, came_from: str, back: str
) -> None:
    alarm = control.hall.write(ask_at_desk, control.hall.desks[3].id)

    pressed = await control.press(f"{control.floor}/alarms/{alarm}/coming", {"from": came_from})

    assert pressed.headers["location"] == back.format(day=control.hall.day.slug)


async def test_floor_control_and_reception_show_it_too(control: Staff) -> None:
    alarm = control.hall.write(ask_at_desk, control.hall.desks[3].id)

    for path in (f"{control.floor}/now", control.floor, control.home, f"{control.home}/now"):
        assert f"/alarms/{alarm}/coming" in await control.look(path), path


async def test_one_that_nobody_answers_is_said_to_be_so_after_two_minutes(control: Staff) -> None:
    alarm = control.hall.write(ask_at_desk, control.hall.desks[3].id)
    pages = (f"{control.floor}/now", control.home, f"{control.home}/people")

    async def hidden() -> list[bool | None]:
        found = [re.search(r'class="unanswered"[^>]*?( hidden)?>', await control.look(path)) for path in pages]
        return [None if each is None else each[1] is not None for each in found]

    early = await hidden()
    control.set_time(control.hall.now + timedelta(minutes=2, seconds=1))
    late = await hidden()
    control.hall.write(say_coming, control.hall.id, alarm)
    assert (early, late, await hidden()) == ([True] * 3, [False] * 3, [None] * 3)


async def test_reception_calls_help_from_its_own_page(control: Staff) -> None:
    home = await control.look(control.home)
    asking = await control.look(f"{control.floor}/number")
    pressed = await control.press(f"{control.floor}/near/{control.hall.desks[3].id}/help")

    link = f'href="{control.floor}/number#unwell"'
    assert (link in home, f"/near/{control.hall.desks[3].id}/help" in asking) == (True, True)
    assert (pressed.status_code, len(control.hall.db.read_now(open_alarms, control.hall.id))) == (303, 1)


async def test_who_called_help_is_not_asked_to_answer_it_and_ends_it(guide: Staff, control: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    desk = guide.hall.desks[3]
    called = f"{guide.floor}/called"
    await guide.press(f"{guide.floor}/near/{desk.id}/help")
    await guide.press(f"{guide.floor}/numbers/{ticket.number}/help")
    near, of_number = guide.hall.db.read_now(open_alarms, guide.hall.id)
    own, others = await guide.look(called), await control.look(called)
    ended = await guide.press(f"{guide.floor}/alarms/{near.id}/end", {"from": "called", "ending": "mistake"})

    for alarm in (near, of_number):
        assert [f"{alarm.id}/{act}" in own for act in ("coming", "end")] == [False, True]
        assert [f"{alarm.id}/{act}" in others for act in ("coming", "end")] == [True, False]
    assert ("The floor asks for help near this desk." in own, "for help for this number." in own) == (True, True)
    assert [label in others for label in ("I go to desk 3", "I go to number ")] == [True, True]
    assert (ended.headers["location"], len(guide.hall.db.read_now(open_alarms, guide.hall.id))) == (called, 1)


async def test_where_a_number_was_helped_stands_who_comes_and_how_it_ends(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    page = f"{guide.floor}/number?number={ticket.number}"
    part = page.replace("/number?", "/number/now?")
    await guide.press(f"{guide.floor}/numbers/{ticket.number}/help")
    asked = await guide.look(page)
    (alarm,) = guide.hall.db.read_now(open_alarms, guide.hall.id)
    guide.hall.write(say_coming, guide.hall.id, alarm.id, desk=guide.hall.desks[2].id)
    coming = await guide.look(part)
    fields = {"from": "number", "number": str(ticket.number), "ending": "mistake"}
    ended = await guide.press(f"{guide.floor}/alarms/{alarm.id}/end", fields)

    assert ("Sent at" in asked, f"/alarms/{alarm.id}/coming" in asked) == (True, False)
    assert [f'value="{ending}"' in asked for ending in ("over", "mistake")] == [True, True]
    assert ("Desk 2 comes." in coming, "<h1" in coming) == (True, False)
    assert (ended.headers["location"], "Sent at" in await guide.look(part)) == (page, False)


async def test_help_is_called_to_the_hall_where_no_desk_is_near(guide: Staff, control: Staff) -> None:
    guide.open()
    asking = await guide.look(f"{guide.floor}/number")
    pressed = await guide.press(f"{guide.floor}/hall/help")
    shown = await control.look(control.home)

    assert f'action="{guide.floor}/hall/help"' in asking
    assert pressed.headers["location"] == f"{guide.floor}/called"
    assert ("Hall or entrance" in shown, "The floor asks for help in the hall." in shown) == (True, True)
    assert "I go to the hall" in shown
