"""How long what is known of people is kept. Terms are local days of the venue: a DST night moves nothing (R11)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from onestop.domain.day import local_instant

HOLD_KEPT = timedelta(hours=24)
"""A hold that was never confirmed leaves nothing behind this long after its end."""
TICKET_WHOLE = timedelta(hours=24)
RARE = 5
"""A language spoken at fewer visits of a day than this would point at people."""
OTHER_LANGUAGE = "other"
LEDGER_MINUTES = 5


class TicketScope(StrEnum):
    """What a ticket opens: everything, or after the day only next steps, proof of visit and erasure."""

    WHOLE = "whole"
    NEXT_STEPS = "next_steps"


def day_ends_at(on: date, closes_at: datetime, zone: ZoneInfo) -> datetime:
    """Midnight after the day; the closing itself where that is later. Operational needs end here."""
    return max(local_instant(on + timedelta(days=1), time(), zone), closes_at)


def persons_until(on: date, closes_at: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """When names, contacts, messages and codes of a day go: after `days` whole local days have followed it."""
    return max(local_instant(on + timedelta(days=days + 1), time(), zone), day_ends_at(on, closes_at, zone))


def whole_until(on: date, closes_at: datetime, zone: ZoneInfo) -> datetime:
    """Until when a ticket of the day opens everything, and its holder may answer the questions at the end."""
    return day_ends_at(on, closes_at, zone) + TICKET_WHOLE


def ticket_scope(on: date, closes_at: datetime, zone: ZoneInfo, *, now: datetime) -> TicketScope:
    """What a ticket of the day still opens: a day after it no more where she was."""
    return TicketScope.WHOLE if now < whole_until(on, closes_at, zone) else TicketScope.NEXT_STEPS


def phone_keeps(on: date, closes_at: datetime, zone: ZoneInfo, *, now: datetime) -> timedelta:
    """How long a phone may keep the last state of a ticket: nothing before the day, then until it ends."""
    if now < local_instant(on, time(), zone):
        return timedelta()
    return max(day_ends_at(on, closes_at, zone) - now, timedelta())


def blurred(at: datetime) -> datetime:
    """An instant without its last minutes, rounded down so that what came first stays first."""
    return at.replace(minute=at.minute - at.minute % LEDGER_MINUTES, second=0, microsecond=0)


def common_languages(visits: Mapping[str, int]) -> frozenset[str]:
    """The languages that at least `RARE` visits of a day had; only these may stay beside it."""
    return frozenset(language for language, count in visits.items() if count >= RARE)


def without_rare(languages: Sequence[str], common: frozenset[str]) -> list[str]:
    """Languages with all that are not `common` told as one "other"."""
    return list(dict.fromkeys(one if one in common else OTHER_LANGUAGE for one in languages))
