"""A day goes to another date: bookings keep their places, everybody is told, plans and claims go along unchanged."""

import re
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.booking.tables import bookings, stops, waiting
from onestop.days.drawing import announce_draw
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.setup_values import SetupWrong
from onestop.days.tables import capacity, setup_changes
from onestop.db.ledger import facts
from onestop.db.shifting import shift
from onestop.db.types import new_id
from onestop.domain.booking import BookingState
from onestop.domain.day import Release, moved_by
from onestop.domain.errors import DrawBegun
from onestop.domain.touch import Touch
from onestop.jobs import work
from onestop.notify.tables import outbox
from onestop.reports.verify import verify
from onestop.visits.actions.moving import MoveHasBookings, MoveHasVisitors, move_day
from onestop.visits.actions.setup import MovedDay, undo_change
from onestop.visits.actions.touching import TOLD_AT_ONCE, days_with_touched, tell_next_touched
from onestop.visits.tables import setup_touched
from tests.notify.post import Mailing
from tests.web.organise.browsing import Organiser
from tests.web.public.test_draw import open_draw
from tests.web.public.test_waiting import arrival, fill, free_one, joined, offer
from tests.web.public.visitor import Visitor, change_day, need
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
LATER = date(2026, 12, 10)
WEEK = timedelta(days=7)


@pytest.fixture
def doors() -> tuple[str, ...]:
    return ("organise", "public")


def _version(site: Site) -> int:
    return site.database.read_now(day_by_id, site.hall.id).version


def _move(site: Site, on: date = LATER, *, bookings_too: bool = True) -> int:
    version = _version(site)
    return site.hall.write(move_day, site.hall.id, on=on, bookings_too=bookings_too, version=version)


def _times(site: Site) -> list[object]:
    """Every planned instant of the day, in one list."""
    day = site.database.read_now(day_by_id, site.hall.id)
    found: list[object] = [day.opens_at, day.closes_at]
    for desk in site.database.read_now(desks_of_day, day.id):
        found += [at for each in desk.openings for at in each]
    found += [at for one in site.database.read_now(mediators_of_day, day.id) for at in (one.opens_at, one.closes_at)]
    columns = (bookings.c.arrival_at, bookings.c.ends_at, stops.c.planned_at, capacity.c.bucket_at)
    for column in (*columns, waiting.c.not_before_at, waiting.c.not_after_at, waiting.c.offer_at):
        rows = sa.select(column).where(column.table.c.day_id == day.id, column.is_not(None)).order_by(column)
        found += site.database.read_now(lambda conn, rows=rows: list(conn.execute(rows).scalars()))
    return found


def _kinds(site: Site, *kinds: str) -> list[str]:
    query = sa.select(facts.c.kind).where(facts.c.kind.in_(kinds)).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars().all()))


def _messages(site: Site) -> list[tuple[str, str]]:
    alive = sa.select(outbox.c.kind, outbox.c.address).where(outbox.c.withdrawn_at.is_(None)).order_by(outbox.c.due_at)
    return [(row.kind, row.address) for row in site.database.read_now(lambda conn: conn.execute(alive).all())]


