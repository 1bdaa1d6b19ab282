"""The sheets and columns of a day's workbook, and the words in which cells say languages, services and the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from onestop.directory.vocabulary import SERVICES
from onestop.directory.words import readable
from onestop.domain.errors import N_
from onestop.locale.languages import KNOWN, LANGUAGES, PSEUDO_LANGUAGES
from onestop.locale.locales import Locale, locale_for

READ_ME, LISTS = N_("Read me"), N_("Lists")
SETTING, VALUE = N_("Setting"), N_("Value")
EVERYTHING_ELSE = N_("everything else")
YES, NO = N_("Yes"), N_("No")
RELEASES = {"invited": N_("By invitation"), "open": N_("Open to everybody"), "draw": N_("By draw")}
MOST_GUESSES = 60
AUTHORITIES = {"none": N_("No authority"), "state": N_("State office"), "police": N_("Police")}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, or on the sheet of the day a row: its heading and what to write there."""

    key: str
    title: str
    hint: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SheetWords:
    """A sheet with its columns."""

    key: str
    title: str
    columns: tuple[Column, ...]
    needed: bool = False


_LISTED = N_("Several with a semicolon between them.")
_TIME = N_("A time such as 9:00. Empty: as the day.")
DAY = SheetWords(
    "day",
    N_("Day"),
    (
        Column("name", N_("Name of the day"), N_("Everybody reads it."), needed=True),
        Column("on", N_("Date"), N_("Such as 2026-12-03. It can also be chosen when the file is sent.")),
        Column("venue", N_("Place"), N_("The building. Empty: the name of the day.")),
        Column("address", N_("Address"), N_("Street and town.")),
        Column("timezone", N_("Time zone"), N_("Such as Europe/Bratislava."), needed=True),
        Column("working_language", N_("Language of the staff"), N_("One language."), needed=True),
        Column("languages", N_("Languages of the pages"), _LISTED, needed=True),
        Column("opens", N_("Opens"), N_("A time such as 9:00."), needed=True),
        Column("closes", N_("Closes"), N_("A time such as 15:00."), needed=True),
        Column("release", N_("How places are given"), N_("By invitation, open to everybody, or by draw.")),
        Column("slot_minutes", N_("Minutes between arrivals"), N_("10 to 240, in steps of 5.")),
        Column("arrivals_per_slot", N_("Arrivals at the same time"), N_("Empty: as many as the desks need.")),
        Column("reserve_percent", N_("Kept for people without a booking, in percent"), N_("0 to 100.")),
        Column("parties", N_("Visitors expected"), N_("A family counts once.")),
        Column("no_show_percent", N_("Do not come, in percent"), N_("0 to 100.")),
        Column("interpreter_percent", N_("Need an interpreter, in percent"), N_("0 to 100.")),
        Column("always", N_("Services for everybody"), _LISTED),
        Column("bookings_per_contact", N_("Bookings for one address"), N_("1 to 10.")),
        Column("scarce", N_("Places are few"), N_("Yes or No. Addresses are proved then.")),
        Column("all_times", N_("Show all times"), N_("Yes or No. No: only the best times.")),
        Column("quiet_from", N_("Boards are silent from"), N_("A time, or empty.")),
        Column("quiet_until", N_("Boards are silent until"), N_("A time, or empty.")),
        Column("limit_reception", N_("Kept places for reception"), N_("Empty: no limit.")),
        Column("limit_helper", N_("Kept places for helpers"), N_("Empty: no limit.")),
        Column("slug", N_("Name in addresses"), N_("Small letters and hyphens. Empty: made from the name.")),
    ),
    needed=True,
)
INSTITUTIONS = SheetWords(
    "institutions",
    N_("Institutions"),
    (
        Column("name", N_("Name"), N_("As visitors read it."), needed=True),
        Column("authority", N_("Authority"), N_("No authority, state office or police.")),
        Column("key", N_("Key"), N_("Small letters and hyphens. Empty: made from the name.")),
    ),
    needed=True,
)
DESKS = SheetWords(
    "desks",
    N_("Desks"),
    (
        Column("number", N_("Number"), N_("1 to 999, each once."), needed=True),
        Column("institution", N_("Institution"), N_("A name from the sheet of institutions."), needed=True),
        Column("services", N_("Services"), _LISTED, needed=True),
        Column(
            "minutes", N_("Minutes"), N_("How long a talk takes. One number, or one for each service."), needed=True
        ),
        Column("languages", N_("Languages"), _LISTED, needed=True),
        Column("opens", N_("Opens"), _TIME),
        Column("closes", N_("Closes"), _TIME),
        Column("breaks", N_("Breaks"), N_("Such as 12:00-12:30.")),
        Column("private", N_("Private"), N_("Yes: nobody else sees what the talk is about.")),
    ),
    needed=True,
)
MEDIATORS = SheetWords(
    "mediators",
    N_("Mediators"),
    (
        Column("label", N_("Name on the list"), N_("Empty: M01, M02 and so on.")),
        Column("languages", N_("Languages"), _LISTED, needed=True),
        Column("opens", N_("Comes at"), _TIME),
        Column("closes", N_("Leaves at"), _TIME),
    ),
)
SESSIONS = SheetWords(
    "sessions",
    N_("Sessions"),
    (
        Column("service", N_("Service"), N_("What begins at a fixed time for several people."), needed=True),
        Column("desk", N_("Desk"), N_("A number from the sheet of desks."), needed=True),
        Column("starts", N_("Begins"), N_("A time such as 10:00."), needed=True),
        Column("minutes", N_("Minutes"), N_("5 to 480."), needed=True),
        Column("seats", N_("Seats"), N_("1 to 500. Each person needs one."), needed=True),
        Column("language", N_("Language"), N_("One language. Empty: everybody can follow.")),
    ),
)
_ONLY_AT = N_("An institution, where several offer this service. Empty: at all of them.")
ORDER = SheetWords(
    "order",
    N_("Order"),
    (
        Column("before", N_("First"), N_("A service."), needed=True),
        Column("after", N_("Then"), N_("A service, or: everything else."), needed=True),
        Column("because", N_("Because"), N_("Staff read it.")),
        Column("before_at", N_("First, only at"), _ONLY_AT),
        Column("after_at", N_("Then, only at"), _ONLY_AT),
    ),
)
EXPECTED = SheetWords(
    "expected",
    N_("Expected"),
    (
        Column("service", N_("Service"), N_("A service, or")),
        Column("language", N_("Language"), N_("a language that visitors speak.")),
        Column("percent", N_("Percent of visitors"), N_("0 to 100. Only for rehearsals."), needed=True),
    ),
)
SHEETS = (DAY, INSTITUTIONS, DESKS, SESSIONS, MEDIATORS, ORDER, EXPECTED)


