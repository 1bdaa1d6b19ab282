"""Forty minutes without a computer: the hall works from the pack, and everything is entered afterwards."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, expect

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


@pytest.fixture
def slow(tmp_path: Path):
    """A server of this test alone, whose time runs as time does."""
    with served(tmp_path, rate=1.0) as started:
        yield started


@contextmanager
def reception(hall: Hall) -> Iterator[httpx.Client]:
    """The browser of a receptionist, without script."""
    with httpx.Client(base_url=hall.base, headers={"Sec-Fetch-Site": "same-origin"}, timeout=60) as browser:
        assert browser.post(hall.world.reception).status_code == 303
        yield browser


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


def test_forty_minutes_on_paper_are_caught_up_and_nobody_is_lost(slow: Hall, tmp_path: Path) -> None:
    hall, world = slow, slow.world
    day: Day = hall.database.read_now(day_by_slug, world.slug)
    wishes = [["legal", "residence"]] * 4 + [["social"], ["legal", "social"]] * 3 + [["residence"]]
    _, never = booked(hall, ["residence"])
    tickets = [booked(hall, wish) for wish in wishes]
    numbers = [number for _, number in tickets]
    hall.skip_to(day.opens_at)
    for code, _ in tickets[:3]:
        post(hall, f"/days/{world.slug}/check-ins", world.reception_token, {"code": code})
    desk = {link.number: link for link in world.desks}
    post(hall, f"/desks/{_desk_id(hall, 1)}/open", desk[1].token)
    called = post(hall, f"/desks/{_desk_id(hall, 1)}/calls", desk[1].token).json()
    settings = Settings(var=tmp_path, base_url=hall.base)
    key = load_ticket_key(settings)
    pack = make_pack(hall.database, settings, day.id, key=key, actor=SYSTEM, now=hall.database.now(), language="en")
    hall.skip_to(
        day.opens_at + timedelta(minutes=50)
    )  # the power went at ten past; the server is back forty minutes later

    on_paper = "\n".join(texts(pack))
    assert [number for number in [never, *numbers] if str(number) not in on_paper] == []
    (first, last) = map(int, re.findall(r"Spare tickets (\d+)–(\d+)", on_paper)[0])
    spare = list(range(first, last + 1))[:4]
    lines = _sheets(numbers, spare)
    assert (len(lines), len({number for number, *_ in lines})) == (27, 15)
    random.Random(7).shuffle(lines)
    path = f"/reception/{world.slug}/paper"
    with reception(hall) as browser:
        for place, (number, at, digit, minutes) in enumerate(lines):
            about = (day.opens_at + timedelta(minutes=10 + minutes)).astimezone(day.zone).strftime("%H:%M")
            sent = {
                "number": str(number),
                "desk": str(at),
                "how": str(digit),
                "about": about,
                "_key": f"line-{place:020}",
            }
            for _ in range(1 + place % 2):  # every second line is pressed twice
                answer = browser.post(path, data={**sent, "_key": f"line-{place:020}"})
                assert answer.status_code == 303, (sent, re.findall(r"<p>([^<]+)</p>", answer.text))
        page = browser.get(path).text

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
    for number in spare:
        code = ticket_code(key, day=day.id, number=number, generation=1)
        assert hall.database.read_now(find_code, code).number == number
    still = re.findall(r'class="row-number"[^>]*>\s*<bdi[^>]*>(\d+)', page[page.index('id="open"') :])
    assert sorted(map(int, still)) == sorted([never, waits])
    assert f"{spare[-1] + 1}–{last}" in page
    made = hall.database.read_now(lambda conn: conn.execute(sa.select(calls.c.outcome)).scalars().all())
    assert (called["stop"] is not None, made) == (True, ["withdrawn"])


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
    assert modelled <= 10
