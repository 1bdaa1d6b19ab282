"""What happens by itself: ready desks, holds, mail, retention; one failure stops nothing else."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from onestop.app import create_app
from onestop.booking.actions.bookings import hold_arrival
from onestop.booking.actions.draws import request_place
from onestop.booking.queries import arrivals, booking_by_id
from onestop.booking.tables import parties
from onestop.days.drawing import announce_draw
from onestop.days.tables import days, desks
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Channel
from onestop.domain.day import Release
from onestop.domain.retention import persons_until
from onestop.domain.roles import VISITOR
from onestop.domain.visit import READY_LAPSE, StopState
from onestop.jobs import work
from onestop.jobs.work import Job
from onestop.keys import load_ticket_key
from onestop.notify.sender import Sender
from onestop.settings import Settings
from onestop.visits.actions.calls import no_show
from onestop.visits.actions.rows import stop_row
from tests.halls import TestDay
from tests.jobs.conftest import TICK, Working, set_time, until
from tests.notify.post import make_mailing, post_office

PRIVATE = "ana@example.org is in the row"


def kinds(database: Database) -> Counter[str]:
    return Counter(database.read_now(lambda conn: conn.execute(sa.select(facts.c.kind)).scalars().all()))


async def test_a_ready_desk_gets_a_visitor_whom_only_time_made_callable(hall: TestDay, working: Working) -> None:
    hall.open_desks()
    hall.now = hall.day.opens_at
    hall.walk_in(hall.wish("legal"))
    stop = hall.next(1).stop
    assert stop is not None
    hall.write(no_show, stop)
    hall.later(minutes=5)
    assert hall.next(1, standing=True).ready
    set_time(hall, hall.now)

    async with working(hall.db):
        await asyncio.sleep(5 * TICK)
        assert hall.db.read_now(stop_row, stop).state == StopState.WAITING
        set_time(hall, hall.now + timedelta(minutes=5))
        assert await until(lambda: hall.db.read_now(stop_row, stop).state == StopState.CALLED)

    assert kinds(hall.db)["StopCalled"] == 2


async def test_a_desk_nobody_touched_stands_down_once(hall: TestDay, working: Working) -> None:
    hall.open_desks()
    assert hall.next(1, standing=True).ready
    set_time(hall, hall.now + READY_LAPSE)

    async with working(hall.db):
        assert await until(lambda: kinds(hall.db)["DeskNotReady"])
        await asyncio.sleep(5 * TICK)

    ready = sa.select(desks.c.ready_until_at, desks.c.ready_since_at).where(desks.c.number == 1)
    assert hall.db.read_now(lambda conn: tuple(conn.execute(ready).one())) == (None, None)
    assert kinds(hall.db)["DeskNotReady"] == 1


async def test_a_hold_whose_time_is_over_is_marked(hall: TestDay, working: Working) -> None:
    wish = hall.wish("legal")
    at = hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans[0].arrival_at
    hold = hall.db.write_now(
        hold_arrival, hall.id, wish, arrival_at=at, channel=Channel.RECEPTION, actor=VISITOR, now=hall.now,
        hold_minutes=10, day=hall.id,
    )  # fmt: skip
    set_time(hall, hall.now + timedelta(minutes=10))

    async with working(hall.db):
        assert await until(lambda: hall.db.read_now(booking_by_id, hold.id).state is BookingState.EXPIRED)


async def test_a_draw_is_drawn_when_its_window_is_over(hall: TestDay, working: Working, tmp_path: Path) -> None:
    key = load_ticket_key(Settings(var=tmp_path))
    hall.db.write_now(lambda conn: conn.execute(days.update().values(release=Release.DRAW)))
    set_time(hall, hall.day.opens_at - timedelta(days=2))
    opens_at = hall.now + timedelta(hours=1)
    hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=opens_at + timedelta(hours=9), key=key)
    set_time(hall, opens_at)
    hall.write(request_place, hall.id, hall.wish("legal"), channel=Channel.RECEPTION, key=key)
    set_time(hall, opens_at + timedelta(hours=9) - timedelta(seconds=4))

    async with working(hall.db):
        await asyncio.sleep(1)
        assert kinds(hall.db)["DrawClosed"] == 0
        assert await until(lambda: kinds(hall.db)["DrawDone"])
        await asyncio.sleep(5 * TICK)
    assert [kinds(hall.db)[kind] for kind in ("DrawClosed", "SeedPublished", "PlaceOffered", "DrawDone")] == [1] * 4


async def test_persons_go_in_the_hour_in_which_their_time_ends(hall: TestDay, working: Working) -> None:
    hall.book(hall.wish("legal"), name="Kanarinka")
    end = persons_until(hall.day.on, hall.day.closes_at, hall.day.zone, days=7)
    set_time(hall, end - timedelta(seconds=4))

    def names() -> list[str]:
        return list(hall.db.read_now(lambda conn: conn.execute(sa.select(parties.c.name)).scalars().all()))

    async with working(hall.db):
        await asyncio.sleep(1)
        assert names() == ["Kanarinka"]
        assert await until(lambda: names() == [""])


async def test_the_server_with_jobs_sends_the_mail_of_a_booking(database: Database, tmp_path: Path) -> None:
    with post_office() as office:
        mailing = make_mailing(database, tmp_path, office.port)
        database.reactors.clear()  # the application joins its own
        app = create_app(mailing.settings, database, doors=(), with_jobs=True)
        async with app.litestar.lifespan():
            mailing.book("ana@example.org")
            assert await until(lambda: office.taken)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hall.test") as client:
                assert (await client.get("/health/live")).text == "ok\n"

    assert office.subjects() == [("ana@example.org", "Your appointment on Thursday 3 December 2026")]


async def test_a_server_without_jobs_sends_nothing(database: Database, tmp_path: Path) -> None:
    with post_office() as office:
        mailing = make_mailing(database, tmp_path, office.port)
        database.reactors.clear()
        app = create_app(mailing.settings, database, doors=())
        async with app.litestar.lifespan():
            mailing.book("ana@example.org")
            await asyncio.sleep(1.5)

        assert office.taken == []
        assert await Sender(database, mailing.settings, app.state.ticket_key).send_due() == 1


async def test_a_job_that_fails_is_logged_without_its_text_and_stops_only_itself(
    hall: TestDay, working: Working, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    async def fail() -> None:
        raise RuntimeError(PRIVATE)

    async def run() -> None:
        ran.append("ran")

    def fail_for_the_day(*_: object, **__: object) -> None:
        raise RuntimeError(PRIVATE)

    jobs = (
        Job(name="bad", run=fail),
        Job(name="bad day", run=lambda: work.each_day(hall.db, lambda *_, **__: [hall.id], fail_for_the_day)),
        Job(name="good", run=run),
    )
    monkeypatch.setattr("onestop.jobs.scheduler.all_jobs", lambda *_: jobs)
    with caplog.at_level(logging.ERROR):
        async with working(hall.db):
            assert await until(lambda: len(ran) > 2)

    assert {text for text in caplog.messages if "example.org" in text} == set()
    assert {text.splitlines()[0] for text in caplog.messages} == {
        "job bad failed: RuntimeError",
        f"fail_for_the_day of day {hall.id} failed: RuntimeError",
    }


async def test_a_stopping_process_lets_a_job_end(
    hall: TestDay, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    async def slow() -> None:
        done.append("begun")
        await asyncio.sleep(0.5)
        done.append("ended")

    monkeypatch.setattr("onestop.jobs.scheduler.all_jobs", lambda *_: (Job(name="slow", run=slow),))
    async with working(hall.db):
        assert await until(lambda: done)

    assert done == ["begun", "ended"]


def test_onestop_jobs_works_until_it_is_told_to_stop(sqlite_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "ONESTOP_VAR": str(tmp_path / "var"), "ONESTOP_DATABASE_URL": sqlite_url}
    process = subprocess.Popen(
        [sys.executable, "-c", "from onestop.jobs.alone import run_jobs; from onestop.settings import read_settings;"
         " run_jobs(read_settings())"],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    key = tmp_path / "var" / "ticket.key"
    end = time.monotonic() + 60
    while not key.exists() and time.monotonic() < end:  # made when it begins to work
        time.sleep(TICK)
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)

    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "")


def test_settings_reach_every_job(database: Database, tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    jobs = work.all_jobs(database, settings, Sender(database, settings, b"k" * 32))

    assert [(job.name, job.hourly) for job in jobs] == [
        ("match", False),
        ("lapse", False),
        ("broadcasts", False),
        ("holds", False),
        ("lapsed offers", False),
        ("draws", False),
        ("offers", False),
        ("cancelled days", False),
        ("touched", False),
        ("speech", False),
        ("packs", False),
        ("forgotten days", True),
        ("mail", False),
        ("late mail", True),
        ("retention", True),
        ("secrets", True),
        ("answers", True),
        ("files", True),
        ("clips", True),
        ("sessions", True),
    ]
    for job in jobs:
        asyncio.run(_run(job))


async def _run(job: Job) -> None:
    await job.run()
