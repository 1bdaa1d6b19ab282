"""The menu of whoever runs the hall: the same on the pages of reception and of the floor."""

from onestop.domain.errors import N_
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import NavLink

_PLACES = (
    ("/reception/{day}", N_("Find")),
    ("/reception/{day}/walk-in", N_("Walk-in")),
    ("/reception/{day}/book", N_("Book")),
    ("/reception/{day}/people", N_("People")),
    ("/reception/{day}/people#help", N_("Asked for help")),
    ("/reception/{day}#trouble", N_("Trouble at desks and machines")),
    ("/reception/{day}/message", N_("Message")),
    ("/reception/{day}/waiting", N_("Waiting list for a time")),
    ("/reception/{day}/paper", N_("Entered from paper")),
    ("/floor/{day}", N_("All desks")),
    ("/floor/{day}/plan", N_("Floor plan")),
    ("/floor/{day}/called", N_("Called, not here yet")),
)
_SELDOM = {
    "/reception/{day}/people#help",
    "/reception/{day}#trouble",
    "/reception/{day}/waiting",
    "/reception/{day}/paper",
    "/floor/{day}/plan",
}


def hall_menu(locale: Locale, slug: str, current: str) -> tuple[NavLink, ...]:
    """Every place of a day; `current` is the address of the one this page belongs to."""
    places = ((place.format(day=slug), label, place in _SELDOM) for place, label in _PLACES)
    return tuple(
        NavLink(label=locale.gettext(label), href=href, current=href == current, seldom=seldom and href != current)
        for href, label, seldom in places
    )
