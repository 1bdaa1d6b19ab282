"""The life of a visit and of its stops: states, moves, seniority and the clock of a no-show."""

from datetime import datetime, timedelta
from enum import StrEnum

from onestop.domain.errors import MoveRefused, PutOffTooOften


class VisitState(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    LEFT = "left"
    CARRIED_OVER = "carried_over"


class VisitReason(StrEnum):
    """Why a visit ended as it did."""

    DONE = "done"
    NO_SHOW = "no_show"
    OWN_WISH = "own_wish"
    INSTITUTION_GONE = "institution_gone"
    DAY_CLOSED = "day_closed"
    NEXT_DAY = "next_day"


V = VisitState
VISIT_MOVES: dict[VisitState, frozenset[VisitState]] = {
    V.OPEN: frozenset({V.COMPLETED, V.LEFT, V.CARRIED_OVER}),
    V.COMPLETED: frozenset({V.OPEN}),
    V.LEFT: frozenset({V.OPEN}),
    V.CARRIED_OVER: frozenset({V.OPEN}),
}


class StopState(StrEnum):
    PROPOSED = "proposed"
    PLANNED = "planned"
    WAITING = "waiting"
    BLOCKED = "blocked"
    CALLED = "called"
    SERVING = "serving"
    PARKED = "parked"
    FINISHED = "finished"
    MISSED = "missed"
    DECLINED = "declined"
    DROPPED = "dropped"
    CARRIED_OVER = "carried_over"


S = StopState
_ENDS = frozenset({S.DROPPED, S.CARRIED_OVER})
STOP_MOVES: dict[StopState, frozenset[StopState]] = {
    S.PROPOSED: frozenset({S.PLANNED, S.DECLINED}) | _ENDS,
    S.PLANNED: frozenset({S.WAITING, S.BLOCKED}) | _ENDS,
    # waiting → planned only when a check-in is undone.
    # waiting or serving → missed: her session was held without her, and there is no other.
    S.WAITING: frozenset({S.BLOCKED, S.CALLED, S.PLANNED, S.MISSED}) | _ENDS,
    S.BLOCKED: frozenset({S.WAITING, S.PLANNED}) | _ENDS,
    S.CALLED: frozenset({S.SERVING, S.WAITING, S.MISSED}) | _ENDS,
    S.SERVING: frozenset({S.FINISHED, S.WAITING, S.PARKED, S.MISSED}) | _ENDS,
    S.PARKED: frozenset({S.WAITING}) | _ENDS,
    S.FINISHED: frozenset(),
    S.MISSED: frozenset({S.WAITING}),  # reception brings a missed stop back the same day
    S.DECLINED: frozenset(),
    S.DROPPED: frozenset({S.WAITING}),  # she had left and is here again the same day
    S.CARRIED_OVER: frozenset(),
}

STOP_OPEN = frozenset({S.PROPOSED, S.PLANNED, S.WAITING, S.BLOCKED, S.CALLED, S.SERVING, S.PARKED})
"""A visit with a stop in one of these is not at its end."""

AT_DESK = frozenset({S.CALLED, S.SERVING})


class BlockedBy(StrEnum):
    PAPERS = "papers"
    STEPPED_OUT = "stepped_out"
    GUARDIAN = "guardian"


class Outcome(StrEnum):
    """How a stop ended, without case content."""

    SETTLED = "settled"
    ADVISED = "advised"
    COME_AGAIN = "come_again"
    PAPERS_MISSING = "papers_missing"
    NOT_POSSIBLE = "not_possible"


NO_SHOW_BACK = timedelta(minutes=10)
NO_SHOWS_UNTIL_MISSED = 3
PUT_OFF_BACK = timedelta(minutes=5)
"""Whoever is called and says that she is not ready is called again this much later at the earliest."""
PUT_OFFS = 2
"""How often she may say so at one stop; then a person decides, so that nobody holds a desk up."""
UNDO_WINDOW = timedelta(seconds=30)
FINISH_GRACE = timedelta(seconds=3)
"""After `finish` the visitor is free for ready desks only this much later, so that the common slip can be undone."""
READY_LAPSE = timedelta(minutes=10)
LATE_GRACE = timedelta(minutes=15)
CARRIED_OVER_HEAD_START_MINUTES = 20


def check_visit_move(now: VisitState, then: VisitState) -> None:
    """Raise `MoveRefused` unless the table allows the move."""
    if then not in VISIT_MOVES[now]:
        raise MoveRefused


def check_stop_move(now: StopState, then: StopState) -> None:
    """Raise `MoveRefused` unless the table allows the move."""
    if then not in STOP_MOVES[now]:
        raise MoveRefused


def waits_for_her(visit: VisitState, stop: StopState, *, left_behind: bool) -> bool:
    """Whether a stop may wait again when somebody who had left is here once more; what she refused may not (R18)."""
    return visit is VisitState.LEFT and stop is StopState.DROPPED and left_behind


def check_stop_undo(now: StopState, back: StopState) -> None:
    """Raise `MoveRefused` unless `now` can have come from `back`: an undo runs one allowed move backwards."""
    check_stop_move(back, now)


def waiting_since(*, checked_in_at: datetime, booked_at: datetime | None) -> datetime:
    """The instant seniority starts: the booked time for the early and the up to 15 min late, else check-in.

    An early visitor's start lies in the future; her seniority is negative until then: she is not yet due.
    """
    if booked_at is None or checked_in_at > booked_at + LATE_GRACE:
        return checked_in_at
    return booked_at


def waited_seconds(ended: int, since: datetime | None, now: datetime) -> float:
    """Seniority in seconds: ended waits and the one that runs; negative before the booked time of an early visitor."""
    return ended + ((now - since).total_seconds() if since is not None else 0.0)


def after_no_show(count: int, now: datetime) -> tuple[StopState, datetime | None]:
    """The state after the `count`-th no-show (1-based) and, if the stop waits again, from when it may be called."""
    if count >= NO_SHOWS_UNTIL_MISSED:
        return StopState.MISSED, None
    return StopState.WAITING, now + NO_SHOW_BACK


def after_put_off(times: int, now: datetime) -> datetime:
    """From when she may be called again who says she is not ready and did so `times` before; `PutOffTooOften`."""
    if times >= PUT_OFFS:
        raise PutOffTooOften
    return now + PUT_OFF_BACK


def end_of_visit(stops: list[StopState]) -> tuple[VisitState, VisitReason] | None:
    """How a visit ends once no stop is open, or `None` while one is."""
    if any(state in STOP_OPEN for state in stops):
        return None
    if any(state is StopState.CARRIED_OVER for state in stops):
        return VisitState.CARRIED_OVER, VisitReason.NEXT_DAY
    if any(state is StopState.FINISHED for state in stops):
        return VisitState.COMPLETED, VisitReason.DONE
    if any(state is StopState.MISSED for state in stops):
        return VisitState.LEFT, VisitReason.NO_SHOW
    return VisitState.LEFT, VisitReason.OWN_WISH
