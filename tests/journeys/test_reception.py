"""A tablet at the door, and one person who runs the whole pilot day with it."""

import re
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from onestop.booking.at_once import book_at_once
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings
from onestop.booking.tickets import Ticket
from onestop.days.queries.days import day_by_slug
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import day_offer
from onestop.days.tables import days
from onestop.domain.booking import BookingState, Channel
from onestop.domain.day import DayState, DeskState
from onestop.domain.roles import SYSTEM
from onestop.domain.visit import VisitState
from onestop.keys import load_ticket_key
from onestop.reports.verify import verify
from onestop.settings import Settings
from onestop.visits.actions.calls import call_next, no_show
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.route import AT_RECEPTION, propose_stop
from onestop.visits.queries.visitor import visitor
from onestop.visits.tables import visits
from tests.halls import TestDay
from tests.journeys.conftest import Hall, served
from tests.journeys.hand import Hand
from tests.journeys.people import HAND_MS, tap

pytestmark = pytest.mark.browser
FINGER = 44
"""Pixels a target has at least in one direction and, on a tablet held in one hand, in the other."""
WAYS = pytest.mark.parametrize(
    ("language", "script"),
    [
        pytest.param("en", True, id="en-script"),
        pytest.param("ar", False, id="ar-no-script"),
        pytest.param("ar", True, id="ar-script", marks=pytest.mark.full),
        pytest.param("en", False, id="en-no-script", marks=pytest.mark.full),
    ],
)


def day_of(hall: Hall, slug: str = "") -> TestDay:
    """A day of the demo with short verbs."""
    db = hall.database
    day = db.read_now(day_by_slug, slug or hall.world.slug)
    desks = {desk.number: desk for desk in db.read_now(desks_of_day, day.id)}
    return TestDay(db=db, id=day.id, now=db.now(), day=day, offer=db.read_now(day_offer, day.id), desks=desks)


def booked(hall: Hall, day: TestDay, *services: str, place: int = 0, adults: int = 1, children: int = 0) -> Ticket:
    """Somebody booked on the phone; `place` counts the free arrivals from the first one."""
    wish = day.wish(*services, adults=adults, children=children)
    at = day.db.read_now(arrivals, day.day, wish, now=day.now).plans[place].arrival_at
    return day.db.write_now(
        book_at_once,
        day.id,
        wish,
        arrival_at=at,
        channel=Channel.RECEPTION,
        hold_minutes=10,
        key=load_ticket_key(Settings(var=Path(hall.server.environment["ONESTOP_VAR"]))),
        name="ضيفة مخترعة",
        contact=(),
        actor=SYSTEM,
        now=day.now,
        day=day.id,
    )[1]


class Tablet(Hand):
    """A tablet in one hand: every press is a touch of something a finger hits."""

    def tap(self, target: Locator) -> None:
        target.scroll_into_view_if_needed()
        # The whole row leads to her page, the whole card is its box.
        size = target.evaluate(
            """at => { const box = ((at.matches(".row-number") ? at.closest("li") : at.closest(".choice")) ?? at)
                        .getBoundingClientRect();
                      return Math.min(box.width, box.height); }"""
        )
        assert size >= FINGER, (target, size)
        target.tap()
        self.taps += 1

    def act(self, end: str, **chosen: str) -> None:
        """Press the button of a form by the end of its address, and by its value where it has several."""
        form = f"main form[action$='{end}']"
        named = "".join(f"[name='{name}'][value='{value}']" for name, value in chosen.items())
        self.turn(self.page.locator(f"{form} button{named}").first)

    def find(self, home: str, typed: str) -> None:
        """Type into the field that has the focus, and open whom it finds."""
        self.page.goto(home)
        expect(self.page.locator("#q")).to_be_focused()
        self.write("#q", typed)
        self.tap(self.page.locator("form[role=search] button"))
        self.page.locator("#results a.row-number, #person-number").first.wait_for()
        if "/parties/" not in self.page.url:  # a code opens its page at once
            self.turn(self.page.locator("#results a.row-number").first)

    def unfold(self, icon_and_words: Locator) -> None:
        if icon_and_words.evaluate("summary => !summary.parentElement.open"):
            self.tap(icon_and_words)


def states(day: TestDay, ticket: Ticket) -> list[tuple[str, str]]:
    """Her stops: service and state."""
    holder = day.db.read_now(visitor, day.id, ticket.party, now=day.db.now())
    return [(stop.title.key, stop.state.value) for stop in holder.stops]


@pytest.fixture
def door(tmp_path: Path) -> Generator[Hall, None, None]:
    """A server of this test alone, whose time runs as time does."""
    with served(tmp_path, rate=1.0) as started:
        yield started


@pytest.fixture
def quick(tmp_path: Path) -> Generator[Hall, None, None]:
    """A server of this test alone, on which a day takes minutes."""
    with served(tmp_path, rate=90.0) as started:
        yield started


