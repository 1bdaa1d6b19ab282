"""Where places are few: who books from afar proves an address first; at the centre's own doors nobody needs one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking, confirm_booking, hold_arrival, release_hold
from onestop.booking.actions.offers import decline_offer
from onestop.booking.actions.proofs import PROOF_TIME, Kept, ask_again, book_held, prove_contact
from onestop.booking.actions.waiting import join_list
from onestop.booking.at_once import book_at_once
from onestop.booking.contacts import Contact
from onestop.booking.holds import book_again
from onestop.booking.queries import Booking, arrivals
from onestop.booking.tables import bookings, contacts
from onestop.booking.waiting import waiting_party
from onestop.days.tables import capacity, days
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.domain.errors import HoldGone, NotKnown, ProofNeeded
from tests.booking.test_waiting import audit, fill, offer, state
from tests.days.test_days import one_desk
from tests.halls import KEY, TestDay, make_test_day

AMIRA = (Contact(kind="email", address="amira@example.org"),)
OTHER = (Contact(kind="email", address="other@example.org"),)
PHONE = (Contact(kind="phone", address="+421900000000", phone_end="0000"),)


@pytest.fixture
def hall(database: Database) -> TestDay:
    made = make_test_day(database)
    database.write_now(lambda conn: conn.execute(days.update().values(scarce=True, release=Release.OPEN)))
    return made


def hold(hall: TestDay, channel: Channel = Channel.PUBLIC, *, nth: int = 0) -> Booking:
    plans = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now).plans
    how = {"arrival_at": plans[nth].arrival_at, "channel": channel, "hold_minutes": 10}
    return hall.write(hold_arrival, hall.id, hall.wish("legal"), **how)


def ask(hall: TestDay, held: Booking, contact: tuple[Contact, ...] = AMIRA) -> Kept:
    return hall.write(book_held, held.id, key=KEY, name="Amira", contact=contact)


def address(hall: TestDay, party: UUID) -> Any:
    asked = sa.select(contacts).where(contacts.c.party_id == party, contacts.c.kind == "email")
    return hall.db.read_now(lambda conn: conn.execute(asked).one())


def prove(hall: TestDay, party: UUID) -> Any:
    return hall.write(prove_contact, address(hall, party).id, key=KEY)


def booking(hall: TestDay, party: UUID) -> Any:
    return hall.db.read_now(lambda conn: conn.execute(sa.select(bookings).where(bookings.c.party_id == party)).one())


def test_the_time_is_kept_until_the_address_is_proved_and_booked_by_that(hall: TestDay) -> None:
    held = hold(hall)
    assert ask(hall, held).ticket is None
    assert booking(hall, held.party).state == "held"
    audit(hall)
    hall.later(minutes=12)  # longer than any hold lasts without being asked for
    proved = prove(hall, held.party)
    assert (proved.counts, proved.ticket is not None) == (True, True)
    assert booking(hall, held.party).state == "confirmed"
    assert prove(hall, held.party).counts
    audit(hall)


def test_no_door_confirms_an_address_from_afar_that_is_not_proved(hall: TestDay) -> None:
    held = hold(hall)
    with pytest.raises(ProofNeeded):
        hall.write(confirm_booking, held.id, key=KEY, contact=AMIRA)
    for contact in ((), PHONE):
        with pytest.raises(ProofNeeded):
            ask(hall, held, contact)
    how = {"arrival_at": held.arrival_at + timedelta(hours=1), "key": KEY, "hold_minutes": 1, "contact": AMIRA}
    with pytest.raises(ProofNeeded):
        hall.write(book_at_once, hall.id, hall.wish("legal"), channel=Channel.API, **how)
    audit(hall)


@pytest.mark.parametrize("channel", [Channel.KIOSK, Channel.RECEPTION, Channel.HELPER])
def test_at_the_doors_of_the_centre_nobody_needs_an_address(hall: TestDay, channel: Channel) -> None:
    held = hold(hall, channel)
    assert ask(hall, held, ()).ticket is not None


def test_a_time_whose_proof_came_too_late_is_lost_and_the_proof_stands_for_the_next(hall: TestDay) -> None:
    held = hold(hall, nth=-1)
    ask(hall, held)
    hall.later(minutes=40)
    proved = prove(hall, held.party)
    assert (proved.counts, proved.ticket) == (True, None)
    again = {"arrival_at": held.arrival_at, "channel": Channel.PUBLIC, "key": KEY, "name": "Amira"}
    with_other = hall.write(book_again, held.id, hall.wish("legal"), contact=OTHER, **again)
    assert with_other.ticket is None
    hall.write(release_hold, with_other.hold)
    assert hall.write(book_again, held.id, hall.wish("legal"), contact=AMIRA, **again).ticket is not None
    audit(hall)


def test_asking_again_is_for_the_address_written_now_and_keeps_the_time_no_longer_than_promised(hall: TestDay) -> None:
    held = hold(hall)
    began = hall.now
    for _ in range(8):
        ask(hall, held, OTHER)
        hall.later(minutes=5)
    ask(hall, held)
    assert booking(hall, held.party).hold_until_at <= began + timedelta(minutes=30) + PROOF_TIME
    assert address(hall, held.party).address == "amira@example.org"
    hall.later(minutes=10)
    with pytest.raises(HoldGone):
        ask(hall, held)


def test_an_address_that_is_not_proved_takes_nothing_from_who_owns_it(hall: TestDay) -> None:
    """Somebody else keeps five times with her address: her own three count, and a fourth is told to her alone."""
    for _ in range(5):
        ask(hall, hold(hall))
    own = [hold(hall) for _ in range(4)]
    for one in own:
        ask(hall, one)
    told = [prove(hall, one.party) for one in own]
    assert [one.counts for one in told] == [True, True, True, False]
    assert booking(hall, own[3].party).state == "released"
    audit(hall)


def test_a_hold_given_back_cannot_be_proved(hall: TestDay) -> None:
    held = hold(hall)
    ask(hall, held)
    hall.write(release_hold, held.id)
    with pytest.raises(NotKnown):
        prove(hall, held.party)


def test_a_phone_beside_the_proved_address_counts_with_it(hall: TestDay) -> None:
    held = hold(hall)
    ask(hall, held, (*AMIRA, *PHONE))
    prove(hall, held.party)
    asked = sa.select(contacts.c.kind, contacts.c.limited).where(contacts.c.party_id == held.party)
    assert dict(hall.db.read_now(lambda conn: conn.execute(asked).all())) == {"email": False, "phone": False}  # type: ignore[arg-type]


# -- the waiting list --------------------------------------------------------------------------------------


@pytest.fixture
def full(database: Database) -> tuple[TestDay, Any]:
    """A full day with few places, and a ticket that can be given back."""
    made = make_test_day(database, file=one_desk("09:00", "10:10"))
    one_each = capacity.update().where(capacity.c.kind == "arrivals").values(total=1, wanted=1)
    database.write_now(lambda conn: conn.execute(one_each))
    made.later(hours=-23)
    booked = fill(made)
    database.write_now(lambda conn: conn.execute(days.update().values(scarce=True, release=Release.OPEN)))
    return made, booked[0]


def wait(hall: TestDay, contact: tuple[Contact, ...] = AMIRA, channel: Channel = Channel.PUBLIC) -> UUID:
    return hall.write(join_list, hall.id, hall.wish("legal"), channel=channel, key=KEY, contact=contact)


def test_who_proved_nothing_is_passed_over_until_she_does(full: tuple[TestDay, Any]) -> None:
    hall, ticket = full
    with pytest.raises(ProofNeeded):
        wait(hall, PHONE)
    silent = wait(hall)
    hall.later(minutes=1)
    proved = wait(hall, OTHER)
    hall.later(minutes=1)
    later = wait(hall, (), Channel.RECEPTION)
    assert hall.db.read_now(waiting_party, later).before == 0
    prove(hall, proved)
    assert [hall.db.read_now(waiting_party, party).before for party in (proved, later)] == [0, 1]
    hall.write(cancel_booking, ticket.party)
    offer(hall)
    assert [state(hall, party)[0] for party in (silent, proved)] == ["listed", "offered"]
    hall.write(decline_offer, proved)
    prove(hall, silent)
    offer(hall)
    assert state(hall, silent)[0] == "offered"
    audit(hall)


def test_the_link_goes_again_to_the_address_written_now_while_none_is_proved(full: tuple[TestDay, Any]) -> None:
    hall, _ = full
    party = wait(hall)
    hall.write(ask_again, party, contact=OTHER, key=KEY)
    assert address(hall, party).address == "other@example.org"
    prove(hall, party)
    hall.write(ask_again, party, contact=AMIRA, key=KEY)
    assert address(hall, party).address == "other@example.org"


def test_sending_the_link_again_leaves_her_phone(full: tuple[TestDay, Any]) -> None:
    hall, _ = full
    party = wait(hall, (*AMIRA, *PHONE))
    hall.write(ask_again, party, contact=OTHER, key=KEY)
    known = sa.select(contacts.c.address).where(contacts.c.party_id == party)
    kept = hall.db.read_now(lambda conn: set(conn.execute(known).scalars()))
    assert kept == {OTHER[0].address, PHONE[0].address}


def test_whom_the_reception_puts_on_the_list_needs_no_address(full: tuple[TestDay, Any]) -> None:
    hall, ticket = full
    party = wait(hall, (), Channel.RECEPTION)
    hall.write(cancel_booking, ticket.party)
    offer(hall)
    assert state(hall, party)[0] == "offered"
