"""A day of its own for a journey, on a server that other journeys use too."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.queries import arrivals
from onestop.booking.tickets import Ticket
from onestop.days.actions import create_day, make_invitations
from onestop.days.checks import publish_checked
from onestop.days.dayfile import read_template
from onestop.days.queries.days import day_by_id
from onestop.days.queries.offer import day_offer
from onestop.days.tables import days
from onestop.demo.world import PILOT
from onestop.domain.day import Release
from onestop.domain.levelling import prompt_of
from onestop.domain.roles import SYSTEM
from tests.halls import TestDay
from tests.journeys.conftest import Hall


def another_day(hall: Hall, release: Release = Release.OPEN) -> TestDay:
    """The pilot day again, published, on the first date ten days ahead that no day has yet."""
    db, now, file = hall.database, hall.database.now(), read_template(PILOT)
    taken = db.read_now(lambda conn: conn.execute(sa.select(sa.func.max(days.c.on_date))).scalar_one())
    on = max(taken, now.date() + timedelta(days=10)) + timedelta(days=1)
    made: UUID = db.write_now(create_day, file, on=on, actor=SYSTEM, now=now, template=PILOT)
    change = days.update().where(days.c.id == made).values(release=release)
    db.write_now(lambda conn: conn.execute(change))
    version = db.read_now(day_by_id, made).version
    db.write_now(publish_checked, made, version=version, actor=SYSTEM, now=now, day=made)
    return TestDay(db=db, id=made, now=now, day=db.read_now(day_by_id, made), offer=db.read_now(day_offer, made))


def invitation(day: TestDay) -> str:
    """A code of this day."""
    return day.db.write_now(
        make_invitations, day.id, count=1, uses=10, label="", actor=SYSTEM, now=day.now, day=day.id
    )[0]


def fill(day: TestDay) -> list[Ticket]:
    """Book until nothing is left for legal advice, each at a time shortly before the talk while there is one."""
    made: list[Ticket] = []
    wish = day.wish("legal")
    while True:
        plans = day.db.read_now(arrivals, day.day, wish, now=day.now).plans
        if not plans:
            return made
        made.append(day.book(wish, at=prompt_of(plans)[0].arrival_at))
