"""The door to sign in: a new session each time, the same answer for wrong and unknown, sign-out on the server."""

import re
from http.cookies import SimpleCookie

import httpx
import pytest

from onestop.accounts.actions import add_account
from onestop.accounts.links import make_link
from onestop.accounts.passwords import hash_password
from onestop.clock import real_now
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.web.kit.probes import talk
from tests.web.site import HOST, Site

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def anna(site: Site) -> httpx.AsyncClient:
    """The browser of an organiser with an account, not signed in."""
    grant = Grant(role=Role.ORGANISER)
    site.database.write_now(
        add_account, login="anna", password_hash=HASH, held=(grant,), actor=SYSTEM, now=site.database.now()
    )
    return site.browser()


async def _sign_in(browser: httpx.AsyncClient, password: str = PASSWORD, **more: str) -> httpx.Response:
    return await browser.post("/sign-in", data={"login": " Anna ", "password": password, **more})


async def test_the_right_password_leads_to_her_door_with_a_session(anna: httpx.AsyncClient) -> None:
    answer = await _sign_in(anna)

    assert (answer.status_code, answer.headers["location"]) == (303, "/organise")
    cookies = {
        morsel.key: morsel for line in answer.headers.get_list("set-cookie") for morsel in SimpleCookie(line).values()
    }
    session = cookies[SESSION_COOKIE]
    assert (session["httponly"], session["samesite"], session["path"], session["max-age"]) == (True, "lax", "/", "")
    assert len(session.value) == 43


async def test_each_sign_in_has_a_new_token_and_ends_the_old_one(site: Site, anna: httpx.AsyncClient) -> None:
    tokens: list[str] = []
    for _ in range(2):
        await _sign_in(anna)
        tokens.append(anna.cookies[SESSION_COOKIE])

    assert tokens[0] != tokens[1]
    met = [(await site.browser(cookies={SESSION_COOKIE: token}).post("/sign-out")).status_code for token in tokens]
    assert met == [303, 303]


async def test_a_session_id_brought_along_is_never_taken_over(anna: httpx.AsyncClient) -> None:
    anna.cookies.set(SESSION_COOKIE, "chosen-by-an-attacker", domain=HOST)
    await _sign_in(anna)

    assert "chosen-by-an-attacker" not in list(anna.cookies.values())


async def test_she_comes_to_the_page_she_asked_for_but_never_to_another_site(anna: httpx.AsyncClient) -> None:
    asked = ("/desk?x=1", "//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)", "/a\nb", "")
    met = [(await _sign_in(anna, next=path)).headers["location"] for path in asked]

    assert met == ["/desk?x=1", *["/organise"] * 5, "/organise"]


async def test_a_wrong_password_and_an_unknown_name_are_told_alike_and_keep_the_name(anna: httpx.AsyncClient) -> None:
    told: list[tuple[int, str]] = []
    for login in ("anna", "ghost"):
        answer = await anna.post("/sign-in", data={"login": login, "password": "wrong password"})
        told.append((answer.status_code, answer.text.replace(login, "NAME")))
        assert f'value="{login}"' in answer.text
        assert "wrong password" not in answer.text

    assert told[0][0] == 401
    assert "The name or the password is not right." in told[0][1]
    assert _without_time(told[0][1]) == _without_time(told[1][1])


async def test_unknown_names_wait_like_known_ones(anna: httpx.AsyncClient) -> None:
    met = {
        login: [
            (await anna.post("/sign-in", data={"login": login, "password": "wrong password"})).status_code
            for _ in range(6)
        ]
        for login in ("anna", "ghost")
    }

    assert met == dict.fromkeys(("anna", "ghost"), [401] * 5 + [429])


async def test_a_strangers_guesses_do_not_lock_her_own_browser_out(site: Site, anna: httpx.AsyncClient) -> None:
    await _sign_in(anna)
    await anna.post("/sign-out")
    stranger = site.browser()
    guesses = [(await _sign_in(stranger, "wrong password")).status_code for _ in range(6)]

    assert guesses[-1] == 429
    assert (await _sign_in(stranger)).status_code == 429
    assert (await _sign_in(anna)).status_code == 303


