"""Who is touched by a change reads it in her message and on her ticket; whom nobody can write to, reception tells."""

import re

import pytest
import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.notify.tables import outbox
from onestop.reports.verify import verify
from tests.notify.post import Mailing
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_touch import DAY, at
from tests.web.site import Site

HALL = "/reception/iom-bratislava-2026-12-03"


@pytest.fixture
def doors() -> tuple[str, ...]:
    return ("organise", "public", "reception")


def _mail(site: Site) -> list[tuple[str, str]]:
    rows = sa.select(outbox.c.kind, outbox.c.address).where(outbox.c.withdrawn_at.is_(None)).order_by(outbox.c.id)
    return [(row.kind, row.address) for row in site.database.read_now(lambda conn: conn.execute(rows).all())]


async def _close_early(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")
    await organiser.send(f"{DAY}/desks/1", closes_1="11:00")
    saved = await organiser.send(f"{DAY}/desks/1")
    assert saved.status_code == 200


async def test_she_gets_one_message_and_her_ticket_says_it_until_she_has_read_it(site: Site) -> None:
    mailing = Mailing(hall=site.hall, settings=site.settings, sender=None)  # type: ignore[arg-type]
    ticket = mailing.book("ana@example.org", at=at(11))
    await _close_early(site)

    browser = site.browser()
    page = await browser.get(f"/t/{ticket.code}")
    read = await browser.post(f"/t/{ticket.code}/seen")
    again = await browser.get(f"/t/{ticket.code}")

    assert [kind for kind, _ in _mail(site) if kind.startswith("touched")] == ["touched_service"]
    sentence = "Not everything you booked is possible at your time."
    assert (sentence in page.text, read.status_code, sentence in again.text) == (True, 303, False)
    assert site.database.read_now(verify, now=site.database.now()) == []


async def test_whom_nobody_can_write_to_is_on_receptions_list_until_she_is_told(site: Site) -> None:
    mailing = Mailing(hall=site.hall, settings=site.settings, sender=None)  # type: ignore[arg-type]
    mailing.book("ana@example.org", at=at(11))
    ticket = site.hall.book(site.hall.wish("legal"), at=at(12))
    await _close_early(site)
    reception = site.sign_in("receptionist")

    home = await reception.get(HALL)
    page = await reception.get(f"{HALL}/changed")
    told = await reception.post(f"{HALL}/parties/{ticket.party}/told")
    empty = await reception.get(f"{HALL}/changed")

    assert "1 ticket is touched by a change of the day and knows nothing of it." in home.text
    assert re.findall(r"/parties/([0-9a-f-]+)/told", page.text) == [str(ticket.party)]
    assert (told.status_code, "Everybody whom a change touches was told." in empty.text) == (303, True)
    kinds = sa.select(facts.c.kind).where(facts.c.kind == "ChangeSeen")
    assert len(site.database.read_now(lambda conn: conn.execute(kinds).all())) == 1
