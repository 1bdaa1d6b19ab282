"""Changing a day: what was typed is stored or shown again, and on a published day nobody loses what was promised."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.days.actions import create_day
from onestop.days.dayfile import read_template
from onestop.days.organising import order_of_day, sizes_of_day
from onestop.days.queries.capacity import load_capacity
from onestop.days.queries.days import Day, day_by_id, day_by_slug
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.setup import edit_desk
from onestop.days.setup_values import DeskSettings
from onestop.db.ledger import facts
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState, Release
from onestop.domain.plan import DayCapacity
from onestop.domain.roles import SYSTEM
from onestop.reports.verify import verify
from onestop.visits.actions.setup import set_up
from tests.halls import STAFF
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


def _draft(site: Site) -> Day:
    now = site.database.now()
    made = site.database.write_now(
        create_day, read_template("iom-bratislava"), on=date(2026, 12, 17), actor=SYSTEM, now=now
    )
    return site.database.read_now(day_by_id, made)


def _kinds(site: Site, day: UUID) -> list[str]:
    def read(conn: sa.Connection) -> list[str]:
        return list(conn.execute(sa.select(facts.c.kind).where(facts.c.day_id == day).order_by(facts.c.id)).scalars())

    return site.database.read_now(read)


def _broken(site: Site) -> list[Any]:
    return site.database.read_now(verify, now=site.database.now())


async def test_every_value_of_the_day_is_stored_as_typed(site: Site) -> None:
    draft = _draft(site)
    organiser = Organiser(site)
    await organiser.open(f"/organise/{draft.slug}/settings")

    saved = await organiser.send(
        f"/organise/{draft.slug}/settings",
        name="Deň poradenstva",
        opens="10:00",
        closes="16:30",
        slot_minutes="20",
        arrivals_per_slot="4",
        reserve_percent="30",
        bookings_per_contact="5",
        working_language="en",
        languages=["ar", "en"],
        release="open",
        scarce="1",
        all_times="1",
        reserve_reception="",
        reserve_helper="6",
    )

    day = site.database.read_now(day_by_id, draft.id)
    expected = replace(
        draft,
        name="Deň poradenstva",
        opens_at=datetime(2026, 12, 17, 9, tzinfo=UTC),
        closes_at=datetime(2026, 12, 17, 15, 30, tzinfo=UTC),
        slot_minutes=20,
        reserve_percent=30,
        bookings_per_contact=5,
        working_language="en",
        languages=("ar", "en"),
        release=Release.OPEN,
        scarce=True,
        all_times=True,
        reserve_limits=(("helper", 6),),
        version=draft.version + 1,
    )
    assert (saved.status_code, day) == (200, expected)
    assert site.database.read_now(sizes_of_day, draft.id).arrivals_per_slot == 4
    assert _kinds(site, draft.id) == ["DayCreated", "DayChanged"]
    # Desks that were there from opening to closing follow; desk 4 keeps its own closing.
    hours = {desk.number: desk.openings for desk in site.database.read_now(desks_of_day, draft.id)}
    whole = ((day.opens_at, day.closes_at),)
    assert hours == {
        **dict.fromkeys((1, 2, 3, 5, 6), whole),
        4: ((day.opens_at, datetime(2026, 12, 17, 12, tzinfo=UTC)),),
    }


async def test_wrong_values_are_shown_again_with_a_sentence_each(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")

    answer = await organiser.send(
        f"{DAY}/settings", name="Kept", opens="late", slot_minutes="x", release="auction", languages=None
    )
    one = await organiser.send(f"{DAY}/settings", opens="09:00", slot_minutes="17", release="invited", languages=["en"])

    assert (answer.status_code, one.status_code) == (422, 422)
    assert [
        '<a href="#opens">Please write a time such as 09:30.</a>' in answer.text,
        '<a href="#slot_minutes">Please write a whole number.</a>' in answer.text,
        '<a href="#release">Please choose how places are given out.</a>' in answer.text,
        'value="Kept"' in answer.text,
        '<a href="#slot_minutes">Please write minutes from 10 to 240, in steps of 5.</a>' in one.text,
        'value="Kept"' in one.text,
    ] == [True] * 6
    assert site.database.read_now(day_by_id, site.hall.id) == site.hall.day


async def test_a_change_made_meanwhile_is_told_and_what_was_typed_stays(site: Site) -> None:
    first, second = Organiser(site), Organiser(site)
    await first.open(f"{DAY}/settings")
    await second.open(f"{DAY}/settings")
    await first.send(f"{DAY}/settings", name="First")

    refused = await second.send(f"{DAY}/settings", name="Second")
    named = site.database.read_now(day_by_id, site.hall.id).name
    again = await second.send(f"{DAY}/settings")

    assert (refused.status_code, named) == (409, "First")
    assert "Somebody else changed this in the meantime." in refused.text
    assert 'value="Second"' in refused.text
    assert (again.status_code, site.database.read_now(day_by_id, site.hall.id).name) == (200, "Second")


async def test_the_same_save_pressed_twice_is_one_change(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")

    pressed = [await organiser.press(f"{DAY}/settings", name="Once") for _ in range(2)]

    assert [answer.status_code for answer in pressed] == [303, 303]
    assert _kinds(site, site.hall.id) == ["DayCreated", "DayPublished", "DayChanged"]


async def test_a_desk_is_added_with_a_break_changed_and_taken_away(site: Site) -> None:
    organiser = Organiser(site)
    police = site.hall.desks[4].institution.id
    residence = site.hall.service("residence")
    page = await organiser.open(f"{DAY}/desks/new?institution={police}")
    assert 'name="number" type="number" value="7"' in page.text

    await organiser.send(
        f"{DAY}/desks",
        services=str(residence),
        languages=["sk", "vi"],
        opens_1="09:00",
        closes_1="11:00",
        opens_2="12:00",
        closes_2="15:00",
        **{f"minutes-{residence}": "25"},
    )
    added = site.database.read_now(desks_of_day, site.hall.id)[-1]
    await organiser.open(f"{DAY}/desks/7")
    await organiser.send(f"{DAY}/desks/7", number="8", opens_2="", closes_2="")
    changed = site.database.read_now(desks_of_day, site.hall.id)[-1]
    await organiser.open(f"{DAY}/desks/8")
    await organiser.send(f"{DAY}/desks/8/remove")

    hours = [(8, 10), (11, 14)]
    opened = tuple((datetime(2026, 12, 3, a, tzinfo=UTC), datetime(2026, 12, 3, b, tzinfo=UTC)) for a, b in hours)
    assert (added.number, added.services, added.languages, added.openings, added.state) == (
        7,
        {residence: 25},
        frozenset({"sk", "vi"}),
        opened,
        DeskState.CLOSED,
    )
    assert (changed.id, changed.number, changed.openings) == (added.id, 8, opened[:1])
    assert [desk.number for desk in site.database.read_now(desks_of_day, site.hall.id)] == [1, 2, 3, 4, 5, 6]
    assert _kinds(site, site.hall.id)[2:] == ["DeskAdded", "DeskChanged", "DeskRemoved"]
    assert _broken(site) == []


async def test_a_desk_form_says_what_is_wrong_with_it(site: Site) -> None:
    organiser = Organiser(site)
    told: list[str] = []
    for changed, sentence in (
        ({"number": "1"}, "Another desk has this number."),
        ({"services": None}, "Please choose at least one service."),
        ({"languages": None}, "Please choose at least one language."),
        ({"opens_1": "", "closes_1": ""}, "Please give at least one time from and to."),
        ({"opens_1": "11:00", "closes_1": "11:00"}, "The end must be after the beginning."),
        ({"opens_1": "08:00"}, "These hours lie outside the hours of the day."),
        ({"opens_2": "09:30", "closes_2": "10:00"}, "Two of these times overlap."),
        ({"opens_1": "25:99"}, "Please write a time such as 09:30."),
        ({"services": str(site.hall.service("legal"))}, "Please choose at least one service."),
        ({f"minutes-{site.hall.service('residence')}": "0"}, "Please write a whole number from 1 to 480."),
    ):
        await organiser.open(f"{DAY}/desks/4")
        answer = await organiser.send(f"{DAY}/desks/4", **changed)
        if answer.status_code != 422 or sentence not in answer.text:
            told.append(sentence)

    assert told == []
    assert site.database.read_now(desks_of_day, site.hall.id) == [site.hall.desks[n] for n in sorted(site.hall.desks)]


async def test_bookings_keep_their_minutes_when_a_published_desk_closes_earlier(site: Site) -> None:
    tickets = [site.hall.book(site.hall.wish("residence")) for _ in range(3)]
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/4")

    asked = await organiser.send(f"{DAY}/desks/4", opens_1="12:30", closes_1="13:00")
    saved = await organiser.send(f"{DAY}/desks/4")
    hub = await organiser.open(DAY)

    room = _room(site)
    police = next(group for group in room.groups if site.hall.service("residence") in group.services)
    booked = {ticket.party for ticket in tickets}
    assert (asked.status_code, len(booked), _broken(site)) == (409, 3, [])
    assert "Confirmed bookings keep their time." in saved.text
    # Two fit into the new hours and are laid there. Claimed minutes stay claimed; nothing is free before the opening.
    opening = datetime(2026, 12, 3, 11, 30, tzinfo=UTC)
    early = [bucket for bucket in police.buckets if bucket.start < opening]
    assert sum(bucket.used + bucket.used_reserve for bucket in early) == 15
    assert [bucket.free(with_reserve=True) for bucket in early] == [0] * len(early)
    assert "Bookings need 15 minutes more than desks and mediators now have." in hub.text


async def test_a_desk_that_learns_a_language_is_not_offered_twice(site: Site) -> None:
    for _ in range(4):
        site.hall.book(site.hall.wish("residence"))
    before = _free_minutes(site, "residence")
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/4")

    await organiser.send(f"{DAY}/desks/4", languages=["sk", "en"])

    assert (_free_minutes(site, "residence"), _broken(site)) == (before, [])


async def test_a_mediator_who_learns_a_language_keeps_the_minutes_she_is_booked_for(site: Site) -> None:
    wish = site.hall.wish("residence", languages=("ar",), interpreter=Interpreter.NEEDED)
    site.hall.book(wish)
    (mediator,) = [m for m in site.database.read_now(mediators_of_day, site.hall.id) if "ar" in m.languages]
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/mediators/{mediator.id}")

    await organiser.send(f"{DAY}/mediators/{mediator.id}", label="Amina", languages=["ar", "en", "fr"])

    room = _room(site)
    (hers,) = [group for group in room.mediators if "ar" in group.languages]
    assert (hers.languages, sum(bucket.used for bucket in hers.buckets) > 0) == (frozenset({"ar", "en", "fr"}), True)
    assert _broken(site) == []


async def test_a_service_somebody_booked_cannot_lose_its_only_desk(site: Site) -> None:
    site.hall.book(site.hall.wish("residence"))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/4")

    refused = await organiser.send(f"{DAY}/desks/4/remove")

    assert refused.status_code == 409
    assert "1 visitors still want a service that no desk would offer any more." in refused.text
    assert (len(site.database.read_now(desks_of_day, site.hall.id)), _broken(site)) == (6, [])


async def test_a_desk_that_called_somebody_stays_in_the_list(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("residence"))
    site.hall.next(4)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/4")

    refused = await organiser.send(f"{DAY}/desks/4/remove")

    assert refused.status_code == 409
    assert "This desk was used on this day and stays in the list." in refused.text


async def test_the_opening_of_a_published_day_moves_in_steps_of_ten_minutes(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")

    refused = await organiser.send(f"{DAY}/settings", opens="09:05")
    moved = await organiser.send(f"{DAY}/settings", opens="08:30")

    assert (refused.status_code, moved.status_code) == (422, 200)
    assert "can only move in steps of 10 minutes" in refused.text
    assert site.database.read_now(day_by_id, site.hall.id).opens_at == site.hall.day.opens_at - timedelta(minutes=30)
    assert _broken(site) == []


async def test_an_order_is_added_and_taken_away_but_never_goes_round(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/order")
    legal, social = str(site.hall.service("legal")), str(site.hall.service("social"))
    residence = str(site.hall.service("residence"))

    await organiser.send(f"{DAY}/order", before=social, after=legal, because="ask first")
    circle = await organiser.send(f"{DAY}/order", before=residence, after=social)
    twice = await organiser.send(f"{DAY}/order", before=social, after=legal)
    everything = await organiser.send(f"{DAY}/order", before=residence, after="*")
    lines = site.database.read_now(order_of_day, site.hall.id)
    for line in lines:
        await organiser.open(f"{DAY}/order")
        await organiser.send(f"{DAY}/order/{line.id}/remove")

    assert [(line.before, line.after, line.because) for line in lines] == [
        ("legal", "residence", "the counsellor checks the file before the police desk takes it"),
        ("social", "legal", "ask first"),
    ]
    assert ["circle" in answer.text for answer in (circle, everything)] == [True, True]
    assert "This order is already in the list." in twice.text
    assert site.database.read_now(order_of_day, site.hall.id) == []


async def test_a_new_language_at_a_ready_desk_calls_whom_it_can_serve_now(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    for mediator in site.database.read_now(mediators_of_day, site.hall.id):
        if "ar" in mediator.languages:
            arabic = mediator.id
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/overview")
    await organiser.send(f"{DAY}/mediators/{arabic}/break")
    site.hall.walk_in(site.hall.wish("residence", languages=("ar",), interpreter=Interpreter.NEEDED))
    armed = site.hall.next(4, standing=True).stop
    await organiser.open(f"{DAY}/desks/4")

    await organiser.send(f"{DAY}/desks/4", languages=["sk", "ar"])

    page = await organiser.open(f"{DAY}/overview")
    assert armed is None
    assert "called 0 min ago" in page.text


async def test_two_institutions_never_have_one_name(site: Site) -> None:
    organiser = Organiser(site)
    for name in ("Office", "Other office"):
        await organiser.open("/organise/institutions")
        made = await organiser.send("/organise/institutions", name=name, authority="none")
    refused = await organiser.send(made.url.path, name="Office")
    same = await organiser.send(made.url.path, name="Other office")

    assert (refused.status_code, "There is already an entry with this name." in refused.text) == (422, True)
    assert same.status_code == 200


async def test_an_institution_and_its_own_service_come_to_a_desk(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open("/organise/institutions")
    made = await organiser.send("/organise/institutions", name="Ľudia ľuďom", authority="none")
    path = made.url.path
    await organiser.send(f"{path}/services", service="", own="Právna pomoc", minutes="25")
    named = await organiser.send(f"{path}/services", service="social", minutes="15", private="1")
    twice = await organiser.send(f"{path}/services", service="", own="právna  POMOC", minutes="25")
    desk = await organiser.open(f"{DAY}/desks/new?institution={path.rsplit('/', 1)[1]}")

    assert ["Právna pomoc" in answer.text for answer in (named, desk)] == [True, True]
    assert "There is already an entry with this name." in twice.text
    assert desk.text.count('name="services"') == 2
    assert "Private" in desk.text


async def test_a_day_that_is_over_cannot_be_set_up_any_more(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(DAY)
    await organiser.send(f"{DAY}/close")
    await organiser.open(f"{DAY}/settings")

    refused = await organiser.send(f"{DAY}/settings", name="Later")

    assert refused.status_code == 409
    assert "This day is over or cancelled." in refused.text
    assert site.database.read_now(day_by_slug, site.hall.day.slug).name == site.hall.day.name


def test_two_changes_at_once_from_the_same_version_are_one(site: Site) -> None:
    desk = site.hall.desks[1]
    settings = DeskSettings(
        number=1,
        institution=desk.institution.id,
        services=desk.services,
        languages=("sk",),
        hours=((datetime(2026, 12, 3, 9).time(), datetime(2026, 12, 3, 12).time()),),
    )
    version = site.hall.day.version
    done: list[str] = []
    for _ in range(2):
        try:
            site.hall.write(set_up, site.hall.id, edit_desk, desk.id, settings, version=version)
            done.append("stored")
        except Exception as refusal:
            done.append(type(refusal).__name__)

    assert (done, STAFF.ref) == (["stored", "Changed"], "test:staff")


def _room(site: Site) -> DayCapacity:
    """The day's capacity, of every desk and mediator."""
    mediators = site.database.read_now(mediators_of_day, site.hall.id)
    return site.database.read_now(
        load_capacity,
        site.database.read_now(day_by_id, site.hall.id),
        services={service for desk in site.hall.desks.values() for service in desk.services},
        languages=frozenset[str]().union(*(each.languages for each in mediators)),
    )


def _free_minutes(site: Site, service: str) -> int:
    room = _room(site)
    wanted = site.hall.service(service)
    return sum(
        bucket.free(with_reserve=True) for group in room.groups if wanted in group.services for bucket in group.buckets
    )
