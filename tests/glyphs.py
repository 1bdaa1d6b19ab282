"""Whether the words of a page are drawn with fonts that have their letters, as Chromium and the font files tell."""

import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont
from playwright.async_api import Page

IGNORED = {0x200C, 0x200D, 0x200E, 0x200F, 0x2066, 0x2067, 0x2068, 0x2069, 0xA0}
"""Joiners and marks of direction, which are never drawn."""


async def unseen(page: Page, *wanted: str, letters: Callable[[str], frozenset[int]] | None = None) -> list[str]:
    """Of these texts those that stand nowhere, or in a font that lacks one of their letters.

    `letters` gives those of a font by its PostScript name, where the page is drawn on another machine.
    """
    tools = await page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        await tools.send(f"{domain}.enable")
    await tools.send("DOM.getDocument", {"depth": -1})
    wrong = [text for text in wanted if not await _seen(tools, text, letters or letters_of)]
    await tools.detach()
    return wrong


async def _seen(tools: Any, text: str, letters: Callable[[str], frozenset[int]]) -> bool:
    path = f'//body//*[text()[contains(., "{text}")]]'
    search = await tools.send("DOM.performSearch", {"query": path})
    if not search["resultCount"]:
        return False
    nodes = await tools.send(
        "DOM.getSearchResults", {"searchId": search["searchId"], "fromIndex": 0, "toIndex": search["resultCount"]}
    )
    shown = 0
    for node in nodes["nodeIds"]:
        used = (await tools.send("CSS.getPlatformFontsForNode", {"nodeId": node}))["fonts"]
        if not used:  # not on this page, or not on this kind of paper
            continue
        shown += 1
        has = set().union(*(letters(font["postScriptName"]) for font in used))
        if {ord(char) for char in text if not char.isspace()} - IGNORED - has:
            return False
    return shown > 0


@cache
def letters_of(font: str) -> frozenset[int]:
    """Every character a font of this machine has; `font` is its PostScript name, as Chromium tells it."""
    told = subprocess.run(
        ["fc-match", "--format", "%{file}\n%{index}\n%{postscriptname}", f":postscriptname={font}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    file, index, name = told.split("\n")
    assert name == font, f"{font} is drawn and not found; {name} is"
    with TTFont(file, fontNumber=int(index) & 0xFFFF, lazy=True) as opened:
        return frozenset(opened.getBestCmap())
