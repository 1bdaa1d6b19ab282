"""The waiting list for people: joining without script, the page that waits, the place that is offered."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.actions.offers import Round, make_offers
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings, waiting
from onestop.booking.tickets import Ticket, new_code
from onestop.domain.roles import SYSTEM
from tests.counting import counted
from tests.web.public.visitor import Visitor, change_day, count, need, open_day
from tests.web.site import Site


def fill(site: Site, *, spare: int = 0) -> list[Ticket]:
    """Book until nothing (or `spare` times) is left for legal advice."""
    made: list[Ticket] = []
    wish = site.hall.wish("legal")
    while True:
        plans = site.database.read_now(arrivals, site.hall.day, wish, now=site.hall.now).plans
        if len(plans) <= spare:
            return made
        made.append(site.hall.book(wish, at=plans[0].arrival_at))


def offer(site: Site) -> None:
    """What the job does."""
    done = Round()
    while not done.over:
        done = site.database.write_now(make_offers, site.hall.id, done, now=site.hall.now, day=site.hall.id)


def free_one(site: Site, ticket: Ticket) -> None:
    """Somebody cancels, and the list is asked."""
    site.hall.write(cancel_booking, ticket.party)
    offer(site)


async def asked(site: Site) -> Visitor:
    """Somebody who wants legal advice on a day that is full, at the page of times."""
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    return visitor


async def joined(site: Site, **typed: str) -> Visitor:
    """The same, on the list."""
    visitor = await asked(site)
    await visitor.follow("Join the waiting list")
    await visitor.press("list-form", **{"name": "Amira", **typed})
    return visitor


def arrival(site: Site, ticket: Ticket) -> datetime:
    """When a ticket's holder is told to come."""
    query = sa.select(bookings.c.arrival_at).where(bookings.c.party_id == ticket.party)
    return site.database.read_now(lambda conn: conn.execute(query).scalar_one())


def states(site: Site) -> list[str]:
    query = sa.select(bookings.c.state).join(waiting, waiting.c.party_id == bookings.c.party_id)
    return list(site.database.read_now(lambda conn: conn.execute(query.order_by(waiting.c.since_at)).scalars()))


async def test_a_full_day_ends_in_the_list_and_a_freed_place_in_a_ticket(site: Site) -> None:
    site.set_time(site.hall.day.opens_at - timedelta(days=1, hours=1))
    tickets = fill(site)
    visitor = await joined(site)
    assert "You are on the waiting list" in visitor.page.text
    assert "Nobody is before you." in visitor.page.text
    assert "Keep this page." in visitor.page.text

    free_one(site, tickets[3])
    await visitor.open(visitor.path)
    assert "A place is free for you" in visitor.page.text
    await visitor.press("take-form")
    assert (visitor.status, "You have booked." in visitor.page.text) == (200, True)
    assert visitor.path.startswith("/t/")
    assert states(site) == ["confirmed"]


async def test_who_says_no_stays_on_the_list_and_the_next_one_is_asked(site: Site) -> None:
    tickets = fill(site)
    first, second = await joined(site), await joined(site)
    await second.open(second.path)
    assert "1 person is before you." in second.page.text
    free_one(site, tickets[-1])
    assert states(site) == ["offered", "listed"]
    await first.open(first.path)
    await first.press("decline-form")
    assert "You are on the waiting list" in first.page.text
    offer(site)
    assert states(site) == ["listed", "offered"]


async def test_an_answer_that_comes_too_late_is_told_so_and_loses_nothing(site: Site) -> None:
    tickets = fill(site)
    visitor = await joined(site)
    free_one(site, tickets[-1])
    await visitor.open(visitor.path)
    site.set_time(site.hall.now + timedelta(minutes=30))
    await visitor.press("take-form")
    assert (visitor.status, "This offer is over." in visitor.page.text) == (409, True)
    assert "Leave the list" in visitor.page.text


async def test_leaving_and_erasing(site: Site) -> None:
    fill(site)
    visitor = await joined(site)
    await visitor.press("leave-form")
    assert "You are not on the list any more" in visitor.page.text
    assert states(site) == ["withdrawn"]
    path = visitor.path
    await visitor.follow("Erase my data")
    await visitor.press("erase-form")
    assert "erased" in visitor.page.text.casefold()
    await visitor.open(path)
    assert (visitor.status, count(site, waiting)) == (404, 0)


