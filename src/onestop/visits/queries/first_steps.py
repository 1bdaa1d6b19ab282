"""How far the first day of a centre has come: what is done is read from the day itself, never ticked by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from onestop.accounts.tables import passes
from onestop.days.queries.checks import check_day
from onestop.days.queries.days import Day
from onestop.days.tables import invitations
from onestop.domain.day import DayState, Release
from onestop.visits.tables import visits

STEPS = ("made", "ready", "published", "handed", "begun", "closed")
"""In the order of the work. Whether a draft is as wanted, only who publishes it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """The steps that are `done`, and the day they are about; `None` before there is one."""

    day: Day | None
    done: frozenset[str]
    stopped: bool = False
    """Whether something stops the draft from being published."""
    uninvited: bool = False
    """Whether the next thing to hand out are invitations: nobody could book without."""

    @property
    def next(self) -> str:
        """The first step that is not done."""
        return next(step for step in STEPS if step not in self.done)


def first_steps(conn: sa.Connection, days: Sequence[Day], *, now: datetime, writes: bool) -> FirstSteps | None:
    """The steps while none of `days`, newest first, was held and closed: of the nearest published one, else of the
    newest draft. A fixed number of statements for each of the three. `writes`: mail with links can be sent."""
    if any(day.state is DayState.CLOSED for day in days):
        return None
    drafts = [day for day in days if day.state is DayState.DRAFT]
    published = [day for day in days if day.state is DayState.PUBLISHED]
    if not (drafts or published):
        return FirstSteps(day=None, done=frozenset())
    if not published:
        stopped = any(found.stops for found in check_day(conn, drafts[0], now=now, writes=writes))
        return FirstSteps(day=drafts[0], done=frozenset({"made"}), stopped=stopped)
    day = min(published, key=lambda each: abs(each.opens_at - now))
    given = sa.exists().where(passes.c.day_id == day.id, passes.c.revoked_at.is_(None))
    invited = sa.exists().where(invitations.c.day_id == day.id)
    begun = sa.exists().where(visits.c.day_id == day.id)
    row = conn.execute(sa.select(given.label("given"), invited.label("invited"), begun.label("begun"))).one()
    uninvited = day.release is Release.INVITED and not row.invited
    handed = row.given and not uninvited
    more = {step for step, is_so in (("handed", handed), ("begun", row.begun)) if is_so}
    return FirstSteps(day=day, done=frozenset({"made", "ready", "published", *more}), uninvited=uninvited)
