"""Catching up at reception: a line by keyboard, sentences that lead on, undo, who is still open."""

import re
from datetime import timedelta

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.spares import SpareTicket, lease_spares
from onestop.domain.visit import StopState
from onestop.reports.verify import verify
from onestop.visits.actions.setup import pause_day
from tests.counting import counted
from tests.halls import STAFF
from tests.web.hall_desk import Staff


def paper(reception: Staff, end: str = "") -> str:
    return f"{reception.home}/paper{end}"


def noon(reception: Staff) -> None:
    """Two hours after the opening."""
    reception.open()
    reception.later(hours=2)


def line(number: int | str, desk: int | str, how: str = "1", about: str = "10:40", **more: str) -> dict[str, str]:
    return {"number": str(number), "desk": str(desk), "how": how, "about": about, **more}


def spares(reception: Staff) -> tuple[SpareTicket, ...]:
    key = reception.site.app.state.ticket_key
    return reception.hall.write(lease_spares, reception.hall.id, count=12, key=key)


def shown(page: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def value_of(page: str, name: str) -> str:
    (tag,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
    return re.findall(r' value="([^"]*)"', tag)[0]


async def test_a_line_is_entered_and_the_next_one_begins_at_the_same_desk(reception: Staff) -> None:
    ticket = reception.book("legal", "residence")
    noon(reception)

    page = (await reception.ask(paper(reception), line(ticket.number, 1, "2", "1040"))).text

    assert f"Number {ticket.number} is entered: Settled." in shown(page)
    assert [value_of(page, name) for name in ("number", "desk", "about")] == ["", "1", "10:40"]
    assert '<option value="2" selected>2 · Settled</option>' in page
    assert sorted(state for _, state in reception.stops(ticket)) == [StopState.FINISHED, StopState.WAITING]
    assert "from paper" in page
    assert reception.hall.db.read_now(verify, now=reception.hall.now) == []


async def test_the_same_press_twice_is_one_line(reception: Staff) -> None:
    ticket = reception.book("legal")
    noon(reception)
    sent = {**line(ticket.number, 1), "_key": "k" * 22}

    answers = [await reception.press(paper(reception), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(reception.facts("PaperEntered")) == 1


async def test_what_cannot_be_read_is_said_at_its_field_and_stays(reception: Staff) -> None:
    ticket = reception.book("legal")
    noon(reception)

    said = {}
    for name, sent in {
        "number": line("x", 1),
        "how": line(ticket.number, 1, ""),
        "about": line(ticket.number, 1, "1", "noon"),
        "desk": line(ticket.number, 99),
    }.items():
        answer = await reception.press(paper(reception), sent)
        found = re.findall(rf'id="{name}-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
        said[name] = (answer.status_code, found, value_of(answer.text, "number") == sent["number"])

    assert said == {
        "number": (422, ["Please write the ticket number, digits only."], True),
        "how": (422, ["Please choose how it ended."], True),
        "about": (422, ["Please write the time as on a clock, such as 10:40."], True),
        "desk": (422, ["This day has no desk with this number."], True),
    }
    assert reception.facts("PaperEntered", "VisitorCheckedIn") == []


async def test_a_number_that_no_ticket_has_can_be_entered_with_a_new_one(reception: Staff) -> None:
    noon(reception)

    refused = await reception.press(paper(reception), line(987, 1))
    page = (await reception.ask(paper(reception), line(987, 1, fresh="1"))).text

    assert refused.status_code == 409
    assert "No ticket of this day has the number 987. Please look at the paper again." in shown(refused.text)
    assert ('name="fresh"' in refused.text, value_of(refused.text, "number")) == (True, "987")
    assert "Number 100 is entered: Advised. This ticket was not known before. It is now." in shown(page)


async def test_a_cancelled_booking_is_told_and_leads_on(reception: Staff) -> None:
    ticket = reception.book("legal")
    reception.hall.write(cancel_booking, ticket.party)
    noon(reception)

    refused = await reception.press(paper(reception), line(ticket.number, 1))

    assert (refused.status_code, 'name="fresh"' in refused.text) == (409, True)
    assert f"The booking of number {ticket.number} was cancelled." in shown(refused.text)


async def test_a_spare_ticket_is_told_as_new_and_leaves_the_list_of_unused_ones(reception: Staff) -> None:
    first, *_, last = spares(reception)
    noon(reception)
    before = shown(await reception.look(paper(reception)))

    after = shown((await reception.ask(paper(reception), line(first.number, 1))).text)

    assert f"{first.number}–{last.number}" in before
    assert (f"{first.number}–{last.number}" in after, f"{first.number + 1}–{last.number}" in after) == (False, True)
    assert f"Number {first.number} is entered: Advised. This ticket was not known before." in after


async def test_a_number_entered_twice_says_where_it_was_finished(reception: Staff) -> None:
    ticket = reception.book("legal")
    noon(reception)
    await reception.ask(paper(reception), line(ticket.number, 1))

    again = await reception.press(paper(reception), line(ticket.number, 1, "3"))

    told = f"Number {ticket.number} was finished at desk 1 already. Nothing was changed."
    assert (again.status_code, told in shown(again.text), 'name="fresh"' in again.text) == (409, True, False)


async def test_the_last_line_is_taken_back(reception: Staff) -> None:
    ticket = reception.book("legal")
    noon(reception)
    page = (await reception.ask(paper(reception), line(ticket.number, 1))).text
    (undo,) = re.findall(r'action="([^"]+/undo)"', page)

    after = (await reception.ask(undo)).text
    again = await reception.press(undo)

    assert f"The line of number {ticket.number} is taken back." in shown(after)
    assert re.findall(r'action="([^"]+/undo)"', after) == []
    assert reception.stops(ticket) == [("legal", StopState.PLANNED)]
    assert (again.status_code, "cannot be taken back any more" in again.text) == (409, True)


async def test_who_never_came_and_who_is_inside_stand_in_still_open(reception: Staff) -> None:
    never, inside, later = reception.book("legal"), reception.book("residence"), reception.book("social", place=-1)
    noon(reception)
    await reception.ask(paper(reception), line(inside.number, "", "7"))

    page = await reception.look(paper(reception))

    still = page[page.index('id="open"') :]
    listed = [f"/parties/{ticket.party}" in still for ticket in (never, inside, later)]
    assert listed == [True, True, False]
    told = shown(still)
    assert ("Here, with steps to do · 1" in told, "Booked, did not come yet · 1" in told) == (True, True)


async def test_the_hint_to_pause_goes_when_the_day_is_paused(reception: Staff) -> None:
    noon(reception)
    hint = "Desks may call people who were served on paper."
    before = hint in await reception.look(paper(reception))
    reception.hall.write(pause_day, reception.hall.id, why="")

    assert (before, hint in await reception.look(paper(reception))) == (True, False)


async def test_the_screen_costs_the_same_for_one_line_as_for_many(reception: Staff) -> None:
    tickets = [reception.book("legal", place=place) for place in range(3)]
    noon(reception)
    costs = []
    for ticket in tickets:
        await reception.ask(paper(reception), line(ticket.number, 1))
        with counted() as count:
            await reception.look(paper(reception))
        costs.append(count())

    assert costs == [costs[0]] * 3


async def test_a_time_ahead_of_the_clock_is_refused(reception: Staff) -> None:
    ticket = reception.book("legal")
    noon(reception)
    ahead = (reception.hall.now + timedelta(hours=1)).astimezone(reception.hall.day.zone).strftime("%H:%M")

    answer = await reception.press(paper(reception), line(ticket.number, 1, "1", ahead))

    assert (answer.status_code, "This time has not come yet." in answer.text) == (422, True)
    assert STAFF.ref not in answer.text
