"""What organisers type: times, numbers, languages; each wrong value is noted by its control."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from onestop.days.setup_values import HOURS_WRONG, Hours
from onestop.domain.errors import N_
from onestop.locale.languages import KNOWN, PSEUDO_LANGUAGES
from onestop.web.kit.forms import Form
from onestop.web.kit.locale import LANGUAGES, Locale

TIME_WRONG = N_("Please write a time such as 09:30.")
WHOLE_NUMBER = N_("Please write a whole number.")
DATE_WRONG = N_("Please choose a date.")
NO_SUCH_DATE = N_("There is no such date. Please write year, month and day, such as 2026-12-31.")
LONGEST_DATE = 20
"""More than a date has, so that one with a wrong year is shown as it was typed."""
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::00)?")
SPOKEN = tuple(tag for tag in KNOWN if tag not in PSEUDO_LANGUAGES)
"""Languages a desk or mediator may speak."""
_FIRST = ("en", "sk", "uk", "ru", "ar", "es", "vi", "fa", "fr", "sr-Latn", "el", "ka")


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice:
    """A language that can be ticked; the common ones and the ticked ones stand first."""

    tag: str
    ticked: bool
    first: bool


@dataclass(slots=True)
class Reader:
    """A form being read; `errors` maps controls to sentences in the reader's language."""

    form: Form
    locale: Locale
    errors: dict[str, str] = field(default_factory=dict[str, str])

    def wrong(self, control: str, sentence: str) -> None:
        """Note what is wrong with a control; the first sentence stays."""
        self.errors.setdefault(control, self.locale.gettext(sentence))

    def number(self, name: str, control: str = "") -> int:
        """A whole number; 0 and a note if it is none."""
        found = self.form.number(name)
        if found is None:
            self.wrong(control or name, WHOLE_NUMBER)
        return found or 0

    def time(self, name: str, control: str = "") -> time:
        """A local time; midnight and a note if it is none."""
        found = read_time(self.form.text(name, 12))
        if found is None:
            self.wrong(control or name, TIME_WRONG)
        return found or time()

    def day(self, name: str, control: str = "") -> date | None:
        """A date as the browser's own control sends it, `None` and a note for anything else."""
        typed = self.form.text(name, LONGEST_DATE)
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.wrong(control or name, NO_SUCH_DATE if typed else DATE_WRONG)
            return None

    def hours(self, rows: int, control: str) -> tuple[Hours, ...]:
        """`opens_1`, `closes_1` …; rows left empty are left out."""
        found: list[Hours] = []
        for nth in range(1, rows + 1):
            opens, closes = self.form.text(f"opens_{nth}", 12), self.form.text(f"closes_{nth}", 12)
            if opens or closes:
                found.append((self.time(f"opens_{nth}", control), self.time(f"closes_{nth}", control)))
                if opens and opens == closes:
                    self.wrong(control, HOURS_WRONG)
        return tuple(found)

    def languages(self, name: str = "languages") -> tuple[str, ...]:
        """Ticked languages that we know, in the order of the page."""
        return tuple(dict.fromkeys(tag for tag in self.form.all(name) if tag in SPOKEN))


def read_time(text: str) -> time | None:
    """`9`, `9:30`, `09.30` as a time of day."""
    found = _TIME.fullmatch(text)
    if found is None or not text.isascii():
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_id(text: str) -> UUID | None:
    """An id, `None` for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def language_choices(ticked: Collection[str], *, near: Iterable[str] = ()) -> tuple[LanguageChoice, ...]:
    """Every language with its tick; those in `near`, the common and the ticked ones first."""
    first = {*ticked, *near, *_FIRST}
    tags = sorted(SPOKEN, key=lambda tag: (tag not in first, SPOKEN.index(tag)))
    return tuple(LanguageChoice(tag=tag, ticked=tag in ticked, first=tag in first) for tag in tags)


def page_languages(ticked: Collection[str], *, near: Iterable[str] = ()) -> tuple[LanguageChoice, ...]:
    """The languages pages can be switched on in, those in `near` too, with their ticks."""
    tags = dict.fromkeys((*LANGUAGES, *near))
    return tuple(LanguageChoice(tag=tag, ticked=tag in ticked, first=True) for tag in tags)
