"""What supervisors ask, of real server processes."""

import time
from pathlib import Path

import httpx
import pytest

from tests.postgres import Urls
from tests.reliability.server import serving

PATIENCE = 20.0


def test_the_one_process_of_a_laptop_runs_the_jobs_itself(sqlite_url: str, tmp_path: Path) -> None:
    with serving(sqlite_url, var=tmp_path / "var") as running:
        until = time.monotonic() + PATIENCE
        while "jobs: ok" not in (said := httpx.get(f"{running.url}/health/ready", timeout=5).text):
            assert time.monotonic() < until, said
            time.sleep(0.1)

    assert said == "database: ok\nmigrations: ok\njobs: ok\nmail: off\ndisk: ok\n"


def test_whichever_process_answers_tells_the_figures_of_all(
    postgres_urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONESTOP_METRICS_TOKEN", "s3cret")
    monkeypatch.setenv("ONESTOP_LOG", "json")
    with serving(postgres_urls.app, owner_url=postgres_urls.owner, var=tmp_path / "var", workers=2) as running:
        until = time.monotonic() + PATIENCE
        workers: list[set[str]] = []
        while time.monotonic() < until and not (len(workers) >= 10 and all(len(seen) == 2 for seen in workers[-10:])):
            headers = {"Authorization": "Bearer s3cret"}
            text = httpx.get(f"{running.url}/metrics", headers=headers, timeout=5).text
            name = "onestop_live_listeners{"
            workers.append({line for line in text.splitlines() if line.startswith(name)})
            time.sleep(0.1)
        said = httpx.get(f"{running.url}/health/ready", timeout=5).text

    assert [len(seen) for seen in workers[-10:]] == [2] * 10
    assert "jobs: nobody runs them" in said
    assert '"path": "/health/ready", "status": 200' in (tmp_path / "var/server.log").read_text()
    assert list((tmp_path / "var/metrics").glob("*.json")) == []
