"""Reminders end with the button of the page or the mail program; looking changes nothing, other messages still go."""

import re
from datetime import datetime

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.tables import contacts
from onestop.db.ledger import facts
from onestop.domain.reminding import party_in, stop_code
from onestop.notify.tables import outbox
from onestop.reports.verify import verify
from onestop.retention.actions import erase_party
from onestop.web.kit.masks import masked
from tests.halls import STAFF
from tests.notify.post import Mailing
from tests.web.site import Site

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def booked(site: Site, address: str = "ana@example.org", *, language: str = "en") -> tuple[str, object]:
    """The path where the reminders of a fresh booking end, and its party."""
    site.set_time(datetime.fromisoformat("2026-12-01T08:30:00+00:00"))
    mailing = Mailing(hall=site.hall, settings=site.settings, sender=None, key=site.app.state.ticket_key)  # type: ignore[arg-type]
    party = mailing.book(address, language=language).party
    return f"/reminders/{stop_code(site.app.state.ticket_key, party=party, address=address)}", party


def waiting(site: Site) -> list[str]:
    """The kinds of messages that are still to go."""
    alive = sa.select(outbox.c.kind).where(outbox.c.withdrawn_at.is_(None)).order_by(outbox.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(alive).scalars().all()))


def outsider(site: Site, **headers: str) -> httpx.AsyncClient:
    """Somebody who sends no header of ours: a mail provider's server."""
    client = site.browser()
    del client.headers["Sec-Fetch-Site"]
    client.headers.update(headers)
    return client


async def test_looking_changes_nothing_and_the_button_ends_the_reminders(site: Site) -> None:
    path, party = booked(site)
    browser = site.browser()
    before = waiting(site)
    page = await browser.get(path)
    assert (page.status_code, "Stop the reminders?" in page.text, waiting(site)) == (200, True, before)
    assert before == ["confirmation", "reminder", "morning"]

    pressed = [await browser.post(path) for _ in range(2)]
    after = await browser.get(pressed[0].headers["location"])

    assert [answer.status_code for answer in pressed] == [303, 303]
    assert "You get no more reminders." in after.text
    assert "<form" not in after.text
    assert waiting(site) == ["confirmation"]
    kinds = sa.select(facts.c.kind).where(facts.c.party_id == party, facts.c.kind == "RemindersStopped")
    assert len(site.database.read_now(lambda conn: conn.execute(kinds).all())) == 1
    assert site.database.read_now(verify, now=site.hall.now) == []
    site.hall.write(cancel_booking, party)
    assert waiting(site) == ["cancelled"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.org"},
        {"Origin": "null"},
        {"Cookie": "onestop_session=x"},
    ],
)
async def test_the_button_of_the_mail_program_works_from_anywhere_and_gets_no_redirect(
    site: Site, headers: dict[str, str]
) -> None:
    path, _ = booked(site)

    answer = await outsider(site, **headers).post(path, data=ONE_CLICK)

    assert (answer.status_code, "You get no more reminders." in answer.text) == (200, True)
    assert waiting(site) == ["confirmation"]


async def test_the_body_may_come_in_parts(site: Site) -> None:
    path, _ = booked(site)
    answer = await outsider(site).post(path, files={"List-Unsubscribe": (None, "One-Click")})

    assert (answer.status_code, waiting(site)) == (200, ["confirmation"])


async def test_a_later_booking_with_the_same_address_is_reminded(site: Site) -> None:
    path, _ = booked(site)
    await outsider(site).post(path, data=ONE_CLICK)
    Mailing(hall=site.hall, settings=site.settings, sender=None, key=site.app.state.ticket_key).book("ana@example.org")  # type: ignore[arg-type]

    assert waiting(site) == ["confirmation", "confirmation", "reminder", "morning"]


async def test_only_the_right_code_opens_and_it_dies_with_the_address(site: Site) -> None:
    path, party = booked(site)
    key = site.app.state.ticket_key
    code = path.rpartition("/")[2]
    other = stop_code(key, party=party, address="eva@example.org")  # type: ignore[arg-type]
    browser = site.browser()
    assert (await browser.get(path)).status_code == 200

    wrong = [f"/reminders/{text}" for text in (other, code[:-1], code.upper(), f"{code[:32]}{'a' * 26}", "x", "é" * 58)]
    assert [(await browser.get(each)).status_code for each in wrong] == [404] * len(wrong)
    assert [(await browser.post(each, data=ONE_CLICK)).status_code for each in wrong] == [404] * len(wrong)
    assert (await browser.get(f"/t/{code}")).status_code == 404
    changed = contacts.update().values(address="new@example.org")
    site.database.write_now(lambda conn: conn.execute(changed))
    assert (await browser.get(path)).status_code == 404
    back = contacts.update().values(address="ana@example.org")
    site.database.write_now(lambda conn: conn.execute(back))
    assert (await browser.get(path)).status_code == 200
    site.hall.write(erase_party, party, journal=site.settings.var, actor=STAFF)
    assert (await browser.get(path)).status_code == 404


async def test_the_page_speaks_the_language_of_the_mail_and_names_nothing(site: Site) -> None:
    path, _ = booked(site, language="ar")
    page = await site.browser().get(f"{path}?lang=ar")

    assert '<html lang="ar" dir="rtl"' in page.text
    assert [name for name in ("ana@example.org", site.hall.day.name, "Somebody") if name in page.text] == []
    assert re.search(r'action="/reminders/\w+\?lang=ar"', page.text)


def test_the_log_does_not_hold_the_code(site: Site) -> None:
    path, party = booked(site)

    assert masked(path) == "/reminders/*"
    assert party_in(path.rpartition("/")[2]) == party
