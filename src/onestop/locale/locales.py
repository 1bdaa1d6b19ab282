"""A locale: everything needed to speak one language to a person."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale as Cldr
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from onestop.locale.catalogue import Catalogue, read_catalogue
from onestop.locale.languages import KNOWN, PSEUDO_LANGUAGES, Direction, Language
from onestop.locale.pseudo import pseudo
from onestop.locale.review import review_of


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """One language at work: its texts, dates, numbers and lists. Get one from `locale_for`."""

    language: Language
    catalogue: Catalogue

    @property
    def tag(self) -> str:
        return self.language.tag

    @property
    def dir(self) -> Direction:
        return self.language.dir

    @property
    def own_name(self) -> str:
        return self.language.own_name

    @property
    def checked(self) -> bool:
        """Whether a native speaker has read the catalogue; a page in a draft says that it is one."""
        return review_of(self.tag).checked

    def gettext(self, text: str) -> str:
        """The translation of an English text; its `%(name)s` places are filled by the caller or by `say`."""
        return self._shown(self.catalogue.one(text))

    def pgettext(self, context: str, text: str) -> str:
        return self._shown(self.catalogue.one(text, context))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return self._shown(self.catalogue.many(singular, plural, count))

    def npgettext(self, context: str, singular: str, plural: str, count: int) -> str:
        return self._shown(self.catalogue.many(singular, plural, count, context))

    def _shown(self, text: str) -> str:
        return pseudo(text) if self.tag in PSEUDO_LANGUAGES else text

    def say(self, text: str, params: Mapping[str, str | int] | None = None) -> str:
        """The translated text with its places filled, as for a refusal: `locale.say(r.sentence, r.params)`."""
        return self.gettext(text) % params if params else self.gettext(text)

    def date(self, day: dt.date) -> str:
        """`Wednesday 3 December 2026`: weekday, day, month word, year."""
        return format_date(day, self.language.date_pattern, locale=self.language.cldr)

    def local_date(self, at: dt.datetime, zone: str) -> str:
        """The date of an instant on the calendar of the venue's zone."""
        return self.date(at.astimezone(ZoneInfo(zone)).date())

    def short_date(self, day: dt.date) -> str:
        """`Wed 3 Dec`: for staff lists, where the year is clear."""
        return format_date(day, "EEE d MMM", locale=self.language.cldr)

    def time(self, at: dt.datetime, zone: str) -> str:
        """`09:05`, 24 hours, on the clock of the venue's zone."""
        return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")

    def told_time(self, at: dt.datetime, zone: str) -> str:
        """The same for people: an hour that a night has twice says which of the two, `02:15 (UTC+1)`."""
        local = at.astimezone(ZoneInfo(zone))
        offset = local.utcoffset()
        if offset is None or not is_twice(local):
            return f"{local:%H:%M}"
        return f"{local:%H:%M} (UTC{offset / dt.timedelta(hours=1):+g})"

    def about(self, at: dt.datetime, zone: str) -> str:
        """The same for a time that is only expected: rounded up to five minutes."""
        late = dt.timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
        return self.told_time(at + (-late % dt.timedelta(minutes=5)), zone)

    def duration(self, minutes: int) -> str:
        """`25 min`, `1 h`, `1 h 10 min`."""
        hours, rest = divmod(max(minutes, 0), 60)
        if not hours:
            return self.gettext("%(minutes)s min") % {"minutes": rest}
        if not rest:
            return self.gettext("%(hours)s h") % {"hours": hours}
        return self.gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}

    def number(self, value: int | float) -> str:
        """A quantity with this language's separators; a ticket number is no quantity and never comes here."""
        return format_decimal(value, locale=self.language.cldr)

    def list_and(self, items: Sequence[str]) -> str:
        """`a, b and c`."""
        return format_list(list(items), style="standard", locale=self.language.cldr)

    def language_name(self, tag: str) -> str:
        """What this language calls another one (`Arabic`, `arabčina`); that one's own name if it has no word for it."""
        name = Cldr.parse(self.language.cldr).languages.get(tag.replace("-", "_"))
        if name is None:
            plain, _, script = tag.partition("-")
            words = Cldr.parse(self.language.cldr)
            name, written = words.languages.get(plain), words.scripts.get(script)
            name = f"{name} ({written})" if name and written else name
        return name or (KNOWN[tag].own_name if tag in KNOWN else tag)


@cache
def locale_for(tag: str) -> Locale:
    """The locale of a known language, its catalogue read once; `KeyError` for one not in `languages.KNOWN`."""
    return Locale(KNOWN[tag], read_catalogue(tag))


def is_twice(local: dt.datetime) -> bool:
    """Whether the clock of its zone shows this time twice, because it is put back in this night."""
    return local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
