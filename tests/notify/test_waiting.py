"""What the waiting list writes: that you are on it, a place with its end, and nothing any more once you have one."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.actions.offers import lapse_offers, take_offer
from onestop.booking.actions.parties import add_contact
from onestop.booking.actions.waiting import leave_list, wish_earlier
from onestop.booking.contacts import Contact
from onestop.days.tables import capacity, days
from onestop.db.session import Database
from onestop.domain.roles import VISITOR
from onestop.domain.ticket import waiting_code
from onestop.notify.actions import mark_sent
from onestop.notify.messages import compose
from onestop.notify.queries import message_by_id
from onestop.notify.reactor import OutboxReactor
from onestop.notify.tables import outbox
from onestop.settings import read_settings
from onestop.visits.actions.setup import cancel_day, cancel_next_bookings, days_called_off
from tests.booking.test_waiting import fill, join, offer, state
from tests.days.test_days import one_desk
from tests.halls import KEY, TestDay, make_test_day

MAIL = (Contact(kind="email", address="amira@example.org"),)
SETTINGS = read_settings({"ONESTOP_MAIL_FROM": "day@example.org", "ONESTOP_BASE_URL": "https://day.example.org"})


@pytest.fixture
def hall(database: Database) -> TestDay:
    """A small day on the eve, whose facts are heard."""
    made = make_test_day(database, file=one_desk("09:00", "10:10"))
    made.later(hours=-23)
    one_each = capacity.update().where(capacity.c.kind == "arrivals").values(total=1, wanted=1)
    database.write_now(lambda conn: conn.execute(one_each))
    database.reactors.append(OutboxReactor(SETTINGS))
    return made


def waiting_mail(hall: TestDay, party: UUID) -> list[tuple[str, bool]]:
    """Kinds of messages to a party, and whether each was taken back."""
    query = sa.select(outbox.c.kind, outbox.c.withdrawn_at).where(outbox.c.party_id == party).order_by(outbox.c.id)
    rows = hall.db.read_now(lambda conn: conn.execute(query).all())
    return [(row.kind, row.withdrawn_at is not None) for row in rows]


def sent(hall: TestDay, party: UUID) -> None:
    """Everything that waits goes out."""
    query = sa.select(outbox.c.id).where(outbox.c.party_id == party, outbox.c.withdrawn_at.is_(None))
    for message in hall.db.read_now(lambda conn: list(conn.execute(query).scalars())):
        hall.db.write_now(mark_sent, message, now=hall.now)


def newest(hall: TestDay, party: UUID) -> str:
    """The last message to a party as it goes over the line."""
    query = sa.select(outbox.c.id).where(outbox.c.party_id == party).order_by(outbox.c.id.desc()).limit(1)
    message = hall.db.read_now(lambda conn: message_by_id(conn, conn.execute(query).scalar_one()))
    mail = compose(message, key=KEY, settings=SETTINGS)
    assert mail == compose(message, key=KEY, settings=SETTINGS)
    return mail.decode()


def test_listed_offered_and_over_each_have_their_message(hall: TestDay) -> None:
    first, *_ = fill(hall)
    one = join(hall, contact=MAIL)
    link = f"https://day.example.org/w/{waiting_code(KEY, day=hall.id, party=one)}"
    assert waiting_mail(hall, one) == [("listed", False)]
    assert link in newest(hall, one)
    sent(hall, one)
    hall.write(cancel_booking, first.party)
    offer(hall)
    assert waiting_mail(hall, one) == [("listed", False), ("offer", False)]
    told = newest(hall, one)
    assert ("Subject: A place is free on" in told, "Please answer before" in told, link in told) == (True, True, True)
    assert ("legal" in told.casefold(), "Centre" in told) == (False, False)
    sent(hall, one)
    hall.later(minutes=25)
    hall.db.write_now(lapse_offers, hall.id, now=hall.now, day=hall.id)
    assert waiting_mail(hall, one)[-1] == ("offer_over", False)
    assert "When a place becomes free" in newest(hall, one)


def test_an_offer_that_was_taken_or_left_is_not_told_any_more(hall: TestDay) -> None:
    first, second, *_ = fill(hall)
    one, two = join(hall, contact=MAIL), join(hall, contact=MAIL)
    hall.write(cancel_booking, first.party)
    offer(hall)
    hall.db.write_now(take_offer, one, key=KEY, actor=VISITOR, now=hall.now, day=hall.id)
    assert waiting_mail(hall, one)[:2] == [("listed", True), ("offer", True)]
    assert ("confirmation", False) in waiting_mail(hall, one)
    hall.write(cancel_booking, second.party)
    offer(hall)
    hall.db.write_now(leave_list, two, actor=VISITOR, now=hall.now, day=hall.id)
    assert waiting_mail(hall, two) == [("listed", True), ("offer", True)]


def test_an_earlier_time_is_told_beside_the_reminders_and_changes_none_of_them(hall: TestDay) -> None:
    hall.later(days=-4)
    early, *rest = fill(hall)
    late = rest[-1]
    how = {"party": late.party, "contact": MAIL[0], "key": KEY}
    hall.db.write_now(lambda conn: add_contact(conn, hall.day, **how))
    hall.db.write_now(wish_earlier, late.party, actor=VISITOR, now=hall.now, day=hall.id)
    hall.write(cancel_booking, early.party)
    offer(hall)
    assert waiting_mail(hall, late.party) == [("offer", False)]
    assert "https://day.example.org/t/" in newest(hall, late.party)
    hall.db.write_now(take_offer, late.party, key=KEY, actor=VISITOR, now=hall.now, day=hall.id)
    assert waiting_mail(hall, late.party)[:2] == [("offer", True), ("changed", False)]
    reminded = [kind for kind, gone in waiting_mail(hall, late.party)[2:] if not gone]
    assert reminded == ["reminder", "morning"]


def test_a_cancelled_day_tells_those_who_wait_and_nobody_waits_any_more(hall: TestDay) -> None:
    fill(hall)
    one = join(hall, contact=MAIL)
    sent(hall, one)
    version = sa.select(days.c.version).where(days.c.id == hall.id)
    seen = hall.db.read_now(lambda conn: conn.execute(version).scalar_one())
    hall.write(cancel_day, hall.id, bookings_too=True, version=seen)
    assert hall.db.read_now(days_called_off, now=hall.now) == [hall.id]
    while hall.write(cancel_next_bookings, hall.id):
        pass
    assert state(hall, one) == ("withdrawn", None)
    assert waiting_mail(hall, one)[-1] == ("list_cancelled", False)
    told = newest(hall, one)
    assert ("the whole day is cancelled" in told, "number" in told) == (True, False)
    assert hall.db.read_now(days_called_off, now=hall.now) == []
