"""Reading the desk's page as an officer does: which buttons there are and what pressing one sends."""

import re
from dataclasses import dataclass
from html import unescape

import httpx

_FORM = re.compile(r'<form[^>]* action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Press:
    """A form of the page: where it goes, what it carries, and whether its button can be pressed."""

    path: str
    fields: dict[str, str]
    key: str
    off: bool


def presses(page: str) -> list[Press]:
    """The forms of the desk, in the order of the page."""
    return [
        Press(
            path=unescape(path),
            fields={name: unescape(value) for name, value in _HIDDEN.findall(inside)},
            key=found[1] if (found := re.search(r'data-key="([^"]+)"', inside)) else "",
            off=" disabled" in inside,
        )
        for path, inside in _FORM.findall(page)
        if path.startswith(("/desks/", "/stops/", "/visits/"))
    ]


def press_of(page: str, key: str) -> Press:
    """The form of the button that this key presses."""
    return next(press for press in presses(page) if press.key == key and not press.off)


def zone(page: str, name: str) -> str:
    """The words of one zone of the desk, spaces made single."""
    section = re.search(rf'<section id="{name}".*?</section>', page, re.DOTALL)
    assert section is not None, name
    return " ".join(unescape(_TAG.sub(" ", section[0])).split())


async def press(browser: httpx.AsyncClient, path: str, key: str, **more: str) -> httpx.Response:
    """Open the desk and press a key; gives the answer to the press."""
    page = (await browser.get(path)).text
    button = press_of(page, key)
    chosen = {"outcome": "advised"} if button.path.endswith("/finish") else {}
    return await browser.post(button.path, data={**button.fields, **chosen, **more})
