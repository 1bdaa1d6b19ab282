"""A text of an organiser in plain words: what it is, whose it is, and what a reader of each language sees of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from onestop.days.queries.texts import BOARD, FUNDING, HOURS, MESSAGE, NAME, NEED, PAPER, WAY, OwnText, OwnTexts, Seen
from onestop.directory.vocabulary import SERVICES
from onestop.directory.words import words_of_need
from onestop.domain.errors import N_
from onestop.domain.own_words import UNREAD, Reading
from onestop.web.kit.locale import Locale
from onestop.web.kit.words import service_title
from onestop.web.organise.audit import BY

KINDS: Mapping[tuple[str, str], str] = {
    NAME: N_("Public name of a series"),
    FUNDING: N_("Co-funding statement of a series"),
    MESSAGE: N_("Own lines in messages"),
    BOARD: N_("Line on all boards"),
    PAPER: N_("Paper to bring"),
    NEED: N_("What a visitor needs"),
    WAY: N_("Way to the desks of a venue"),
    HOURS: N_("Hours and way to a place"),
}
SERVICE = N_("Name of a service")
SHORT = 60
EMPTY = "empty"
"""Nothing is written in any language, so that nothing is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A text in one language: `seen` and `reading` say what is marked, `language` what is read instead."""

    tag: str
    seen: str
    reading: str
    text: str
    language: str

    @property
    def missing(self) -> bool:
        return self.seen in (Seen.OTHER, Seen.PLAIN, Seen.NOTHING)

    @property
    def unread(self) -> bool:
        return self.seen == Seen.OWN and self.reading in UNREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A text with a cell for each language; `source` is the beginning of what the others are translations of."""

    kind: str
    name: str
    href: str
    source: str
    source_language: str
    cells: tuple[Cell, ...]


def row_of(locale: Locale, own: OwnTexts, tags: Iterable[str], *, working: str = "", of_day: str = "") -> Row:
    """A line of the table; `of_day` is the day whose page it stands on, which editing leads back to."""
    cells = tuple(_cell(own, tag, working) for tag in tags)
    source = own.source
    return Row(
        kind=locale.gettext(KINDS[own.about]),
        name=name_of(locale, own),
        href=path_of_text(own, of_day=of_day),
        source=_beginning(own.words[source].text) if source else "",
        source_language=source,
        cells=cells,
    )


def service_row(
    locale: Locale, key: str, institution: tuple[UUID, str], tags: Iterable[str], *, working: str
) -> Row | None:
    """A service of the centre's own: it has one name, and nobody can write another one for a language.

    None for a service that comes with the program, which has words in all of them.
    """
    if key in SERVICES:
        return None
    title = service_title(locale, key)
    return Row(
        kind=locale.gettext(SERVICE),
        name=institution[1],
        href=f"/organise/institutions/{institution[0]}",
        source=title,
        source_language=working,
        cells=tuple(
            Cell(
                tag=tag,
                seen=Seen.OWN if tag == working else Seen.PLAIN,
                reading=Reading.SOURCE if tag == working else "",
                text=title,
                language=working,
            )
            for tag in tags
        ),
    )


def name_of(locale: Locale, own: OwnTexts) -> str:
    """Whose text it is."""
    if own.need:
        return words_of_need(locale, own.need, {tag: one.text for tag, one in own.words.items()}, working=own.working)[
            0
        ]
    return f"{service_title(locale, own.service)} · {own.name}" if own.service else own.name


def path_of_text(own: OwnTexts, *, of_day: str = "") -> str:
    """Where it is edited."""
    if own.slug:
        return f"/organise/{own.slug}/texts/{own.which.field}"
    path = f"/organise/texts/{own.which.kind}/{own.which.owner}/{own.which.field}"
    return f"{path}?day={of_day}" if of_day else path


def who_is(locale: Locale, ref: str, names: Mapping[str, str]) -> str:
    """Somebody of the staff by name, or what is known of somebody without one."""
    return names.get(ref) or locale.gettext(BY.get(ref.partition(":")[0], BY["system"]))


def reading_of(own: OwnTexts, tag: str) -> str:
    """How far the stored text was read; empty where there is none. What has become the source needs no reader."""
    if tag not in own.words:
        return ""
    return Reading.SOURCE if tag == own.source else _translation(own.words[tag])


def _translation(one: OwnText) -> Reading:
    return Reading.DRAFT if one.reading is Reading.SOURCE else one.reading


def _cell(own: OwnTexts, tag: str, working: str) -> Cell:
    seen, language, text = own.read_in(tag, working=working)
    return Cell(
        tag=tag,
        seen=seen if own.words else EMPTY,
        reading=reading_of(own, tag),
        text=_beginning(text),
        language=language,
    )


def _beginning(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHORT else f"{flat[: SHORT - 1].rstrip()}…"
