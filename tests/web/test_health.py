"""What supervisors ask: alive, ready, figures."""

import asyncio
import os
import re
import subprocess
import sys
from datetime import timedelta
from itertools import islice
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import sqlalchemy as sa

from onestop.db.migrate import newest_revision
from onestop.db.session import POOL, READERS, Database, open_database
from onestop.jobs.leader import Leader
from onestop.visits.actions.calls import finish, serve
from onestop.web.kit import question
from onestop.web.kit.fleet import Fleet
from onestop.web.kit.metrics import Sample
from tests.retention.canary import book
from tests.web.site import Site, running

PROMISED = question.PATIENCE_SECONDS
ALONE = ("database: ok", "migrations: ok", "jobs: nobody runs them", "mail: off", "disk: ok")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine is not what these are about."""
    monkeypatch.setattr(question, "PATIENCE_SECONDS", 20.0)


async def asked(site: Site) -> tuple[int, tuple[str, ...]]:
    """Status and lines of the answer."""
    answer = await site.browser().get("/health/ready")
    return answer.status_code, tuple(answer.text.splitlines())


async def test_it_is_alive_and_says_what_it_needs(site: Site) -> None:
    answer = await site.browser().get("/health/live")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert await asked(site) == (200, ALONE)


async def test_it_is_not_ready_with_another_migration(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=()) as site:
        database.write_now(lambda conn: conn.execute(sa.text("UPDATE alembic_version SET version_num = '0000'")))
        said = await asked(site)
        alive = await site.browser().get("/health/live")
    database.close()

    assert said == (503, ("database: ok", f"migrations: at 0000, expected {newest_revision()}", "disk: ok"))
    assert alive.status_code == 200


async def test_a_database_that_hangs_is_told_within_a_second_and_asked_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "PATIENCE_SECONDS", PROMISED)
    go_on = Event()
    reads = [asyncio.create_task(site.database.read(lambda _: go_on.wait(20))) for _ in range(READERS + POOL)]
    await asyncio.sleep(0)
    began = monotonic()

    said = await asyncio.gather(*(asked(site) for _ in range(20)))

    assert monotonic() - began < 1
    assert set(said) == {(503, ("database: TimeoutError", "disk: ok"))}
    assert site.database._waiting == len(reads) + 1
    go_on.set()
    await asyncio.gather(*reads)
    assert await asked(site) == (200, ALONE)


async def test_a_database_that_is_gone_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("kanarinka"))

    monkeypatch.setattr(site.database, "read_now", gone)

    assert await asked(site) == (503, ("database: OperationalError", "disk: ok"))


async def test_who_runs_the_jobs_is_seen_from_every_process(database: Database, tmp_path: Path) -> None:
    async with running(database, tmp_path, doors=()) as site:
        before = (await asked(site))[1][2]
        if database.is_sqlite:
            site.app.state.probe._works_here = lambda: True
            during = (await asked(site))[1][2]
            site.app.state.probe._works_here = lambda: False
        else:
            leader = Leader(database)
            assert await leader.leads()
            during = (await asked(site))[1][2]
            await leader.resign()
        after = (await asked(site))[1][2]

    assert (before, during, after) == ("jobs: nobody runs them", "jobs: ok", "jobs: nobody runs them")


async def test_mail_that_waits_too_long_and_a_full_disk_are_warnings(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(database, tmp_path, doors=(), smtp_host="127.0.0.1", mail_from="post@hall.test") as site:
        book(site.hall, "Somebody", "somebody@example.org", "+421905777322", "en")
        site.set_time(site.hall.now + timedelta(minutes=14))
        in_time = (await asked(site))[1][3]
        site.set_time(site.hall.now + timedelta(minutes=3))
        monkeypatch.setattr("onestop.web.kit.probe.LITTLE_DISK", 10**18)
        status, lines = await asked(site)

    assert in_time == "mail: ok"
    assert (status, lines[3]) == (200, "mail: 17 minutes late")
    assert lines[4].endswith(" MB free")


async def test_texts_that_wait_too_long_have_a_line_of_their_own(database: Database, tmp_path: Path) -> None:
    gateway = {"sms_url": "https://gateway.test/", "sms_secret": "a secret of the gateway"}
    async with running(database, tmp_path, doors=(), **gateway) as site:
        book(site.hall, "Somebody", "", "+421905777322", "en")
        in_time = (await asked(site))[1]
        site.set_time(site.hall.now + timedelta(minutes=17))
        late = (await asked(site))[1]

    assert in_time[3:5] == ("mail: off", "text messages: ok")
    assert late[3:5] == ("mail: off", "text messages: 17 minutes late")


async def test_figures_are_for_the_holder_of_the_token(database: Database, tmp_path: Path) -> None:
    async with running(database, tmp_path, doors=(), metrics_token="s3cret") as site:
        given = {"nobody": {}, "wrong": {"Authorization": "Bearer s3cre"}, "right": {"Authorization": "Bearer s3cret"}}
        answers = {name: await site.browser(headers=headers).get("/metrics") for name, headers in given.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == {"nobody": 404, "wrong": 404, "right": 200}
    assert answers["right"].headers["content-type"].startswith("text/plain; version=0.0.4")


async def figures(site: Site) -> dict[str, float]:
    """Every line of /metrics by its name and labels, the number of this process left out."""
    answer = await site.browser(headers={"Authorization": "Bearer s3cret"}).get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    told = [line.replace(f',worker="{os.getpid()}"', "").replace(f'{{worker="{os.getpid()}"}}', "") for line in lines]
    assert len(set(told)) == len(told)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in told)}


async def test_the_figures_of_the_hall_name_nobody(database: Database, tmp_path: Path) -> None:
    async with running(database, tmp_path, metrics_token="s3cret", mail_from="post@hall.test") as site:
        hall, name = site.hall, "Kanarinka"
        booked = book(hall, name, "kanarinka@example.org", "+421905777321", "ti")
        hall.open_desks()
        site.set_time(hall.day.opens_at)
        for service in ("legal", "legal", "residence", "residence"):
            hall.walk_in(hall.wish(service))
        stops = list(islice((stop for number in hall.desks if (stop := hall.next(number).stop)), 2))
        hall.write(serve, stops[0])
        hall.later(seconds=5)
        hall.write(finish, stops[0])
        hall.write(serve, stops[1])
        await site.browser().get(f"/t/{booked.code}")
        found = await figures(site)
        answer = await site.browser(headers={"Authorization": "Bearer s3cret"}).get("/metrics")

    of_day = {key.partition("{")[0]: value for key, value in found.items() if f'{{day="{hall.day.slug}"}}' in key}
    assert of_day == {
        "onestop_visits_waiting": 2,
        "onestop_stops_called": 0,
        "onestop_stops_serving": 1,
        "onestop_stops_served": 1,
        "onestop_holds_live": 0,
    }
    assert (found["onestop_database_up"], found["onestop_outbox_due"], found["onestop_outbox_dead"]) == (1, 1, 0)
    assert found['onestop_facts_total{kind="StopCalled"}'] == 2
    assert found['onestop_answers_total{class="2xx"}'] == 1
    assert found["process_resident_memory_bytes"] > 10_000_000
    assert found["process_cpu_seconds_total"] > 0
    assert found["onestop_live_listeners"] == found["onestop_database_waiting"] == 0
    whole = answer.text.casefold()
    assert [word for word in (name, "example.org", "777321", booked.code, "/t/") if word.casefold() in whole] == []


async def test_the_text_is_what_prometheus_reads(database: Database, tmp_path: Path) -> None:
    """Each family once with its help and type before its lines, and every line in the form of the format."""
    async with running(database, tmp_path, metrics_token="s3cret") as site:
        await site.browser().get("/")
        answer = await site.browser(headers={"Authorization": "Bearer s3cret"}).get("/metrics")

    family, seen = "", []
    for line in answer.text.splitlines():
        if line.startswith("# HELP "):
            family = line.split()[2]
            seen.append(family)
        elif line.startswith("# TYPE "):
            assert line.split()[2] == family
            assert line.endswith("_total counter") == family.endswith("_total")
        else:
            assert re.fullmatch(
                family + r'(_bucket|_sum|_count)?(\{\w+="[^"\\]*"(,\w+="[^"\\]*")*\})? [0-9.e+-]+', line
            )
    assert len(seen) == len(set(seen)) > 10


async def test_without_the_database_the_processes_still_have_figures(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "PATIENCE_SECONDS", PROMISED)
    go_on = Event()
    object.__setattr__(site.app.state["settings"], "metrics_token", "s3cret")
    reads = [asyncio.create_task(site.database.read(lambda _: go_on.wait(20))) for _ in range(READERS + POOL)]
    await asyncio.sleep(0)

    found = await figures(site)

    assert (found["onestop_database_up"], found["onestop_database_waiting"]) == (0, len(reads) + 1)
    assert [name for name in found if name.startswith(("onestop_visits", "onestop_outbox"))] == []
    go_on.set()
    await asyncio.gather(*reads)
    assert (await figures(site))["onestop_outbox_due"] == 0


def test_any_process_tells_the_figures_of_all_that_live(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    def own(number: int) -> list[Sample]:
        return [Sample("onestop_live_listeners", 2, {"worker": str(number)})]

    fleet = Fleet(tmp_path, lambda: own(os.getpid()))
    fleet.leave_trace()
    mine = tmp_path / "metrics" / f"{os.getpid()}.json"
    mine.with_name(f"{other.pid}.json").write_text(mine.read_text().replace(str(os.getpid()), str(other.pid)))

    living = fleet.samples()
    other.kill()
    other.wait()
    left = fleet.samples()

    assert (living, left) == ([*own(os.getpid()), *own(other.pid)], own(os.getpid()))
    assert [file.name for file in (tmp_path / "metrics").iterdir()] == [mine.name]
