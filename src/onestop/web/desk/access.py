"""Who may act at which desk: a foreign desk, stop or act answers like one that does not exist (R14)."""

from uuid import UUID

from onestop.db.session import Database
from onestop.domain.errors import DeskUnknown, StopUnknown
from onestop.domain.roles import Actor, Role
from onestop.referrals.queries.desk import talk_of
from onestop.visits.queries.desk_places import DeskPlace, desk_place, place_of_act, place_of_stop
from onestop.web.kit.guards import require
from onestop.web.kit.requests import WebRequest

FLOOR = (Role.RECEPTIONIST, Role.ORGANISER)
"""Who calls for desks that have no computer."""


async def reach_desk(request: WebRequest, db: Database, desk: UUID) -> tuple[Actor, DeskPlace]:
    """The officer and the desk, if her grants reach it. Raises `DeskUnknown`."""
    someone = await require(request, Role.OFFICER)  # a stranger learns nothing from what exists
    place = await db.read(desk_place, desk)
    if not covers(someone, place):
        raise DeskUnknown
    return someone, place


async def reach_stop(request: WebRequest, db: Database, stop: UUID) -> tuple[Actor, DeskPlace]:
    """The officer and the desk a stop is at. Raises `StopUnknown`."""
    someone = await require(request, Role.OFFICER)
    place = await db.read(place_of_stop, stop)
    if not covers(someone, place):
        raise StopUnknown
    return someone, place


async def reach_talk(request: WebRequest, db: Database, stop: UUID) -> tuple[Actor, DeskPlace, bool]:
    """Who may send on from a talk: the officer, or floor control of that day for a desk without a computer (then true).

    A private talk is the business of its own desk alone (R19). Raises `StopUnknown`.
    """
    someone = await require(request, Role.OFFICER, *FLOOR)
    place = await db.read(place_of_stop, stop)
    if covers(someone, place):
        return someone, place, False
    if not someone.has(*FLOOR, day=place.day) or (await db.read(talk_of, stop)).private:
        raise StopUnknown
    return someone, place, True


async def reach_act(request: WebRequest, db: Database, stop: UUID, act: UUID | None) -> tuple[Actor, DeskPlace]:
    """The officer and the desk at which an act on a stop was done. Raises `StopUnknown`."""
    someone = await require(request, Role.OFFICER)
    place = await db.read(place_of_act, stop, act)
    if not covers(someone, place):
        raise StopUnknown
    return someone, place


def covers(someone: Actor, place: DeskPlace) -> bool:
    """Whether she is an officer at this desk."""
    return someone.has(Role.OFFICER, day=place.day, desk=place.id, institution=place.institution)
