"""The papers of services as everybody reads them, kept in memory like all that an organiser configures."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.tables import checklist_items, texts
from onestop.directory.vocabulary import COVERED_BY
from onestop.domain.checklist import Asked, Coming, is_asked
from onestop.domain.own_words import UNREAD

OWNER, FIELD = "paper", "text"
"""Where an organiser's own words for a paper stand in `texts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper to bring for a service."""

    id: UUID
    key: str
    pictogram: str
    blocking: bool
    condition: str = ""
    owner: str = ""
    """Who answers for it at the institution or the centre."""
    reviewed_on: date | None = None
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """The organiser's own words by language."""
    drafts: frozenset[str] = frozenset()
    """The languages of these that nobody has read."""


def papers_by_service(conn: sa.Connection) -> Mapping[UUID, tuple[Paper, ...]]:
    """Every paper of the directory by its service, in order; one statement."""
    return remembered(conn, _papers_by_service)


def _papers_by_service(conn: sa.Connection) -> Mapping[UUID, tuple[Paper, ...]]:
    words: dict[UUID, dict[str, str]] = defaultdict(dict)
    drafts: dict[UUID, set[str]] = defaultdict(set)
    rows = conn.execute(
        sa.select(checklist_items, texts.c.language, texts.c.text, texts.c.state)
        .join_from(
            checklist_items,
            texts,
            sa.and_(texts.c.owner_kind == OWNER, texts.c.field == FIELD, texts.c.owner_id == checklist_items.c.id),
            isouter=True,
        )
        .order_by(checklist_items.c.position, checklist_items.c.key, texts.c.language)
    ).all()
    for row in rows:
        if row.text is not None:
            words[row.id][row.language] = row.text
            if row.state in UNREAD:
                drafts[row.id].add(row.language)
    found: dict[UUID, dict[UUID, Paper]] = defaultdict(dict)
    for row in rows:
        found[row.service_id][row.id] = Paper(
            id=row.id,
            key=row.key,
            pictogram=row.pictogram,
            blocking=row.blocking,
            condition=row.condition,
            owner=row.owner,
            reviewed_on=row.reviewed_on,
            words=words.get(row.id, {}),
            drafts=frozenset(drafts[row.id]),
        )
    return {service: tuple(papers.values()) for service, papers in found.items()}


def needed_papers(papers: Collection[Paper], *, coming: Coming | None, said: Collection[str] = ()) -> dict[str, bool]:
    """The keys of the papers that are asked for, or may be, each with whether the desk cannot do without it."""
    found: dict[str, bool] = {}
    sure: set[str] = set()
    for paper, asked in asked_papers(papers, coming=coming, said=said):
        found[paper.key] = found.get(paper.key, False) or paper.blocking
        if asked is Asked.YES:
            sure.add(paper.key)
    for key, other in COVERED_BY.items():
        if key in found and other in sure:
            found[other] = found[other] or found.pop(key)
    return found


def asked_papers(
    papers: Collection[Paper], *, coming: Coming | None, said: Collection[str] = ()
) -> tuple[tuple[Paper, Asked], ...]:
    """Those of these papers that are asked for, or may be, each with which of the two."""
    found = [(paper, is_asked(paper.condition, coming=coming, said=said)) for paper in papers]
    return tuple((paper, asked) for paper, asked in found if asked is not Asked.NO)
