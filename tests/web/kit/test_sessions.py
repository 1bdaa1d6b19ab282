"""Who is asking, in which language, and how often."""

from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from onestop.accounts.queries import actor_of_session
from onestop.accounts.tables import sessions
from onestop.clock import real_now
from onestop.db.session import open_database
from onestop.keys import hash_token
from onestop.web.kit.limits import RULES, Limits
from onestop.web.kit.sessions import DEVICE_COOKIE, LANGUAGE_COOKIE, SESSION_COOKIE
from tests.web.kit.probes import PROBES, talk
from tests.web.site import Site, running


async def test_a_cookie_is_no_token_and_a_token_no_cookie(probed: Site) -> None:
    path = f"/desk/probe/{probed.desk.id}"
    session, bearer = probed.session("officer"), probed.token("officer")
    as_cookie = bearer["Authorization"].removeprefix("Bearer ")

    met = [
        (await talk(probed.app, "GET", path, headers={"cookie": f"{SESSION_COOKIE}={session}"})).status,
        (await talk(probed.app, "GET", path, headers={"authorization": bearer["Authorization"]})).status,
        (await talk(probed.app, "GET", path, headers={"cookie": f"{SESSION_COOKIE}={as_cookie}"})).status,
        (await talk(probed.app, "GET", path, headers={"cookie": f"{DEVICE_COOKIE}={as_cookie}"})).status,
    ]

    assert met == [200, 303, 303, 303]


async def test_a_session_in_use_is_kept_from_going_idle(probed: Site) -> None:
    session = probed.session("officer")
    long_ago = real_now().replace(year=real_now().year - 1)

    def age(conn: object, seen: object) -> None:
        conn.execute(sessions.update().values(seen_at=seen))  # type: ignore[attr-defined]

    from datetime import timedelta

    probed.database.write_now(age, real_now() - timedelta(hours=11, minutes=59))
    headers = {"cookie": f"{SESSION_COOKIE}={session}"}
    assert (await talk(probed.app, "GET", f"/desk/probe/{probed.desk.id}", headers=headers)).status == 200

    in_an_hour = real_now() + timedelta(hours=1)
    read = probed.database.read_now
    assert read(actor_of_session, hash_token(session), real=in_an_hour, now=probed.hall.now) is not None
    probed.database.write_now(age, long_ago)
    assert (await talk(probed.app, "GET", f"/desk/probe/{probed.desk.id}", headers=headers)).status == 303


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites_and_secure_over_https(probed: Site) -> None:
    told: list[tuple[str, str, bool, bool]] = []
    for scheme in ("http", "https"):
        answer = await talk(probed.app, "GET", "/sign-in?lang=uk", scheme=scheme)
        cookie = SimpleCookie(answer.headers["set-cookie"])[LANGUAGE_COOKIE]
        told.append((cookie.value, cookie["samesite"], bool(cookie["httponly"]), bool(cookie["secure"])))

    assert told == [("uk", "lax", True, False), ("uk", "lax", True, True)]


async def test_the_chosen_language_stays_and_nonsense_is_not_remembered(probed: Site) -> None:
    browser = probed.browser(headers={"Accept-Language": "en"})
    languages = [
        (await browser.get(path)).headers["content-language"]
        for path in ("/sign-in", "/sign-in?lang=uk", "/sign-in", "/sign-in?lang=<script>", "/sign-in")
    ]

    assert languages == ["en", "uk", "uk", "uk", "uk"]


async def test_every_page_links_to_itself_in_the_other_languages(probed: Site) -> None:
    page = (await probed.browser().get("/sign-in?next=/desk&lang=sk")).text

    assert [f'href="/sign-in?next=%2Fdesk&amp;lang={tag}"' in page for tag in ("en", "sk", "uk", "ar")] == [True] * 4


@pytest.fixture
def rule() -> int:
    return RULES["pair"].network


async def test_a_network_is_stopped_after_its_limit_but_its_machines_are_not(
    sqlite_url: str, tmp_path: Path, rule: int
) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path, handlers=PROBES, doors=(), limits=Limits()) as site:
        stranger, kiosk, neighbour = site.browser(), site.sign_in("kiosk"), site.browser()
        met = [(await stranger.get("/probe/limited")).status_code for _ in range(rule + 1)]
        machine = [(await kiosk.get("/probe/limited")).status_code for _ in range(3)]
        elsewhere = (await talk(site.app, "GET", "/probe/limited", client="198.51.100.7")).status

        assert met == [200] * rule + [429]
        assert (machine, elsewhere, (await neighbour.get("/probe/limited")).status_code) == ([200] * 3, 200, 429)
    database.close()


async def test_one_contact_is_stopped_from_many_networks(sqlite_url: str, tmp_path: Path) -> None:
    allowed = RULES["pair"].contact
    database = open_database(sqlite_url)
    async with running(database, tmp_path, handlers=PROBES, doors=(), limits=Limits()) as site:
        met = [
            (await talk(site.app, "GET", "/probe/limited?contact=A@x.org ", client=f"198.51.100.{number}")).status
            for number in range(allowed)
        ]
        more = [
            (await talk(site.app, "GET", f"/probe/limited?contact={contact}", client="203.0.113.1")).status
            for contact in ("a@X.org", "b@x.org")
        ]

        assert (met, more) == ([200] * allowed, [429, 200])
    database.close()
