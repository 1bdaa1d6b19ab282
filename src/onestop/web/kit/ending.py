"""The two questions at the end in words and pictograms, for the ticket that asks and for whoever reads the sums."""

from dataclasses import dataclass

from onestop.domain.ending import ANSWERS, EndQuestion
from onestop.domain.errors import N_
from onestop.web.kit.locale import Locale

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAnswer:
    """One answer, in the reader's language."""

    value: str
    icon: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One of the questions with its answers."""

    name: EndQuestion
    asks: str
    answers: tuple[EndAnswer, ...]


def end_questions(locale: Locale) -> tuple[Asked, ...]:
    """Both, in the order of the page."""
    return tuple(
        Asked(
            name=question,
            asks=locale.gettext(ASKS[question]),
            answers=tuple(
                EndAnswer(value=each, icon=SAYS[question][each][0], says=locale.gettext(SAYS[question][each][1]))
                for each in answers
            ),
        )
        for question, answers in ANSWERS.items()
    )
