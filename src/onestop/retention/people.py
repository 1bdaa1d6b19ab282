"""What is known of people who work at a day goes: one who withdraws at once, all others with the persons of the day."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from onestop.days.rota import empty_answer, unname_mediators
from onestop.days.tables import crew, rota_answers, rota_links
from onestop.retention.journal import note_erasure, party_hash


def withdraw_answer(conn: sa.Connection, answer: UUID, *, journal: Path, now: datetime) -> None:
    """She takes back what she said; harmless twice. A restored backup will not bring her back."""
    day = conn.execute(sa.select(rota_answers.c.day_id).where(rota_answers.c.id == answer)).scalar()
    if day is not None and empty_answer(conn, answer, now=now):
        note_erasure(journal, party=answer, day=day, now=now)


def withdraw_again(conn: sa.Connection, day: UUID, hashes: Collection[str], *, now: datetime) -> int:
    """After a restore: those answers of the day that the journal names; gives how many said something again."""
    known = conn.execute(sa.select(rota_answers.c.id).where(rota_answers.c.day_id == day)).scalars().all()
    return sum(empty_answer(conn, answer, now=now) for answer in known if party_hash(answer) in hashes)


def forget_crew(conn: sa.Connection, day: UUID) -> int:
    """Names of who worked there, and what people said about when they can come; the hours stay as places."""
    answers = rota_answers.c.day_id == day
    # A mediator entered from an answer has the name that somebody gave there.
    came = sa.select(rota_answers.c.mediator_id).where(answers, rota_answers.c.mediator_id.is_not(None))
    unname_mediators(conn, day, conn.execute(came.order_by(rota_answers.c.id)).scalars().all())
    conn.execute(rota_links.delete().where(rota_links.c.day_id == day))
    said = conn.execute(rota_answers.delete().where(answers)).rowcount
    named = sa.or_(crew.c.label != "", crew.c.account_id.is_not(None), crew.c.left_at.is_not(None))
    nobody = {"label": "", "account_id": None, "left_at": None}
    return said + conn.execute(crew.update().where(crew.c.day_id == day, named).values(nobody)).rowcount
