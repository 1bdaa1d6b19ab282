"""What can be the code of a ticket, as the server reads it: nothing else that is scanned or typed is kept."""

import unicodedata

LONG, SHORT = "abcdefghijklmnopqrstuvwxyz234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_DROPPED = frozenset({"Zs", "Cc", "Cf", "Pd"})
"""Spaces, direction marks, hyphens: somebody typed or pasted them between the letters."""


def read_code(text: str) -> str | None:
    """The code in a ticket's address, a bare long one, or a short one as people type it; `None` if there is none."""
    return _long(text) or _short(text)


def end_of(code: str) -> str:
    """As much of a code as is listed when the server does not take it: this opens nothing."""
    return code[-2:].upper()


def _long(text: str) -> str | None:
    bare = text.strip().split("#")[0].split("?")[0].rstrip("/").rsplit("/", 1)[-1].lower()
    return bare if len(bare) == 26 and all(char in LONG for char in bare) else None


def _short(text: str) -> str | None:
    folded = "".join(_fold(char) for char in text).upper().translate(_READ_AS)
    return folded if len(folded) == 8 and all(char in SHORT for char in folded) else None


def _fold(char: str) -> str:
    if unicodedata.category(char) in _DROPPED:
        return ""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)
