"""The shell: headers on every answer, hosts, origins, limits of the body, proxies, what the log may hold."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from onestop.db.session import Database, open_database
from onestop.settings import Settings
from onestop.web.kit import security
from onestop.web.kit.headers import POLICY
from onestop.web.kit.masks import masked
from onestop.web.kit.metrics import Metrics
from tests.web.kit.probes import talk
from tests.web.site import Site

FORM = {"content-type": "application/x-www-form-urlencoded"}
# Written out: what is compared with the program's own list is not missed when it is dropped there.
EXPECTED = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}


async def test_every_answer_has_the_security_headers_errors_and_files_included(probed: Site) -> None:
    asked = [
        ("GET", "/sign-in", 200),
        ("GET", "/nowhere", 404),
        ("POST", "/health/live", 405),
        ("GET", "/probe/crash", 500),
        ("GET", "/static/css/base.css", 200),
        ("GET", "/static/../pyproject.toml", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("HEAD", "/sign-in", 200),
        ("GET", "/" + "x" * 3000, 413),
        ("OPTIONS", "/sign-in", 204),
    ]
    for method, path, status in asked:
        answer = await talk(probed.app, method, path)
        shown = {name: answer.headers.get(name) for name in EXPECTED}
        assert (path, answer.status, shown) == (path, status, EXPECTED)
        assert answer.headers["x-onestop-time"].startswith("2026-12-03T0")


async def test_the_policy_allows_no_inline_script_and_no_other_site() -> None:
    assert POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none';"
        " base-uri 'none'"
    )


async def test_pages_are_not_stored_and_named_files_are_kept_for_a_year(probed: Site) -> None:
    paths = ("/sign-in", "/nowhere", "/static/css/base.css?v=1", "/static/css/base.css")
    kept = [(await talk(probed.app, "GET", path)).headers["cache-control"] for path in paths]

    assert kept == ["no-store", "no-store", "public, max-age=31536000, immutable", "no-cache"]


async def test_a_head_request_has_no_body(probed: Site) -> None:
    answer = await talk(probed.app, "HEAD", "/sign-in")

    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://hall.test"}, False),
        ({"origin": "http://hall.test"}, True),
        ({"origin": "http://hall.test:8080"}, False),
        ({"origin": "http://evil.test"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://hall.test:8080", "host": "hall.test:8080"}, True),
        ({}, True),
        ({"cookie": "onestop_session=x"}, False),
        ({"cookie": "a=b; onestop_device=x"}, False),
        ({"cookie": "onestop_language=uk"}, True),
        ({"cookie": "onestop_session=x", "sec-fetch-site": "same-origin"}, True),
    ],
)
async def test_a_form_is_taken_from_our_own_pages_only(probed: Site, headers: dict[str, str], allowed: bool) -> None:
    answer = await talk(probed.app, "POST", "/probe/form", headers={**FORM, **headers}, chunks=(b"name=a",))

    assert answer.status == (200 if allowed else 403)
    assert ("was not sent from our page" in answer.body.decode()) is not allowed


async def test_the_machine_interface_ignores_cookies_and_so_needs_no_origin(probed: Site) -> None:
    cookie = {"cookie": f"onestop_session={probed.session('organiser')}", "sec-fetch-site": "cross-site"}
    headers = {**cookie, "idempotency-key": "k" * 22}
    answer = await talk(probed.app, "POST", "/api/v1/probe/once", headers=headers, chunks=(b"Probed",))
    assert answer.status == 201

    # Signed in by cookie she would be somebody, and a short key would do.
    short = {**cookie, "idempotency-key": "k"}
    answer = await talk(probed.app, "POST", "/api/v1/probe/once", headers=short, chunks=(b"Probed",))
    assert answer.status == 400


@pytest.mark.parametrize(
    ("headers", "chunks", "status"),
    [
        ({"content-length": "262145"}, (b"",), 413),
        ({}, (b"x" * 262_144, b"x"), 413),
        ({}, (b"&".join([b"a=1"] * 200),), 200),
        ({}, (b"&".join([b"a=1"] * 201),), 413),
        ({}, (b"&" * 250_000,), 413),
        ({"content-length": "-1"}, (b"",), 400),
        ({"content-length": "rubbish"}, (b"",), 400),
        ({"x-long": "x" * 17_000}, (b"",), 413),
    ],
)
async def test_too_much_is_refused_before_anything_reads_it(
    probed: Site, headers: dict[str, str], chunks: tuple[bytes, ...], status: int
) -> None:
    answer = await talk(probed.app, "POST", "/probe/form", headers={**FORM, **headers}, chunks=chunks)

    assert answer.status == status


async def test_a_body_that_never_ends_is_given_up(probed: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "BODY_SECONDS", 0.05)

    answer = await asyncio.wait_for(
        talk(probed.app, "POST", "/probe/form", headers=FORM, chunks=(b"name=a",), endless=True), 2
    )

    assert (answer.status, "too slow" in answer.body.decode()) == (408, True)


@pytest.mark.parametrize(
    ("host", "base_url", "status"),
    [
        ("hall.test", "https://hall.test", 200),
        ("hall.test:443", "https://hall.test", 200),
        ("HALL.test", "https://hall.test", 200),
        ("hall.test:8000", "http://hall.test:8000", 200),
        ("hall.test:8001", "http://hall.test:8000", 421),
        ("hall.test", "http://hall.test:8000", 421),
        ("evil.test", "https://hall.test", 421),
        ("hall.test.evil.test", "https://hall.test", 421),
        ("", "https://hall.test", 421),
        ("anything.test", "", 200),
    ],
)
async def test_with_a_base_url_only_its_host_and_port_are_known(
    sqlite_url: str, tmp_path: Path, host: str, base_url: str, status: int
) -> None:
    database = open_database(sqlite_url)
    shell = _shell(_Yes(), database, tmp_path, base_url=base_url)
    scheme = base_url.partition(":")[0] or "http"

    answers = [await talk(shell, "GET", path, headers={"host": host}, scheme=scheme) for path in ("/", "/health/live")]

    database.close()
    assert [answer.status for answer in answers] == [status, 200]


class _Yes:
    """An application that says yes, and what it was asked."""

    scope: dict[str, Any]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def _shell(app: Any, database: Database, var: Path, **changed: Any) -> security.Shell:
    async def refuse(scope: Any, receive: Any, send: Any, refusal: Any) -> None:
        await send({"type": "http.response.start", "status": refusal.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return security.Shell(
        app, settings=Settings(var=var, **changed), database=database, refuse=refuse, metrics=Metrics()
    )


@pytest.mark.parametrize(
    ("client", "proxies", "seen"),
    [
        ("198.51.100.1", (), ("198.51.100.1", "http")),
        ("10.0.0.1", (), ("10.0.0.1", "http")),
        ("198.51.100.1", ("10.0.0.0/8",), ("198.51.100.1", "http")),
        # The last hop before the proxies; what stands further left is anybody's word.
        ("10.0.0.1", ("10.0.0.0/8",), ("203.0.113.7", "https")),
    ],
)
async def test_forwarded_headers_count_only_from_the_named_proxies(
    sqlite_url: str, tmp_path: Path, client: str, proxies: tuple[str, ...], seen: tuple[str, str]
) -> None:
    spoofed = {"x-forwarded-for": "9.9.9.9, 203.0.113.7, 10.0.0.2", "x-forwarded-proto": "https"}
    app = _Yes()
    database = open_database(sqlite_url)
    shell = _shell(app, database, tmp_path, trusted_proxies=proxies)

    await talk(shell, "GET", "/", headers=spoofed, client=client)

    database.close()
    assert (app.scope["client"][0], app.scope["scheme"]) == seen


async def test_an_ipv6_network_is_one_key(probed: Site) -> None:
    addresses = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:192.0.2.1", "rubbish")
    told = [(await talk(probed.app, "GET", "/probe/network", client=client)).body.decode() for client in addresses]

    assert [text.split()[0] for text in told] == [
        "2001:db8:1:2::/64",
        "2001:db8:1:2::/64",
        "2001:db8:1:3::/64",
        "192.0.2.1",
        "unknown",
    ]


async def test_the_log_holds_no_code_no_query_and_no_line_break(probed: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "onestop.access")
    for path in ("/t/SECRET123/live?x=SECRET", "/pass/SECRET", "/sign-in/link/SECRET?next=SECRET", "/a\nSECRET-no"):
        await talk(probed.app, "GET", path)

    lines = [
        " ".join(record.getMessage().split(" ")[:3]) for record in caplog.records if record.name == "onestop.access"
    ]
    assert lines[:3] == ["GET /t/*/live 404", "GET /pass/* 403", "GET /sign-in/link/* 403"]
    assert "\n" not in lines[3]
    assert lines[3].startswith("GET '/a\\nSECRET-no'")


def test_only_what_opens_something_is_masked() -> None:
    shown = {
        "/d/pilot/holds/abc": "/d/pilot/holds/*",
        "/api/v1/tickets/abc/x": "/api/v1/tickets/*/x",
        "/kiosk/tickets/abc/move": "/kiosk/tickets/*/move",
        "/t/ABCDEFGHIJKLMNOPQRSTUVWXYZ/nowhere": "/t/*/nowhere",
        "/oops/ABCDEFGHIJKLMNOPQRSTUVWXYZ": "/oops/*",
        "/oops/abcdefghij-klmnopqrst_uvwxyzabcdefghijklm": "/oops/*",
        "/desks/01a2004b-a7c0-7581-a0c6-a10deb006e41/calls": "/desks/01a2004b-a7c0-7581-a0c6-a10deb006e41/calls",
        "/d/iom-bratislava-2026-12-03/times": "/d/iom-bratislava-2026-12-03/times",
        "/t/": "/t/",
        "/table/1": "/table/1",
    }

    assert {path: masked(path) for path in shown} == shown
