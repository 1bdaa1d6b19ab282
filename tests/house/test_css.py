"""The style sheets: right to left for free, readable in light and dark, and light enough for a slow phone."""

import gzip
import re
from collections.abc import Iterator

import pytest

from onestop.paths import resource_dir
from onestop.web.kit.locale import locale_for
from onestop.web.kit.pages import ErrorPage, render
from onestop.web.kit.styleguide import sample_chrome

CSS = resource_dir("static") / "css"
SHEETS = sorted(path.name for path in CSS.glob("*.css"))
PHYSICAL = re.compile(
    r"(?:^|[{;\s])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-[a-z]+)*\s*:"
    r"|(?:^|[{;\s])(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:"
    r"|text-align:\s*(?:left|right)|\bfloat:",
    re.MULTILINE,
)
COLOURS_ALLOWED = {"tokens.css", "base.css", "board.css", "print.css"}
PUBLIC_BYTES = 14 * 1024


def sheet(name: str) -> str:
    """A style sheet without comments and without the conditions of media queries, which know only width and height."""
    text = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"@media[^{]*{", "@media {", text)


@pytest.mark.parametrize("name", SHEETS)
def test_only_logical_properties_are_used(name: str):
    assert [found.group(0).strip() for found in PHYSICAL.finditer(sheet(name))] == []


@pytest.mark.parametrize(
    "bad", ["margin-left: 1px", "left: 0", "text-align: right", "width: 3px", "border-top-color: red"]
)
def test_physical_properties_are_recognised(bad: str):
    assert PHYSICAL.search(f"p {{ {bad}; }}")


@pytest.mark.parametrize("name", SHEETS)
def test_every_token_used_is_defined(name: str):
    defined = set(re.findall(r"(--[\w-]+)\s*:", sheet("tokens.css") + sheet("base.css") + sheet(name)))
    # A desk tile outside a desk has no colour of its own, and says what to take instead.
    used = set(re.findall(r"var\((--[\w-]+)\)", sheet(name)))

    assert used - defined == set()


@pytest.mark.parametrize("name", sorted(set(SHEETS) - COLOURS_ALLOWED))
def test_colours_come_from_the_tokens(name: str):
    assert re.findall(r":[^;{}]*#[0-9a-f]{3,8}\b", sheet(name)) == []


@pytest.mark.parametrize("name", SHEETS)
def test_nothing_is_loaded_from_elsewhere(name: str):
    assert re.findall(r"@import|url\(", sheet(name)) == []


@pytest.mark.parametrize("name", SHEETS)
def test_braces_are_in_balance(name: str):
    assert sheet(name).count("{") == sheet(name).count("}")


# -- contrast (WCAG 2.2, 1.4.3 and 1.4.11) -----------------------------------------------------------

TEXT_PAIRS = (
    ("ink", "paper", 7.0),
    ("ink", "card", 7.0),
    ("ink", "accent-soft", 4.5),
    ("ink-soft", "paper", 4.5),
    ("ink-soft", "card", 4.5),
    ("ink-soft", "accent-soft", 4.5),
    ("accent", "paper", 4.5),
    ("accent", "card", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-deep", 4.5),
    ("ok", "card", 4.5),
    ("ok", "ok-soft", 4.5),
    ("now", "card", 4.5),
    ("now", "now-soft", 4.5),
    ("stop", "card", 4.5),
    ("stop", "stop-soft", 4.5),
    ("stop", "paper", 4.5),
    ("info", "info-soft", 4.5),
    ("ink", "info-soft", 4.5),
    ("ink", "ok-soft", 4.5),
    ("ink", "now-soft", 4.5),
    ("ink", "stop-soft", 4.5),
    ("line-strong", "card", 3.0),
    ("line-strong", "paper", 3.0),
)


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme, by token."""
    light, dark, *_ = (dict(found) for found in map(colours, re.split(r"@media", sheet("tokens.css"))))
    return {"light": light, "dark": {**light, **dark}}


def colours(text: str) -> Iterator[tuple[str, str]]:
    for name, value in re.findall(r"--([\w-]+):\s*#([0-9a-f]{3}|[0-9a-f]{6});", text):
        yield name, value if len(value) == 6 else "".join(digit * 2 for digit in value)


def luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_twenty_one():
    assert round(contrast("000000", "ffffff"), 2) == 21.0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_controls_have_enough_contrast(scheme: str):
    values = schemes()[scheme]

    assert {
        (front, back): round(contrast(values[front], values[back]), 2)
        for front, back, least in TEXT_PAIRS
        if contrast(values[front], values[back]) < least
    } == {}


def test_every_desk_number_is_readable_on_its_colour():
    desks = re.findall(r"\.desk-(c\d+) { --desk: #(\w{6});(?: --on-desk: #(\w{6});)? }", sheet("base.css"))

    assert len(desks) == 12
    assert {
        name: round(contrast(colour, on or "ffffff"), 2)
        for name, colour, on in desks
        if contrast(colour, on or "ffffff") < 4.5
    } == {}


# -- weight ------------------------------------------------------------------------------------------


def packed(text: str) -> int:
    return len(gzip.compress(text.encode(), 6))


def test_a_public_page_and_its_style_sheets_weigh_at_most_14_kib():
    locale = locale_for("ar")
    page = render("error.html", ErrorPage(title="x", sentence="y" * 500), locale=locale, chrome=sample_chrome(locale))
    sheets = sorted(re.findall(r"/static/css/([\w-]+\.css)", page))
    weights = {name: packed((CSS / name).read_text(encoding="utf-8")) for name in sheets}

    assert sheets == ["base.css", "tokens.css", "visitor.css"]
    assert packed(page) + sum(weights.values()) <= PUBLIC_BYTES, weights
    # What is left is for the words of the longest page.
    assert sum(weights.values()) <= PUBLIC_BYTES * 0.55, weights