async def test_the_form_keeps_what_was_typed(site: Site) -> None:
    fill(site)
    visitor = await asked(site)
    await visitor.follow("Join the waiting list")
    await visitor.press("list-form", name="", email="amira@example.org", when="after")
    form = visitor.page.forms["list-form"]
    assert (visitor.status, form.values("email"), form.values("when")) == (422, ["amira@example.org"], ["after"])
    assert count(site, waiting) == 0
    change_day(site, scarce=True)
    await visitor.press("list-form", name="Amira", email="")
    assert (visitor.status, "Please write an e-mail address." in visitor.page.text) == (422, True)


async def test_a_double_press_joins_once_and_the_code_opens_the_page(site: Site) -> None:
    fill(site)
    visitor = await asked(site)
    await visitor.follow("Join the waiting list")
    form = visitor.page.forms["list-form"]
    sent = [*[pair for pair in form.fields if pair[0] != "name"], ("name", "Amira")]
    await visitor.send(form.action, "post", sent)
    page = visitor.path.partition("?")[0]
    await visitor.send(form.action, "post", sent)
    assert (visitor.path.partition("?")[0], count(site, waiting)) == (page, 1)

    short = visitor.page.html.partition('<span class="code"><bdi dir="ltr">')[2][:9]
    await visitor.open("/")
    await visitor.press("find-form", code=short, day=site.hall.day.slug)
    assert (visitor.path.startswith("/w/~"), "You are on the waiting list" in visitor.page.text) == (True, True)
    await visitor.open("/")
    await visitor.press("find-form", code=page.rpartition("/")[2], day="")
    assert visitor.path == page


async def test_a_code_that_was_overheard_opens_neither_the_ticket_itself_nor_the_way_to_erase(site: Site) -> None:
    """The short code of the list leads to a page that can answer, and after it to no more than a short code does."""
    tickets = fill(site)
    visitor = await joined(site)
    long = visitor.path.partition("?")[0]
    short = visitor.page.html.partition('<span class="code"><bdi dir="ltr">')[2][:9]
    listener = Visitor(site.browser())
    await listener.open("/")
    await listener.press("find-form", code=short, day=site.hall.day.slug)
    own = listener.path
    assert (long.rpartition("/")[2] in listener.page.html, "Erase my data" in listener.page.text) == (False, False)
    await listener.open(f"{own}/erase")
    assert listener.status == 404
    await listener.open(f"{own[:-1]}{'a' if own[-1] != 'a' else 'b'}")
    assert listener.status == 404

    free_one(site, tickets[-1])
    await visitor.open(long)
    await visitor.press("take-form")
    await listener.open(own)
    assert (listener.path.startswith("/t/~"), "data:image" in listener.page.html) == (True, False)

    party = site.database.read_now(lambda conn: conn.execute(sa.select(waiting.c.party_id)).scalar_one())
    key = site.app.state.ticket_key
    site.database.write_now(new_code, party=party, key=key, actor=SYSTEM, now=site.hall.now, day=site.hall.id)
    for address in (own, long):
        await listener.open(address)
        assert (listener.status, listener.path) == (404, address)


async def test_an_earlier_time_is_asked_for_and_taken_on_the_ticket(site: Site) -> None:
    tickets = fill(site)
    holder = Visitor(site.browser())
    await holder.open(f"/t/{tickets[-1].code}")
    await holder.press("earlier-form")
    assert "We tell you when an earlier time is free" in holder.page.text
    between = next(one for one in tickets if arrival(site, one) > site.hall.now + timedelta(hours=1))
    free_one(site, between)
    await holder.open(f"/t/{tickets[-1].code}")
    assert "An earlier time is free" in holder.page.text
    await holder.press("take-form")
    assert ("An earlier time is free" in holder.page.text, "Your booking is changed." in holder.page.text) == (
        False,
        True,
    )
    assert arrival(site, tickets[-1]) == arrival(site, between)
    assert "I would like an earlier time" in holder.page.text


async def test_a_private_stop_is_not_named_on_the_waiting_page(site: Site) -> None:
    fill(site)
    party: UUID = site.database.read_now(lambda conn: conn.execute(sa.select(bookings.c.party_id)).scalars().first())
    assert party is not None
    visitor = await joined(site)
    private = sa.text("UPDATE stops SET private = true WHERE party_id IN (SELECT party_id FROM waiting)")
    assert "Legal advice" in visitor.page.text
    site.database.write_now(lambda conn: conn.execute(private))
    await visitor.open(visitor.path)
    assert "Talk at the centre" in visitor.page.text
    assert "Legal advice" not in visitor.page.text


async def test_the_page_costs_the_same_however_many_wait(site: Site) -> None:
    fill(site)
    visitor = await joined(site)
    costs: list[int] = []
    for _ in range(2):
        with counted() as statements:
            await visitor.open(visitor.path)
        costs.append(statements())
        for _ in range(3):
            await joined(site)
    assert costs[0] == costs[1]
