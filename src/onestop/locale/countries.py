"""Countries as a reader calls them, in the order of her alphabet."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from babel import Locale as Cldr

from onestop.locale.languages import KNOWN
from onestop.locale.locales import Locale

_ALPHABETS = {
    "sk": "a á ä b c č d ď e é f g h ch i í j k l ĺ ľ m n ň o ó ô p q r ŕ s š t ť u ú v w x y ý z ž",
    "uk": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я",
}
"""Where signs do not stand in the order of their numbers; elsewhere they do, without their marks."""


def country_name(locale: Locale, code: str) -> str:
    """By its ISO 3166-1 code; the code itself where nobody has named it."""
    return _names(KNOWN[locale.tag].cldr).get(code, code)


def by_name(locale: Locale, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Code and name, as a list to choose from is ordered."""
    return sorted(((code, country_name(locale, code)) for code in codes), key=lambda each: _key(locale.tag, each[1]))


@cache
def _names(cldr: str) -> dict[str, str]:
    return {**Cldr.parse("en").territories, **Cldr.parse(cldr).territories}


def _key(tag: str, name: str) -> list[tuple[int, str]]:
    places = _places(tag)
    found: list[tuple[int, str]] = []
    rest = unicodedata.normalize("NFC", name).casefold()
    while rest:
        sign = next((rest[:size] for size in (2, 1) if rest[:size] in places), rest[0])
        found.append((places.get(sign, -1), _bare(sign) if sign not in places else ""))
        rest = rest[len(sign) :]
    return found


@cache
def _places(tag: str) -> dict[str, int]:
    return {sign: place for place, sign in enumerate(_ALPHABETS.get(tag, "").split())}


def _bare(sign: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part)) or sign
