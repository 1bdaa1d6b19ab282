"""Needs: what visitors tick, with an organiser's own words, kept in memory like all that is configured."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.tables import institutions, need_services, needs, services, texts
from onestop.directory.vocabulary import NEEDS
from onestop.domain.errors import N_, NotKnown
from onestop.domain.own_words import UNREAD

OWNER, FIELD = "need", "says"
"""Where an organiser's own words for a need stand in `texts`."""
PICTOGRAMS: Mapping[str, str] = {
    "circle-help": N_("Question mark"),
    "scale": N_("Scales"),
    "id-card": N_("Identity card"),
    "shield": N_("Shield"),
    "landmark": N_("Public building"),
    "briefcase": N_("Briefcase"),
    "hard-hat": N_("Helmet"),
    "store": N_("Shop"),
    "heart-pulse": N_("Heart"),
    "stethoscope": N_("Stethoscope"),
    "pill": N_("Pill"),
    "accessibility": N_("Person in a wheelchair"),
    "umbrella": N_("Umbrella"),
    "house": N_("House"),
    "key": N_("Door key"),
    "bed": N_("Bed"),
    "package": N_("Parcel"),
    "shirt": N_("Shirt"),
    "utensils": N_("Knife and fork"),
    "hand-coins": N_("Hand with coins"),
    "credit-card": N_("Bank card"),
    "school": N_("School"),
    "book-open": N_("Open book"),
    "graduation-cap": N_("Graduation cap"),
    "laptop": N_("Computer"),
    "baby": N_("Baby"),
    "toy-brick": N_("Toy"),
    "users-round": N_("People"),
    "languages": N_("Two alphabets"),
    "message-circle": N_("Speech bubble"),
    "messages-square": N_("Two speech bubbles"),
    "file-pen": N_("Form with a pen"),
    "signpost": N_("Signpost"),
    "phone": N_("Telephone"),
    "bus": N_("Bus"),
    "car": N_("Car"),
}
"""Pictures a need can have, with what they show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A need of the directory; visitors are not asked for one that is `closed`."""

    id: UUID
    key: str
    pictogram: str
    closed: bool
    services: tuple[str, ...]
    """Keys of the services it leads to."""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """The organiser's own words by language."""
    drafts: frozenset[str] = frozenset()
    """The languages of these that nobody has read."""

    @property
    def shipped(self) -> bool:
        """Whether the program has words for it."""
        return self.key in NEEDS


def all_needs(conn: sa.Connection) -> tuple[Need, ...]:
    """Every need in the order of the pages; two statements."""
    return remembered(conn, _all_needs)


def need_of(conn: sa.Connection, need: UUID) -> Need:
    """One need. Raises `NotKnown`."""
    found = next((each for each in all_needs(conn) if each.id == need), None)
    if found is None:
        raise NotKnown
    return found


def who_offers(conn: sa.Connection) -> Mapping[str, tuple[str, ...]]:
    """Every service of the directory by key, with the names of the open institutions that offer it; one statement."""
    rows = conn.execute(
        sa.select(services.c.key, institutions.c.name, institutions.c.closed)
        .join_from(services, institutions)
        .order_by(services.c.position, services.c.key, institutions.c.name)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        names = found.setdefault(row.key, [])
        if not row.closed:
            names.append(row.name)
    return {key: tuple(names) for key, names in found.items()}


def _all_needs(conn: sa.Connection) -> tuple[Need, ...]:
    about = sa.and_(texts.c.owner_kind == OWNER, texts.c.field == FIELD, texts.c.owner_id == needs.c.id)
    rows = conn.execute(
        sa.select(needs, texts.c.language, texts.c.text, texts.c.state)
        .join_from(needs, texts, about, isouter=True)
        .order_by(needs.c.position, needs.c.key, texts.c.language)
    ).all()
    leads: dict[UUID, list[str]] = defaultdict(list)
    for row in conn.execute(sa.select(need_services).order_by(need_services.c.service_key)):
        leads[row.need_id].append(row.service_key)
    words: dict[UUID, dict[str, str]] = defaultdict(dict)
    drafts: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        if row.text is not None:
            words[row.id][row.language] = row.text
            if row.state in UNREAD:
                drafts[row.id].add(row.language)
    return tuple(
        Need(
            id=row.id,
            key=row.key,
            pictogram=row.pictogram,
            closed=row.closed,
            services=tuple(leads[row.id]),
            words=words[row.id],
            drafts=frozenset(drafts[row.id]),
        )
        for row in {row.id: row for row in rows}.values()
    )
