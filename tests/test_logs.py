"""The log: JSON lines, no text of an error, and a request is answered also where no line can be written."""

import io
import json
import logging
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Response, get

from onestop.db.session import Database, open_database
from onestop.logs import log_to_stderr
from onestop.settings import SettingsWrong, read_settings
from onestop.web.kit.masks import masked
from tests.web.site import Site, running

NAME = "Kanarinka"
CODE = "abcdefghijklmnopqrstuvwx27"


@get("/probe/fails")
async def fails() -> Response[Any]:
    """An error whose text quotes a person, with a cause that does, too."""
    try:
        raise KeyError(f"Key (name)=({NAME}) already exists")
    except KeyError as error:
        raise RuntimeError(f"[parameters: {{'name': '{NAME}'}}]") from error


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    database: Database = open_database(sqlite_url)
    async with running(database, tmp_path / "var", handlers=[fails]) as started:
        yield started
    database.close()


@pytest.fixture
def logger() -> Iterator[None]:
    """The product's logger is as before when the test ends."""
    logger = logging.getLogger("onestop")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield
    logger.handlers[:], logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


@pytest.mark.usefixtures("logger")
async def test_json_lines_say_what_was_asked_and_the_number_that_the_page_shows(site: Site) -> None:
    stream = io.StringIO()
    log_to_stderr("json", stream=stream)

    await site.browser().get(f"/t/{CODE}?name={NAME}")
    page = await site.browser().get("/probe/fails")

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    asked, failed, answered = lines
    assert {key: asked[key] for key in ("level", "log", "method", "path", "status")} == {
        "level": "info", "log": "onestop.access", "method": "GET", "path": "/t/*", "status": 404,
    }  # fmt: skip
    assert asked["at"].endswith("+00:00")
    assert (failed["level"], failed["error"], answered["status"]) == ("error", "RuntimeError", 500)
    assert failed["incident"] in page.text
    assert [line for line in failed["places"] if ":" not in line] == ["RuntimeError", "KeyError"]
    assert any("test_logs.py" in line for line in failed["places"])
    assert (NAME in stream.getvalue(), CODE in stream.getvalue()) == (False, False)


@pytest.mark.usefixtures("logger")
async def test_lines_for_people_say_where_it_failed_and_not_with_what(site: Site) -> None:
    stream = io.StringIO()
    log_to_stderr("text", stream=stream)

    page = await site.browser().get("/probe/fails")

    told = stream.getvalue()
    incident = told.partition("incident ")[2].split()[0]
    assert (incident in page.text, "test_logs.py" in told, "KeyError" in told, NAME in told) == (
        True,
        True,
        True,
        False,
    )


class Full(io.StringIO):
    """A log on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("logger")
async def test_a_log_that_cannot_be_written_disturbs_no_request(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("json", stream=Full())

    answers = [await site.browser().get(path) for path in ("/health/live", "/probe/fails")]

    assert [answer.status_code for answer in answers] == [200, 500]
    assert capsys.readouterr().err == ""


OPENS = {"code", "token", "ticket_number"}
"""Parameters of addresses that open something, or tell who was asked about; a hold is opened by its id."""
SHOWN = {
    "day",
    "slug",
    "call",
    "nth",
    "number",
    "file_path",
    "tag",
    "word",
    "picture",
    "template",
    "name",
    "kind",
    "part",
}
"""Public names. All others are ids, which open nothing."""


async def test_no_address_of_any_door_brings_what_opens_something_into_the_log(site: Site) -> None:
    """Fails for a new route whose parameter nobody has thought about."""
    parameters: set[str] = set()
    for route in site.app.litestar.routes:
        parts: list[str] = []
        for part in getattr(route, "path_components", []):
            if isinstance(part, str):
                parts.append(part)
                continue
            kind, name = part.type.__name__, part.name
            assert name in OPENS | SHOWN or kind == "UUID", route.path
            parameters.add(name)
            secret = name in OPENS or name == "hold"
            parts.append("5EC2E7" if secret else "01a2004b-a7c0-7581-a0c6-a10deb006e41")
        address = "/" + "/".join(parts)
        assert "5EC2E7" not in masked(address), route.path
        assert masked(address).count("*") == ("5EC2E7" in address), route.path
    assert OPENS | {"hold", "day"} <= parameters


def test_the_form_of_the_log_is_one_of_two() -> None:
    assert [read_settings({"ONESTOP_LOG": form}).log for form in ("text", "json")] == ["text", "json"]
    with pytest.raises(SettingsWrong, match="log must be text or json"):
        read_settings({"ONESTOP_LOG": "xml"})
