"""The draw of a day: who takes part, what is published when, who gets a place, and that it is harmless to run again."""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking, hold_arrival
from onestop.booking.actions.draws import Requested, close_draw, publish_seed, request_place
from onestop.booking.actions.offers import lapse_offers, take_offer
from onestop.booking.actions.proofs import prove_contact
from onestop.booking.actions.waiting import join_list, leave_list
from onestop.booking.contacts import Contact
from onestop.booking.drawing import run_draw
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings, contacts, draw_entries, stops, waiting
from onestop.clock import Clock, real_now
from onestop.days.drawing import announce_draw
from onestop.days.queries.draws import Draw, draw_of
from onestop.days.setup_values import SetupWrong
from onestop.days.tables import capacity, days, draws
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.day import DayState, Release
from onestop.domain.draw import DrawState, commitment_of, draw_seed, list_hash, ranked
from onestop.domain.errors import (
    DrawBegun,
    DrawDay,
    DrawKeyChanged,
    DrawNotYet,
    NoDraw,
    ProofNeeded,
    RequestsNotYet,
    RequestsOver,
)
from onestop.domain.roles import VISITOR
from onestop.reports.verify import verify
from onestop.retention.actions import erase_party, forget_persons
from tests.booking.test_waiting import audit, offer, state
from tests.days.test_days import one_desk
from tests.halls import KEY, STAFF, TestDay, make_test_day

MAIL = (Contact(kind="email", address="amira@example.org"),)


@pytest.fixture
def hall(database: Database) -> TestDay:
    """A day with room for two parties, whose window is open: it opened an hour ago and closes in nine."""
    made = make_test_day(database, file=one_desk("09:00", "10:10"))
    one_each = capacity.update().where(capacity.c.kind == "arrivals").values(total=1, wanted=1)
    database.write_now(lambda conn: conn.execute(one_each))
    database.write_now(lambda conn: conn.execute(days.update().values(release=Release.DRAW)))
    made.now = made.day.opens_at - timedelta(days=2)
    announce(made)
    set_time(made, made.now + timedelta(hours=2))
    return made


def announce(hall: TestDay, **more: Any) -> None:
    opens_at = hall.now + timedelta(hours=1)
    hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=opens_at + timedelta(hours=10), key=KEY, **more)


def set_time(hall: TestDay, now: datetime) -> None:
    """Make it this moment for the test and for what runs by itself."""
    hall.now = now
    hall.db.clock = Clock(start=now, real_start=real_now())


def ask(
    hall: TestDay, *, channel: Channel = Channel.RECEPTION, keys: tuple[str, ...] = ("legal",), **more: Any
) -> Requested:
    """Somebody asks for a place."""
    return hall.write(request_place, hall.id, hall.wish(*keys), channel=channel, key=KEY, **more)


def prove(hall: TestDay, party: UUID) -> bool:
    """She opens the link in her mail and presses the button."""
    asked = sa.select(contacts.c.id).where(contacts.c.party_id == party)
    return hall.write(prove_contact, hall.db.read_now(lambda conn: conn.execute(asked).scalar_one()), key=KEY).counts


def the_draw(hall: TestDay) -> Draw:
    found = hall.db.read_now(draw_of, hall.id)
    assert found is not None
    return found


def draw(hall: TestDay) -> Draw:
    """The window is over, and the job runs."""
    set_time(hall, max(hall.now, the_draw(hall).closes_at))
    run_draw(hall.db, hall.id, key=KEY)
    audit(hall)
    return the_draw(hall)


def results(hall: TestDay) -> list[tuple[int | None, UUID, str | None]]:
    """Every line of the result."""
    asked = sa.select(draw_entries.c.rank, draw_entries.c.id, draw_entries.c.outcome).order_by(draw_entries.c.rank)
    return [tuple(row) for row in hall.db.read_now(lambda conn: conn.execute(asked).all())]


def states(hall: TestDay) -> Counter[str]:
    return Counter(hall.db.read_now(lambda conn: conn.execute(sa.select(bookings.c.state)).scalars().all()))


def kinds(hall: TestDay) -> Counter[str]:
    return Counter(hall.db.read_now(lambda conn: conn.execute(sa.select(facts.c.kind)).scalars().all()))


