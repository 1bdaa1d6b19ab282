"""Who comes and who goes where: chosen by ticking people, kept through every page, and told on the ticket."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from onestop.booking.tables import bookings, members, stop_members, stops
from onestop.directory.tables import services
from onestop.domain.booking import BookingState
from onestop.domain.visit import StopState
from tests.web.public.visitor import Page, Visitor, count, need, open_day, service
from tests.web.site import Site

FAMILY = {"adults": "2", "children": "3", "interpreter": "none"}


async def plan(site: Site, *needs: str) -> Visitor:
    """A visitor at the page of the plan."""
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need(key) for key in needs or ("residence-permit",)])
    return visitor


def goes(site: Site, **who: str) -> list[str]:
    """The boxes of people on the lines of services: `goes(site, legal="a1", residence="a2 c1")`."""
    return [f"{service(site, key)}.{label}" for key, labels in who.items() for label in labels.split()]


def ticked(page: Page) -> list[str]:
    """The same as a form shows them: after the mark of a line the people ticked on it."""
    found: list[str] = []
    mark = ""
    for value in page.forms["plan-form"].values("with"):
        if len(value) == 12:
            mark = value
        else:
            found.append(f"{mark}.{value}")
    return sorted(found)


def together(site: Site) -> dict[str, list[int]]:
    """Who goes where, as it is stored for confirmed bookings."""
    query = (
        sa.select(services.c.key, members.c.mark)
        .join_from(stop_members, members)
        .join(stops, stops.c.id == stop_members.c.stop_id)
        .join(services, services.c.id == stops.c.service_id)
        .join(bookings, bookings.c.party_id == stops.c.party_id)
        .where(bookings.c.state == BookingState.CONFIRMED, stops.c.state == StopState.PLANNED)
        .order_by(services.c.key, members.c.mark)
    )
    found: dict[str, list[int]] = {}
    for key, mark in site.database.read_now(lambda conn: conn.execute(query).all()):
        found.setdefault(key, []).append(mark)
    return found


def lines(page: Page) -> list[str]:
    """The services of a page's plan with who goes there."""
    text = page.text.replace("IOM Migration Information Centre ", "").replace("Foreign Police Department ", "")
    start = text.index("Legal advice")
    return [text[start : text.index("Who comes" if "Who comes" in text[start:] else "The order", start)].strip()]


async def test_a_family_is_split_over_the_desks_and_the_ticket_says_who_goes_where(site: Site) -> None:
    visitor = await plan(site)
    await visitor.press("plan-form", **{**FAMILY, "with": goes(site, legal="a1", residence="a2 c1 c2 c3")})
    await visitor.press("times-form", "10:00")
    assert lines(visitor.page) == [
        "Legal advice Adult 1 Residence permit Adult 2, Child 1, Child 2 and Child 3 Change the plan"
    ]
    await visitor.press("booking-form", name="Amira")

    assert together(site) == {"legal": [1], "residence": [2, 3, 4, 5]}
    said = [
        "Legal advice IOM Migration Information Centre Adult 1",
        "Residence permit Foreign Police Department Adult 2, Child 1, Child 2 and Child 3",
        "2 adults and 3 children",
        "The board shows a mark beside the number when one of you is called alone. 100 · 1 Adult 1",
    ]
    assert [sentence for sentence in said if sentence not in visitor.page.text] == []
    await visitor.follow("Print")
    assert "Legal advice (Adult 1) Residence permit (Adult 2, Child 1, Child 2 and Child 3)" in visitor.page.text


async def test_how_many_come_decides_without_another_tap(site: Site) -> None:
    visitor = await plan(site, "my-rights")
    form = visitor.page.forms["plan-form"]
    assert (form.values("adults"), form.values("children"), form.values("who")) == (["1"], ["0"], [])
    await visitor.press("plan-form", adults="2", interpreter="none")
    assert visitor.page.forms["times-form"].values("who") == ["family"]
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")

    assert together(site) == {"legal": [1, 2]}
    assert "Adult 1" not in visitor.page.text


