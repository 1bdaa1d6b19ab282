"""Shipped words for services and needs in the reader's language; an unknown key shows itself readably."""

from onestop.directory.vocabulary import NEEDS, SERVICES
from onestop.directory.words import readable, service_title, stop_title
from onestop.web.kit.locale import Locale

__all__ = ["isolated", "left_to_right", "need_says", "service_pictogram", "service_title", "stop_title"]

FIRST_STRONG, LEFT_TO_RIGHT, END = "\u2068", "\u2066", "\u2069"
"""Isolates: a name in another script, or a number, does not turn the sentence round it."""


def isolated(text: str) -> str:
    """A name in whatever script, inside a sentence."""
    return f"{FIRST_STRONG}{text}{END}"


def left_to_right(text: str) -> str:
    """A number, a phone or a time, inside a sentence."""
    return f"{LEFT_TO_RIGHT}{text}{END}"


def service_pictogram(key: str, *, private: bool = False) -> str:
    """The icon that stands beside a service; a private one has that of any talk."""
    return "message-circle" if private or key not in SERVICES else SERVICES[key].pictogram


def need_says(locale: Locale, key: str) -> str:
    """What a visitor would say."""
    return locale.gettext(NEEDS[key].says) if key in NEEDS else readable(key)
