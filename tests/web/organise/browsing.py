"""An organiser's browser: opens pages, reads their forms as they stand, changes some fields and sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

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

    def __init__(self, site: Site, role: str = "organiser") -> None:
        self.browser = site.sign_in(role)
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