@pytest.fixture
def tablet_at(chromium: Browser) -> Generator[Callable[..., Page], None, None]:
    """Gives a tablet in front of a server, signed in by a link."""
    opened: list[BrowserContext] = []

    def at(hall: Hall, link: str, *, script: bool) -> Page:
        context = chromium.new_context(
            base_url=hall.base,
            viewport={"width": 768, "height": 1024},
            java_script_enabled=script,
            has_touch=True,
            locale="en-GB",
        )
        context.set_default_timeout(30_000)
        opened.append(context)
        page = context.new_page()
        page.goto(link)
        with page.expect_navigation(wait_until="load"):
            page.locator("main form button").tap()
        return page

    yield at
    for context in opened:
        context.close()


@WAYS
def test_a_receptionist_with_a_tablet_meets_everybody_who_comes_to_the_door(
    door: Hall, tablet_at: Callable[..., Page], script: bool, language: str
) -> None:
    day, later = day_of(door), day_of(door, door.world.later_slug)
    late, lost, family = (
        booked(door, day, "social"),
        booked(door, day, "labour"),
        booked(door, day, "health-insurance", adults=2, children=1),
    )
    early = booked(door, day, "legal", place=-1)
    papers = booked(door, day, "residence", "social", place=8)
    elsewhere = booked(door, later, "social")
    _called_in_vain(day, lost)
    door.skip_to(day.day.opens_at + timedelta(hours=1, minutes=10))
    home = f"/reception/{door.world.slug}"
    hand = Tablet(tablet_at(door, door.world.reception, script=script))
    page = hand.page
    page.goto(f"{home}?lang={language}")
    hand.language = language

    hand.find(home, str(early.number))  # early
    expect(page.locator(".notice.info")).to_be_visible()
    hand.act("/check-in")
    assert states(day, early) == [("legal", "waiting")]
    hand.find(home, str(late.number))  # late
    expect(page.locator(".notice.warn")).to_be_visible()
    hand.act("/check-in")
    assert states(day, late) == [("social", "waiting")]
    hand.find(home, str(family.number))  # a family
    hand.act("/check-in")
    holder = day.db.read_now(visitor, day.id, family.party, now=day.db.now())
    assert (holder.person.people, holder.children, states(day, family)) == (3, 1, [("health-insurance", "waiting")])

    hand.find(home, elsewhere.short)  # the wrong day: helped today, her booking stays
    expect(page.locator(".notice.stop")).to_be_visible()
    hand.act("/walk-in/wish")
    hand.act("/walk-in")
    expect(page.locator(".ticket-number")).to_be_visible()
    assert _booking_state(door, elsewhere) == BookingState.CONFIRMED

    page.goto(f"{home}/walk-in")  # unbooked, with an infant
    hand.tap(page.locator("label[for*='family-money-home']").first)
    hand.turn(page.locator("main form button.big, main form button").last)
    hand.tap(page.locator("label:has(input[name=operational][value=infant]), input[value=infant] ~ label").first)
    hand.act("/walk-in")
    expect(page.locator(".ticket-number")).to_be_visible()
    assert _needs(door) == 1

    hand.find(home, str(papers.number))  # a paper is missing, then she brings it
    hand.act("/check-in")
    hand.unfold(page.locator(".triage summary").first)
    hand.act("/papers", missing="passport")
    assert dict(states(day, papers)) == {"residence": "blocked", "social": "waiting"}
    hand.act("/papers", seen="passport")
    assert dict(states(day, papers)) == {"residence": "waiting", "social": "waiting"}

    hand.find(home, str(papers.number))  # her paper is lost: the same number with another code
    hand.act("/code")
    expect(page.locator(".ticket-number")).to_have_text(str(papers.number))
    assert page.request.get(f"/t/{papers.code}").status == 404
    shown = re.search(r"[A-Z0-9]{4}\W[A-Z0-9]{4}", page.locator(".short-code .code").inner_text())
    assert shown is not None
    hand.find(home, shown[0])
    expect(page.locator("#person-number")).to_contain_text(str(papers.number))
    hand.turn(page.locator("a[href$='/print']").first)  # print
    expect(page.locator(".ticket-number")).to_be_visible()

    page.goto(f"{home}/people")  # called three times, nowhere to be seen
    hand.act(f"/parties/{lost.party}/leave", reason="no_show")
    assert states(day, lost)[-1] == ("health-insurance", "dropped")
    hand.act("/undo")
    page.goto(f"{home}/people")
    hand.act(f"/parties/{lost.party}/leave", reason="no_show")
    assert door.database.read_now(verify, now=door.database.now()) == []


