"""The holder of a ticket changes her booking: three pages, everything at once or nothing."""

import re
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.tables import bookings, stops
from onestop.days.tables import capacity
from onestop.directory.tables import services
from onestop.domain.booking import BookingState
from onestop.notify.tables import outbox
from tests.web.public.test_family import FAMILY, goes, ticked, together
from tests.web.public.visitor import Visitor, book, count, need, open_day, service
from tests.web.site import Site


async def booked(site: Site, *needs: str, **typed: object) -> tuple[Visitor, str]:
    """Somebody with a ticket, and its address."""
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, *(needs or ("my-rights",)), **typed)
    return visitor, visitor.path.partition("?")[0]


def times(site: Site) -> Sequence[str]:
    """The arrival times of confirmed bookings, by the venue's clock."""
    query = sa.select(bookings.c.arrival_at).where(bookings.c.state == BookingState.CONFIRMED)
    found = site.database.read_now(lambda conn: conn.execute(query).scalars().all())
    return [f"{at.astimezone(site.hall.day.zone):%H:%M}" for at in found]


async def test_a_step_is_added_and_the_time_kept_in_three_pages_and_four_taps(site: Site) -> None:
    visitor, ticket = await booked(site)
    steps = (
        visitor.follow("Change my plan or who comes"),
        visitor.press("plan-form", services=[service(site, "legal"), service(site, "residence")]),
        visitor.press("times-form", "Change, and keep 09:15"),
    )
    titles = [(await step).title.removesuffix(f" · {site.hall.day.name}") for step in steps]

    assert titles == ["Change my plan", "Choose a time", "Your ticket 100"]
    assert (visitor.path, times(site)) == (f"{ticket}?changed=1", ["09:15"])
    said = ["Your booking is changed.", "Residence permit Foreign Police Department", "Your passport (needed)"]
    assert [sentence for sentence in said if sentence not in visitor.page.text] == []
    assert together(site) == {"legal": [1], "residence": [1]}


async def test_every_service_of_the_day_is_named_with_its_institution_and_hers_are_ticked(site: Site) -> None:
    visitor, _ = await booked(site)
    page = await visitor.follow("Change my plan or who comes")

    form = page.forms["plan-form"]
    assert len(form.choices("services")) == len(site.hall.offer.services) == len(set(form.choices("services")))
    assert form.values("services") == [service(site, "legal")]
    assert form.choices("services")[:2] == [service(site, "legal"), service(site, "residence")]
    assert "Foreign Police Department Police" in page.text
    assert "name" not in dict(form.fields)
    assert page.text.count("Your passport (needed)") == 1


async def test_what_one_person_booked_stays_hers_alone_when_others_come_along(site: Site) -> None:
    visitor, _ = await booked(site, "residence-permit")
    await visitor.follow("Change my plan or who comes")
    await visitor.press("plan-form", adults="2", children="2")
    await visitor.press("times-form")
    assert together(site) == {"legal": [1], "residence": [1]}


async def test_who_comes_and_goes_where_changes_with_the_booking(site: Site) -> None:
    visitor, _ = await booked(site, "residence-permit")
    await visitor.follow("Change my plan or who comes")
    chosen = goes(site, legal="a1", residence="a2 c1 c2 c3")
    await visitor.press("plan-form", **{**FAMILY, "with": chosen, "languages": ["uk"], "interpreter": "own"})
    await visitor.press("times-form", "10:00")

    assert together(site) == {"legal": [1], "residence": [2, 3, 4, 5]}
    assert times(site) == ["10:00"]
    assert "2 adults and 3 children" in visitor.page.text
    page = await visitor.follow("Change my plan or who comes")
    form = page.forms["plan-form"]
    assert ticked(page) == sorted(chosen)
    assert [form.values(name) for name in ("adults", "children", "languages", "interpreter")] == [
        ["2"],
        ["3"],
        ["uk"],
        ["own"],
    ]


