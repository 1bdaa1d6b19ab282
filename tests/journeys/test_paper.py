"""Forty minutes without a computer: the hall works from the pack, and everything is entered afterwards."""

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from onestop.booking.tables import parties, stops
from onestop.booking.tickets import find_code
from onestop.days.queries.days import Day, day_by_slug
from onestop.days.queries.desks import desks_of_day
from onestop.domain.roles import SYSTEM
from onestop.domain.ticket import ticket_code
from onestop.keys import load_ticket_key
from onestop.paper.printing import make_pack
from onestop.reports.verify import verify
from onestop.settings import Settings
from onestop.visits.tables import calls, visits
from tests.journeys.conftest import Hall, served
from tests.journeys.days import another_day
from tests.journeys.hand import ways
from tests.journeys.test_book import K, M
from tests.paper.pages import texts

Someone = Callable[..., BrowserContext]
Line = tuple[int, int | str, int, int]
"""Number, desk, digit, minutes after the power went."""


ENTRY_SECONDS = 10
NOT_ENTERED = "This is a ticket on paper. Please ask at the reception."
NOBODY = 777
"""A number that was never given out."""


@pytest.fixture
def hall(tmp_path: Path):
    """A server of this test alone, whose time runs as time does."""
    with served(tmp_path, rate=1.0) as started:
        yield started


@dataclass(slots=True)
class Fingers:
    """Enters lines at the keyboard alone, as fast as the keystroke-level model says: a thought for each field."""

    page: Page
    took: list[float]
    """Seconds of each entry, from the first key to Enter."""

    def line(
        self, number: int, desk: int | str, digit: int, about: str, *, slip: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """A whole line; gives what was sent. An empty desk takes away the one of the last line; a `slip` is undone."""
        expect(self.page.locator("[name=number]")).to_be_focused()
        return self._type(
            [str(number), *slip, "Tab", str(desk) or "Delete", "Tab", str(digit), "Tab", about], thoughts=4
        )

    def again(self, number: int) -> dict[str, str]:
        """The same line with another number: the refusal left all the rest as it was."""
        expect(self.page.locator("[name=number]")).to_be_focused()
        return self._type(["Control+A", str(number)], thoughts=2)

    def _type(self, parts: list[str], thoughts: int) -> dict[str, str]:
        keys = 1
        for part in parts:
            if part.isdecimal():
                self.page.keyboard.type(part)
            else:
                self.page.keyboard.press(part)
            keys += len(part) if part.isdecimal() else len(part.split("+"))
        sent = self.page.locator("form.paper-line").evaluate("form => Object.fromEntries(new FormData(form))")
        before = self.page.url
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: url != before)
        self.took.append(keys * K + thoughts * M)
        return sent


def booked(hall: Hall, services: list[str]) -> tuple[str, int]:
    """Somebody books over the interface: code and number."""
    asked = {"services": services, "languages": ["en"], "interpreter": "none", "party": 1}
    with httpx.Client(base_url=f"{hall.base}/api/v1", timeout=60) as program:
        found = program.get(f"/days/{hall.world.slug}/arrivals", params={"services": ",".join(services), "party": 1})
        arrival = found.json()["items"][0]["arrival"]
        made = program.post(
            f"/days/{hall.world.slug}/bookings",
            json={**asked, "arrival": arrival, "invitation": hall.world.invitation},
            headers={"Idempotency-Key": f"drill-{random.random()}-{monotonic()}"},
        )
    assert made.status_code == 201, made.text
    return made.json()["code"], made.json()["number"]


