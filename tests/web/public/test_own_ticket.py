"""A ticket apart for one adult of a booked party: nothing on either screen tells of the other."""

import re

import pytest
import sqlalchemy as sa

from onestop.booking.tables import bookings
from onestop.days.tables import capacity
from onestop.directory.tables import services
from onestop.domain.booking import BookingState
from onestop.reports.verify import verify
from tests.web.public.test_change import booked
from tests.web.public.test_family import FAMILY, goes
from tests.web.public.visitor import Visitor, count, service
from tests.web.site import Site

LINK = "A separate ticket for one of you"


async def family(site: Site) -> tuple[Visitor, str]:
    """Two adults and three children with legal advice for all and a private talk for the second adult."""
    private = services.update().where(services.c.id == site.hall.service("social")).values(private=True)
    site.database.write_now(lambda conn: conn.execute(private))
    return await booked(site, "my-rights", "family-money-home", **{**FAMILY, "with": goes(site, social="a2")})


async def test_a_private_talk_moves_to_a_ticket_that_neither_ticket_tells_of(site: Site) -> None:
    visitor, first = await family(site)
    assert "Talk at the centre Adult 2" in visitor.page.text
    page = await visitor.follow(LINK)
    assert list(page.forms) == ["own-a1", "own-a2"]
    assert "Moves to the new ticket: Talk at the centre." in page.text
    assert ("Social advice" in page.html, service(site, "social") in page.html) == (False, False)
    page = await visitor.press("own-a2")
    own = visitor.path.partition("?")[0]

    assert own != first
    assert ("Your number 101" in page.text, "Talk at the centre" in page.text, "One adult" in page.text) == (True,) * 3
    assert "Legal advice" not in page.text
    told = [first.removeprefix("/t/"), "100", "Amira", "Adult"]
    assert [word for word in told if word in page.text] == []
    assert first.removeprefix("/t/") not in page.html

    page = await visitor.open(first)
    assert ("Your number 100" in page.text, "Talk at the centre" in page.text) == (True, False)
    assert "One adult and 3 children" in page.text
    assert (own.removeprefix("/t/") in page.html, "101" in page.text) == (False, False)
    assert site.database.read_now(verify, now=site.hall.now) == []


async def test_a_step_of_all_is_on_the_new_ticket_too_if_it_is_ticked(site: Site) -> None:
    visitor, first = await family(site)
    page = await visitor.follow(LINK)
    (legal,) = page.forms["own-a2"].choices("steps")
    assert page.forms["own-a2"].values("steps") == []
    assert page.forms["own-a1"].values("steps") == page.forms["own-a1"].choices("steps")
    await visitor.press("own-a2", steps=[legal])

    assert ("Legal advice" in visitor.page.text, "Talk at the centre" in visitor.page.text) == (True, True)
    await visitor.open(first)
    assert "Legal advice" in visitor.page.text


async def test_the_same_press_twice_makes_one_ticket(site: Site) -> None:
    visitor, _ = await family(site)
    page = await visitor.follow(LINK)
    form = page.forms["own-a2"]
    for _ in range(2):
        await visitor.send(form.action, "post", form.fields)
        assert "Your number 101" in visitor.page.text

    assert count(site, bookings, bookings.c.state == BookingState.CONFIRMED) == 2


async def test_the_same_press_twice_leads_to_the_same_ticket_also_when_only_one_is_left(site: Site) -> None:
    visitor, _ = await booked(
        site, "my-rights", "family-money-home", adults="2", **{"with": goes(site, social="a2", legal="a1")}
    )
    page = await visitor.follow(LINK)
    form = page.forms["own-a2"]
    paths: list[str] = []
    for _ in range(2):
        await visitor.send(form.action, "post", form.fields)
        paths.append(visitor.path)

    assert (len(set(paths)), count(site, bookings)) == (1, 2)


async def test_without_room_for_two_it_is_said_and_nothing_changes(site: Site) -> None:
    visitor, first = await family(site)
    at = sa.select(bookings.c.arrival_at).where(bookings.c.state == BookingState.CONFIRMED).scalar_subquery()
    full = capacity.update().where(capacity.c.kind == "arrivals", capacity.c.bucket_at == at)
    await visitor.follow(LINK)
    site.database.write_now(lambda conn: conn.execute(full.values(used=capacity.c.total - capacity.c.reserve)))
    page = await visitor.press("own-a2")

    assert (visitor.status, "Two tickets do not fit at this time." in page.text) == (409, True)
    await visitor.open(first)
    assert "2 adults and 3 children" in visitor.page.text
    assert count(site, bookings, bookings.c.state == BookingState.CONFIRMED) == 1


@pytest.mark.parametrize("who", ["c1", "a9", "", "x"])
async def test_a_child_or_a_stranger_gets_none(site: Site, who: str) -> None:
    visitor, _ = await family(site)
    await visitor.follow(LINK)
    await visitor.press("own-a2", who=who)

    assert (visitor.status, count(site, bookings)) == (422, 1)


async def test_who_comes_alone_or_with_children_only_is_not_offered_one(site: Site) -> None:
    for typed in ({}, {"children": "2"}):
        visitor, ticket = await booked(site, **typed)
        assert LINK not in visitor.page.links
        await visitor.open(f"{ticket}/own")
        assert visitor.status == 200
        assert "own-a1" not in visitor.page.forms


async def test_the_short_codes_address_gives_no_new_ticket(site: Site) -> None:
    visitor, _ = await family(site)
    short = re.search(r"Your code (\w{4} \w{4})", visitor.page.text)
    assert short is not None
    stranger = Visitor(site.browser())
    await stranger.open("/")
    await stranger.press("find-form", code=short[1], day=site.hall.day.slug)
    assert stranger.path.startswith("/t/~")
    assert LINK not in stranger.page.links
    path = stranger.path.partition("?")[0]
    await stranger.open(f"{path}/own")
    assert stranger.status == 404
    await stranger.send(f"{path}/own", "post", [("who", "a2")])
    assert (stranger.status, count(site, bookings)) == (404, 1)
