"""The map of screens names every screen, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
SCREEN = re.compile(r'\{%-? extends "layouts/')
NAMED = re.compile(r"`((?:[a-z]+/)?[a-z_]+)`")
NOT_SCREENS = {"layouts", "email"}


def screens() -> set[str]:
    """Every template that is a page of its own."""
    found = {
        path.relative_to(TEMPLATES).with_suffix("").as_posix()
        for path in TEMPLATES.rglob("*.html")
        if path.relative_to(TEMPLATES).parts[0] not in NOT_SCREENS and SCREEN.search(path.read_text())
    }
    return {name for name in found if not name.startswith("style")}


def test_the_map_of_screens_is_complete():
    known = screens()
    assert len(known) > 100
    assert set(NAMED.findall((ROOT / "docs/doors/README.md").read_text())) == known
