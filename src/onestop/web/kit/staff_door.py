"""A door where staff book for somebody else, as the pages they share see it, and when a day can be booked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.day import DayState
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDoor:
    """Its pages stand under `/<name>/<day>`; `channel` is what its bookings are counted under."""

    name: str
    channel: Channel
    walk_ins: bool
    """Whether it gives tickets without an appointment."""
    asked: str
    """The end of the page of somebody whose request was taken, `{party}` in it."""
    listed: str
    """The end of the page of somebody who was put on the waiting list."""
    frame: Callable[[WebRequest, Day, str], Round]
    """Brand, zone and menu of a day's page; the text is the end of the menu entry it belongs to."""
    days: Callable[[WebRequest, Database], Awaitable[tuple[Day, ...]]]
    """The days whoever asks can book now."""

    def home_of(self, day: Day) -> str:
        """Where the pages of a day stand."""
        return f"/{self.name}/{day.slug}"

    def asked_path(self, day: Day, party: UUID) -> str:
        """The page of one who takes part in a draw."""
        return self.home_of(day) + self.asked.format(party=party)

    def listed_path(self, day: Day, party: UUID) -> str:
        """The page of one who has just been put on the waiting list."""
        return self.home_of(day) + self.listed.format(party=party)

    def party_path(self, day: Day, party: UUID, did: str = "") -> str:
        """The page of one ticket holder; `did` says what has just been done."""
        return f"{self.home_of(day)}/parties/{party}" + (f"?did={did}" if did else "")


def is_over(day: Day, now: datetime) -> bool:
    """Whether nobody can be taken on this day any more."""
    return day.state is not DayState.PUBLISHED or now >= day.closes_at


def is_on(day: Day, now: datetime) -> bool:
    """Whether this day takes visitors now: published, of today, not over."""
    return not is_over(day, now) and (now.astimezone(day.zone).date() == day.on or now >= day.opens_at)


def read_instant(text: str) -> datetime | None:
    """An instant as a button carries it, `None` for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
