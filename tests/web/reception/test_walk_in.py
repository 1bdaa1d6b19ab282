"""Somebody without an appointment: named desks, each of which can be taken off; a ticket in every case."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.db.session import Database
from onestop.db.trouble import PerhapsStored
from onestop.domain.booking import Interpreter
from onestop.visits.queries.people import Standing
from onestop.visits.queries.visitor import Visitor, visitor
from onestop.visits.tables import visits
from onestop.web.kit.forms import new_key
from tests.web.hall_desk import Staff
from tests.web.public.visitor import Page

ARABIC = "ا" * 200


def holder_of(reception: Staff, location: str) -> Visitor:
    """Whose page an address is."""
    party = UUID(location.split("/parties/")[1].split("/")[0].split("?")[0])
    return reception.hall.db.read_now(visitor, reception.hall.id, party, now=reception.hall.now)


async def test_needs_lead_to_desks_with_the_police_named_first(reception: Staff) -> None:
    hall = reception.hall

    shown = await reception.ask(f"{reception.home}/walk-in/wish", {"needs": ["residence-permit", "health-insurance"]})

    lines = [part.split('"')[0] for part in shown.text.split('id="service-')[1:] if "-hint" not in part.split('"')[0]]
    assert lines == [str(hall.service(key)) for key in ("residence", "legal", "health-insurance")]
    # The desks, "no interpreter", and "I do not know" whether she has a permit.
    assert shown.text.count(" checked") == 3 + 2
    assert shown.text.index("Foreign Police Department") < shown.text.index("IOM Migration Information Centre")
    assert shown.text.count("<span>Police</span>") == 1


async def test_the_police_desk_taken_off_stays_off(reception: Staff) -> None:
    hall = reception.hall
    shown = await reception.ask(f"{reception.home}/walk-in/wish", {"needs": "residence-permit"})
    assert "Foreign Police Department" in shown.text

    issued = await reception.press(
        f"{reception.home}/walk-in",
        {
            "shown": [str(hall.service("residence")), str(hall.service("legal"))],
            "services": str(hall.service("legal")),
            "adults": "2",
            "children": "1",
            "languages": ["ar", "fr"],
            "other_language": "ckb",
            "interpreter": "needed",
            "name": ARABIC,
        },
    )

    assert issued.status_code == 303
    assert issued.headers["location"].endswith("/print?did=issued")
    known = holder_of(reception, issued.headers["location"])
    assert [stop.title.key for stop in known.stops] == ["legal"]
    person = known.person
    assert (person.number, person.name, person.languages, person.interpreter, person.people, known.children) == (
        100,
        ARABIC,
        ("ar", "fr", "ckb"),
        Interpreter.NEEDED,
        3,
        1,
    )
    assert person.standing is Standing.HERE
    reception.open()
    assert not reception.hall.next(4).new


async def test_the_paper_is_in_the_language_of_the_visitor_and_says_no_service(reception: Staff) -> None:
    hall = reception.hall
    issued = await reception.press(
        f"{reception.home}/walk-in", {"services": str(hall.service("legal")), "languages": "ar"}
    )

    page = await reception.look(issued.headers["location"])
    paper = page[page.index('<div class="paper"') :]

    assert '<div class="paper" lang="ar" dir="rtl">' in paper
    assert "The ticket is issued. Waits now." in page
    assert ("100" in paper, "qr" in paper) == (True, True)
    assert "Legal advice" not in paper


async def test_a_press_sent_twice_gives_one_ticket(reception: Staff) -> None:
    form = {"services": str(reception.hall.service("legal")), "_key": "k" * 22}

    first = await reception.press(f"{reception.home}/walk-in", form)
    second = await reception.press(f"{reception.home}/walk-in", form)

    assert first.headers["location"] == second.headers["location"]
    assert [kind for kind, _ in reception.facts("WalkInIssued")] == ["WalkInIssued"]


async def test_what_is_wrong_is_said_and_everything_typed_is_kept(reception: Staff) -> None:
    hall = reception.hall
    typed = {
        "shown": [str(hall.service("legal")), str(hall.service("social"))],
        "services": str(hall.service("social")),
        "adults": "0",
        "children": "2",
        "languages": "uk",
        "interpreter": "own",
        "name": "Олена",
    }

    alone = await reception.press(f"{reception.home}/walk-in", typed)
    too_many = await reception.press(f"{reception.home}/walk-in", {**typed, "adults": "9"})
    rubbish = await reception.press(f"{reception.home}/walk-in", {**typed, "adults": "many"})
    name = await reception.press(f"{reception.home}/walk-in", {**typed, "adults": "1", "name": "ا" * 201})
    nothing = await reception.press(f"{reception.home}/walk-in", {**typed, "adults": "1", "services": []})
    empty = await reception.ask(f"{reception.home}/walk-in/wish", {})

    told = {
        "A child needs an adult.": alone,
        "We can book at most 10 people together here.": too_many,
        "Please check what you entered.": rubbish,
        "Please write a name with 1 to 200 letters.": name,
        "Please choose at least one thing that you need.": nothing,
    }
    assert {sentence: (each.status_code, sentence in each.text) for sentence, each in told.items()} == dict.fromkeys(
        told, (422, True)
    )
    assert [
        f'id="service-{hall.service(key)}"' in each.text for key in ("legal", "social") for each in told.values()
    ] == ([True] * 10)
    assert ['value="Олена"' in each.text for each in (alone, too_many, rubbish, nothing)] == [True] * 4
    assert (empty.status_code, "Please choose at least one thing that you need." in empty.text) == (422, True)
    assert reception.facts("WalkInIssued") == []


async def test_she_is_told_when_the_day_may_end_before_her_turn_and_gets_a_ticket_all_the_same(
    reception: Staff,
) -> None:
    reception.open()
    hall = reception.hall
    wish = {"needs": "find-work"}
    before = await reception.ask(f"{reception.home}/walk-in/wish", wish)
    for _ in range(20):
        hall.walk_in(hall.wish("labour"))

    after = await reception.ask(f"{reception.home}/walk-in/wish", wish)
    issued = await reception.press(
        f"{reception.home}/walk-in", {"services": str(hall.service("labour")), "ticket_language": "en"}
    )
    paper = await reception.look(issued.headers["location"])

    told = "Tell her: we may not reach you today."
    assert (told in before.text, told in after.text, told in paper) == (False, True, True)
    assert after.text.count("We may not reach her here today.") == 1  # work advice; the labour office has room
    assert "Many people are here. We may not reach you today." in paper
    assert issued.status_code == 303


async def test_the_last_minutes_of_the_day_are_told_too(reception: Staff) -> None:
    reception.open()
    reception.set_time(reception.hall.day.closes_at - timedelta(minutes=10))

    shown = await reception.ask(f"{reception.home}/walk-in/wish", {"needs": "family-money-home"})

    assert "Tell her: we may not reach you today." in shown.text


async def test_on_another_day_the_page_offers_a_time_instead_of_a_ticket(reception: Staff) -> None:
    reception.later(days=-1)

    shown = await reception.look(f"{reception.home}/walk-in")
    refused = await reception.press(f"{reception.home}/walk-in", {"services": str(reception.hall.service("legal"))})

    assert "Tickets without an appointment are given on the day itself." in shown
    assert f'href="{reception.home}/book"' in shown
    assert refused.status_code == 409


async def test_the_way_back_from_the_ticket_leads_to_an_address_that_tells_nothing(reception: Staff) -> None:
    for way in ("walk-in", "book"):
        sent = await reception.press(f"{reception.home}/{way}/wish", {"needs": "residence-permit"})
        address = sent.headers["location"]
        assert (sent.status_code, "residence" in address) == (303, False)
        assert "Foreign Police Department" in await reception.look(address)


async def test_when_nobody_knows_if_it_was_stored_the_same_form_is_sent_again_and_gives_one_ticket(
    reception: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line to the database breaks while COMMIT is under way: once after it was done, once before."""
    write = Database.write
    for stored in (True, False):
        begun = people_waiting(reception)

        async def breaks(self: Database, *args: Any, stored: bool = stored, **kwargs: Any) -> Any:
            if stored:
                await write(self, *args, **kwargs)
            raise PerhapsStored

        typed = {"services": str(reception.hall.service("legal")), "name": "Amal & Omar", "_key": new_key()}
        with monkeypatch.context() as patch:
            patch.setattr(Database, "write", breaks)
            told = await reception.press(f"{reception.home}/walk-in", typed)
        assert told.status_code == 503
        assert told.headers["retry-after"]
        (form,) = (form for form in Page(told.text).forms.values() if form.values("_key"))
        assert dict(form.fields) == typed

        issued = [await reception.press(form.action, dict(form.fields)) for _ in range(2)]

        assert [answer.status_code for answer in issued] == [303, 303]
        assert issued[0].headers["location"] == issued[1].headers["location"]
        assert people_waiting(reception) == begun + 1


def people_waiting(reception: Staff) -> int:
    """How many visits the day has."""
    counted = sa.select(sa.func.count()).select_from(visits).where(visits.c.day_id == reception.hall.id)
    return reception.hall.db.read_now(lambda conn: conn.execute(counted).scalar_one())
