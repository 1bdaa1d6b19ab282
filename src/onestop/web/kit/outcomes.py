"""How a talk ended, in the words of whoever presses it."""

from onestop.domain.errors import N_
from onestop.domain.visit import Outcome

OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.ADVISED: N_("Advised"),
    Outcome.SETTLED: N_("Settled"),
    Outcome.COME_AGAIN: N_("Must come again"),
    Outcome.PAPERS_MISSING: N_("Papers missing"),
    Outcome.NOT_POSSIBLE: N_("Not possible here"),
}
"""How a conversation may end, the usual one first; the desk's keys 1 to 5 follow this order."""

OUTCOME_MEANINGS: dict[Outcome, str] = {
    Outcome.ADVISED: N_("Advice or an answer"),
    Outcome.SETTLED: N_("The matter is done"),
    Outcome.COME_AGAIN: N_("To us, another day"),
    Outcome.PAPERS_MISSING: N_("It cannot go on"),
    Outcome.NOT_POSSIBLE: N_("We cannot help"),
}
"""One line for each, because the words alone are taken for one another."""
