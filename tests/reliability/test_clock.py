"""A clock that jumps and a night that skips or repeats an hour change nothing (R11).

The wall clock is moved where the program reads it, `onestop.clock`. Broken once on purpose, each turned these tests
red and was put back: domain time read from the wall at each look, a lease not kept in mind by its process, waits not
mended after a clock set back (while running, after a start), local hours counted from midnight.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from onestop import clock
from onestop.booking.actions.bookings import confirm_booking, hold_arrival
from onestop.booking.capacity import days_with_expired_holds, expire_holds
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings, parties
from onestop.clock import Clock, real_clock, real_now
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.errors import HoldGone
from onestop.domain.roles import VISITOR
from onestop.jobs.work import each_day, retain_days
from onestop.notify.actions import LEASE, WAITS
from onestop.notify.sender import Sender
from onestop.notify.tables import outbox
from onestop.reports.verify import verify
from onestop.settings import Settings
from onestop.visits.actions.closing import close_forgotten, days_left_open
from tests.halls import KEY, TestDay, make_test_day
from tests.notify.post import mail_settings
from tests.reliability.days import parse_day
from tests.reliability.slow_mail import LyingServer, lying_server
from tests.reliability.test_mail import book, mail_day, until
from tests.web.site import running

HOUR = timedelta(hours=1)
JUMPS = [pytest.param(HOUR, id="forward"), pytest.param(-HOUR, id="back")]


class Wall(datetime):
    """The machine's wall clock, wrong by `off`."""

    off: ClassVar[timedelta] = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """What the wall shows."""
        return datetime.now(tz) + cls.off


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Wall]]:
    """A wall clock that the test may set."""
    monkeypatch.setattr(clock, "datetime", Wall)
    yield Wall
    Wall.off = timedelta()


@pytest.mark.parametrize("jump", JUMPS)
def test_domain_time_does_not_jump_with_the_wall(wall: type[Wall], jump: timedelta) -> None:
    running_clock = real_clock()
    before = running_clock.now()
    wall.off = jump

    assert abs(real_now() - before - jump) < timedelta(seconds=5)
    assert timedelta() <= running_clock.now() - before < timedelta(seconds=5)


@pytest.mark.parametrize("jump", JUMPS)
def test_a_hold_lives_as_long_as_promised_and_is_never_revived(
    database: Database, wall: type[Wall], jump: timedelta
) -> None:
    hall = make_test_day(database)
    start = hall.now
    database.clock = Clock(start=start, real_start=real_now())
    kept, lost = hold(hall, database.now()), hold(hall, database.now())
    wall.off = jump
    each = {"key": KEY, "name": "", "actor": VISITOR, "day": hall.id}

    assert database.read_now(days_with_expired_holds, now=database.now()) == []
    database.write_now(confirm_booking, kept, now=database.now(), **each)
    database.clock = Clock(start=start + timedelta(minutes=11), real_start=real_now())
    assert database.write_now(expire_holds, hall.id, now=database.now(), day=hall.id) == 1
    wall.off = -jump
    assert database.write_now(expire_holds, hall.id, now=database.now(), day=hall.id) == 0
    with pytest.raises(HoldGone):
        database.write_now(confirm_booking, lost, now=database.now(), **each)
    states = database.read_now(lambda conn: conn.execute(sa.select(bookings.c.state)).scalars().all())
    assert sorted(states) == ["confirmed", "expired"]
    assert database.read_now(verify, now=database.now()) == []


def hold(hall: TestDay, now: datetime) -> Any:
    """A time chosen for ten minutes."""
    wish = hall.wish("legal")
    at = hall.db.read_now(arrivals, hall.day, wish, now=now).plans[0].arrival_at
    how: dict[str, Any] = {
        "channel": Channel.RECEPTION,
        "actor": VISITOR,
        "now": now,
        "hold_minutes": 10,
        "day": hall.id,
    }
    return hall.db.write_now(hold_arrival, hall.id, wish, arrival_at=at, **how).id


@pytest.mark.parametrize("jump", JUMPS)
async def test_nobody_is_signed_out_and_a_key_keeps_its_answer(
    database: Database, tmp_path: Path, wall: type[Wall], jump: timedelta
) -> None:
    async with running(database, tmp_path) as site:
        organiser, desk, kiosk = (site.sign_in(role) for role in ("organiser", "officer", "kiosk"))
        machine = site.browser(headers={**site.token("kiosk"), "Idempotency-Key": uuid4().hex})
        path, body = f"/api/v1/days/{site.hall.day.slug}/visits", {"services": ["legal"]}
        first = await machine.post(path, json=body)
        assert first.status_code == 201, first.text
        seen: list[list[tuple[int, bool]]] = []
        for off in (timedelta(), jump, timedelta(), -jump):
            wall.off = off
            pages = ((organiser, "/organise"), (desk, "/desk"), (kiosk, "/kiosk"))
            shown = [await browser.get(page, follow_redirects=True) for browser, page in pages]
            seen.append(
                [(one.status_code, one.url.path.startswith(page)) for one, (_, page) in zip(shown, pages, strict=True)]
            )
            again = await machine.post(path, json=body)
            assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")

    assert seen == [[(200, True)] * 3] * 4
    numbered = sa.select(sa.func.count()).where(parties.c.number.is_not(None))
    assert database.read_now(lambda conn: conn.execute(numbered).scalar_one()) == 1


