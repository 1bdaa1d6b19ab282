"""Sessions in the set-up of a day: made, changed and taken away by its organisers, with whoever has a seat told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.queries.days import day_by_id, day_by_slug
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.sessions import SessionRow, sessions_of_day
from onestop.days.setup_sessions import OUTSIDE, OVERLAP
from onestop.days.tables import desk_services
from onestop.db.ledger import facts
from onestop.directory.tables import services
from onestop.notify.tables import outbox
from onestop.reports.verify import verify
from onestop.visits.actions.seating import seat_waiting
from onestop.visits.tables import session_runs
from tests.counting import counted
from tests.notify.post import Mailing
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_people import told
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
AT = f"{DAY}/sessions"
ASKS = "This changes something for people who booked"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


def held(site: Site) -> tuple[SessionRow, ...]:
    return site.database.read_now(sessions_of_day, site.hall.id)


def place(site: Site, key: str = "social") -> str:
    """The service and its desk as the form says them."""
    service = site.hall.service(key)
    desk = next(one for one in site.hall.desks.values() if service in one.services)
    return f"{desk.id}:{service}"


def kinds(site: Site) -> list[str]:
    known = sa.select(facts.c.kind).where(facts.c.day_id == site.hall.id, facts.c.kind.like("Session%"))
    return list(site.database.read_now(lambda conn: conn.execute(known.order_by(facts.c.id)).scalars().all()))


def broken(site: Site) -> list[Any]:
    return site.database.read_now(verify, now=site.database.now())


async def enter(site: Site, organiser: Organiser, starts: str, **typed: Any) -> str:
    """Add a session of the social counsellors (one hour ahead of UTC); gives what the page then says."""
    await organiser.open(f"{AT}/new")
    given = {"place": place(site), "starts": starts, "minutes": "45", "seats": "10", **typed}
    return told((await organiser.send(AT, **given)).text)


async def test_the_empty_list_teaches_what_a_session_is_and_the_hub_leads_there(site: Site) -> None:
    organiser = Organiser(site)

    hub = await organiser.open(DAY)
    page = await organiser.open(AT)

    assert (f'href="{AT}"' in hub.text, "Sessions 0 sessions" in told(hub.text)) == (True, True)
    assert "There is no session yet. A session begins at a fixed time, for several people" in told(page.text)
    assert f'href="{AT}/new"' in page.text


async def test_sessions_stand_by_start_with_all_that_is_said_of_them_and_the_seats_that_are_taken(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "12:00", language="uk", seats="8")
    await enter(site, organiser, "10:00")
    site.hall.book(site.hall.wish("social", adults=2), at=at(8))

    page = told((await organiser.open(AT)).text)

    desk = next(one for one in site.hall.desks.values() if site.hall.service("social") in one.services)
    name = desk.institution.name
    assert f"10:00–10:45 Social advice Desk {desk.number} · {name} · Everybody can follow 10 seats 2 booked" in page
    assert f"12:00–12:45 Social advice Desk {desk.number} · {name} · Ukrainian 8 seats 0 booked" in page
    assert page.index("10:00–10:45") < page.index("12:00–12:45")
    assert "Sessions 2 sessions" in told((await organiser.open(DAY)).text)


async def test_a_session_is_added_changed_and_taken_away_and_each_is_a_fact(site: Site) -> None:
    organiser = Organiser(site)

    saved = await enter(site, organiser, "10:00", language="en")
    (made,) = held(site)
    await organiser.open(f"{AT}/{made.id}")
    form = organiser.form(f"{AT}/{made.id}")
    await organiser.send(f"{AT}/{made.id}", starts="11:30", minutes="60", seats="6", language="")
    (changed,) = held(site)
    await organiser.open(f"{AT}/{made.id}")
    gone = await organiser.send(f"{AT}/{made.id}/remove")

    desk, service = place(site).split(":")
    assert "Saved." in saved
    assert (str(made.desk), str(made.service), made.starts_at) == (desk, service, at(9))
    assert (made.minutes, made.seats, made.language) == (45, 10, "en")
    typed = [form[name] for name in ("place", "starts", "minutes", "seats", "language")]
    assert typed == [place(site), "10:00", "45", "10", "en"]
    assert changed == replace(made, starts_at=at(10, 30), minutes=60, seats=6, language="")
    assert ("Saved." in told(gone.text), held(site)) == (True, ())
    assert kinds(site) == ["SessionAdded", "SessionChanged", "SessionRemoved"]
    assert broken(site) == []


async def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    await organiser.open(f"{AT}/new")

    none = await organiser.send(AT, place="", starts="soon", minutes="long", seats="x", language="tlh")
    kept = organiser.form(AT)
    given: dict[str, Any] = {"place": place(site), "starts": "11:00", "minutes": "45", "seats": "10", "language": ""}
    answers: list[tuple[str, Any, bool]] = []
    for name, wrong in (
        ("starts", {"starts": "10:30"}),
        ("starts", {"starts": "03:00"}),
        ("minutes", {"minutes": "4"}),
        ("seats", {"seats": "501"}),
        ("place", {"place": f"{place(site, 'legal').split(':')[0]}:{site.hall.service('social')}"}),
    ):
        sent = {**given, **wrong}
        answer = await organiser.send(AT, **sent)
        form = organiser.form(AT)
        answers.append((name, answer, all(form[each] == sent[each] for each in sent if each != "place")))

    assert [
        '<a href="#place">Please choose a service and its desk.</a>' in none.text,
        '<a href="#starts">Please write a time such as 09:30.</a>' in none.text,
        '<a href="#minutes">Please write a whole number.</a>' in none.text,
        '<a href="#seats">Please write a whole number.</a>' in none.text,
        '<a href="#language">Please choose a language of the list.</a>' in none.text,
        (kept["starts"], kept["minutes"], kept["seats"]) == ("soon", "long", "x"),
    ] == [True] * 6
    sentences = (
        OVERLAP,
        OUTSIDE,
        "Please write a whole number from 5 to 480.",
        "Please write a whole number from 1 to 500.",
        "This desk does not offer this service. Please choose one that does.",
    )
    for (name, answer, kept_all), sentence in zip(answers, sentences, strict=True):
        told_there = f'<a href="#{name}">{sentence}</a>' in answer.text
        assert (answer.status_code, told_there, kept_all) == (422, True, True), sentence
    assert len(held(site)) == 1


async def test_the_same_press_twice_is_one_session(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{AT}/new")

    pressed = [await organiser.press(AT, place=place(site), starts="10:00") for _ in range(2)]

    assert ([answer.status_code for answer in pressed], len(held(site))) == ([303, 303], 1)


async def test_another_one_like_this_begins_when_the_first_ends(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00", language="sk", seats="7")
    (made,) = held(site)
    page = await organiser.open(f"{AT}/{made.id}")
    assert f'href="{AT}/new?like={made.id}"' in page.text

    await organiser.open(f"{AT}/new?like={made.id}")
    await organiser.send(AT)

    second = held(site)[1]
    assert second == replace(made, id=second.id, starts_at=at(9, 45))


async def test_the_second_of_two_organisers_sees_what_the_first_changed_and_overwrites_nothing(site: Site) -> None:
    first, second, third = Organiser(site), Organiser(site), Organiser(site)
    await enter(site, first, "10:00")
    (made,) = held(site)
    path = f"{AT}/{made.id}"
    for one in (first, second, third):
        await one.open(path)
    await first.send(path, seats="6")

    refused = await second.send(path, seats="8")
    kept = second.form(path)["seats"]
    between = held(site)[0].seats
    again = await second.send(path)
    removed = await third.send(f"{path}/remove")

    assert (refused.status_code, kept, between) == (409, "8", 6)
    assert "Somebody else changed this in the meantime." in refused.text
    assert "Changed by somebody else in the meantime" in refused.text
    assert "A session Seats 10 is now 6" in told(refused.text)
    assert (again.status_code, held(site)[0].seats) == (200, 8)
    assert (removed.status_code, len(held(site))) == (409, 1)
    assert "Somebody else changed this in the meantime." in removed.text


async def test_a_session_that_somebody_else_took_away_leaves_what_was_typed_in_a_new_form(site: Site) -> None:
    first, second = Organiser(site), Organiser(site)
    await enter(site, first, "10:00")
    (made,) = held(site)
    for one in (first, second):
        await one.open(f"{AT}/{made.id}")
    await first.send(f"{AT}/{made.id}/remove")

    refused = await second.send(f"{AT}/{made.id}", starts="11:00")
    saved = await second.send(AT)

    assert (refused.status_code, "Changed by somebody else in the meantime" in refused.text) == (409, True)
    assert (saved.status_code, [one.starts_at for one in held(site)]) == (200, [at(10)])


# -- on a published day ------------------------------------------------------------------------------


async def test_taking_a_session_away_says_who_has_a_seat_and_tells_them(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    await enter(site, organiser, "12:00")
    first, second = held(site)
    mailing = Mailing(hall=site.hall, settings=site.settings, sender=None)  # type: ignore[arg-type]
    ticket = mailing.book("ana@example.org", services=("social",), at=at(8))
    form = told((await organiser.open(f"{AT}/{first.id}")).text)

    asked = await organiser.send(f"{AT}/{first.id}/remove")
    there = len(held(site))
    saved = await organiser.send(f"{AT}/{first.id}/remove")

    assert "1 person has a seat in it. Nobody loses the booking." in form
    assert (asked.status_code, ASKS in asked.text, there) == (409, True, 2)
    assert f"1 ticket keeps its arrival and ends at another time. Number {ticket.number}" in told(asked.text)
    assert (saved.status_code, [one.id for one in held(site)]) == (200, [second.id])
    assert seats_of(site) == [(second.id, at(11))]
    letters = sa.select(outbox.c.kind).where(outbox.c.kind.like("touched%"))
    sent = site.database.read_now(lambda conn: conn.execute(letters).scalars().all())
    assert (sent, broken(site)) == (["touched_estimate"], [])


async def test_the_only_session_gone_the_service_is_done_in_talks_again(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "12:00")
    (made,) = held(site)
    site.hall.book(site.hall.wish("social"), at=at(8))
    await organiser.open(f"{AT}/{made.id}")

    await organiser.send(f"{AT}/{made.id}/remove")
    saved = await organiser.send(f"{AT}/{made.id}/remove")

    ((session, start),) = seats_of(site)
    assert (saved.status_code, session, start < at(11)) == (200, None, True)
    assert broken(site) == []


async def test_a_service_that_gets_its_first_session_asks_about_those_who_booked_a_talk(site: Site) -> None:
    site.hall.book(site.hall.wish("social"), at=at(8))
    organiser = Organiser(site)
    await organiser.open(f"{AT}/new")
    given = {"place": place(site), "starts": "13:00", "minutes": "45", "seats": "10"}

    asked = await organiser.send(AT, **given)
    back = await organiser.send(AT, back="1")
    typed = organiser.form(AT)
    before = held(site)
    await organiser.send(AT)
    await organiser.send(AT)

    assert (asked.status_code, back.status_code, before) == (409, 200, ())
    assert (typed["place"], typed["starts"]) == (place(site), "13:00")
    assert seats_of(site) == [(held(site)[0].id, at(12))]
    assert broken(site) == []


async def test_fewer_seats_than_people_ask_about_whoever_booked_last(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    await enter(site, organiser, "12:00")
    first, second = held(site)
    site.hall.book(site.hall.wish("social", adults=4), at=at(8))
    site.hall.later(minutes=1)
    site.set_time(site.hall.now)
    late = site.hall.book(site.hall.wish("social", adults=4), at=at(8))
    await organiser.open(f"{AT}/{first.id}")

    asked = await organiser.send(f"{AT}/{first.id}", seats="5")
    await organiser.send(f"{AT}/{first.id}")

    assert f"Number {late.number} " in told(asked.text)
    assert sorted(seats_of(site), key=lambda one: one[1]) == [(first.id, at(9)), (second.id, at(11))]
    assert broken(site) == []


async def test_of_a_private_session_nobody_counts_who_booked(site: Site) -> None:
    private = services.update().where(services.c.id == site.hall.service("social")).values(private=True)
    site.database.write_now(lambda conn: conn.execute(private))
    organiser = Organiser(site)
    await enter(site, organiser, "12:00")
    (made,) = held(site)
    before = told((await organiser.open(AT)).text)
    ticket = site.hall.book(site.hall.wish("social"), at=at(8))

    page = told((await organiser.open(AT)).text)
    form = told((await organiser.open(f"{AT}/{made.id}")).text)
    asked = told((await organiser.send(f"{AT}/{made.id}/remove")).text)

    assert ("Private" in page, "10 seats" in page, " booked" in page) == (True, True, False)
    assert page == before
    assert "How many have a seat in a private session is not shown here." in form
    assert "1 ticket has a private talk. Its number is not shown." in asked
    assert str(ticket.number) not in asked


async def test_a_session_that_has_begun_stays(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    (made,) = held(site)
    site.hall.book(site.hall.wish("social"), at=at(8))
    begun = session_runs.insert().values(session_id=made.id, day_id=site.hall.id, begun_at=at(8))
    await organiser.open(f"{AT}/{made.id}")
    site.database.write_now(lambda conn: conn.execute(begun))

    refused = await organiser.send(f"{AT}/{made.id}/remove")

    assert (refused.status_code, held(site)) == (409, (made,))
    assert "This session has begun on this day and stays as it is." in refused.text


async def test_who_waits_for_a_session_that_is_taken_away_goes_to_another_one(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    await enter(site, organiser, "12:00")
    first, second = held(site)
    ticket = site.hall.book(site.hall.wish("social"), at=at(8))
    site.hall.now = at(8)
    site.set_time(at(8))
    site.hall.arrive(ticket)
    assert seats_of(site)[0][0] == first.id
    await organiser.open(f"{AT}/{first.id}")

    await organiser.send(f"{AT}/{first.id}/remove")
    if len(held(site)) == 2:
        await organiser.send(f"{AT}/{first.id}/remove")

    site.database.write_now(seat_waiting, site.hall.id, now=at(8))
    assert [one.id for one in held(site)] == [second.id]
    assert seats_of(site)[0][0] == second.id
    assert broken(site) == []


async def test_a_session_whose_desk_is_not_open_is_told_and_a_desk_with_sessions_says_so(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    (made,) = held(site)
    number = next(desk.number for desk in site.database.read_now(desks_of_day, site.hall.id) if desk.id == made.desk)
    desk = told((await organiser.open(f"{DAY}/desks/{number}")).text)
    await organiser.send(f"{DAY}/desks/{number}", opens_1="11:00")

    page = told((await organiser.open(AT)).text)
    form = told((await organiser.open(f"{AT}/{made.id}")).text)
    hub = await organiser.open(DAY)
    await organiser.open(f"{DAY}/desks/{number}")
    await organiser.send(f"{DAY}/desks/{number}/remove")

    assert "It holds 1 session, which goes with it." in desk
    assert "Not held: its desk is not open" in page
    assert "This session is not held: its desk is not open at its time." in form
    assert f'href="{AT}">Change this</a>' in hub.text
    assert held(site) == ()
    await organiser.open(f"{DAY}/history")
    await organiser.send(f"{DAY}/history/undo")
    assert [one.id for one in site.database.read_now(desks_of_day, site.hall.id) if one.number == number] == [made.desk]
    assert held(site) == (made,)


async def test_the_history_tells_a_session_and_takes_it_back(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    (made,) = held(site)

    page = told((await organiser.open(f"{DAY}/history")).text)
    await organiser.send(f"{DAY}/history/undo")
    gone = held(site)
    await organiser.open(f"{DAY}/history")
    await organiser.send(f"{DAY}/history/undo")

    assert "A session" in page
    assert [one in page for one in ("Social advice", "10:00", "Everybody can follow", "Seats")] == [True] * 4
    assert (gone, held(site)) == ((), (made,))


async def test_a_day_without_desks_says_what_comes_first(site: Site) -> None:
    site.database.write_now(lambda conn: conn.execute(desk_services.delete()))

    page = await Organiser(site).open(AT)

    assert (f'href="{DAY}/desks/new"' in page.text, f'href="{AT}/new"' in page.text) == (True, False)


async def test_the_list_takes_the_same_number_of_statements_for_any_number_of_sessions(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    await organiser.open(AT)
    with counted() as one:
        await organiser.open(AT)
        few = one()
    await enter(site, organiser, "11:00")
    await enter(site, organiser, "12:00")
    site.hall.book(site.hall.wish("social"), at=at(8))
    await organiser.open(AT)
    with counted() as three:
        await organiser.open(AT)
        many = three()

    assert few == many


# -- the day goes along ------------------------------------------------------------------------------


async def test_a_day_like_an_earlier_one_has_its_sessions_at_its_own_desks(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00", language="uk")
    (made,) = held(site)
    await organiser.open("/organise/new")

    page = await organiser.send("/organise/days/from-day", day=str(site.hall.id), on_day="2026-12-17")

    copied = site.database.read_now(day_by_slug, page.url.path.rpartition("/")[2])
    (other,) = site.database.read_now(sessions_of_day, copied.id)
    numbers = {desk.id: desk.number for desk in site.database.read_now(desks_of_day, copied.id)}
    old = {desk.id: desk.number for desk in site.database.read_now(desks_of_day, site.hall.id)}
    assert (other.id != made.id, numbers[other.desk]) == (True, old[made.desk])
    assert replace(other, id=made.id, desk=made.desk) == replace(made, starts_at=made.starts_at + timedelta(days=14))


async def test_a_day_on_another_date_takes_its_sessions_along_with_those_who_have_a_seat(site: Site) -> None:
    organiser = Organiser(site)
    await enter(site, organiser, "10:00")
    (made,) = held(site)
    site.hall.book(site.hall.wish("social"), at=at(8))
    version = site.database.read_now(day_by_id, site.hall.id).version
    await organiser.open(f"{DAY}/move")

    await organiser.send(f"{DAY}/move", on="2026-12-10")

    assert site.database.read_now(day_by_id, site.hall.id).version > version
    assert held(site) == (replace(made, starts_at=at(9) + timedelta(days=7)),)
    assert seats_of(site) == [(made.id, at(9) + timedelta(days=7))]
    assert broken(site) == []


def seats_of(site: Site) -> list[tuple[Any, datetime]]:
    """To which session each stop goes, and when it is planned."""
    rows = sa.select(stops.c.session_id, stops.c.planned_at).order_by(stops.c.id)
    return [tuple(row) for row in site.database.read_now(lambda conn: conn.execute(rows).all())]