async def test_a_day_with_bookings_is_moved_after_the_page_said_whom_it_touches(site: Site) -> None:
    mailing = Mailing(hall=site.hall, settings=site.settings, sender=None)  # type: ignore[arg-type]
    tickets = [site.hall.book(site.hall.wish("legal", adults=2)), mailing.book("ana@example.org")]
    arrives = {ticket.party: arrival(site, ticket) for ticket in tickets}
    browser = Visitor(site.browser())
    change_day(site, release=Release.OPEN)
    for step in (
        browser.open(f"/d/{site.hall.day.slug}"),
        browser.press("needs-form", needs=[need("my-rights")]),
        browser.press("plan-form", interpreter="none"),
        browser.press("times-form"),
    ):
        await step
    before = _times(site)
    organiser = Organiser(site)
    hub = await organiser.open(DAY)
    page = await organiser.open(f"{DAY}/move")
    told = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())

    done = await organiser.send(f"{DAY}/move", on=LATER.isoformat())

    assert (f'href="{DAY}/move"' in hub.text, 'value="2026-12-10"' in page.text) == (True, True)
    assert ("2 bookings stand. 3 people would come." in told, "1 booking cannot be reached." in told) == (True, True)
    assert ("The day has a new date." in done.text, "10 December 2026" in done.text) == (True, True)
    assert site.database.read_now(verify, now=site.database.now()) == []
    after = set(_times(site))
    assert {at + WEEK for at in before} >= after  # type: ignore[operator]
    for ticket in tickets:
        booking = site.database.read_now(booking_of_party, ticket.party)
        assert booking is not None
        assert (booking.state, booking.arrival_at) == (BookingState.CONFIRMED, arrives[ticket.party] + WEEK)
    assert _kinds(site, "DayMoved", "PartyTouched", "HoldReleased") == [
        "HoldReleased",
        "DayMoved",
        *["PartyTouched"] * 2,
    ]
    assert _messages(site) == [
        ("touched_day", "ana@example.org"),
        ("reminder", "ana@example.org"),
        ("morning", "ana@example.org"),
    ]
    for ticket in tickets:
        own = (await site.browser().get(f"/t/{ticket.code}?lang=en")).text
        assert ("The whole day has a new date." in own, "10 December" in own, "3 December" in own) == (
            True,
            True,
            False,
        )


async def test_who_waits_goes_on_waiting_and_an_offered_place_is_offered_anew_for_the_new_date(site: Site) -> None:
    tickets = fill(site)
    first = await joined(site, email="amira@example.org")
    await joined(site)
    free_one(site, tickets[-1])
    assert [row.offers for row in _waiting(site)] == [1, 0]
    before = _times(site)

    _move(site)
    await work.each_day(site.database, days_with_touched, tell_next_touched, to_the_end=True)
    moved = _waiting(site)
    told = [kind for kind, address in _messages(site) if address == "amira@example.org"]
    offer(site)

    assert [(row.offer_at, row.offers, row.state) for row in moved] == [(None, 0, BookingState.LISTED)] * 2
    assert told == ["list_moved"]
    assert len(_kinds(site, "WaitingMoved")) == 2
    assert {str(at + WEEK) for at in before} >= set(map(str, _times(site)))  # type: ignore[operator]
    again = [(row.offer_at and row.offer_at.date(), row.offers) for row in _waiting(site)]
    assert again == [(LATER, 1), (None, 0)]
    assert (site.database.read_now(verify, now=site.database.now()), first.status) == ([], 200)


def _waiting(site: Site) -> list[sa.Row[tuple[object, ...]]]:
    query = sa.select(waiting.c.offer_at, waiting.c.offers, bookings.c.state).join_from(
        waiting, bookings, bookings.c.party_id == waiting.c.party_id
    )
    return list(site.database.read_now(lambda conn: conn.execute(query.order_by(waiting.c.since_at)).all()))


def test_everybody_is_told_a_few_at_a_time_and_a_crash_leaves_the_rest_to_the_job(site: Site) -> None:
    tickets = [site.hall.book(site.hall.wish("social")) for _ in range(TOLD_AT_ONCE + 3)]

    assert _move(site) == len(tickets)
    assert len(_kinds(site, "PartyTouched")) == TOLD_AT_ONCE
    assert site.database.read_now(days_with_touched, now=site.hall.now) == [site.hall.id]
    site.hall.write(tell_next_touched, site.hall.id)
    assert len(_kinds(site, "PartyTouched")) == len(tickets)


def test_it_is_refused_without_a_look_at_the_bookings_and_once_somebody_came(site: Site) -> None:
    ticket = site.hall.book(site.hall.wish("legal"))
    before = _times(site)[:2]
    with pytest.raises(MoveHasBookings):
        _move(site, bookings_too=False)
    site.set_time(arrival(site, ticket))
    site.hall.arrive(ticket)
    with pytest.raises(MoveHasVisitors):
        _move(site)

    assert _times(site)[:2] == before


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-12-03", "The day is on this date already."),
        ("2026-11-02", "This date is over. Please choose a later one."),
        ("2026-12-02", "This date is over. Please choose a later one."),
        ("tomorrow", "There is no such date."),
    ],
)
async def test_a_date_that_cannot_be_is_told_at_its_control_and_stays_typed(site: Site, on: str, said: str) -> None:
    site.set_time(site.hall.day.opens_at - timedelta(hours=20))
    before = _times(site)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/move")
    refused = await organiser.send(f"{DAY}/move", on=on)

    assert (refused.status_code, said in refused.text, f'value="{on}"' in refused.text) == (422, True, True)
    assert _times(site) == before