async def test_a_child_alone_and_no_step_are_refused_and_nothing_is_lost_or_changed(site: Site) -> None:
    visitor, ticket = await booked(site)
    await visitor.follow("Change my plan or who comes")
    page = await visitor.press("plan-form", **{**FAMILY, "with": goes(site, legal="c2")})
    assert (visitor.status, page.text.count("A child never goes to a desk alone.")) == (422, 2)
    assert (page.forms["plan-form"].values("children"), ticked(page)) == (["3"], goes(site, legal="c2"))
    page = await visitor.press("plan-form", services=[], **{"with": []})
    assert (visitor.status, page.text.count("Please choose at least one thing that you need.")) == (422, 2)
    page = await visitor.press("plan-form", services=[service(site, "legal")], adults="10", children="9")
    assert page.text.count("We can book at most 10 people together here.") == 2

    await visitor.open(ticket)
    assert "One adult" in visitor.page.text
    assert together(site) == {"legal": [1]}


async def test_a_plan_that_fits_nowhere_changes_nothing(site: Site) -> None:
    visitor, _ = await booked(site)
    police = capacity.update().where(capacity.c.key.like("%residence%"))
    site.database.write_now(lambda conn: conn.execute(police.values(used=capacity.c.total - capacity.c.reserve)))
    await visitor.follow("Change my plan or who comes")
    page = await visitor.press("plan-form", services=[service(site, "legal"), service(site, "residence")])

    assert "Nothing is changed. You keep what you booked." in page.text
    assert (together(site), times(site)) == ({"legal": [1]}, ["09:15"])


async def test_a_time_that_filled_meanwhile_brings_the_list_again_and_the_booking_stays(site: Site) -> None:
    visitor, _ = await booked(site)
    await visitor.follow("Change my plan or who comes")
    page = await visitor.press("plan-form", services=[service(site, "legal"), service(site, "social")])
    at = datetime.fromisoformat(page.forms["times-form"].buttons["10:00"][1])
    full = capacity.update().where(capacity.c.kind == "arrivals", capacity.c.bucket_at == at)
    site.database.write_now(lambda conn: conn.execute(full.values(used=capacity.c.total - capacity.c.reserve)))
    page = await visitor.press("times-form", "10:00")

    assert (visitor.status, "10:00" in page.forms["times-form"].buttons) == (409, False)
    assert "This time has just been taken. Please choose another time." in page.text
    assert (together(site), times(site)) == ({"legal": [1]}, ["09:15"])
    await visitor.press("times-form", "10:15")
    assert (together(site), times(site)) == ({"legal": [1], "social": [1]}, ["10:15"])


async def test_two_tabs_do_not_undo_each_other_unseen(site: Site) -> None:
    visitor, ticket = await booked(site)
    other = Visitor(site.browser())
    for tab in (visitor, other):
        await tab.open(f"{ticket}/plan")
    await visitor.press("plan-form", services=[service(site, "legal"), service(site, "social")])
    await other.press("plan-form", services=[service(site, "legal"), service(site, "labour")])
    await visitor.press("times-form")
    page = await other.press("times-form")

    assert (other.status, together(site)) == (409, {"legal": [1], "social": [1]})
    assert "Somebody else changed this in the meantime. Please look at it again." in page.text
    assert page.forms["plan-form"].values("services") == [service(site, "legal"), service(site, "labour")]
    await other.press("plan-form")
    await other.press("times-form")
    assert together(site) == {"labour": [1], "legal": [1]}


async def test_the_same_press_twice_changes_once(site: Site) -> None:
    visitor, _ = await booked(site)
    await visitor.follow("Change my plan or who comes")
    page = await visitor.press("plan-form", services=[service(site, "legal"), service(site, "social")])
    form = page.forms["times-form"]
    button = next(iter(form.buttons.values()))
    sent = [*form.fields, (button[0], button[1])]
    for _ in range(2):
        await visitor.send(form.action, "post", sent)
        assert visitor.status == 200

    assert count(site, stops) == 2


async def test_the_short_codes_address_changes_the_plan_too(site: Site) -> None:
    visitor, _ = await booked(site)
    short = re.search(r"Your code (\w{4} \w{4})", visitor.page.text)
    assert short is not None
    await visitor.open("/")
    await visitor.press("find-form", code=short[1], day=site.hall.day.slug)
    assert visitor.path.startswith("/t/~")
    await visitor.follow("Change my plan or who comes")
    await visitor.press("plan-form", services=[service(site, "social")])
    await visitor.press("times-form")

    assert together(site) == {"social": [1]}


