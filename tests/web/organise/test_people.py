"""The people of a day and their shifts: entered, changed, taken off, moved and copied with the day."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import add_account
from onestop.days.copying import copy_day
from onestop.days.queries.crew import CrewRow, crew_of_day
from onestop.days.queries.days import day_by_id, day_by_slug
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.queries.picture import picture_of
from onestop.days.tables import setup_changes
from onestop.db.ledger import facts
from onestop.domain.crew import Work
from onestop.domain.intervals import Interval
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.reports.verify import verify
from onestop.visits.actions.moving import move_day
from tests.counting import counted
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


def told(text: str) -> str:
    """What the main part of a page says."""
    bare = re.sub(r"<[^>]+>", " ", text.partition("<main")[2])
    plain = " ".join(re.sub("[\u2066-\u2069]", "", bare).split())
    return plain.replace(" – ", "–").replace(" ,", ",").replace(" .", ".").replace("( ", "(")


def crew(site: Site, day: UUID | None = None) -> list[CrewRow]:
    """The people of the day."""
    return site.database.read_now(crew_of_day, day or site.hall.id)


def hours(*pairs: tuple[int, int], on: int = 3, month: int = 12) -> tuple[Interval, ...]:
    """Local hours of the day in winter."""
    return tuple(
        (datetime(2026, month, on, start - 1, tzinfo=UTC), datetime(2026, month, on, end - 1, tzinfo=UTC))
        for start, end in pairs
    )


async def enter(organiser: Organiser, work: str = "reception", **typed: object) -> str:
    """Enter a person; gives what the page then says."""
    await organiser.open(f"{DAY}/people/new?work={work}")
    answer = await organiser.send(f"{DAY}/people", **typed)
    return told(answer.text)


async def test_people_stand_under_their_work_with_their_hours_and_mediators_beside_them(site: Site) -> None:
    desk = site.database.read_now(desks_of_day, site.hall.id)[0]
    organiser = Organiser(site)

    await enter(organiser, label="Volunteer 3", opens_1="09:00", closes_1="11:00", opens_2="13:00", closes_2="17:00")
    page = await enter(organiser, "officer", label="Eva", place=f"desk:{desk.id}", opens_1="9", closes_1="12")

    mediator = site.database.read_now(mediators_of_day, site.hall.id)[0].label
    name = desk.institution.name
    assert f"Officers Eva Desk 1 · {name} 09:00–12:00 Add a person Mediators Bookings are planned" in page
    reception = "People at the reception Volunteer 3 09:00–11:00, 13:00–17:00 Add a person Floor guides Nobody"
    assert reception in page
    assert f" {mediator} " in page
    assert [(one.work, one.label, one.desk_number, one.hours) for one in crew(site)] == [
        (Work.OFFICER, "Eva", 1, hours((9, 12))),
        (Work.RECEPTION, "Volunteer 3", None, hours((9, 11), (13, 17))),
    ]


async def test_a_shift_is_changed_and_taken_off_and_each_is_a_fact_without_a_name(site: Site) -> None:
    organiser = Organiser(site)
    await enter(organiser, label="Volunteer 3")
    (one,) = crew(site)
    path = f"{DAY}/people/{one.id}"

    await organiser.open(path)
    changed = await organiser.send(path, work="guide", opens_1="07:00", closes_1="10:00")
    (after,) = crew(site)
    await organiser.open(path)
    await organiser.send(f"{path}/remove")

    assert "Saved." in changed.text
    assert (after.id, after.work, after.hours) == (one.id, Work.GUIDE, hours((7, 10)))
    assert crew(site) == []
    rows = site.database.read_now(
        lambda conn: conn.execute(sa.select(facts.c.kind, facts.c.terms).where(facts.c.kind.like("Person%"))).all()
    )
    assert [tuple(row) for row in rows] == [
        ("PersonAdded", {"work": "reception"}),
        ("PersonChanged", {"work": "guide"}),
        ("PersonRemoved", {"work": "guide"}),
    ]


async def test_what_is_wrong_is_told_at_its_place_and_nothing_typed_is_lost(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/people/new")

    none = await organiser.send(f"{DAY}/people", label="Kept", opens_1="soon", closes_1="12:00")
    place = await organiser.send(f"{DAY}/people", work="officer", opens_1="9", closes_1="12")
    twice = await organiser.send(f"{DAY}/people", work="guide", opens_2="11:00", closes_2="13:00")
    far = await organiser.send(f"{DAY}/people", opens_2="20:00", closes_2="23:00")
    empty = await organiser.send(f"{DAY}/people", **dict.fromkeys(("opens_1", "closes_1", "opens_2", "closes_2"), ""))

    assert [
        '<a href="#work">Please choose what this person does.</a>' in none.text,
        '<a href="#hours">Please write a time such as 09:30.</a>' in none.text,
        'value="soon"' in none.text,
        '<a href="#place">Please choose an institution or a desk.</a>' in place.text,
        '<a href="#hours">Two of these times overlap.</a>' in twice.text,
        "A shift can begin 4 hours before the day" in far.text,
        '<a href="#hours">Please give at least one time from and to.</a>' in empty.text,
        'value="Kept"' in empty.text,
    ] == [True] * 8
    assert [page.status_code for page in (none, place, twice, far, empty)] == [422] * 5
    assert crew(site) == []


async def test_a_change_of_somebody_else_is_told_and_the_same_press_is_one_person(site: Site) -> None:
    first, second = Organiser(site), Organiser(site)
    await first.open(f"{DAY}/people/new?work=guide")
    await second.open(f"{DAY}/people/new?work=guide")
    await first.press(f"{DAY}/people", label="Jana")
    await first.press(f"{DAY}/people", label="Jana")

    refused = await second.send(f"{DAY}/people", label="Peter")
    again = await second.send(f"{DAY}/people")

    assert (refused.status_code, 'value="Peter"' in refused.text, again.status_code) == (409, True, 200)
    assert [one.label for one in crew(site)] == ["Jana", "Peter"]


async def test_the_history_says_work_and_hours_and_undo_brings_back_a_place_without_its_name(site: Site) -> None:
    organiser = Organiser(site)
    await enter(organiser, label="Kanarinka")
    before = site.database.read_now(picture_of, site.hall.id)
    (one,) = crew(site)
    await organiser.open(f"{DAY}/people/{one.id}")
    await organiser.send(f"{DAY}/people/{one.id}/remove")

    page = await organiser.open(f"{DAY}/history")
    await organiser.send(f"{DAY}/history/undo")

    assert "A person of the day" in told(page.text)
    assert re.search(r"Work .{0,8}Reception", told(page.text)), told(page.text)
    rows = site.database.read_now(lambda conn: conn.execute(sa.select(setup_changes)).all())
    assert ("Kanarinka" in str(rows), len(rows)) == (False, 3)
    assert site.database.read_now(picture_of, site.hall.id) == before
    assert [(each.id, each.label, each.hours) for each in crew(site)] == [(one.id, "", one.hours)]
    assert "Nobody yet" in told((await organiser.open(f"{DAY}/people")).text)


async def test_an_officer_stays_with_her_institution_when_her_desk_goes_and_gets_it_back_by_undo(site: Site) -> None:
    organiser = Organiser(site)
    desk = site.database.read_now(desks_of_day, site.hall.id)[0]
    await enter(organiser, "officer", label="Eva", place=f"desk:{desk.id}")
    path = f"{DAY}/desks/{desk.number}"
    await organiser.open(path)
    sent = await organiser.send(f"{path}/remove")
    gone = crew(site)
    await organiser.open(f"{DAY}/history")

    await organiser.send(f"{DAY}/history/undo")

    assert sent.status_code == 200
    assert [(one.desk, one.institution) for one in gone] == [(None, desk.institution.id)]
    assert [(one.desk, one.label) for one in crew(site)] == [(desk.id, "Eva")]


async def test_shifts_follow_the_hours_of_the_day_and_its_date(site: Site) -> None:
    organiser = Organiser(site)
    await enter(organiser, label="All day")
    await enter(organiser, "guide", label="Early", opens_1="08:00", closes_1="10:00")
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", opens="09:30")
    followed = {one.label: one.hours for one in crew(site)}
    day = site.database.read_now(day_by_id, site.hall.id)

    site.database.write_now(
        move_day,
        day.id,
        on=date(2026, 12, 10),
        bookings_too=True,
        version=day.version,
        actor=SYSTEM,
        now=site.database.now(),
    )

    (early,) = hours((8, 10))
    assert followed["Early"] == (early,)
    assert followed["All day"][0][0] == day.opens_at
    moved = {one.label: one.hours for one in crew(site)}
    assert moved["Early"] == hours((8, 10), on=10)
    assert [at.day for at in moved["All day"][0]] == [10, 10]
    assert site.database.read_now(verify, now=site.database.now()) == []


async def test_a_day_like_an_earlier_one_has_its_places_and_nobody_in_them(site: Site) -> None:
    organiser = Organiser(site)
    desk = site.database.read_now(desks_of_day, site.hall.id)[1]
    await enter(organiser, label="Kanarinka", opens_1="08:00", closes_1="12:00")
    await enter(organiser, "officer", label="Eva", place=f"desk:{desk.id}")

    slug = site.database.write_now(copy_day, site.hall.id, on=date(2027, 1, 14), actor=SYSTEM, now=site.database.now())

    copy = site.database.read_now(day_by_slug, slug)
    there = {one.number: one.id for one in site.database.read_now(desks_of_day, copy.id)}
    officer, reception = crew(site, copy.id)
    assert (officer.label, officer.desk, officer.institution) == ("", there[desk.number], desk.institution.id)
    assert (reception.label, reception.hours[0][0]) == ("", datetime(2027, 1, 14, 7, tzinfo=UTC))


async def test_the_page_takes_as_many_statements_for_many_people_as_for_one(site: Site) -> None:
    organiser = Organiser(site)
    await enter(organiser, label="A")
    await organiser.open(f"{DAY}/people")
    with counted() as one:
        await organiser.open(f"{DAY}/people")
        few = one()
    for each in "BCD":
        await enter(organiser, "guide", label=each)
    await organiser.open(f"{DAY}/people")
    with counted() as four:
        await organiser.open(f"{DAY}/people")
        many = four()
    assert many == few


async def test_the_page_says_where_somebody_is_missing_and_the_check_once_shifts_are_entered(site: Site) -> None:
    organiser = Organiser(site)
    before = told((await organiser.open(DAY)).text)
    empty = told((await organiser.open(f"{DAY}/people")).text)
    await enter(organiser, label="Volunteer 3", opens_1="08:00", closes_1="11:30")
    volunteers = told((await organiser.open(DAY)).text)
    desk = site.database.read_now(desks_of_day, site.hall.id)[1]
    await enter(organiser, "officer", label="Eva", place=f"desk:{desk.id}")
    page = told((await organiser.open(f"{DAY}/people")).text)
    officers = told((await organiser.open(DAY)).text)

    assert ("is entered at" in before, "Where somebody is missing" in empty) == (False, False)
    assert "Where somebody is missing" in page
    assert "Nobody is entered at the reception at 11:30–15:00." in volunteers
    assert "No floor guide is entered at 09:00–15:00." in volunteers
    assert "Nobody is entered for" not in volunteers
    assert "Nobody is entered for some of the hours of desks 1, 3, 4, 5 and 6" in officers
    assert "Reception 11:30–15:00 there there part of it nobody nobody nobody" in page
    assert f"{desk.institution.name}–there there there there there there" in page


async def test_a_place_without_a_name_fills_no_gap(site: Site) -> None:
    organiser = Organiser(site)
    await enter(organiser, label="")
    page = told((await organiser.open(DAY)).text)
    assert "Nobody is entered at the reception at 09:00–15:00." in page


async def test_the_rota_is_taken_as_one_page(site: Site) -> None:
    organiser = Organiser(site)
    await enter(organiser, label="Volunteer 3")

    answer = await organiser.open(f"{DAY}/people.pdf")

    assert (answer.headers["content-type"], answer.content[:5], "no-store" in answer.headers["cache-control"]) == (
        "application/pdf",
        b"%PDF-",
        True,
    )


async def test_who_organises_this_day_only_is_offered_the_accounts_of_this_day_only(site: Site) -> None:
    def account(login: str, day: UUID | None) -> UUID:
        grant = Grant(role=Role.RECEPTIONIST, day=day)
        how = {"login": login, "password_hash": "", "held": (grant,), "actor": SYSTEM, "now": site.database.now()}
        return site.database.write_now(add_account, **how)

    here, elsewhere = account("jana-of-this-day", site.hall.id), account("eva-of-all-days", None)
    everywhere, only = Organiser(site), Organiser(site, day=site.hall.id)
    pages = [(await each.open(f"{DAY}/people/new?work=guide")).text for each in (everywhere, only)]
    await only.send(f"{DAY}/people", label="Eva", account=str(elsewhere))
    await only.open(f"{DAY}/people/new?work=guide")
    await only.send(f"{DAY}/people", label="Jana", account=str(here))

    logins = ("jana-of-this-day", "eva-of-all-days")
    assert [[login in page for login in logins] for page in pages] == [[True, True], [True, False]]
    assert {one.label: one.account for one in crew(site)} == {"Eva": None, "Jana": here}
