"""Changes of the papers of a service by an organiser: added, changed, put first, checked, taken away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.directory.actions import write_own_words
from onestop.directory.entries import EntryThere
from onestop.directory.papers import FIELD, OWNER, papers_by_service
from onestop.directory.tables import checklist_items, services
from onestop.directory.vocabulary import CONDITIONS, PAPERS
from onestop.domain.errors import N_, InvalidInput, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

LONGEST = 200
OWN_PICTOGRAM = "file-text"


class PaperWordsMissing(InvalidInput):
    code = "paper_words_missing"
    sentence = N_("Please write what the paper is called, in one language at least.")


class PaperWordsTooLong(InvalidInput):
    code = "paper_words_too_long"
    sentence = N_("Please write at most %(number)s characters.")


class ConditionRefused(InvalidInput):
    code = "condition_refused"
    sentence = N_("Please choose when the paper is asked for.")


class ReviewAhead(InvalidInput):
    code = "review_ahead"
    sentence = N_("Please choose a day that is not in the future.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperAsked:
    """How a service asks for a paper: without it nothing is possible, only whom, who answers for it, last checked."""

    words: Mapping[str, str]
    """Own words by language; a shipped paper has words without them."""
    blocking: bool = False
    condition: str = ""
    owner: str = ""
    reviewed_on: date | None = None


def stored_paper(conn: sa.Connection, paper: UUID) -> PaperAsked:
    """How a paper is asked for. Raises `NotKnown`."""
    found = next((one for papers in papers_by_service(conn).values() for one in papers if one.id == paper), None)
    if found is None:
        raise NotKnown
    return PaperAsked(
        words=found.words,
        blocking=found.blocking,
        condition=found.condition,
        owner=found.owner,
        reviewed_on=found.reviewed_on,
    )


def add_paper(
    conn: sa.Connection, service: UUID, asked: PaperAsked, *, key: str, today: date, actor: Actor, now: datetime
) -> UUID:
    """Ask for another paper, after the others: a shipped `key`, or an empty one for own words alone.

    Raises `NotKnown`, `EntryThere` and what `change_paper` raises.
    """
    if conn.execute(sa.select(services.c.id).where(services.c.id == service)).first() is None:
        raise NotKnown
    _check(asked, shipped=key in PAPERS, today=today)
    made = new_id()
    there = conn.execute(
        sa.select(checklist_items.c.key, checklist_items.c.position).where(checklist_items.c.service_id == service)
    ).all()
    if key in {row.key for row in there}:
        raise EntryThere(field="paper")
    conn.execute(
        checklist_items.insert().values(
            id=made,
            service_id=service,
            # Own papers of two services are two papers, whatever they are called.
            key=key if key in PAPERS else f"own-{made.hex[-12:]}",
            pictogram=PAPERS[key][1] if key in PAPERS else OWN_PICTOGRAM,
            position=max((row.position for row in there), default=-1) + 1,
            **_values(asked),
        )
    )
    _write_words(conn, made, asked, actor=actor, now=now)
    _tell(conn, "PaperAdded", actor=actor, now=now, service=str(service), paper=str(made))
    return made


def change_paper(
    conn: sa.Connection, paper: UUID, asked: PaperAsked, *, today: date, actor: Actor, now: datetime
) -> None:
    """Ask for it in another way. Raises `NotKnown` or what is wrong: words, condition, the day it was checked."""
    row = _item(conn, paper)
    _check(asked, shipped=row.key in PAPERS, today=today)
    conn.execute(checklist_items.update().where(checklist_items.c.id == paper).values(**_values(asked)))
    _write_words(conn, paper, asked, actor=actor, now=now)
    _tell(conn, "PaperChanged", actor=actor, now=now, service=str(row.service_id), paper=str(paper))


def raise_paper(conn: sa.Connection, paper: UUID, *, actor: Actor, now: datetime) -> None:
    """Put a paper one place earlier; the first one stays. Raises `NotKnown`."""
    row = _item(conn, paper)
    order = list(
        conn.execute(
            sa.select(checklist_items.c.id)
            .where(checklist_items.c.service_id == row.service_id)
            .order_by(checklist_items.c.position, checklist_items.c.key)
        ).scalars()
    )
    place = order.index(paper)
    if place == 0:
        return
    order[place - 1 : place + 1] = [paper, order[place - 1]]
    for position, each in enumerate(order):
        conn.execute(checklist_items.update().where(checklist_items.c.id == each).values(position=position))
    _tell(conn, "PaperRaised", actor=actor, now=now, service=str(row.service_id), paper=str(paper))


def remove_paper(conn: sa.Connection, paper: UUID, *, actor: Actor, now: datetime) -> None:
    """Ask for it no more. Raises `NotKnown`."""
    row = _item(conn, paper)
    write_own_words(conn, OWNER, paper, FIELD, {}, changed_by=actor.ref, now=now)
    conn.execute(checklist_items.delete().where(checklist_items.c.id == paper))
    _tell(conn, "PaperRemoved", actor=actor, now=now, service=str(row.service_id), paper=str(paper))


def review_papers(conn: sa.Connection, service: UUID, *, today: date, actor: Actor, now: datetime) -> None:
    """All papers of a service were checked today. Raises `NotKnown`."""
    if conn.execute(sa.select(services.c.id).where(services.c.id == service)).first() is None:
        raise NotKnown
    conn.execute(checklist_items.update().where(checklist_items.c.service_id == service).values(reviewed_on=today))
    _tell(conn, "PapersReviewed", actor=actor, now=now, service=str(service))


def _item(conn: sa.Connection, paper: UUID) -> sa.Row[Any]:
    row = conn.execute(sa.select(checklist_items).where(checklist_items.c.id == paper)).one_or_none()
    if row is None:
        raise NotKnown
    return row


def _check(asked: PaperAsked, *, shipped: bool, today: date) -> None:
    if not shipped and not any(asked.words.values()):
        raise PaperWordsMissing(field="paper")
    for language, text in asked.words.items():
        if len(text) > LONGEST:
            raise PaperWordsTooLong(field=f"text_{language}", number=LONGEST)
    if len(asked.owner) > LONGEST:
        raise PaperWordsTooLong(field="owner", number=LONGEST)
    if asked.condition and asked.condition not in CONDITIONS:
        raise ConditionRefused(field="condition")
    if asked.reviewed_on is not None and asked.reviewed_on > today:
        raise ReviewAhead(field="reviewed_on")


def _values(asked: PaperAsked) -> dict[str, Any]:
    return {
        "blocking": asked.blocking,
        "condition": asked.condition,
        "owner": asked.owner,
        "reviewed_on": asked.reviewed_on,
    }


def _write_words(conn: sa.Connection, paper: UUID, asked: PaperAsked, *, actor: Actor, now: datetime) -> None:
    write_own_words(conn, OWNER, paper, FIELD, asked.words, changed_by=actor.ref, now=now)


def _tell(conn: sa.Connection, kind: str, *, actor: Actor, now: datetime, **terms: str) -> None:
    record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms=dict(terms)))
