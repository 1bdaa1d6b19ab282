"""Somebody who sells places: many sessions, invented addresses, cancelling for a customer. It gains nothing.

Everybody here comes from one network address, as the people of a shelter and a seller's machines may.
"""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.actions.draws import requests_of
from onestop.booking.actions.offers import take_offer
from onestop.booking.tables import bookings, contacts, draw_entries
from onestop.domain.draw import ranked
from onestop.domain.roles import VISITOR
from tests.web.public.test_draw import come_to_the_form, draw_of, link_in_the_mail, open_draw, run, send
from tests.web.public.test_waiting import offer
from tests.web.public.visitor import Visitor, change_day
from tests.web.site import Site

SEEDS = 400


async def asks(site: Site, address: str, *, proves: bool) -> int:
    """One session asks for a place; gives the worst status on the way, to see that nobody is sent away."""
    visitor = await come_to_the_form(site)
    met = [visitor.status]
    to = await send(visitor, email=address)
    met.append(200 if to.startswith("/w/") else 400)
    if proves:
        link = link_in_the_mail(site, address)
        await visitor.open(link)
        await visitor.press("prove-form")
        met.append(visitor.status)
    return max(met)


def requests_by(site: Site, who: str) -> set[str]:
    """Public ids of the requests on the list whose address begins with this."""
    asked = (
        sa.select(draw_entries.c.id)
        .join(contacts, contacts.c.party_id == draw_entries.c.party_id)
        .where(contacts.c.address.startswith(who))
    )
    return {str(each) for each in site.database.read_now(lambda conn: conn.execute(asked).scalars().all())}


@pytest.mark.parametrize(
    ("sessions", "own", "honest"), [(24, 3, 18), pytest.param(200, 10, 60, marks=pytest.mark.full)]
)
async def test_a_seller_has_the_chance_of_her_own_addresses_and_a_freed_place_is_not_hers(
    site: Site, sessions: int, own: int, honest: int
) -> None:
    change_day(site, scarce=True, bookings_per_contact=1)
    open_draw(site)
    met: list[int] = []
    for number in range(max(sessions, honest)):
        if number < sessions:
            await asks(site, f"invented{number}@example.com", proves=False)
        if number < own:  # three requests with each address that is really hers
            for _ in range(3):
                await asks(site, f"seller{number}@example.com", proves=True)
        if number < honest:
            met.append(await asks(site, f"honest{number}@example.com", proves=True))
    assert met == [200] * honest  # nobody behind the shared address was refused

    run(site)
    on_list = site.database.read_now(requests_of, site.hall.id)
    hers, theirs = requests_by(site, "seller"), requests_by(site, "honest")
    assert (len(on_list), len(hers), len(theirs)) == (own + honest, own, honest)
    assert requests_by(site, "invented") == set()

    # Her part of the places is that of her addresses, whatever the seed: a few hundred draws of this very list.
    places = site.database.read_now(
        lambda conn: conn.execute(
            sa.select(sa.func.count()).select_from(draw_entries).where(draw_entries.c.outcome == "drawn")
        ).scalar_one()
    )
    places = min(places, (own + honest) // 2)
    chance = Random(number)
    drawn = [ranked(chance.randbytes(32).hex(), on_list)[:places] for _ in range(SEEDS)]
    won = [sum(str(each) in hers for each in first) / places for first in drawn]
    share = own / (own + honest)
    spread = (share * (1 - share) / places / SEEDS) ** 0.5
    assert abs(sum(won) / SEEDS - share) < 4 * spread

    assert await taken_for_customers(site) == 0


async def taken_for_customers(site: Site) -> int:
    """Everybody takes her place, some cancel for a customer who looks every minute; how many customers got one."""
    drawn = sa.select(bookings.c.party_id).where(bookings.c.day_id == site.hall.id, bookings.c.state == "drawn")
    key = site.app.state.ticket_key
    parties = site.database.read_now(lambda conn: sorted(conn.execute(drawn).scalars()))
    for party in parties:
        site.hall.write(take_offer, party, key=key, actor=VISITOR)
    site.set_time(draw_of(site).closes_at + timedelta(minutes=1))
    customer, got = Visitor(site.browser()), 0
    for party in parties[:3]:
        site.hall.write(cancel_booking, party)
        for minute in range(65):
            if minute == 1:
                offer(site)  # the job runs each second; a customer may be faster than it
            await customer.open(f"/d/{site.hall.day.slug}")
            await customer.press("needs-form", needs=customer.page.forms["needs-form"].choices("needs")[:1])
            if "plan-form" in customer.page.forms:
                await customer.press("plan-form", interpreter="none")
            got += "times-form" in customer.page.forms
            site.set_time(site.hall.now + timedelta(minutes=1))
    return got
