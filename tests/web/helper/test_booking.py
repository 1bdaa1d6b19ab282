"""A helper books for somebody without phone, mail or our alphabet, and afterwards sees what she booked."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, parties, stops
from onestop.booking.tickets import new_code
from onestop.days.tables import days
from onestop.db.ledger import facts
from onestop.directory.tables import services
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.domain.ticket import spell_short_code
from onestop.visits.actions.arrivals import check_in
from onestop.web.kit.limits import Limits
from onestop.web.kit.locale import locale_for
from onestop.web.kit.questions import answer_mark
from onestop.web.kit.words import service_title
from tests.halls import ON, make_test_day
from tests.web.helper.conftest import Make
from tests.web.site import Site


def code_on(page: str) -> str:
    """The last code that stands out on a page."""
    return page.split('<p class="code">')[-1].split(">", 1)[1].split("<")[0]


async def test_from_needs_to_a_ticket_to_print(site: Site, helper: Make) -> None:
    nora = helper("nora")
    needs = await nora.look(f"{nora.home}/book")
    chosen = await nora.press(f"{nora.home}/book/wish", needs="my-rights")
    wish = await nora.look(chosen.headers["location"])
    at = (await nora.times())[2]
    key = "k" * 22
    booked = await nora.browser.post(f"{nora.home}/book", data={**nora.answers(arrival=at), "_key": key})
    again = await nora.browser.post(f"{nora.home}/book", data={**nora.answers(arrival=at), "_key": key})
    page = await nora.look(booked.headers["location"])
    path = booked.headers["location"].split("?")[0]
    paper = await nora.look(f"{path}/print")

    assert "I have a question about the law or a letter" in needs
    assert ("Legal advice" in wish, "IOM Migration Information Centre" in wish) == (True, True)
    assert (booked.status_code, again.headers["location"]) == (303, booked.headers["location"])
    assert nora.kept() == [("Amal", "confirmed")]
    assert ("Booked. Please print the ticket" in page, f'href="{path}/print"' in page) == (True, True)
    assert ("To bring:" in page, "Legal advice" in page) == (True, True)
    assert [code_on(page) in paper, ">100</bdi></span>" in paper] == [True, True]
    assert ('<div class="paper" lang="uk"' in paper, "Покажіть цей талон" in paper) == (True, True)
    (row,) = site.database.read_now(lambda conn: conn.execute(sa.select(bookings)).all())
    assert (row.channel, row.helper_id) == (Channel.HELPER, nora.account)


async def test_an_answer_about_a_need_takes_a_desk_off_and_decides_on_papers(site: Site, helper: Make) -> None:
    nora = helper("nora")
    chosen = await nora.press(f"{nora.home}/book/wish", needs="residence-permit")
    wish = await nora.look(chosen.headers["location"])
    about = wish.split('name="about" value="')[1].split('"')[0]
    both = [str(site.hall.service(key)) for key in ("residence", "legal")]
    asked = {**nora.answers(), "services": both, "about": about}
    assert ("Do you have a residence permit now?" in wish, "Then you do not need: Legal advice." in wish) == (
        True,
        True,
    )
    assert ("Without your passport this desk cannot help you." in wish, "if children come" in wish) == (True, True)

    times = await nora.browser.post(f"{nora.home}/book/times", data={**asked, "say1": answer_mark("permit:extend")})
    said = times.text.split('name="said" value="')[1].split('"')[0]
    at = times.text.split('name="arrival"')[1].split('value="', 1)[1].split('"')[0]
    booked = await nora.browser.post(f"{nora.home}/book", data={**asked, "said": said, "arrival": at})
    page = await nora.look(booked.headers["location"])

    (row,) = site.database.read_now(lambda conn: conn.execute(sa.select(parties)).all())
    kinds = site.database.read_now(
        lambda conn: conn.execute(sa.select(services.c.key).join_from(stops, services)).scalars().all()
    )
    assert (row.answers, kinds) == (["permit:extend"], ["residence"])
    assert ("Your residence card" in page, "if you extend" in page, "of your children" in page) == (True, False, False)


async def test_a_day_by_invitation_needs_no_code_here(site: Site, helper: Make) -> None:
    site.database.write_now(lambda conn: conn.execute(days.update().values(release=Release.INVITED)))
    nora = helper("nora")

    await nora.book()

    assert nora.kept() == [("Amal", "confirmed")]


async def test_at_her_cap_she_is_told_and_what_she_typed_stays(site: Site, helper: Make) -> None:
    nora = helper("nora", cap=1)
    times = await nora.times()
    path = await nora.book()
    full = "All bookings of your account for this day are used: 1 of 1. Cancel one, or ask the centre."

    other = nora.answers(name="Samir", phone="0903 123 456")
    refused = await nora.press(f"{nora.home}/book", arrival=times[3], **other)
    needs = await nora.look(f"{nora.home}/book")
    home = await nora.look("/helper")
    await nora.press(f"{path}/cancel")
    after = await nora.press(f"{nora.home}/book", arrival=times[3], **other)

    assert (refused.status_code, full in refused.text) == (409, True)
    assert ['value="Samir"' in refused.text, 'value="0903 123 456"' in refused.text] == [True, True]
    assert (full in needs, 'name="needs"' in needs) == (True, False)
    assert ("You have 1 of 1 bookings." in home, f'href="{nora.home}/book"' in home) == (True, False)
    assert after.status_code == 303
    assert sorted(nora.kept()) == [("Amal", "cancelled"), ("Samir", "confirmed")]


async def test_whoever_books_and_cancels_without_end_is_slowed_down(site: Site, helper: Make) -> None:
    nora = helper("nora")
    site.app.state.limits = Limits(scale=0.1)

    met = [
        (await nora.press(f"{nora.home}/book", arrival=at, **nora.answers())).status_code for at in await nora.times()
    ]

    assert (met[:3], set(met[3:]), len(nora.kept())) == ([303] * 3, {429}, 3)


async def test_a_time_that_went_in_the_meantime_shows_the_others(helper: Make) -> None:
    nora = helper("nora", cap=50)
    at = (await nora.times())[0]
    while at in await nora.times():
        await nora.press(f"{nora.home}/book", arrival=at, **nora.answers())

    late = await nora.press(f"{nora.home}/book", arrival=at, **nora.answers(name="Samir"))

    assert late.status_code == 409
    assert ("This time has just been taken." in late.text, 'value="Samir"' in late.text) == (True, True)


async def test_wrong_input_is_told_beside_its_field(helper: Make) -> None:
    nora = helper("nora")

    email = await nora.press(f"{nora.home}/book/times", **nora.answers(email="amal"))
    nothing = await nora.press(f"{nora.home}/book/wish")
    children = await nora.press(f"{nora.home}/book/times", **nora.answers(adults="0", children="1"))

    assert [each.status_code for each in (email, nothing, children)] == [422, 422, 422]
    assert ('href="#email"' in email.text, 'value="amal"' in email.text) == (True, True)
    assert "Please choose at least one thing that you need." in nothing.text
    assert "A child needs an adult." in children.text
    assert nora.kept() == []


async def test_she_moves_and_cancels_her_booking_under_her_own_name(site: Site, helper: Make) -> None:
    nora = helper("nora")
    path = await nora.book()
    shown = await nora.look(f"{path}/time")
    last = shown.split('name="arrival" value="')[-1].split('"')[0]

    moved = await nora.press(f"{path}/time", arrival=last)
    nothing = await nora.press(f"{path}/time", arrival="soon")
    (row,) = site.database.read_now(lambda conn: conn.execute(sa.select(bookings.c.arrival_at)).all())
    cancelled = await nora.press(f"{path}/cancel")
    page = await nora.look(cancelled.headers["location"])
    late = [await nora.press(f"{path}/{act}", arrival=last) for act in ("cancel", "time")]
    gone = [await nora.browser.get(f"{path}/{part}") for part in ("print", "time")]

    assert (moved.headers["location"], nothing.status_code) == (f"{path}?did=moved", 422)
    assert row.arrival_at.isoformat() == last
    assert "The booking is cancelled. The time is free again." in page
    assert (f"{path}/print" in page, "Legal advice" in page, '<p class="ticket-label">' in page) == (
        False,
        False,
        False,
    )
    assert [each.status_code for each in (*late, *gone)] == [410] * 4
    told = sa.select(facts.c.kind).where(facts.c.actor == f"account:{nora.account}").order_by(facts.c.id)
    assert site.database.read_now(lambda conn: list(conn.execute(told).scalars())) == [
        "BookingHeld",
        "BookingConfirmed",
        "BookingMoved",
        "BookingCancelled",
    ]


async def test_once_the_visitor_is_here_code_plan_and_paper_are_hers_alone(site: Site, helper: Make) -> None:
    nora = helper("nora")
    path = await nora.book()
    before = await nora.look(path)
    party = path.rsplit("/", 1)[1]
    site.set_time(site.hall.day.opens_at)
    site.hall.write(check_in, UUID(party))
    after = await nora.look(path)

    parts = ("Legal advice", '<p class="ticket-label">', f"{path}/cancel", f"{path}/print")
    assert [[part in page for part in parts] for page in (before, after)] == [[True] * 4, [False] * 4]
    assert ("She is here." in after, nora.kept()) == (True, [("Amal", "arrived")])
    assert [(await nora.browser.get(f"{path}/{part}")).status_code for part in ("print", "time")] == [409, 409]


async def test_the_code_of_a_ticket_that_was_renewed_is_not_shown_to_her(site: Site, helper: Make) -> None:
    nora = helper("nora")
    path = await nora.book()
    before = await nora.look(path)
    party, key = UUID(path.rsplit("/", 1)[1]), site.app.state.ticket_key
    renewed = spell_short_code(site.hall.write(new_code, party=party, key=key).short)
    after = await nora.look(path)
    printing = await nora.browser.get(f"{path}/print")

    parts = ('<p class="ticket-label">', f'href="{path}/print"', f"{path}/cancel", "Legal advice")
    assert [[part in page for part in parts] for page in (before, after)] == [[True] * 4, [False, False, True, True]]
    assert (renewed in after, "The visitor was given a new ticket." in after) == (False, True)
    assert (printing.status_code, printing.headers["location"]) == (303, path)


async def test_a_private_talk_is_not_named_on_the_plan(site: Site, helper: Make) -> None:
    centre = make_test_day(site.database, template="greek-mic", on=ON + timedelta(days=7))
    private = next(service for service in centre.offer.services if service.private)
    named = next(service for service in centre.offer.services if not service.private)
    nora = helper("nora")
    home = f"/helper/{centre.day.slug}"
    form = {**nora.answers(), "services": [str(private.id), str(named.id)]}
    times = (await nora.browser.post(f"{home}/book/times", data=form)).text
    at = times.split('name="arrival" value="')[1].split('"')[0]

    booked = await nora.browser.post(f"{home}/book", data={**form, "arrival": at})
    page = await nora.look(booked.headers["location"])

    assert ("Talk at the centre" in page, named.institution.name in page) == (True, True)
    titles = [service_title(locale_for("en"), each.key) for each in (named, private)]
    assert [title in page for title in titles] == [True, False]
    assert [title in times for title in titles] == [True, True]