def folded(text: str) -> str:
    """Text as it is compared: small letters, single spaces."""
    return " ".join(text.replace("\u00a0", " ").split()).casefold()


@dataclass(slots=True)
class Words:
    """Words with the key each of them stands for; what was said first counts."""

    keys: dict[str, str] = field(default_factory=dict[str, str])
    shown: dict[str, str] = field(default_factory=dict[str, str])
    """How each is written, for telling which one may have been meant."""
    guessed: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, key: str, *words: str) -> None:
        for word in words:
            self.keys.setdefault(folded(word), key)
            self.shown.setdefault(folded(word), word)

    def find(self, text: str) -> str | None:
        """The key, `None` for words nobody knows."""
        return self.keys.get(folded(text))

    def near(self, text: str) -> str:
        """A known word that looks like this one, or nothing; looking takes long, so it is done so often only."""
        asked = folded(text)[:60]
        if asked not in self.guessed and len(self.guessed) < MOST_GUESSES:
            found = get_close_matches(asked, self.shown, n=1, cutoff=0.6)
            self.guessed[asked] = self.shown[found[0]] if found else ""
        return self.guessed.get(asked, "")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word a workbook may use, for a reader of one language."""

    sheets: Words
    columns: Mapping[str, Words]
    services: Words
    languages: Words
    releases: Words
    authorities: Words
    answers: Words
    rest: Words


def vocabulary(locale: Locale, own_services: Iterable[str] = ()) -> Vocabulary:
    """The words of a reader; her own language is looked at first, then English, then the other shipped ones."""
    locales = [locale, *(locale_for(tag) for tag in LANGUAGES if tag != locale.tag)]
    sheets, services, languages = Words(), Words(), Words()
    releases, authorities, answers, rest = Words(), Words(), Words(), Words()
    columns = {sheet.key: Words() for sheet in SHEETS}
    services_known = [*SERVICES, *(key for key in own_services if key not in SERVICES)]
    spoken = [tag for tag in KNOWN if tag not in PSEUDO_LANGUAGES]
    for key in services_known:
        services.add(key, key)
    for tag in spoken:
        languages.add(tag, tag, KNOWN[tag].own_name)
    for each in locales:
        say = each.gettext
        for sheet in SHEETS:
            sheets.add(sheet.key, say(sheet.title), sheet.key)
            for column in sheet.columns:
                columns[sheet.key].add(column.key, say(column.title))
        sheets.add("", say(READ_ME), say(LISTS))
        columns[DAY.key].add("", say(SETTING))
        for key in services_known:
            services.add(key, say(SERVICES[key].title) if key in SERVICES else readable(key))
        for tag in spoken:
            languages.add(tag, each.language_name(tag))
        for key, title in RELEASES.items():
            releases.add(key, say(title), key)
        for key, title in AUTHORITIES.items():
            authorities.add(key, say(title), key)
        answers.add("yes", say(YES), "x", "1", "true")
        answers.add("no", say(NO), "0", "false", "-")
        rest.add("*", say(EVERYTHING_ELSE), "*")
    return Vocabulary(sheets, columns, services, languages, releases, authorities, answers, rest)
