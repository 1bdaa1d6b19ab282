"""Who somebody should look after now: out for long, waiting for long, called and not there, nobody to talk to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from onestop.domain.visit import AT_DESK, BlockedBy, StopState, waiting_since

LONG_WAIT = timedelta(minutes=45)
"""Of waiting since she came or since a desk last did something with her."""
LONG_DAY = timedelta(hours=3)
"""In the house, however often a desk did something with her in between."""
LONG_OUT = timedelta(minutes=45)
"""Out of the house; nobody who steps out says when she will be back."""
LONG_CALL = timedelta(minutes=10)


class Risk(StrEnum):
    """Why a ticket is at risk, the gravest first."""

    NOBODY_SPEAKS = "nobody_speaks"
    NO_DESK = "no_desk"
    NO_SEAT = "no_seat"
    LONG_CALL = "long_call"
    LONG_OUT = "long_out"
    NO_SHOW = "no_show"
    MISSED = "missed"
    PAPERS = "papers"
    GUARDIAN = "guardian"
    LONG_WAIT = "long_wait"
    LONG_DAY = "long_day"


_GRAVEST = tuple(Risk)
_STILL_TO_COME = frozenset({StopState.WAITING, StopState.BLOCKED, StopState.PARKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAtRisk:
    """A stop for this rule: `spoken` if somebody can talk with her there, `has_desk` if a desk for it is not closed.

    `no_seat` if it is reached by a session only, and none is left for her.
    """

    state: StopState
    blocked_by: BlockedBy | None
    no_shows: int
    called_at: datetime | None
    ended_at: datetime | None
    spoken: bool
    has_desk: bool
    no_seat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Somebody whose visit is open."""

    checked_in_at: datetime
    booked_at: datetime | None
    waiting_since_at: datetime | None
    out_since_at: datetime | None
    stops: Sequence[StopAtRisk]


def risks(inside: Inside, *, opens_at: datetime, now: datetime) -> tuple[Risk, ...]:
    """Every reason to look after her, the gravest first; none for most. Before `opens_at` no desk needs to be open."""
    found = {risk for stop in inside.stops for risk in _of_stop(stop, opened=now >= opens_at, now=now)}
    if inside.out_since_at is not None:
        if now - inside.out_since_at > LONG_OUT:
            found.add(Risk.LONG_OUT)
    elif inside.waiting_since_at is not None and not any(stop.state in AT_DESK for stop in inside.stops):
        since = waiting_since(checked_in_at=inside.checked_in_at, booked_at=inside.booked_at)
        if now - waits_from(inside.waiting_since_at, inside.stops) > LONG_WAIT:
            found.add(Risk.LONG_WAIT)
        if now - max(since, opens_at) > LONG_DAY:
            found.add(Risk.LONG_DAY)
    return tuple(sorted(found, key=_GRAVEST.index))


def waits_from(waiting_since_at: datetime, stops: Sequence[StopAtRisk]) -> datetime:
    """The later of the start of her wait and the last time a desk did something with her."""
    return max([waiting_since_at, *(at for stop in stops for at in (stop.called_at, stop.ended_at) if at is not None)])


def _of_stop(stop: StopAtRisk, *, opened: bool, now: datetime) -> set[Risk]:
    found: set[Risk] = set()
    if stop.state is StopState.MISSED:
        found.add(Risk.MISSED)
    if stop.state is StopState.BLOCKED and stop.blocked_by is not BlockedBy.STEPPED_OUT:
        found.add(Risk.PAPERS if stop.blocked_by is BlockedBy.PAPERS else Risk.GUARDIAN)
    if stop.state in (StopState.WAITING, StopState.CALLED) and stop.no_shows:
        found.add(Risk.NO_SHOW)
    if stop.state is StopState.CALLED and stop.called_at is not None and now - stop.called_at > LONG_CALL:
        found.add(Risk.LONG_CALL)
    if stop.state in _STILL_TO_COME:
        if not stop.spoken:
            found.add(Risk.NOBODY_SPEAKS)
        if stop.no_seat:
            found.add(Risk.NO_SEAT)
        elif opened and not stop.has_desk:
            found.add(Risk.NO_DESK)
    return found
