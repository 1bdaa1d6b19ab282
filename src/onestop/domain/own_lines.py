"""The organiser's own lines in messages: plain text with a few places that are filled, and no other meaning."""

import re
from collections.abc import Mapping

PLACES = ("date", "time", "end", "number", "venue", "address", "phone")
"""What may stand in braces; everything else in braces is refused when it is saved."""
LONGEST = 600
_BRACES = re.compile(r"\{[^{}\n]*\}?|\}")


def wrong_place(text: str) -> str | None:
    """The first thing in braces, or brace alone, that is no place; `None` when all can be filled."""
    return next((found for found in _BRACES.findall(text) if found[1:-1] not in PLACES), None)


def fill_places(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled, once: what a value holds is text, whatever it looks like."""
    return _BRACES.sub(lambda found: values.get(found[0][1:-1], found[0]), text)
