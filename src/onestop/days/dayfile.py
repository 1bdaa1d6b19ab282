"""A day described in TOML (schema 1): read, checked with sentences that name the line's key, given as values."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from onestop.days.dayfile_sessions import FileSession, SessionDesk, check_sessions, read_sessions
from onestop.days.dayfile_tables import DayFileWrong, Span, Table, each_of, span, spans
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.locale.languages import KNOWN

MOST_DESKS = 200
_ADDRESS = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_KEY = re.compile(r"[^\W_]+(-[^\W_]+)*")
_LIMITED = (Channel.RECEPTION, Channel.HELPER)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInstitution:
    """An institution of the file."""

    key: str
    name: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDesk:
    """One desk; a `count` in the file has become that many."""

    number: int
    institution: str
    services: tuple[str, ...]
    private: bool
    minutes: int
    languages: tuple[str, ...]
    opens: time
    closes: time
    breaks: tuple[Span, ...] = ()
    own_minutes: tuple[int, ...] = ()
    """One for each service, where they differ."""

    @property
    def minutes_of(self) -> dict[str, int]:
        """How long a talk takes, by service."""
        return dict(zip(self.services, self.own_minutes or [self.minutes] * len(self.services), strict=True))

    @property
    def hours(self) -> tuple[Span, ...]:
        """When it is open: between the breaks."""
        edges = [self.opens, *(at for each in self.breaks for at in each), self.closes]
        return tuple(zip(edges[::2], edges[1::2], strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMediator:
    """One mediator; without a label she gets the next of M01, M02, …"""

    languages: tuple[str, ...]
    opens: time
    closes: time
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePrecedence:
    """`before` is done before `after`; `None`: before everything else. Empty: at all institutions that offer it."""

    before: str
    after: str | None
    because: str
    before_at: str = ""
    after_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFile:
    """Everything a day file says; `mix` and `party_languages` (shares) only matter to simulation and the demo crowd."""

    slug: str
    name: str
    venue: str
    address: str
    timezone: ZoneInfo
    working_language: str
    opens: time
    closes: time
    slot_minutes: int
    reserve_percent: int
    no_show_percent: int
    interpreter_needed_percent: int
    parties: int
    release: Release
    display_languages: tuple[str, ...]
    always: tuple[str, ...]
    mix: Mapping[str, float]
    party_languages: Mapping[str, float]
    institutions: tuple[FileInstitution, ...]
    desks: tuple[FileDesk, ...]
    mediators: tuple[FileMediator, ...]
    precedences: tuple[FilePrecedence, ...]
    arrivals_per_slot: int = 0
    """0: worked out from the parties that are expected."""
    bookings_per_contact: int = 3
    scarce: bool = False
    all_times: bool = False
    quiet: Span | None = None
    reserve_limits: Mapping[str, int] = field(default_factory=dict[str, int])
    """By channel, how many bookings may use the reserve."""
    sessions: tuple[FileSession, ...] = ()


def templates() -> list[str]:
    """Names of the shipped day templates."""
    folder = resources.files("onestop.days") / "templates"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def read_template(name: str) -> DayFile:
    """A shipped template. Raises `DayFileWrong` for an unknown name."""
    if name not in templates():
        raise DayFileWrong(f"There is no template {name!r}. Known: {', '.join(templates())}.")
    return parse_day((resources.files("onestop.days") / "templates" / f"{name}.toml").read_text())


def read_day_file(path: Path) -> DayFile:
    """A file from disk. Raises `DayFileWrong`."""
    try:
        return parse_day(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise DayFileWrong(f"The file {path} cannot be read: {error}") from error


def parse_day(text: str) -> DayFile:
    """The day a TOML text describes. Raises `DayFileWrong`."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise DayFileWrong(f"This is not TOML: {error}") from error
    if raw.get("schema") != 1:
        raise DayFileWrong("schema: expected 1.")
    day = Table(raw.get("day", {}), "[day]")
    top = Table(raw, "the top of the file")
    try:
        zone = ZoneInfo(top.text("timezone"))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DayFileWrong(f"timezone: {raw.get('timezone')!r} is not a known time zone.") from error
    opens, closes = day.time("opens"), day.time("closes")
    parsed = DayFile(
        slug=top.text("slug"),
        name=top.text("name", top.text("slug")),
        venue=top.text("venue", top.text("name", top.text("slug"))),
        address=top.text("address", ""),
        timezone=zone,
        working_language=top.text("working_language"),
        opens=opens,
        closes=closes,
        slot_minutes=day.number("slot_minutes", 15),
        reserve_percent=day.number("reserve_percent", 20),
        no_show_percent=day.number("no_show_percent", 10),
        interpreter_needed_percent=day.number("interpreter_needed_percent", 50),
        parties=day.number("parties", 20),
        release=_release(day.text("release", "invited")),
        display_languages=day.texts("display_languages"),
        always=day.texts("always"),
        mix=_shares(raw.get("mix", {}), "[mix]"),
        party_languages=_shares(raw.get("party_languages", {}), "[party_languages]"),
        institutions=tuple(_institution(item, place) for item, place in each_of(raw, "institution")),
        desks=tuple(_desks(raw, opens, closes)),
        mediators=tuple(_mediators(raw, opens, closes)),
        precedences=tuple(_precedence(item, place) for item, place in each_of(raw, "precedence")),
        arrivals_per_slot=day.number("arrivals_per_slot", 0),
        bookings_per_contact=day.number("bookings_per_contact", 3),
        scarce=bool(day.values.get("scarce", False)),
        all_times=bool(day.values.get("all_times", False)),
        quiet=span(day.values["quiet"], "[day]: quiet") if "quiet" in day.values else None,
        reserve_limits=_limits(Table(raw.get("reserve_limits", {}), "[reserve_limits]")),
        sessions=read_sessions(raw),
    )
    check(parsed)
    return parsed


