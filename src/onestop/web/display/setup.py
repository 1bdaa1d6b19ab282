"""How this screen is set up: as stored for the machine, and by the address where that says more."""

from collections.abc import Mapping
from dataclasses import replace

from onestop.domain.board import INCHES, METRES, DisplaySetup, Screen, Sound
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.sessions import display_here

MOST_DESKS = 200


def setup_of(request: WebRequest) -> DisplaySetup:
    """`?desks=1,2`, `?inches=55&metres=12`, `?sound=chime`, `?volume=60` and `?dark=1` win over what is stored."""
    setup, query = display_here(request), request.query_params
    desks = tuple(
        dict.fromkeys(int(text) for text in query.get("desks", "").split(",") if text.isdecimal() and len(text) < 6)
    )[:MOST_DESKS]
    if desks:
        setup = replace(setup, desks=desks)
    inches, metres = _number(query, "inches", *INCHES), _number(query, "metres", *METRES)
    if inches is not None and metres is not None:
        setup = replace(setup, screen=Screen(inches=inches, metres=metres))
    if query.get("sound") in tuple(Sound):
        setup = replace(setup, sound=Sound(query["sound"]))
    volume = _number(query, "volume", 0, 100)
    if volume is not None:
        setup = replace(setup, volume=volume)
    if query.get("dark") in ("0", "1"):
        setup = replace(setup, dark=query["dark"] == "1")
    return setup


def _number(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    """A whole number of the address between these; `None` for anything else, as if it were not there."""
    text = query.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        return None
    return int(text) if least <= int(text) <= most else None
