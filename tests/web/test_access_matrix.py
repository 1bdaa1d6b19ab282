"""Every route × every role: what the matrix says is what happens, and a route without a line is a failure."""

import re
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from onestop.db.session import open_database
from tests.web.access_matrix import FILLS, IN, MATRIX, REFUSED, SIGN_IN, SPECIAL, UNKNOWN, Row, Verdict
from tests.web.site import ROLES, Site, running

_PARAMETER = re.compile(r"{(\w+):\w+}")


def _verdict(answer: httpx.Response) -> Verdict | str:
    location = answer.headers.get("location", "")
    if answer.status_code == 401 or location.startswith(("/sign-in?", "/pair?")):
        return SIGN_IN
    if answer.status_code in (403, 404):
        return {403: REFUSED, 404: UNKNOWN}[answer.status_code]
    # The rules may refuse (400, 409, 410, 422) what was asked; a failure, a wrong method or a limit is no verdict.
    return IN if answer.status_code in (200, 201, 202, 204, 303, 400, 409, 410, 422) else f"HTTP {answer.status_code}"


def _filled(row: Row, site: Site) -> str:
    if row.path in SPECIAL:
        return SPECIAL[row.path](site)
    return _PARAMETER.sub(lambda found: FILLS[found[1]](site), row.path)


def _bearer(site: Site, role: str) -> dict[str, str]:
    return {**site.token(role), "Idempotency-Key": uuid4().hex}


async def _knock(row: Row, role: str, site: Site) -> Verdict | str:
    browser = site.browser(headers=_bearer(site, role)) if row.bearer else site.sign_in(role)
    path = _filled(row, site)
    answer = await browser.request(row.method, path, data=row.form or None, json=row.json)
    return _verdict(answer)


async def test_every_route_has_a_line_and_every_line_a_route(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path) as site:
        routes = {
            (str(method), route.path)
            for route in site.app.litestar.routes
            for method in route.methods
            if str(method) not in ("OPTIONS", "HEAD")
        }
    database.close()

    lines = Counter((row.method, row.path) for row in MATRIX)
    assert set(lines) == routes
    assert [line for line, count in lines.items() if count > 1] == []


@pytest.mark.parametrize("row", MATRIX, ids=[f"{row.method} {row.path}" for row in MATRIX])
async def test_each_role_meets_what_the_matrix_says(row: Row, sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path) as site:
        site.app.state.hub.close()  # a live stream says hello and ends
        # The refused ones knock first, on things nobody has moved yet.
        order = sorted(ROLES, key=lambda role: row.verdicts[role] == IN)
        met = {role: await _knock(row, role, site) for role in order}
    database.close()

    assert met == row.verdicts
