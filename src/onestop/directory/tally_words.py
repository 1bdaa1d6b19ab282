"""The questions of the tally and their answers in words."""

from onestop.domain.errors import N_
from onestop.domain.tally import SKIPPED, STATELESS, TallyQuestion
from onestop.locale.countries import country_name
from onestop.locale.locales import Locale

ASKS: dict[TallyQuestion, str] = {
    TallyQuestion.COUNTRY: N_("Which country are you from?"),
    TallyQuestion.GROUP: N_("Why are you in this country?"),
    TallyQuestion.FIRST: N_("Is this your first visit here?"),
}
SAYS: dict[TallyQuestion, dict[str, str]] = {
    TallyQuestion.COUNTRY: {STATELESS: N_("No country (stateless)")},
    TallyQuestion.GROUP: {
        "asylum": N_("I asked for asylum, or I have it"),
        "protection": N_("Temporary protection"),
        "work": N_("Work"),
        "study": N_("Study"),
        "family": N_("Family"),
        "eu": N_("From a country of the European Union"),
        "returning": N_("I came back to my own country"),
        "other": N_("Another reason"),
        "not_said": N_("I do not want to say"),
    },
    TallyQuestion.FIRST: {"yes": N_("Yes, the first time"), "no": N_("No, I was here before")},
}
LEFT_OUT = N_("Asked and left out")


def tally_answer(locale: Locale, question: TallyQuestion, answer: str) -> str:
    """An answer as tables and forms call it."""
    if answer == SKIPPED:
        return locale.gettext(LEFT_OUT)
    said = SAYS[question].get(answer)
    return locale.gettext(said) if said is not None else country_name(locale, answer)