def test_each_part_is_published_in_its_turn_and_can_be_computed_again(hall: TestDay) -> None:
    before = the_draw(hall)
    assert before.commitment == commitment_of(draw_seed(KEY, day=hall.id, nonce=before.nonce))
    asked = [ask(hall) for _ in range(5)]
    set_time(hall, before.closes_at)
    assert hall.write(close_draw, hall.id) is True
    closed = the_draw(hall)
    ids = [one.request for one in asked]
    assert (closed.list_hash, closed.seed, closed.state(hall.now)) == (list_hash(ids), None, DrawState.CLOSED)

    done = draw(hall)
    assert done.seed is not None
    assert commitment_of(done.seed) == before.commitment
    order = ranked(done.seed, ids)
    assert results(hall) == [
        (rank, request, "drawn" if rank <= 2 else "listed") for rank, request in enumerate(order, start=1)
    ]
    told = "".join(f"{rank} {request} {outcome}\n" for rank, request, outcome in results(hall))
    assert done.result_hash == hashlib.sha256(told.encode()).hexdigest()
    assert (states(hall), done.state(hall.now)) == (Counter(drawn=2, listed=3), DrawState.DRAWN)


def test_no_seed_is_stored_before_the_list_is_fixed(hall: TestDay) -> None:
    with pytest.raises(DrawNotYet):
        hall.write(close_draw, hall.id)
    set_time(hall, the_draw(hall).closes_at)
    with pytest.raises(DrawNotYet):
        hall.write(publish_seed, hall.id, key=KEY)
    early = draws.update().values(seed="0" * 64)
    with pytest.raises(sa.exc.IntegrityError):
        hall.db.write_now(lambda conn: conn.execute(early))


def test_another_key_is_noticed_before_anything_is_published(hall: TestDay) -> None:
    ask(hall)
    set_time(hall, the_draw(hall).closes_at)
    with pytest.raises(DrawKeyChanged):
        run_draw(hall.db, hall.id, key=b"another key of thirty-two bytes.")
    assert the_draw(hall).seed is None
    assert draw(hall).result_hash is not None


@pytest.mark.parametrize("asked", [0, 1])
def test_with_fewer_requests_than_places_everybody_gets_one_and_the_rest_is_free(hall: TestDay, asked: int) -> None:
    for _ in range(asked):
        ask(hall)
    with pytest.raises(DrawDay):
        hall.book(hall.wish("legal"), at=hall.day.opens_at)
    draw(hall)
    assert states(hall) == Counter(drawn=asked)
    found = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now)
    assert len(found.plans) == 2 - asked
    hall.book(hall.wish("legal"))
    audit(hall)


def test_before_the_draw_nobody_is_booked_or_listed_at_any_door(hall: TestDay) -> None:
    for channel in Channel:
        with pytest.raises(DrawDay):
            hall.write(
                hold_arrival,
                hall.id,
                hall.wish("legal"),
                arrival_at=hall.day.opens_at,
                channel=channel,
                hold_minutes=5,
                with_reserve=True,
            )
        with pytest.raises(DrawDay):
            hall.write(join_list, hall.id, hall.wish("legal"), channel=channel, key=KEY)


def test_running_it_twice_or_after_a_crash_at_any_step_changes_nothing(hall: TestDay) -> None:
    for _ in range(5):
        ask(hall)
    set_time(hall, the_draw(hall).closes_at)
    steps = 0
    while not run_draw(hall.db, hall.id, key=KEY, steps=1):
        steps += 1
        audit(hall)
        assert steps < 20
    before, told = the_draw(hall), kinds(hall)
    hall.later(hours=1)
    run_draw(hall.db, hall.id, key=KEY)
    assert (the_draw(hall), kinds(hall)) == (before, told)
    assert [told[kind] for kind in ("DrawClosed", "SeedPublished", "PlaceOffered", "PartyListed", "DrawDone")] == [
        1,
        1,
        2,
        3,
        1,
    ]


def test_requests_are_taken_in_the_window_only_also_when_the_clock_jumps(hall: TestDay) -> None:
    opens_at, closes_at = the_draw(hall).opens_at, the_draw(hall).closes_at
    set_time(hall, opens_at - timedelta(seconds=1))
    with pytest.raises(RequestsNotYet):
        ask(hall)
    set_time(hall, opens_at)
    ask(hall)
    set_time(hall, closes_at)
    with pytest.raises(RequestsOver):
        ask(hall)
    hall.write(close_draw, hall.id)
    set_time(hall, opens_at)
    with pytest.raises(RequestsOver):
        ask(hall)
    assert the_draw(hall).list_hash == list_hash([request for _, request, _ in results(hall)])


