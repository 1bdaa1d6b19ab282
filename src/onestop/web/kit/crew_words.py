"""The kinds of work of a day in words."""

from onestop.domain.crew import Work
from onestop.domain.errors import N_

WORKS: dict[Work, str] = {
    Work.OFFICER: N_("Officer"),
    Work.MEDIATOR: N_("Mediator"),
    Work.RECEPTION: N_("Reception"),
    Work.GUIDE: N_("Floor guide"),
}
DOES: dict[Work, str] = {
    Work.OFFICER: N_("I advise people for my institution"),
    Work.MEDIATOR: N_("I interpret"),
    Work.RECEPTION: N_("I help at the reception"),
    Work.GUIDE: N_("I show people the way in the hall"),
}
"""The same as whoever offers to do it says."""
