"""Logos: which parts of an uploaded drawing may stay, what is said about the others, and how big a logo is shown.

A drawing (SVG) is a program's page as much as a picture. What is not named here does not get in.
"""

import math
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from onestop.domain.errors import N_, InvalidInput

MOST_BYTES = 8 * 1024
"""Of a logo as it is kept and sent to phones."""
MOST_PLAN_BYTES = 200 * 1024
"""Of a floor plan: who opens it waits for it once, some seconds on a slow phone, and finds her desk; logos are on
every page."""
MOST_UPLOADED = 3 * 1024 * 1024
MOST_DRAWING = 256 * 1024
MOST_POINTS = 10_000_000
"""Width times height of an uploaded picture; a small file can unfold to any size."""
MOST_LOGOS = 12
"""Of one series."""
MOST_PARTS, DEEPEST = 3000, 40
PLAN_SIDE = 960
"""The longer side of a floor plan, in CSS pixels."""
SHOWN_WIDE, SHOWN_HIGH = 224, 56
"""The box that a logo is shown in, in CSS pixels."""


class LogoKind(StrEnum):
    """Whose logo it is: of who runs the days, or of who pays."""

    CENTRE = "centre"
    FUNDER = "funder"


class LogoRefused(InvalidInput):
    """The file cannot be used as a logo or floor plan; the sentence says why and what to do."""

    code = "logo_refused"
    sentence = N_("This file is no picture that we can read. Please choose an SVG or a PNG.")

    def __init__(self, *, field: str = "logo", **params: str | int) -> None:
        super().__init__(field=field, **params)


class LogoMissing(LogoRefused):
    code = "logo_missing"
    sentence = N_("Please choose a file.")


class LogoHeavy(LogoRefused):
    code = "logo_heavy"
    sentence = N_("This file is too big. Please send at most %(kilobytes)s KB.")


class LogoActive(LogoRefused):
    code = "logo_active"
    sentence = N_("This file holds a program, not only a picture. Please save it as PNG and send that.")


class LogoReachesOut(LogoRefused):
    code = "logo_reaches_out"
    sentence = N_("This file takes parts from another place. Please save it as PNG and send that.")


class LogoTooRich(LogoRefused):
    code = "logo_too_rich"
    sentence = N_("This SVG has text, photos or effects that we cannot keep. Please save it as PNG and send that.")


class LogoWithoutSize(LogoRefused):
    code = "logo_without_size"
    sentence = N_("This SVG does not say how big it is. Please save it as PNG and send that.")


class LogoTooLong(LogoRefused):
    code = "logo_too_long"
    sentence = N_("This SVG is too detailed: %(kilobytes)s KB, and %(most)s KB are possible. Please send a PNG.")


class LogoTooManyPoints(LogoRefused):
    code = "logo_too_many_points"
    sentence = N_("This picture is too large: at most %(million)s million points. Please save it smaller.")


# -- the parts of a drawing -------------------------------------------------------------------------

SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
PAINTS = frozenset({"linearGradient", "radialGradient", "stop", "clipPath", "defs"})
GROUPS = frozenset({"g", "a", "switch"})
"""Links and choices stay as plain groups."""
USE = "use"
_LEFT_OUT_NAMES = "title desc metadata style animate animateColor animateMotion animateTransform set view"
LEFT_OUT = frozenset(_LEFT_OUT_NAMES.split())
"""Nobody sees that they are gone; styles are written into the parts before."""
ACTIVE = frozenset({"script", "handler", "listener", "iframe", "embed", "object", "applet"})
_GEOMETRY_NAMES = (
    "d x y x1 y1 x2 y2 cx cy r rx ry fx fy fr width height points transform offset id gradientUnits "
    "gradientTransform spreadMethod clipPathUnits"
)
_GEOMETRY = frozenset(_GEOMETRY_NAMES.split())
_PRESENTATION_NAMES = (
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin "
    "stroke-miterlimit stroke-dasharray stroke-dashoffset opacity clip-path clip-rule color stop-color stop-opacity "
    "display visibility"
)
PRESENTATION = frozenset(_PRESENTATION_NAMES.split())
_EFFECTS = frozenset({"filter", "mask", "mask-image"})
_PLAIN = re.compile(r"[\w\s#%.,()+-]*")
_LOCAL = re.compile(r"url\(\s*[\"']?#([\w.-]+)[\"']?\s*\)")
_FRAGMENT = re.compile(r"#([\w.-]+)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_PATH_PART = re.compile(rf"[A-Za-z]|{_NUMBER.pattern}")


def is_active(name: str, value: str) -> bool:
    """Whether an attribute would run something: an event handler, or an address that is a program."""
    address = "".join(value.split()).casefold()
    return name.casefold().startswith("on") or "javascript:" in address or "vbscript:" in address


def kept_attribute(name: str, value: str) -> str | None:
    """The value as it may stand in a clean drawing, `None` for one that is left out.

    Raises `LogoReachesOut` for a reference to somewhere else, `LogoTooRich` for an effect that would be missed.
    """
    value = value.strip()
    if name in _EFFECTS and value.casefold() not in ("", "none"):
        raise LogoTooRich
    if name not in _GEOMETRY and name not in PRESENTATION:
        return None
    if "url(" in value.casefold():
        if _LOCAL.fullmatch(value) is None:
            raise LogoReachesOut
        return value
    return value if _PLAIN.fullmatch(value) else None


def local_reference(value: str) -> str:
    """The id that `#id` names. Raises `LogoReachesOut` for any other address."""
    found = _FRAGMENT.fullmatch(value.strip())
    if found is None:
        raise LogoReachesOut
    return found[1]


def referred_in(value: str) -> str:
    """The id that `url(#id)` names, empty for any other value."""
    found = _LOCAL.fullmatch(value)
    return found[1] if found else ""


# -- styles, written into the parts -----------------------------------------------------------------

_COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_SELECTOR = re.compile(r"[.#]?[A-Za-z_][\w-]*")
LONGEST_STYLE = 20_000


def style_rules(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A style sheet as (`tag`, `.class` or `#id`; its declarations), in its order.

    Raises `LogoReachesOut` for an import, `LogoTooRich` for anything but plain rules.
    """
    if len(text) > LONGEST_STYLE:
        raise LogoTooRich
    text = _COMMENT.sub("", text)
    if "@import" in text.casefold():
        raise LogoReachesOut
    if "@" in text or "\\" in text:
        raise LogoTooRich
    *rules, rest = text.split("}")
    if rest.strip():
        raise LogoTooRich
    for rule in rules:
        selectors, _, body = rule.partition("{")
        for selector in selectors.split(","):
            if not _SELECTOR.fullmatch(selector.strip()):
                raise LogoTooRich
            yield selector.strip(), declarations(body)


def declarations(text: str) -> dict[str, str]:
    """`fill:#039; stroke:none` as a mapping. Raises `LogoReachesOut`, `LogoTooRich`, `LogoActive`."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition(":")
        name, value = name.strip().casefold(), value.replace("!important", "").strip()
        if "expression(" in value.casefold() or is_active("", value):
            raise LogoActive
        if "url(" in value.casefold() and _LOCAL.fullmatch(value) is None:
            raise LogoReachesOut
        if name in _EFFECTS and value.casefold() != "none":
            raise LogoTooRich
        if name in PRESENTATION:
            found[name] = value
    return found


# -- how big ----------------------------------------------------------------------------------------


def size_of(view_box: str, width: str, height: str) -> tuple[float, float, float, float]:
    """Where a drawing begins and how big it is, in its own units. Raises `LogoWithoutSize`."""
    told = [float(each) for each in _NUMBER.findall(view_box)]
    if len(told) != 4:
        measures = [_NUMBER.match(each.strip()) for each in (width, height)]
        sizes = [float(each[0]) for each in measures if each is not None]
        if len(sizes) != 2 or "%" in width + height:
            raise LogoWithoutSize
        told = [0.0, 0.0, *sizes]
    x, y, wide, high = told
    if not all(map(math.isfinite, told)) or not 0 < wide < 1e6 or not 0 < high < 1e6:
        raise LogoWithoutSize
    return x, y, wide, high


def shown_size(width: float, height: float) -> tuple[int, int]:
    """The CSS pixels a logo of this shape takes: as big as the box allows."""
    scale = min(SHOWN_WIDE / width, SHOWN_HIGH / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def plan_size(width: float, height: float) -> tuple[int, int]:
    """The CSS pixels a floor plan of this shape takes where nothing makes it smaller."""
    scale = min(PLAN_SIDE / width, PLAN_SIDE / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def shorter_path(path: str, decimals: int) -> str:
    """The same line with rounded numbers. Arcs stay as they are: their flags may be written without a gap."""
    if "a" in path.casefold():
        return path
    made: list[str] = []
    for part in _PATH_PART.findall(path):
        if part.isalpha():
            made.append(part)
            continue
        number = shorter_number(part, decimals)
        gap = " " if made and not made[-1].isalpha() and not number.startswith("-") else ""
        made.append(gap + number)
    return "".join(made)


def shorter_number(number: str, decimals: int) -> str:
    """`-0.5000` as `-.5`."""
    text = f"{float(number):.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = text.replace("-0.", "-.") if text.startswith("-0.") else text.removeprefix("0") if text[:2] == "0." else text
    return "0" if text in ("", "-0", "-") else text


def decimals_for(width: float, height: float) -> int:
    """How many decimals hold a ten-thousandth of a drawing this big: more than a phone can show."""
    return max(0, 4 - math.floor(math.log10(max(width, height, 1e-9))))
