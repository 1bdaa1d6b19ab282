"""From the day's link to a time that is kept, without script."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from onestop.booking.tables import bookings, stops
from onestop.days.actions import make_invitations
from onestop.days.tables import capacity
from onestop.directory.tables import centres, services
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.roles import SYSTEM
from tests.web.public.visitor import Visitor, book, change_day, count, need, open_day, service
from tests.web.site import Site

TITLES = ["What do you need?", "Your plan", "Choose a time", "Check and book", "Your ticket 100"]


async def test_she_books_from_the_link_to_the_ticket_in_five_pages_with_one_typed_field(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    steps = (
        visitor.open(f"/d/{site.hall.day.slug}"),
        visitor.press("needs-form", needs=[need("residence-permit")]),
        visitor.press("plan-form", interpreter="none"),
        visitor.press("times-form", "09:00"),
        visitor.press("booking-form", name="Amira"),
    )
    titles = [(await step).title.removesuffix(f" · {site.hall.day.name}") for step in steps]

    assert titles == TITLES
    assert visitor.status == 200
    assert re.fullmatch(r"/t/[a-z2-7]{26}\?booked=1", visitor.path)
    assert "Please come today at 09:00. Show this page" in visitor.page.text
    assert (count(site, bookings, bookings.c.state == BookingState.CONFIRMED), count(site, stops)) == (1, 2)


async def test_the_day_page_says_when_where_with_whom_and_who_reads(site: Site) -> None:
    open_day(site)
    page = await Visitor(site.browser()).open(f"/d/{site.hall.day.slug}")

    said = [
        "Thursday 3 December 2026",
        "09:00 to 15:00",
        "Migration Information Centre, Bratislava",
        "Advice and booking are free of charge.",
        "Foreign Police Department Police",
        "Office of Labour, Social Affairs and Family State office",
        "Who reads what you write",
    ]
    assert [sentence for sentence in said if sentence not in page.text] == []
    assert page.forms["needs-form"].values("needs") == []


async def test_the_plan_names_police_and_state_first_and_ticks_only_what_the_need_requires(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    page = await visitor.press("needs-form", needs=[need("residence-permit"), need("find-work")])

    form = page.forms["plan-form"]
    wanted = [service(site, key) for key in ("residence", "employment-office", "legal", "labour")]
    assert (form.choices("services"), form.values("services")) == (wanted, wanted)
    assert form.values("interpreter") == []
    assert form.values("languages") == ["en"]
    assert "Your passport (needed)" in page.text
    assert "This comes before: Residence permit." in page.text


async def test_a_police_line_taken_off_stays_off_on_every_later_page(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("residence-permit")])
    await visitor.press("plan-form", services=[service(site, "legal")], interpreter="none")
    times = visitor.path
    again = await visitor.follow("Back")
    assert again.forms["plan-form"].choices("services") == [service(site, "residence"), service(site, "legal")]
    assert again.forms["plan-form"].values("services") == [service(site, "legal")]

    await visitor.open(times)
    await visitor.press("times-form")
    assert "Foreign Police Department" not in visitor.page.text
    await visitor.follow("Change the plan")
    assert visitor.page.forms["plan-form"].values("services") == [service(site, "legal")]
    await visitor.press("plan-form")
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")

    assert "Foreign Police Department" not in visitor.page.text
    assert count(site, bookings, bookings.c.state == BookingState.CONFIRMED) == 1
    kept = sa.select(stops.c.service_id).join_from(stops, bookings, bookings.c.party_id == stops.c.party_id).where(
        bookings.c.state == BookingState.CONFIRMED
    )  # fmt: skip
    assert site.database.read_now(lambda conn: conn.execute(kept).scalars().all()) == [site.hall.service("legal")]


async def test_she_is_told_what_it_means_to_take_off_what_comes_first(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("residence-permit")])
    await visitor.press("plan-form", services=[service(site, "residence")], interpreter="none")
    told = "Normally it comes before: Residence permit."
    assert f"You took off: Legal advice. {told} You can go there without it." in visitor.page.text
    await visitor.press("times-form")
    assert f"Without: Legal advice. {told}" in visitor.page.text


async def test_the_language_is_kept_through_the_whole_way_also_without_cookies(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    tags: list[str] = []

    async def seen() -> None:
        visitor.browser.cookies.clear()
        assert visitor.answer is not None
        tags.append(visitor.answer.headers["content-language"])

    await visitor.open("/?lang=ar")
    await seen()
    await visitor.open(next(href for href in visitor.page.links.values() if href.startswith("/d/")))
    await seen()
    for form, typed in (
        ("needs-form", {"needs": [need("my-rights")]}),
        ("plan-form", {"interpreter": "none"}),
        ("times-form", {}),
        ("booking-form", {"name": "أميرة"}),
    ):
        await visitor.press(form, **typed)
        await seen()

    assert tags == ["ar"] * 6
    assert 'dir="rtl"' in visitor.page.html


async def test_addresses_before_the_time_is_kept_hold_no_word_of_what_she_needs(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("residence-permit")])
    await visitor.press("plan-form", interpreter="needed", languages=["ar", "en"], adults="2", children="3")

    query = visitor.path.partition("?")[2]
    assert [word for word in ("residence", "police", "legal", "permit") if word in query] == []
    assert "interpreter=needed&languages=ar&languages=en&adults=2&children=3" in query


async def test_a_refresh_shows_the_same_list_and_the_same_press_twice_keeps_one_time(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    first = await visitor.press("plan-form", interpreter="none")
    second = await visitor.open(visitor.path)
    assert second.forms["times-form"].buttons == first.forms["times-form"].buttons

    form = second.forms["times-form"]
    sent = [*form.fields, ("arrival", form.buttons["10:00"][1])]
    await visitor.send(form.action, "post", sent)
    kept = visitor.path
    await visitor.send(form.action, "post", sent)

    assert visitor.path == kept
    assert count(site, bookings) == 1


async def test_another_time_gives_the_first_one_back(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    await visitor.press("times-form", "10:00")
    used = _used(site)
    await visitor.follow("Change the time")
    await visitor.press("times-form", "11:00")

    states = sa.select(bookings.c.state).order_by(bookings.c.created_at, bookings.c.id)
    assert site.database.read_now(lambda conn: conn.execute(states).scalars().all()) == ["released", "held"]
    assert _used(site) == used


async def test_a_time_that_filled_while_she_looked_brings_the_list_again_and_loses_nothing(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    page = await visitor.press("plan-form", interpreter="own", languages=["uk"])
    at = page.forms["times-form"].buttons["09:00"][1]
    _fill(site, capacity.c.kind == "arrivals", capacity.c.bucket_at == site.hall.day.opens_at)
    await visitor.press("times-form", "09:00")

    assert visitor.status == 409
    assert "This time has just been taken. Please choose another time." in visitor.page.text
    form = visitor.page.forms["times-form"]
    assert "09:00" not in form.buttons
    assert (form.values("languages"), form.values("interpreter")) == (["uk"], ["own"])
    assert at
    await visitor.press("times-form", "09:15")
    assert "We keep this time for you until" in visitor.page.text


async def test_a_full_day_is_a_page_with_what_to_do_next(site: Site) -> None:
    open_day(site)
    _fill(site, sa.true())
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    page = await visitor.press("plan-form", interpreter="none")

    assert visitor.status == 200
    steps = ["No time is free for this plan", "Take a step off", "Ask the centre", "Come without an appointment"]
    assert [step for step in steps if step not in page.text] == []
    assert "times-form" not in page.forms


async def test_without_an_interpreter_she_is_told_so_plainly_and_can_come_all_the_same(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    page = await visitor.press("plan-form", interpreter="needed", languages=["vi"])

    assert "No interpreter for Tiếng Việt on this day" in page.text
    await visitor.press("times-form")
    assert "There is no interpreter for you on this day." in visitor.page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Please say how we shall talk."),
        ({"services": [], "interpreter": "none"}, "Please choose at least one thing that you need."),
        (
            {"interpreter": "none", "adults": "10", "children": "9"},
            "We can book at most 10 people together here. Please ask the centre.",
        ),
        (
            {"interpreter": "none", "adults": "0", "children": "2"},
            "A child needs an adult. Please add an adult who comes too.",
        ),
    ],
)
async def test_an_answer_that_is_missing_is_asked_for_on_its_own_page(
    site: Site, typed: dict[str, object], said: str
) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    page = await visitor.press("plan-form", languages=["uk", "ru"], **typed)

    assert (visitor.status, page.title.partition(" ·")[0]) == (422, "Your plan")
    assert page.text.count(said) == 2
    assert page.forms["plan-form"].values("languages") == ["uk", "ru"]


async def test_no_need_chosen_shows_the_needs_again(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    page = await visitor.press("needs-form")

    assert (visitor.status, "needs-form" in page.forms) == (422, True)
    assert page.text.count("Please choose at least one thing that you need.") == 2


async def test_rubbish_in_the_query_is_left_out(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    rubbish = "needs=x&services=zz&who=king&adults=-4&children=٣&languages=xx&interpreter=maybe&hold=1&lang=tlh&asked=1"
    statuses = [
        (await visitor.open(f"/d/{site.hall.day.slug}{page}?{rubbish}"), visitor.status)[1]
        for page in ("", "/plan", "/times")
    ]

    assert statuses == [200, 422, 422]


async def test_a_private_talk_is_named_where_she_chooses_it_and_nowhere_after(site: Site) -> None:
    open_day(site)
    private = services.update().where(services.c.id == site.hall.service("social")).values(private=True)
    site.database.write_now(lambda conn: conn.execute(private))
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    page = await visitor.press("needs-form", needs=[need("family-money-home")])
    assert "This talk is private. Your ticket says only: Talk at the centre." in page.text
    assert "Social advice" in page.text
    await visitor.press("plan-form", interpreter="none")
    await visitor.press("times-form")

    assert ("Talk at the centre" in visitor.page.text, "Social advice" in visitor.page.text) == (True, False)


# -- days that cannot be booked ------------------------------------------------------------------------------


async def test_an_invited_day_says_nothing_to_the_uninvited(site: Site) -> None:
    visitor = Visitor(site.browser())
    plan = f"needs={need('my-rights')}&services={service(site, 'legal')}&interpreter=none"
    for path in ("", "/plan", "/times"):
        page = await visitor.open(f"/d/{site.hall.day.slug}{path}?{plan}")
        assert list(page.forms) == ["invitation-form"]
        told = (site.hall.day.name, "December", "Legal", "Foreign Police", "09:00")
        assert [word for word in told if word in page.html] == []
        assert ("stands below" in page.html, "ask the people who told you" in page.html) == (False, True)
    site.database.write_now(lambda conn: conn.execute(centres.update().values(phone="+421 2 000 000")))
    reachable = await visitor.open(f"/d/{site.hall.day.slug}")
    assert ("How to reach it stands below" in reachable.html, "+421 2 000 000" in reachable.html) == (True, True)
    wrong = await visitor.press("invitation-form", invitation="AAAA-AAAA-AA")

    assert visitor.status == 422
    assert wrong.text.count("This invitation code is not right, or it was used before.") == 2
    assert (await visitor.open("/")).text.count("No day can be booked now") == 1
    refused = await visitor.browser.post(
        f"/d/{site.hall.day.slug}/holds", data={"arrival": "2026-12-03T09:00:00+00:00"}
    )
    assert (refused.status_code, "December" in refused.text) == (200, False)
    assert count(site, bookings) == 0


async def test_an_invitation_opens_the_day_until_it_is_used(site: Site) -> None:
    code, *_ = site.database.write_now(
        make_invitations, site.hall.id, count=1, uses=1, label="", actor=SYSTEM, now=site.hall.now
    )
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("invitation-form", invitation=f"{code[:5].lower()} {code[5:]}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")
    assert visitor.page.title.startswith("Your ticket 100")

    again = await visitor.open(f"/d/{site.hall.day.slug}?invitation={code}")
    assert list(again.forms) == ["invitation-form"]


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"state": DayState.DRAFT}, 404, "This day is not open for booking yet. Please ask the centre."),
        ({"state": DayState.CLOSED}, 410, "This day is over. Please choose another day, or ask the centre."),
        (
            {"state": DayState.CANCELLED},
            410,
            "This day will not take place. Please choose another day, or ask the centre.",
        ),
    ],
)
async def test_a_day_that_cannot_be_booked_says_why_and_what_to_do(
    site: Site, values: dict[str, object], status: int, said: str
) -> None:
    open_day(site)
    change_day(site, **values)
    visitor = Visitor(site.browser())
    page = await visitor.open(f"/d/{site.hall.day.slug}/plan?needs={need('my-rights')}")

    assert (visitor.status, said in page.text, "Go to the first page" in page.links) == (status, True, True)


async def test_after_closing_the_day_is_over(site: Site) -> None:
    open_day(site)
    site.set_time(site.hall.day.closes_at + timedelta(minutes=1))
    visitor = Visitor(site.browser())
    page = await visitor.open(f"/d/{site.hall.day.slug}")

    assert (visitor.status, "This day is over." in page.text) == (410, True)


async def test_an_unknown_day_is_not_found(site: Site) -> None:
    visitor = Visitor(site.browser())
    page = await visitor.open("/d/nowhere-2026-01-01")

    assert (visitor.status, "We do not know this day." in page.text) == (404, True)


async def test_a_paused_day_can_be_booked_and_says_so(site: Site) -> None:
    open_day(site)
    change_day(site, paused_at=site.hall.now, paused_why="alarm")
    visitor = Visitor(site.browser())
    page = await visitor.open(f"/d/{site.hall.day.slug}")

    assert "The day has a pause now. You can book all the same." in page.text
    await book(visitor, site, "my-rights")
    assert visitor.page.title.startswith("Your ticket")


async def test_the_first_page_lists_the_days_anybody_may_book(site: Site) -> None:
    open_day(site)
    page = await Visitor(site.browser()).open("/")

    assert [href for href in page.links.values() if href.startswith("/d/")] == [f"/d/{site.hall.day.slug}"]
    assert "Thursday 3 December 2026" in page.text


def _fill(site: Site, *where: sa.ColumnElement[bool]) -> None:
    full = capacity.update().where(capacity.c.day_id == site.hall.id, *where)
    site.database.write_now(lambda conn: conn.execute(full.values(used=capacity.c.total - capacity.c.reserve)))


def _used(site: Site) -> int:
    return site.database.read_now(lambda conn: conn.execute(sa.select(sa.func.sum(capacity.c.used))).scalar_one())
