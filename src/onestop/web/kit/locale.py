"""What doors need of `onestop.locale`, in one place."""

from onestop.locale.languages import (
    KNOWN,
    LANGUAGES,
    PSEUDO_LANGUAGES,
    direction,
    fallbacks,
    negotiate,
    own_name,
    page_languages,
)
from onestop.locale.locales import Locale, locale_for

__all__ = [
    "KNOWN",
    "LANGUAGES",
    "PSEUDO_LANGUAGES",
    "Locale",
    "direction",
    "fallbacks",
    "locale_for",
    "negotiate",
    "own_name",
    "page_languages",
]
