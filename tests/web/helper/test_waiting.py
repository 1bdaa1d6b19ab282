"""A helper asks for a place in a draw or on a full day, and sees what became of hers and of nobody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.offers import take_offer
from onestop.booking.actions.waiting import join_list
from onestop.booking.drawing import run_draw
from onestop.booking.tables import bookings, contacts, draw_entries
from onestop.days.tables import capacity
from onestop.db.ledger import facts
from onestop.domain.booking import Channel
from onestop.domain.roles import SYSTEM
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from onestop.retention.actions import erase_party
from tests.counting import counted
from tests.web.helper.conftest import Helper, Make
from tests.web.public.test_waiting import fill, free_one
from tests.web.reception.test_draw import open_draw
from tests.web.site import Site

ASKED = "The request is taken. Please print the paper, or write down the code."


def rows(site: Site) -> list[tuple[Any, ...]]:
    """Everybody who asked: channel, state, whose."""
    asked = sa.select(bookings.c.channel, bookings.c.state, bookings.c.helper_id).order_by(bookings.c.created_at)
    return [tuple(row) for row in site.database.read_now(lambda conn: conn.execute(asked).all())]


async def asks(nora: Helper, **changed: str) -> str:
    """A request in the draw; gives the address of its page."""
    answer = await nora.press(f"{nora.home}/book", ask="1", **nora.answers(**changed))
    assert answer.status_code == 303, answer.status_code
    return answer.headers["location"].split("?")[0]


async def lists(nora: Helper, **changed: str) -> str:
    """Somebody on the waiting list; gives the address of her page."""
    answer = await nora.press(f"{nora.home}/book/waiting", **nora.answers(**changed))
    assert answer.status_code == 303, answer.status_code
    return answer.headers["location"].split("?")[0]


def draw(site: Site, *, places: int = 1) -> None:
    """The window is over: so many places are given."""
    hall, database = site.hall, site.database
    few = capacity.update().where(capacity.c.day_id == hall.id, capacity.c.kind == "arrivals")
    first = sa.select(sa.func.min(capacity.c.bucket_at)).where(capacity.c.kind == "arrivals").scalar_subquery()
    none = {"total": 0, "wanted": 0, "reserve": 0, "wanted_reserve": 0}
    database.write_now(lambda conn: conn.execute(few.values(none)))
    one = few.where(capacity.c.bucket_at == first).values(total=places, wanted=places)
    database.write_now(lambda conn: conn.execute(one))
    site.set_time(hall.now + timedelta(hours=11))
    run_draw(database, hall.id, key=site.app.state.ticket_key, actor=SYSTEM)


# -- the draw ----------------------------------------------------------------------------------------------


async def test_whoever_asks_through_a_helper_needs_no_address_and_gets_a_paper(site: Site, helper: Make) -> None:
    open_draw(site)
    nora = helper("nora")
    home, needs = await nora.look("/helper"), await nora.look(f"{nora.home}/book")
    offered = await nora.press(f"{nora.home}/book/times", **nora.answers())
    key = "k" * 22
    sent = {**nora.answers(ask="1"), "_key": key}
    answers = [await nora.browser.post(f"{nora.home}/book", data=sent) for _ in range(2)]
    page = await nora.look(answers[0].headers["location"])
    path = answers[0].headers["location"].split("?")[0]
    paper = await nora.look(f"{path}/print")

    assert ("This day is by draw. Requests are taken until" in home, "This day is by draw." in needs) == (True, True)
    assert ('name="ask"' in offered.text, 'name="arrival"' in offered.text) == (True, False)
    assert [answer.headers["location"] for answer in answers] == [f"{path}?did=asked"] * 2
    assert rows(site) == [(Channel.HELPER, "requested", nora.account)]
    entries, addresses = site.database.read_now(
        lambda conn: [conn.execute(sa.select(table)).all() for table in (draw_entries, contacts)]
    )
    assert (len(entries), len(addresses)) == (1, 0)
    party = UUID(path.rsplit("/", 1)[1])
    code = waiting_code(site.app.state.ticket_key, day=site.hall.id, party=party)
    short = spell_short_code(waiting_short_code(site.app.state.ticket_key, day=site.hall.id, party=party))
    assert [part in page for part in (ASKED, short, f"/w/{code}", str(entries[0].id))] == [True] * 4
    assert [part in paper for part in (short, str(entries[0].id), '<div class="paper waiting-paper" lang="uk"')] == [
        True
    ] * 3
    assert "Legal advice" not in paper


async def test_requests_count_for_her_cap_and_one_that_is_taken_back_does_not(site: Site, helper: Make) -> None:
    open_draw(site)
    nora = helper("nora", cap=1)
    path = await asks(nora)
    full = "All bookings of your account for this day are used: 1 of 1. Cancel one, or ask the centre."

    refused = await nora.press(f"{nora.home}/book", ask="1", **nora.answers(name="Samir", phone="0903 123 456"))
    home = await nora.look("/helper")
    gone = await nora.press(f"{path}/leave")
    page = await nora.look(gone.headers["location"])
    await asks(nora, name="Samir")

    assert (refused.status_code, full in refused.text, 'value="Samir"' in refused.text) == (409, True, True)
    assert ("You have 1 of 1 bookings." in home, "Takes part in the draw" in home) == (True, True)
    assert ("She is not on the list any more." in page, f"{path}/leave" in page) == (True, False)
    assert [state for _, state, _ in rows(site)] == ["withdrawn", "requested"]


async def test_before_and_after_the_window_she_is_told_when_and_asks_for_nobody(site: Site, helper: Make) -> None:
    open_draw(site)
    nora = helper("nora")
    now = site.hall.now
    site.set_time(now - timedelta(minutes=1))
    before = (await nora.look("/helper"), await nora.look(f"{nora.home}/book"))
    early = await nora.press(f"{nora.home}/book", ask="1", **nora.answers())
    site.set_time(now + timedelta(hours=10))
    after = (await nora.look("/helper"), await nora.look(f"{nora.home}/book"))
    late = await nora.press(f"{nora.home}/book", ask="1", **nora.answers())

    assert ["This day is by draw. Requests are taken from" in page for page in before] == [True, True]
    assert ["The time for requests is over. The places are given now." in page for page in after] == [True, True]
    assert ['name="needs"' in page or f'href="{nora.home}/book"' in page for page in (before[0], after[0])] == [
        False
    ] * 2
    assert ['name="needs"' in page for page in (before[1], after[1])] == [False, False]
    assert (early.status_code, late.status_code, rows(site)) == (409, 410, [])


async def test_after_the_draw_her_list_says_who_has_a_place_and_until_when(site: Site, helper: Make) -> None:
    open_draw(site)
    nora = helper("nora")
    paths = [await asks(nora, name=name) for name in ("Amal", "Samir")]
    draw(site)
    home = await nora.look("/helper")
    pages = [await nora.look(path) for path in paths]
    placed = next(path for path, page in zip(paths, pages, strict=True) if "A place is free for her" in page)
    other = next(path for path in paths if path != placed)
    taken = await nora.press(f"{placed}/take")
    again = await nora.press(f"{placed}/take")
    booking = await nora.look(taken.headers["location"])

    assert sorted(page.count("A place is free for her") for page in pages) == [0, 1]
    assert ("Offered: " in home, "On the waiting list" in home) == (True, True)
    assert home.index("Offered:") < home.index("On the waiting list")
    assert "The draw gave her no place at once." in await nora.look(other)
    assert "Список очікування" in await nora.look(f"{other}/print")
    assert (taken.status_code, again.headers["location"]) == (303, taken.headers["location"])
    assert "Booked. Please print the ticket" in booking
    assert sorted(state for _, state, _ in rows(site)) == ["confirmed", "listed"]
    told = sa.select(facts.c.actor).where(facts.c.kind == "BookingConfirmed")
    assert site.database.read_now(lambda conn: list(conn.execute(told).scalars())) == [f"account:{nora.account}"]


# -- the waiting list --------------------------------------------------------------------------------------


async def test_on_a_full_day_she_lists_somebody_and_takes_the_place_that_is_offered(site: Site, helper: Make) -> None:
    nora = helper("nora")
    tickets = fill(site)
    path = await lists(nora)
    waiting = (await nora.look(path), await nora.look("/helper"))
    free_one(site, tickets[-1])
    offered = await nora.look(path)
    taken = await nora.press(f"{path}/take")
    page = await nora.look(taken.headers["location"])

    assert ["On the waiting list" in each for each in waiting] == [True, True]
    assert ("A place is free for her" in offered, "Please answer before" in offered) == (True, True)
    assert ("Booked. Please print the ticket" in page, nora.kept()) == (True, [("Amal", "confirmed")])
    assert (await nora.browser.get(path)).headers["location"] == taken.headers["location"].split("?")[0]


async def test_a_no_gives_the_place_to_the_next_one_and_she_stays_listed(site: Site, helper: Make) -> None:
    nora = helper("nora")
    tickets = fill(site)
    path = await lists(nora)
    free_one(site, tickets[-1])
    said = await nora.press(f"{path}/decline")
    page = await nora.look(said.headers["location"])

    assert ("The place goes to the next one." in page, "On the waiting list" in page) == (True, True)
    assert [state for channel, state, _ in rows(site) if channel == Channel.HELPER] == ["listed"]


async def test_an_offer_that_is_over_is_said_and_not_taken(site: Site, helper: Make) -> None:
    nora = helper("nora")
    tickets = fill(site)
    path = await lists(nora)
    free_one(site, tickets[-1])
    assert "A place is free for her" in await nora.look(path)
    site.set_time(site.hall.now + timedelta(minutes=40))
    late = await nora.press(f"{path}/take")

    assert (late.status_code, "This offer is over. The time for an answer has ended." in late.text) == (409, True)
    assert ("A place is free for her" in late.text, nora.kept()) == (False, [])


async def test_of_the_list_she_sees_her_own_people_and_nobody_else(site: Site, helper: Make) -> None:
    nora, omar = helper("nora"), helper("omar")
    fill(site)
    mine, theirs = await lists(nora, name="Amal"), await lists(omar, name="Zahra")
    party = site.hall.write(
        join_list,
        site.hall.id,
        site.hall.wish("legal"),
        channel=Channel.RECEPTION,
        key=site.app.state.ticket_key,
        name="Olena",
    )
    unknown = "01900000-0000-7000-8000-000000000000"
    home, omars = await nora.look("/helper"), await omar.look("/helper")
    met: list[list[int]] = []
    for foreign in (theirs.rsplit("/", 1)[1], str(party), unknown):
        path = f"{nora.home}/waiting/{foreign}"
        met.append(
            [
                *[(await nora.browser.get(path + end)).status_code for end in ("", "/print")],
                *[(await nora.press(path + end)).status_code for end in ("/take", "/decline", "/leave")],
            ]
        )

    assert [name in home for name in ("Amal", "Zahra", "Olena")] == [True, False, False]
    assert [name in omars for name in ("Amal", "Zahra", "Olena")] == [False, True, False]
    assert met == [[404] * 5] * 3
    assert (await nora.browser.get(mine)).status_code == 200
    assert sorted(state for _, state, _ in rows(site)).count("listed") == 3


async def test_a_booking_whose_visitor_wishes_an_earlier_time_is_not_moved_from_here(site: Site, helper: Make) -> None:
    """What was asked on her own page is hers: the helper's page of the list leads to the booking."""
    nora = helper("nora")
    tickets = fill(site)
    path = await lists(nora)
    free_one(site, tickets[-1])
    party = UUID(path.rsplit("/", 1)[1])
    site.hall.write(take_offer, party, key=site.app.state.ticket_key)
    late = [await nora.press(f"{path}/{act}") for act in ("take", "leave", "decline")]

    assert [each.status_code for each in late] == [303] * 3
    assert nora.kept() == [("Amal", "confirmed")]
    assert (await nora.browser.get(path)).headers["location"] == f"{nora.home}/parties/{party}"


async def test_erased_people_are_gone_from_her_list(site: Site, helper: Make) -> None:
    open_draw(site)
    nora = helper("nora")
    erased, stays = await asks(nora, name="Amal"), await asks(nora, name="Samir")
    assert "Amal" in await nora.look("/helper")
    site.hall.write(erase_party, UUID(erased.rsplit("/", 1)[1]), journal=None)
    home = await nora.look("/helper")

    assert ("Amal" in home, "Samir" in home) == (False, True)
    assert [(await nora.browser.get(path)).status_code for path in (erased, stays)] == [404, 200]


async def test_pages_cost_the_same_however_many_wait(site: Site, helper: Make) -> None:
    open_draw(site)
    nora = helper("nora", cap=10)
    path = await asks(nora)

    async def costs() -> list[int]:
        found: list[int] = []
        for page in ("/helper", path, f"{path}/print"):
            await nora.look(page)
            with counted() as count:
                await nora.look(page)
                found.append(count())
        return found

    one = await costs()
    for _ in range(3):
        await asks(nora)

    assert await costs() == one
    assert max(one) < 16
