"""Every text an organiser wrote in several languages, and what a reader of each language sees of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries import board_lines, own_lines
from onestop.days.queries.days import Day
from onestop.days.queries.offer import day_offer
from onestop.days.tables import days
from onestop.directory import floor_plans, needs, papers, places, series
from onestop.directory.organising import centre_language
from onestop.directory.tables import checklist_items, institutions, services, texts
from onestop.directory.tables import needs as need_rows
from onestop.directory.tables import places as place_rows
from onestop.directory.tables import series as series_rows
from onestop.directory.tables import venues as venue_rows
from onestop.directory.vocabulary import NEEDS, PAPERS
from onestop.directory.words import words_of_need, words_of_paper
from onestop.domain.day import DayState
from onestop.domain.errors import NotKnown
from onestop.domain.own_words import Reading, Written, source_of
from onestop.domain.seen import fingerprint_of
from onestop.locale.languages import fallbacks
from onestop.locale.locales import locale_for

OPEN = (DayState.DRAFT, DayState.PUBLISHED)


class Which(NamedTuple):
    """A text by what it belongs to: a paper, a need, a venue, a place, a series or a day."""

    kind: str
    owner: UUID
    field: str


WAY = (floor_plans.OWNER, floor_plans.FIELD)
NEED = (needs.OWNER, needs.FIELD)
PAPER, HOURS = (papers.OWNER, papers.FIELD), (places.OWNER, places.FIELD)
NAME, FUNDING = (series.OWNER, series.NAME), (series.OWNER, series.FUNDING)
MESSAGE, BOARD = (own_lines.OWNER, own_lines.FIELD), (board_lines.OWNER, board_lines.FIELD)
ONLY_NEAREST = frozenset({NAME, MESSAGE})
"""Texts of which a reader sees nothing, or something plainer, rather than a language that is not near hers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnText:
    """A text of one language; `by` and `read_by` name accounts, days' passes and the like as the ledger does."""

    text: str
    reading: Reading
    by: str = ""
    at: datetime | None = None
    read_by: str = ""
    read_at: datetime | None = None


class Seen(StrEnum):
    """What somebody reads who reads this language."""

    OWN = "own"
    OTHER = "other"
    """The same text in another language."""
    SHIPPED = "shipped"
    """The words onestop brings for it."""
    PLAIN = "plain"
    """The plain name of it."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTexts:
    """A text in all its languages; `name` is what its owner is called, for a paper the institution."""

    which: Which
    name: str
    working: str
    """The language the others are translations of, if it is written in that."""
    paper: str = ""
    need: str = ""
    service: str = ""
    slug: str = ""
    is_open: bool = True
    words: Mapping[str, OwnText] = field(default_factory=dict[str, OwnText])

    @property
    def about(self) -> tuple[str, str]:
        return self.which.kind, self.which.field

    @property
    def has_shipped(self) -> bool:
        """Whether onestop brings words for it."""
        return self.paper in PAPERS or self.need in NEEDS

    @property
    def source(self) -> str:
        """The language that counts, empty while nothing is written."""
        return source_of(self.words, working=self.working)

    @property
    def written(self) -> dict[str, Written]:
        return {tag: Written(text=one.text, reading=one.reading) for tag, one in self.words.items()}

    @property
    def seen_as(self) -> str:
        """Another one after every change: what a form was made from."""
        return fingerprint_of(self.written)

    def read_in(self, tag: str, *, working: str = "") -> tuple[Seen, str, str]:
        """What a reader of this language sees: how, in which language, and the words."""
        working = working or self.working
        texts_by = {language: one.text for language, one in self.words.items()}
        if self.about in (PAPER, NEED):
            words_of = words_of_paper if self.paper else words_of_need
            words, language = words_of(locale_for(tag), self.paper or self.need, texts_by, working=working)
            if texts_by.get(language) != words:
                return (Seen.SHIPPED if self.has_shipped else Seen.NOTHING), language, words
        else:
            chain = fallbacks(tag, working=working)
            chain = chain if self.about in ONLY_NEAREST else (*chain, *sorted(texts_by))
            language = next((each for each in chain if each in texts_by), "")
        if not language:
            return (Seen.PLAIN, "", self.name) if self.about == NAME else (Seen.NOTHING, "", "")
        return (Seen.OWN if language == tag else Seen.OTHER), language, texts_by[language]


def all_texts(conn: sa.Connection) -> tuple[OwnTexts, ...]:
    """Whatever is written, of open days only, in the order of the page; eight statements."""
    return tuple(each for each in _everything(conn) if each.words and each.is_open)


def texts_of_day(conn: sa.Connection, day: Day) -> tuple[OwnTexts, ...]:
    """What this day's visitors may read, its own two lines even where they are empty."""
    offer = day_offer(conn, day.id)
    offered = {paper.id for service in offer.services for paper in service.papers}
    asked = {need.key for need in offer.needs}
    owners = {*offered, day.id, day.venue_id, *({day.series.id} if day.series is not None else ())}
    return tuple(
        each
        for each in _everything(conn)
        if (each.words or each.which.owner == day.id)
        and (each.which.owner in owners or each.need in asked or (each.about == HOURS and each.is_open))
    )


