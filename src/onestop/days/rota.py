"""Links at which people say when they can come, and their answers. Nobody needs an account for it.

Of a link and of the address of an answer only hashes are kept. A link ends with its day, or when it is revoked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.rota import link_by_code
from onestop.days.tables import crew, days, desks, mediators, rota_answers, rota_links
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.crew import Work, as_said
from onestop.domain.day import DayState
from onestop.domain.errors import N_, InvalidInput, NotKnown, Refusal
from onestop.domain.facts import Fact
from onestop.domain.intervals import Interval
from onestop.domain.roles import VISITOR, Actor
from onestop.domain.ticket import code_hash

MOST_ANSWERS = 300
LONGEST_NAME = 80
LONGEST_REMARK = 400


class RotaOver(Refusal):
    code = "rota_over"
    status = 410
    sentence = N_("This link takes no answers any more. Please ask whoever gave it to you.")


class RotaFull(Refusal):
    code = "rota_full"
    sentence = N_("There are very many answers already. Please ask whoever gave you this link.")


class SaidWrong(InvalidInput):
    """Something of an answer is missing; the sentence says what."""

    code = "said_wrong"

    def __init__(self, field: str, sentence: str) -> None:
        self.sentence = sentence  # pyright: ignore[reportAttributeAccessIssue]
        super().__init__(field=field)


WORK_MISSING = N_("Please tick what you can do.")
BLOCKS_MISSING = N_("Please tick the hours when you can come.")
LANGUAGES_MISSING = N_("Please tick the languages between which you interpret.")
INSTITUTION_MISSING = N_("Please choose your institution.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody ticked and wrote."""

    name: str
    works: tuple[Work, ...]
    languages: tuple[str, ...] = ()
    institution: UUID | None = None
    hours: tuple[Interval, ...] = ()
    remark: str = ""


def make_link(conn: sa.Connection, day: UUID, work: Work | None, *, code: str, actor: Actor, now: datetime) -> str:
    """A new link of a day that is not over; gives its code back, which is readable this one time."""
    if not takes_answers(day_by_id(conn, day), now=now):
        raise RotaOver
    conn.execute(
        rota_links.insert().values(
            id=new_id(), day_id=day, work=work.value if work else "", code_hash=code_hash(code), made_at=now
        )
    )
    record(conn, Fact(kind="RotaLinkMade", at=now, day=day, actor=actor.ref))
    return code


def revoke_link(conn: sa.Connection, day: UUID, link: UUID, *, actor: Actor, now: datetime) -> None:
    """The link takes no answers any more; harmless twice. What was said there stays. Raises `NotKnown`."""
    own = (rota_links.c.id == link, rota_links.c.day_id == day)
    if conn.execute(sa.select(rota_links.c.id).where(*own)).scalar() is None:
        raise NotKnown
    ended = conn.execute(rota_links.update().where(*own, rota_links.c.revoked_at.is_(None)).values(revoked_at=now))
    if ended.rowcount:
        record(conn, Fact(kind="RotaLinkRevoked", at=now, day=day, actor=actor.ref))


def answer_link(conn: sa.Connection, link_code: str, said: Said, *, own_code: str, now: datetime) -> None:
    """Keep what somebody says at a link; `own_code` opens it again. Raises `RotaOver`, `RotaFull`, `SaidWrong`."""
    link = link_by_code(conn, link_code)
    day = day_by_id(conn, link.day)
    if link.revoked_at is not None or not takes_answers(day, now=now):
        raise RotaOver
    count = sa.select(sa.func.count()).select_from(rota_answers).where(rota_answers.c.day_id == day.id)
    if conn.execute(count).scalar_one() >= MOST_ANSWERS:
        raise RotaFull
    values = _values(conn, day, said, now=now)
    conn.execute(rota_answers.insert().values(id=new_id(), day_id=day.id, code_hash=code_hash(own_code), **values))
    record(conn, Fact(kind="RotaAnswered", at=now, day=day.id, actor=VISITOR.ref))


