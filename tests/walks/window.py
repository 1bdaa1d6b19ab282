"""One window of a walk: a browser that is kept open and shows what the screen shows, and touches only what is there.

`python -m tests.walks.window NAME open URL WIDTHxHEIGHT [--mouse] [--lang ar]` keeps it open until `NAME end`.
Meanwhile `python -m tests.walks.window NAME WORDS` does one thing and prints what can be read and touched then; a
picture of the screen stands beside. Words: `see`, `tap N`, `type TEXT`, `choose N TEXT`, `key NAME`, `scan TEXT`,
`upload N FILE`, `go URL`, `back`, `scroll up|down`, `wait SECONDS`, `end`.
What a page lets one take is kept beside the pictures.
"""

import argparse
import re
import sys
import tempfile
from multiprocessing.connection import Client, Listener
from pathlib import Path

from playwright.sync_api import Download, Page, sync_playwright

from tests.journeys.conftest import CHROMIUM, SWITCHES

FOLDER = Path(tempfile.gettempdir()) / "onestop-walks"
SETTLE_MS = 600
WEDGE_MS = 8
"""Between two keys of a scanner that types."""
TOUCHABLE = Path(__file__).with_name("touchable.js").read_text()


def _lines(page: Page) -> list[dict[str, object]]:
    return page.evaluate(TOUCHABLE)


def _show(page: Page, picture: Path) -> str:
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=picture, caret="initial")
    told = re.sub(r"\n\s*- /url:.*", "", page.locator("body").aria_snapshot())
    touch = [
        f"{nth:3} {line['kind']}: {line['words']}"
        + ("" if line["free"] else "  (covered)" if line["inside"] else "  (not on the screen: scroll)")
        for nth, line in enumerate(_lines(page), 1)
    ]
    deep = page.evaluate("[scrollY, innerHeight, document.documentElement.scrollHeight]")
    at = f"rows {deep[0]:.0f} to {deep[0] + deep[1]:.0f} of {deep[2]}"
    return "\n".join(["# What can be read", told, "", f"# What can be touched ({at})", *touch, f"# Picture: {picture}"])


def _tap(page: Page, nth: int, *, mouse: bool) -> str:
    line = _lines(page)[nth - 1]
    if not line["free"]:
        return "That is not where a finger reaches it now; scroll."
    at = (float(str(line["x"])), float(str(line["y"])))
    if mouse:
        page.mouse.click(*at)
    else:
        page.touchscreen.tap(*at)
    return ""


def _do(page: Page, words: list[str], *, mouse: bool) -> str:
    """One thing; gives what went wrong, or nothing."""
    match words:
        case ["see"]:
            pass
        case ["tap", nth]:
            return _tap(page, int(nth), mouse=mouse)
        case ["type", *text]:
            page.keyboard.type(" ".join(text))
        case ["scan", *text]:
            page.keyboard.type(" ".join(text), delay=WEDGE_MS)
            page.keyboard.press("Enter")
        case ["choose", nth, *text]:
            line = _lines(page)[int(nth) - 1]
            here = page.evaluate_handle(f"document.elementFromPoint({line['x']}, {line['y']})").as_element()
            assert here is not None
            here.select_option(label=" ".join(text))
        case ["key", name]:
            page.keyboard.press(name)
        case ["upload", nth, file]:
            with page.expect_file_chooser() as asked:
                _tap(page, int(nth), mouse=mouse)
            asked.value.set_files(file)
        case ["go", url]:
            page.goto(url)
        case ["back"]:
            page.go_back()
        case ["scroll", way]:
            page.mouse.wheel(0, page.viewport_size["height"] * (0.8 if way == "down" else -0.8))  # type: ignore[index]
        case ["wait", seconds]:
            page.wait_for_timeout(1000 * float(seconds))
        case _:
            return f"Not understood: {' '.join(words)}"
    return ""


def _take(given: Download, taken: list[str]) -> None:
    file = FOLDER / given.suggested_filename
    given.save_as(file)
    taken.append(f"# Taken to this computer: {file}")


def keep(name: str, url: str, size: str, *, mouse: bool, language: str) -> None:
    """Open the window and do what is sent, until `end`."""
    FOLDER.mkdir(exist_ok=True)
    width, height = (int(side) for side in size.split("x"))
    with sync_playwright() as playwright, Listener(str(FOLDER / name)) as listener:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=not mouse, locale=language)
        page = context.new_page()
        page.add_init_script("window.print = () => {}")
        taken: list[str] = []
        context.on("page", lambda new: new.on("download", lambda given: _take(given, taken)))
        page.on("download", lambda given: _take(given, taken))
        page.goto(url)
        while True:
            with listener.accept() as sent:
                words = sent.recv()
                if words == ["end"]:
                    sent.send("Closed.")
                    break
                try:
                    wrong = _do(context.pages[-1], words, mouse=mouse)
                    shown = _show(context.pages[-1], FOLDER / f"{name}.png")
                    sent.send("\n".join([wrong, *taken, shown]))
                    taken.clear()
                except Exception as trouble:
                    sent.send(f"That did not work: {str(trouble)[:400]}")
        browser.close()


def main() -> None:
    """Open a window, or do one thing in it."""
    if sys.argv[2:3] != ["open"]:
        with Client(str(FOLDER / sys.argv[1])) as window:
            window.send(sys.argv[2:])
            print(window.recv())
        return
    asked = argparse.ArgumentParser(description=__doc__)
    for each in ("name", "open", "url", "size"):
        asked.add_argument(each)
    asked.add_argument("--mouse", action="store_true")
    asked.add_argument("--lang", default="en-GB")
    given = asked.parse_args()
    keep(given.name, given.url, given.size, mouse=given.mouse, language=given.lang)


if __name__ == "__main__":
    main()
