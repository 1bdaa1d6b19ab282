"""The tally: up to three questions that an organiser may switch on for a day, and what may be answered to them."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from onestop.domain.ending import is_asked
from onestop.domain.errors import N_, Refusal
from onestop.domain.visit import VisitState


class TallyQuestion(StrEnum):
    """The fixed list, in the order of the page."""

    COUNTRY = "country"
    """Which country she is from."""
    GROUP = "group"
    """Why she is in the country."""
    FIRST = "first"
    """Whether it is her first visit."""


SKIPPED = "skipped"
"""Counted in place of an answer for everybody who was asked and left the question out."""
STATELESS = "stateless"
_CODES = """
AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE
RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT
TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES: tuple[str, ...] = tuple(_CODES.split())
"""ISO 3166-1 where people live, and Kosovo."""
ANSWERS: Mapping[TallyQuestion, tuple[str, ...]] = {
    TallyQuestion.COUNTRY: (*COUNTRIES, STATELESS),
    TallyQuestion.GROUP: (
        *("asylum", "protection", "work", "study", "family", "eu"),
        *("returning", "other", "not_said"),
    ),
    TallyQuestion.FIRST: ("yes", "no"),
}
"""Codes that were counted once keep their meaning."""
Counts = Mapping[TallyQuestion, Mapping[str, int]]
"""How often each answer was given on a day, also that nothing was said; a question nobody was asked is not there."""


class AlreadyAsked(Refusal):
    code = "already_asked"
    sentence = N_("This ticket was asked before. Nothing was counted.")


class NotAskedNow(Refusal):
    code = "not_asked_now"
    sentence = N_("Nothing is counted for this day any more.")


def in_order(questions: Collection[str]) -> tuple[TallyQuestion, ...]:
    """Questions of the list, each once, as the page asks them."""
    return tuple(question for question in TallyQuestion if question in questions)


def asks_tally(questions: Collection[str], visit: VisitState | None, *, asked: bool) -> bool:
    """Whether a ticket asks: once, after the visit, on a day whose organiser switched a question on."""
    return bool(questions) and is_asked(visit, asked=asked)


def answer_counted(question: TallyQuestion, said: str) -> str:
    """What is counted for it: an answer of the list, or that nothing was said."""
    return said if said in ANSWERS[question] else SKIPPED