def change_answer(conn: sa.Connection, answer: UUID, said: Said, *, now: datetime) -> None:
    """She says something else, for the date the day has now. Raises `NotKnown`, `RotaOver`, `SaidWrong`."""
    row = conn.execute(sa.select(rota_answers).where(rota_answers.c.id == answer)).one_or_none()
    if row is None or row.withdrawn_at is not None:
        raise NotKnown
    day = day_by_id(conn, row.day_id)
    if not takes_answers(day, now=now):
        raise RotaOver
    conn.execute(rota_answers.update().where(rota_answers.c.id == answer).values(_values(conn, day, said, now=now)))
    record(conn, Fact(kind="RotaAnswerChanged", at=now, day=day.id, actor=VISITOR.ref))


def remove_answer(conn: sa.Connection, day: UUID, answer: UUID, *, actor: Actor, now: datetime) -> None:
    """An organiser deletes an answer; whoever was entered from it stays. Raises `NotKnown`."""
    gone = conn.execute(rota_answers.delete().where(rota_answers.c.id == answer, rota_answers.c.day_id == day))
    if not gone.rowcount:
        raise NotKnown
    record(conn, Fact(kind="RotaAnswerRemoved", at=now, day=day, actor=actor.ref))


def empty_answer(conn: sa.Connection, answer: UUID, *, now: datetime) -> bool:
    """Take out of an answer, and of the places it was entered at, who she is; whether it said anything before.

    Her places stay as free ones, so that everybody sees what is missing now.
    """
    row = conn.execute(sa.select(rota_answers).where(rota_answers.c.id == answer)).one_or_none()
    if row is None or row.withdrawn_at is not None:
        return False
    nothing = {"name": "", "remark": "", "languages": [], "institution_id": None, "hours": [], "withdrawn_at": now}
    conn.execute(rota_answers.update().where(rota_answers.c.id == answer).values(nothing))
    left = {"label": "", "account_id": None, "left_at": now}
    places = conn.execute(crew.update().where(crew.c.answer_id == answer).values(left)).rowcount
    if row.mediator_id is not None:
        unname_mediators(conn, row.day_id, [row.mediator_id])
    if places or row.mediator_id is not None:
        # A form that was opened before would write her name back.
        conn.execute(days.update().where(days.c.id == row.day_id).values(version=days.c.version + 1))
    record(conn, Fact(kind="RotaAnswerWithdrawn", at=now, day=row.day_id, actor=VISITOR.ref))
    return True


def unname_mediators(conn: sa.Connection, day: UUID, which: Sequence[UUID]) -> None:
    """Mediators who came by an answer get a short name that points at nobody."""
    taken = set(conn.execute(sa.select(mediators.c.label).where(mediators.c.day_id == day)).scalars())
    free = (label for nth in range(1, 1000) if (label := f"M{nth:02}") not in taken)
    for mediator in which:
        conn.execute(mediators.update().where(mediators.c.id == mediator).values(label=next(free)))


def takes_answers(day: Day, *, now: datetime) -> bool:
    """Whether people may still say when they can come; also before the day is published."""
    return day.state in (DayState.DRAFT, DayState.PUBLISHED) and now < day.closes_at


def _values(conn: sa.Connection, day: Day, said: Said, *, now: datetime) -> dict[str, Any]:
    if not said.works:
        raise SaidWrong("work", WORK_MISSING)
    if not said.hours:
        raise SaidWrong("hours", BLOCKS_MISSING)
    if Work.MEDIATOR in said.works and not said.languages:
        raise SaidWrong("languages", LANGUAGES_MISSING)
    institution = None
    if Work.OFFICER in said.works:
        here = sa.select(desks.c.institution_id).where(desks.c.day_id == day.id)
        institution = said.institution if said.institution in set(conn.execute(here).scalars()) else None
        if institution is None:
            raise SaidWrong("institution", INSTITUTION_MISSING)
    return {
        "name": said.name[:LONGEST_NAME],
        "works": [each.value for each in said.works],
        "languages": list(said.languages) if Work.MEDIATOR in said.works else [],
        "institution_id": institution,
        "hours": as_said(said.hours, day.zone),
        "said_for": day.on,
        "remark": said.remark[:LONGEST_REMARK],
        "said_at": now,
    }
