"""Shipped words for services and needs in the reader's language; an unknown key shows itself readably."""

from onestop.directory.vocabulary import NEEDS, SERVICES
from onestop.directory.words import readable, service_title, stop_title
from onestop.web.kit.locale import Locale

__all__ = ["need_says", "service_pictogram", "service_title", "stop_title"]


def service_pictogram(key: str, *, private: bool = False) -> str:
    """The icon that stands beside a service; a private one has that of any talk."""
    return "message-circle" if private or key not in SERVICES else SERVICES[key].pictogram


def need_says(locale: Locale, key: str) -> str:
    """What a visitor would say."""
    return locale.gettext(NEEDS[key].says) if key in NEEDS else readable(key)
