"""The people on one ticket: who they are, their stops, how they are reached."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.contacts import Contact, contact_hash
from onestop.booking.tables import bookings, contacts, members, parties, stop_members, stops
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day
from onestop.days.queries.offer import OfferedService, day_offer
from onestop.db.ledger import record
from onestop.db.statements import insert
from onestop.db.types import fold, new_id
from onestop.domain.booking import LIVE
from onestop.domain.errors import ServiceUnknown
from onestop.domain.facts import Fact
from onestop.domain.name import read_name
from onestop.domain.plan import NominalPlan
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState


def make_party(
    conn: sa.Connection,
    wish: Wish,
    *,
    day: UUID,
    how: str,
    actor: Actor,
    now: datetime,
    state: StopState,
    plan: NominalPlan | None = None,
) -> UUID:
    """Store the people, and a stop with its consent for every accepted service; gives the party's id.

    With a `plan` the stops carry its times and minutes.
    """
    party = new_id()
    insert(
        conn,
        parties,
        id=party,
        day_id=day,
        display_language=wish.display_language,
        languages=list(wish.languages),
        interpreter=wish.interpreter,
        answers=list(wish.answers),
        aloud=wish.aloud,
        created_at=now,
    )
    ids = {member.mark: new_id() for member in wish.members}
    conn.execute(
        members.insert(),
        [
            {
                "id": ids[member.mark],
                "party_id": party,
                "mark": member.mark,
                "child": member.child,
                "guardian_mark": member.guardian_mark,
            }
            for member in wish.members
        ],
    )
    offer = day_offer(conn, day)
    planned = {stop.service: stop for stop in plan.stops} if plan is not None else {}
    rows: list[dict[str, Any]] = []
    going: list[dict[str, Any]] = []
    for place, wanted in enumerate(wish.stops):
        service = offer.service(wanted.service)
        if service is None:
            raise ServiceUnknown
        row = _stop(party, day, place, service, state=state, how=how, actor=actor, now=now)
        at = planned.get(wanted.service)
        minutes = at.minutes if at else service.minutes
        rows.append({**row, "planned_at": at and at.start, "session_id": at and at.session, "minutes": minutes})
        going += ({"stop_id": row["id"], "member_id": ids[mark]} for mark in sorted(wanted.members))
    conn.execute(stops.insert(), rows)
    conn.execute(stop_members.insert(), going)
    return party


def add_stop(
    conn: sa.Connection,
    *,
    party: UUID,
    day: UUID,
    position: int,
    service: OfferedService,
    member_ids: Collection[UUID],
    state: StopState,
    how: str,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Store one stop with its people; unless *proposed* it carries who accepted it, when and at which door (R18)."""
    row = _stop(party, day, position, service, state=state, how=how, actor=actor, now=now)
    insert(conn, stops, **row)
    conn.execute(stop_members.insert(), [{"stop_id": row["id"], "member_id": member} for member in member_ids])
    return row["id"]


def _stop(
    party: UUID,
    day: UUID,
    position: int,
    service: OfferedService,
    *,
    state: StopState,
    how: str,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    accepted = state is not StopState.PROPOSED
    return {
        "id": new_id(),
        "party_id": party,
        "day_id": day,
        "service_id": service.id,
        "institution_id": service.institution.id,
        "private": service.private,
        "position": position,
        "minutes": service.minutes,
        "state": state,
        "consent_at": now if accepted else None,
        "consent_how": how if accepted else None,
        "consent_by": actor.ref if accepted else None,
    }


def set_name(conn: sa.Connection, party: UUID, *, name: str, actor: Actor, now: datetime) -> None:
    """Correct the spelling of a name (reception); the ledger says that, not what."""
    day = write_name(conn, party, name)
    record(conn, Fact(kind="NameCorrected", at=now, day=day, party=party, actor=actor.ref))


def write_name(conn: sa.Connection, party: UUID, name: str) -> UUID:
    """Store what the party is called, as it reads and folded for search; gives its day."""
    called = read_name(name)
    return conn.execute(_WRITE_NAME, {"party": party, "name": called, "name_folded": fold(called)}).scalar_one()


_LIVE_OF_CONTACT = (
    sa.select(sa.func.count())
    .select_from(contacts)
    .join(bookings, bookings.c.party_id == contacts.c.party_id)
    .where(
        contacts.c.address_hash == sa.bindparam("hash"),
        contacts.c.limited.is_(False),
        contacts.c.party_id != sa.bindparam("party"),
        bookings.c.day_id == sa.bindparam("day"),
        bookings.c.state.in_(LIVE),
    )
)
_WRITE_NAME = parties.update().where(parties.c.id == sa.bindparam("party")).returning(parties.c.day_id)


def is_limited(conn: sa.Connection, day: Day, party: UUID, hashed: str) -> bool:
    """Whether as many live bookings of other parties have this contact as the day allows."""
    asked = {"hash": hashed, "party": party, "day": day.id}
    return conn.execute(_LIVE_OF_CONTACT, asked).scalar_one() >= day.bookings_per_contact


def add_contact(
    conn: sa.Connection, day: Day, party: UUID, contact: Contact, key: bytes, *, proved_later: bool = False
) -> None:
    """Store how to reach the party; past the day's limit for one contact it is marked, and told only there.

    A contact that is `proved_later` is marked until then: anybody can write another's address, and takes nothing away
    from who owns it.
    """
    hashed = contact_hash(key, contact)
    limited = proved_later or is_limited(conn, day, party, hashed)
    insert(
        conn,
        contacts,
        id=new_id(),
        party_id=party,
        kind=contact.kind,
        address=contact.address,
        address_hash=hashed,
        phone_end=contact.phone_end,
        limited=limited,
    )


def stop_reminders(conn: sa.Connection, party: UUID, *, actor: Actor, now: datetime) -> None:
    """No reminders of this booking go to its e-mail address any more; harmless twice."""
    stopped = conn.execute(
        contacts.update()
        .where(contacts.c.party_id == party, contacts.c.kind == "email", contacts.c.reminders_off_at.is_(None))
        .values(reminders_off_at=now)
    )
    if stopped.rowcount:
        day = conn.execute(sa.select(parties.c.day_id).where(parties.c.id == party)).scalar_one()
        record(conn, Fact(kind="RemindersStopped", at=now, day=day, party=party, actor=actor.ref))
