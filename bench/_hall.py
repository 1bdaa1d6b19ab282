"""Days to measure on: two running ones made for any hour of the clock, with everybody who uses them signed in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import bind_pass, create_token, make_pass
from onestop.booking.queries import arrivals
from onestop.booking.wish import Wish, make_wish
from onestop.clock import real_now
from onestop.days.actions import create_day, publish_day
from onestop.days.dayfile import parse_day
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.days.tables import capacity
from onestop.db.session import Database
from onestop.devices.actions import create_device, pair_device
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState
from onestop.domain.party import party_of
from onestop.domain.roles import SYSTEM, Actor, Grant, Role
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.actions.desks import set_desk_state

STAFF = Actor(ref="bench:staff")
LOCAL_HOUR = 10
PLENTY = 1_000_000
WISHES = (("legal", "social"), ("residence", "employment-office"), ("labour", "health-insurance"))
"""What those who wait want: each service is wanted by a third of them, and either of the two may be first."""
LONGEST_RUN = timedelta(hours=1)
BOOKED = ("legal", "residence")
"""What is booked: the second only after the first."""

DAY = """
schema = 1
slug = "{slug}"
name = "Measured day"
timezone = "{zone}"
working_language = "en"
[day]
opens = 08:00:00
closes = 16:00:00
slot_minutes = 15
reserve_percent = 20
parties = 15
release = "open"
display_languages = ["en", "sk", "uk", "ar"]
[[institution]]
key = "mic"
name = "Migration Information Centre"
[[institution]]
key = "foreign-police"
name = "Foreign Police"
authority = "police"
[[institution]]
key = "labour-office"
name = "Labour Office"
authority = "state"
[[institution]]
key = "health-insurer"
name = "Health Insurer"
[[desk]]
number = 1
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["sk", "en"]
count = 2
[[desk]]
number = 3
institution = "mic"
services = ["social", "labour"]
minutes = 18
languages = ["sk", "en", "ru"]
count = 2
[[desk]]
number = 5
institution = "foreign-police"
services = ["residence"]
minutes = 15
languages = ["sk"]
count = 2
[[desk]]
number = 7
institution = "labour-office"
services = ["employment-office"]
minutes = 12
languages = ["sk"]
[[desk]]
number = 8
institution = "health-insurer"
services = ["health-insurance"]
minutes = 10
languages = ["sk", "en"]
[[mediator]]
languages = ["ar", "en"]
[[mediator]]
languages = ["uk", "ru"]
[[mediator]]
languages = ["es", "en"]
[[precedence]]
before = "legal"
after = "residence"
because = "the counsellor checks the file before the police desk takes it"
"""


@dataclass(slots=True, kw_only=True)
class Hall:
    """A published day that has been open for two hours; tokens and cookies as programs and browsers carry them."""

    day: Day
    offer: DayOffer
    desks: tuple[DeskRow, ...]
    organiser: str
    kiosk: str
    display: str
    officers: dict[UUID, str] = field(default_factory=dict[UUID, str])
    """Bearer tokens of officers, by desk."""
    sessions: dict[UUID, str] = field(default_factory=dict[UUID, str])
    """Session cookies of officers, by desk."""

    def wish(
        self, *services: str, languages: tuple[str, ...] = ("en",), interpreter: Interpreter = Interpreter.NONE
    ) -> Wish:
        """A request of one person."""
        ids = {service.key: service.id for service in self.offer.services}
        return make_wish(
            self.offer,
            services=[ids[key] for key in services],
            members=party_of(adults=1),
            languages=languages,
            interpreter=interpreter,
            display_language="en",
        )

    def free_arrivals(self, db: Database) -> list[datetime]:
        """When somebody who needs a mediator can still come today for `BOOKED`, also at the end of a long run."""
        wish = self.wish(*BOOKED, languages=("uk",), interpreter=Interpreter.NEEDED)
        later = db.now() + LONGEST_RUN
        return [plan.arrival_at for plan in db.read_now(arrivals, self.day, wish, now=later).plans]


def make_hall(db: Database, slug: str, *, open_desks: bool = True, pairs: bool = True) -> Hall:
    """A running day with room for everybody; `pairs` also signs in desks and machines."""
    now = real_now()
    day_id = make_day(db, slug, now=now)
    day = db.read_now(day_by_id, day_id)
    hall = Hall(
        day=day,
        offer=db.read_now(day_offer, day_id),
        desks=tuple(db.read_now(desks_of_day, day_id)),
        organiser=_token(db, Grant(role=Role.ORGANISER)) if pairs else "",
        kiosk=_machine(db, Role.KIOSK, day_id) if pairs else "",
        display=_machine(db, Role.DISPLAY, day_id) if pairs else "",
    )
    for desk in hall.desks:
        if open_desks:
            db.write_now(set_desk_state, desk.id, DeskState.OPEN, actor=STAFF, now=now, day=day_id)
        if pairs:
            grant = Grant(role=Role.OFFICER, institution=desk.institution.id, day=day_id, desk=desk.id)
            hall.officers[desk.id] = _token(db, grant)
            hall.sessions[desk.id] = _session(db, desk.id)
    return hall


def make_day(db: Database, slug: str, *, now: datetime) -> UUID:
    """A published day of this date in a time zone where it is ten o'clock now, with capacity for everybody."""
    ahead = LOCAL_HOUR - now.hour
    ahead += 24 if ahead < -12 else 0
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"  # the sign of these names is turned round
    on = (now + timedelta(hours=ahead)).date()
    file = parse_day(DAY.format(slug=slug, zone=zone))
    before = now - timedelta(days=2)
    day_id = db.write_now(create_day, file, on=on, actor=STAFF, now=before, template="")
    db.write_now(publish_day, day_id, actor=STAFF, now=before)
    db.write_now(_widen, day_id)
    return day_id


def fill(db: Database, hall: Hall, key: bytes, *, waiting: int) -> list[tuple[UUID, str]]:
    """Let people without an appointment wait; gives visit and ticket code of each."""
    made: list[tuple[UUID, str]] = []
    for nth in range(waiting):
        ticket, visit = db.write_now(
            issue_walk_in,
            hall.day.id,
            hall.wish(*WISHES[nth % len(WISHES)], languages=("en", "sk")),
            key=key,
            how="kiosk",
            actor=STAFF,
            now=real_now(),
            day=hall.day.id,
        )
        made.append((visit, ticket.code))
    return made


def _widen(conn: sa.Connection, day: UUID) -> None:
    """As many minutes as anybody wants, in as many rows as the day has."""
    conn.execute(
        capacity.update()
        .where(capacity.c.day_id == day)
        .values(total=PLENTY, wanted=PLENTY, reserve=0, wanted_reserve=0)
    )


def _token(db: Database, grant: Grant) -> str:
    return db.write_now(create_token, grant, actor=SYSTEM, now=db.now()).token


def _session(db: Database, desk: UUID) -> str:
    now = db.now()
    made = db.write_now(make_pass, desk, actor=SYSTEM, now=now)
    bound: str | None = db.write_now(bind_pass, made.token, real=real_now(), now=now)
    assert bound is not None
    return bound


def _machine(db: Database, kind: Role, day: UUID) -> str:
    real = real_now()
    code: Any = db.write_now(create_device, kind=kind, name=str(kind), day_id=day, actor=SYSTEM, real=real)
    return db.write_now(pair_device, code.code, real=real).token
