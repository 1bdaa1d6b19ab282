"""One-time codes at the door: set up in the account, asked for at sign-in, no secret in an address or a field."""

import re
from datetime import timedelta

import httpx
import pytest
from pyotp.totp import TOTP

from onestop.accounts.actions import add_account
from onestop.accounts.half_open import HALF_LIFE
from onestop.accounts.links import make_link
from onestop.accounts.passwords import hash_password
from onestop.accounts.queries import accounts_list
from onestop.clock import real_now
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.web.account.letting_in import HALF_COOKIE
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.web.organise.browsing import Organiser, forms_of, who
from tests.web.site import Site

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
WRONG = "This code is not right."


class Person:
    """Somebody with an account, her browser and the app on her phone."""

    def __init__(self, site: Site, login: str = "anna", role: Role = Role.ORGANISER, *, password: bool = True) -> None:
        self.site, self.login = site, login
        self.account = site.database.write_now(
            add_account,
            login=login,
            password_hash=HASH if password else "",
            held=(Grant(role=role),),
            actor=SYSTEM,
            now=site.database.now(),
        )
        self.browser = site.browser()
        self.secret = ""
        self.recovery: list[str] = []
        self._used = 0

    def code(self) -> str:
        """What the app shows; asked twice within half a minute, the one it shows next."""
        step = max(int(real_now().timestamp()) // 30, self._used + 1)
        self._used = step
        return TOTP(self.secret).generate_otp(step)

    async def sign_in(self, browser: httpx.AsyncClient | None = None, **more: str) -> httpx.Response:
        form = {"login": self.login, "password": PASSWORD, **more}
        return await (browser or self.browser).post("/sign-in", data=form)

    async def switch_on(self) -> httpx.Response:
        await self.sign_in()
        begun = await self.browser.post("/account/codes/begin")
        page = await self.browser.get(begun.headers["location"])
        self.secret = re.findall(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})<", page.text)[0].replace(" ", "")
        told = await self.browser.post("/account/codes", data={"code": self.code()})
        self.recovery = re.findall(r"\b\d{4} \d{4} \d{4}\b", told.text)
        return told


@pytest.fixture
def doors() -> tuple[str, ...]:
    """Those whose pages are opened here."""
    return ("organise",)


@pytest.fixture
def anna(site: Site) -> Person:
    return Person(site)


async def test_she_switches_codes_on_and_is_asked_for_one_at_the_next_sign_in(site: Site, anna: Person) -> None:
    told = await anna.switch_on()
    account = await anna.browser.get("/account")
    await anna.browser.post("/sign-out")
    asked = await anna.sign_in(next="/organise/staff")
    page = await anna.browser.get("/sign-in/code")
    inside = await anna.browser.get("/organise/staff")
    entered = await anna.browser.post("/sign-in/code", data={"code": anna.code()})

    assert (told.status_code, len(anna.recovery), told.headers["cache-control"]) == (200, 10, "no-store")
    assert "One-time codes are on." in account.text
    assert [code for code in anna.recovery if code in account.text] == []
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in/code")
    assert SESSION_COOKIE not in asked.headers.get("set-cookie", "")
    assert inside.headers["location"].startswith("/sign-in?next=")
    assert (entered.status_code, entered.headers["location"]) == (303, "/organise/staff")
    assert (await anna.browser.get("/organise/staff")).status_code == 200
    assert anna.browser.cookies.get(HALF_COOKIE, path="/sign-in") is None
    fields = [name for form in forms_of(page) for name, _ in form.fields if form.action == "/sign-in/code"]
    assert fields == ["code"]
    assert re.findall(r'<input[^>]*name="code"[^>]*>', page.text)[0].count("one-time-code") == 1
    assert 'inputmode="numeric"' in page.text


async def test_a_wrong_code_is_told_not_repeated_and_lets_nobody_in(anna: Person) -> None:
    await anna.switch_on()
    await anna.browser.post("/sign-out")
    await anna.sign_in()
    answer = await anna.browser.post("/sign-in/code", data={"code": "000 001"})

    assert (answer.status_code, WRONG in answer.text, "000 001" in answer.text) == (422, True, False)
    assert (await anna.browser.get("/organise")).status_code == 303


async def test_nobody_types_a_code_who_did_not_have_the_password(site: Site, anna: Person) -> None:
    await anna.switch_on()
    stranger = site.browser()
    met = [await stranger.get("/sign-in/code"), await stranger.post("/sign-in/code", data={"code": anna.code()})]
    stranger.cookies.set(HALF_COOKIE, "guessed")
    met += [await stranger.get("/sign-in/code"), await stranger.post("/sign-in/code", data={"code": anna.code()})]

    assert [answer.headers["location"] for answer in met] == ["/sign-in", "/sign-in", *["/sign-in?over=1"] * 2]
    over = await stranger.get("/sign-in?over=1")
    assert "The time for the code is over. Please sign in again." in over.text


async def test_five_wrong_codes_ask_for_the_password_again(site: Site, anna: Person) -> None:
    await anna.switch_on()
    other = site.browser()
    await anna.sign_in(other)
    met = [(await other.post("/sign-in/code", data={"code": "1"})).status_code for _ in range(5)]
    again = await other.post("/sign-in/code", data={"code": anna.code()})

    assert met == [422] * 5
    assert again.headers["location"] == "/sign-in?over=1"


