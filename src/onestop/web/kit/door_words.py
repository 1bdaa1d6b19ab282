"""What reception and the floor guide say alike of one ticket holder."""

from onestop.domain.errors import N_, InvalidInput
from onestop.domain.visit import VisitReason

LEAVE_REASONS = (
    (
        VisitReason.OWN_WISH,
        N_("She wishes to go"),
        N_("She says it herself, or somebody says that she went home."),
    ),
    (
        VisitReason.INSTITUTION_GONE,
        N_("The institution is not here any more"),
        N_("What she still waits for is not given today any more."),
    ),
    (VisitReason.NO_SHOW, N_("Nobody can find her"), N_("She was looked for, and nobody has seen her.")),
)
"""Why a visit ends with stops unserved, and when to say so."""


def read_leave_reason(text: str) -> VisitReason:
    """The reason that was chosen. Raises `InvalidInput` for what nobody can choose."""
    found = next((reason for reason, _, _ in LEAVE_REASONS if reason == text), None)
    if found is None:
        raise InvalidInput(field="reason")
    return found
