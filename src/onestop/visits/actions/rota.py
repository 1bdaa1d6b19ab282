"""Somebody who said when she can come is entered: with shifts, or as a mediator, whose hours plans are made of."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

import sqlalchemy as sa

from onestop.days.crew import PersonSettings, add_person, set_crew
from onestop.days.setup import add_mediator
from onestop.days.setup_values import HOURS_MISSING, MediatorSettings, SetupWrong
from onestop.days.tables import crew, rota_answers
from onestop.db.ledger import record
from onestop.domain.crew import Work
from onestop.domain.errors import N_, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.visits.actions.setup import set_up

ONE_STRETCH = N_("A mediator has one time from and to. Please choose hours without a gap.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody is entered: what she does, of an officer where, and which hours of those she said."""

    work: Work
    hours: tuple[tuple[time, time], ...]
    desk: UUID | None = None
    institution: UUID | None = None


def take_answer(
    conn: sa.Connection, day: UUID, answer: UUID, place: Place, *, version: int, actor: Actor, now: datetime
) -> None:
    """Enter her with these hours. Raises `NotKnown`, `SetupWrong`, `Changed`, `SetupOver`."""
    row = conn.execute(
        sa.select(rota_answers).where(
            rota_answers.c.id == answer, rota_answers.c.day_id == day, rota_answers.c.withdrawn_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotKnown
    if place.work is Work.MEDIATOR:
        if len(place.hours) != 1:
            raise SetupWrong("hours", ONE_STRETCH if place.hours else HOURS_MISSING)
        (hours,) = place.hours
        settings = MediatorSettings(label=row.name, languages=tuple(row.languages), hours=hours)
        mediator = set_up(conn, day, add_mediator, settings, version=version, actor=actor, now=now)
        taken = {"taken_at": now, "mediator_id": mediator}
    else:
        person = set_crew(
            conn,
            day,
            add_person,
            PersonSettings(
                work=place.work, label=row.name, desk=place.desk, institution=place.institution, hours=place.hours
            ),
            version=version,
            actor=actor,
            now=now,
        )
        conn.execute(crew.update().where(crew.c.id == person).values(answer_id=answer))
        taken = {"taken_at": now}
    conn.execute(rota_answers.update().where(rota_answers.c.id == answer).values(taken))
    record(conn, Fact(kind="RotaAnswerTaken", at=now, day=day, actor=actor.ref))