def test_a_place_nobody_takes_goes_to_the_next_in_drawn_order(hall: TestDay) -> None:
    asked = {one.request: one.party for one in (ask(hall) for _ in range(4))}
    draw(hall)
    order = [asked[request] for _, request, _ in results(hall)]
    ticket = hall.db.write_now(take_offer, order[1], key=KEY, actor=VISITOR, now=hall.now, day=hall.id)
    audit(hall)
    # A day before the arrival at latest; who did not answer stays on the list, behind those who were offered less.
    hall.now = hall.day.opens_at - timedelta(hours=24) + timedelta(minutes=20)
    hall.db.write_now(lapse_offers, hall.id, now=hall.now, day=hall.id)
    assert state(hall, order[0]) == ("listed", None)
    audit(hall)
    offer(hall)
    assert [state(hall, party)[0] for party in order] == ["listed", "confirmed", "offered", "listed"]
    hall.write(cancel_booking, ticket.party)
    offer(hall)
    assert [state(hall, party)[0] for party in order] == ["listed", "cancelled", "offered", "offered"]
    audit(hall)
    # What was drawn stays what was drawn.
    assert [outcome for _, _, outcome in results(hall)] == ["drawn", "drawn", "listed", "listed"]


def test_who_withdraws_before_the_end_is_not_on_the_list_and_later_is_passed_over(hall: TestDay) -> None:
    early, late, *_ = [ask(hall) for _ in range(3)]
    hall.db.write_now(leave_list, early.party, actor=VISITOR, now=hall.now, day=hall.id)
    set_time(hall, the_draw(hall).closes_at)
    hall.write(close_draw, hall.id)
    hall.db.write_now(leave_list, late.party, actor=VISITOR, now=hall.now, day=hall.id)
    draw(hall)
    told = {request: outcome for _, request, outcome in results(hall)}
    assert early.request not in told
    assert (told[late.request], len(told)) == ("withdrawn", 2)
    assert sorted(rank for rank, _, _ in results(hall) if rank) == [1, 2]


def test_an_erased_person_leaves_an_id_that_belongs_to_nobody(hall: TestDay) -> None:
    gone, drawn = ask(hall), ask(hall)
    set_time(hall, the_draw(hall).closes_at)
    hall.write(close_draw, hall.id)
    hall.db.write_now(erase_party, gone.party, journal=None, actor=VISITOR, now=hall.now, day=hall.id)
    done = draw(hall)
    hall.db.write_now(erase_party, drawn.party, journal=None, actor=VISITOR, now=hall.now, day=hall.id)
    hall.db.write_now(forget_persons, hall.id, now=hall.now, day=hall.id)
    assert hall.db.read_now(lambda conn: conn.execute(sa.select(draw_entries.c.party_id)).scalars().all()) == [None] * 2
    assert {request: outcome for _, request, outcome in results(hall)} == {
        gone.request: "withdrawn",
        drawn.request: "drawn",
    }
    assert done.list_hash == list_hash([gone.request, drawn.request])
    assert hall.db.read_now(verify, now=hall.now) == []


# -- addresses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", [Channel.PUBLIC, Channel.API])
def test_a_request_from_afar_needs_an_address_and_counts_once_it_is_proved(hall: TestDay, channel: Channel) -> None:
    for contact in ((), (Contact(kind="phone", address="+421903123456", phone_end="3456"),)):
        with pytest.raises(ProofNeeded):
            ask(hall, channel=channel, contact=contact)
    proved, unproved = (ask(hall, channel=channel, contact=MAIL) for _ in range(2))
    assert prove(hall, proved.party) is True
    assert prove(hall, proved.party) is True
    draw(hall)
    assert [request for _, request, _ in results(hall)] == [proved.request]
    assert [state(hall, one.party)[0] for one in (proved, unproved)] == ["drawn", "withdrawn"]
    with pytest.raises(RequestsOver):
        prove(hall, unproved.party)


def test_three_families_on_one_phone_take_part_and_a_fourth_is_told_in_its_message_alone(hall: TestDay) -> None:
    asked = [ask(hall, channel=Channel.PUBLIC, contact=MAIL) for _ in range(5)]
    assert [prove(hall, one.party) for one in asked[1:]] == [True, True, True, False]
    audit(hall)
    draw(hall)
    assert {request for _, request, _ in results(hall)} == {one.request for one in asked[1:4]}


def test_requests_that_nobody_proved_take_nothing_from_the_owner_of_the_address(hall: TestDay) -> None:
    for _ in range(5):
        ask(hall, channel=Channel.PUBLIC, contact=MAIL)
    assert prove(hall, ask(hall, channel=Channel.PUBLIC, contact=MAIL).party) is True
    # At the counter the address of the same person is written to as well.
    ask(hall, contact=MAIL)
    last = sa.select(contacts.c.limited).order_by(contacts.c.id.desc()).limit(1)
    assert hall.db.read_now(lambda conn: conn.execute(last).scalar_one()) is False
    audit(hall)


@pytest.mark.parametrize("channel", [Channel.RECEPTION, Channel.KIOSK, Channel.HELPER])
def test_people_and_machines_of_the_centre_need_no_address(hall: TestDay, channel: Channel) -> None:
    one = ask(hall, channel=channel)
    draw(hall)
    assert [request for _, request, _ in results(hall)] == [one.request]


