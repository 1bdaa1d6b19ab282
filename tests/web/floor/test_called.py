"""The floor guide's list: numbers, desks and languages of those who were called; nobody's name, nobody's reason."""

import re

from onestop.booking.tickets import Ticket
from onestop.visits.actions.calls import no_show, recall, serve
from onestop.visits.queries.called import called_before, called_not_seen
from tests.counting import cost
from tests.web.hall_desk import Staff


async def test_a_guide_sees_who_was_called_and_neither_name_nor_reason(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("legal", languages=["ar", "fr"]))
    waits, _ = guide.hall.walk_in(guide.hall.wish("legal"))
    before = await guide.look(f"{guide.floor}/called")
    guide.hall.next(1)
    guide.later(minutes=4)

    shown = await guide.look(f"{guide.floor}/called")
    part = await guide.look(f"{guide.floor}/called/now")

    assert "Everybody who was called is at the desk." in before
    for page in (shown, part):
        assert (f">{ticket.number}<" in page, f">{waits.number}<" in page) == (True, False)
        assert "Arabic and French" in page
        assert "4 min" in page
        assert "Legal advice" not in page
        assert "IOM Migration" not in page
    assert part.lstrip().startswith('<div id="called"')


async def test_found_and_not_found_are_facts_that_change_nothing_else(guide: Staff) -> None:
    guide.open()
    guide.hall.walk_in(guide.hall.wish("legal"))
    stop = guide.hall.next(1).stop
    said = []
    for act in ("found", "not-found"):
        guide.later(minutes=1)
        pressed = await guide.press(f"{guide.floor}/stops/{stop}/{act}")
        assert (pressed.status_code, pressed.headers["location"]) == (303, f"{guide.floor}/called")
        said += [each.found for each in guide.hall.db.read_now(called_not_seen, guide.hall.id)]
    in_script = await guide.press(f"{guide.floor}/stops/{stop}/found", htmx=True)

    assert said == [True, False]
    assert guide.facts("VisitorFound", "VisitorNotFound") == [
        ("VisitorFound", {}),
        ("VisitorNotFound", {}),
        ("VisitorFound", {}),
    ]
    assert in_script.text.lstrip().startswith('<div id="called"')


async def test_what_a_guide_said_by_mistake_is_taken_back(guide: Staff) -> None:
    guide.open()
    guide.hall.walk_in(guide.hall.wish("legal"))
    stop = guide.hall.next(1).stop
    found = await guide.ask(f"{guide.floor}/stops/{stop}/found")
    back = await guide.ask(f"{guide.floor}/stops/{stop}/unsaid")

    assert ("On the way to the desk" in found.text, f"/stops/{stop}/found" in found.text) == (True, False)
    assert ("On the way to the desk" in back.text, f"/stops/{stop}/found" in back.text) == (False, True)
    assert [each.found for each in guide.hall.db.read_now(called_not_seen, guide.hall.id)] == [None]


async def test_whoever_went_home_is_taken_off_after_nobody_found_her(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("legal"))
    stop = guide.hall.next(1).stop
    before = await guide.look(f"{guide.floor}/called")
    asked = await guide.ask(f"{guide.floor}/stops/{stop}/not-found")
    gone = await guide.ask(f"{guide.floor}/stops/{stop}/gone")
    twice = await guide.press(f"{guide.floor}/stops/{stop}/gone")

    assert ("Has gone home" in before, "Has gone home" in asked.text) == (False, True)
    assert "You need not do anything more. This is her first call of three." in asked.text
    assert re.search(rf"{ticket.number}</\w+> has left\.", gone.text)
    assert (f'id="stop-{stop}"' in gone.text, twice.status_code) == (False, 409)
    assert [kind for kind, _ in guide.facts("VisitEnded", "CallWithdrawn")] != []


async def test_what_was_said_before_a_second_call_does_not_count(guide: Staff) -> None:
    guide.open()
    guide.hall.walk_in(guide.hall.wish("legal"))
    stop = guide.hall.next(1).stop
    await guide.press(f"{guide.floor}/stops/{stop}/not-found")
    guide.later(minutes=1)
    guide.hall.write(recall, stop)

    assert [each.found for each in guide.hall.db.read_now(called_not_seen, guide.hall.id)] == [None]


