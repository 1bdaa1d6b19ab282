"""The floor guide's list: numbers, desks and languages of those who were called; nobody's name, nobody's reason."""

from onestop.visits.actions.calls import recall, serve
from onestop.visits.queries.floor import called_not_seen
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
    assert "called again in 10 minutes" in asked.text
    assert (f">{ticket.number}<" in gone.text, twice.status_code) == (False, 409)
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


async def test_a_guide_has_her_list_and_no_desk(guide: Staff) -> None:
    home = await guide.browser.get(guide.floor)
    cards = await guide.browser.get(f"{guide.floor}/now")
    pressed = await guide.press(f"{guide.floor}/desks/{guide.hall.desks[1].id}/open")
    shown = await guide.look(f"{guide.floor}/called")

    assert (home.status_code, home.headers["location"]) == (303, f"{guide.floor}/called")
    assert (cards.status_code, pressed.status_code) == (403, 403)
    assert f'href="/reception/{guide.hall.day.slug}"' not in shown
