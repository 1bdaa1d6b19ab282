"""A booking for a caller: needs, desks, a time, and a number and code to read out."""

import re
from datetime import timedelta
from html import unescape

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, members, stop_members, stops
from onestop.directory.tables import services
from onestop.domain.ticket import spell_short_code
from onestop.visits.queries.people import Standing
from onestop.web.kit.goers import service_mark
from tests.halls import ON, make_test_day
from tests.web.hall_desk import Staff
from tests.web.public.test_waiting import fill, free_one
from tests.web.reception.test_walk_in import holder_of
from tests.web.site import Site


def answers(reception: Staff, **changed: str) -> dict[str, str]:
    return {
        "services": str(reception.hall.service("legal")),
        "adults": "1",
        "children": "0",
        "languages": "uk",
        "interpreter": "none",
        "name": "Olena",
        "phone": "0903 123 456",
        "email": "olena@example.org",
        **changed,
    }


def hidden(page: str) -> dict[str, list[str]]:
    """The answers a page carries on."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        if unescape(value) not in found.setdefault(name, []):
            found[name].append(unescape(value))
    return found


def offered(page: str) -> list[str]:
    """The times that are buttons."""
    return [part.split('value="', 1)[1].split('"')[0] for part in page.split('name="arrival"')[1:]]


async def test_a_caller_is_booked_and_the_number_and_code_are_read_out(reception: Staff) -> None:
    needs = await reception.look(f"{reception.home}/book")
    wish = await reception.ask(f"{reception.home}/book/wish", {"needs": "my-rights"})
    times = await reception.press(f"{reception.home}/book/times", answers(reception))
    at = offered(times.text)[2]
    booked = await reception.press(f"{reception.home}/book", answers(reception, arrival=at, _key="k" * 22))
    again = await reception.press(f"{reception.home}/book", answers(reception, arrival=at, _key="k" * 22))

    assert "I have a question about the law or a letter" in needs
    assert ("Legal advice" in wish.text, 'name="phone"' in wish.text) == (True, True)
    assert (booked.status_code, booked.headers["location"]) == (303, again.headers["location"])
    known = holder_of(reception, booked.headers["location"])
    assert (known.person.standing, known.person.name, known.reached_by) == (
        Standing.BOOKED,
        "Olena",
        (("email", ""), ("phone", "3456")),
    )
    page = await reception.look(booked.headers["location"])
    number, code = (part.split(">", 1)[1].split("<")[0] for part in page.split('<p class="code">')[1:3])
    assert number == "100"
    read_out = page.split('class="read-out"')[1].split("</section>")[0]
    assert ("Please bring:" in read_out, "A passport or another paper with your name" in read_out) == (True, True)
    assert "Papers</span>" not in page  # nothing to tick before she is here
    assert reception.found_by(code) == (100,)
    assert spell_short_code(code.replace(" ", "")) == code
    assert rows(reception) == (1, [("email", "olena@example.org"), ("phone", "+421903123456")])


async def test_a_caller_says_who_of_the_family_goes_where(reception: Staff) -> None:
    hall = reception.hall
    legal, residence = hall.service("legal"), hall.service("residence")
    family = {
        "services": [str(legal), str(residence)],
        "shown": [str(legal), str(residence)],
        "adults": "2",
        "children": "2",
        "interpreter": "none",
        "with": [service_mark(legal), "a2", service_mark(residence), "a1", "c1"],
    }
    times = await reception.press(f"{reception.home}/book/times", family)
    carried = {**hidden(times.text), "arrival": offered(times.text)[0]}
    booked = await reception.press(f"{reception.home}/book", carried)
    marks = (
        sa.select(services.c.key, members.c.mark)
        .join_from(stop_members, members)
        .join(stops, stops.c.id == stop_members.c.stop_id)
        .join(services, services.c.id == stops.c.service_id)
        .order_by(services.c.key, members.c.mark)
    )

    assert booked.status_code == 303
    found = hall.db.read_now(lambda conn: [tuple(row) for row in conn.execute(marks)])
    assert found == [("legal", 2), ("residence", 1), ("residence", 3)]

    family["with"] = [service_mark(legal), "a2", service_mark(residence), "c2"]
    alone = await reception.press(f"{reception.home}/book/times", family)
    assert (alone.status_code, "A child never goes to a desk alone." in alone.text) == (422, True)
    assert alone.text.count("checked>Adult 2") == alone.text.count("checked>Child 2") == 1


async def test_a_talk_about_one_who_works_is_ticked_for_one_adult_at_first(reception: Staff) -> None:
    wish = await reception.ask(f"{reception.home}/book/wish", {"needs": "find-work"})

    assert wish.text.count("checked>Adult 1") == 2


async def test_a_time_that_went_in_the_meantime_shows_the_others_with_everything_typed(reception: Staff) -> None:
    times = await reception.press(f"{reception.home}/book/times", answers(reception))
    at = offered(times.text)[0]
    while at in offered((await reception.press(f"{reception.home}/book/times", answers(reception))).text):
        await reception.press(f"{reception.home}/book", answers(reception, arrival=at, name=""))

    late = await reception.press(f"{reception.home}/book", answers(reception, arrival=at))

    assert late.status_code == 409
    assert "This time has just been taken." in late.text
    assert (at in offered(late.text), len(offered(late.text)) > 3) == (False, True)
    assert ['value="Olena"' in late.text, 'value="0903 123 456"' in late.text] == [True, True]


async def test_wrong_contacts_are_told_beside_their_fields(reception: Staff) -> None:
    email = await reception.press(f"{reception.home}/book/times", answers(reception, email="olena"))
    phone = await reception.press(f"{reception.home}/book/times", answers(reception, phone="none"))

    assert (email.status_code, phone.status_code) == (422, 422)
    assert ('href="#email"' in email.text, 'value="olena"' in email.text) == (True, True)
    assert ('href="#phone"' in phone.text, 'value="none"' in phone.text) == (True, True)


async def test_a_language_nobody_interprets_is_said_and_times_are_offered_all_the_same(reception: Staff) -> None:
    shown = await reception.press(
        f"{reception.home}/book/times", answers(reception, languages="vi", interpreter="needed")
    )

    assert "No interpreter for Vietnamese on this day." in shown.text
    assert len(offered(shown.text)) > 3


async def test_any_published_day_can_be_booked(reception: Staff, site: Site) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    home = f"/reception/{other.day.slug}"

    shown = await reception.look(f"{reception.home}/book")
    times = await reception.press(f"{home}/book/times", answers(reception))
    booked = await reception.press(f"{home}/book", answers(reception, arrival=offered(times.text)[0]))

    assert f'href="{home}/book"' in shown
    assert (booked.status_code, booked.headers["location"].startswith(f"{home}/parties/")) == (303, True)


async def test_a_later_page_opened_by_its_address_leads_to_the_first(reception: Staff) -> None:
    answers_ = [
        await reception.browser.get(f"{reception.home}/{end}") for end in ("book/wish", "book/times", "walk-in/wish")
    ]

    assert [(each.status_code, each.headers["location"]) for each in answers_] == [
        (303, f"{reception.home}/book"),
        (303, f"{reception.home}/book"),
        (303, f"{reception.home}/walk-in"),
    ]


def rows(reception: Staff) -> tuple[int, list[tuple[str, str]]]:
    """How many bookings there are, and every contact."""

    def read(conn: sa.Connection) -> tuple[int, list[tuple[str, str]]]:
        kept = conn.execute(sa.select(contacts.c.kind, contacts.c.address).order_by(contacts.c.kind)).all()
        count = conn.execute(sa.select(sa.func.count()).select_from(bookings)).scalar_one()
        return count, [(row.kind, row.address) for row in kept]

    return reception.hall.db.read_now(read)


async def test_a_caller_who_finds_no_time_is_put_on_the_list_and_says_yes_by_phone(
    reception: Staff, site: Site
) -> None:
    tickets = fill(site)
    times = await reception.press(f"{reception.home}/book/times", answers(reception))
    assert "Put her on the waiting list" in times.text
    listed = await reception.press(f"{reception.home}/book/waiting", answers(reception, _key="k" * 22))
    again = await reception.press(f"{reception.home}/book/waiting", answers(reception, _key="k" * 22))
    assert (listed.status_code, listed.headers["location"]) == (303, again.headers["location"])
    shown = await reception.look(listed.headers["location"])
    assert ("Olena" in shown, "Please read out her code:" in shown, "She says yes" in shown) == (True, True, False)

    free_one(site, tickets[-1])
    party = listed.headers["location"].partition("new=")[2]
    assert "She says yes" in await reception.look(f"{reception.home}/waiting")
    foreign = await reception.press(f"{reception.home}/waiting/{tickets[0].party}/take")
    taken = await reception.press(f"{reception.home}/waiting/{party}/take")
    assert (foreign.status_code, taken.status_code) == (404, 303)
    assert holder_of(reception, taken.headers["location"]).person.standing is Standing.BOOKED
    assert "Nobody waits for a place." in await reception.look(f"{reception.home}/waiting")
