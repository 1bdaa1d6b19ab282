"""Sessions in a day file: read, and what is wrong with them beside the desks that hold them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from onestop.days.dayfile_tables import DayFileWrong, Span, each_of
from onestop.domain.capacity import LONGEST_SESSION, MOST_SEATS, SHORTEST_SESSION
from onestop.locale.languages import KNOWN

MOST_SESSIONS = 200
WHOLE_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSession:
    """One session; without a language everybody can follow."""

    service: str
    desk: int
    starts: time
    minutes: int
    seats: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class SessionDesk:
    """What a session needs to know of a desk: its services, and its hours between the breaks."""

    services: Collection[str]
    hours: Sequence[Span]

    def is_open(self, session: FileSession) -> bool:
        """Whether it is open all the time of a session; its hours may go over midnight."""
        start, end = self.span(session)
        return any(
            self._after(opens) <= start and end <= (self._after(closes) or WHOLE_DAY) for opens, closes in self.hours
        )

    def span(self, session: FileSession) -> tuple[int, int]:
        """Its minutes from the first opening of the desk."""
        start = self._after(session.starts)
        return start, start + session.minutes

    def _after(self, at: time) -> int:
        first = self.hours[0][0]
        return ((at.hour - first.hour) * 60 + at.minute - first.minute) % WHOLE_DAY

    def overlap(self, one: FileSession, other: FileSession) -> bool:
        """Whether two sessions of this desk are at the same time."""
        (start, end), (begins, ends) = self.span(one), self.span(other)
        return start < ends and begins < end


def read_sessions(raw: Mapping[str, Any]) -> tuple[FileSession, ...]:
    """The sessions of a TOML file. Raises `DayFileWrong`."""
    return tuple(
        FileSession(
            service=table.text("service"),
            desk=table.number("desk"),
            starts=table.time("starts"),
            minutes=table.number("minutes"),
            seats=table.number("seats"),
            language=table.text("language", ""),
        )
        for table, _ in each_of(raw, "session")
    )


def check_sessions(sessions: Sequence[FileSession], desks: Mapping[int, SessionDesk]) -> None:
    """What does not fit the desks or the other sessions. Raises `DayFileWrong`."""
    if len(sessions) > MOST_SESSIONS:
        raise DayFileWrong(f"A day has at most {MOST_SESSIONS} sessions.")
    for nth, one in enumerate(sessions, 1):
        if wrong := _wrong(one, sessions[: nth - 1], desks):
            raise DayFileWrong(f"[[session]] number {nth}: {wrong}")


def _wrong(one: FileSession, before: Iterable[FileSession], desks: Mapping[int, SessionDesk]) -> str:
    desk = desks.get(one.desk)
    if desk is None:
        return f"there is no desk {one.desk}."
    if one.service not in desk.services:
        return f"desk {one.desk} does not offer {one.service!r}."
    if not SHORTEST_SESSION <= one.minutes <= LONGEST_SESSION:
        return f"minutes should be between {SHORTEST_SESSION} and {LONGEST_SESSION}."
    if not 1 <= one.seats <= MOST_SEATS:
        return f"seats should be between 1 and {MOST_SEATS}."
    if one.language and one.language not in KNOWN:
        return f"{one.language[:60]!r} is no language we know."
    if not desk.is_open(one):
        return f"desk {one.desk} should be open all its time."
    if any(other.desk == one.desk and desk.overlap(one, other) for other in before):
        return f"desk {one.desk} holds another session at this time."
    return ""
