"""The application as the server starts it in each of its processes."""

import gc
import logging
from pathlib import Path

import pytest

from onestop.asgi import create


async def test_what_was_made_at_the_start_is_not_looked_through_for_garbage(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONESTOP_VAR", str(tmp_path))
    monkeypatch.setenv("ONESTOP_DATABASE_URL", sqlite_url)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    app = create()
    before = gc.get_freeze_count()

    async with app.litestar.lifespan():
        meanwhile = gc.get_freeze_count()

    assert (before, meanwhile > 50_000, gc.get_freeze_count()) == (0, True, 0)
