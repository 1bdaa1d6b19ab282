"""The questions of the tally as a form asks them: on the ticket, and at the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onestop.directory.tally_words import ASKS, tally_answer
from onestop.domain.tally import ANSWERS, COUNTRIES, SKIPPED, STATELESS, TallyQuestion
from onestop.locale.countries import by_name
from onestop.web.kit.forms import Form
from onestop.web.kit.locale import Locale

SKIP = "skip"
"""The button that leaves all questions out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyAsked:
    """One question with its answers, in the reader's language; many answers are a list to choose from."""

    name: TallyQuestion
    asks: str
    answers: tuple[tuple[str, str], ...]
    value: str
    """What was typed before; nothing is chosen on a fresh form."""

    @property
    def is_long(self) -> bool:
        """Whether it is a list that opens."""
        return self.name is TallyQuestion.COUNTRY


def tally_asked(
    locale: Locale, questions: Sequence[TallyQuestion], typed: Mapping[str, str] | None = None
) -> tuple[TallyAsked, ...]:
    """The questions a day asks."""
    return tuple(
        TallyAsked(
            name=question,
            asks=locale.gettext(ASKS[question]),
            answers=_answers(locale, question),
            value=(typed or {}).get(question, ""),
        )
        for question in questions
    )


def _answers(locale: Locale, question: TallyQuestion) -> tuple[tuple[str, str], ...]:
    if question is TallyQuestion.COUNTRY:
        return (*by_name(locale, COUNTRIES), (STATELESS, tally_answer(locale, question, STATELESS)))
    return tuple((answer, tally_answer(locale, question, answer)) for answer in ANSWERS[question])


def read_tally(form: Form) -> dict[str, str]:
    """What was answered; nothing where the questions were left out with one press."""
    if form.ticked(SKIP):
        return dict.fromkeys(TallyQuestion, SKIPPED)
    return {question: form.text(question, 20) for question in TallyQuestion}