async def test_a_booked_private_talk_is_named_by_no_page_and_can_be_kept_or_taken_off(site: Site) -> None:
    private = services.update().where(services.c.id == site.hall.service("social")).values(private=True)
    site.database.write_now(lambda conn: conn.execute(private))
    visitor, ticket = await booked(site, "family-money-home", "my-rights")
    page = await visitor.follow("Change my plan or who comes")
    form = page.forms["plan-form"]
    unnamed = next(mark for mark in form.choices("services") if mark not in _marks(site))

    assert form.values("services") == [unnamed, service(site, "legal")]
    assert page.text.count("Social advice") == 1
    page = await visitor.press("plan-form", services=[unnamed])
    assert "Social advice" not in page.html
    assert page.forms["times-form"].values("services") == [unnamed]
    assert f"services={service(site, 'social')}" not in visitor.path
    await visitor.press("times-form")
    assert ("Talk at the centre" in visitor.page.text, "Social advice" in visitor.page.text) == (True, False)
    assert together(site) == {"social": [1]}

    await visitor.open(f"{ticket}/plan")
    await visitor.press("plan-form", services=[service(site, "legal"), service(site, "social"), unnamed])
    await visitor.press("times-form")
    assert together(site) == {"legal": [1], "social": [1]}
    await visitor.open(f"{ticket}/plan")
    await visitor.press("plan-form", services=[service(site, "legal")])
    await visitor.press("times-form")
    assert together(site) == {"legal": [1]}


def _marks(site: Site) -> set[str]:
    return {service(site, each.key) for each in site.hall.offer.services}


async def test_she_is_told_what_taking_off_the_first_step_means(site: Site) -> None:
    visitor, _ = await booked(site, "residence-permit")
    await visitor.follow("Change my plan or who comes")
    page = await visitor.press("plan-form", services=[service(site, "residence")])

    assert "You took off: Legal advice. Normally it comes before: Residence permit." in page.text


async def test_a_booking_that_is_cancelled_leads_back_to_its_ticket(site: Site) -> None:
    visitor, ticket = await booked(site)
    await visitor.open(f"{ticket}/plan")
    stale = visitor.page.forms["plan-form"]
    query = sa.select(bookings.c.party_id).where(bookings.c.state == BookingState.CONFIRMED)
    party = site.database.read_now(lambda conn: conn.execute(query).scalar_one())
    site.hall.write(cancel_booking, party)
    for path in (f"{ticket}/plan", f"{ticket}/plan/times"):
        await visitor.open(path)
        assert (visitor.status, "This booking is cancelled. The centre knows it." in visitor.page.text) == (200, True)
    await visitor.send(f"{ticket}/plan", "post", [*stale.fields, ("arrival", "2026-12-03T09:00:00+00:00")])
    assert "This booking is cancelled. The centre knows it." in visitor.page.text
    assert together(site) == {}


async def test_whoever_gave_an_address_is_told_of_the_change(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira", email="amira@example.org")
    await visitor.follow("Change my plan or who comes")
    await visitor.press("plan-form", services=[service(site, "legal"), service(site, "social")])
    await visitor.press("times-form")

    kinds = site.database.read_now(
        lambda conn: conn.execute(sa.select(outbox.c.kind).where(outbox.c.kind != "reminder")).scalars().all()
    )
    assert sorted(kinds) == ["changed", "confirmation"]


async def test_the_language_is_kept_through_the_change_also_without_cookies(site: Site) -> None:
    visitor, ticket = await booked(site)
    tags: list[str] = []

    async def seen() -> None:
        visitor.browser.cookies.clear()
        assert visitor.answer is not None
        tags.append(visitor.answer.headers["content-language"])

    await visitor.open(f"{ticket}/plan?lang=ar")
    await seen()
    await visitor.press("plan-form", services=[service(site, "legal"), service(site, "social")])
    await seen()
    await visitor.press("times-form")
    await seen()

    assert tags == ["ar", "ar", "ar"]
