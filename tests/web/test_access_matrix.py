"""Every route × every role: what the matrix says is what happens, and a route without a line is a failure."""

import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from onestop.app import App, create_app
from onestop.db.session import open_database
from onestop.settings import Settings
from onestop.web.kit.limits import Limits
from onestop.web.kit.sessions import DEVICE_COOKIE, SESSION_COOKIE
from tests.halls import TestDay, make_test_day
from tests.web.access_matrix import (
    FILLS,
    FORMS,
    IN,
    MATRIX,
    REFUSED,
    SIGN_IN,
    SPECIAL,
    STRANGERS,
    UNKNOWN,
    Row,
    Verdict,
)
from tests.web.site import ROLES, Site

_PARAMETER = re.compile(r"{(\w+):\w+}")


def _verdict(answer: httpx.Response) -> Verdict | str:
    location = answer.headers.get("location", "")
    if answer.status_code == 401 or location.startswith(("/sign-in?next=", "/pair?")):
        return SIGN_IN
    if answer.status_code in (403, 404):
        return {403: REFUSED, 404: UNKNOWN}[answer.status_code]
    # The rules may refuse (400, 409, 410, 422) what was asked; a failure, a wrong method or a limit is no verdict.
    return IN if answer.status_code in (200, 201, 202, 204, 303, 400, 409, 410, 422) else f"HTTP {answer.status_code}"


def _filled(row: Row, site: Site) -> str:
    if row.path in SPECIAL:
        return SPECIAL[row.path](site)
    return _PARAMETER.sub(lambda found: FILLS[found[1]](site), row.path)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The application, and a database with somebody of each role signed in, copied for each group of rows."""

    app: App
    path: Path
    hall: TestDay
    settings: Settings
    cookies: dict[str, dict[str, str]]
    bearer: dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def prepared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("matrix")
    path = folder / "prepared.sqlite3"
    shutil.copyfile(sqlite_template, path)
    settings = Settings(var=folder)
    database = open_database(f"sqlite:///{path}")
    hall = make_test_day(database)
    app = create_app(settings, database, limits=Limits(scale=100))
    app.state.hub.close()  # a live stream says hello and ends
    site = Site(app=app, database=database, hall=hall, settings=settings)
    site.set_time(hall.now)
    machines, people = ("kiosk", "display"), [role for role in ROLES if role not in STRANGERS]
    cookies = {
        role: {DEVICE_COOKIE: site.pair(role)} if role in machines else {SESSION_COOKIE: site.session(role)}
        for role in people
    }
    bearer = {role: site.token(role) for role in people}
    database.close()
    return Prepared(app, path, hall, settings, cookies, bearer)


def _form(row: Row, site: Site) -> dict[str, str]:
    return FORMS[row.path](site) if row.method == "POST" and row.path in FORMS else row.form


async def _knock(row: Row, role: str, site: Site, prepared: Prepared, path: str | None) -> Verdict | str:
    if row.bearer:
        browser = site.browser(headers={**prepared.bearer.get(role, {}), "Idempotency-Key": uuid4().hex})
    else:
        browser = site.browser(cookies=prepared.cookies.get(role, {}))
    answer = await browser.request(row.method, path or _filled(row, site), data=_form(row, site) or None, json=row.json)
    return _verdict(answer)


def test_every_route_has_a_line_and_every_line_a_route(prepared: Prepared) -> None:
    routes = {
        (str(method), route.path)
        for route in prepared.app.litestar.routes
        for method in route.methods
        if str(method) not in ("OPTIONS", "HEAD")
    }

    lines = Counter((row.method, row.path) for row in MATRIX)
    assert sorted(routes - set(lines)) == [], "routes without a line in access_matrix.py"
    assert sorted(set(lines) - routes) == [], "lines of access_matrix.py without a route"
    assert [line for line, count in lines.items() if count > 1] == []


def _groups() -> dict[str, list[Row]]:
    """Rows that change nothing share one application for each door; every other row has its own."""
    found: dict[str, list[Row]] = {}
    for row in MATRIX:
        name = f"GET {row.path.split('/')[1]}" if row.method == "GET" else f"{row.method} {row.path}"
        found.setdefault(name, []).append(row)
    return found


@pytest.mark.parametrize("rows", _groups().values(), ids=_groups().keys())
async def test_each_role_meets_what_the_matrix_says(rows: list[Row], prepared: Prepared, tmp_path: Path) -> None:
    path = tmp_path / "onestop.sqlite3"
    shutil.copyfile(prepared.path, path)
    database = open_database(f"sqlite:///{path}")
    hall = replace(prepared.hall, db=database)
    site = Site(app=prepared.app, database=database, hall=hall, settings=prepared.settings)
    site.set_time(hall.now)
    prepared.app.state.db = database
    met: dict[str, dict[str, Verdict | str]] = {}
    for row in rows:
        # The refused ones knock first, on things nobody has moved yet.
        order = sorted(ROLES, key=lambda role: row.verdicts[role] == IN)
        # Looking moves nothing: one thing serves all.
        path = _filled(row, site) if row.method == "GET" else None
        met[row.path] = {role: await _knock(row, role, site, prepared, path) for role in order}
    for client in site.clients:
        await client.aclose()
    database.close()

    expected = {row.path: row.verdicts for row in rows}
    wrong = [
        f"{path} {role}: {met[path][role]}, not {verdict}"
        for path, verdicts in expected.items()
        for role, verdict in verdicts.items()
        if met[path][role] != verdict
    ]
    assert wrong == []
    assert met == expected