def _release(text: str) -> Release:
    try:
        return Release(text)
    except ValueError as error:
        raise DayFileWrong(f"[day]: release should be one of {', '.join(Release)}, not {text!r}.") from error


def _shares(raw: Mapping[str, Any], place: str) -> dict[str, float]:
    for key, value in Table(raw, place).values.items():
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise DayFileWrong(f"{place}: {key} should be a share between 0 and 1.")
    return {key: float(value) for key, value in raw.items()}


def _limits(table: Table) -> dict[str, int]:
    for key in table.values:
        if key not in _LIMITED:
            raise DayFileWrong(f"{table.place}: {key} should be one of {', '.join(_LIMITED)}.")
    return {key: table.number(key) for key in table.values}


def _minutes(table: Table) -> tuple[int, tuple[int, ...]]:
    """How long a talk takes; one number, or one for each service."""
    value = table.values.get("minutes")
    if not isinstance(value, list):
        return table.number("minutes"), ()
    numbers = tuple(each for each in value if isinstance(each, int) and not isinstance(each, bool))
    if not numbers or len(numbers) != len(value):
        raise DayFileWrong(f"{table.place}: minutes should be whole numbers.")
    return numbers[0], numbers


def _institution(table: Table, place: str) -> FileInstitution:
    authority = table.text("authority", "none")
    if authority not in {"none", "state", "police"}:
        raise DayFileWrong(f"{place}: authority should be state or police, or left out.")
    return FileInstitution(key=table.text("key"), name=table.text("name"), authority=authority)


def _desks(raw: Mapping[str, Any], opens: time, closes: time) -> list[FileDesk]:
    desks: list[FileDesk] = []
    for table, place in each_of(raw, "desk"):
        count = table.number("count", 1)
        if not 1 <= count <= 60:
            raise DayFileWrong(f"{place}: count should be between 1 and 60.")
        minutes, own_minutes = _minutes(table)
        for nth in range(count):
            number = table.number("number") + nth if "number" in table.values else len(desks) + 1
            desks.append(
                FileDesk(
                    number=number,
                    institution=table.text("institution"),
                    services=table.texts("services"),
                    private=bool(table.values.get("private", False)),
                    minutes=minutes,
                    languages=table.texts("languages"),
                    opens=table.time("opens", opens),
                    closes=table.time("closes", closes),
                    breaks=spans(table, "breaks"),
                    own_minutes=own_minutes,
                )
            )
    return desks


