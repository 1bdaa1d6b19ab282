"""Papers at reception: ticked, missing, brought; what her ticket and the desk then say."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from onestop.booking.tables import stops
from onestop.booking.tickets import Ticket
from onestop.db.session import Database
from onestop.domain.operational import OperationalNeed
from onestop.domain.visit import StopState
from tests.web.hall_desk import Staff
from tests.web.site import Site, running

BRING = "A paper is missing: Residence permit. You can bring it today. Show it at the reception."


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """Reception, the ticket and the desks."""
    async with running(database, tmp_path / "var", doors=("reception", "public", "desk")) as started:
        yield started


async def here(reception: Staff, *services: str) -> Ticket:
    """Somebody who is checked in, the desks open."""
    ticket = reception.book(*services)
    reception.open()
    await reception.press(reception.path(ticket, "/check-in"))
    return ticket


def papers(reception: Staff, ticket: Ticket, place: int = 0) -> str:
    return reception.path(ticket, f"/stops/{reception.stop(ticket, place)}/papers")


async def test_one_tap_says_that_a_paper_is_missing_and_one_that_she_brought_it(reception: Staff) -> None:
    ticket = await here(reception, "residence")
    before = await reception.look(reception.path(ticket))

    missing = await reception.ask(papers(reception, ticket), {"missing": "passport"})
    states = [reception.stops(ticket)]
    phone = await reception.look(f"/t/{ticket.code}")
    paper = await reception.look(f"/t/{ticket.code}/print?paper=80")
    pressed = await reception.press(papers(reception, ticket), {"seen": "passport"})
    assert pressed.headers["location"].endswith(f"#stop-{reception.stop(ticket, 0)}")
    brought = await reception.browser.get(pressed.headers["location"])
    states.append(reception.stops(ticket))

    assert ("Does not have it" in before, "Brought now" in before, "All papers are here" in before) == (
        True, False, True,
    )  # fmt: skip
    assert "Noted. She can bring the paper today." in missing.text
    assert ("A paper is missing" in missing.text, "Brought now" in missing.text) == (True, True)
    assert BRING in phone
    sentence = "Missing: Your passport. Bring it today and show it at the reception."
    assert (sentence in phone, sentence in paper, "Residence permit" in paper) == (True, True, False)
    assert "Seen: \u2068Your passport\u2069." in brought.text
    assert states == [[("residence", StopState.BLOCKED)], [("residence", StopState.WAITING)]]
    assert BRING not in await reception.look(f"/t/{ticket.code}")


async def test_nothing_is_ticked_before_she_is_here_and_only_what_is_asked_for(reception: Staff) -> None:
    booked = reception.book("residence")
    shown = await reception.look(reception.path(booked))
    early = await reception.press(papers(reception, booked), {"seen": "passport"})
    reception.open()
    await reception.press(reception.path(booked, "/check-in"))
    foreign = await reception.press(papers(reception, booked), {"seen": "cv"})
    nothing = await reception.press(papers(reception, booked))

    assert "Does not have it" not in shown
    assert [each.status_code for each in (early, foreign, nothing)] == [409, 422, 422]


async def test_the_desk_reads_what_was_ticked_and_what_a_need_means_there_but_not_why_she_is_first(
    reception: Staff, site: Site
) -> None:
    ticket = await here(reception, "residence")
    await reception.press(papers(reception, ticket), {"seen": ["passport", "photo"]})
    await reception.press(papers(reception, ticket), {"missing": "fee"})
    await reception.press(reception.path(ticket, "/need"), {"need": OperationalNeed.INFANT})
    reception.later(minutes=31)
    assert reception.hall.next(4).new

    officer = site.sign_in("officer", reception.hall.desks[4])
    desk = (await officer.get(f"/desks/{reception.hall.desks[4].id}")).text
    other = site.sign_in("officer", reception.hall.desks[1])
    elsewhere = (await other.get(f"/desks/{reception.hall.desks[1].id}")).text

    assert "Seen at reception: Your passport; " in desk
    assert "Does not have: " in desk
    assert "An infant comes along" in desk
    why = desk.partition("Called now because:")[2].partition("</p>")[0]
    assert "operational need counts as 20 min" in why
    assert "infant" not in why.lower()
    assert [word in elsewhere for word in ("Seen at reception", "An infant")] == [False, False]


async def test_a_private_stop_shows_no_papers_at_reception(reception: Staff, site: Site) -> None:
    ticket = await here(reception, "residence")
    assert "Does not have it" in await reception.look(reception.path(ticket))
    site.database.write_now(lambda conn: conn.execute(stops.update().values(private=True)))

    shown = await reception.look(reception.path(ticket))
    pressed = await reception.press(papers(reception, ticket), {"missing": "passport"})

    assert ("Does not have it" in shown, "Your passport" in shown) == (False, False)
    assert pressed.status_code == 404


async def test_a_need_can_be_marked_while_the_ticket_is_given(reception: Staff) -> None:
    reception.open()
    legal = str(reception.hall.service("legal"))
    typed = {"services": legal, "adults": "1", "children": "0", "languages": "en", "interpreter": "none"}

    answer = await reception.press(
        f"{reception.home}/walk-in", {**typed, "operational": ["cannot_stand", "illness"], "name": "Olena"}
    )

    party = answer.headers["location"].partition("/parties/")[2].partition("/")[0]
    shown = await reception.look(f"{reception.home}/parties/{party}")
    assert (answer.status_code, 'id="need-cannot_stand"' in shown) == (303, True)
    assert reception.facts("NeedMarked") == [("NeedMarked", {"need": True})]


async def test_everybody_can_read_who_may_go_first(reception: Staff, site: Site) -> None:
    page = await site.browser().get("/order")

    assert page.status_code == 200
    for sentence in (
        "People who cannot stand or sit for long",
        "People who come with an infant",
        "This counts as 20 minutes of waiting, and only once.",
        "We delete this mark at midnight.",
    ):
        assert sentence in page.text
