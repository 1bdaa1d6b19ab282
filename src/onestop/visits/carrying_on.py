"""Carrying over everybody who is still inside: one visit, one transaction, so that a running day is never held up.

Whoever was carried is not inside any more, so that a second run, also after a crash, goes on where the first stopped.
"""

from dataclasses import dataclass

from onestop.clock import monotonic
from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.errors import NothingToCarry, Refusal, VisitOver
from onestop.domain.roles import Actor
from onestop.visits.actions.carrying import carry_over
from onestop.visits.queries.carrying import Fate, StillInside, still_inside

SERVER = 500
"""From this status on a refusal is about the server, and nobody more is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOn:
    """How far it went: who was carried, who was refused and why, and whether time was left for all."""

    carried: tuple[StillInside, ...]
    refused: tuple[tuple[StillInside, Refusal], ...]
    whole: bool


def carry_all(db: Database, day: Day, to: Day, *, key: bytes, actor: Actor, seconds: float | None = None) -> CarriedOn:
    """Carry everybody whom the other day has something for, who has waited longest first; the others are left inside.

    With `seconds` it begins with nobody more after that time, and somebody calls it again. Whom somebody else has
    carried or finished meanwhile is passed over.
    """
    began = monotonic()
    carried: list[StillInside] = []
    refused: list[tuple[StillInside, Refusal]] = []
    for one in db.read_now(still_inside, day.id, to.id):
        if one.fate is not Fate.GOES:
            continue
        if seconds is not None and monotonic() - began > seconds:
            return CarriedOn(carried=tuple(carried), refused=tuple(refused), whole=False)
        try:
            # Two days are held, always the smaller id first; between two visits neither is.
            first = min(day.id, to.id)
            db.write_now(carry_over, one.visit, to.id, key=key, actor=actor, now=db.now(), day=first)
        except (VisitOver, NothingToCarry):
            continue
        except Refusal as refusal:
            if refusal.status >= SERVER:
                raise
            refused.append((one, refusal))
        else:
            carried.append(one)
    return CarriedOn(carried=tuple(carried), refused=tuple(refused), whole=True)
