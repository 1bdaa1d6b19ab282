"""Changes of a text in all its languages at once, and of what is known of its reading."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from onestop.days import board_lines
from onestop.days.own_lines import change_lines, check_lines
from onestop.days.queries.texts import (
    BOARD,
    FUNDING,
    HOURS,
    MESSAGE,
    NAME,
    NEED,
    PAPER,
    WAY,
    OwnTexts,
    Which,
    own_texts,
)
from onestop.days.setup_values import SetupWrong
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.directory import checklists, floor_entries, need_entries, place_entries, series_entries
from onestop.directory.actions import write_own_words
from onestop.directory.checklists import PaperWordsMissing
from onestop.directory.need_entries import NeedWordsMissing
from onestop.directory.tables import checklist_items, needs, places, series, venues
from onestop.directory.vocabulary import PAPERS
from onestop.domain import own_lines
from onestop.domain.errors import N_, Changed, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.own_words import Reading
from onestop.domain.roles import Actor

TOO_LONG = N_("Please write at most %(number)s characters.")
LONGEST: Mapping[tuple[str, str], int] = {
    PAPER: checklists.LONGEST,
    NEED: need_entries.LONGEST,
    WAY: floor_entries.LONGEST_WAY,
    HOURS: place_entries.LONGEST_HOURS,
    NAME: series_entries.LONGEST_PUBLIC_NAME,
    FUNDING: series_entries.LONGEST_FUNDING,
    MESSAGE: own_lines.LONGEST,
    BOARD: board_lines.LONGEST,
}
"""How many characters each text may have; whoever is not here is no text."""
LINES = frozenset({FUNDING, MESSAGE})
"""Texts of several lines."""
_OWNERS: Mapping[str, sa.Table] = {
    "paper": checklist_items,
    "need": needs,
    "venue": venues,
    "place": places,
    "series": series,
    "day": days,
}


def write_text(
    conn: sa.Connection,
    which: Which,
    words: Mapping[str, str],
    *,
    marks: Mapping[str, Reading],
    seen_as: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Store a text as it now reads in each language; `marks`: what somebody says of its reading.

    Raises `NotKnown`, `Changed` when it is not any more what the form was made from, and what is wrong with the words.
    """
    before = _held(conn, which)
    if before.seen_as != seen_as:
        raise Changed
    about = before.about
    tidy = {tag: _tidy(about, text) for tag, text in words.items()}
    for tag, text in tidy.items():
        if len(text) > LONGEST[about]:
            raise SetupWrong(f"text_{tag}", TOO_LONG, number=LONGEST[about])
    if about == PAPER and before.paper not in PAPERS and not any(tidy.values()):
        raise PaperWordsMissing(field=f"text_{before.source or before.working}")
    if about == NEED and not before.has_shipped and not any(tidy.values()):
        raise NeedWordsMissing(field=f"text_{before.source or before.working}")
    if about == MESSAGE:
        check_lines(tidy, control="text")
        version = conn.execute(sa.select(days.c.version).where(days.c.id == which.owner)).scalar_one()
        change_lines(conn, which.owner, tidy, version=version, actor=actor, now=now, marks=marks)
    elif about == BOARD:
        board_lines.write_board_line(conn, which.owner, tidy, actor=actor, now=now, marks=marks)
    else:
        write_own_words(conn, *which, tidy, changed_by=actor.ref, now=now, working=before.working, marks=marks)
    _tell(conn, before, own_texts(conn, which), marks, actor=actor, now=now)


def _held(conn: sa.Connection, which: Which) -> OwnTexts:
    """The text, its owner held until the end of the transaction: two who save at once come one after the other."""
    owner = _OWNERS.get(which.kind)
    if owner is None or (which.kind, which.field) not in LONGEST:
        raise NotKnown
    conn.execute(sa.select(owner.c.id).where(owner.c.id == which.owner).with_for_update())
    return own_texts(conn, which)


def _tidy(about: tuple[str, str], text: str) -> str:
    if about in LINES:
        return text.replace("\r", "").strip()
    return " ".join(text.split())


def _tell(
    conn: sa.Connection,
    before: OwnTexts,
    after: OwnTexts,
    marks: Mapping[str, Reading],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Which languages say something else now, and of which somebody said whether they were read; never the words."""
    tags = sorted({*before.words, *after.words})
    changed = [tag for tag in tags if _text(before, tag) != _text(after, tag)]
    read = sorted(tag for tag, mark in marks.items() if mark is Reading.CHECKED and tag in after.words)
    drafts = sorted(tag for tag, mark in marks.items() if mark is Reading.DRAFT and tag in after.words)
    which = before.which
    about = {which.kind: str(which.owner), "field": which.field}
    day = which.owner if which.kind == "day" else None
    # What a day says was told by the action that its own page calls too.
    for kind, languages in (("TextChanged", [] if day else changed), ("TextRead", read), ("TextUnread", drafts)):
        if languages:
            record(conn, Fact(kind=kind, at=now, day=day, actor=actor.ref, terms={**about, "languages": languages}))


def _text(own: OwnTexts, tag: str) -> str:
    return own.words[tag].text if tag in own.words else ""