async def test_a_talk_about_one_who_works_is_for_one_adult_unless_she_says_otherwise(site: Site) -> None:
    visitor = await plan(site, "problem-at-work")
    assert ticked(visitor.page) == goes(site, labour="a1")
    await visitor.press("plan-form", **FAMILY)
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")

    assert together(site) == {"labour": [1], "legal": [1, 2, 3, 4, 5]}


async def test_everybody_goes_where_nobody_is_ticked_and_it_stays_so_on_the_way_back(site: Site) -> None:
    visitor = await plan(site, "problem-at-work")
    await visitor.press("plan-form", **{**FAMILY, "with": []})
    await visitor.follow("Back")
    assert ticked(visitor.page) == []
    await visitor.press("plan-form")
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")

    assert together(site) == {"labour": [1, 2, 3, 4, 5], "legal": [1, 2, 3, 4, 5]}


async def test_a_mother_alone_takes_her_children_along_to_every_desk(site: Site) -> None:
    visitor = await plan(site, "problem-at-work")
    await visitor.press("plan-form", adults="1", children="2", interpreter="none")
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")

    assert together(site) == {"labour": [1, 2, 3], "legal": [1, 2, 3]}


async def test_a_desk_for_children_alone_is_refused_on_its_line_and_every_answer_stays(site: Site) -> None:
    visitor = await plan(site)
    chosen = goes(site, legal="a2", residence="c1 c3")
    page = await visitor.press("plan-form", **{**FAMILY, "languages": ["uk"], "with": chosen})

    assert visitor.status == 422
    assert page.text.count("A child never goes to a desk alone. Please choose an adult too.") == 2
    assert page.links["A child never goes to a desk alone. Please choose an adult too."] == (
        f"#with-{service(site, 'residence')}"
    )
    form = page.forms["plan-form"]
    kept = {name: form.values(name) for name in ("adults", "children", "languages", "interpreter")}
    assert kept == {"adults": ["2"], "children": ["3"], "languages": ["uk"], "interpreter": ["none"]}
    assert ticked(page) == sorted(chosen)
    assert count(site, bookings) == 0


@pytest.mark.parametrize(
    ("ticked", "stored"),
    [("a2", [1, 2]), ("a1 a7 c9", [1]), ("a0 b1", [1, 2])],
    ids=["who does not come after all", "more than come", "rubbish"],
)
async def test_people_who_do_not_come_go_nowhere(site: Site, ticked: str, stored: list[int]) -> None:
    visitor = await plan(site, "my-rights")
    one_less = {"adults": "1", "children": "1"} if ticked == "a2" else {"adults": "2", "children": "0"}
    await visitor.press("plan-form", **{**one_less, "interpreter": "none", "with": goes(site, legal=ticked)})
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")

    assert together(site) == {"legal": stored}


async def test_who_goes_where_stays_when_she_takes_another_time(site: Site) -> None:
    visitor = await plan(site)
    chosen = goes(site, legal="a1", residence="a2 c1 c2 c3")
    await visitor.press("plan-form", **{**FAMILY, "with": chosen})
    await visitor.press("times-form", "10:00")
    await visitor.follow("Change the plan")
    assert ticked(visitor.page) == sorted(chosen)
    await visitor.press("plan-form")
    await visitor.press("times-form", "11:00")
    await visitor.follow("Change the time")
    await visitor.press("times-form", "10:30")
    await visitor.press("booking-form", name="Amira")

    assert together(site) == {"legal": [1], "residence": [2, 3, 4, 5]}


