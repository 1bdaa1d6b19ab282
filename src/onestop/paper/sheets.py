"""A pack as it is drawn: plain words in one language, nothing left to look up or to decide."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether its words are big."""

    label: str
    share: float
    big: bool = False
    ltr: bool = False
    """Numbers, codes and times, never mirrored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table over as many pages as it needs; `blank` empty lines follow, or at least half of them."""

    heading: str
    notes: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    blank: int = 0
    empty: str = ""
    """What stands there when there is no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Some steps under a heading."""

    heading: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """A ticket to cut out."""

    number: int
    short: str
    qr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spares:
    """The spare tickets; `says` are sentences for whoever gets one, each with its direction."""

    heading: str
    note: str
    brand: str
    says: tuple[tuple[str, str], ...]
    tickets: tuple[Spare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLogo:
    """A logo: its picture, and whose it is, which stands there where the picture cannot be drawn."""

    whose: str
    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backers:
    """In whose name the day takes place and who pays, at the foot of the first page."""

    name: str
    funding: str
    logos: tuple[PackLogo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Everything in the PDF. `page` has the places `%(page)s` and `%(pages)s`."""

    language: str
    rtl: bool
    title: str
    when: str
    made: str
    destroy: str
    page: str
    rules: tuple[Rules, ...]
    sheets: tuple[Sheet, ...]
    spares: Spares | None
    backers: Backers | None = None
    unknown: str = ""
    """Stands on the first page if this computer has no font for some letters; each of them is a `?` then."""
