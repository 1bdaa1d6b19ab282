"""A drill of a day at the arrival hub: an organiser's open screen says within five seconds what goes wrong in the hall.

The police come 40 minutes late, two desks close, a mediator leaves, a ticket machine dies. What the screen offers then
is used; at the end nobody is inside without an end that says why.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Page, expect

from onestop.clock import real_now
from onestop.days.dayfile import read_template
from onestop.days.queries.days import day_by_slug
from onestop.days.queries.desks import DeskRow, desks_of_day, mediators_of_day
from onestop.days.queries.offer import day_offer
from onestop.devices.tables import devices
from onestop.domain.day import DayState, DeskState
from onestop.domain.machine import SILENT_AFTER
from onestop.domain.roles import Role
from onestop.keys import load_ticket_key
from onestop.reports.verify import verify
from onestop.settings import Settings
from onestop.visits.queries.inside import inside_of_day
from onestop.visits.tables import visits
from tests.halls import TestDay
from tests.journeys.conftest import Hall, served
from tests.journeys.crowd import Crowd, parties_of
from tests.journeys.people import pair_kiosk
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser

HUB = "arrival-hub"
PROMISED = 5.0
"""Seconds until an open screen shows what happened."""
BEFORE = timedelta(minutes=60)
LATE = timedelta(minutes=40)
SERVICE = "legal"
"""Desks of this one close, and another one opens."""
MISSING = "[aria-labelledby=missing-title] li"
"""What stands on top about those who are not here."""
SAID = "The lift does not work today."
DIES_IN = timedelta(seconds=15)
"""Where a drill does not wait three minutes: so long before it counts as silent the dead machine is looked at first."""
MOST_S = 90
"""How long a drill waits after the last arrival until everybody is done; who is not goes on at the later day."""


WATCH = """([what, selector, texts]) => {
  window.seen ??= {};
  const look = () => {
    const found = [...document.querySelectorAll(selector)].some(
      each => texts.every(text => each.textContent.includes(text)));
    if (found) { window.seen[what] = Date.now(); watching.disconnect(); }
  };
  const watching = new MutationObserver(look);
  watching.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
  look();
}"""
"""Notes the moment in which something stands on the page for the first time."""


def line_of(number: int, *, opened: bool) -> str:
    """The line of a desk on the screen, if it is so."""
    to_open, to_close = (f"form[action$='/desks/{number}/{act}']" for act in ("open", "close"))
    return ".desk-line" + (
        f":has({to_close}):not(:has({to_open}))" if opened else f":has({to_open}):not(:has({to_close}))"
    )


@dataclass(slots=True)
class Screen:
    """The overview on the wall: nobody touches it but to press what it offers, and it is never loaded again."""

    page: Page
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    others: dict[str, float] = field(default_factory=dict[str, float])

    def open(self, path: str) -> None:
        """Hang it up."""
        self.page.goto(path)
        self.page.evaluate("window.hung = true")

    def watch(self, what: str, selector: str, *texts: str) -> None:
        """From now on the page itself notes when this stands on it."""
        self.page.evaluate(WATCH, [what, selector, list(texts)])

    def shows(self, what: str, since: float, *, promised: bool = True) -> None:
        """It must show what is watched within what is promised; `since` in seconds of the epoch, as the page counts.

        Not promised is what somebody waits for at another page, and its work is counted with it.
        """
        self.page.wait_for_function("what => window.seen[what]", arg=what, timeout=PATIENCE_MS)
        (self.seconds if promised else self.others)[what] = (
            self.page.evaluate("what => window.seen[what]", what) / 1000 - since
        )

    def press(self, button: Locator, then: Locator) -> None:
        """Press until it counts: the page drops a press in the moment in which somebody else changed it."""
        for _ in range(20):
            if then.count():
                return
            if button.count():
                button.first.click()
            self.page.wait_for_timeout(500)
        expect(then).not_to_have_count(0)

    def never_loaded_again(self) -> bool:
        """Whether it is the page that was hung up."""
        return bool(self.page.evaluate("window.hung === true"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The hub with its crowd not started yet, its screen, and the window of a colleague."""

    hall: Hall
    day: TestDay
    crowd: Crowd
    screen: Screen
    colleague: Page
    base: str
    desks: list[DeskRow]

    def now(self) -> datetime:
        return self.hall.database.now()

    def inside(self) -> int:
        return self.hall.database.read_now(inside_of_day, self.day.id).inside

    def of(self, service: str) -> list[int]:
        """The desks of a service."""
        return [desk.number for desk in self.desks if self.day.service(service) in desk.services]


