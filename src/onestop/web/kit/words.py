"""Words for services and needs in the reader's language, an organiser's own before the shipped ones."""

from markupsafe import Markup

from onestop.days.queries.offer import OfferedNeed
from onestop.directory.vocabulary import SERVICES
from onestop.directory.words import service_title, stop_title, words_of_need
from onestop.web.kit.locale import Locale, direction

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


def need_says(locale: Locale, need: OfferedNeed, *, working: str) -> str:
    """What a visitor would say: own words before shipped ones; another language than the page's is marked."""
    text, language = words_of_need(locale, need.key, need.words, drafts=need.drafts, working=working)
    if language == locale.tag:
        return text
    return Markup('<span lang="{}" dir="{}">{}</span>').format(language, direction(language), text)
