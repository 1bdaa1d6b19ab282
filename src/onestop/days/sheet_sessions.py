"""The sheet of sessions in a day's workbook: each line beside the desks that hold them, each fault at its cell."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time

from onestop.days.dayfile_sessions import MOST_SESSIONS, FileSession, SessionDesk
from onestop.days.setup_sessions import DESK_WITHOUT
from onestop.days.sheet_lines import Line
from onestop.days.sheet_words import Vocabulary
from onestop.domain.capacity import LONGEST_SESSION, MOST_SEATS, SHORTEST_SESSION
from onestop.domain.errors import N_

DESK_UNKNOWN = N_("There is no desk %(number)s on the sheet of desks.")
DESK_CLOSED = N_("Desk %(number)s is not open all the time of this session.")
DESK_TAKEN = N_("Desk %(number)s holds the session of row %(row)s at this time.")
TOO_MANY = N_("There are more than %(most)s lines.")


def sessions_of(lines: Sequence[Line], desks: Mapping[int, SessionDesk], words: Vocabulary) -> tuple[FileSession, ...]:
    """The sessions of the sheet; they count only when there is no fault."""
    if len(lines) > MOST_SESSIONS:
        lines[MOST_SESSIONS].wrong("service", TOO_MANY, most=MOST_SESSIONS)
    found: list[tuple[int, FileSession]] = []
    for line in lines:
        one = FileSession(
            service=line.one("service", words.services, ""),
            desk=line.number("desk", 1, 999, 0),
            starts=line.time_at("starts", time(0)),
            minutes=line.number("minutes", SHORTEST_SESSION, LONGEST_SESSION, 0),
            seats=line.number("seats", 1, MOST_SEATS, 0),
            language=line.one("language", words.languages, ""),
        )
        if one.desk:
            _beside(line, one, desks, found)
        found.append((line.row, one))
    return tuple(one for _, one in found)


def _beside(
    line: Line, one: FileSession, desks: Mapping[int, SessionDesk], found: Sequence[tuple[int, FileSession]]
) -> None:
    """What does not fit its desk, or another session there."""
    desk = desks.get(one.desk)
    if desk is None:
        line.wrong("desk", DESK_UNKNOWN, number=one.desk)
        return
    if one.service and one.service not in desk.services:
        line.wrong("service", DESK_WITHOUT)
    if not line.has("starts") or not one.minutes or line.bad("starts"):
        return
    if not desk.is_open(one):
        line.wrong("starts", DESK_CLOSED, number=one.desk)
    for row, other in found:
        if other.desk == one.desk and other.minutes and desk.overlap(one, other):
            line.wrong("starts", DESK_TAKEN, number=one.desk, row=row)
            return


def session_lines(
    sessions: Sequence[FileSession], *, service: Callable[[str], str], language: Callable[[str], str]
) -> list[dict[str, object]]:
    """The sessions as lines of the sheet."""
    return [
        {
            "service": service(one.service),
            "desk": one.desk,
            "starts": one.starts,
            "minutes": one.minutes,
            "seats": one.seats,
            "language": language(one.language) if one.language else None,
        }
        for one in sessions
    ]