@contextmanager
def hub(folder: Path, chromium: Browser, *, parties: int, hours: float, rate: float) -> Generator[Hub, None, None]:
    """A served hub an hour before its opening; its parties come in the first `hours`."""
    file = read_template(HUB)
    with served(folder, rate=rate, template=HUB) as hall:
        read = hall.database.read_now
        found = read(day_by_slug, hall.world.slug)
        start = found.opens_at - BEFORE
        day = TestDay(db=hall.database, id=found.id, now=start, day=found, offer=read(day_offer, found.id))
        key = load_ticket_key(Settings(var=Path(hall.server.environment["ONESTOP_VAR"])))
        until = found.opens_at + timedelta(hours=hours)
        crowd = parties_of(day, file, parties, key=key, until=until, chance=Random(parties))
        desks = read(desks_of_day, found.id)
        hall.skip_to(start)
        window = chromium.new_context(base_url=hall.base, viewport={"width": 1280, "height": 800}, locale="en-GB")
        window.set_default_timeout(60_000)
        colleague = window.new_page()
        colleague.goto(hall.world.organiser)
        colleague.locator("main form button").click()
        colleague.wait_for_url("**/organise")
        yield Hub(
            hall=hall,
            day=day,
            crowd=Crowd(
                hall=hall,
                parties=crowd,
                minutes={desk.number: desk.minutes for desk in file.desks},
                closing={desk.number: desk.openings[-1][1] for desk in desks},
                comes={desk.number: desk.openings[0][0] for desk in desks},
                away=set(),
            ),
            screen=Screen(window.new_page()),
            colleague=colleague,
            base=f"/organise/{hall.world.slug}",
            desks=desks,
        )
        window.close()


def sends(page: Page, button: Locator) -> float:
    """Press a button that leads to another page; gives when its form was sent (seconds of the epoch)."""
    since = time.time()
    with page.expect_navigation(wait_until="load"):
        button.click()
    return since


def a_machine_dies(hub: Hub, chromium: Browser, *, at_once: bool) -> None:
    """Somebody pulls its plug; `at_once`: some minutes ago already."""
    context = chromium.new_context(base_url=hub.hall.base, locale="en-GB")
    pair_kiosk(context, hub.hall)
    context.close()
    if at_once:
        seen = devices.update().where(devices.c.kind == Role.KIOSK).values(seen_at=real_now() - SILENT_AFTER + DIES_IN)
        hub.hall.database.write_now(lambda conn: conn.execute(seen))


def the_dead_machine_is_told(hub: Hub) -> None:
    """From the moment in which it counts as silent."""
    seen = sa.select(devices.c.seen_at).where(devices.c.kind == Role.KIOSK, devices.c.seen_at.is_not(None))
    silent_at = hub.hall.database.read_now(lambda conn: conn.execute(seen).scalar_one()) + SILENT_AFTER
    wait = max(0.0, (silent_at - real_now()).total_seconds())
    hub.screen.watch("a ticket machine is silent", ".notice.warn", "Ticket machine")
    hub.screen.page.wait_for_timeout(1000 * wait)
    hub.screen.shows("a ticket machine is silent", silent_at.timestamp())


def the_police_come_late(hub: Hub) -> None:
    """A colleague says so; whoever this touches is shown first."""
    police = hub.of("temporary-refuge")
    page, opens = hub.colleague, hub.day.day.opens_at
    comes = max(opens, hub.now()) + LATE
    page.goto(f"{hub.base}/institution")
    page.locator("label", has_text="Foreign Police").click()
    page.locator("label[for=how-late]").click()
    local = comes.astimezone(hub.day.day.zone)
    page.locator("#at").fill(f"{local:%H:%M}")
    desk = f".desk-line:has([action*='/desks/{police[0]}/'])"
    hub.screen.watch("the police come later, at their desk", desk, f"{local:%H:%M}")
    hub.screen.watch("the police come later, on top", MISSING, "Foreign Police", f"{local:%H:%M}")
    since = sends(page, page.locator("main form .actions button").first)
    if page.locator("input[name=sure]").count():
        since = sends(page, page.locator("main form:has(input[name=sure]) .actions button").first)
    assert "done=hours" in page.url
    hub.screen.shows("the police come later, at their desk", since)
    hub.screen.shows("the police come later, on top", since)
    for number in police:
        hub.crowd.comes[number] = comes


