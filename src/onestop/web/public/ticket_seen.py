"""What a change of the day means for her, in the words of the message, on her ticket until she has read it."""

from collections.abc import Iterable

from onestop.domain.touch import Touch
from onestop.notify.kinds import KINDS, TOUCHED
from onestop.web.kit.locale import Locale


def news_of(locale: Locale, touches: Iterable[Touch]) -> tuple[str, ...]:
    """The sentences of the messages, the first as headline; nothing where there is no news."""
    told = [KINDS[TOUCHED[touch]] for touch in touches if touch in TOUCHED]
    return tuple(locale.gettext(each) for words in told for each in (words.headline, *words.advice))
