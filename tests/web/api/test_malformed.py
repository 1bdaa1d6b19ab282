"""No request, however malformed, fails: it is told what is wrong by a problem document (R13)."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onestop.db.session import Database
from tests.web.api.machine import Machine
from tests.web.site import Site, running

BODIES: list[tuple[bytes, str, int]] = [
    (b"", "application/json", 400),
    (b"{", "application/json", 400),
    (b"null", "application/json", 400),
    (b"[]", "application/json", 400),
    (b'"text"', "application/json", 400),
    (b"\xff\xfe\x00", "application/json", 400),
    (b'{"services": "legal"}', "application/json", 400),
    (b'{"services": ["legal"], "party": "two"}', "application/json", 400),
    (b'{"services": ["legal"], "party": -1}', "application/json", 400),
    (b'{"services": ["legal"], "party": 1e999}', "application/json", 400),
    (b'{"services": ["legal"], "party": 99999999999999999999999}', "application/json", 400),
    (b'{"services": ["legal"], "party": [{"mark": 0}]}', "application/json", 400),
    (b'{"services": ["legal"], "languages": ["\\u0000"]}', "application/json", 400),
    (b'{"services": ["legal"], "languages": ["english language"]}', "application/json", 400),
    (b'{"services": ["legal"], "interpreter": "perhaps"}', "application/json", 400),
    (b'{"services": ["legal"], "nonce": "with\\u0000nothing"}', "application/json", 400),
    (b'{"services": ["legal"], "issued_at": "2026-12-03T08:00:00"}', "application/json", 400),
    (b'{"services": ["legal"], "issued_at": "yesterday"}', "application/json", 400),
    (b'{"services": ["legal"], "issued_at": "0001-01-01T00:00:00+23:00"}', "application/json", 422),
    (b'{"services": ["legal"], "name": "a\\u0000b"}', "application/json", 422),
    (b'{"services": ["\\u0000"]}', "application/json", 422),
    (b'{"services": ["legal"], "name": "\\ud800"}', "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"a":' * 30_000, "application/json", 400),
    (b" " * 300_000, "application/json", 413),
    (b"services=legal", "application/x-www-form-urlencoded", 400),
    (b"services=legal", "multipart/form-data", 400),
    (b"\x81", "application/msgpack", 400),
    # What a program does not know of it may send, and what kind of content it is says the address.
    (b'{"services": ["legal"], "colour": "blue", "services ": 1}', "application/json", 201),
    (b'{"services": ["legal"]}', "text/plain", 201),
]


async def test_each_wrong_body_is_told_and_changes_nothing(machine: Machine) -> None:
    met: list[tuple[bytes, str, int]] = []
    for place, (body, kind, _) in enumerate(BODIES):
        headers = {**machine.headers("receptionist"), "Idempotency-Key": f"key {place}", "Content-Type": kind}
        answered = await machine.client.post(f"/api/v1/days/{machine.day}/visits", content=body, headers=headers)
        met.append((body, kind, answered.status_code))
        if answered.status_code >= 400:
            assert _is_problem(answered), answered.text
    assert met == BODIES
    counted = (await machine.get(f"/days/{machine.day}/overview", "organiser")).json()["visits"]
    assert counted == {"open": sum(1 for *_, status in BODIES if status == 201)}


async def test_wrong_ids_queries_and_methods_are_told(machine: Machine) -> None:
    for path, status, code in (
        ("/desks/7/queue", 404, "not_known"),
        ("/desks/%00/queue", 400, "request_wrong"),
        ("/days/no-such-day", 404, "day_unknown"),
        ("/days/..%2f..%2fetc", 404, "not_known"),
        (f"/days/{machine.day}/arrivals", 400, "request_wrong"),
        (f"/days/{machine.day}/arrivals?services=", 422, "no_service_chosen"),
        (f"/days/{machine.day}/arrivals?services=legal&party=0", 400, "request_wrong"),
        (f"/days/{machine.day}/arrivals?services=legal&party=many", 400, "request_wrong"),
        (f"/days/{machine.day}/arrivals?services=legal&interpreter=x", 400, "request_wrong"),
        (f"/days/{machine.day}/arrivals?services=legal&languages=a%00", 422, "invalid_input"),
        ("/days?limit=0", 400, "request_wrong"),
        ("/days?after=-1", 400, "request_wrong"),
        ("/days?after=99999999999999999999999", 400, "request_wrong"),
        ("/tickets/%F0%9F%8E%AB", 404, "ticket_unknown"),
        ("/days?" + "a=b&" * 300, 400, "request_wrong"),
        ("/days/" + "x" * 3000, 413, "too_big"),
        (f"/days/{machine.day}/holds", 405, "method_wrong"),
    ):
        answered = await machine.client.get(f"/api/v1{path}")
        assert (answered.status_code, answered.json()["code"]) == (status, code), path
        assert _is_problem(answered)


def test_no_request_fails_whatever_stands_in_it(database: Database, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        context = running(database, tmp_path / "var", doors=("api",))
        site = runner.run(context.__aenter__())
        try:
            _fuzz(site, runner.run)
        finally:
            runner.run(context.__aexit__(None, None, None))


def _fuzz(site: Site, run: Callable[[Any], Any]) -> None:
    site.app.state.hub.close()  # a live stream says hello and ends
    machine = Machine(site=site, client=site.browser())
    machine.change_day(release="open")
    run(machine.open_desks())
    visit = run(machine.post(f"/days/{machine.day}/visits", {"services": ["legal"]}, "kiosk")).json()
    booked = run(machine.book("social"))
    known = [machine.day, str(site.desk.id), visit["visit"], visit["code"], booked["code"], booked["booking"], "legal"]
    routes = sorted(
        (str(method), route.path_format)
        for route in site.app.litestar.routes
        for method in getattr(route, "methods", ())
        if route.path.startswith("/api/v1/")
    )
    fields = [
        "services", "arrival", "party", "languages", "interpreter", "display_language", "invitation", "name", "contact",
        "needs", "code", "nonce", "number", "issued_at", "day", "service", "consent", "how", "reason", "standing",
        "outcome", "minutes", "desk", "after", "limit",
    ]  # fmt: skip
    roles = ("anonymous", "officer", "receptionist", "organiser", "kiosk", "display")
    words = st.one_of(st.sampled_from(known), st.text(max_size=40))
    values = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words, st.datetimes().map(str)),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
        max_leaves=8,
    )
    objects = st.dictionaries(st.sampled_from(fields), values, max_size=6)
    bodies = st.one_of(st.binary(max_size=60), st.one_of(values, objects).map(_json))

    @settings(max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        route=st.sampled_from(routes),
        parts=st.lists(words, min_size=2, max_size=2),
        query=st.dictionaries(st.sampled_from(fields), words, max_size=4),
        body=bodies,
        role=st.sampled_from(roles),
        key=st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=16, max_size=40),
    )
    def attempt(
        route: tuple[str, str], parts: list[str], query: dict[str, str], body: bytes, role: str, key: str
    ) -> None:
        method, path = route
        for name, part in zip(("{day}", "{desk}"), parts, strict=True):
            path = path.replace(name, quote(part, safe=""))
        for name in ("{stop}", "{visit}", "{hold}", "{code}"):
            path = path.replace(name, quote(parts[0], safe=""))
        headers = [
            *((name.encode(), value.encode()) for name, value in machine.headers(role).items()),
            (b"idempotency-key", key.encode("latin-1")),
            (b"content-type", b"application/json"),
        ]
        began = monotonic()
        answered: httpx.Response = run(
            machine.client.request(method, path, params=query or None, content=body, headers=headers)
        )
        assert answered.status_code < 500, answered.text
        assert monotonic() - began < 5
        if answered.status_code >= 400 and method != "HEAD":
            assert _is_problem(answered), answered.text

    attempt()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _is_problem(answered: httpx.Response) -> bool:
    document: dict[str, Any] = {}
    with suppress(ValueError):
        document = answered.json()
    return (
        answered.headers["content-type"] == "application/problem+json"
        and document["status"] == answered.status_code
        and document["type"] == f"urn:onestop:problem:{document['code']}"
        and {"title", "detail"} <= set(document)
        and "Traceback" not in answered.text
    )
