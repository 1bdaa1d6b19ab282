"""Series of days: public name, contact, logos and co-funding statement, kept in memory like all that is configured."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.tables import logos, series, texts
from onestop.domain.errors import NotKnown
from onestop.domain.logo import LogoKind
from onestop.domain.own_words import UNREAD
from onestop.locale.languages import fallbacks

OWNER, NAME, FUNDING = "series", "name", "funding"
"""Where its own words stand in `texts`."""
Words = tuple[tuple[str, str], ...]
"""Texts by language, in the order of their languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A logo without its picture, which `digest` leads to; `width` and `height` are the CSS pixels it is shown in."""

    id: UUID
    kind: LogoKind
    whose: str
    media_type: str
    digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series of days; logos in the order they are shown."""

    id: UUID
    name: str
    phone: str
    email: str
    address: str
    names: Words
    funding: Words
    logos: tuple[Logo, ...]
    drafts: frozenset[tuple[str, str]] = frozenset()
    """The fields and languages of these texts that nobody has read."""

    def name_for(self, tag: str, *, working: str) -> tuple[str, str]:
        """What it is called for a reader of this language, and which language that is; empty for its plain name."""
        found = _nearest(self.names, fallbacks(tag, working=working))
        return found if found[0] else (self.name, "")

    def funding_for(self, tag: str, *, working: str) -> tuple[str, str]:
        """The co-funding statement in this language or the nearest that is there, and which that is; perhaps empty."""
        others = tuple(language for language, _ in self.funding)
        return _nearest(self.funding, (*fallbacks(tag, working=working), *others))

    def logos_of(self, kind: LogoKind) -> tuple[Logo, ...]:
        """The logos of those who run the days, or of those who pay."""
        return tuple(logo for logo in self.logos if logo.kind is kind)


def _nearest(words: Words, chain: tuple[str, ...]) -> tuple[str, str]:
    own = dict(words)
    language = next((tag for tag in chain if tag in own), "")
    return own.get(language, ""), language


def all_series(conn: sa.Connection) -> tuple[Series, ...]:
    """Every series by name; kept in memory, three statements."""
    return remembered(conn, _all_series)


def _all_series(conn: sa.Connection) -> tuple[Series, ...]:
    words: dict[tuple[UUID, str], list[tuple[str, str]]] = defaultdict(list)
    drafts: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for row in conn.execute(
        sa.select(texts.c.owner_id, texts.c.field, texts.c.language, texts.c.text, texts.c.state)
        .where(texts.c.owner_kind == OWNER)
        .order_by(texts.c.language)
    ):
        words[row.owner_id, row.field].append((row.language, row.text))
        if row.state in UNREAD:
            drafts[row.owner_id].add((row.field, row.language))
    pictures: dict[UUID, list[Logo]] = defaultdict(list)
    shown = (logos.c.id, logos.c.kind, logos.c.whose, logos.c.media_type, logos.c.digest, logos.c.width, logos.c.height)
    for row in conn.execute(sa.select(logos.c.series_id, *shown).order_by(logos.c.position, logos.c.id)):
        pictures[row.series_id].append(
            Logo(
                id=row.id,
                kind=LogoKind(row.kind),
                whose=row.whose,
                media_type=row.media_type,
                digest=row.digest,
                width=row.width,
                height=row.height,
            )
        )
    return tuple(
        Series(
            id=row.id,
            name=row.name,
            phone=row.phone,
            email=row.email,
            address=row.address,
            names=tuple(words[row.id, NAME]),
            funding=tuple(words[row.id, FUNDING]),
            logos=tuple(pictures[row.id]),
            drafts=frozenset(drafts[row.id]),
        )
        for row in conn.execute(sa.select(series).order_by(series.c.name, series.c.id))
    )


def series_of(conn: sa.Connection, one: UUID) -> Series:
    """One series. Raises `NotKnown`."""
    found = next((each for each in all_series(conn) if each.id == one), None)
    if found is None:
        raise NotKnown
    return found


def pictures_of(conn: sa.Connection, one: UUID) -> dict[UUID, bytes]:
    """The pictures of a series by logo; one statement."""
    rows = conn.execute(sa.select(logos.c.id, logos.c.content).where(logos.c.series_id == one))
    return {row.id: bytes(row.content) for row in rows}


def logo_content(conn: sa.Connection, digest: str) -> tuple[str, bytes]:
    """A picture and its media type. Raises `NotKnown` once no series has it."""
    row = conn.execute(sa.select(logos.c.media_type, logos.c.content).where(logos.c.digest == digest).limit(1)).first()
    if row is None:
        raise NotKnown
    return row.media_type, bytes(row.content)
