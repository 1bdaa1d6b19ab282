"""What supervisors ask: alive, ready, figures."""

from pathlib import Path

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.session import Database, open_database
from onestop.domain.facts import Fact
from tests.web.site import Site, running


async def test_it_is_alive_and_ready(site: Site) -> None:
    answers = [await site.browser().get(path) for path in ("/health/live", "/health/ready")]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "ok\n"), (200, "ok\n")]


async def test_it_is_not_ready_with_another_migration(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=()) as site:
        database.write_now(lambda conn: conn.execute(sa.text("UPDATE alembic_version SET version_num = '0000'")))
        answer = await site.browser().get("/health/ready")
        alive = await site.browser().get("/health/live")
    database.close()

    assert (answer.status_code, answer.text.startswith("database: at migration 0000, expected ")) == (503, True)
    assert alive.status_code == 200


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
