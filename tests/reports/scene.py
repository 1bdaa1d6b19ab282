"""A day with somebody in each situation, and ways to damage its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.booking.tables import bookings, contacts, stops
from onestop.booking.tickets import lease_numbers
from onestop.clock import real_now
from onestop.days.tables import days
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.devices.actions import create_device
from onestop.domain.booking import Interpreter
from onestop.domain.ending import EndQuestion
from onestop.domain.roles import SYSTEM, Role
from onestop.visits.actions.calls import finish, no_show, serve
from onestop.visits.actions.ending import count_answers
from onestop.visits.actions.route import propose_stop, step_out
from onestop.visits.tables import calls, end_counts, visits
from tests.halls import KEY, TestDay, make_test_day


@dataclass(slots=True, kw_only=True)
class Scene:
    """Stops and visits by what they are in the middle of."""

    hall: TestDay
    coming: UUID  # a confirmed booking
    coming_party: UUID
    called: UUID  # a stop at desk 1 with a mediator
    serving: UUID  # a stop at desk 2
    finished: UUID  # a stop, and with it its visit
    done: UUID
    missed: UUID  # a stop
    out: UUID  # a visit whose people stepped out, with a proposed stop


Damage = Callable[[sa.Connection, Scene], None]


def set_scene(database: Database) -> Scene:
    """Book, lease, walk in, call, serve, finish, miss, step out."""
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("social"), name="Comes Later")
    hall.book(hall.wish("labour"))
    kiosk = {"kind": Role.KIOSK, "name": "k", "day_id": hall.id, "actor": SYSTEM, "real": real_now()}
    device = database.write_now(create_device, **kiosk).device
    for _ in range(2):
        database.write_now(lambda conn: lease_numbers(conn, day=hall.id, device=device, key=KEY, now=hall.now))
    hall.now = hall.day.opens_at
    hall.open_desks()
    hall.walk_in(hall.wish("employment-office"))
    missed = stop_at(hall, 5)
    for _ in range(3):
        hall.write(no_show, missed)
        hall.later(minutes=11)
        hall.next(5)
    hall.walk_in(hall.wish("health-insurance"))
    finished = stop_at(hall, 6)
    hall.write(finish, finished)
    party = database.read_now(lambda conn: one(conn, sa.select(stops.c.party_id).where(stops.c.id == finished)))
    database.write_now(count_answers, party, {EndQuestion.GOT: "yes", EndQuestion.PROBLEM: "none"}, day=hall.id)
    hall.walk_in(hall.wish("legal", languages=["ar"], interpreter=Interpreter.NEEDED))
    hall.walk_in(hall.wish("social"))
    called, serving = stop_at(hall, 1), stop_at(hall, 2)
    hall.write(serve, serving)
    _, out = hall.walk_in(hall.wish("labour"))
    hall.write(propose_stop, out, hall.service("residence"))
    hall.write(step_out, out)
    booking = database.read_now(booking_of_party, ticket.party)
    assert booking is not None
    return Scene(
        hall=hall,
        coming=booking.id,
        coming_party=ticket.party,
        called=called,
        serving=serving,
        finished=finished,
        done=database.read_now(lambda conn: one(conn, sa.select(stops.c.visit_id).where(stops.c.id == finished))),
        missed=missed,
        out=out,
    )


def stop_at(hall: TestDay, desk: int) -> UUID:
    """Press Next; somebody must be there."""
    stop = hall.next(desk).stop
    assert stop is not None
    return stop


def put(table: sa.Table, where: Callable[[Scene], sa.ColumnElement[bool]], **values: Any) -> Damage:
    """Damage by one UPDATE that finds its rows."""

    def damage(conn: sa.Connection, scene: Scene) -> None:
        assert conn.execute(sa.update(table).where(where(scene)).values(**values)).rowcount > 0

    return damage


def gone(table: sa.Table, where: Callable[[Scene], sa.ColumnElement[bool]]) -> Damage:
    """Damage by one DELETE that finds its rows."""

    def damage(conn: sa.Connection, scene: Scene) -> None:
        assert conn.execute(sa.delete(table).where(where(scene))).rowcount > 0

    return damage


def a_stop(which: str) -> Callable[[Scene], sa.ColumnElement[bool]]:
    """The stop the scene knows by this name."""
    return lambda scene: stops.c.id == getattr(scene, which)


def a_visit(which: str) -> Callable[[Scene], sa.ColumnElement[bool]]:
    """The visit the scene knows by this name."""
    return lambda scene: visits.c.id == getattr(scene, which)


def a_fact(kind: str, which: str = "") -> Callable[[Scene], sa.ColumnElement[bool]]:
    """Facts of a kind, of one stop or visit or of all."""

    def where(scene: Scene) -> sa.ColumnElement[bool]:
        known = getattr(scene, which) if which else None
        about = sa.or_(facts.c.stop_id == known, facts.c.visit_id == known) if which else sa.true()
        return sa.and_(facts.c.kind == kind, facts.c.day_id == scene.hall.id, about)

    return where


def call_again(conn: sa.Connection, scene: Scene) -> None:
    """A second call of a stop that is being served, still open at another desk."""
    call = conn.execute(sa.select(calls).where(calls.c.stop_id == scene.serving)).one()
    values = {name: value for name, value in call._mapping.items() if name != "id"}
    desk = scene.hall.desks[3].id
    conn.execute(calls.insert().values({**values, "desk_id": desk, "outcome": None, "ended_at": None}))


def tell_late(conn: sa.Connection, scene: Scene) -> None:
    """The last fact happened long before the one it follows."""
    last = one(conn, sa.select(sa.func.max(facts.c.id)).where(facts.c.day_id == scene.hall.id))
    conn.execute(facts.update().where(facts.c.id == last).values(at=scene.hall.now - timedelta(minutes=1)))


def answered(question: str, answer: str, *, day: UUID | None = None) -> Damage:
    """Somebody's answer is counted that is no answer, or of a day that is not there."""

    def damage(conn: sa.Connection, scene: Scene) -> None:
        row = {"day_id": day or scene.hall.id, "question": question, "answer": answer, "given": 1}
        conn.execute(end_counts.insert().values(row))

    return damage


def share_a_contact(conn: sa.Connection, scene: Scene) -> None:
    """One address behind two bookings on a day that allows one."""
    conn.execute(days.update().where(days.c.id == scene.hall.id).values(bookings_per_contact=1))
    for party in conn.execute(sa.select(bookings.c.party_id)).scalars().all():
        same = {"kind": "email", "address": "a@example.org", "address_hash": "x"}
        conn.execute(contacts.insert().values(id=party, party_id=party, **same))


def close_over_their_heads(conn: sa.Connection, scene: Scene) -> None:
    """The day is closed without asking who is inside."""
    conn.execute(days.update().where(days.c.id == scene.hall.id).values(state="closed"))


def one(conn: sa.Connection, statement: sa.Select[Any]) -> Any:
    """The one value a statement gives."""
    return conn.execute(statement).scalar_one()
