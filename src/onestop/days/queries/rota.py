"""The links at which people say when they can come, and what they said."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import crew, mediators, rota_answers, rota_links, shifts
from onestop.domain.crew import Work
from onestop.domain.errors import NotKnown
from onestop.domain.intervals import Interval
from onestop.domain.ticket import code_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaLink:
    """A link; without `work` it asks for every kind."""

    id: UUID
    day: UUID
    work: Work | None
    made_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Where somebody who answered was entered, and when she is expected."""

    work: Work
    hours: tuple[Interval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaAnswer:
    """What somebody said; `hours` are local ones of the date it was said for."""

    id: UUID
    day: UUID
    name: str
    works: tuple[Work, ...]
    languages: tuple[str, ...]
    institution: UUID | None
    hours: tuple[tuple[time, time], ...]
    said_for: date
    remark: str
    said_at: datetime
    taken_at: datetime | None
    withdrawn_at: datetime | None
    entered: tuple[Entered, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether she said something else after she was entered."""
        return self.taken_at is not None and self.said_at > self.taken_at


def links_of_day(conn: sa.Connection, day: UUID) -> list[RotaLink]:
    """Newest first; one statement."""
    rows = conn.execute(
        sa.select(rota_links).where(rota_links.c.day_id == day).order_by(rota_links.c.made_at.desc(), rota_links.c.id)
    )
    return [_link(row) for row in rows]


def link_by_code(conn: sa.Connection, code: str) -> RotaLink:
    """Raises `NotKnown` for what was never a link."""
    row = conn.execute(sa.select(rota_links).where(rota_links.c.code_hash == code_hash(code))).one_or_none()
    if row is None:
        raise NotKnown
    return _link(row)


def answers_of_day(conn: sa.Connection, day: UUID) -> list[RotaAnswer]:
    """Everything that was said and not withdrawn before anybody was entered; two statements and one for mediators."""
    return _answers(conn, rota_answers.c.day_id == day)


def answer_by_code(conn: sa.Connection, code: str) -> RotaAnswer:
    """Raises `NotKnown`."""
    found = _answers(conn, rota_answers.c.code_hash == code_hash(code))
    if not found:
        raise NotKnown
    return found[0]


def new_answers(conn: sa.Connection, day: UUID) -> int:
    """How many wait for the organiser."""
    waits = sa.or_(rota_answers.c.taken_at.is_(None), rota_answers.c.said_at > rota_answers.c.taken_at)
    return conn.execute(
        sa.select(sa.func.count())
        .select_from(rota_answers)
        .where(rota_answers.c.day_id == day, rota_answers.c.withdrawn_at.is_(None), waits)
    ).scalar_one()


def _answers(conn: sa.Connection, which: sa.ColumnElement[bool]) -> list[RotaAnswer]:
    rows = conn.execute(
        sa.select(rota_answers, mediators.c.opens_at, mediators.c.closes_at)
        .outerjoin(mediators, mediators.c.id == rota_answers.c.mediator_id)
        .where(which)
        .order_by(rota_answers.c.said_at, rota_answers.c.id)
    ).all()
    entered: dict[UUID, dict[UUID, Entered]] = {row.id: {} for row in rows}
    for row in conn.execute(
        sa.select(crew.c.id, crew.c.work, crew.c.answer_id, shifts.c.opens_at, shifts.c.closes_at)
        .join_from(crew, shifts)
        .join(rota_answers, rota_answers.c.id == crew.c.answer_id)
        .where(which)
        .order_by(shifts.c.opens_at)
    ):
        before = entered[row.answer_id].get(row.id)
        hours = (*(before.hours if before else ()), (row.opens_at, row.closes_at))
        entered[row.answer_id][row.id] = Entered(work=Work(row.work), hours=hours)
    return [_answer(row, tuple(entered[row.id].values())) for row in rows]


def _link(row: sa.Row[tuple[object, ...]]) -> RotaLink:
    return RotaLink(
        id=row.id,
        day=row.day_id,
        work=Work(row.work) if row.work else None,
        made_at=row.made_at,
        revoked_at=row.revoked_at,
    )


def _answer(row: sa.Row[tuple[object, ...]], entered: tuple[Entered, ...]) -> RotaAnswer:
    if row.mediator_id is not None:
        entered = (*entered, Entered(work=Work.MEDIATOR, hours=((row.opens_at, row.closes_at),)))
    return RotaAnswer(
        id=row.id,
        day=row.day_id,
        name=row.name,
        works=tuple(Work(each) for each in row.works),
        languages=tuple(row.languages),
        institution=row.institution_id,
        hours=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in row.hours),
        said_for=row.said_for,
        remark=row.remark,
        said_at=row.said_at,
        taken_at=row.taken_at,
        withdrawn_at=row.withdrawn_at,
        entered=entered,
    )
