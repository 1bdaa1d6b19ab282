"""The page of a hold: what is held, until when, and what was answered; and taking a time again when it ran out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import LONGEST_HOLD, hold_arrival, release_hold
from onestop.booking.actions.proofs import PROOF_TIME, Kept, book_held
from onestop.booking.capacity import claims_of
from onestop.booking.contacts import Contact
from onestop.booking.queries import Booking, booking_by_id, members_of
from onestop.booking.rests import beyond, rest_if_awaited
from onestop.booking.seated import has_its_seats
from onestop.booking.tables import bookings, contacts, members, stop_members, stops
from onestop.booking.wish import Wish
from onestop.days.tables import day_sessions, desks, invitations
from onestop.domain.booking import BookingState, Channel
from onestop.domain.party import Member
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState

_ENDED_WITH = {BookingState.EXPIRED: (StopState.DROPPED,), BookingState.RELEASED: (StopState.DROPPED,)}
"""A hold that is over has dropped its stops; while it lived nobody could take one off, so all of them were accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSession:
    """When a session begins, and at which desk."""

    starts_at: datetime
    desk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold with its answers. `extends_to` is the last end it can have."""

    booking: Booking
    together: Mapping[UUID, frozenset[int]]
    """Its services as they are planned, each with the marks of those who go there."""
    sessions: Mapping[UUID, "HeldSession"]
    """By service, the session she goes to."""
    members: tuple[Member, ...]
    extends_to: datetime
    confirmed_at: datetime | None
    seated: bool
    """Whether the sessions it goes to are still there as they were."""

    @property
    def services(self) -> tuple[UUID, ...]:
        """The services in order."""
        return tuple(self.together)

    def lives(self, now: datetime) -> bool:
        """Whether the time is still kept."""
        until = self.booking.hold_until_at
        return self.seated and self.booking.state is BookingState.HELD and until is not None and until > now

    @property
    def ran_out(self) -> bool:
        """Whether it ended by itself; true also of one that lives, or whose session is gone."""
        return self.booking.state in {BookingState.HELD, BookingState.EXPIRED}


def held(conn: sa.Connection, hold: UUID) -> Held:
    """A hold by its id; five statements, six on a day with sessions. Raises `HoldGone`."""
    booking = booking_by_id(conn, hold)
    created_at, confirmed_at = conn.execute(
        sa.select(bookings.c.created_at, bookings.c.confirmed_at).where(bookings.c.id == hold)
    ).one()
    together: dict[UUID, frozenset[int]] = {}
    sessions: dict[UUID, HeldSession] = {}
    for row in conn.execute(
        sa.select(stops.c.service_id, members.c.mark, day_sessions.c.starts_at, desks.c.number)
        .join_from(stops, stop_members)
        .join(members, members.c.id == stop_members.c.member_id)
        .outerjoin(day_sessions, day_sessions.c.id == stops.c.session_id)
        .outerjoin(desks, desks.c.id == day_sessions.c.desk_id)
        .where(
            stops.c.party_id == booking.party,
            stops.c.state.in_([StopState.PLANNED, *_ENDED_WITH.get(booking.state, ())]),
        )
        .order_by(stops.c.planned_at.is_(None), stops.c.planned_at, stops.c.position, stops.c.id, members.c.mark)
    ):
        together[row.service_id] = together.get(row.service_id, frozenset()) | {row.mark}
        if row.starts_at is not None:
            sessions[row.service_id] = HeldSession(starts_at=row.starts_at, desk=row.number)
    return Held(
        booking=booking,
        together=together,
        sessions=sessions,
        members=members_of(conn, booking.party),
        extends_to=created_at + LONGEST_HOLD,
        confirmed_at=confirmed_at,
        seated=booking.state is not BookingState.HELD or has_its_seats(conn, booking),
    )


def addresses_of(conn: sa.Connection, party: UUID) -> dict[str, str]:
    """What was written to reach a party, by kind; one statement."""
    asked = sa.select(contacts.c.kind, contacts.c.address).where(contacts.c.party_id == party)
    return {row.kind: row.address for row in conn.execute(asked)}


def hold_instead(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish,
    *,
    instead_of: UUID | None,
    arrival_at: datetime,
    channel: Channel,
    invitation: str | None,
    hold_minutes: int,
    actor: Actor,
    now: datetime,
) -> Booking:
    """Hold a time and give the one held before back, both or neither. Raises what `hold_arrival` raises."""
    freed = {} if instead_of is None else release_hold(conn, instead_of, for_another=True, actor=actor, now=now)
    taken = hold_arrival(
        conn,
        day_id,
        wish,
        arrival_at=arrival_at,
        channel=channel,
        invitation=invitation,
        hold_minutes=hold_minutes,
        actor=actor,
        now=now,
    )
    if freed:
        rest_if_awaited(conn, day_id, beyond(freed, claims_of(conn, taken.id)), now=now)
    return taken


def book_again(
    conn: sa.Connection,
    hold: UUID,
    wish: Wish,
    *,
    arrival_at: datetime,
    channel: Channel,
    key: bytes,
    name: str,
    contact: tuple[Contact, ...],
    actor: Actor,
    now: datetime,
) -> Kept:
    """Book a time at once with the answers of a hold that ran out. Raises what holding and confirming raise.

    An address that was proved for that hold need not be proved again.
    """
    before = booking_by_id(conn, hold)
    invitation = conn.execute(
        sa.select(invitations.c.code_hash)
        .join_from(bookings, invitations, invitations.c.id == bookings.c.invitation_id)
        .where(bookings.c.id == hold)
    ).scalar()
    taken = hold_instead(
        conn,
        before.day,
        wish,
        instead_of=hold,
        arrival_at=arrival_at,
        channel=channel,
        invitation=invitation,
        hold_minutes=int(PROOF_TIME / timedelta(minutes=1)),
        actor=actor,
        now=now,
    )
    return book_held(conn, taken.id, key=key, name=name, contact=contact, proved_by=before.party, actor=actor, now=now)
