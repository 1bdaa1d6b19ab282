"""Paths as logs may hold them: what opens something is a star, and query values never appear."""

import re

_SECRET = re.compile(
    r"^(/t/|/kiosk/tickets/|/pass/|/sign-in/link/|/api/v1/tickets/|/api/v1/holds/|/holds/|/d/[^/]+/holds/|/d/[^/]+/invitations/|/i/)[^/]+"
)


def masked(path: str) -> str:
    """`/t/*/live` for a ticket's stream; control characters are written out."""
    shown = _SECRET.sub(r"\1*", path[:300])
    return shown if shown.isprintable() else ascii(shown)
