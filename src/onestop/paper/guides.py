"""One page for each kind of work on a day: what you see, what you press, what to do when something fails.

No secret stands on a guide: it may hang on a wall.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from onestop.days.queries.days import Day
from onestop.domain.errors import N_
from onestop.locale.locales import Locale
from onestop.paper.guide_words import GUIDES, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something in bold and what is said about it."""

    head: str
    says: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A guide in one language, ready to be drawn."""

    language: str
    rtl: bool
    title: str
    sign: str
    day: str
    when: str
    where: str
    begin_heading: str
    begin: str
    address: str
    qr: str
    sees_heading: str
    sees: tuple[str, ...]
    acts_heading: str
    acts: tuple[Line, ...]
    troubles_heading: str
    troubles: tuple[Line, ...]
    phone_label: str
    phone: str


def guide_of(day: Day, work: Work, locale: Locale, *, base_url: str) -> Guide:
    """A guide for this day; `base_url` is the address that machines of the hall open."""
    _ = locale.gettext
    said = GUIDES[work]
    address = base_url + said.path
    hours = "–".join(locale.time(at, day.timezone) for at in (day.opens_at, day.closes_at))
    return Guide(
        language=locale.tag,
        rtl=locale.dir == "rtl",
        title=_(said.title),
        sign=said.sign,
        day=day.name,
        when=f"{locale.date(day.on)} · {hours}",
        where=", ".join(part for part in (day.venue, day.address) if part),
        begin_heading=_(N_("To begin")),
        begin=_(said.begin),
        address=address.partition("://")[2],
        qr=address,
        sees_heading=_(N_("What you see")),
        sees=tuple(map(_, said.sees)),
        acts_heading=_(N_("What you press")),
        acts=tuple(Line(head=_(act.word), says=_filled(act.does, act.words, locale), key=act.key) for act in said.acts),
        troubles_heading=_(N_("When something fails")),
        troubles=tuple(Line(head=_(each.when), says=_filled(each.do, each.words, locale)) for each in said.troubles),
        phone_label=_(N_("Questions on the day? Phone:")),
        phone=day.phone,
    )


def _filled(sentence: str, words: Mapping[str, str], locale: Locale) -> str:
    """A sentence with the words of the screens that stand in it."""
    return locale.gettext(sentence) % {name: locale.gettext(word) for name, word in words.items()}
