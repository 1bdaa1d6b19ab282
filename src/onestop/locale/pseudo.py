"""Pseudo-languages: English with accents, brackets and 40 % more length, to find text that nobody translates."""

import re

_ACCENTS = str.maketrans(
    "ABCDEFGHIJKLMNOPRSTUWYZabcdefghijklmnoprstuwyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞŔŠŢÛŴÝŽåƀçðéƒĝĥîĵķļɱñöþŕšţûŵýž",
)
_PLACES = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]+>|&\w+;)")


def pseudo(text: str) -> str:
    """The text in accents, longer and bracketed; its places and marks stay as they are."""
    parts = _PLACES.split(text)
    accented = "".join(part if index % 2 else part.translate(_ACCENTS) for index, part in enumerate(parts))
    return f"[{accented}{'~' * round(len(text) * 0.4)}]"
