"""What a change of the day means for her, in the words of the message, on her ticket until she has read it."""

from onestop.domain.touch import Touch
from onestop.notify.kinds import KINDS, TOUCHED
from onestop.web.kit.locale import Locale


def news_of(locale: Locale, touch: Touch | None) -> tuple[str, ...]:
    """The sentences of the message, the first as its headline; nothing where there is no news."""
    if touch is None or touch not in TOUCHED:
        return ()
    words = KINDS[TOUCHED[touch]]
    return tuple(locale.gettext(each) for each in (words.headline, *words.advice))
