"""An uploaded SVG made anew from what `domain/logo.py` allows: shapes, groups, gradients, and nothing that acts."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from onestop.domain.logo import (
    ACTIVE,
    DEEPEST,
    GROUPS,
    LEFT_OUT,
    MOST_BYTES,
    MOST_DRAWING,
    MOST_PARTS,
    PAINTS,
    PRESENTATION,
    SHAPES,
    USE,
    LogoActive,
    LogoHeavy,
    LogoReachesOut,
    LogoRefused,
    LogoTooLong,
    LogoTooRich,
    decimals_for,
    declarations,
    is_active,
    kept_attribute,
    local_reference,
    referred_in,
    shorter_path,
    size_of,
    style_rules,
)

SVG = "http://www.w3.org/2000/svg"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_SCALES = re.compile(r"matrix|scale")
_STRENGTH = {".": 1, "#": 2}
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})
_NAMED = _GRADIENTS | {"clipPath"}
"""Parts that do nothing unless another part names them."""
_CONTAINERS = _NAMED | {"defs"}


def clean_drawing(content: bytes, *, most: int = MOST_BYTES) -> tuple[bytes, float, float]:
    """The drawing as it may be kept, in `most` bytes; its width and height in its own units. Raises a `LogoRefused`."""
    if len(content) > MOST_DRAWING:
        raise LogoHeavy(kilobytes=MOST_DRAWING // 1024)
    root = _parsed(content)
    if _local(root) != "svg":
        raise LogoRefused
    x, y, wide, high = size_of(root.get("viewBox", ""), root.get("width", ""), root.get("height", ""))
    made = _Cleaning(root).made()
    made.set("viewBox", " ".join(f"{each:.6g}" for each in (x, y, wide, high)))
    written = tostring(made)
    if len(written) > most and not any(_SCALES.search(each.get("transform", "")) for each in made.iter()):
        for each in made.iter("path"):
            each.set("d", shorter_path(each.get("d", ""), decimals_for(wide, high)))
        written = tostring(made)
    if len(written) > most:
        raise LogoTooLong(kilobytes=-(-len(written) // 1024), most=most // 1024)
    return written, wide, high


def _parsed(content: bytes) -> Element:
    """The file as a tree. A type of its own, as old programs write it, is passed over; entities are refused."""
    try:
        return fromstring(content, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as trick:
        raise LogoTooRich from trick
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an encoding nobody knows
        raise LogoRefused from error


def _local(element: Element) -> str:
    """The name of a part of SVG, with or without its namespace; empty for a part of something else."""
    space, _, name = str(element.tag).rpartition("}")
    return name if space in ("", "{" + SVG) else ""


class _Cleaning:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._ids = {name: each for each in root.iter() if (name := each.get("id"))}
        self._rules = [rule for each in root.iter() if _local(each) == "style" for rule in style_rules(each.text or "")]
        self._parts = 0

    def made(self) -> Element:
        """The new root. Raises `LogoTooRich` where nothing is left to see."""
        for each in self._root.iter():
            self._check(each)
        made = Element("svg", {"xmlns": SVG, **self._painted(self._root)})
        self._fill(made, self._root, 0, ())
        if next(_seen(made), None) is None:
            raise LogoTooRich
        wanted = {referred_in(value) for each in made.iter() for value in each.attrib.values()}
        for each in list(made.iter()):
            for unused in [part for part in each if part.tag in _NAMED and part.get("id") not in wanted]:
                each.remove(unused)
            if each.get("id") not in wanted:
                each.attrib.pop("id", None)
        return made

    def _check(self, element: Element) -> None:
        """What nobody draws with is no accident: such a file is refused as a whole, wherever it stands in it."""
        name = str(element.tag).rpartition("}")[2]
        if name in ACTIVE or any(is_active(key.rpartition("}")[2], value) for key, value in element.attrib.items()):
            raise LogoActive
        if name in ("foreignObject", "image", "feImage") or _local(element) == "use":
            for key in _HREFS:
                if (href := element.get(key)) is not None and not href.startswith(("#", "data:")):
                    raise LogoReachesOut

    def _fill(self, made: Element, element: Element, depth: int, using: tuple[str, ...]) -> None:
        if depth > DEEPEST:
            raise LogoTooRich
        for child in element:
            name = _local(child)
            if not name or name in LEFT_OUT:
                continue  # what drawing programs note for themselves
            part = self._used(child, depth, using) if name == USE else self._part(child, name, depth, using)
            if part is not None:
                made.append(part)

    def _part(self, element: Element, name: str, depth: int, using: tuple[str, ...]) -> Element | None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise LogoTooRich
        if name == "foreignObject" and "requiredExtensions" in element.attrib:
            return None  # a drawing program's own copy of the picture
        if name not in SHAPES and name not in PAINTS and name not in GROUPS:
            raise LogoTooRich
        made = Element("g" if name in GROUPS else name, self._attributes(element))
        if name not in SHAPES:
            self._fill(made, element, depth + 1, using)
        if name in _GRADIENTS and (href := next((element.attrib[key] for key in _HREFS if key in element.attrib), "")):
            self._follow(made, local_reference(href), depth, using)
        return made

    def _follow(self, made: Element, name: str, depth: int, using: tuple[str, ...]) -> None:
        """What a gradient takes from another one, written into it."""
        target = self._ids.get(name)
        if target is None or name in using or _local(target) not in _GRADIENTS:
            raise LogoTooRich
        other = self._part(target, _local(target), depth + 1, (*using, name))
        if other is not None and depth <= DEEPEST:
            made.attrib.update({key: value for key, value in other.attrib.items() if key not in made.attrib})
            if not len(made):
                made.extend(list(other))

    def _used(self, element: Element, depth: int, using: tuple[str, ...]) -> Element:
        """A copy of the part that is used again, so that no reference is left that could go round or grow."""
        name = local_reference(next((element.attrib[key] for key in _HREFS if key in element.attrib), ""))
        target = self._ids.get(name)
        if target is None or name in using or _local(target) not in SHAPES | {"g", USE}:
            raise LogoTooRich
        given = self._attributes(element)
        moved = f"translate({given.pop('x', '0')} {given.pop('y', '0')})"
        for key in ("width", "height", "id"):
            given.pop(key, None)
        if moved != "translate(0 0)":
            given["transform"] = f"{given.get('transform', '')} {moved}".strip()
        made = Element("g", given)
        holder = Element("g")
        holder.append(target)
        self._fill(made, holder, depth + 1, (*using, name))
        return made

    def _attributes(self, element: Element) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in element.attrib.items():
            if name not in PRESENTATION and (kept := kept_attribute(name, value)) is not None:
                found[name] = kept
        return {**found, **self._painted(element)}

    def _painted(self, element: Element) -> dict[str, str]:
        """How a part is painted: by its attributes, then the rules about it, then its own style."""
        found = {name: value for name, value in element.attrib.items() if name in PRESENTATION}
        mine = {_local(element), *(f".{each}" for each in element.get("class", "").split())}
        mine.add(f"#{element.get('id', '')}")
        for selector, told in sorted(self._rules, key=lambda rule: _STRENGTH.get(rule[0][0], 0)):
            if selector in mine:
                found |= told
        found |= declarations(element.get("style", ""))
        kept = {name: kept_attribute(name, value) for name, value in found.items()}
        return {name: value for name, value in kept.items() if value}


def _seen(element: Element) -> Iterator[Element]:
    """The shapes that are drawn where they stand."""
    for child in element:
        if child.tag in SHAPES:
            yield child
        elif child.tag not in _CONTAINERS:
            yield from _seen(child)
