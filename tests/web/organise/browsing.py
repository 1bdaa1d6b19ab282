"""An organiser's browser: opens pages, reads their forms as they stand, changes some fields and sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

import httpx

from onestop.accounts.actions import add_account
from onestop.accounts.queries import actor_of_session
from onestop.clock import real_now
from onestop.devices.queries import actor_of_device
from onestop.domain.roles import SYSTEM, Actor, Grant, Role
from onestop.keys import hash_token
from onestop.web.kit.sessions import DEVICE_COOKIE, SESSION_COOKIE
from tests.sessions import session_of
from tests.web.site import Site

Fields = list[tuple[str, str]]


@dataclass(slots=True)
class Form:
    """A form of a page with what it would send unchanged."""

    action: str
    fields: Fields = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return next(value for key, value in self.fields if key == name)

    def all(self, name: str) -> list[str]:
        """Every value of one name."""
        return [value for key, value in self.fields if key == name]


class _Forms(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select = ""
        self._loose: list[tuple[str, str, str]] = []
        self.feed(html)
        for owner, name, value in self._loose:
            self.by_id[owner].fields.append((name, value))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""))
            self.found.append(self._open)
            if "id" in given:
                self.by_id[given["id"]] = self._open
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._open and "selected" in given:
            self._open.fields.append((self._select, given.get("value", "")))
        elif tag == "input" and given.get("name"):
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            if "form" in given:
                self._loose.append((given["form"], given["name"], given.get("value", "")))
            elif self._open:
                self._open.fields.append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(answer: httpx.Response) -> list[Form]:
    """The forms of a page."""
    return _Forms(answer.text).found


class Organiser:
    """Counts what she does: pages opened and forms sent."""

    def __init__(self, site: Site, role: str = "organiser", *, day: UUID | None = None) -> None:
        """With `day` somebody who organises that day only."""
        self.browser = site.sign_in(role) if day is None else _only(site, Grant(role=Role(role), day=day))
        self.acts = 0
        self.page: httpx.Response | None = None

    async def open(self, path: str) -> httpx.Response:
        """Open a page; it must be there."""
        self.acts += 1
        self.page = await self.browser.get(path)
        assert self.page.status_code == 200, (path, self.page.status_code, self.page.text[:500])
        return self.page

    def form(self, action: str) -> Form:
        """The form of the open page that is sent to this address."""
        assert self.page is not None
        found = [form for form in forms_of(self.page) if form.action == action]
        assert found, (action, [form.action for form in forms_of(self.page)])
        return found[0]

    async def send(self, action: str, **changed: Any) -> httpx.Response:
        """Send a form of the open page with some values changed (a list: several, `None`: left out), and follow it."""
        answer = await self.press(action, **changed)
        if answer.status_code == 303:
            self.page = await self.browser.get(answer.headers["location"])
            return self.page
        self.page = answer
        return answer

    async def press(self, action: str, **changed: Any) -> httpx.Response:
        """The same without following."""
        self.acts += 1
        return await self.browser.post(action, data=_sent(self.form(action).fields, changed))


def _sent(fields: Fields, changed: dict[str, Any]) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    for name, value in changed.items():
        if value is None:
            sent.pop(name, None)
        else:
            sent[name] = value if isinstance(value, list) else [value]
    return sent


def _only(site: Site, grant: Grant) -> httpx.AsyncClient:
    """A browser of an account with this one grant."""
    now = site.database.now()
    login = f"only-{uuid4().hex[:8]}"
    account = site.database.write_now(
        add_account, login=login, password_hash="unused", held=(grant,), actor=SYSTEM, now=now
    )
    token = session_of(site.database, account)
    browser = site.browser()
    browser.cookies.set(SESSION_COOKIE, token)
    return browser


def who(site: Site, browser: httpx.AsyncClient) -> Actor | None:
    """Whom the application takes this browser for: by its session, or as a machine."""
    session, device = browser.cookies.get(SESSION_COOKIE), browser.cookies.get(DEVICE_COOKIE)
    if session:
        return site.database.read_now(actor_of_session, hash_token(session), real=real_now(), now=site.database.now())
    return site.database.read_now(actor_of_device, device) if device else None