def two_desks_close_and_another_opens(hub: Hub) -> None:
    """Their officers close after a talk; the organiser opens a third one on the screen for another officer."""
    spare, *others = hub.of(SERVICE)
    closing = others[:2]
    screen = hub.screen.page
    for number in closing:
        screen.locator(line_of(number, opened=True)).wait_for()
        hub.screen.watch(f"desk {number} closes, in its line", line_of(number, opened=False))
        hub.screen.watch(f"desk {number} closes, on top", MISSING, "Human Rights League", "closed", str(number))
    hub.crowd.leaving.update(closing)
    for number in closing:
        screen.locator(line_of(number, opened=False)).wait_for()
        hub.screen.shows(f"desk {number} closes, in its line", hub.crowd.closed[number])
        hub.screen.shows(f"desk {number} closes, on top", hub.crowd.closed[number])
    button = screen.locator(f"form[action$='/desks/{spare}/open'] button")
    hub.screen.press(button, screen.locator(line_of(spare, opened=True)))
    hub.crowd.away.discard(spare)


def a_mediator_leaves_and_another_helps(hub: Hub) -> None:
    """A colleague writes it down, and puts somebody who can be called by telephone in her place."""
    first = hub.hall.database.read_now(mediators_of_day, hub.day.id)[0]
    page = hub.colleague
    page.goto(f"{hub.base}/overview")
    to_leave, to_come = (f"[action$='/mediators/{first.id}/{act}']" for act in ("left", "free"))
    hub.screen.watch("a mediator leaves, in her line", f".task:has({to_come}):not(:has({to_leave}))")
    hub.screen.watch("a mediator leaves, on top", MISSING, first.label)
    button = page.locator(f"form{to_leave} button")
    sent: list[float] = []
    page.on("request", lambda request: sent.append(time.time()) if request.method == "POST" else None)
    while button.count():
        button.first.click()
        page.wait_for_timeout(500)
    hub.screen.shows("a mediator leaves, in her line", sent[-1])
    hub.screen.shows("a mediator leaves, on top", sent[-1])

    page.goto(f"{hub.base}/mediators/new")
    page.locator("#label").fill("By telephone")
    for tag in ("uk", "ru"):
        page.locator(f"label[for='languages-{tag}']").click()
    hub.screen.watch("another mediator", ".task bdi", "By telephone")
    since = sends(page, page.locator("form.sheet .actions button"))
    hub.screen.shows("another mediator", since, promised=False)


def everybody_reads_a_message(hub: Hub) -> None:
    """From the link of the screen; a visitor's phone has it then."""
    page = hub.colleague
    page.goto(f"{hub.base}/overview")
    page.locator(f"a[href='/reception/{hub.hall.world.slug}/message']").click()
    page.locator("label[for='sentence-own']").click()
    page.locator("#text").fill(SAID)
    with page.expect_navigation(wait_until="load"):
        page.locator("#message-form .actions button").click()
    expect(page.locator("main .notice.success")).to_be_visible()
    code = next(party.code for party in reversed(hub.crowd.parties) if party.code)
    phone = httpx.get(f"{hub.hall.base}/t/{code}?lang=en", follow_redirects=True, timeout=30)
    assert SAID in phone.text


def late_comers(hub: Hub) -> None:
    """Three come when the desks have closed: two stay inside, one goes home."""
    world = hub.hall.world
    wish = {
        "services": [SERVICE],
        "party": [{"mark": 1, "child": False}],
        "languages": ["en"],
        "interpreter": "none",
        "display_language": "en",
    }
    with httpx.Client(base_url=f"{hub.hall.base}/api/v1", timeout=30) as machine:
        came = [
            machine.post(f"/days/{world.slug}/visits", json=wish, headers=keyed(world.kiosk_token, nth)).json()["visit"]
            for nth in range(3)
        ]
        left = {"reason": "own_wish"}
        gone = machine.post(f"/visits/{came[-1]}/leave", json=left, headers=keyed(world.reception_token, 3))
    assert gone.is_success, gone.text


