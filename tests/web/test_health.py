"""What supervisors ask: alive, ready, figures."""

import asyncio
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.migrate import newest_revision
from onestop.db.session import POOL, READERS, Database, open_database
from onestop.domain.facts import Fact
from onestop.jobs.leader import Leader
from tests.retention.canary import book
from tests.web.site import Site, running

ALONE = ("database: ok", "migrations: ok", "jobs: nobody runs them", "mail: off", "disk: ok")


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


async def test_a_database_that_hangs_is_told_within_a_second_and_asked_once(site: Site) -> None:
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


async def test_figures_are_for_the_holder_of_the_token_and_name_nobody(database: Database, tmp_path: Path) -> None:
    async with running(database, tmp_path, doors=(), metrics_token="s3cret") as site:
        await site.database.write(record, Fact(kind="StopCalled", at=site.hall.now, day=site.hall.id))
        await site.browser().get("/nowhere")
        answers = {
            name: await site.browser(headers=headers).get("/metrics")
            for name, headers in (
                ("nobody", {}),
                ("wrong", {"Authorization": "Bearer s3cre"}),
                ("right", {"Authorization": "Bearer s3cret"}),
            )
        }

    assert {name: answer.status_code for name, answer in answers.items()} == {"nobody": 404, "wrong": 404, "right": 200}
    lines = answers["right"].text.splitlines()
    assert [line for line in lines if "StopCalled" in line] == ['onestop_facts_total{kind="StopCalled"} 1']
    assert 'onestop_answers_total{class="4xx"} 3' in lines
    assert "onestop_live_listeners 0" in lines
