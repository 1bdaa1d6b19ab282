"""The people on one ticket: who they are, their stops, how they are reached."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.contacts import Contact, contact_hash
from onestop.booking.tables import bookings, contacts, members, parties, stop_members, stops
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day
from onestop.days.queries.offer import OfferedService, day_offer
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.db.types import fold, new_id
from onestop.domain.booking import LIVE
from onestop.domain.errors import ServiceUnknown
from onestop.domain.facts import Fact
from onestop.domain.name import read_name
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState


def make_party(
    conn: sa.Connection, wish: Wish, *, day: UUID, how: str, actor: Actor, now: datetime, state: StopState
) -> UUID:
    """Store the people, and a stop with its consent for every accepted service; gives the party's id."""
    party = new_id()
    conn.execute(
        parties.insert().values(
            id=party,
            day_id=day,
            display_language=wish.display_language,
            languages=list(wish.languages),
            interpreter=wish.interpreter,
            created_at=now,
        )
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
    for place, wanted in enumerate(wish.stops):
        service = offer.service(wanted.service)
        if service is None:
            raise ServiceUnknown
        add_stop(
            conn,
            party=party,
            day=day,
            position=place,
            service=service,
            member_ids=[ids[mark] for mark in sorted(wanted.members)],
            state=state,
            how=how,
            actor=actor,
            now=now,
        )
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
    stop = new_id()
    accepted = state is not StopState.PROPOSED
    conn.execute(
        stops.insert().values(
            id=stop,
            party_id=party,
            day_id=day,
            service_id=service.id,
            institution_id=service.institution.id,
            private=service.private,
            position=position,
            minutes=service.minutes,
            state=state,
            consent_at=now if accepted else None,
            consent_how=how if accepted else None,
            consent_by=actor.ref if accepted else None,
        )
    )
    conn.execute(stop_members.insert(), [{"stop_id": stop, "member_id": member} for member in member_ids])
    return stop


def set_name(conn: sa.Connection, party: UUID, *, name: str, actor: Actor, now: datetime) -> None:
    """Correct the spelling of a name (reception); the ledger says that, not what."""
    day = write_name(conn, party, name)
    record(conn, Fact(kind="NameCorrected", at=now, day=day, party=party, actor=actor.ref))


def write_name(conn: sa.Connection, party: UUID, name: str) -> UUID:
    """Store what the party is called, as it reads and folded for search; gives its day."""
    called = read_name(name)
    return conn.execute(
        parties.update()
        .where(parties.c.id == party)
        .values(name=called, name_folded=fold(called))
        .returning(parties.c.day_id)
    ).scalar_one()


def add_contact(conn: sa.Connection, day: Day, party: UUID, contact: Contact, key: bytes) -> None:
    """Store how to reach the party; past the day's limit for one contact it is marked, and told only there."""
    hashed = contact_hash(key, contact)
    live = conn.execute(
        sa.select(sa.func.count())
        .select_from(contacts)
        .join(bookings, bookings.c.party_id == contacts.c.party_id)
        .where(
            contacts.c.address_hash == hashed,
            contacts.c.limited.is_(False),
            contacts.c.party_id != party,
            bookings.c.day_id == day.id,
            bookings.c.state.in_(LIVE),
        )
    ).scalar_one()
    allowed = conn.execute(sa.select(days.c.bookings_per_contact).where(days.c.id == day.id)).scalar_one()
    conn.execute(
        contacts.insert().values(
            id=new_id(),
            party_id=party,
            kind=contact.kind,
            address=contact.address,
            address_hash=hashed,
            phone_end=contact.phone_end,
            limited=live >= allowed,
        )
    )