@pytest.mark.parametrize("jump", JUMPS)
def test_nothing_is_deleted_or_closed_early_and_nothing_twice(
    database: Database, tmp_path: Path, wall: type[Wall], jump: timedelta
) -> None:
    hall = make_test_day(database)
    hall.book(hall.wish("legal"), name="Amal")
    settings = Settings(var=tmp_path)
    over = hall.day.closes_at + timedelta(hours=12)
    gone = datetime(2026, 12, 10, 23, tzinfo=UTC)  # seven whole days have followed the day, in Bratislava

    def jobs_at(now: datetime) -> tuple[int, int]:
        """What the hourly jobs leave when domain time is `now`: days closed, names kept."""
        wall.off = timedelta()
        database.clock = Clock(start=now, real_start=real_now())
        for off in (jump, -jump, timedelta()):
            wall.off = off
            asyncio.run(each_day(database, days_left_open, close_forgotten))
            retain_days(database, settings)
        closed = sa.select(sa.func.count()).where(facts.c.kind == "DayClosed")
        named = sa.select(sa.func.count()).where(parties.c.name == "Amal")
        return database.read_now(lambda conn: (conn.execute(closed).scalar_one(), conn.execute(named).scalar_one()))

    minute = timedelta(minutes=1)
    assert [jobs_at(at) for at in (over - minute, over + minute, gone - minute, gone + minute)] == [
        (0, 1),
        (1, 1),
        (1, 1),
        (1, 0),
    ]


@pytest.fixture
def office() -> Iterator[LyingServer]:
    """A mail server."""
    with lying_server() as made:
        yield made


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_mail_under_way_is_not_sent_a_second_time(
    database: Database, tmp_path: Path, office: LyingServer, wall: type[Wall], jump: timedelta
) -> None:
    office.says["slow@example.org"] = ["late"]
    mailing = mail_day(database, tmp_path, office.port)
    book(mailing, "slow@example.org")
    sending = asyncio.create_task(mailing.sender.send_due())
    await until(lambda: office.asked, seconds=5)
    wall.off = jump
    await asyncio.to_thread(book, mailing, "other@example.org")
    await sending
    for off in (-jump, timedelta()):
        wall.off = off
        await mailing.sender.send_due()

    assert Counter(address for address, _ in office.taken) == {"slow@example.org": 1, "other@example.org": 1}


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_clock_set_back_keeps_no_mail_waiting_for_as_long_as_the_jump(
    database: Database, tmp_path: Path, office: LyingServer, wall: type[Wall], restarted: bool
) -> None:
    office.says["later@example.org"] = ["451"]
    mailing = mail_day(database, tmp_path, office.port)
    book(mailing, "later@example.org")
    book(mailing, "crashed@example.org")
    crashed = outbox.c.address == "crashed@example.org"
    leased = outbox.update().where(crashed).values(leased_until_at=real_now() + LEASE)
    database.write_now(lambda conn: conn.execute(leased))
    assert await mailing.sender.send_due() == 0
    sender = Sender(database, mailing.settings, KEY) if restarted else mailing.sender
    wall.off = -HOUR
    assert await sender.send_due() == 0
    wall.off += max(LEASE, WAITS[-1]) + timedelta(seconds=10)
    assert await sender.send_due() == 2

    assert sorted(address for address, _ in office.taken) == ["crashed@example.org", "later@example.org"]


# -- the nights that skip or repeat an hour ---------------------------------------------------------------------------

NIGHT = """
schema = 1
slug = "night"
timezone = "{zone}"
working_language = "sk"
[day]
opens = 00:00:00
closes = 07:00:00
slot_minutes = 20
reserve_percent = 0
parties = 3
release = "open"
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
[[desk]]
number = 1
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["en"]
"""
NIGHTS = [
    pytest.param(zone, on, hours, id=f"{zone.split('/')[1]}-{on}", marks=marks)
    for zone, marks in (("Europe/Bratislava", ()), ("Europe/Athens", pytest.mark.full))
    for on, hours in ((date(2027, 3, 28), 6), (date(2027, 10, 31), 8))
]
CHANGE = 1
"""The hour, UTC, at which all of the European Union changes."""


def night(database: Database, zone: str, on: date) -> TestDay:
    """A day from midnight to seven, over the change."""
    return make_test_day(database, file=parse_day(NIGHT.format(zone=zone)), on=on)


