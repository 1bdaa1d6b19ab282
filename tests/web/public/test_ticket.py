"""The ticket: what it shows before and on the day, and what its holder does with it."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from icalendar import Calendar

from onestop.booking.tables import bookings, contacts, parties, stops
from onestop.booking.tickets import find_code, new_code
from onestop.days.actions import create_day, publish_day
from onestop.days.dayfile import read_template
from onestop.days.tables import capacity
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState
from onestop.domain.retention import day_ends_at
from onestop.domain.roles import SYSTEM
from onestop.domain.visit import StopState
from onestop.visits.actions.alarms import say_coming
from onestop.visits.actions.arrivals import check_in
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.carrying import carry_over
from onestop.visits.actions.route import propose_stop
from onestop.visits.queries.alarms import open_alarms
from onestop.web.kit.icons import qr
from tests.halls import ON, STAFF
from tests.web.public.visitor import Page, Visitor, book, change_day, count, open_day
from tests.web.site import Site

WORDS = "Your code as a picture, for the ticket machine"


async def booked(site: Site, *needs: str, name: str = "Amira", **typed: object) -> Visitor:
    """A visitor at her fresh ticket."""
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, *needs or ("residence-permit",), name=name, **typed)
    assert visitor.page.title.startswith("Your ticket"), visitor.page.text
    return visitor


def code_of(visitor: Visitor) -> str:
    return visitor.path.partition("?")[0].removeprefix("/t/").partition("/")[0]


def party_of(site: Site, visitor: Visitor) -> UUID:
    return site.database.read_now(find_code, code_of(visitor)).party


def arrive(site: Site, visitor: Visitor) -> UUID:
    """The reception checks her in; every desk is open, the day has begun."""
    site.set_time(site.hall.day.opens_at + timedelta(minutes=1))
    site.hall.open_desks()
    return site.hall.write(check_in, party_of(site, visitor)).visit  # type: ignore[union-attr]


def stop_of(site: Site, party: UUID, key: str) -> UUID:
    query = sa.select(stops.c.id).where(stops.c.party_id == party, stops.c.service_id == site.hall.service(key))
    return site.database.read_now(lambda conn: conn.execute(query).scalar_one())


def states(site: Site, party: UUID) -> dict[str, str]:
    query = sa.select(services.c.key, stops.c.state).join_from(stops, services).where(stops.c.party_id == party)
    return dict(site.database.read_now(lambda conn: [tuple(row) for row in conn.execute(query)]))


def make_private(site: Site, key: str) -> None:
    private = services.update().where(services.c.id == site.hall.service(key)).values(private=True)
    site.database.write_now(lambda conn: conn.execute(private))


async def fetch(visitor: Visitor, path: str) -> Page:
    """A page of the ticket."""
    return await visitor.open(f"/t/{code_of(visitor)}{path}")


# -- before the day ------------------------------------------------------------------------------------------


async def test_the_ticket_has_number_code_place_plan_and_what_to_bring(site: Site) -> None:
    visitor = await booked(site)
    site.set_time(site.hall.now - timedelta(days=1))
    page = await fetch(visitor, "")

    said = [
        "Your number 100",
        "Please come on Thursday 3 December 2026 at 09:00.",
        "Migration Information Centre, Bratislava",
        "Residence permit Foreign Police Department",
        "Legal advice IOM Migration Information Centre",
        "Your passport (needed)",
    ]
    assert [sentence for sentence in said if sentence not in page.text] == []
    does = {"Put it into my calendar", "Change the time", "Print", "Cancel the booking", "Erase my data"}
    assert does - set(page.links) == set()


async def test_the_qr_code_holds_the_bare_code_where_no_phone_could_open_a_link(site: Site) -> None:
    visitor = await booked(site)

    assert qr(code_of(visitor), WORDS) in visitor.page.html


async def test_her_name_and_address_stand_on_no_page_of_the_ticket(site: Site) -> None:
    visitor = await booked(site, name="Amira Canary")
    pages = [(await fetch(visitor, path)).html for path in ("", "/print", "/change", "/cancel", "/erase")]

    assert [page for page in pages if "Canary" in page] == []


async def test_the_calendar_file_is_neutral(site: Site) -> None:
    visitor = await booked(site)
    answer = await visitor.browser.get(f"/t/{code_of(visitor)}/calendar.ics")

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert (str(event["summary"]), str(event["location"])) == ("Appointment", "Bratislava")
    assert event.decoded("dtstart") == site.hall.day.opens_at
    told = ("police", "legal", "residence", "migration", code_of(visitor))
    assert [word for word in told if word in answer.text.lower()] == []


@pytest.mark.parametrize("paper", ["", "?paper=80"])
async def test_the_print_view_has_number_and_codes(site: Site, paper: str) -> None:
    visitor = await booked(site)
    page = await fetch(visitor, f"/print{paper}")

    assert ("Your number 100" in page.text, qr(code_of(visitor), WORDS) in page.html) == (True, True)
    assert ('class="paper-ticket"' in page.html, "Residence permit" in page.text) == (bool(paper), not paper)


async def test_she_changes_the_time_and_the_same_press_twice_changes_it_once(site: Site) -> None:
    visitor = await booked(site)
    page = await visitor.follow("Change the time")
    form = page.forms["change-form"]
    sent = [*form.fields, ("arrival", form.buttons["11:00"][1])]
    await visitor.send(form.action, "post", sent)
    await visitor.send(form.action, "post", sent)

    assert "No earlier time is free now." in page.text
    assert "Please come today at 11:00." in visitor.page.text
    assert "I would like an earlier time" in visitor.page.text
    assert "No earlier time is free now." not in (await visitor.follow("Change the time")).text
    assert count(site, bookings, bookings.c.state == BookingState.CONFIRMED) == 1


async def test_whoever_has_the_first_time_of_the_day_is_promised_no_earlier_one(site: Site) -> None:
    visitor = await booked(site)
    assert ("Your time: 09:00" in visitor.page.text, "I would like an earlier time" in visitor.page.text) == (
        True,
        False,
    )


async def test_a_new_time_that_filled_meanwhile_leaves_her_the_old_one(site: Site) -> None:
    visitor = await booked(site)
    await visitor.follow("Change the time")
    at = site.hall.day.opens_at + timedelta(hours=2)
    full = capacity.update().where(capacity.c.kind == "arrivals", capacity.c.bucket_at == at)
    site.database.write_now(lambda conn: conn.execute(full.values(used=capacity.c.total - capacity.c.reserve)))
    await visitor.press("change-form", "11:00")

    assert visitor.status == 409
    assert "This time has just been taken. Please choose another time." in visitor.page.text
    assert "Your time now: 09:00" in visitor.page.text
    assert "11:00" not in visitor.page.forms["change-form"].buttons


async def test_she_cancels_in_two_taps_and_a_look_at_the_page_cancels_nothing(site: Site) -> None:
    visitor = await booked(site)
    await visitor.follow("Cancel the booking")
    assert count(site, bookings, bookings.c.state == BookingState.CANCELLED) == 0
    await visitor.press("cancel-form", "Yes, cancel the booking")

    assert "This booking is cancelled. The centre knows it." in visitor.page.text
    assert ("Book again" in visitor.page.links, "Print" in visitor.page.links) == (True, False)
    used = sa.select(sa.func.sum(capacity.c.used))
    assert site.database.read_now(lambda conn: conn.execute(used).scalar_one()) == 0
    await visitor.browser.post(f"/t/{code_of(visitor)}/cancel")
    again = await fetch(visitor, "")
    assert (visitor.status, "This booking is cancelled. The centre knows it." in again.text) == (200, True)
    late = await visitor.browser.get(f"/t/{code_of(visitor)}/change")
    assert (late.status_code, late.headers["location"]) == (303, f"/t/{code_of(visitor)}")


async def test_a_step_taken_off_frees_its_minutes_and_the_others_stay(site: Site) -> None:
    visitor = await booked(site)
    party = party_of(site, visitor)
    used = sa.select(sa.func.sum(capacity.c.used)).where(capacity.c.kind == "service")
    before = site.database.read_now(lambda conn: conn.execute(used).scalar_one())
    await visitor.press(f"drop-{stop_of(site, party, 'legal')}")

    assert states(site, party) == {"legal": "dropped", "residence": "planned"}
    assert site.database.read_now(lambda conn: conn.execute(used).scalar_one()) == before - 20
    assert "You took off the step before it (Legal advice). This step does not wait for it." in visitor.page.text
    assert [form for form in visitor.page.forms if form.startswith("drop-")] == []


# -- on the day ------------------------------------------------------------------------------------------------


async def test_on_the_day_she_sees_what_is_next_where_and_when_and_who_is_before_her(site: Site) -> None:
    first = await booked(site, "my-rights", name="First")
    second = await booked(site, "my-rights", name="Second")
    arrive(site, first)
    site.hall.write(check_in, party_of(site, second))
    page = await fetch(second, "")

    assert "Next: Legal advice. Desk 1. About 09:" in page.text
    assert "One person is before you." in page.text
    assert "First" not in page.html


async def test_she_is_called_on_the_whole_screen_and_then_told_how_far_she_is(site: Site) -> None:
    visitor = await booked(site)
    party = party_of(site, visitor)
    arrive(site, visitor)
    stop = site.hall.next(1).stop
    assert stop == stop_of(site, party, "legal")
    page = await fetch(visitor, "")
    assert "It is your turn: desk 1" in page.text
    assert 'data-turn="1"' in page.html
    site.hall.write(serve, stop)
    assert "You are at desk 1 now." in (await fetch(visitor, "")).text
    site.hall.write(finish, stop)
    site.set_time(site.hall.now + timedelta(minutes=1))

    assert "1 of 2 done. Next: Residence permit. Desk 4." in (await fetch(visitor, "")).text


async def test_the_live_part_is_given_alone_to_a_script(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    answer = await visitor.browser.get(f"/t/{code_of(visitor)}", headers={"HX-Request": "true"})

    assert answer.text.strip().startswith('<div id="now"')
    assert "<html" not in answer.text


async def test_a_proposed_step_is_hers_to_accept_or_to_refuse(site: Site) -> None:
    visitor = await booked(site, "my-rights")
    party, visit = party_of(site, visitor), arrive(site, visitor)
    site.hall.write(propose_stop, visit, site.hall.service("residence"))
    site.hall.write(propose_stop, visit, site.hall.service("labour"))
    page = await fetch(visitor, "")
    assert "Foreign Police Department Police" in page.text
    await visitor.press(f"decline-{stop_of(site, party, 'residence')}")
    await visitor.press(f"accept-{stop_of(site, party, 'labour')}")

    assert states(site, party) == {"legal": "waiting", "residence": "declined", "labour": "waiting"}
    consent = sa.select(stops.c.consent_how).where(stops.c.id == stop_of(site, party, "labour"))
    assert site.database.read_now(lambda conn: conn.execute(consent).scalar_one()) == "phone"


async def test_a_private_step_is_not_accepted_on_a_screen_that_may_not_name_it(site: Site) -> None:
    make_private(site, "social")
    visitor = await booked(site, "my-rights")
    party, visit = party_of(site, visitor), arrive(site, visitor)
    site.hall.write(propose_stop, visit, site.hall.service("social"))
    page = await fetch(visitor, "")
    private = stop_of(site, party, "social")
    assert (f"accept-{private}" in page.forms, f"decline-{private}" in page.forms) == (False, True)
    answer = await visitor.browser.post(f"/t/{code_of(visitor)}/stops/{private}/accept")

    assert (answer.status_code, states(site, party)["social"]) == (403, "proposed")


async def test_she_steps_out_and_comes_back(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    await fetch(visitor, "")
    page = await visitor.press("step-out-form")
    assert "You stepped out. Your place is kept." in page.text
    page = await visitor.press("come-back-form")
    assert "Next: Legal advice." in page.text


async def test_she_asks_for_help_hears_that_somebody_comes_and_ends_it(site: Site) -> None:
    visitor = await booked(site)
    before = await fetch(visitor, "")
    arrive(site, visitor)
    await fetch(visitor, "")
    asked = await visitor.press("help-form")
    (alarm,) = site.database.read_now(open_alarms, site.hall.id)
    site.hall.write(say_coming, site.hall.id, alarm.id)
    coming = await fetch(visitor, "")
    over = await visitor.press("no-help-form")

    assert "help-form" not in before.forms
    assert "We have told the staff that you need help." in asked.text
    assert "Somebody comes to you." in coming.text
    assert ("help-form" in over.forms, site.database.read_now(open_alarms, site.hall.id)) == (True, ())


async def test_a_press_that_is_too_late_shows_the_ticket_as_it_is_now_with_the_reason(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    await fetch(visitor, "")
    site.hall.next(1)
    page = await visitor.press("step-out-form")

    assert visitor.status == 409
    assert "This step cannot be done now." in page.text
    assert "It is your turn: desk 1" in page.text


async def test_a_pause_of_the_day_is_told(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    change_day(site, paused_at=site.hall.now)

    assert "The whole day has a pause now. Nobody is called. Your place is kept." in (await fetch(visitor, "")).text


# -- private stops (R19) ---------------------------------------------------------------------------------------


async def test_a_private_stop_stands_on_no_ticket_print_or_calendar_until_it_is_called(site: Site) -> None:
    renamed = institutions.update().where(institutions.c.key == "health-insurer").values(name="Canary House")
    site.database.write_now(lambda conn: conn.execute(renamed))
    secret = ("Canary House", "Health insurance", "desk-c6")
    places = ("", "/print", "/print?paper=80", "/calendar.ics", "/change", "/cancel", "/erase")

    async def leaks(visitor: Visitor) -> list[str]:
        told = [(await visitor.browser.get(f"/t/{code_of(visitor)}{place}")).text for place in places]
        return [word for word in secret if any(word in text for text in told)]

    assert await leaks(await booked(site, "health-insurance", "my-rights")) == list(secret)
    make_private(site, "health-insurance")
    visitor = await booked(site, "health-insurance", "my-rights")
    assert "Talk at the centre" in visitor.page.text
    assert await leaks(visitor) == []
    arrive(site, visitor)
    assert await leaks(visitor) == []
    site.hall.next(6)
    page = await fetch(visitor, "")
    assert "It is your turn. Please go to desk 6 now." in page.text
    assert (page.title.partition(" · ")[0], "turn-number" in page.html) == ("Your ticket 101", False)
    assert ("Canary House" in page.html, "Health insurance" in page.html) == (False, False)


# -- other people's codes --------------------------------------------------------------------------------------


async def test_an_unknown_code_says_so_and_asks_again(site: Site) -> None:
    visitor = await booked(site)
    answers: list[tuple[int, bool]] = []
    for code in ("a" * 26, "not-a-code", f"~{uuid4().hex}{'a' * 26}", "~", f"~{party_of(site, visitor).hex}{'a' * 26}"):
        page = await visitor.open(f"/t/{code}")
        answers.append((visitor.status, "We do not know this code." in page.text and "find-form" in page.forms))

    assert answers == [(404, True)] * 5


async def test_nobody_acts_on_another_ones_step(site: Site) -> None:
    mine, other = await booked(site, name="One"), await booked(site, name="Two")
    theirs = stop_of(site, party_of(site, other), "legal")
    statuses = [
        (await mine.browser.post(f"/t/{code_of(mine)}/stops/{stop}/{act}")).status_code
        for act in ("drop", "accept", "decline")
        for stop in (theirs, uuid4())
    ]

    assert statuses == [404] * 6
    assert states(site, party_of(site, other))["legal"] == StopState.PLANNED


async def test_a_replaced_code_is_dead_at_once(site: Site) -> None:
    visitor = await booked(site)
    key = site.app.state.ticket_key
    site.database.write_now(new_code, party=party_of(site, visitor), key=key, actor=SYSTEM, now=site.hall.now)

    await fetch(visitor, "")
    assert visitor.status == 404


async def test_the_short_code_with_its_day_shows_and_cancels_but_does_not_erase(site: Site) -> None:
    visitor = await booked(site)
    long = code_of(visitor)
    short = visitor.page.text.partition("Your code ")[2][:9]
    stranger = Visitor(site.browser())
    await stranger.open("/find")
    page = await stranger.press("find-form", code=short.lower(), day=site.hall.day.slug)

    assert (stranger.status, "Your number 100" in page.text) == (200, True)
    assert "With the link of your ticket you can also erase your data." in page.text
    assert (long in page.html, qr(long, WORDS) in page.html, "Erase my data" in page.links) == (False, False, False)
    for method in ("GET", "POST"):
        refused = await stranger.browser.request(method, f"/t/{code_of(stranger)}/erase")
        assert refused.status_code == 404
    await stranger.follow("Cancel the booking")
    await stranger.press("cancel-form", "Yes, cancel the booking")
    assert count(site, bookings, bookings.c.state == BookingState.CANCELLED) == 1


async def test_24_hours_after_the_day_the_code_only_erases(site: Site) -> None:
    visitor = await booked(site)
    day = site.hall.day
    over = day_ends_at(day.on, day.closes_at, day.zone) + timedelta(hours=24)
    site.set_time(over - timedelta(minutes=1))
    assert "Your ticket is not valid any more." not in (await fetch(visitor, "")).text
    site.set_time(over)
    page = await fetch(visitor, "")

    assert "Your ticket is not valid any more." in page.text
    assert "Legal advice" not in page.text
    await visitor.follow("Erase my data")
    await visitor.press("erase-form", "Yes, erase everything")
    assert "Your data are erased" in visitor.page.text


async def test_she_erases_her_data_and_the_code_opens_nothing_any_more(site: Site) -> None:
    visitor = await booked(site, name="Amira Canary")
    party = party_of(site, visitor)
    code = code_of(visitor)
    await visitor.follow("Erase my data")
    assert count(site, parties, parties.c.name == "Amira Canary") == 1
    await visitor.press("erase-form", "Yes, erase everything")

    assert (visitor.status, "Your data are erased" in visitor.page.text) == (200, True)
    assert count(site, parties, parties.c.name == "Amira Canary") == 0
    assert count(site, contacts, contacts.c.party_id == party) == 0
    await visitor.open(f"/t/{code}")
    assert visitor.status == 404


# -- the stream ------------------------------------------------------------------------------------------------


async def test_the_stream_is_of_her_own_visit_and_begins_with_it(site: Site) -> None:
    visitor = await booked(site)
    live = f"/t/{code_of(visitor)}/live"
    assert (await visitor.browser.get(live)).status_code == 204
    arrive(site, visitor)
    site.app.state.hub.close()  # a live stream says hello and ends
    answer: httpx.Response = await visitor.browser.get(live)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert [line for line in answer.text.splitlines() if line.startswith("data:")] == ["data: visit"]


async def test_what_goes_on_at_another_day_is_one_tap_from_the_old_ticket_also_when_that_is_over(site: Site) -> None:
    made = site.database.write_now(
        create_day, read_template("iom-bratislava"), on=ON + timedelta(days=7), actor=STAFF, now=site.hall.now
    )
    site.database.write_now(publish_day, made, actor=STAFF, now=site.hall.now)
    visitor = Visitor(site.browser())
    key = site.app.state.ticket_key
    ticket, visit = site.hall.walk_in(site.hall.wish("legal"))
    code = site.database.write_now(new_code, party=ticket.party, key=key, actor=STAFF, now=site.hall.now).code
    how = {"key": key, "actor": STAFF, "now": site.hall.now, "day": min(made, site.hall.id)}
    site.database.write_now(carry_over, visit, made, **how)

    await visitor.open(f"/t/{code}")
    assert "Your other steps: Thursday 10 December 2026" in visitor.page.text
    site.set_time(site.hall.now + timedelta(days=3))
    await visitor.open(f"/t/{code}")
    assert "Your ticket is not valid any more." in visitor.page.text
    await visitor.follow("Open my new ticket")
    assert (visitor.status, "Please come on Thursday 10 December 2026" in visitor.page.text) == (200, True)

    fresh = party_of(site, visitor)
    site.database.write_now(new_code, party=fresh, key=key, actor=STAFF, now=site.hall.now)
    await visitor.open(f"/t/{code}")
    assert ("10 December" in visitor.page.text, "Open my new ticket" in visitor.page.text) == (True, False)