async def test_a_recovery_code_lets_her_in_once(site: Site, anna: Person) -> None:
    await anna.switch_on()
    met: list[int] = []
    for _ in range(2):
        browser = site.browser()
        await anna.sign_in(browser)
        met.append((await browser.post("/sign-in/code", data={"code": anna.recovery[0]})).status_code)

    assert met == [303, 422]


async def test_a_sign_in_link_is_no_way_round_the_code(site: Site, anna: Person) -> None:
    await anna.switch_on()
    made = site.database.write_now(
        make_link, anna.account, actor=SYSTEM, now=site.database.now(), real=real_now(), lasts=timedelta(hours=1)
    )
    browser = site.browser()
    answer = await browser.post(f"/sign-in/link/{made.token}")
    inside = await browser.get("/organise")
    entered = await browser.post("/sign-in/code", data={"code": anna.code()})

    assert (answer.headers["location"], inside.status_code) == ("/sign-in/code", 303)
    assert (entered.headers["location"], (await browser.get("/organise")).status_code) == ("/organise", 200)


async def test_switching_off_needs_the_password_and_a_code(anna: Person) -> None:
    await anna.switch_on()
    met: list[tuple[int, bool]] = []
    for password, right in (("wrong password", True), (PASSWORD, False), (PASSWORD, True)):
        code = anna.code() if right and password == PASSWORD else "000001"
        answer = await anna.browser.post("/account/codes/off", data={"password": password, "code": code})
        met.append((answer.status_code, "This is not your password." in answer.text))
    account = await anna.browser.get("/account")

    assert met == [(422, True), (422, False), (303, False)]
    assert "Switch one-time codes on" in account.text
    await anna.browser.post("/sign-out")
    assert (await anna.sign_in()).headers["location"] == "/organise"


async def test_new_recovery_codes_need_a_code(anna: Person) -> None:
    await anna.switch_on()
    refused = await anna.browser.post("/account/codes/recovery", data={"code": "1"})
    told = await anna.browser.post("/account/codes/recovery", data={"code": anna.code()})

    fresh = re.findall(r"\b\d{4} \d{4} \d{4}\b", told.text)
    assert (refused.status_code, len(fresh), set(fresh) & set(anna.recovery)) == (422, 10, set())
    assert ("The old ones do not work any more." in told.text, "signed out" in told.text) == (True, False)


async def test_a_wrong_code_while_switching_on_keeps_the_picture(anna: Person) -> None:
    await anna.sign_in()
    await anna.browser.post("/account/codes/begin")
    first = await anna.browser.get("/account/codes")
    wrong = await anna.browser.post("/account/codes", data={"code": "1"})

    pictures = [re.findall(r'<svg class="qr".*?</svg>', page.text, re.S) for page in (first, wrong)]
    assert (wrong.status_code, WRONG in wrong.text, pictures[0] == pictures[1] != []) == (422, True, True)


async def test_an_administrator_removes_the_codes_of_somebody_who_lost_her_phone(site: Site, anna: Person) -> None:
    await anna.switch_on()
    organiser, administrator = Organiser(site), Organiser(site, "administrator")
    path = f"/organise/staff/{anna.account}/codes/off"
    seen = await organiser.open("/organise/staff")
    refused = await organiser.browser.post(path)
    await administrator.open("/organise/staff")
    done = await administrator.send(path)

    assert (path in seen.text, "one-time codes" in seen.text, refused.status_code) == (False, True, 403)
    assert "The one-time codes are removed." in done.text
    assert who(site, anna.browser) is None
    assert (await anna.sign_in()).headers["location"] == "/organise"
    assert [one.codes for one in site.database.read_now(accounts_list) if one.id == anna.account] == [False]


async def test_where_the_centre_asks_for_codes_only_the_own_account_opens_before(site: Site, anna: Person) -> None:
    boss = Person(site, "boss", Role.ADMINISTRATOR)
    await boss.sign_in()
    early = await boss.browser.post("/organise/staff/codes", data={"required": "yes"})
    await boss.switch_on()
    asked = await boss.browser.post("/organise/staff/codes", data={"required": "yes"})
    await anna.sign_in()
    sent = await anna.browser.get("/organise/staff")
    refused = await anna.browser.post("/organise/institutions", data={"name": "X"})
    account = await anna.browser.get("/account")
    await anna.switch_on()
    inside = await anna.browser.get("/organise/staff")
    off = await anna.browser.post("/account/codes/off", data={"password": PASSWORD, "code": anna.code()})

    assert (early.status_code, "Please switch on one-time codes for your own account first." in early.text) == (
        409,
        True,
    )
    assert asked.headers["location"] == "/organise/staff?done=asked"
    assert (sent.status_code, sent.headers["location"], refused.status_code) == (303, "/account", 403)
    assert "Your centre asks for one-time codes." in account.text
    assert (inside.status_code, off.status_code) == (200, 403)


async def test_a_half_open_sign_in_ends_by_itself(site: Site, anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    await anna.switch_on()
    await anna.browser.post("/sign-out")
    await anna.sign_in()
    later = real_now() + HALF_LIFE
    monkeypatch.setattr("onestop.web.account.code.real_now", lambda: later)

    assert (await anna.browser.get("/sign-in/code")).headers["location"] == "/sign-in?over=1"


async def test_a_day_pass_has_no_account_page(site: Site) -> None:
    assert (await site.sign_in("officer").get("/account")).status_code == 403
