"""The waiting list: how long an offer stands, who is offered first, when a freed time may be seen by everybody again.

An offer holds a place for one person for some hours, on the day for some minutes. Whoever does not answer stays on the
list and is offered another place, three times at most. A time that somebody gave back rests before the public doors see
it: whoever cancels for somebody else cannot know when it comes back (Hakimov et al. 2021 on why speed must not win).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFERS_AT_MOST = 3
"""So many offers one person can let go by."""
SOON = timedelta(hours=24)
"""Before an arrival that is so near an offer counts in minutes."""
LONG_OFFER = timedelta(hours=12)
SHORT_OFFER = timedelta(minutes=20)
SHORTEST_OFFER = timedelta(minutes=5)
WAY = timedelta(minutes=30)
"""An offer ends so long before the arrival, for the way there."""
_EVENING, _MORNING = time(21), time(9)
"""A long offer never ends while people sleep, but at nine in the morning."""

DRAWN_OFFER = timedelta(hours=48)
"""Who was drawn has so long to answer."""
LAST_ANSWER = timedelta(hours=24)
"""A drawn place is answered so long before its arrival at latest, so that somebody else can still come."""

LONG_REST = (timedelta(minutes=10), timedelta(minutes=60))
SHORT_REST = (timedelta(minutes=2), timedelta(minutes=10))
"""From and to: how long freed minutes rest, before the day and on it; where between is drawn at random."""


def offer_until(arrival_at: datetime, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """When an offer of this arrival ends; `None` if too little time is left to answer and to come."""
    latest = arrival_at - WAY
    if arrival_at - now < SOON:
        end = min(now + SHORT_OFFER, latest)
    else:
        end = min(_awake(now + LONG_OFFER, zone), latest)
    return end if end - now >= SHORTEST_OFFER else None


def drawn_until(arrival_at: datetime, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """When the offer of a drawn place ends: like any other offer if the day is near, else never while people sleep."""
    end = min(_awake(now + DRAWN_OFFER, zone), _still_awake(arrival_at - LAST_ANSWER, zone))
    return end if end - now >= LONG_OFFER else offer_until(arrival_at, zone, now=now)


def rests_until(opens_at: datetime, *, now: datetime, lot: float) -> datetime:
    """Until when freed minutes are not shown; `lot` is drawn between 0 and 1."""
    shortest, longest = SHORT_REST if opens_at - now < timedelta(hours=2) else LONG_REST
    return now + shortest + (longest - shortest) * lot


def wants(arrival_at: datetime, *, not_before: datetime | None, not_after: datetime | None) -> bool:
    """Whether an arrival is one that she said she can come at."""
    return (not_before is None or arrival_at >= not_before) and (not_after is None or arrival_at <= not_after)


def _awake(end: datetime, zone: ZoneInfo) -> datetime:
    local = end.astimezone(zone)
    if local.time() >= _EVENING:
        local = (local + timedelta(days=1)).replace(hour=_MORNING.hour, minute=0, second=0, microsecond=0)
    elif local.time() < _MORNING:
        local = local.replace(hour=_MORNING.hour, minute=0, second=0, microsecond=0)
    return local.astimezone(end.tzinfo)


def _still_awake(end: datetime, zone: ZoneInfo) -> datetime:
    """The same, but earlier: the evening before."""
    local = end.astimezone(zone)
    if local.time() < _MORNING:
        local -= timedelta(days=1)
    elif local.time() <= _EVENING:
        return end
    return local.replace(hour=_EVENING.hour, minute=0, second=0, microsecond=0).astimezone(end.tzinfo)