def test_it_can_come_back_but_not_by_the_undo_of_a_set_up(site: Site) -> None:
    site.hall.book(site.hall.wish("legal"))
    before = _times(site)
    _move(site)
    change = site.database.read_now(lambda conn: conn.execute(sa.select(setup_changes.c.id)).scalars().one())
    with pytest.raises(MovedDay):
        site.hall.write(undo_change, site.hall.id, change, version=_version(site))

    _move(site, on=date(2026, 12, 3))

    assert _times(site) == before


async def test_what_she_had_not_read_of_another_change_stands_beside_the_new_date(site: Site) -> None:
    ticket = site.hall.book(site.hall.wish("legal"))
    _move(site)

    def lose(conn: sa.Connection) -> None:
        earlier = conn.execute(sa.select(setup_changes)).mappings().one()
        change = {**earlier, "id": new_id(), "version": 0}
        conn.execute(setup_changes.insert(), change)
        lost = conn.execute(sa.select(setup_touched)).mappings().one()
        conn.execute(setup_touched.insert(), {**lost, "change_id": change["id"], "how": Touch.SERVICE})

    site.database.write_now(lose)
    own = (await site.browser().get(f"/t/{ticket.code}?lang=en")).text

    date_told, lost_told = "The whole day has a new date.", "Not everything you booked is possible at your time."
    assert 0 < own.find(date_told) < own.find(lost_told)


async def test_the_history_tells_both_dates(site: Site) -> None:
    _move(site)
    page = await Organiser(site).open(f"{DAY}/history")

    told = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert re.search(r"Date Thursday 3 December 2026 is now Thursday 10 December 2026", told), told
    assert f'action="{DAY}/history/undo"' not in page.text


async def test_a_draw_that_takes_requests_holds_the_day_and_one_to_come_must_end_before_it(site: Site) -> None:
    open_draw(site, begun=False)
    begins, key = site.hall.now + timedelta(hours=1), site.app.state.ticket_key
    ends = begins + timedelta(hours=20)
    site.hall.write(announce_draw, site.hall.id, opens_at=begins, closes_at=ends, key=key)
    with pytest.raises(SetupWrong, match="at least 12 hours before the day opens"):
        _move(site, on=date(2026, 12, 2))
    open_draw(site)
    with pytest.raises(DrawBegun):
        _move(site)


def test_over_a_change_of_the_clocks_it_opens_at_the_same_local_hour(site: Site) -> None:
    zone = site.hall.day.zone
    opens_at = site.hall.day.opens_at
    spring = date(2027, 4, 8)
    by = moved_by(opens_at, spring, zone)

    assert by % timedelta(days=1) == timedelta(hours=23)
    assert (opens_at + by).astimezone(zone).time() == opens_at.astimezone(zone).time()


def test_rows_that_stand_at_each_others_new_place_do_not_meet(site: Site) -> None:
    slot = sa.select(capacity.c.bucket_at).where(capacity.c.day_id == site.hall.id).order_by(capacity.c.bucket_at)
    before = site.database.read_now(lambda conn: list(conn.execute(slot).scalars()))
    found: list[list[datetime]] = []
    for by in (timedelta(minutes=10), timedelta(minutes=-20)):
        site.database.write_now(
            lambda conn, by: shift(conn, by, capacity.c.bucket_at, where=capacity.c.day_id == site.hall.id), by
        )
        found.append(site.database.read_now(lambda conn: list(conn.execute(slot).scalars())))

    assert found == [[at + timedelta(minutes=minutes) for at in before] for minutes in (10, -10)]


async def test_a_day_nobody_booked_tells_nobody_and_says_so(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/move")
    moved = await organiser.send(f"{DAY}/move", on="2026-12-10")
    assert "The day has a new date." in moved.text
    assert "Nobody has booked." in moved.text
    assert "Whoever booked or waits is told now" not in moved.text