def post(hall: Hall, path: str, token: str, body: dict[str, object] | None = None) -> httpx.Response:
    """An act of staff over the interface."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"drill-{monotonic()}-{path}"}
    answer = httpx.post(f"{hall.base}/api/v1{path}", json=body or {}, headers=headers, timeout=60)
    assert answer.status_code < 300, answer.text
    return answer


def test_the_power_goes_and_forty_minutes_on_paper_are_caught_up_with_nobody_lost(
    hall: Hall, someone: Someone, tmp_path: Path
) -> None:
    world = hall.world
    day: Day = hall.database.read_now(day_by_slug, world.slug)
    wishes = [["legal", "residence"]] * 4 + [["social"], ["legal", "social"]] * 3 + [["residence"]]
    _, never = booked(hall, ["residence"])
    tickets = [booked(hall, wish) for wish in wishes]
    numbers = [number for _, number in tickets]
    dead_at = day.opens_at + timedelta(minutes=10)
    hall.skip_to(dead_at)
    for code, _ in tickets[:3]:
        post(hall, f"/days/{world.slug}/check-ins", world.reception_token, {"code": code})
    desk = {link.number: link for link in world.desks}
    post(hall, f"/desks/{_desk_id(hall, 1)}/open", desk[1].token)
    settings = Settings(var=tmp_path, base_url=hall.base)
    key = load_ticket_key(settings)
    pack = make_pack(hall.database, settings, day.id, key=key, actor=SYSTEM, now=hall.database.now(), language="en")
    called = post(hall, f"/desks/{_desk_id(hall, 1)}/calls", desk[1].token).json()
    hall.server.kill()
    hall.come_back(dead_at + timedelta(minutes=40))

    on_paper = "\n".join(texts(pack))
    assert [number for number in [never, *numbers] if str(number) not in on_paper] == []
    (first, last) = map(int, re.findall(r"Spare tickets (\d+)–(\d+)", on_paper)[0])
    spare = list(range(first, last + 1))[:4]
    lines = _sheets(numbers, spare)
    assert (len(lines), len({number for number, *_ in lines})) == (27, 15)
    random.Random(7).shuffle(lines)
    path = f"/reception/{world.slug}/paper"
    page = someone(width=1280, height=800).new_page()
    page.goto(world.reception)
    page.locator("main form button").click()
    page.goto(f"{path}?lang=en")
    hand = Fingers(page, [])
    for place, (number, at, digit, minutes) in enumerate(lines):
        about = (dead_at + timedelta(minutes=minutes)).astimezone(day.zone).strftime("%H%M")
        if place % 9 == 4:  # another number was typed
            hand.line(NOBODY, at, digit, about)
            expect(page.locator("main .notice.stop")).to_be_visible()
            sent = hand.again(number)
        else:  # now and then a finger slips, and takes it back
            sent = hand.line(number, at, digit, about, slip=("9", "Backspace") if place % 9 == 7 else ())
        expect(page.locator("main .notice.success")).to_contain_text(str(number))
        if place % 2:  # every second line is sent twice
            twice = page.request.post(path, form={**sent}, headers={"Sec-Fetch-Site": "same-origin"}, max_redirects=0)
            assert twice.status == 303, (sent, twice.text())
    listed = page.content()
    told = f"{max(hand.took):.1f} s the longest, {sum(hand.took) / len(lines):.1f} s a line with its corrections"
    print(f"\n{len(hand.took)} entries from paper by the model: {told}")
    assert len(hand.took) == len(lines) + 3
    assert max(hand.took) <= ENTRY_SECONDS
    assert sum(hand.took) / len(lines) <= ENTRY_SECONDS

    assert [str(each) for each in hall.database.read_now(verify, now=hall.database.now())] == []
    ended = _ends(hall)
    home, waits = numbers[2], numbers[3]
    assert {number: ended.get(number) for number in (never, home, waits)} == {
        never: None, home: ("left", "own_wish"), waits: ("open", None),
    }  # fmt: skip
    others = set(numbers + spare) - {never, home, waits}
    assert {number: ended.get(number) for number in others} == dict.fromkeys(others, ("completed", "done"))
    finished = hall.database.read_now(
        lambda conn: conn.execute(
            sa.select(sa.func.count()).where(stops.c.state == "finished", stops.c.on_paper)
        ).scalar()
    )
    assert finished == 25
    served_at = Counter(number for number, *_ in lines if number in spare)
    assert sorted(served_at.values()) == [2, 3, 3, 3]
    _every_spare_is_known(hall, key, day, served_at, range(first, last + 1))
    still = re.findall(r'class="row-number"[^>]*>\s*<bdi[^>]*>(\d+)', listed[listed.index('id="open"') :])
    assert sorted(map(int, still)) == sorted([never, waits])
    assert f"{spare[-1] + 1}–{last}" in listed
    made = hall.database.read_now(lambda conn: conn.execute(sa.select(calls.c.outcome)).scalars().all())
    assert (called["stop"] is not None, made) == (True, ["withdrawn"])


def _every_spare_is_known(hall: Hall, key: bytes, day: Day, served_at: dict[int, int], every: range) -> None:
    """Whoever opens a spare ticket sees her visit, with so many desks done, or is sent to the reception."""
    for number in every:
        code = ticket_code(key, day=day.id, number=number, generation=1)
        answer = httpx.get(f"{hall.base}/t/{code}", params={"lang": "en"}, timeout=60)
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
        if number in served_at:
            assert hall.database.read_now(find_code, code).number == number
            assert (answer.status_code, f"Your number {number} " in shown) == (200, True), shown
            assert ("You are done for today" in shown, shown.count(" Done ")) == (True, served_at[number]), shown
        else:
            assert (answer.status_code, "This is a ticket on paper. Please ask at the reception." in shown) == (
                404,
                True,
            )


def _sheets(numbers: list[int], spare: list[int]) -> list[Line]:
    """What the desks wrote: 25 talks of 13 people, one who came and waits, one who went home."""
    talks: list[Line] = [(number, at, 1 + number % 5, 3 + number % 30) for number in numbers[:2] for at in (1, 4)]
    # numbers[4:10] want social advice, or legal and social advice, in turns.
    for place, number in enumerate(numbers[4:10]):
        talks += [(number, 2, 1, 12 + place)] + [(number, 1, 2, 20 + place)] * (place % 2)
    talks += [(numbers[10], 4, 1, 25)]
    talks += [(number, at, 2, 5 + place) for place, number in enumerate(spare) for at in (1, 2, 4)][:11]
    return [*talks, (numbers[3], "", 7, 30), (numbers[2], "", 8, 35)]


def _desk_id(hall: Hall, number: int) -> str:
    day = hall.database.read_now(day_by_slug, hall.world.slug)
    return str(next(desk.id for desk in hall.database.read_now(desks_of_day, day.id) if desk.number == number))


def _ends(hall: Hall) -> dict[int, tuple[str, str | None]]:
    """How each visit stands, by ticket number."""
    rows = hall.database.read_now(
        lambda conn: conn.execute(
            sa.select(parties.c.number, visits.c.state, visits.c.reason).join_from(visits, parties)
        ).all()
    )
    return {row.number: (row.state, row.reason) for row in rows}


@ways(1)
def test_a_line_takes_less_than_ten_seconds_by_keyboard_alone(
    calm: Hall, anyone: Someone, language: str, script: bool
) -> None:
    day = another_day(calm)
    numbers = [day.book(day.wish("legal")).number for _ in range(5)]
    calm.skip_to(day.day.opens_at + timedelta(hours=2))
    page = anyone(width=1280, height=800, script=script).new_page()
    page.goto(calm.world.reception)
    page.locator("main form button").click()
    page.goto(f"/reception/{day.day.slug}/paper?lang={language}")
    keys = thoughts = 0
    began = monotonic()
    for place, number in enumerate(numbers):
        expect(page.locator("[name=number]")).to_be_focused()
        for part in (str(number), "1", str(1 + place), f"10{10 + place}"):
            page.keyboard.type(part)
            page.keyboard.press("Tab" if part != f"10{10 + place}" else "Enter")
            keys, thoughts = keys + len(part) + 1, thoughts + 1
        expect(page.locator("main .notice.success")).to_contain_text(str(number))
    took = monotonic() - began

    modelled = (keys * K + thoughts * M) / len(numbers)
    told = f"{keys / len(numbers):.0f} keys, {modelled:.1f} s by the model; script {took:.1f} s"
    print(f"\na line from paper ({language}): {told}")
    shown = page.locator("main .rows").first.locator(".row-number").all_inner_texts()
    assert shown == [str(number) for number in reversed(numbers)]
    done = day.db.read_now(
        lambda conn: conn.execute(
            sa.select(stops.c.outcome).where(stops.c.day_id == day.id, stops.c.on_paper).order_by(stops.c.ended_at)
        ).scalars().all()
    )  # fmt: skip
    assert done == ["advised", "settled", "come_again", "papers_missing", "not_possible"]
    assert modelled <= ENTRY_SECONDS
