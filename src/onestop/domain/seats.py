"""Sessions in the search for a plan: a fixed start, and seats in place of minutes.

Time is whole minutes from the grid's first bucket, as in `onestop.domain.grid`.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.capacity import Bucket, Session
from onestop.domain.grid import Fit, Takes


def attended(sessions: Collection[Session], languages: frozenset[str], interpreter: Interpreter) -> list[Session]:
    """Those a party can follow, by start: in a language of hers or in none, all with an interpreter of her own.

    Where the day has none she could follow she is not held back: any will do, as at a desk without an interpreter.
    """
    ordered = sorted((one for one in sessions if _there(one)), key=lambda one: (one.start, one.id))
    followed = [one for one in ordered if interpreter is Interpreter.OWN or one.understood(languages)]
    return followed or ordered


def someone_follows(sessions: Collection[Session], languages: frozenset[str]) -> bool:
    """Whether people with these languages understand one of the sessions; also where there is none at all."""
    there = [one for one in sessions if _there(one)]
    return not there or any(one.understood(languages) for one in there)


def _there(session: Session) -> bool:
    return any(bucket.total for bucket in session.buckets)


@dataclass(slots=True, kw_only=True)
class Seats:
    """The seats of one session; `start` is a minute of the grid."""

    session: UUID
    start: int
    minutes: int
    buckets: list[Bucket | None]  # as of a row, the only one
    free: int
    taken: list[Takes] = field(default_factory=list[Takes])

    @property
    def key(self) -> str:
        """The key of its capacity row."""
        return str(self.session)

    def take(self, takes: Takes) -> None:
        self.taken.append(takes)
        self.free -= takes[0][1]

    def give_back(self) -> None:
        """Undo the latest take."""
        self.free += self.taken.pop()[0][1]


@dataclass(slots=True)
class Seating:
    """One way to serve a stop: a session with a seat for each who goes there."""

    rows: tuple[Seats]
    people: int

    @property
    def minutes(self) -> int:
        """How long it lasts, whoever comes."""
        return self.rows[0].minutes

    def first_fit(self, *, cursor: int, end_by: int) -> Fit | None:
        """Its start and the seats, if it begins at or after the cursor, has them and ends by `end_by`."""
        seats = self.rows[0]
        if cursor > seats.start or seats.start + seats.minutes > end_by or seats.free < self.people:
            return None
        return seats.start, ((0, self.people),)