def _mediators(raw: Mapping[str, Any], opens: time, closes: time) -> list[FileMediator]:
    mediators: list[FileMediator] = []
    for table, place in each_of(raw, "mediator"):
        one = FileMediator(
            languages=table.texts("languages"),
            opens=table.time("opens", opens),
            closes=table.time("closes", closes),
            label=table.text("label", ""),
        )
        count = table.number("count", 1)
        if not 1 <= count <= MOST_DESKS:
            raise DayFileWrong(f"{place}: count should be between 1 and {MOST_DESKS}.")
        mediators += [one] * count
    return mediators


def _precedence(table: Table, _place: str) -> FilePrecedence:
    after = table.text("after")
    return FilePrecedence(
        before=table.text("before"),
        after=None if after == "*" else after,
        because=table.text("because", ""),
        before_at=table.text("before_at", ""),
        after_at="" if after == "*" else table.text("after_at", ""),
    )


def breaks_fit(opens: time, closes: time, breaks: tuple[Span, ...]) -> bool:
    """Whether the breaks lie one after the other inside these hours, which may go over midnight."""

    def after(at: time) -> int:
        return (at.hour - opens.hour) * 60 + at.minute - opens.minute

    edges = [after(at) % 1440 for each in breaks for at in each]
    return all(a < b for a, b in pairwise([0, *edges, after(closes) % 1440 or 1440]))


def is_key(text: str) -> bool:
    """Whether an institution or a service can have this key: small letters of any script, digits, hyphens."""
    return len(text) <= 60 and (
        bool(_ADDRESS.fullmatch(text)) or (bool(_KEY.fullmatch(text)) and text == text.casefold())
    )


def is_slug(text: str) -> bool:
    """Whether a day can have this name in addresses."""
    return bool(_ADDRESS.fullmatch(text))


def check(day: DayFile) -> None:
    """What no single line shows. Raises `DayFileWrong`."""
    known = {institution.key for institution in day.institutions}
    offered = {service for desk in day.desks for service in desk.services}
    numbers = [desk.number for desk in day.desks]
    if not day.desks:
        raise DayFileWrong("[[desk]]: a day needs at least one desk.")
    _check_sizes(day)
    if len(set(numbers)) != len(numbers):
        raise DayFileWrong("[[desk]]: two desks have the same number.")
    for desk in day.desks:
        if desk.institution not in known:
            raise DayFileWrong(f"desk {desk.number}: the institution {desk.institution!r} is not in [[institution]].")
        if not desk.services:
            raise DayFileWrong(f"desk {desk.number}: services is empty.")
        if len(set(desk.services)) != len(desk.services):
            raise DayFileWrong(f"desk {desk.number}: a service is named twice.")
        if desk.own_minutes and len(desk.own_minutes) != len(desk.services):
            raise DayFileWrong(f"desk {desk.number}: minutes should be one number, or one for each service.")
        if not breaks_fit(desk.opens, desk.closes, desk.breaks):
            raise DayFileWrong(f"desk {desk.number}: breaks should lie between opens and closes, one after the other.")
        if not all(1 <= minutes <= 480 for minutes in (desk.minutes, *desk.own_minutes)):
            raise DayFileWrong(f"desk {desk.number}: minutes should be between 1 and 480.")
        if not desk.languages:
            raise DayFileWrong(f"desk {desk.number}: languages is empty.")
    check_sessions(day.sessions, {desk.number: SessionDesk(desk.services, desk.hours) for desk in day.desks})
    named = [("always", key) for key in day.always] + [("[mix]", key) for key in day.mix]
    for precedence in day.precedences:
        named += [("precedence", precedence.before)] + ([("precedence", precedence.after)] if precedence.after else [])
    for place, key in named:
        if key not in offered:
            raise DayFileWrong(f"{place}: no desk offers {key!r}.")
    pairs = [(each.before, each.before_at, each.after, each.after_at) for each in day.precedences]
    _check_places(day)
    if len(set(pairs)) != len(pairs) or len(set(day.always)) != len(day.always):
        raise DayFileWrong("[[precedence]] or always: something is named twice.")
    if not 10 <= day.slot_minutes <= 240 or day.slot_minutes % 5:
        raise DayFileWrong("[day]: slot_minutes should be between 10 and 240, in steps of 5.")
    if not 0 <= day.reserve_percent <= 100:
        raise DayFileWrong("[day]: reserve_percent should be between 0 and 100.")
    if not day.display_languages:
        raise DayFileWrong("[day]: display_languages is empty.")
    if not 0 <= day.arrivals_per_slot <= 500 or not 1 <= day.bookings_per_contact <= 10:
        raise DayFileWrong("[day]: arrivals_per_slot is at most 500, bookings_per_contact between 1 and 10.")
    if not all(0 <= most <= 500 for most in day.reserve_limits.values()):
        raise DayFileWrong("[reserve_limits]: each should be between 0 and 500.")
    if day.quiet is not None and day.quiet[0] == day.quiet[1]:
        raise DayFileWrong("[day]: quiet should be two times that are not the same.")


