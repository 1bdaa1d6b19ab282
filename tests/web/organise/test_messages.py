"""The organiser sees what did not arrive, why and what to do, by number, and can try again what is still of use."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.tickets import new_code
from onestop.db.ledger import facts
from onestop.domain.letters import Cause
from onestop.domain.roles import VISITOR
from onestop.notify.counts import message_counts
from onestop.notify.tables import outbox
from onestop.reports.verify import verify
from onestop.web.organise.messages import SAYS
from tests.counting import counted
from tests.halls import KEY
from tests.notify.post import Mailing
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
PATH = f"{DAY}/messages"


@pytest.fixture
def doors() -> tuple[str, ...]:
    return ("organise", "api")


def book(site: Site, address: str = "ana@example.org") -> Any:
    site.set_time(site.hall.day.opens_at.replace(day=1) + timedelta(hours=1))
    return Mailing(hall=site.hall, settings=site.settings, sender=None).book(address)  # type: ignore[arg-type]


def change(site: Site, kind: str, **values: Any) -> None:
    site.database.write_now(lambda conn: conn.execute(outbox.update().where(outbox.c.kind == kind).values(**values)))


def rows(site: Site) -> list[Any]:
    every = sa.select(outbox).order_by(outbox.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(every).all()))


def given_up(site: Site, error: str = "550 SMTPRecipientRefused") -> dict[str, Any]:
    now = site.database.now()
    return {"dead_at": now, "failing_since_at": now, "tries": 1, "last_error": error}


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_a_message_that_was_given_up_is_told_by_number_with_the_remedy_and_can_be_tried_again(
    site: Site,
) -> None:
    ticket = book(site)
    change(site, "confirmation", **given_up(site))
    organiser = Organiser(site)
    page = await organiser.open(PATH)

    told = words(page.text)
    assert f"{ticket.number} · Confirmation The address does not exist. Please ask her for the right one" in told
    assert "Since Tue 1 Dec 10:00." in told
    assert "ana@example.org" not in page.text
    before = rows(site)[0]
    again = await organiser.browser.post(f"{PATH}/again", data={"message": str(before.id)})

    after = rows(site)[0]
    assert (again.status_code, again.headers["location"]) == (303, f"{PATH}?done=again")
    assert (after.dead_at, after.tries, after.retry_at, after.last_error) == (None, 0, None, "")
    assert (after.message_id, after.terms, after.due_at) == (before.message_id, before.terms, before.due_at)
    assert "It is tried again now." in (await organiser.open(f"{PATH}?done=again")).text
    assert "Nothing needs attention." in (await organiser.open(PATH)).text
    assert site.database.read_now(verify, now=site.database.now()) == []


async def test_every_cause_says_what_happened_and_what_to_do(site: Site) -> None:
    book(site)
    errors = {
        Cause.NO_ADDRESS: "550 SMTPRecipientRefused", Cause.FULL: "552 SMTPRecipientRefused",
        Cause.SPELLING: "UnicodeError", Cause.CONTENT: "554 SMTPDataError", Cause.SENDER: "530 SMTPSenderRefused",
        Cause.BUSY: "451 SMTPDataError", Cause.LINE: "SMTPServerDisconnected", Cause.LATE: "late",
        Cause.BOUNCED: "bounced", Cause.PROGRAM: "text KeyError", Cause.PHONE: "sms 400", Cause.GATEWAY: "sms 403",
    }  # fmt: skip
    assert set(errors) == set(SAYS) == set(Cause)
    organiser = Organiser(site)
    for cause, error in errors.items():
        change(site, "confirmation", **given_up(site, error))
        told = words((await organiser.open(PATH)).text)
        assert all(sentence in told for sentence in SAYS[cause])


async def test_what_fails_is_told_with_its_beginning_and_needs_no_button(site: Site) -> None:
    book(site)
    change(site, "confirmation", failing_since_at=site.database.now(), tries=2, last_error="451 SMTPDataError")
    page = await Organiser(site).open(PATH)

    told = words(page.text)
    assert "The server put the message off. It is tried again by itself for a day. Since Tue 1 Dec 10:00." in told
    assert "messages/again" not in page.text


async def test_a_server_that_cannot_be_reached_is_told_once_for_all(site: Site) -> None:
    book(site)
    change(site, "confirmation", last_error="SMTPConnectError")
    page = await Organiser(site).open(PATH)

    assert "The server for messages cannot be reached since Tue 1 Dec 10:00." in words(page.text)
    assert "Sent Waiting For later Not delivered 0 1 2 0" in words(page.text)


async def test_nothing_is_tried_again_that_a_later_message_or_the_clock_made_useless(site: Site) -> None:
    ticket = book(site)
    change(site, "confirmation", **given_up(site))
    change(site, "reminder", **given_up(site, "late"), until_at=site.database.now())
    site.hall.write(cancel_booking, ticket.party)
    organiser = Organiser(site)
    page = await organiser.open(PATH)
    assert words(page.text).count("Trying again is of no use.") == 2
    assert "messages/again" not in page.text

    for form in ({}, {"message": str(rows(site)[0].id)}, {"message": str(uuid4())}, {"message": "x"}):
        answer = await organiser.browser.post(f"{PATH}/again", data=form)
        assert answer.headers["location"] == PATH
    assert [row.dead_at is None for row in rows(site) if row.kind == "confirmation"] == [False]


async def test_all_are_tried_again_at_once_but_those_of_another_day_are_not(site: Site) -> None:
    for name in ("ana", "ben", "eva"):
        book(site, f"{name}@example.org")
    change(site, "confirmation", **given_up(site, "451 SMTPDataError"))
    organiser = Organiser(site)
    await organiser.open(PATH)
    await organiser.browser.post(f"{PATH}/again")

    assert [row.dead_at for row in rows(site) if row.kind == "confirmation"] == [None] * 3
    told = sa.select(facts.c.kind, facts.c.terms).where(facts.c.kind == "MessagesRevived")
    assert [row.terms for row in site.database.read_now(lambda conn: conn.execute(told).all())] == [{"count": 3}]


async def test_a_ticket_with_a_new_code_is_told_the_new_one(site: Site) -> None:
    ticket = book(site)
    change(site, "confirmation", **given_up(site))
    site.database.write_now(new_code, party=ticket.party, key=KEY, actor=VISITOR, now=site.hall.now, day=site.hall.id)
    await Organiser(site).browser.post(f"{PATH}/again")

    confirmations = [row for row in rows(site) if row.kind == "confirmation"]
    assert [(row.withdrawn_at is None, row.dead_at is None, row.terms["generation"]) for row in confirmations] == [
        (False, False, 1),
        (True, True, 2),
    ]
    assert len({row.message_id for row in confirmations}) == 2


async def test_the_page_costs_the_same_for_one_and_for_many(site: Site) -> None:
    book(site)
    change(site, "confirmation", **given_up(site))
    organiser = Organiser(site)
    await organiser.open(PATH)
    costs: list[int] = []
    for more in (("ben", "eva", "ivo"), ()):
        with counted() as count:
            await organiser.open(PATH)
        costs.append(count())
        for name in more:
            book(site, f"{name}@example.org")
        change(site, "confirmation", **given_up(site))

    assert costs[0] == costs[1]


async def bounce(site: Site, role: str = "administrator", **body: str) -> httpx.Response:
    headers = {**site.token(role), "Idempotency-Key": uuid4().hex}
    return await site.browser().post("/api/v1/bounces", json=body, headers=headers)


async def test_a_mail_that_came_back_is_noted_by_its_message_id(site: Site) -> None:
    ticket = book(site)
    change(site, "confirmation", sent_at=site.database.now())
    message_id = rows(site)[0].message_id
    answers = [
        await bounce(site, message_id=message_id, status="5.1.1"),
        await bounce(site, message_id=message_id.strip("<>")),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"message_id": message_id})] * 2
    assert (rows(site)[0].last_error, rows(site)[0].dead_at) == ("bounced 5.1.1", None)
    page = await Organiser(site).open(PATH)
    assert f"{ticket.number} · Confirmation" in words(page.text)
    assert "The address does not exist." in page.text
    assert "Sent Waiting For later Not delivered 0 0 2 1" in words(page.text)
    assert site.database.read_now(message_counts, site.hall.id, now=site.hall.now).dead == 1
    assert site.database.read_now(verify, now=site.database.now()) == []


async def test_a_bounce_of_what_is_still_tried_ends_the_tries(site: Site) -> None:
    """A server took it and its 250 was lost: the report comes while we still try."""
    book(site)
    await bounce(site, message_id=rows(site)[0].message_id)

    assert rows(site)[0].dead_at is not None
    assert "messages/again" not in (await Organiser(site).open(PATH)).text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"message_id": f"<{UUID(int=1)}@hall.test>"}, 404, "message_unknown"),
        ({"message_id": ""}, 422, "invalid_input"),
        ({"message_id": "<a b>"}, 422, "invalid_input"),
        ({"message_id": "x" * 400}, 422, "invalid_input"),
        ({"message_id": "<a@b>", "status": "4.0.0"}, 422, "invalid_input"),
        ({"message_id": "<a@b>", "status": "ana@example.org"}, 422, "invalid_input"),
        ({"status": "5.1.1"}, 400, "request_wrong"),
    ],
)
async def test_what_cannot_be_a_bounce_is_refused(site: Site, body: dict[str, str], status: int, code: str) -> None:
    answer = await bounce(site, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
