"""A visitor with a browser without script: she reads pages, fills forms by their labels' fields and presses buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx
import sqlalchemy as sa

from onestop.days.tables import days
from onestop.domain.day import DayState, Release
from onestop.web.kit.answers import need_mark, service_mark
from tests.web.site import Site

INLINE = frozenset({"a", "bdi", "span", "strong", "time"})
VOID = frozenset({"input", "meta", "link", "br", "img", "hr"})


@dataclass(slots=True)
class Form:
    """A form as the page shows it: its fields with their values, its buttons by their words."""

    id: str
    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    offered: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Words on the button → name, value, its own action."""

    def values(self, name: str) -> list[str]:
        """What is sent for a field as the page stands."""
        return [value for known, value in self.fields if known == name]

    def choices(self, name: str) -> list[str]:
        """The values of check boxes, radio buttons and options of that name."""
        return [value for known, value in self.offered if known == name]


class Page(HTMLParser):
    """What a page says and asks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: dict[str, Form] = {}
        self.links: dict[str, str] = {}
        self.ids: set[str] = set()
        self.title = ""
        self._words: list[str] = []
        self._form: Form | None = None
        self._button: tuple[str, str, str] | None = None
        self._link: str | None = None
        self._inside: list[str] = []
        self._select = ""
        self._open: list[str] = []
        self.feed(html)
        self.text = " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        self._words.append("" if tag in INLINE else " ")
        if tag not in VOID:
            self._open.append(tag)
        if tag == "form":
            assert self._form is None, "a form inside a form"
            self._form = Form(id=given.get("id", ""), method=given.get("method", "get"), action=given["action"])
            self.forms[self._form.id] = self._form
        elif tag == "button":
            self._button = (given.get("name", ""), given.get("value", ""), given.get("formaction", ""))
            self._inside = []
        elif tag == "a":
            self._link, self._inside = given.get("href", ""), []
        elif tag == "select":
            self._select = given["name"]
        elif self._form is not None and tag in ("input", "option", "textarea"):
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name = self._select if tag == "option" else given.get("name", "")
        kind = given.get("type", "text")
        if tag == "option" or kind in ("checkbox", "radio"):
            self._form.offered.append((name, given["value"]))
            if "checked" in given or "selected" in given:
                self._form.fields.append((name, given["value"]))
        else:
            self._form.fields.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag not in VOID:
            assert self._open.pop() == tag, f"</{tag}> closes another element"
        words = " ".join("".join(self._inside).split())
        self._words.append("" if tag in INLINE else " ")
        if tag == "form":
            self._form = None
        elif tag == "button" and self._form is not None and self._button is not None:
            self._form.buttons[words] = self._button
            self._button = None
        elif tag == "a" and self._link is not None:
            self.links[words] = self._link
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"]:
            self.title += data
        self._words.append(data)
        self._inside.append(data)


@dataclass(slots=True)
class Visitor:
    """Somebody with a phone; `page` is what she sees, `answer` how it came."""

    browser: httpx.AsyncClient
    page: Page = field(default_factory=lambda: Page(""))
    answer: httpx.Response | None = None
    path: str = "/"

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    async def open(self, path: str, **headers: str) -> Page:
        """Go to an address, as far as it leads."""
        return await self._send("GET", path, headers=headers)

    async def follow(self, words: str) -> Page:
        """Tap a link by its words."""
        return await self.open(self.page.links[words])

    async def press(self, form: str, button: str = "", **typed: Any) -> Page:
        """Fill a form and press a button of it (the first one, if not named); lists are several values."""
        sent = self.page.forms[form]
        name, value, action = sent.buttons[button] if button else next(iter(sent.buttons.values()), ("", "", ""))
        kept = [(known, one) for known, one in sent.fields if known not in typed]
        for known, given in typed.items():
            kept += [(known, one) for one in (given if isinstance(given, list | tuple) else [given])]
        if name:
            kept.append((name, value))
        return await self.send(action or sent.action, sent.method, kept)

    async def send(self, path: str, method: str, fields: list[tuple[str, str]]) -> Page:
        """Send a form as it is; the same again is a double press."""
        if method.lower() == "get":
            bare = path.split("?")[0]
            return await self._send("GET", f"{bare}?{urlencode(fields)}")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._send("POST", path, content=urlencode(fields).encode(), headers=headers)

    async def _send(self, method: str, path: str, **sent: Any) -> Page:
        answer = await self.browser.request(method, path, **sent)
        while answer.status_code == 303:
            path = answer.headers["location"]
            answer = await self.browser.get(path)
        self.answer, self.path = answer, str(answer.url.raw_path.decode())
        self.page = Page(answer.text if "html" in answer.headers.get("content-type", "") else "")
        return self.page


def need(key: str) -> str:
    """The value of a need's check box."""
    return need_mark(key)


def service(site: Site, key: str) -> str:
    """The value of a service's check box."""
    return service_mark(site.hall.service(key))


def change_day(site: Site, **values: Any) -> None:
    """Change the day's row, as an organiser would have."""
    site.database.write_now(lambda conn: conn.execute(days.update().where(days.c.id == site.hall.id).values(**values)))


def open_day(site: Site) -> None:
    """Let anybody book."""
    change_day(site, release=Release.OPEN)


def set_state(site: Site, state: DayState) -> None:
    """Move the day to a state."""
    change_day(site, state=state)


async def book(visitor: Visitor, site: Site, *needs: str, name: str = "Amira", **typed: Any) -> Page:
    """All five pages with the first time that is offered; `typed` are answers of the plan's page."""
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need(key) for key in needs])
    await visitor.press("plan-form", **{"interpreter": "none", **typed})
    await visitor.press("times-form")
    return await visitor.press("booking-form", name=name)


def count(site: Site, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    """Rows of a table."""
    query = sa.select(sa.func.count()).select_from(table).where(*where)
    return site.database.read_now(lambda conn: conn.execute(query).scalar_one())
