"""The sentence of a spoken call."""

from dataclasses import dataclass

from onestop.locale.languages import KNOWN
from onestop.locale.locales import Locale, locale_for

CONTEXT = "loudspeaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who is asked where: `member` is her mark where one of several people is meant."""

    number: int
    member: int | None
    desk: int


def sentence_of(locale: Locale, call: Call) -> str:
    """The call in one language, numbers as digits: a voice reads them as its language counts."""
    if call.member is None:
        text = locale.pgettext("loudspeaker", "Number %(number)s, desk %(desk)s.")
        return text % {"number": call.number, "desk": call.desk}
    text = locale.pgettext("loudspeaker", "Number %(number)s, person %(member)s, desk %(desk)s.")
    return text % {"number": call.number, "member": call.member, "desk": call.desk}


def has_words(tag: str) -> bool:
    """Whether the call has a sentence of this language's own: English read by another voice helps nobody."""
    if tag == "en":
        return True
    return tag in KNOWN and (CONTEXT, "Number %(number)s, desk %(desk)s.") in locale_for(tag).catalogue.texts