def _called_in_vain(day: TestDay, ticket: Ticket) -> None:
    """She is checked in, has another desk before her, is called three times at the first and does not come."""
    legal = day.desks[3].id
    day.now = day.day.opens_at
    visit = day.arrive(ticket)
    day.write(propose_stop, visit, day.service("health-insurance"), accepted_how=AT_RECEPTION)
    day.write(set_desk_state, legal, DeskState.OPEN)
    for _ in range(3):
        day.later(minutes=20)
        day.write(no_show, day.write(call_next, legal, standing=False).stop)


def _booking_state(hall: Hall, ticket: Ticket) -> str:
    return hall.database.read_now(
        lambda conn: conn.execute(sa.select(bookings.c.state).where(bookings.c.party_id == ticket.party)).scalar_one()
    )


def _needs(hall: Hall) -> int:
    return hall.database.read_now(
        lambda conn: conn.execute(sa.select(sa.func.count()).select_from(visits).where(visits.c.need)).scalar_one()
    )


WISHES = (
    ("legal",),
    ("social",),
    ("labour",),
    ("residence", "legal"),
    ("employment-office", "labour"),
    ("health-insurance",),
    ("health-insurance", "social"),
    ("legal", "social"),
    ("residence",),
    ("employment-office",),
)
NEEDS = ("my-rights", "health-insurance", "family-money-home")
"""What those ask for who come without an appointment."""
MOST_TAPS = 260


@WAYS
def test_one_person_runs_the_whole_pilot_day_from_a_tablet(
    quick: Hall, tablet_at: Callable[..., Page], script: bool, language: str
) -> None:
    day = day_of(quick)
    tickets = [booked(quick, day, *wish) for wish in WISHES]
    missed = booked(quick, day, "labour")  # never comes
    quick.skip_to(day.day.opens_at)
    page = tablet_at(quick, quick.world.organiser, script=script)
    hand = Tablet(page)
    home, floor = f"/reception/{quick.world.slug}", f"/floor/{quick.world.slug}"
    page.goto(f"{floor}?lang={language}")
    hand.language = language
    for number in range(1, 7):
        tap(page, page.locator(f".desk-tile:nth-child({number}) button[id$='-open']"))

    for ticket in tickets:  # everybody comes, one after the other, and some without an appointment
        page.goto(home)
        hand.write("#q", str(ticket.number))
        hand.tap(page.locator("form[role=search] button"))
        hand.turn(page.locator(f"form[action$='{ticket.party}/check-in'] button").first)
    for need in NEEDS:
        page.goto(f"{home}/walk-in")
        hand.tap(page.locator(f"label[for*='{need}']").first)
        hand.turn(page.locator("main form button").last)
        hand.act("/walk-in")

    page.goto(floor)
    taps, vain = 0, 0
    while _inside(quick):
        taps += 1
        assert taps < MOST_TAPS
        press = _next_press(page, vain=vain)
        if press is None:  # whoever did not come is called again after a while
            page.wait_for_timeout(HAND_MS)
            page.reload()
            continue
        vain += press.get_attribute("id", timeout=1000).endswith("-not-here")
        tap(page, press)
    assert vain == 1

    page.goto(f"{home}/message")  # the last word of the day
    hand.tap(page.locator("label:has(input[value=entrance]), input[value=entrance] ~ label").first)
    hand.act("/message")
    assert page.locator(".said").count() == 1
    page.goto(f"/organise/{quick.world.slug}")
    with page.expect_navigation(wait_until="load"):
        page.locator("form#close button").last.tap()
    assert _day_state(quick) == DayState.CLOSED
    assert _ended(quick) == [VisitState.COMPLETED] * (len(WISHES) + len(NEEDS))
    assert _booking_state(quick, missed) in (BookingState.MISSED, BookingState.CANCELLED)
    assert quick.database.read_now(verify, now=quick.database.now()) == []
    print(f"\nthe pilot day by floor control ({language}): {taps} taps for {len(WISHES) + len(NEEDS)} visitors")


def _next_press(page: Page, *, vain: int) -> Locator | None:
    """What a person does next: finish whoever sits, start whoever was called (the first one did not come), call."""
    for end in ("-finish-settled", "-start", "-next"):
        found = page.locator(f".desk-tile button[id$='{end}']")
        if not found.count():
            continue
        if end == "-start" and not vain:
            return page.locator(".desk-tile button[id$='-not-here']").first
        return found.first
    return None


def _inside(hall: Hall) -> int:
    return _ended(hall).count(VisitState.OPEN)


def _ended(hall: Hall) -> list[str]:
    return hall.database.read_now(lambda conn: list(conn.execute(sa.select(visits.c.state)).scalars()))


def _day_state(hall: Hall) -> str:
    return hall.database.read_now(
        lambda conn: conn.execute(sa.select(days.c.state).where(days.c.slug == hall.world.slug)).scalar_one()
    )
