"""What is said of one call, and in which languages."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.tables import days, desks
from onestop.domain.errors import NotKnown
from onestop.speech.words import Call
from onestop.visits.queries.board import WHO, is_shown, member_alone
from onestop.visits.tables import calls


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCall:
    """A call a board may say aloud."""

    call: Call
    languages: tuple[str, ...]
    """In this order: hers, if she asked for it, then the day's."""


def spoken_call(conn: sa.Connection, day: UUID, call: int) -> SpokenCall:
    """A call of this day that its boards show; one statement. Raises `NotKnown` for every other one."""
    row = conn.execute(
        sa.select(
            parties.c.number,
            desks.c.number.label("desk"),
            days.c.working_language,
            parties.c.aloud,
            parties.c.display_language,
            *WHO,
        )
        .join_from(calls, stops)
        .join(parties, parties.c.id == stops.c.party_id)
        .join(desks, desks.c.id == calls.c.desk_id)
        .join(days, days.c.id == calls.c.day_id)
        .where(calls.c.id == call, calls.c.day_id == day, is_shown())
    ).one_or_none()
    if row is None:
        raise NotKnown
    said = Call(number=row.number, member=member_alone(row), desk=row.desk)
    hers = (row.display_language,) if row.aloud else ()
    return SpokenCall(call=said, languages=(*hers, row.working_language))
