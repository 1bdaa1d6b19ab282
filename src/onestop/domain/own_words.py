"""Words an organiser writes in several languages: which of them is the source, and which somebody has read.

The source is what was written in the working language, else in English, else in the first language there is. Every
other language is a translation: a draft until a person has read it, and to be read again once the source says something
else. A lone text is its own source.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reading(StrEnum):
    """How far a text of one language can be trusted."""

    SOURCE = "source"
    DRAFT = "draft"
    CHECKED = "checked"
    AGAIN = "again"
    """It was written or read before the source was changed."""


UNREAD = frozenset({Reading.DRAFT, Reading.AGAIN})
"""Visitors are told that nobody has checked these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text and how far it was read."""

    text: str
    reading: Reading


def source_of(languages: Collection[str], *, working: str) -> str:
    """The language the others are translations of; empty where nothing is written."""
    return next((tag for tag in (working, "en", *sorted(languages)) if tag in languages), "")


def rewritten(
    before: Mapping[str, Written], after: Mapping[str, str], *, working: str, marks: Mapping[str, Reading]
) -> dict[str, Written]:
    """The texts as they stand after a change; `marks`: which languages somebody has just called read, or a draft."""
    old, source = source_of(before, working=working), source_of(after, working=working)
    moved = bool(old) and before[old].text != after.get(source)
    return {
        tag: Written(
            text=text,
            reading=Reading.SOURCE if tag == source else marks.get(tag) or _left(before.get(tag), text, moved=moved),
        )
        for tag, text in after.items()
    }


def _left(before: Written | None, text: str, *, moved: bool) -> Reading:
    """What a translation is that nobody said anything about."""
    if before is None or before.text != text:
        return Reading.DRAFT
    if moved:
        return Reading.AGAIN
    return Reading.DRAFT if before.reading is Reading.SOURCE else before.reading