async def test_somebody_who_sits_at_the_desk_by_now_is_not_looked_for(guide: Staff) -> None:
    guide.open()
    guide.hall.walk_in(guide.hall.wish("legal"))
    stop = guide.hall.next(1).stop
    guide.hall.write(serve, stop)

    late = await guide.press(f"{guide.floor}/stops/{stop}/found")

    assert (late.status_code, "This visitor has moved on in the meantime." in late.text) == (409, True)
    assert guide.facts("VisitorFound") == []


def _sentences(page: str, served: Ticket, vain: Ticket) -> tuple[bool, bool]:
    at_desk = re.search(rf">{served.number}</\w+> is at desk", page)
    return at_desk is not None, re.search(rf">{vain.number}</\w+> did not come\.", page) is not None


async def test_why_a_number_left_the_list_is_said_for_a_minute(guide: Staff) -> None:
    guide.open()
    tickets = [guide.hall.walk_in(guide.hall.wish(key))[0] for key in ("legal", "social")]
    stops = [guide.hall.next(desk).stop for desk in (1, 2)]
    guide.hall.write(serve, stops[0])
    guide.hall.write(no_show, stops[1])
    shown = await guide.look(f"{guide.floor}/called/now")
    spent = cost(guide.hall.db, called_before, guide.hall.id, now=guide.hall.now)
    guide.later(seconds=61)
    later = await guide.look(f"{guide.floor}/called/now")

    for page, said in ((shown, True), (later, False)):
        assert _sentences(page, *tickets) == (said, said)
    assert spent == 1


async def test_who_came_to_no_call_is_told_with_the_count_of_the_next(guide: Staff) -> None:
    guide.open()
    guide.hall.walk_in(guide.hall.wish("legal"))
    said: list[str] = []
    for _ in range(3):
        stop = guide.hall.next(1).stop
        asked = await guide.ask(f"{guide.floor}/stops/{stop}/not-found")
        said += [word for word in ("first call", "second call", "third call") if word in asked.text]
        guide.hall.write(no_show, stop)
        guide.later(minutes=10)
    assert said == ["first call", "second call", "third call"]


async def test_a_new_call_is_marked_for_a_moment_and_reads_just_now(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("legal"))
    guide.hall.next(1)
    number = f"{guide.floor}/number?number={ticket.number}"
    seen = [(await guide.look(f"{guide.floor}/called/now"), await guide.look(number))]
    guide.later(seconds=16)
    seen.append((await guide.look(f"{guide.floor}/called/now"), await guide.look(number)))
    guide.later(minutes=3)
    seen.append((await guide.look(f"{guide.floor}/called/now"), await guide.look(f"{guide.floor}/called/new")))

    assert ["row call new" in page for page, _ in seen] == [True, False, False]
    assert ['class="tag now"' in page for page, _ in seen] == [False, False, True]
    assert ["New: " in page for _, page in seen] == [True, True, False]


async def test_who_waits_long_stands_on_the_guides_page_by_number_alone(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("legal"))
    before = await guide.look(f"{guide.floor}/called/now")
    guide.later(minutes=50)
    shown = await guide.look(f"{guide.floor}/called/now")
    guide.hall.next(1)
    called = await guide.look(f"{guide.floor}/called/now")

    row = f'id="risk-{ticket.number}"'
    assert [row in page for page in (before, shown, called)] == [False, True, False]
    assert re.search(r"Waits\s+50\b", shown)
    assert ("/reception/" in shown, "Legal advice" in shown) == (False, False)


async def test_a_guide_has_her_list_and_no_desk(guide: Staff) -> None:
    home = await guide.browser.get(guide.floor)
    cards = await guide.browser.get(f"{guide.floor}/now")
    pressed = await guide.press(f"{guide.floor}/desks/{guide.hall.desks[1].id}/open")
    shown = await guide.look(f"{guide.floor}/called")

    assert (home.status_code, home.headers["location"]) == (303, f"{guide.floor}/called")
    assert (cards.status_code, pressed.status_code) == (403, 403)
    assert f'href="/reception/{guide.hall.day.slug}"' not in shown
