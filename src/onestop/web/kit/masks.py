"""Paths as logs may hold them: what opens something, or is somebody's number, is a star; no query value appears."""

import re

_OPENS = (
    "/t/",
    "/reminders/",
    "/w/",
    "/kiosk/tickets/",
    "/kiosk/waiting/",
    "/pass/",
    "/sign-in/link/",
    "/holds/",
    "/prove/",
    "/shifts/",
    "/my-shifts/",
    "/i/",
    "/api/v1/tickets/",
    "/api/v1/holds/",
    "/d/[^/]+/holds/",
    "/d/[^/]+/invitations/",
    "/floor/[^/]+/numbers/",
)
_SECRET = re.compile(f"^({'|'.join(_OPENS)})[^/]+")
# A token where nobody thought of it; ids and the names of days are shorter or have hyphens.
_TOKEN = re.compile(r"(?<=/)(?:[A-Za-z0-9_]{26,}|[A-Za-z0-9_-]{40,})(?=/|$)")


def masked(path: str) -> str:
    """`/t/*/live` for a ticket's stream; control characters are written out."""
    shown = _TOKEN.sub("*", _SECRET.sub(r"\1*", path))[:300]
    return shown if shown.isprintable() else ascii(shown)
