"""The languages we know: how each calls itself, which way it is written, and how it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]

_ONE_OTHER = "nplurals=2; plural=(n != 1);"
_ZERO_ONE_OTHER = "nplurals=2; plural=(n > 1);"
_NO_PLURAL = "nplurals=1; plural=0;"
_EAST_SLAVIC = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
_WEST_SLAVIC = "nplurals=3; plural=(n==1 ? 0 : n>=2 && n<=4 ? 1 : 2);"
# CLDR's order: zero, one, two, few, many, other. Babel's own table gives wrong Arabic for 11 and 100.
_ARABIC = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: BCP 47 tag, its name in its own script, its direction and its gettext `Plural-Forms`."""

    tag: str
    own_name: str
    dir: Direction = "ltr"
    plural_forms: str = _ONE_OTHER
    date_pattern: str = "EEEE d MMMM y"

    @property
    def cldr(self) -> str:
        """The name Babel knows this language by; the pseudo-languages borrow English and Arabic."""
        return {"en": "en_GB", "qps-ploc": "en_GB", "qps-plocm": "ar"}.get(self.tag, self.tag.replace("-", "_"))


_TABLE = (
    Language("en", "English"),
    Language("sk", "slovenčina", plural_forms=_WEST_SLAVIC, date_pattern="EEEE d. MMMM y"),
    Language("uk", "українська", plural_forms=_EAST_SLAVIC),
    Language("ar", "العربية", "rtl", _ARABIC, "EEEE، d MMMM y"),
    Language("ru", "русский", plural_forms=_EAST_SLAVIC),
    Language("sr-Cyrl", "српски", plural_forms=_EAST_SLAVIC, date_pattern="EEEE, d. MMMM y."),
    Language("sr-Latn", "srpski", plural_forms=_EAST_SLAVIC, date_pattern="EEEE, d. MMMM y."),
    Language("el", "ελληνικά"),
    Language("fa", "فارسی", "rtl", _ZERO_ONE_OTHER),
    Language("fa-AF", "دری", "rtl", _ZERO_ONE_OTHER),
    Language("ur", "اردو", "rtl"),
    Language("hi", "हिन्दी", plural_forms=_ZERO_ONE_OTHER),
    Language("bn", "বাংলা", plural_forms=_ZERO_ONE_OTHER),
    Language("ko", "한국어", plural_forms=_NO_PLURAL, date_pattern="y년 M월 d일 EEEE"),
    Language("fr", "français", plural_forms=_ZERO_ONE_OTHER),
    Language("sq", "shqip"),
    Language("ka", "ქართული"),
    Language("ti", "ትግርኛ", plural_forms=_ZERO_ONE_OTHER),
    Language("am", "አማርኛ", plural_forms=_ZERO_ONE_OTHER),
    Language("tr", "Türkçe", date_pattern="d MMMM y EEEE"),
    Language("vi", "Tiếng Việt", plural_forms=_NO_PLURAL),
    Language("es", "español", date_pattern="EEEE, d 'de' MMMM 'de' y"),
    Language("ps", "پښتو", "rtl"),
    Language("so", "Soomaali"),
    Language("zh-Hans", "简体中文", plural_forms=_NO_PLURAL, date_pattern="y年M月d日EEEE"),
    # Spoken at the desks, no pages of their own yet.
    Language("cs", "čeština", plural_forms=_WEST_SLAVIC, date_pattern="EEEE d. MMMM y"),
    Language("hu", "magyar"),
    Language("de", "Deutsch"),
    Language("it", "italiano"),
    Language("pl", "polski"),
    Language("pt", "português"),
    Language("ro", "română"),
    Language("bg", "български"),
    Language("hy", "հայերեն"),
    Language("az", "azərbaycan"),
    Language("uz", "o‘zbek"),
    Language("ku", "kurmancî"),
    Language("ckb", "کوردیی ناوەندی", "rtl"),
    Language("pa", "ਪੰਜਾਬੀ"),
    Language("ne", "नेपाली"),
    Language("ta", "தமிழ்"),
    Language("th", "ไทย", plural_forms=_NO_PLURAL),
    Language("id", "Indonesia", plural_forms=_NO_PLURAL),
    Language("fil", "Filipino"),
    Language("sw", "Kiswahili"),
    Language("ja", "日本語", plural_forms=_NO_PLURAL, date_pattern="y年M月d日EEEE"),
    # Made from English to find hard-coded text; never offered by a production server.
    Language("qps-ploc", "[Þšéûðö]"),
    Language("qps-plocm", "[Þšéûðö rtl]", "rtl"),
)

KNOWN: dict[str, Language] = {language.tag: language for language in _TABLE}
LANGUAGES: tuple[str, ...] = ("en", "sk", "uk", "ar")
"""The languages pages are complete in."""
PSEUDO_LANGUAGES: tuple[str, ...] = ("qps-ploc", "qps-plocm")

_FALLBACKS: dict[str, tuple[str, ...]] = {"fa-AF": ("fa",), "ps": ("fa-AF", "fa"), "sr-Cyrl": ("sr-Latn",)}
_SAME_AS = {"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "sr": "sr-Cyrl", "sh": "sr-Latn", "prs": "fa-AF"}


def fallbacks(tag: str, *, working: str = "en") -> tuple[str, ...]:
    """The languages to look a text up in, best first: the wanted one, its kin, the day's working language, English."""
    chain = (tag, *_FALLBACKS.get(tag, ()), working, "en")
    return tuple(dict.fromkeys(chain))


def page_languages(switched_on: Iterable[str]) -> tuple[str, ...]:
    """Those of the languages an organiser switched on that pages are complete in; English where there is none."""
    return tuple(tag for tag in switched_on if tag in LANGUAGES) or LANGUAGES[:1]


def direction(tag: str) -> Direction:
    """Which way a language is written; left to right for one we do not know."""
    language = KNOWN.get(tag)
    return language.dir if language else "ltr"


def own_name(tag: str) -> str:
    """What a language calls itself, in its own script; the tag itself for one we do not know."""
    language = KNOWN.get(tag)
    return language.own_name if language else tag


def negotiate(accept_language: str | None, offered: Iterable[str]) -> str:
    """The offered language that a browser's `Accept-Language` likes best; the first offered one if it likes none."""
    offers = list(offered)
    by_folded = {tag.lower(): tag for tag in offers}
    for wanted in _wishes(accept_language or ""):
        parts = wanted.split("-")
        shorter = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
        for form in shorter:
            known_as = _SAME_AS.get(form, form).lower()
            found = by_folded.get(known_as) or by_folded.get(form)
            if found:
                return found
        kin = next((tag for tag in offers if tag.lower().split("-")[0] == parts[0]), None)
        if kin:
            return kin
    return offers[0]


def _wishes(accept_language: str) -> list[str]:
    """Language ranges in falling quality, malformed and refused (q=0) ones left out."""
    found: list[tuple[float, str]] = []
    for part in accept_language[:1000].split(","):
        name, _, quality = part.strip().lower().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        if name.strip() and name.strip() != "*" and 0 < weight <= 1:
            found.append((weight, name.strip()))
    return [name for _, name in sorted(found, key=lambda wish: -wish[0])]
