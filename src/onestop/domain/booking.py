"""The life of a booking: its states and the moves between them."""

from enum import StrEnum

from onestop.domain.errors import BookingArrived, BookingCancelled, BookingClosed, MoveRefused

DAY_CANCELLED = "day_cancelled"
"""Why a booking was cancelled that nobody wanted to cancel."""


class BookingState(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    MISSED = "missed"
    EXPIRED = "expired"
    RELEASED = "released"
    REQUESTED = "requested"
    DRAWN = "drawn"
    LISTED = "listed"
    OFFERED = "offered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


B = BookingState
MOVES: dict[BookingState, frozenset[BookingState]] = {
    B.HELD: frozenset({B.CONFIRMED, B.EXPIRED, B.RELEASED}),
    B.REQUESTED: frozenset({B.DRAWN, B.LISTED, B.WITHDRAWN}),
    B.DRAWN: frozenset({B.CONFIRMED, B.LAPSED}),
    B.LISTED: frozenset({B.OFFERED, B.WITHDRAWN}),
    B.OFFERED: frozenset({B.CONFIRMED, B.LAPSED}),
    B.LAPSED: frozenset({B.LISTED, B.WITHDRAWN}),
    B.CONFIRMED: frozenset({B.ARRIVED, B.CANCELLED, B.MISSED}),
    # A check-in is undone only while nothing has been called yet.
    B.ARRIVED: frozenset({B.CONFIRMED}),
    B.CANCELLED: frozenset(),
    B.MISSED: frozenset(),
    B.EXPIRED: frozenset(),
    B.RELEASED: frozenset(),
    B.WITHDRAWN: frozenset(),
}

HOLDS_CAPACITY = frozenset({B.HELD, B.OFFERED, B.DRAWN, B.CONFIRMED, B.ARRIVED})
"""States whose claims count against capacity (R1)."""

WAITS = frozenset({B.REQUESTED, B.LISTED, B.DRAWN, B.OFFERED})
"""States of a booking that has no time yet and may still get one."""

LIVE = frozenset({B.HELD, B.REQUESTED, B.DRAWN, B.LISTED, B.OFFERED, B.CONFIRMED, B.ARRIVED})
"""States that count towards the limit of bookings per contact and day; one that arrived can be confirmed again."""


def check_move(now: BookingState, then: BookingState) -> None:
    """Raise `MoveRefused` unless the table allows the move."""
    if then not in MOVES[now]:
        raise MoveRefused


def check_to_come(state: BookingState) -> None:
    """Raise the refusal that says why nothing can be done with a booking, unless its party is still to come."""
    if state is BookingState.ARRIVED:
        raise BookingArrived
    if state is BookingState.CANCELLED:
        raise BookingCancelled
    if state is not BookingState.CONFIRMED:
        raise BookingClosed


class Channel(StrEnum):
    """The door a booking or a walk-in came through; a counted fact."""

    PUBLIC = "public"
    KIOSK = "kiosk"
    RECEPTION = "reception"
    HELPER = "helper"
    API = "api"


PROVES = frozenset({Channel.PUBLIC, Channel.API})
"""Doors where, on days with few places, an address must be proved; at the others the centre itself takes part."""


class Interpreter(StrEnum):
    """How we shall talk: nobody needed, the visitor brings one, or we find one."""

    NONE = "none"
    OWN = "own"
    NEEDED = "needed"