# -- announcing --------------------------------------------------------------------------------------------


def test_the_window_can_move_until_it_opens_and_the_commitment_never(hall: TestDay) -> None:
    before = the_draw(hall)
    with pytest.raises(DrawBegun):
        announce(hall)
    set_time(hall, before.opens_at - timedelta(minutes=1))
    announce(hall)
    after = the_draw(hall)
    assert (after.commitment, after.nonce) == (before.commitment, before.nonce)
    assert after.opens_at != before.opens_at
    told = kinds(hall)["DrawAnnounced"]
    hall.write(announce_draw, hall.id, opens_at=after.opens_at, closes_at=after.closes_at, key=KEY)
    assert kinds(hall)["DrawAnnounced"] == told == 2


@pytest.mark.parametrize(
    ("window", "field"),
    [
        (lambda hall: (hall.now, hall.now + timedelta(days=1)), "draw_opens"),
        (lambda hall: (hall.now + timedelta(hours=1), hall.now + timedelta(minutes=90)), "draw_closes"),
        (lambda hall: (hall.now + timedelta(hours=1), hall.day.opens_at - timedelta(hours=11)), "draw_closes"),
    ],
)
def test_a_window_that_cannot_work_is_refused(
    database: Database, window: Callable[[TestDay], tuple[datetime, datetime]], field: str
) -> None:
    hall = make_test_day(database, publish=False)
    hall.now -= timedelta(days=5)
    opens_at, closes_at = window(hall)
    with pytest.raises(SetupWrong) as refused:
        hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=closes_at, key=KEY)
    assert refused.value.field == field
    assert hall.db.read_now(draw_of, hall.id) is None


def test_a_day_without_a_draw_takes_no_requests_and_a_cancelled_one_is_not_drawn(hall: TestDay) -> None:
    ask(hall)
    set_time(hall, the_draw(hall).closes_at)
    hall.db.write_now(lambda conn: conn.execute(days.update().values(state=DayState.CANCELLED)))
    with pytest.raises(Exception, match="will not take place"):
        run_draw(hall.db, hall.id, key=KEY)
    hall.db.write_now(lambda conn: conn.execute(days.update().values(state=DayState.PUBLISHED, release=Release.OPEN)))
    with pytest.raises(NoDraw):
        run_draw(hall.db, hall.id, key=KEY)
    set_time(hall, the_draw(hall).opens_at)
    with pytest.raises(NoDraw):
        ask(hall)


def test_whoever_fits_no_time_is_listed_and_searched_for_only_once(
    hall: TestDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onestop.booking.actions import draws as actions

    searched: list[UUID] = []
    give = actions._give

    def counted(conn: Any, day: Any, row: Any, wish: Any, *, now: Any) -> bool:
        searched.append(row.id)
        return give(conn, day, row, wish, now=now)

    monkeypatch.setattr(actions, "_give", counted)
    for _ in range(60):
        ask(hall)
    draw(hall)
    assert states(hall) == Counter(drawn=2, listed=58)
    assert len(searched) == 3
    ranks = sa.select(waiting.c.rank).join_from(waiting, bookings, bookings.c.party_id == waiting.c.party_id)
    listed = ranks.where(bookings.c.state == "listed").order_by(waiting.c.rank)
    assert hall.db.read_now(lambda conn: conn.execute(listed).scalars().all()) == list(range(3, 61))
    assert STAFF.ref in hall.db.read_now(lambda conn: conn.execute(sa.select(facts.c.actor)).scalars().all())


def test_a_drawn_plan_leaves_no_child_alone(database: Database) -> None:
    """Two parents at two desks go one after the other when a child is with them, and at once when none is."""
    hall = make_test_day(database)
    database.write_now(lambda conn: conn.execute(days.update().values(release=Release.DRAW)))
    hall.now = hall.day.opens_at - timedelta(days=2)
    announce(hall)
    set_time(hall, hall.now + timedelta(hours=2))
    apart = {"legal": [1], "social": [2]}
    wishes = [hall.wish("legal", "social", adults=2, children=number, together=apart) for number in (0, 1)]
    how = {"channel": Channel.RECEPTION, "key": KEY}
    asked = [hall.write(request_place, hall.id, wish, **how).party for wish in wishes]
    draw(hall)
    overlap: list[bool] = []
    for party in asked:
        hall.write(take_offer, party, key=KEY)
        plan = sa.select(stops.c.planned_at, stops.c.minutes).where(stops.c.party_id == party)
        (first, minutes), (second, _) = sorted(hall.db.read_now(lambda conn, plan=plan: conn.execute(plan).all()))
        overlap.append(second < first + timedelta(minutes=minutes))
    assert overlap == [True, False]
