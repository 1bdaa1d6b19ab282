"""The two questions at the end of a visit and their answers, in words, with the pictogram of each answer."""

from onestop.domain.ending import EndQuestion
from onestop.domain.errors import N_

ASKS: dict[EndQuestion, str] = {
    EndQuestion.GOT: N_("Did you get what you came for?"),
    EndQuestion.PROBLEM: N_("Was there a problem that the city should know about?"),
}
SAYS: dict[EndQuestion, dict[str, tuple[str, str]]] = {
    EndQuestion.GOT: {
        "yes": ("smile", N_("Yes")),
        "partly": ("meh", N_("Partly")),
        "no": ("frown", N_("No")),
    },
    EndQuestion.PROBLEM: {
        "none": ("thumbs-up", N_("No problem")),
        "long_wait": ("hourglass", N_("A long wait")),
        "language": ("languages", N_("Language, no interpreter")),
        "paper_missing": ("file-plus", N_("A paper was missing")),
        "wrong_place": ("map-pin", N_("Sent to the wrong place")),
        "treated_badly": ("thumbs-down", N_("Treated badly")),
        "cost": ("coins", N_("It cost too much")),
        "other": ("message-circle", N_("Something else")),
    },
}
"""Pictogram and words of each answer."""
