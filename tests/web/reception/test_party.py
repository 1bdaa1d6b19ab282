"""One ticket holder: checking in at the right and the wrong moment, and walking through her stops."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

from onestop.days.actions import create_day, publish_day
from onestop.days.dayfile import read_template
from onestop.domain.operational import OperationalNeed
from onestop.domain.visit import VisitReason
from onestop.visits.actions.calls import finish, no_show, serve
from onestop.visits.actions.route import propose_stop
from onestop.visits.queries.people import Standing
from tests.counting import counted
from tests.halls import ON, STAFF, make_test_day
from tests.web.hall_desk import Staff
from tests.web.site import Site


async def test_two_taps_check_a_visitor_in_and_a_third_changes_nothing(reception: Staff) -> None:
    ticket = reception.book(name="Olena")
    found = await reception.search("olena")
    assert f'action="{reception.path(ticket)}/check-in"' in found.text

    first = await reception.press(reception.path(ticket, "/check-in"))
    again = await reception.press(reception.path(ticket, "/check-in"))

    done = reception.path(ticket, "?did=checked-in")
    assert [(each.status_code, each.headers["location"]) for each in (first, again)] == [(303, done)] * 2
    assert reception.standing(ticket) is Standing.HERE
    assert reception.facts("VisitorCheckedIn") == [("VisitorCheckedIn", {"early_seconds": 30 * 60})]
    assert "Checked in. Waits now." in await reception.look(done)


async def test_after_check_in_the_page_says_how_early_and_about_when_she_is_called(reception: Staff) -> None:
    ticket = reception.book("legal", place=4)
    reception.open()
    done = await reception.ask(reception.path(ticket, "/check-in"))
    marked = await reception.ask(reception.path(ticket, "/need"), {"need": "cannot_stand"})

    assert "Came 1 h early. Called about " in done.text
    assert ": Legal advice." in done.text
    assert "Booked" in done.text
    assert "it counts like 20 minutes of waiting" not in done.text
    assert "it counts like 20 minutes of waiting" in marked.text


async def test_early_and_late_are_told_before_the_check_in(reception: Staff) -> None:
    early, late = reception.book(place=4), reception.book()

    told_early = await reception.look(reception.path(early))
    reception.open()
    reception.later(minutes=40)
    told_late = await reception.look(reception.path(late))

    assert "She is 1 h 30 min early." in told_early
    assert "Check in now. She keeps her time. Before " in told_early
    assert "She is 40 min late." in told_late
    assert "Check in now. Her wait counts from this moment." in told_late


async def test_a_booking_of_another_day_is_told_with_its_date_and_can_be_helped_today(
    reception: Staff, site: Site
) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    other.now = site.hall.now
    ticket = reception.book("legal", "residence", name="Olena", hall=other)
    path = f"/reception/{other.day.slug}/parties/{ticket.party}"

    shown = await reception.look(path)
    refused = await reception.press(f"{path}/check-in")
    helped = await reception.ask(f"{reception.home}/walk-in/wish", {"party": str(ticket.party), "of": other.day.slug})

    assert "This booking is for another day: Thursday 10 December 2026" in shown
    assert ("Help today" in shown, "Check in" in shown) == (True, False)
    assert refused.status_code == 409
    assert "Your booking is for another day: 2026-12-10." in refused.text
    assert helped.status_code == 200
    assert [f'id="service-{site.hall.service(key)}"' in helped.text for key in ("legal", "residence", "social")] == [
        True,
        True,
        False,
    ]
    assert 'value="Olena"' in helped.text


async def test_a_ticket_is_unknown_at_the_address_of_another_day(reception: Staff, site: Site) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    other.now = site.hall.now
    foreign = reception.book(hall=other)

    answers = [
        await reception.browser.get(reception.path(foreign)),
        await reception.browser.get(reception.path(foreign, "/print")),
        await reception.press(reception.path(foreign, "/check-in")),
        await reception.press(reception.path(foreign, "/cancel")),
        await reception.press(reception.path(foreign, "/name"), {"name": "Another"}),
        await reception.press(reception.path(foreign, "/code")),
    ]

    assert [each.status_code for each in answers] == [404] * 6


async def test_a_cancelled_booking_says_so_and_what_comes_next(reception: Staff) -> None:
    ticket = reception.book()

    cancelled = await reception.press(reception.path(ticket, "/cancel"))
    shown = await reception.look(cancelled.headers["location"])
    refused = await reception.press(reception.path(ticket, "/check-in"))

    assert reception.standing(ticket) is Standing.CANCELLED
    assert "The booking is cancelled. The time is free again." in shown
    assert "Give a ticket for today, or book a new time." in shown
    assert ("Help today" in shown, "Check in" in shown) == (True, False)
    assert refused.status_code == 410


async def test_a_check_in_is_undone_until_something_was_called(reception: Staff) -> None:
    wrong, right = reception.book(), reception.book(place=1)
    await reception.press(reception.path(wrong, "/check-in"))
    undone = await reception.press(reception.path(wrong, "/check-in/undo"))
    await reception.press(reception.path(right, "/check-in"))
    reception.open()
    reception.later(minutes=20)
    assert reception.hall.next(1).new

    refused = await reception.press(reception.path(right, "/check-in/undo"))

    assert (undone.status_code, refused.status_code) == (303, 409)
    assert (reception.standing(wrong), reception.standing(right)) == (Standing.BOOKED, Standing.CALLED)


async def test_a_need_is_marked_and_taken_away(reception: Staff) -> None:
    ticket = reception.book()
    await reception.press(reception.path(ticket, "/check-in"))

    seen: list[tuple[bool, set[OperationalNeed]]] = []
    for act, need in (("/need", "infant"), ("/need", "deadline"), ("/need/end", "infant"), ("/need/end", "deadline")):
        shown = await reception.ask(reception.path(ticket, act), {"need": need})
        holder = reception.holder(ticket)
        seen.append((holder.person.need, set(holder.needs)))
        assert (": may go first</span>" in shown.text) is holder.person.need
    unknown = await reception.press(reception.path(ticket, "/need"), {"need": "illness"})

    infant, deadline = OperationalNeed.INFANT, OperationalNeed.DEADLINE
    assert seen == [(True, {infant}), (True, {infant, deadline}), (True, {deadline}), (False, set())]
    assert unknown.status_code == 422
    assert reception.facts("NeedMarked") == [("NeedMarked", {"need": need}) for need in (True, True, True, False)]


async def test_somebody_who_steps_out_comes_back_with_her_place(reception: Staff) -> None:
    ticket = reception.book()
    await reception.press(reception.path(ticket, "/check-in"))

    await reception.press(reception.path(ticket, "/out"))
    out = (reception.standing(ticket), reception.stops(ticket))
    await reception.press(reception.path(ticket, "/back"))

    assert out == (Standing.OUT, [("legal", "blocked")])
    assert (reception.standing(ticket), reception.stops(ticket)) == (Standing.HERE, [("legal", "waiting")])


async def test_a_press_that_comes_too_late_is_answered_on_her_page_with_the_reason(reception: Staff) -> None:
    ticket = reception.book()
    await reception.press(reception.path(ticket, "/check-in"))
    reception.open()
    reception.later(minutes=20)
    called = reception.hall.next(1).stop

    while_called = await reception.press(reception.path(ticket, "/out"))
    reception.hall.write(serve, called)
    while_served = await reception.press(reception.path(ticket, f"/stops/{called}/drop"))
    reception.hall.write(finish, called)
    after = await reception.press(reception.path(ticket, "/back"))

    answers = (while_called, while_served, after)
    assert [answer.status_code for answer in answers] == [409] * 3
    assert ["This was not done." in answer.text and 'id="stops-title"' in answer.text for answer in answers] == [
        True,
        True,
        True,
    ]
    assert "She is called to desk 1. Send her there, or ask the desk." in while_called.text
    assert "She is at desk 1. This is possible once the talk there has ended." in while_served.text
    assert "She has no visit that goes on now." in after.text
    assert reception.facts("VisitorSteppedOut", "StopDropped") == []


async def test_leaving_needs_a_reason_and_is_undone_for_thirty_seconds(reception: Staff) -> None:
    ticket = reception.book("legal", "social")
    await reception.press(reception.path(ticket, "/check-in"))

    without = await reception.press(reception.path(ticket, "/leave"), {"reason": "bored"})
    left = await reception.press(reception.path(ticket, "/leave"), {"reason": "own_wish"})
    ended = reception.holder(ticket)
    shown = await reception.look(left.headers["location"])
    assert ended.undo is not None
    ids = {"stop": str(ended.undo[0]), "act": str(ended.undo[1])}
    assert all(value in shown for value in ids.values())
    undone = await reception.press(reception.path(ticket, "/undo"), ids)
    again = await reception.press(reception.path(ticket, "/undo"), ids)

    assert (without.status_code, ended.reason) == (422, VisitReason.OWN_WISH)
    assert ended.person.standing is Standing.LEFT
    assert (undone.status_code, again.status_code) == (303, 409)
    assert (reception.standing(ticket), reception.stops(ticket)) == (
        Standing.HERE,
        [("legal", "waiting"), ("social", "waiting")],
    )
    await reception.press(reception.path(ticket, "/leave"), {"reason": "own_wish"})
    reception.later(seconds=31)
    late = reception.holder(ticket)
    assert late.undo is None


async def test_stops_are_taken_off_accepted_declined_and_added_one_by_one(reception: Staff) -> None:
    ticket = reception.book("legal", "social")
    await reception.press(reception.path(ticket, "/check-in"))
    visit = reception.holder(ticket).visit
    for key in ("labour", "residence"):
        reception.hall.write(propose_stop, visit, reception.hall.service(key))
    legal, _, labour, residence = (stop.id for stop in reception.holder(ticket).stops)

    at = reception.path(ticket, "/stops")
    pressed = [
        await reception.press(f"{at}/{legal}/drop"),
        await reception.press(f"{at}/{labour}/accept"),
        await reception.press(f"{at}/{residence}/decline"),
        await reception.press(at, {"service": str(reception.hall.service("health-insurance"))}),
    ]
    foreign = await reception.press(f"{reception.path(reception.book(place=1))}/stops/{labour}/drop")

    assert [each.status_code for each in pressed] == [303] * 4
    assert foreign.status_code == 404
    assert reception.stops(ticket) == [
        ("legal", "dropped"),
        ("social", "waiting"),
        ("labour", "waiting"),
        ("residence", "declined"),
        ("health-insurance", "waiting"),
    ]


async def test_a_missed_stop_is_brought_back_and_opens_the_visit_again(reception: Staff) -> None:
    reception.open()
    ticket, _ = reception.hall.walk_in(reception.hall.wish("legal"))
    for _ in range(3):
        called = reception.hall.next(1).stop
        reception.hall.write(no_show, called)
        reception.later(minutes=11)
    assert (reception.standing(ticket), reception.stops(ticket)) == (Standing.LEFT, [("legal", "missed")])
    shown = await reception.look(reception.path(ticket))
    assert "Bring back" in shown

    back = await reception.press(f"{reception.path(ticket)}/stops/{reception.stop(ticket)}/back")

    assert back.status_code == 303
    assert (reception.standing(ticket), reception.stops(ticket)) == (Standing.HERE, [("legal", "waiting")])
    called = reception.hall.next(1).stop
    assert called == reception.stop(ticket)
    reception.hall.write(serve, called)
    refused = await reception.press(f"{reception.path(ticket)}/stops/{called}/back")
    assert (refused.status_code, reception.standing(ticket)) == (409, Standing.SERVING)


async def test_a_lost_ticket_keeps_its_number_and_gets_a_new_code(reception: Staff) -> None:
    ticket = reception.book()
    before = await reception.look(reception.path(ticket, "/print"))

    renewed = await reception.press(reception.path(ticket, "/code"))
    after = await reception.look(renewed.headers["location"])

    short = f"{ticket.short[:4]} {ticket.short[4:]}"
    assert (short in before, short in after) == (True, False)
    assert "The old paper is not valid any more." in after
    assert reception.found_by(ticket.code) == ()
    assert "Ticket 100" in after


async def test_a_name_is_corrected_and_a_wrong_one_is_shown_again(reception: Staff) -> None:
    ticket = reception.book(name="Olna")

    named = await reception.press(reception.path(ticket, "/name"), {"name": "  Olena  Kovalenko "})
    refused = await reception.press(reception.path(ticket, "/name"), {"name": "ا" * 201})

    assert named.status_code == 303
    assert reception.holder(ticket).person.name == "Olena Kovalenko"
    assert refused.status_code == 422
    assert "ا" * 201 in refused.text
    assert 'href="#name"' in refused.text
    assert reception.found_by("kovalenko") == (100,)


async def test_a_booking_is_moved_to_a_time_that_is_free(reception: Staff) -> None:
    ticket = reception.book()
    before = reception.holder(ticket).person.booked_at
    assert before is not None
    wanted = before + timedelta(minutes=60)
    shown = await reception.look(reception.path(ticket, "/time"))
    assert f'value="{wanted.isoformat()}"' in shown

    moved = await reception.press(reception.path(ticket, "/time"), {"arrival": wanted.isoformat()})
    gone = await reception.press(reception.path(ticket, "/time"), {"arrival": (before + timedelta(days=1)).isoformat()})
    rubbish = await reception.press(reception.path(ticket, "/time"), {"arrival": "soon"})

    assert (moved.status_code, gone.status_code, rubbish.status_code) == (303, 409, 422)
    assert "Her old time is still kept." in gone.text
    assert reception.holder(ticket).person.booked_at == wanted


async def test_a_day_that_is_over_takes_nobody_in_and_says_so(reception: Staff) -> None:
    ticket = reception.book()
    reception.set_time(reception.hall.day.closes_at + timedelta(minutes=1))

    shown = await reception.look(reception.path(ticket))
    home = await reception.look(reception.home)
    refused = await reception.press(reception.path(ticket, "/check-in"))

    assert "This day is over." in shown
    assert "This day is over." in home
    assert ("Check in" in shown, refused.status_code) == (False, 410)


async def test_open_stops_go_on_at_another_day(site: Site) -> None:
    made = site.database.write_now(
        create_day, read_template("iom-bratislava"), on=ON + timedelta(days=1), actor=STAFF, now=site.hall.now
    )
    site.database.write_now(publish_day, made, actor=STAFF, now=site.hall.now)
    ticket, _ = site.hall.walk_in(site.hall.wish("legal", "residence"))
    browser = site.sign_in("receptionist")
    path = f"/reception/{site.hall.day.slug}/parties/{ticket.party}"
    shown = await browser.get(path)
    assert "Go on at another day" in shown.text

    answer = await browser.post(f"{path}/carry-over", data={"to": str(uuid4())})
    assert answer.status_code == 422
    answer = await browser.post(f"{path}/carry-over", data={"to": str(made)})
    assert answer.status_code == 303
    shown = await browser.get(answer.headers["location"])
    assert "Goes on: Friday 4 December 2026" in shown.text
    assert "Goes on another day" in shown.text


async def test_her_page_is_live_in_one_part_that_differs_only_in_what_changed(reception: Staff) -> None:
    ticket = reception.book("legal", "social")
    page = await reception.look(reception.path(ticket))
    live = re.search(r'data-live-src="([^"]+)"', page)
    assert live is not None
    address = unescape(live[1])

    parts = [await reception.look(address) for _ in range(2)]
    await reception.press(reception.path(ticket, "/check-in"))
    after = await reception.look(address)
    forged = await reception.look(reception.path(ticket, '/now?key="><b>0123456789abcdef'))

    assert f'data-live-stream="{reception.home}/live"' in page
    assert parts[0].lstrip().startswith('<div id="party" data-live="overview"')
    assert parts[0] == parts[1]
    assert parts[0].strip() in page
    assert ("Here since" in parts[0], "Here since" in after) == (False, True)
    assert '"><b>' not in forged


async def test_her_live_part_costs_the_same_however_many_wait(reception: Staff) -> None:
    reception.open()
    ticket, _ = reception.hall.walk_in(reception.hall.wish("legal", "social"))
    await reception.look(reception.path(ticket, "/now"))
    costs: list[int] = []
    for _ in range(2):
        with counted() as count:
            await reception.look(reception.path(ticket, "/now"))
            costs.append(count())
        for _ in range(3):
            reception.hall.walk_in(reception.hall.wish("legal", "labour"))
        await reception.look(reception.path(ticket, "/now"))

    assert costs[0] == costs[1]