async def test_a_forged_mark_of_a_known_browser_is_worth_nothing(site: Site, anna: httpx.AsyncClient) -> None:
    await _sign_in(anna)
    value = anna.cookies["onestop_known"]
    stranger = site.browser()
    stranger.cookies.set("onestop_known", value[:-1] + ("0" if value[-1] != "0" else "1"))

    assert [(await _sign_in(stranger, "wrong password")).status_code for _ in range(6)] == [401] * 5 + [429]


async def test_sign_out_ends_the_session_on_the_server(site: Site, anna: httpx.AsyncClient) -> None:
    await _sign_in(anna)
    token = anna.cookies[SESSION_COOKIE]
    signed_out = await anna.post("/sign-out")
    assert (signed_out.headers["location"], anna.cookies.get(SESSION_COOKIE)) == ("/sign-in", None)

    stolen = await talk(site.app, "GET", "/desk", headers={"cookie": f"{SESSION_COOKIE}={token}"})
    assert stolen.status != 200


async def test_a_form_from_another_site_signs_nobody_in_or_out(site: Site, anna: httpx.AsyncClient) -> None:
    await _sign_in(anna)
    headers = {"Sec-Fetch-Site": "cross-site"}
    met = [(await anna.post(path, data={}, headers=headers)).status_code for path in ("/sign-in", "/sign-out")]

    assert (met, bool(anna.cookies.get(SESSION_COOKIE))) == ([403, 403], True)


async def test_rubbish_never_breaks_the_door(anna: httpx.AsyncClient) -> None:
    for login, password in (("", ""), ("a" * 5000, "b" * 50_000), ("\x00", "\x00"), ("'; --", "é"), ("anna", "\ud800")):
        body = httpx.QueryParams({"login": login, "password": password.encode("utf-8", "replace").decode()})
        answer = await anna.post(
            "/sign-in", content=str(body), headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code == 401


def _without_time(html: str) -> str:
    return re.sub(r'data-now="[^"]*"', "", html)


async def test_whoever_came_back_to_the_form_is_told_of_her_link(anna: httpx.AsyncClient) -> None:
    assert "If you have a link or a pass on paper, open it again." in (await anna.get("/sign-in")).text


async def test_who_has_no_password_is_told_at_sign_out_how_to_come_back(site: Site, anna: httpx.AsyncClient) -> None:
    await _sign_in(anna)
    now, real, grant = site.database.now(), real_now(), Grant(role=Role.FLOOR_GUIDE)
    people = {"anna": anna, "pass": site.sign_in("officer")}
    for name, again in (("link", True), ("link_once", False)):
        account = site.database.write_now(
            add_account, login=name, password_hash="", held=(grant,), actor=SYSTEM, now=now
        )
        made = site.database.write_now(make_link, account, again=again, actor=SYSTEM, now=now, real=real)
        people[name] = site.browser()
        await people[name].post(f"/sign-in/link/{made.token}")
    told: dict[str, str] = {}
    for name, browser in people.items():
        page = await browser.get((await browser.post("/sign-out")).headers["location"])
        words = re.findall(r'<h1>(.*?)</h1>\s*<p class="lead">(.*?)</p>', page.text)
        told[name] = " ".join(words[0])
        assert 'action="/sign-in"' in page.text

    assert told == {
        "anna": "Sign in For people who work here. Visitors do not need to sign in.",
        "pass": "You are signed out To come back, scan your pass again.",
        "link": "You are signed out To come back, open your link again.",
        "link_once": "You are signed out To come back, ask the organiser for a new sign-in link.",
    }
    forged = await site.browser().get("/sign-in", params={"out": "<b>"})
    assert "You are signed out" not in forged.text
