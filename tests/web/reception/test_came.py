"""Others came than were written down, or they speak something else: put right on the visitor's page."""

from onestop.domain.booking import Interpreter
from onestop.visits.actions.calls import serve
from tests.web.hall_desk import Staff

ALONE = {"seen": "a1", "here": "a1", "adults": "0", "children": "0", "languages": "en", "interpreter": "none"}


async def test_a_child_more_and_another_language_keep_the_number_and_are_undone(reception: Staff) -> None:
    ticket = reception.book("legal", "social")
    await reception.press(reception.path(ticket, "/check-in"))
    form = await reception.look(reception.path(ticket, "/who"))
    sent = {**ALONE, "children": "1", "languages": ["uk", "en"], "interpreter": "needed", "_key": "k" * 22}

    answers = [await reception.press(reception.path(ticket, "/who"), sent) for _ in range(2)]
    shown = await reception.look(answers[0].headers["location"])
    changed = reception.holder(ticket)
    assert changed.undo is not None
    ids = {"stop": str(changed.undo[0]), "act": str(changed.undo[1])}
    undone = await reception.press(reception.path(ticket, "/undo"), ids)
    back = reception.holder(ticket)

    assert "data-kept" in form
    assert [(each.status_code, each.headers["location"]) for each in answers] == [
        (303, reception.path(ticket, "?did=who"))
    ] * 2
    assert "Saved. The number and her place stay." in shown
    assert (changed.person.people, changed.children, changed.person.number) == (2, 1, ticket.number)
    assert (changed.person.languages, changed.person.interpreter) == (("uk", "en"), Interpreter.NEEDED)
    assert undone.status_code == 303
    assert (back.person.people, back.person.languages) == (1, ("en",))
    assert reception.facts("PartyChanged") == [("PartyChanged", {"members": 2, "joined": 1, "gone": 0, "talks": True})]


async def test_somebody_less_is_unticked_by_the_steps_that_are_only_hers(reception: Staff) -> None:
    hall = reception.hall
    wish = hall.wish("legal", "social", adults=2, together={"social": {2}})
    ticket, _ = hall.walk_in(wish)
    form = await reception.look(reception.path(ticket, "/who"))
    sent = {**ALONE, "seen": "a1a2"}

    gone = await reception.press(reception.path(ticket, "/who"), sent)
    stale = await reception.press(reception.path(ticket, "/who"), sent)

    assert "Goes alone to: Social advice" in form
    assert (gone.status_code, stale.status_code) == (303, 409)
    assert reception.stops(ticket) == [("legal", "waiting"), ("social", "dropped")]
    assert "Somebody else changed this in the meantime." in stale.text


async def test_what_is_not_possible_is_said_on_the_form_which_keeps_what_was_typed(reception: Staff) -> None:
    reception.open()
    ticket, _ = reception.hall.walk_in(reception.hall.wish("legal", adults=2, children=1))
    called = reception.hall.next(1).stop
    reception.hall.write(serve, called)
    sent = {**ALONE, "seen": "a1a2c1", "here": ["a1", "c1"], "languages": "ar"}

    busy = await reception.press(reception.path(ticket, "/who"), sent)
    children = await reception.press(reception.path(ticket, "/who"), {**sent, "here": "c1"})

    assert (busy.status_code, children.status_code) == (409, 409)
    assert "She is at desk 1. This is possible once the talk there has ended." in busy.text
    assert 'value="a2">' in busy.text
    assert 'value="ar" checked' in busy.text
    assert reception.holder(ticket).person.people == 3


async def test_before_check_in_and_after_the_visit_there_is_no_form(reception: Staff) -> None:
    ticket = reception.book()

    form = await reception.browser.get(reception.path(ticket, "/who"))
    pressed = await reception.press(reception.path(ticket, "/who"), ALONE)

    assert (form.status_code, form.headers["location"]) == (303, reception.path(ticket))
    assert (pressed.status_code, "She has no visit that goes on now." in pressed.text) == (409, True)
