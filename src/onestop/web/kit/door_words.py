"""What reception and the floor guide say alike of one ticket holder."""

from onestop.domain.errors import N_
from onestop.domain.visit import VisitReason

LEAVE_REASONS = (
    (VisitReason.OWN_WISH, N_("She wishes to go")),
    (VisitReason.INSTITUTION_GONE, N_("The institution is not here any more")),
    (VisitReason.NO_SHOW, N_("Nobody can find her")),
)
"""Why a visit ends with stops unserved."""
