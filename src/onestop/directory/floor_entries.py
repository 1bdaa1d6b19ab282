"""Changes of the floor of a venue by an organiser: its plan, the way in words, where a desk stands."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.directory.actions import write_own_words
from onestop.directory.floor_plans import FIELD, OWNER, Spot, floor_of
from onestop.directory.logos import CleanLogo
from onestop.directory.tables import desk_places, floor_plans, venues
from onestop.directory.venue_entries import tell_of_venue
from onestop.domain.errors import N_, InvalidInput, NotKnown
from onestop.domain.roles import Actor

LONGEST_WAY = 400
WHOLE = 1000
"""Thousandths."""


class WayTooLong(InvalidInput):
    code = "way_too_long"
    sentence = N_("Please write at most %(number)s characters.")


class SpotRefused(InvalidInput):
    code = "spot_refused"
    sentence = N_("Please tap the plan where the desk stands, or write two numbers from 0 to 100.")


class NoPlan(InvalidInput):
    code = "no_plan"
    status = 409
    sentence = N_("This venue has no floor plan any more.")


def keep_plan(conn: sa.Connection, venue: UUID, plan: CleanLogo, *, actor: Actor, now: datetime) -> None:
    """The plan of a venue, instead of what was there; desks stay where they were put. Raises `NotKnown`."""
    _check_there(conn, venue)
    conn.execute(floor_plans.delete().where(floor_plans.c.venue_id == venue))
    conn.execute(
        floor_plans.insert().values(
            venue_id=venue,
            media_type=plan.media_type,
            content=plan.content,
            digest=plan.digest,
            width=plan.width,
            height=plan.height,
        )
    )
    tell_of_venue(conn, "PlanKept", venue, actor=actor, now=now)


def remove_plan(conn: sa.Connection, venue: UUID, *, actor: Actor, now: datetime) -> None:
    """No plan any more; where the desks stand goes with it. Raises `NotKnown`."""
    _check_there(conn, venue)
    conn.execute(floor_plans.delete().where(floor_plans.c.venue_id == venue))
    conn.execute(desk_places.delete().where(desk_places.c.venue_id == venue))
    tell_of_venue(conn, "PlanRemoved", venue, actor=actor, now=now)


def stored_way(conn: sa.Connection, venue: UUID) -> Mapping[str, str]:
    """The way in words as it is stored."""
    return floor_of(conn, venue).way


def write_way(conn: sa.Connection, venue: UUID, words: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """The way in words, by language. Raises `NotKnown`, `WayTooLong`."""
    _check_there(conn, venue)
    for language, text in words.items():
        if len(text) > LONGEST_WAY:
            raise WayTooLong(field=f"text_{language}", number=LONGEST_WAY)
    write_own_words(conn, OWNER, venue, FIELD, words, changed_by=actor.ref, now=now)
    tell_of_venue(conn, "WayWritten", venue, actor=actor, now=now)


def place_desk(
    conn: sa.Connection, venue: UUID, number: int, spot: Spot | None, *, actor: Actor, now: datetime
) -> None:
    """Where the desk of this number stands, on every day at the venue; `None`: nowhere on the plan.

    Raises `NoPlan`, `SpotRefused`.
    """
    if conn.execute(sa.select(floor_plans.c.venue_id).where(floor_plans.c.venue_id == venue)).first() is None:
        raise NoPlan(field="content")
    if spot is not None and not (0 <= spot.across <= WHOLE and 0 <= spot.down <= WHOLE):
        raise SpotRefused(field="spot")
    conn.execute(desk_places.delete().where(desk_places.c.venue_id == venue, desk_places.c.number == number))
    if spot is not None:
        conn.execute(desk_places.insert().values(venue_id=venue, number=number, across=spot.across, down=spot.down))
    tell_of_venue(conn, "DeskPlaced" if spot else "DeskUnplaced", venue, actor=actor, now=now)


def _check_there(conn: sa.Connection, venue: UUID) -> None:
    """The venue, held until the end of the transaction."""
    if conn.execute(sa.select(venues.c.id).where(venues.c.id == venue).with_for_update()).first() is None:
        raise NotKnown
