"""The two questions at the end in words and pictograms, for the ticket that asks and for whoever reads the sums."""

from dataclasses import dataclass

from onestop.directory.end_words import ASKS, SAYS
from onestop.domain.ending import ANSWERS, EndQuestion
from onestop.web.kit.locale import Locale


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
