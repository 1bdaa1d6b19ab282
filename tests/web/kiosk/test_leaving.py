"""Somebody who waits gives her ticket back at the machine; somebody at a desk is sent there."""

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.booking.tickets import Ticket, new_code
from onestop.domain.visit import StopState
from onestop.keys import load_ticket_key
from onestop.visits.tables import visits
from tests.halls import STAFF
from tests.web.kiosk.touch import Finger, finger
from tests.web.site import Site


async def _change(site: Site, code: str) -> Finger:
    hand = finger(site)
    await hand.go("/kiosk?lang=en")
    await hand.follow("Change or cancel my ticket")
    await hand.press("Continue", typed={"code": code})
    return hand


def _read(site: Site, given: Ticket) -> Ticket:
    """The same ticket with codes of this server's key."""
    key = load_ticket_key(site.settings)
    return site.database.write_now(new_code, party=given.party, key=key, actor=STAFF, now=site.hall.now)


def _visit(site: Site) -> tuple[str, ...]:
    return tuple(site.database.read_now(lambda conn: conn.execute(sa.select(visits.c.state, visits.c.reason)).one()))


async def test_a_ticket_of_today_is_given_back_with_its_short_code_after_one_question(site: Site) -> None:
    ticket = _read(site, site.hall.walk_in(site.hall.wish("legal"))[0])
    hand = await _change(site, ticket.short)
    assert "Do you want to give number 100 back?" in hand.text
    assert _visit(site) == ("open", None)
    question = hand.page
    await hand.press("Yes, cancel my ticket")
    assert "Number 100 is cancelled. Nobody calls this number any more. Thank you." in hand.text
    assert _visit(site) == ("left", "own_wish")

    hand.page = question
    await hand.press("Yes, cancel my ticket")
    assert "Number 100 is cancelled." in hand.text
    again = await _change(site, ticket.code)
    assert "This visit has ended. Please ask at the reception." in again.text
    await again.go(f"/kiosk/tickets/{ticket.code}?lang=en")
    assert "This visit has ended. Please ask at the reception." in again.text
    assert ("Done" in again.text, "Print my ticket again" in again.text) == (True, False)


async def test_whoever_has_checked_in_gives_a_booked_ticket_back_too(site: Site) -> None:
    ticket = site.hall.book(site.hall.wish("legal"))
    site.hall.arrive(ticket)
    hand = await _change(site, _read(site, ticket).code)
    await hand.press("Yes, cancel my ticket")
    assert _visit(site) == ("left", "own_wish")


async def test_whoever_is_called_is_told_where_to_say_it_and_stays_called(site: Site) -> None:
    ticket = _read(site, site.hall.walk_in(site.hall.wish("legal"))[0])
    hand = await _change(site, ticket.code)
    site.hall.open_desks()
    desk = next(number for number, each in site.hall.desks.items() if site.hall.service("legal") in each.services)
    site.hall.next(desk)
    await hand.press("Yes, cancel my ticket")
    assert hand.page is not None
    assert hand.page.status_code == 409
    assert f"Please go to desk {desk} and say there that you do not need the ticket." in hand.text
    states = site.database.read_now(lambda conn: set(conn.execute(sa.select(stops.c.state)).scalars()))
    assert (StopState.CALLED in states, _visit(site)) == (True, ("open", None))
