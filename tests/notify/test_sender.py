"""Every message reaches the server at least once, none holds up another, and no booking waits for the mail (R6)."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.queries import booking_of_party
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.domain.booking import BookingState
from onestop.domain.errors import ContactRefused
from onestop.domain.reminding import REMINDERS
from onestop.notify import smtp
from onestop.notify.actions import GIVE_UP, LEASE, bury_late, lease_next, mark_failed
from onestop.notify.messages import compose
from onestop.notify.sender import MailNotSent, Sender, mail_test
from onestop.notify.smtp import transmit
from onestop.notify.tables import outbox
from onestop.notify.ways import ServerDown, mail_problem
from tests.halls import KEY
from tests.notify.post import Mailing, PostOffice, free_port, mail_settings, make_mailing, opened, post_office

DATE = "Thursday 3 December 2026"


def rows(database: Database) -> list[tuple[str, str, int, str]]:
    """Address, state, tries and last error of every message but reminders."""
    found = database.read_now(
        lambda conn: conn.execute(sa.select(outbox).where(outbox.c.kind.not_in(REMINDERS)).order_by(outbox.c.id)).all()
    )

    def state(row: sa.Row[tuple[object, ...]]) -> str:
        ends = (("sent", row.sent_at), ("dead", row.dead_at), ("withdrawn", row.withdrawn_at))
        return next((name for name, at in ends if at is not None), "waiting")

    return [(row.address, state(row), row.tries, row.last_error) for row in found]


def make_due(database: Database) -> None:
    """Let every wait be over."""
    database.write_now(lambda conn: conn.execute(outbox.update().values(retry_at=None, leased_until_at=None)))


async def test_a_server_that_is_down_leaves_the_booking_alone_and_gets_the_mail_later(
    database: Database, tmp_path: Path
) -> None:
    port = free_port()
    mailing = make_mailing(database, tmp_path, port)
    ticket = mailing.book("ana@example.org")

    assert await mailing.sender.send_due() == 0

    booking = database.read_now(booking_of_party, ticket.party)
    assert booking is not None
    assert booking.state is BookingState.CONFIRMED
    assert rows(database) == [("ana@example.org", "waiting", 0, "SMTPConnectError")]
    with post_office(port) as office:
        assert await mailing.sender.send_due() == 0  # it leaves the server alone for some seconds
        assert await Sender(database, mailing.settings, KEY).send_due() == 1
        assert office.subjects() == [("ana@example.org", f"Your appointment on {DATE}")]


async def test_a_temporary_refusal_is_tried_again_after_a_minute(mailing: Mailing, office: PostOffice) -> None:
    database = mailing.hall.db
    office.says["ana@example.org"] = ["451"]
    mailing.book("ana@example.org")

    before = real_now()
    assert await mailing.sender.send_due() == 0
    assert rows(database) == [("ana@example.org", "waiting", 1, "451 SMTPRecipientRefused")]
    retry = database.read_now(lambda conn: conn.execute(sa.select(sa.func.max(outbox.c.retry_at))).scalar_one())
    assert timedelta(seconds=59) < retry - before < timedelta(seconds=70)
    assert await mailing.sender.send_due() == 0
    make_due(database)
    assert await mailing.sender.send_due() == 1
    assert office.asked == ["ana@example.org"] * 2


@pytest.mark.parametrize(
    ("reply", "state", "error"),
    [
        ("550", "dead", "550 SMTPRecipientRefused"),
        ("data 554", "dead", "554 SMTPDataError"),
        ("421", "waiting", "421 SMTPRecipientRefused"),
        ("data 451", "waiting", "451 SMTPDataError"),
        ("drop", "waiting", "SMTPServerDisconnected"),
    ],
)
async def test_each_way_of_refusing_ends_as_it_should_and_tells_no_address(
    mailing: Mailing, office: PostOffice, reply: str, state: str, error: str
) -> None:
    office.says["ana@example.org"] = [reply]
    mailing.book("ana@example.org")

    assert await mailing.sender.send_due() == 0

    assert rows(mailing.hall.db) == [("ana@example.org", state, 1, error)]
    assert office.taken == []


async def test_a_line_cut_after_the_250_sends_no_second_copy(mailing: Mailing, office: PostOffice) -> None:
    office.says["ana@example.org"] = ["drop after"]
    mailing.book("ana@example.org")

    assert (await mailing.sender.send_due(), await mailing.sender.send_due()) == (1, 0)
    assert len(office.taken) == 1


async def test_poison_addresses_do_not_hold_up_the_others(
    mailing: Mailing, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "ANSWER_SECONDS", 0.4)
    office.says["hangs@example.org"] = ["hang"]
    office.says["drops@example.org"] = ["drop"]
    office.says["refused@example.org"] = ["550"]
    for name in ("hangs", "drops", "refused", "a", "b", "c", "d", "e"):
        mailing.book(f"{name}@example.org")

    assert await asyncio.wait_for(mailing.sender.send_due(), 3) == 5

    assert sorted(address for address, _ in office.taken) == [f"{name}@example.org" for name in "abcde"]
    assert {(address, state) for address, state, _, _ in rows(mailing.hall.db) if state != "sent"} == {
        ("hangs@example.org", "waiting"),
        ("drops@example.org", "waiting"),
        ("refused@example.org", "dead"),
    }


async def test_a_booking_cancelled_before_its_confirmation_went_hears_only_the_cancellation(
    mailing: Mailing, office: PostOffice
) -> None:
    ticket = mailing.book("ana@example.org")
    mailing.hall.write(cancel_booking, ticket.party)

    await mailing.sender.send_due()

    assert office.subjects() == [("ana@example.org", f"Your appointment on {DATE} is cancelled")]


async def test_a_cancellation_waits_for_a_confirmation_that_is_under_way(mailing: Mailing, office: PostOffice) -> None:
    database = mailing.hall.db
    ticket = mailing.book("ana@example.org")
    real = real_now()
    leased = database.write_now(lease_next, real=real, now=mailing.hall.now)
    assert leased is not None
    mailing.hall.write(cancel_booking, ticket.party)

    assert database.write_now(lease_next, real=real, now=mailing.hall.now) is None
    after = database.write_now(lease_next, real=real + LEASE, now=mailing.hall.now)
    assert (leased.kind, after.kind if after else None) == ("confirmation", "cancelled")


async def test_a_crash_between_the_250_and_our_commit_sends_the_same_bytes_again(
    mailing: Mailing, office: PostOffice
) -> None:
    database = mailing.hall.db
    mailing.book("ana@example.org", language="ar")
    message = database.write_now(lease_next, real=real_now() - LEASE, now=mailing.hall.now)
    assert message is not None
    # The process dies here: the server has the mail, the row does not say so. Another process takes over.
    await transmit(mailing.settings, message.address, compose(message, key=KEY, settings=mailing.settings))
    assert await Sender(database, mailing.settings, KEY).send_due() == 1

    first, second = office.taken
    assert first == second
    assert opened(first[1])["Message-ID"] == message.message_id


async def test_two_senders_never_send_a_message_twice(mailing: Mailing, office: PostOffice) -> None:
    for number in range(6):
        mailing.book(f"n{number}@example.org")
    other = Sender(mailing.hall.db, mailing.settings, KEY)

    assert sum(await asyncio.gather(mailing.sender.send_due(), other.send_due())) == 6
    assert sorted(address for address, _ in office.taken) == [f"n{number}@example.org" for number in range(6)]


def test_waits_grow_and_end_after_a_day(mailing: Mailing) -> None:
    database, hall = mailing.hall.db, mailing.hall
    mailing.book("ana@example.org")
    message = database.write_now(lease_next, real=real_now(), now=hall.now)
    assert message is not None
    real = real_now()

    def fail(at: timedelta) -> tuple[float | None, bool]:
        moment = real + at
        database.write_now(mark_failed, message.id, error="451 X", real=moment, now=hall.now)
        row = database.read_now(lambda conn: conn.execute(sa.select(outbox).where(outbox.c.id == message.id)).one())
        return (row.retry_at - moment).total_seconds() / 60, row.dead_at is not None

    waits = [fail(timedelta(minutes=minute)) for minute in range(6)]
    assert waits == [(1, False), (2, False), (4, False), (4, False), (4, False), (4, False)]
    assert fail(GIVE_UP) == (4, True)


def test_a_message_about_a_day_that_is_over_is_not_sent(mailing: Mailing) -> None:
    database, hall = mailing.hall.db, mailing.hall
    mailing.book("ana@example.org")

    assert database.write_now(lease_next, real=real_now(), now=hall.day.closes_at) is None
    assert database.write_now(bury_late, now=hall.day.closes_at) == 3  # confirmation and two reminders
    assert rows(database) == [("ana@example.org", "dead", 0, "late")]


async def test_no_mail_leaves_without_tls_but_to_this_machine(
    database: Database, office: PostOffice, tmp_path: Path
) -> None:
    mailing = make_mailing(database, tmp_path, office.port, smtp_tls="starttls")
    mailing.book("ana@example.org")

    assert (await mailing.sender.send_due(), office.asked) == (0, [])
    assert rows(database) == [("ana@example.org", "waiting", 0, "SMTPException")]
    problems = {
        (host, tls): bool(mail_problem(mail_settings(tmp_path, 25, smtp_host=host, smtp_tls=tls)))
        for host in ("127.0.0.1", "::1", "localhost", "mail.example.org", "10.0.0.5")
        for tls in ("none", "starttls", "tls", "unsafe")
    }
    assert {pair for pair, refused in problems.items() if refused} == {
        ("mail.example.org", "none"),
        ("10.0.0.5", "none"),
    }
    with pytest.raises(ServerDown):
        await transmit(mail_settings(tmp_path, office.port, smtp_host="mail.example.org"), "a@example.org", b"")


async def test_mail_test_sends_one_mail_or_says_why_not(tmp_path: Path, office: PostOffice) -> None:
    settings = mail_settings(tmp_path, office.port)
    office.says["no@example.org"] = ["550"]

    await mail_test(settings, "ana@example.org")
    with pytest.raises(MailNotSent, match="550 SMTPRecipientRefused"):
        await mail_test(settings, "no@example.org")
    with pytest.raises(MailNotSent, match="smtp_host is empty"):
        await mail_test(mail_settings(tmp_path, 25, smtp_host=""), "ana@example.org")
    with pytest.raises(ContactRefused):
        await mail_test(settings, "a@example.org, b@example.org")

    assert [(address, str(opened(content)["Subject"])) for address, content in office.taken] == [
        ("ana@example.org", "onestop: test")
    ]
