"""What a desk needs to send somebody on: the conversation, and where one can be sent."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.queries.days import Day, day_by_id
from onestop.days.tables import desks
from onestop.directory.organising import InstitutionEntry, directory
from onestop.directory.places import Place, all_places
from onestop.directory.tables import services
from onestop.domain.errors import StopUnknown
from onestop.domain.visit import StopState
from onestop.referrals.queries.lines import ReferralLine, referrals_of_stop
from onestop.visits.queries.carrying import days_to_carry_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The conversation somebody is sent on from."""

    stop: UUID
    visit: UUID | None
    party: UUID
    state: StopState
    private: bool
    service_key: str
    number: int
    desk_number: int
    display_language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingOn:
    """The form of a referral: where, when, and what was made already."""

    day: Day
    today: date
    talk: Talk
    institutions: tuple[InstitutionEntry, ...]
    places: tuple[Place, ...]
    days: tuple[Day, ...]
    made: tuple[ReferralLine, ...]


def made_in_talk(conn: sa.Connection, stop: UUID, *, timezone: str, now: datetime) -> tuple[ReferralLine, ...]:
    """What one conversation made so far; one statement."""
    return referrals_of_stop(conn, stop, today=now.astimezone(ZoneInfo(timezone)).date())


def talk_of(conn: sa.Connection, stop: UUID) -> Talk:
    """One conversation at a desk; one statement. Raises `StopUnknown`."""
    row = conn.execute(
        sa.select(
            stops,
            services.c.key,
            parties.c.number,
            parties.c.display_language,
            desks.c.number.label("desk_number"),
        )
        .join_from(stops, services)
        .join(parties, parties.c.id == stops.c.party_id)
        .join(desks, desks.c.id == stops.c.desk_id)
        .where(stops.c.id == stop)
    ).one_or_none()
    if row is None:
        raise StopUnknown
    return Talk(
        stop=row.id,
        visit=row.visit_id,
        party=row.party_id,
        state=StopState(row.state),
        private=row.private,
        service_key=row.key,
        number=row.number,
        desk_number=row.desk_number,
        display_language=row.display_language,
    )


def without_private(found: SendingOn) -> SendingOn:
    """The form without what would go to her alone (R19), for whoever looks on who is not of the desk."""
    return replace(
        found,
        institutions=tuple(
            replace(each, services=tuple(service for service in each.services if not service.private))
            for each in found.institutions
        ),
        places=tuple(place for place in found.places if not place.discreet),
        made=tuple(each for each in found.made if not each.private),
    )


def sending_on(conn: sa.Connection, stop: UUID, *, day_id: UUID, now: datetime) -> SendingOn:
    """Everything the form shows; a fixed number of statements, however much there is. Raises `StopUnknown`."""
    day = day_by_id(conn, day_id)
    today = now.astimezone(day.zone).date()
    return SendingOn(
        day=day,
        today=today,
        talk=talk_of(conn, stop),
        institutions=tuple(each for each in directory(conn) if not each.closed),
        places=tuple(place for place in all_places(conn) if not place.closed),
        days=days_to_carry_to(conn, day, now=now),
        made=referrals_of_stop(conn, stop, today=today),
    )
