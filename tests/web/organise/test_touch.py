"""A change of a published day that touches people who booked: asked first, saved by a second press, never by chance."""

import re
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.db.ledger import facts
from onestop.domain.booking import Interpreter
from onestop.reports.verify import verify
from tests.counting import counted
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
ASKS = "This changes something for people who booked"


def _broken(site: Site) -> list[object]:
    return list(site.database.read_now(verify, now=site.database.now()))


def _hours(site: Site, number: int) -> list[str]:
    desk = next(each for each in site.database.read_now(desks_of_day, site.hall.id) if each.number == number)
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in desk.openings]


def _kinds(site: Site) -> list[str]:
    kinds = sa.select(facts.c.kind).where(facts.c.day_id == site.hall.id).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(kinds).scalars().all()))


def _make_private(conn: sa.Connection) -> None:
    conn.execute(stops.update().values(private=True))


def _told(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2]).split())


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


async def test_a_desk_that_closes_before_somebody_comes_is_asked_about_and_saved_by_a_second_press(site: Site) -> None:
    ticket = site.hall.book(site.hall.wish("legal"), at=at(11))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")

    asked = await organiser.send(f"{DAY}/desks/1", closes_1="11:00")
    before = _hours(site, 1)
    saved = await organiser.send(f"{DAY}/desks/1")

    assert (asked.status_code, before) == (409, ["08:00-14:00"])
    assert (
        f"1 ticket: nobody offers its service at its time any more. Number {ticket.number} · 12:00"
        " · no address: tell her at the door"
    ) in _told(asked.text)
    assert f'<a href="/reception/iom-bratislava-2026-12-03/parties/{ticket.party}">' in asked.text
    assert (saved.status_code, _hours(site, 1), _broken(site)) == (200, ["08:00-10:00"], [])


async def test_back_to_the_form_keeps_everything_typed_and_changes_nothing(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"), at=at(11))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")
    await organiser.send(f"{DAY}/desks/1", closes_1="11:00", number="17")

    form = await organiser.send(f"{DAY}/desks/1", back="1")
    typed = organiser.form(f"{DAY}/desks/1")

    assert (form.status_code, typed["closes_1"], typed["number"]) == (200, "11:00", "17")
    assert (_hours(site, 1), _kinds(site)[-1]) == (["08:00-14:00"], "BookingConfirmed")
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", opens="12:30", name="Typed")
    await organiser.send(f"{DAY}/settings", back="1")
    typed = organiser.form(f"{DAY}/settings")
    assert (typed["opens"], typed["name"]) == ("12:30", "Typed")


async def test_the_second_press_twice_is_one_change(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"), at=at(11))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")
    await organiser.send(f"{DAY}/desks/1", closes_1="11:00")

    pressed = [await organiser.press(f"{DAY}/desks/1") for _ in range(2)]

    assert [answer.status_code for answer in pressed] == [303, 303]
    assert _kinds(site).count("DeskChanged") == 1


async def test_a_day_changed_by_somebody_else_meanwhile_is_told_also_on_the_way_back(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"), at=at(11))
    first, second = Organiser(site), Organiser(site)
    await first.open(f"{DAY}/desks/1")
    await first.send(f"{DAY}/desks/1", closes_1="11:00")
    await second.open(f"{DAY}/settings")
    await second.send(f"{DAY}/settings", name="Second")
    question = first.page

    refused = await first.send(f"{DAY}/desks/1")
    first.page = question
    back = await first.send(f"{DAY}/desks/1", back="1")

    assert (refused.status_code, _hours(site, 1)) == (409, ["08:00-14:00"])
    assert ["Somebody else changed this in the meantime." in each.text for each in (refused, back)] == [True, True]
    assert first.form(f"{DAY}/desks/1")["closes_1"] == "11:00"


async def test_somebody_who_books_between_the_presses_is_asked_about_too(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"), at=at(11))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")
    await organiser.send(f"{DAY}/desks/1", closes_1="11:00")
    later = site.hall.book(site.hall.wish("legal"), at=at(12))

    again = await organiser.send(f"{DAY}/desks/1")
    saved = await organiser.send(f"{DAY}/desks/1")

    assert (again.status_code, f"Number {later.number} ·" in _told(again.text), saved.status_code) == (409, True, 200)


async def test_a_change_that_touches_nobody_is_saved_at_once(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"), at=at(8))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")

    saved = await organiser.send(f"{DAY}/desks/1", closes_1="12:00", languages=["sk", "en", "fr"])

    assert (saved.status_code, _hours(site, 1)) == (200, ["08:00-11:00"])


async def test_number_and_kind_of_a_private_talk_are_not_told(site: Site) -> None:
    ticket = site.hall.book(site.hall.wish("legal"), at=at(11))
    site.database.write_now(_make_private)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")

    asked = await organiser.send(f"{DAY}/desks/1", closes_1="11:00")

    told = _told(asked.text)
    assert (ASKS in told, "Its number is not shown." in told, str(ticket.number) in told) == (True, True, False)


async def test_a_mediator_who_goes_leaves_somebody_without_an_interpreter(site: Site) -> None:
    wish = site.hall.wish("residence", languages=("ar",), interpreter=Interpreter.NEEDED)
    site.hall.book(wish)
    arabic: UUID = next(m.id for m in site.database.read_now(mediators_of_day, site.hall.id) if "ar" in m.languages)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/mediators/{arabic}")

    await organiser.send(f"{DAY}/mediators/{arabic}/remove")
    asked = await organiser.send(f"{DAY}/mediators/{arabic}/remove")
    there = len(site.database.read_now(mediators_of_day, site.hall.id))
    await organiser.send(f"{DAY}/mediators/{arabic}/remove")

    assert "1 ticket: nobody interprets for it any more." in _told(asked.text)
    assert f'href="{DAY}/mediators/{arabic}"' in asked.text
    assert len(site.database.read_now(mediators_of_day, site.hall.id)) == there - 1
    assert _broken(site) == []


async def test_hours_of_the_day_and_an_order_are_weighed_too(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"), at=at(8))
    site.hall.book(site.hall.wish("legal", "social"), at=at(9))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")

    later = await organiser.send(f"{DAY}/settings", opens="10:00")
    opens = site.database.read_now(day_by_id, site.hall.id).opens_at
    await organiser.open(f"{DAY}/order")
    legal, social = str(site.hall.service("legal")), str(site.hall.service("social"))
    answers = [await _order(organiser, *pair) for pair in ((legal, social), (social, legal))]

    assert "1 ticket: at its arrival the desks have too little time left." in _told(later.text)
    assert opens == at(8)
    assert sorted(ASKS in text for text in answers) in ([False, False], [False, True])


async def _order(organiser: Organiser, before: str, after: str) -> str:
    await organiser.open(f"{DAY}/order")
    answer = await organiser.send(f"{DAY}/order", before=before, after=after)
    return _told(answer.text)


async def test_what_the_question_costs_does_not_grow_with_who_booked(site: Site) -> None:
    organiser = Organiser(site)
    costs: list[int] = []
    for hour in (11, 12):
        site.hall.book(site.hall.wish("legal"), at=at(hour))
        await organiser.open(f"{DAY}/desks/1")
        with counted() as count:
            await organiser.send(f"{DAY}/desks/1", closes_1="11:00")
        costs.append(count())

    assert costs[0] == costs[1]
