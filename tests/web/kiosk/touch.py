"""A finger on the machine: reads a screen, follows a link by its words, presses a button with what the form holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

import httpx

from tests.web.site import Site

_LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_FORM = re.compile(r'<form[^>]*method="(\w+)" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_INPUT = re.compile(r"<input [^>]*>")
_BUTTON = re.compile(r"<button([^>]*)>(.*?)</button>", re.DOTALL)
_ATTRIBUTE = re.compile(r'(\w+)(?:="([^"]*)")?')
_TAG = re.compile(r"<[^>]+>")


def words(html: str) -> str:
    """What can be read, spaces made single."""
    inside = html.partition("<main")[2] or html
    return " ".join(unescape(_TAG.sub(" ", inside.partition(">")[2])).split())


@dataclass(slots=True)
class Finger:
    """Counts its taps; `page` is what the machine shows."""

    browser: httpx.AsyncClient
    page: httpx.Response | None = None
    taps: int = 0
    off: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        assert self.page is not None
        return words(self.page.text)

    async def go(self, path: str) -> None:
        """The machine shows this address, following where it leads."""
        self.page = await self.browser.get(path)
        while self.page.status_code == 303:
            self.page = await self.browser.get(self.page.headers["location"])

    async def follow(self, label: str) -> None:
        """Tap a link that says this."""
        assert self.page is not None
        self.taps += 1
        href = next(href for href, inside in _LINK.findall(self.page.text) if label in words(f">{inside}"))
        await self.go(unescape(href))

    async def take_off(self, value: str) -> None:
        """Tap a ticked box, so that it is not sent."""
        self.taps += 1
        self.off.add(value)

    async def press(
        self, label: str = "", *, typed: Mapping[str, str | list[str]] | None = None, button: str = ""
    ) -> None:
        """Tap a button by its words (or by its value) and send its form."""
        assert self.page is not None
        self.taps += 1
        for method, action, inside in _FORM.findall(self.page.text):
            for attributes, said in _BUTTON.findall(inside):
                named = dict(_ATTRIBUTE.findall(attributes))
                if (label and label in words(f">{said}")) or (button and unescape(named.get("value", "")) == button):
                    data = {**self._fields(inside), **(typed or {})}
                    if named.get("name"):
                        data[named["name"]] = unescape(named["value"])
                    there = named.get("formaction", action)
                    await self._send(named.get("formmethod", method), unescape(there), data)
                    return
        raise AssertionError(f"no button says {label or button!r}: {self.text}")

    def fields(self) -> dict[str, str | list[str]]:
        """What the form of the screen holds."""
        assert self.page is not None
        return self._fields(next(inside for _, _, inside in _FORM.findall(self.page.text)))

    def _fields(self, inside: str) -> dict[str, str | list[str]]:
        data: dict[str, list[str]] = {}
        for tag in _INPUT.findall(inside):
            found = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
            boxed = found.get("type") in ("checkbox", "radio")
            if "name" not in found or (boxed and (" checked" not in tag or found["value"] in self.off)):
                continue
            data.setdefault(found["name"], []).append(found.get("value", ""))
        return dict(data)

    async def _send(self, method: str, action: str, data: dict[str, str | list[str]]) -> None:
        if method == "get":
            self.page = await self.browser.get(action, params=data)
        else:
            self.page = await self.browser.post(action, data=data)
        while self.page.status_code == 303:
            self.page = await self.browser.get(self.page.headers["location"])


def finger(site: Site) -> Finger:
    """Somebody at the paired machine."""
    return Finger(browser=site.sign_in("kiosk"))