@pytest.mark.parametrize("button", ["Book 10:00", "11:00"])
async def test_who_goes_where_stays_when_the_time_ran_out(site: Site, button: str) -> None:
    visitor = await plan(site)
    await visitor.press("plan-form", **{**FAMILY, "with": goes(site, legal="a1", residence="a2 c1 c2 c3")})
    await visitor.press("times-form", "10:00")
    site.set_time(site.hall.now + timedelta(minutes=31))
    await visitor.press("booking-form", name="Amira")
    assert "Please choose a time again" in visitor.page.text
    await visitor.press("again-form", button)

    assert together(site) == {"legal": [1], "residence": [2, 3, 4, 5]}
    assert "Residence permit Foreign Police Department Adult 2, Child 1, Child 2 and Child 3" in visitor.page.text


async def test_addresses_say_nothing_of_who_goes_where_in_words(site: Site) -> None:
    visitor = await plan(site)
    await visitor.press("plan-form", **{**FAMILY, "with": goes(site, legal="a1", residence="a2 c1")})

    query = visitor.path.partition("?")[2]
    assert f"with={service(site, 'legal')}.a1&" in query
    await visitor.press("times-form")
    assert "with=" not in visitor.path


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Messages go only to the address that you write here."),
        (
            {"adults": "2"},
            "One message for all of you goes to the address that you write here. The others get none.",
        ),
        (
            {"who": "helping"},
            "Messages go only to the address that you write here: yours, or that of the person who comes.",
        ),
        (
            {"who": "helping", "adults": "2"},
            "Messages go only to the address that you write here: yours, or that of the person who comes.",
        ),
    ],
)
async def test_whose_address_gets_the_messages_is_said_beside_the_field(
    site: Site, typed: dict[str, str], said: str
) -> None:
    visitor = await plan(site, "my-rights")
    await visitor.press("plan-form", interpreter="none", **typed)
    page = await visitor.press("times-form")
    every = [sentence for sentence in ("Messages go only", "One message for all") if sentence in page.text]

    assert (said in page.text, len(every)) == (True, 1)
    site.set_time(site.hall.now + timedelta(minutes=31))
    page = await visitor.press("booking-form", name="Amira")
    assert ("Please choose a time again" in page.text, said in page.text) == (True, True)


async def test_three_families_book_on_one_borrowed_phone_and_nothing_of_one_stands_in_the_form_of_the_next(
    site: Site,
) -> None:
    visitor = await plan(site, "my-rights")
    tickets: list[str] = []
    for adults, children in (("2", "3"), ("1", "2"), ("3", "0")):
        await visitor.open(f"/d/{site.hall.day.slug}")
        page = await visitor.press("needs-form", needs=[need("my-rights")])
        form = page.forms["plan-form"]
        assert (form.values("adults"), form.values("children"), ticked(page)) == (["1"], ["0"], [])
        typed = {"adults": adults, "children": children, "interpreter": "none", "with": goes(site, legal="a1")}
        await visitor.press("plan-form", **typed)
        page = await visitor.press("times-form")
        assert page.forms["booking-form"].values("name") == [""]
        await visitor.press("booking-form", name=f"Family {adults}", email="shared@example.org")
        tickets.append(visitor.page.text)

    told = ["2 adults and 3 children", "One adult and 2 children", "3 adults"]
    assert [[each in text for each in told] for text in tickets] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


async def test_two_tabs_with_two_plans_keep_each_its_own(site: Site) -> None:
    visitor = await plan(site)
    other = Visitor(visitor.browser)
    await other.open(visitor.path)
    await visitor.press("plan-form", **{**FAMILY, "with": goes(site, legal="a1")})
    await other.press("plan-form", adults="2", interpreter="none", **{"with": goes(site, legal="a2")})
    for tab in (visitor, other):
        await tab.press("times-form", "10:00" if tab is visitor else "11:00")
    for tab in (other, visitor):
        await tab.press("booking-form", name="Amira")

    assert "2 adults and 3 children" in visitor.page.text
    assert ("2 adults" in other.page.text, "children" in other.page.text) == (True, False)
    assert "Legal advice IOM Migration Information Centre Adult 2" in other.page.text
    assert count(site, bookings, bookings.c.state == BookingState.CONFIRMED) == 2
