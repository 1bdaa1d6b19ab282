"""A day that does not take place: the page says whom it touches, every booking ends with its own message."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.days.queries.days import day_by_id
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState, Release
from onestop.domain.errors import DayCancelled
from onestop.jobs import work
from onestop.notify.tables import outbox
from onestop.reports.verify import verify
from onestop.visits.actions.setup import CANCELLED_AT_ONCE, cancel_day, cancel_next_bookings, days_called_off
from tests.counting import counted
from tests.halls import make_test_day
from tests.notify.post import Mailing
from tests.reliability.days import eight_desks
from tests.web.organise.browsing import Organiser
from tests.web.public.visitor import change_day
from tests.web.site import Site, running

DAY = "/organise/iom-bratislava-2026-12-03"


@pytest.fixture
def doors() -> tuple[str, ...]:
    return ("organise", "public")


def _state(site: Site) -> DayState:
    return site.database.read_now(day_by_id, site.hall.id).state


def _kinds(database: Database) -> list[str]:
    kinds = sa.select(facts.c.kind).order_by(facts.c.id)
    return list(database.read_now(lambda conn: conn.execute(kinds).scalars().all()))


async def test_a_day_with_bookings_is_cancelled_after_the_page_said_whom_it_touches(site: Site) -> None:
    mailing = Mailing(hall=site.hall, settings=site.settings, sender=None)  # type: ignore[arg-type]
    tickets = [
        site.hall.book(site.hall.wish("legal", adults=2, children=1)),
        mailing.book("ana@example.org", phone="+421903000001"),
        mailing.book("", phone="+421903000002"),
    ]
    organiser = Organiser(site)
    hub = await organiser.open(DAY)
    assert f'href="{DAY}/cancel"' in hub.text
    page = await organiser.open(f"{DAY}/cancel")
    told = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "3 bookings stand. 5 people would come." in told
    assert "1 booking has an e-mail address and gets a message." in told
    assert f"1 booking has a telephone number only. Please call. ({tickets[2].number})" in told
    assert "1 booking cannot be reached." in told

    refused = await organiser.browser.post(f"{DAY}/cancel", data={"version": str(site.hall.day.version)})
    still = _state(site)
    done = await organiser.send(f"{DAY}/cancel")

    assert (refused.status_code, still, _state(site)) == (409, DayState.PUBLISHED, DayState.CANCELLED)
    assert "3 bookings stand." in refused.text
    assert "Bookings are cancelled one after the other now." in done.text
    assert _kinds(site.database)[-1] == "DayCancelled"
    ticket = await site.browser().get(f"/t/{tickets[0].code}")
    assert "This day will not take place." in ticket.text
    await work.each_day(site.database, days_called_off, cancel_next_bookings, to_the_end=True)

    states = [site.database.read_now(booking_of_party, ticket.party) for ticket in tickets]
    assert [booking.state for booking in states if booking] == [BookingState.CANCELLED] * 3
    assert _kinds(site.database)[-4:] == ["DayCancelled", *["BookingCancelled"] * 3]
    assert site.database.read_now(verify, now=site.database.now()) == []
    alive = sa.select(outbox.c.kind, outbox.c.address).where(outbox.c.withdrawn_at.is_(None))
    kinds = site.database.read_now(lambda conn: conn.execute(alive).all())
    assert [tuple(row) for row in kinds] == [("day_cancelled", "ana@example.org")]
    assert "This day will not take place." in (await site.browser().get(f"/t/{tickets[0].code}")).text


async def test_with_a_gateway_telephones_get_a_message_and_nobody_has_to_call(
    database: Database, tmp_path: Path
) -> None:
    gateway = {"sms_url": "https://gateway.test/", "sms_secret": "a secret of the gateway"}
    async with running(database, tmp_path, doors=("organise",), **gateway) as site:
        Mailing(hall=site.hall, settings=site.settings, sender=None).book("", phone="+421903000002")  # type: ignore[arg-type]
        page = await Organiser(site).open(f"{DAY}/cancel")

    assert "1 booking has a telephone number and gets a text message." in page.text
    assert "Please call." not in page.text


async def test_what_the_page_of_cancelling_costs_does_not_grow(site: Site) -> None:
    organiser = Organiser(site)
    costs: list[int] = []
    for adults in (1, 3):
        site.hall.book(site.hall.wish("legal", adults=adults))
        await organiser.open(f"{DAY}/cancel")
        with counted() as count:
            await organiser.open(f"{DAY}/cancel")
        costs.append(count())

    assert costs[0] == costs[1]


async def test_the_page_of_a_cancelled_day_says_so(site: Site) -> None:
    change_day(site, release=Release.OPEN)
    version = site.database.read_now(day_by_id, site.hall.id).version
    assert (await site.browser().get(f"/d/{site.hall.day.slug}")).status_code == 200
    site.hall.write(cancel_day, site.hall.id, bookings_too=False, version=version)

    page = await site.browser().get(f"/d/{site.hall.day.slug}")

    assert (page.status_code, DayCancelled.sentence in page.text) == (410, True)


def test_bookings_end_a_few_at_a_time_and_a_crash_in_between_leaves_the_rest_to_the_job(database: Database) -> None:
    file, opens = eight_desks(datetime(2026, 12, 3, 9, tzinfo=UTC))
    hall = make_test_day(database, file=file, on=opens.date())
    tickets = [hall.book(hall.wish("legal")) for _ in range(2 * CANCELLED_AT_ONCE + 3)]
    version = database.read_now(day_by_id, hall.id).version
    assert hall.write(cancel_day, hall.id, bookings_too=True, version=version) == len(tickets)

    done = [hall.write(cancel_next_bookings, hall.id)]
    assert database.read_now(days_called_off, now=hall.now) == [hall.id]  # here the process dies, and another goes on
    while done[-1]:
        done.append(hall.write(cancel_next_bookings, hall.id))

    assert done == [10, 10, 3, 0]
    assert database.read_now(days_called_off, now=hall.now) == []
    states = {database.read_now(booking_of_party, ticket.party).state for ticket in tickets}
    assert states == {BookingState.CANCELLED}
    assert database.read_now(verify, now=hall.now) == []


def test_bookings_of_a_day_that_takes_place_are_left_alone(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"))

    assert hall.write(cancel_next_bookings, hall.id) == 0
    assert database.read_now(booking_of_party, ticket.party).state is BookingState.CONFIRMED
