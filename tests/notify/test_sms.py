"""Telephones: one short text for each message, signed, handed over like a mail, and nothing without a gateway."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.clock import Clock, real_now
from onestop.db.session import Database
from onestop.domain.ticket import spell_short_code
from onestop.locale.languages import LANGUAGES
from onestop.notify import sms
from onestop.notify.kinds import KINDS, LONGEST_TEXT
from onestop.notify.messages import compose_text, short_text
from onestop.notify.queries import Message, Terms
from onestop.notify.sender import AT_ONCE, Sender
from onestop.notify.tables import outbox
from onestop.notify.ways import sms_problem
from tests.halls import KEY
from tests.notify.gateway import Gateway, gateway
from tests.notify.post import Mailing, PostOffice, free_port, mail_settings, make_mailing

SECRET = "a secret of the gateway"
PHONE = "+421903123456"


@pytest.fixture
def phones() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


@pytest.fixture
def texting(database: Database, tmp_path: Path, office: PostOffice, phones: Gateway) -> Mailing:
    return make_mailing(database, tmp_path, office.port, sms_url=phones.url, sms_secret=SECRET)


def rows(database: Database) -> list[tuple[str, str, str, bool, bool, int, str]]:
    """Way, address, kind, sent, dead, tries and last error of every message that is due."""
    found = database.read_now(
        lambda conn: conn.execute(sa.select(outbox).where(outbox.c.until_at.is_(None)).order_by(outbox.c.id)).all()
    )
    return [
        (row.way, row.address, row.kind, row.sent_at is not None, row.dead_at is not None, row.tries, row.last_error)
        for row in found
    ]


async def test_a_telephone_gets_a_signed_text_and_the_mail_goes_too(
    texting: Mailing, office: PostOffice, phones: Gateway
) -> None:
    ticket = texting.book("ana@example.org", phone=PHONE)
    assert await texting.sender.send_due() == 2

    assert len(office.taken) == 1
    ((path, headers, body),) = phones.asked
    assert path == "/texts"
    told = json.loads(body)
    text = f"Booked: Thu 3 Dec 09:00. Number {ticket.number}, code {spell_short_code(ticket.short)}"
    assert told == {
        "id": headers["Idempotency-Key"],
        "message_id": f"<{headers['Idempotency-Key']}@hall.test>",
        "to": PHONE,
        "language": "en",
        "text": text,
    }
    stamp = headers["Onestop-Timestamp"]
    right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Onestop-Signature"] == f"sha256={right}"
    assert abs(int(stamp) - real_now().timestamp()) < 60
    assert headers["Content-Type"] == "application/json"


async def test_without_a_gateway_nothing_is_written_for_telephones(mailing: Mailing, office: PostOffice) -> None:
    mailing.book("ana@example.org", phone=PHONE)
    await mailing.sender.send_due()

    assert {row[0] for row in rows(mailing.hall.db)} == {"email"}


async def test_a_telephone_alone_hears_of_everything(texting: Mailing, phones: Gateway) -> None:
    hall = texting.hall
    ticket = texting.book(phone=PHONE, language="sk")
    await texting.sender.send_due()
    hall.db.clock = Clock(start=hall.day.opens_at - timedelta(hours=23), real_start=real_now())
    await texting.sender.send_due()
    hall.write(cancel_booking, ticket.party)
    await texting.sender.send_due()

    texts = [json.loads(body)["text"] for *_, body in phones.asked]
    assert [text.partition(":")[0] for text in texts] == ["Objednané", "Čoskoro", "Zrušené"]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("200", (True, False, 0, "")),
        ("202", (True, False, 0, "")),
        ("400", (False, True, 1, "sms 400")),
        ("410", (False, True, 1, "sms 410")),
        ("422", (False, True, 1, "sms 422")),
        ("401", (False, False, 1, "sms 401")),
        ("403", (False, False, 1, "sms 403")),
        ("404", (False, False, 1, "sms 404")),
        ("408", (False, False, 1, "sms 408")),
        ("429", (False, False, 1, "sms 429")),
        ("302", (False, False, 1, "sms 302")),
        ("500", (False, False, 1, "sms 500")),
        ("503", (False, False, 1, "sms 503")),
        ("drop", (False, False, 1, "sms RemoteProtocolError")),
    ],
)
async def test_each_answer_means_what_the_page_says(
    texting: Mailing, phones: Gateway, said: str, state: tuple[bool, bool, int, str]
) -> None:
    phones.says = [said]
    texting.book(phone=PHONE)
    await texting.sender.send_due()

    assert rows(texting.hall.db) == [("phone", PHONE, "confirmation", *state)]


async def test_a_text_is_tried_again_with_the_same_key_and_bytes(texting: Mailing, phones: Gateway) -> None:
    database = texting.hall.db
    phones.says = ["503", "drop"]
    texting.book(phone=PHONE, language="ar")
    for _ in range(3):
        await texting.sender.send_due()
        database.write_now(lambda conn: conn.execute(outbox.update().values(retry_at=None)))

    assert len({(headers["Idempotency-Key"], body) for _, headers, body in phones.asked}) == 1
    assert [len(bodies) for bodies in phones.taken.values()] == [1]
    assert len(phones.asked) == 3


async def test_a_gateway_that_hangs_is_left_after_a_while(
    texting: Mailing, phones: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "ANSWER_SECONDS", 0.3)
    phones.says = ["hang"]
    texting.book(phone=PHONE)
    await texting.sender.send_due()

    assert rows(texting.hall.db)[0][3:] == (False, False, 1, "sms ReadTimeout")


async def test_a_gateway_that_is_away_holds_up_no_mail_and_counts_no_try(
    database: Database, tmp_path: Path, office: PostOffice
) -> None:
    away = f"http://127.0.0.1:{free_port()}/"
    mailing = make_mailing(database, tmp_path, office.port, sms_url=away, sms_secret=SECRET)
    for _ in range(AT_ONCE):  # these are tried first, all at the same time
        mailing.book(phone=PHONE)
    for name in ("ana", "ben"):
        mailing.book(f"{name}@example.org")

    assert await mailing.sender.send_due() == 2
    texts = [row for row in rows(database) if row[0] == "phone"]
    assert {row[2:6] for row in texts if row[2] == "confirmation"} == {("confirmation", False, False, 0)}
    assert "sms ConnectError" in {row[6] for row in texts}
    mailing.book("ivo@example.org")
    assert await mailing.sender.send_due() == 1  # the gateway is left alone, mail is not


async def test_a_mail_server_that_is_away_holds_up_no_text(database: Database, tmp_path: Path, phones: Gateway) -> None:
    mailing = make_mailing(database, tmp_path, free_port(), sms_url=phones.url, sms_secret=SECRET)
    for name in ("ana", "ben"):
        mailing.book(f"{name}@example.org", phone=PHONE)

    assert await mailing.sender.send_due() == 2
    assert len(phones.taken) == 2


async def test_no_text_leaves_with_settings_that_are_unsafe(texting: Mailing, phones: Gateway) -> None:
    texting.book(phone=PHONE)
    for changed in ({"sms_secret": "short"}, {"sms_url": "http://gateway.example.org/"}, {"sms_url": "ftp://x"}):
        await Sender(texting.hall.db, replace(texting.settings, **changed), KEY).send_due()
    assert phones.asked == []

    said = {
        (url, bool(sms_problem(mail_settings(Path("x"), 25, sms_url=url, sms_secret=SECRET))))
        for url in ("https://g.example.org/x", "http://127.0.0.1:9/x", "http://[::1]:9/x", "http://g.example.org/", "x")
    }
    assert {url for url, wrong in said if wrong} == {"http://g.example.org/", "x"}
    assert sms_problem(mail_settings(Path("x"), 25, sms_url="http://127.0.0.1:port/", sms_secret=SECRET)) != ""


def longest(kind: str, language: str) -> Message:
    """A message whose date takes the most room in its language."""
    at = datetime(2026, 9, 30, 9, tzinfo=UTC)
    days = [date(2026, month, day) for month in range(1, 13) for day in range(20, 28)]

    def message(on: date) -> Message:
        terms = Terms(
            number=9999, generation=1, on=on, arrival_at=at, ends_at=at, zone="Europe/Bratislava", venue="x" * 200,
            address="", phone="", email="", papers=(), limit=3,
        )  # fmt: skip
        return Message(
            id=UUID(int=1), day=UUID(int=2), party=UUID(int=3), kind=kind, way="phone", address=PHONE,
            language=language, message_id="<x@y>", sequence=0, due_at=at, terms=terms,
        )  # fmt: skip

    return max((message(on) for on in days), key=lambda each: len(short_text(each, key=KEY)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind, words in KINDS.items() if words.short])
def test_every_text_fits_into_one_message_in_every_language(kind: str, language: str) -> None:
    """G16. Each script counts 16 bits a character; none of ours needs two of them."""
    text = short_text(longest(kind, language), key=KEY)

    assert (len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT, text) == (True, text)


def test_a_link_would_leave_no_room_for_number_and_code() -> None:
    shortest_link = len("https://a.eu/t/") + 26
    texts = [len(short_text(longest("confirmation", language), key=KEY)) for language in LANGUAGES]

    assert min(texts) + 1 + shortest_link > LONGEST_TEXT


def test_an_arabic_text_keeps_its_code_together() -> None:
    text = json.loads(compose_text(longest("confirmation", "ar"), key=KEY))["text"]

    assert text.count("\u200e") == 1
    assert text.index("\u200e") == len(text) - 10


def test_the_kinds_of_today_all_have_a_text() -> None:
    without: list[Any] = [kind for kind, words in KINDS.items() if not words.short]

    assert not {"confirmation", "changed", "cancelled", "reminder", "morning", "limit", "day_cancelled"} & set(without)