@pytest.mark.parametrize(("zone", "on", "hours"), NIGHTS)
async def test_slots_follow_each_other_and_pages_show_the_local_time(
    database: Database, tmp_path: Path, zone: str, on: date, hours: int
) -> None:
    hall = night(database, zone, on)
    local = ZoneInfo(zone)
    midnight = datetime.combine(on, datetime.min.time(), tzinfo=local).astimezone(UTC)
    wanted = [midnight + nth * timedelta(minutes=20) for nth in range((hours * 60 - 45) // 20 + 1)]
    async with running(database, tmp_path, hall=hall) as site:
        api = f"/api/v1/days/{hall.day.slug}"
        answer = await site.browser().get(f"{api}/arrivals", params={"services": "legal"})
        told = [datetime.fromisoformat(item["arrival"]) for item in answer.json()["items"]]
        assert told == wanted
        assert hall.day.closes_at - hall.day.opens_at == timedelta(hours=hours)
        shown: list[bool] = []
        change = datetime.combine(on, datetime.min.time(), tzinfo=UTC) + timedelta(hours=CHANGE)
        for at in (change - timedelta(minutes=20), change, change + timedelta(minutes=40)):
            nearest = min(wanted, key=lambda one: abs(one - at))
            made = await site.browser().post(
                f"{api}/bookings",
                json={"services": ["legal"], "arrival": nearest.isoformat()},
                headers={"Idempotency-Key": uuid4().hex},
            )
            assert made.status_code == 201, made.text
            code = made.json()["code"]
            ticket = (await site.browser().get(f"/api/v1/tickets/{code}")).text
            page = (await site.browser(headers={"Accept-Language": "en"}).get(f"/t/{code}")).text
            shown += [
                nearest.isoformat().replace("+00:00", "Z") in ticket,
                f"{nearest.astimezone(local):%H:%M}" in page,
            ]
        assert shown == [True] * 6
    assert database.read_now(verify, now=hall.now) == []


@pytest.mark.parametrize(("zone", "on", "hours"), NIGHTS)
def test_a_hold_over_the_change_lasts_ten_minutes(database: Database, zone: str, on: date, hours: int) -> None:
    hall = night(database, zone, on)
    change = datetime.combine(on, datetime.min.time(), tzinfo=UTC) + timedelta(hours=CHANGE)
    made = change - timedelta(minutes=5)
    first, second = hold(hall, made), hold(hall, made)
    each = {"key": KEY, "name": "", "actor": VISITOR, "day": hall.id}

    assert database.write_now(expire_holds, hall.id, now=made + timedelta(minutes=9, seconds=59), day=hall.id) == 0
    database.write_now(confirm_booking, first, now=made + timedelta(minutes=9, seconds=59), **each)
    with pytest.raises(HoldGone):
        database.write_now(confirm_booking, second, now=made + timedelta(minutes=10), **each)
    assert database.write_now(expire_holds, hall.id, now=made + timedelta(minutes=10), day=hall.id) == 1


@pytest.mark.parametrize(("zone", "on", "hours"), NIGHTS)
async def test_one_reminder_a_day_before_and_one_closing_by_itself(
    database: Database, tmp_path: Path, office: LyingServer, zone: str, on: date, hours: int
) -> None:
    from onestop.notify.reactor import OutboxReactor
    from tests.notify.post import Mailing

    hall = night(database, zone, on)
    settings = mail_settings(tmp_path, office.port)
    database.reactors.append(OutboxReactor(settings))
    hall.now = hall.day.opens_at - timedelta(days=2)
    mailing = Mailing(hall=hall, settings=settings, sender=Sender(database, settings, KEY))
    book(mailing, "ana@example.org")
    first_arrival = database.read_now(lambda conn: conn.execute(sa.select(bookings.c.arrival_at)).scalar_one())

    async def mails_at(at: datetime) -> int:
        database.clock = Clock(start=at, real_start=real_now())
        for _ in range(2):
            await mailing.sender.send_due()
        return len(office.taken)

    # It arrives at midnight: the night before nobody is reminded, and that morning would be too early.
    eve = (first_arrival - timedelta(hours=24)).astimezone(ZoneInfo(zone)).date()
    due = datetime.combine(eve, time(8), ZoneInfo(zone)).astimezone(UTC)
    minute = timedelta(minutes=1)
    assert [await mails_at(at) for at in (due - minute, due + minute, due + HOUR, due + 2 * HOUR)] == [1, 2, 2, 2]
    closes = hall.day.closes_at + timedelta(hours=12)
    assert database.read_now(days_left_open, now=closes - minute) == []
    for at in (closes + minute, closes + HOUR, closes + 2 * HOUR):
        for day in database.read_now(days_left_open, now=at):
            database.write_now(close_forgotten, day, now=at, day=day)
    kinds = database.read_now(lambda conn: Counter(conn.execute(sa.select(facts.c.kind)).scalars()))
    assert (kinds["DayClosed"], kinds["BookingMissed"]) == (1, 1)
