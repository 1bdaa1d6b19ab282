"""Fresh days on a running installation, with open desks and tokens for those who act on them."""

from uuid import UUID

from onestop.accounts.actions import create_token
from onestop.booking.queries import arrivals
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.domain.roles import SYSTEM, Grant, Role
from tests.halls import make_test_day
from tests.reliability.days import SERVICES, small_hall
from tests.reliability.history import Place


def make_place(
    database: Database, *, parties: int, services: dict[int, tuple[str, ...]] = SERVICES, hours: int = 4
) -> tuple[UUID, Place]:
    """A small hall with `parties` at each of its arrivals; its id and what people need to act on it."""
    now = real_now()
    file, on = small_hall(now, parties=parties, services=services, hours=hours)
    hall = make_test_day(database, file=file, on=on)
    hall.now = now
    hall.open_desks()

    def token(role: Role) -> str:
        return database.write_now(create_token, Grant(role=role, day=hall.id), actor=SYSTEM, now=now).token

    plans = database.read_now(arrivals, hall.day, hall.wish("legal"), now=now).plans
    place = Place(
        slug=hall.day.slug,
        desks={number: desk.id for number, desk in hall.desks.items()},
        arrivals=tuple(plan.arrival_at for plan in plans),
        officer=token(Role.OFFICER),
        reception=token(Role.RECEPTIONIST),
    )
    return hall.id, place