def _check_places(day: DayFile) -> None:
    """Whether the institutions of precedences offer what is said of them. Raises `DayFileWrong`."""
    offered = {(desk.institution, service) for desk in day.desks for service in desk.services}
    for one in day.precedences:
        for institution, service in ((one.before_at, one.before), (one.after_at, one.after)):
            if institution and (institution, service) not in offered:
                raise DayFileWrong(f"precedence: no desk of {institution!r} offers {service!r}.")


def _check_sizes(day: DayFile) -> None:
    """What a database and an address can hold."""
    if not _ADDRESS.fullmatch(day.slug):
        raise DayFileWrong("slug should have 1 to 60 small letters, digits or hyphens.")
    names = [("name", day.name, 200), ("venue", day.venue, 200), ("address", day.address, 300)]
    names += [("[[institution]]: name", each.name, 200) for each in day.institutions]
    names += [("[[precedence]]: because", each.because, 200) for each in day.precedences]
    names += [("[[mediator]]: label", each.label, 80) for each in day.mediators]
    keys = [("[[institution]]: key", each.key) for each in day.institutions]
    keys += [("[[desk]]: services", key) for desk in day.desks for key in desk.services]
    tags = [("working_language", day.working_language), *(("display_languages", tag) for tag in day.display_languages)]
    tags += [("[[desk]]: languages", tag) for desk in day.desks for tag in desk.languages]
    tags += [("[[mediator]]: languages", tag) for one in day.mediators for tag in one.languages]
    for place, text, most in names:
        if len(text) > most or not text.isprintable():
            raise DayFileWrong(f"{place} should be one line of at most {most} letters.")
    for place, key in keys:
        if not is_key(key):
            raise DayFileWrong(f"{place}: {key[:60]!r} should have 1 to 60 small letters, digits or hyphens.")
    for place, tag in tags:
        if tag not in KNOWN:
            raise DayFileWrong(f"{place}: {tag[:60]!r} is no language we know.")
    if len(day.desks) > MOST_DESKS or len(day.mediators) > MOST_DESKS:
        raise DayFileWrong(f"A day has at most {MOST_DESKS} desks and {MOST_DESKS} mediators.")
    if not 1 <= day.parties <= 10_000:
        raise DayFileWrong("[day]: parties should be between 1 and 10000.")
    for desk in day.desks:
        if not 1 <= desk.number <= 999:
            raise DayFileWrong("[[desk]]: number should be between 1 and 999.")
        size = sum(len(desk.institution) + len(key) + 2 for key in desk.services) + sum(map(len, desk.languages))
        if size + len(desk.languages) > 400:
            raise DayFileWrong(f"desk {desk.number}: these are too many services and languages for one desk.")
    for mediator in day.mediators:
        if not mediator.languages:
            raise DayFileWrong("[[mediator]]: languages is empty.")