def own_texts(conn: sa.Connection, which: Which) -> OwnTexts:
    """One text. Raises `NotKnown`."""
    found = next((each for each in _everything(conn) if each.which == which), None)
    if found is None:
        raise NotKnown
    return found


def _everything(conn: sa.Connection) -> Iterator[OwnTexts]:
    words: dict[Which, dict[str, OwnText]] = defaultdict(dict)
    for row in conn.execute(sa.select(texts).order_by(texts.c.language)):
        words[Which(row.owner_kind, row.owner_id, row.field)][row.language] = OwnText(
            text=row.text,
            reading=Reading(row.state),
            by=row.changed_by,
            at=row.changed_at,
            read_by=row.read_by,
            read_at=row.read_at,
        )
    centre = centre_language(conn)

    def one(about: tuple[str, str], owner: UUID, name: str, *, working: str = centre, **more: Any) -> OwnTexts:
        which = Which(about[0], owner, about[1])
        return OwnTexts(which=which, name=name, working=working, words=words.get(which, {}), **more)

    for row in conn.execute(sa.select(series_rows.c.id, series_rows.c.name).order_by(series_rows.c.name)):
        for about in (NAME, FUNDING):
            yield one(about, row.id, row.name)
    for row in conn.execute(
        sa.select(days.c.id, days.c.slug, days.c.name, days.c.state, days.c.working_language).order_by(
            days.c.on_date.desc(), days.c.slug
        )
    ):
        for about in (MESSAGE, BOARD):
            yield one(about, row.id, row.name, working=row.working_language, slug=row.slug, is_open=row.state in OPEN)
    for row in conn.execute(
        sa.select(checklist_items.c.id, checklist_items.c.key, services.c.key.label("service"), institutions.c.name)
        .join_from(checklist_items, services)
        .join(institutions)
        .order_by(institutions.c.name, services.c.position, services.c.key, checklist_items.c.position)
    ):
        yield one(PAPER, row.id, row.name, paper=row.key, service=row.service)
    for row in conn.execute(
        sa.select(need_rows.c.id, need_rows.c.key, need_rows.c.closed).order_by(need_rows.c.position, need_rows.c.key)
    ):
        yield one(NEED, row.id, "", need=row.key, is_open=not row.closed)
    for row in conn.execute(
        sa.select(venue_rows.c.id, venue_rows.c.name, venue_rows.c.closed).order_by(venue_rows.c.name)
    ):
        yield one(WAY, row.id, row.name, is_open=not row.closed)
    for row in conn.execute(
        sa.select(place_rows.c.id, place_rows.c.name, place_rows.c.closed).order_by(place_rows.c.name)
    ):
        yield one(HOURS, row.id, row.name, is_open=not row.closed)
