"""Where places are few: the waiting list with its offer, and the draw with one who wins and one who waits."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, expect

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.tables import bookings, stops, waiting
from onestop.days.drawing import announce_draw
from onestop.days.queries.draws import the_draw
from onestop.days.tables import days, draws
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.domain.levelling import SOON
from onestop.domain.roles import SYSTEM
from onestop.keys import load_ticket_key
from onestop.locale.catalogue import read_catalogue
from onestop.settings import Settings
from tests.halls import TestDay
from tests.journeys.conftest import Hall
from tests.journeys.days import another_day, fill
from tests.journeys.hand import NAMES, Hand, ways
from tests.journeys.people import link_in_mail, wait_until
from tests.journeys.test_book import booked, cancel, states
from tests.web.public.test_draw_again import RIGHT, computed, copied

pytestmark = pytest.mark.browser
Anyone = Callable[..., BrowserContext]


def full_day(hall: Hall, holder: Hand) -> tuple[TestDay, str]:
    """A day without a free time for legal advice, and the ticket of one who has one."""
    day = another_day(hall)
    ticket = booked(holder, day)
    fill(day)
    return day, ticket


def join(hand: Hand, day: TestDay, address: str = "") -> str:
    """From the link of a full day to the page that waits; gives its path."""
    page = hand.page
    hand.open(f"/d/{day.day.slug}?lang={hand.language}")
    hand.tap(page.locator("label[for=need-my-rights]"))
    hand.turn(page.locator("#needs-form button"))
    hand.tap(page.locator("label[for=interpreter-none]"))
    hand.turn(page.locator("#plan-form .actions button"))
    hand.turn(page.locator("main a.button[href*='/waiting']"))
    hand.write("#name", NAMES[hand.language])
    if address:
        hand.write("#email", address)
    hand.turn(page.locator("#list-form .actions.reach button"))
    return own_page(hand)


def own_page(hand: Hand) -> str:
    """The path of the page that waits."""
    found = re.search(r"/w/[a-z2-7]{26}", hand.page.url)
    assert found is not None, hand.page.url
    return found[0]


def somebody_cancels(hall: Hall, holder: Hand, ticket: str, day: TestDay) -> None:
    """A time becomes free, and the list is asked by the job of the server."""
    holder.open(f"{ticket}?lang={holder.language}")
    cancel(holder)
    offered = sa.select(waiting.c.party_id).where(waiting.c.day_id == day.id, waiting.c.offer_at.is_not(None))
    wait_until(hall, lambda conn: conn.execute(offered).first())


def take(hand: Hand) -> None:
    """From the page with the offer to the ticket."""
    hand.turn(hand.page.locator("#take-form button"))
    assert re.search(r"/t/[a-z2-7]{26}", hand.page.url)
    expect(hand.page.locator(".ticket-number")).to_be_visible()


@ways(0)
def test_who_waits_opens_her_page_and_takes_the_place_somebody_gave_back(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    holder = Hand(anyone(script=script).new_page(), language)
    day, ticket = full_day(calm, holder)
    hand = Hand(anyone(script=script).new_page(), language)
    path = join(hand, day)
    assert hand.tell("joining the waiting list of a full day") == (5, 6, 1)
    expect(hand.page.locator("#take-form")).to_have_count(0)

    somebody_cancels(calm, holder, ticket, day)
    hand.open(f"{path}?lang={language}")
    take(hand)
    assert hand.tell("taking the offered place, from her page") == (2, 1, 0)
    assert states(day).count("cancelled") == 1
    assert set(states(day)) == {"cancelled", "confirmed"}


@ways(1)
def test_who_waits_takes_the_place_by_the_link_in_the_message(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    holder = Hand(anyone(script=script).new_page(), language)
    day, ticket = full_day(calm, holder)
    hand = Hand(anyone(script=script).new_page(), language)
    address = f"amira-{day.id.hex}@example.org"
    path = join(hand, day, address)
    assert hand.tell("joining the list with an address") == (5, 6, 2)
    assert link_in_mail(calm, address, part="w").startswith(path)
    seen = len(calm.office.taken)

    somebody_cancels(calm, holder, ticket, day)
    end = time.monotonic() + 30
    while not any(to == address for to, _ in calm.office.taken[seen:]):
        assert time.monotonic() < end, "no message of the offer"
        time.sleep(0.1)
    hand = Hand(anyone(script=script).new_page(), language)
    hand.open(link_in_mail(calm, address, part="w"))
    take(hand)
    assert hand.tell("taking the offered place, from the message") == (2, 1, 0)


@ways(3)
def test_where_places_are_few_the_button_behind_the_link_in_the_message_books_the_time(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    day = another_day(calm)
    few = days.update().where(days.c.id == day.id).values(scarce=True)
    calm.database.write_now(lambda conn: conn.execute(few))
    hand = Hand(anyone(script=script).new_page(), language)
    page, address = hand.page, f"amira-{day.id.hex}@example.org"
    hand.open(f"/d/{day.day.slug}?lang={language}")
    hand.tap(page.locator("label[for=need-my-rights]"))
    hand.turn(page.locator("#needs-form button"))
    hand.tap(page.locator("label[for=interpreter-none]"))
    hand.turn(page.locator("#plan-form .actions button"))
    hand.turn(page.locator("button[name=arrival]").first)
    hand.write("#name", NAMES[language])
    hand.write("#email", address)
    hand.turn(page.locator("#booking-form .actions.reach button"))
    expect(page.locator("#proved")).to_be_visible()
    assert hand.tell("choosing a time where places are few") == (5, 6, 2)
    assert states(day) == ["held"]

    hand.open(link_in_mail(calm, address, part="prove"))
    hand.turn(page.locator("#prove-form button"))
    expect(page.locator(".ticket-number")).to_have_text("100")
    assert hand.tell("confirming it by the message, to the ticket") == (2, 1, 0)
    assert states(day) == ["confirmed"]


def drawn_day(hall: Hall) -> TestDay:
    """A day with one place left, given by draw; requests are taken from now on."""
    day = another_day(hall)
    day.write(cancel_booking, fill(day)[3].party)
    change = days.update().where(days.c.id == day.id).values(release=Release.DRAW)
    hall.database.write_now(lambda conn: conn.execute(change))
    now = hall.database.now()
    opens_at = now + timedelta(seconds=1)
    key = load_ticket_key(Settings(var=Path(hall.server.environment["ONESTOP_VAR"])))
    window = {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=2)}
    hall.database.write_now(announce_draw, day.id, **window, key=key, actor=SYSTEM, now=now, day=day.id)
    time.sleep(1.1)
    return day


def ask(hall: Hall, hand: Hand, day: TestDay) -> tuple[str, str]:
    """From the link of the day to a request that counts; gives the path of her page and her id in the public list."""
    page, address = hand.page, f"amira-{time.monotonic_ns()}@example.org"
    hand.open(f"/d/{day.day.slug}?lang={hand.language}")
    hand.tap(page.locator("label[for=need-my-rights]"))
    hand.turn(page.locator("#needs-form button"))
    hand.tap(page.locator("label[for=interpreter-none]"))
    hand.turn(page.locator("#plan-form .actions button"))
    hand.write("#name", NAMES[hand.language])
    hand.write("#email", address)
    hand.turn(page.locator("#request-form .actions.reach button"))
    path, request = own_page(hand), page.locator("p .hash").inner_text()
    assert hand.tell("asking for a place in a draw") == (4, 5, 2)

    hand.open(link_in_mail(hall, address, part="prove"))
    hand.turn(page.locator("#prove-form button"))
    assert hand.tell("confirming the address by the message") == (2, 1, 0)
    return path, request


@ways(2)
def test_two_ask_in_the_time_of_a_draw_one_wins_a_place_and_one_is_on_the_list(
    calm: Hall, anyone: Anyone, tmp_path: Path, language: str, script: bool
) -> None:
    day = drawn_day(calm)
    hands = [Hand(anyone(script=script).new_page(), language) for _ in range(2)]
    asked = [ask(calm, hand, day) for hand in hands]
    calm.skip_to(calm.database.read_now(the_draw, day.id).closes_at + timedelta(seconds=1))
    done = sa.select(draws.c.drawn_at).where(draws.c.day_id == day.id)
    wait_until(calm, lambda conn: conn.execute(done).scalar())

    for hand, (path, _) in zip(hands, asked, strict=True):
        hand.open(f"{path}?lang={language}")
    won = [hand for hand in hands if hand.page.locator("#take-form").count()]
    lost = [hand for hand in hands if hand not in won]
    assert (len(won), len(lost)) == (1, 1)
    expect(lost[0].page.locator("h1")).to_have_text(read_catalogue(language).one("You are on the waiting list"))
    lost[0].tell("the draw: she sees that she waits")
    take(won[0])
    soon = (
        sa.select(bookings.c.arrival_at, sa.func.min(stops.c.planned_at))
        .join(stops, stops.c.party_id == bookings.c.party_id)
        .where(bookings.c.day_id == day.id, bookings.c.state == "confirmed", bookings.c.channel == Channel.PUBLIC)
    )
    arrival_at, talk_at = calm.database.read_now(lambda conn: conn.execute(soon).one())
    assert talk_at - arrival_at <= SOON
    assert won[0].tell("the draw: she takes the place she won") == (2, 1, 0)

    stranger = Hand(anyone(script=script).new_page(), language)
    stranger.open(f"/d/{day.day.slug}/draw?lang={language}")
    public = stranger.page.locator("main").inner_text()
    assert [request for _, request in asked if request not in public] == []
    text = httpx.get(f"{calm.base}/d/{day.day.slug}/draw.txt").text
    assert [request for _, request in asked if request not in text] == []
    assert computed(copied(tmp_path), text) == (0, RIGHT)
    states_of = sa.select(bookings.c.state).join(waiting, waiting.c.party_id == bookings.c.party_id)
    kept = calm.database.read_now(
        lambda conn: conn.execute(states_of.where(bookings.c.day_id == day.id)).scalars().all()
    )
    assert sorted(kept) == ["confirmed", "listed"]