def keyed(token: str, nth: int) -> dict[str, str]:
    """Who asks, and the key of the act."""
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"an-act-of-a-drill-{nth}"}


def the_day_closes(hub: Hub) -> None:
    """Not while somebody is inside; all of them go on at the later day, then it does."""
    page = hub.colleague
    page.goto(hub.base)
    with page.expect_navigation(wait_until="load"):
        page.locator("form#close button").click()
    expect(page.locator("main .notice.stop")).to_be_visible()
    assert hub.hall.database.read_now(day_by_slug, hub.hall.world.slug).state is DayState.PUBLISHED
    page.locator("form#close a[href$='/carry']").click()
    give = page.locator("form[method=post][action$='/carry'] button")
    give.wait_for()
    while give.count():
        with page.expect_navigation(wait_until="load"):
            give.click()
    expect(page.locator("main .notice.success")).to_be_visible()
    page.locator("main a[href$='#close']").click()
    hub.screen.watch("the day is closed", "#live_overview .notice.info")
    hub.screen.shows("the day is closed", sends(page, page.locator("form#close button")), promised=False)


def drill(hub: Hub, chromium: Browser, *, at_once: bool) -> None:
    """The day from an hour before its opening to its end."""
    spare = hub.of(SERVICE)[0]
    hub.crowd.away.add(spare)
    a_machine_dies(hub, chromium, at_once=at_once)
    hub.screen.open(f"{hub.base}/overview")
    the_police_come_late(hub)
    hub.crowd.start()
    if at_once:
        the_dead_machine_is_told(hub)
    two_desks_close_and_another_opens(hub)
    a_mediator_leaves_and_another_helps(hub)
    everybody_reads_a_message(hub)
    if not at_once:
        the_dead_machine_is_told(hub)
    while not hub.crowd.all_came():
        hub.screen.page.wait_for_timeout(200)
    until = time.monotonic() + MOST_S
    while hub.inside() and time.monotonic() < until and hub.now() < hub.day.day.closes_at - timedelta(minutes=40):
        hub.screen.page.wait_for_timeout(200)
    left_inside = hub.inside()
    hub.crowd.end()
    late_comers(hub)
    the_day_closes(hub)

    ends = sa.select(visits.c.state, visits.c.reason, sa.func.count()).where(visits.c.day_id == hub.day.id)
    grouped = ends.group_by(visits.c.state, visits.c.reason).order_by(visits.c.state)
    ended = [tuple(row) for row in hub.hall.database.read_now(lambda conn: conn.execute(grouped).all())]
    print(f"\n{len(hub.crowd.parties)} parties, {left_inside} inside at the end: {ended}")
    print(f"  refused to the crowd: {dict(hub.crowd.refused)}")
    for what, seconds in (hub.screen.seconds | hub.screen.others).items():
        print(f"  {seconds:5.2f} s  {what}")
    after = hub.hall.database.read_now(desks_of_day, hub.day.id)
    assert hub.screen.never_loaded_again()
    assert {what: seconds for what, seconds in hub.screen.seconds.items() if seconds > PROMISED} == {}
    assert {state for state, _, _ in ended} <= {"completed", "left", "carried_over"}
    assert all(reason for _, reason, _ in ended)
    assert {each.state for each in after} == {DeskState.CLOSED}
    assert hub.hall.database.read_now(day_by_slug, hub.hall.world.slug).state is DayState.CLOSED
    assert hub.hall.database.read_now(verify, now=hub.now()) == []


def test_an_open_screen_tells_what_goes_wrong_at_a_hub_of_sixty(tmp_path: Path, chromium: Browser) -> None:
    with hub(tmp_path, chromium, parties=60, hours=2, rate=240.0) as small:
        drill(small, chromium, at_once=True)


@pytest.mark.full
def test_an_open_screen_tells_what_goes_wrong_at_a_hub_of_nine_hundred(tmp_path: Path, chromium: Browser) -> None:
    with hub(tmp_path, chromium, parties=900, hours=10.5, rate=100.0) as big:
        drill(big, chromium, at_once=False)
