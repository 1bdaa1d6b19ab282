"""Letters that the fonts beside this file lack are drawn with Noto fonts of the machine, or told to be missing."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unicodedata import category

from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
OWN = "sans"
ARABIC = "NotoSansArabic"
"""Draws lines that our own font could only draw with letters that do not join: Urdu, Punjabi."""
SIMPLIFIED = 2
"""Which of the five regions in the one file of Noto Sans CJK; all of them have all letters."""
UNKNOWN = "?"
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Joiners, marks of direction and spaces."""
SCRIPTS = {
    "Arabic": ARABIC,
    "Hebrew": "NotoSansHebrew",
    "Devanagari": "NotoSansDevanagari",
    "Bengali": "NotoSansBengali",
    "Gurmukhi": "NotoSansGurmukhi",
    "Gujarati": "NotoSansGujarati",
    "Tamil": "NotoSansTamil",
    "Telugu": "NotoSansTelugu",
    "Kannada": "NotoSansKannada",
    "Malayalam": "NotoSansMalayalam",
    "Sinhala": "NotoSansSinhala",
    "Thai": "NotoSansThai",
    "Tibetan": "NotoSerifTibetan",
    "Myanmar": "NotoSansMyanmar",
    "Georgian": "NotoSansGeorgian",
    "Ethiopic": "NotoSansEthiopic",
    "Khmer": "NotoSansKhmer",
    "Chinese, Japanese and Korean": "NotoSansCJK",
}
"""What a script is called, and the font that has it."""
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)


class Letters:
    """The fonts of one PDF: ours, and of the machine's those that its words need."""

    def __init__(self, pdf: FPDF, words: set[str]) -> None:
        """`words` are all characters that will be drawn."""
        self._pdf = pdf
        pdf.add_font(OWN, "", FONTS / "DejaVuSansCondensed.ttf")
        pdf.add_font(OWN, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self._own = _drawn(pdf, OWN)
        missing = {char for char in words if ord(char) not in self._own and category(char) not in _UNSEEN}
        used: list[str] = []
        for name, files in _installed() if missing else ():
            for style, file in files.items():
                pdf.add_font(name, style, file, collection_font_number=SIMPLIFIED if file.suffix == ".ttc" else 0)
            found = {char for char in missing if ord(char) in _drawn(pdf, name)}
            if found:
                used.append(name)
                missing -= found
            if not missing:
                break
        self.missing = frozenset(missing)
        """What no font here can draw."""
        self._joins = ARABIC in used
        if used:
            pdf.set_fallback_fonts([OWN, *used], exact_match=False)

    def known(self, text: str) -> str:
        """The text with a sign where nothing can be drawn: a box would look like a letter."""
        if self.missing.isdisjoint(text):
            return text
        return "".join(UNKNOWN if char in self.missing else char for char in text)

    def font(self, text: str) -> str:
        """The font a line is drawn with; what it lacks comes from the others."""
        joins = self._joins and any("\u0600" <= char <= "\u08ff" and ord(char) not in self._own for char in text)
        return ARABIC if joins else OWN


def needs_shaping(text: str) -> bool:
    """Whether its letters join, change places or run from the right."""
    return not text.isascii() and any("\u0590" <= char <= "\u109f" or "\u1780" <= char <= "\u17ff" for char in text)


def missing_scripts() -> tuple[str, ...]:
    """Scripts that have no font on this machine."""
    found = {name for name, _ in _installed()} | {"NotoSansHebrew", "NotoSansGeorgian"}  # our own font has these
    return tuple(script for script, name in SCRIPTS.items() if name not in found)


def _drawn(pdf: FPDF, family: str) -> set[int]:
    regular = pdf.fonts[family.lower()]
    return set(regular.cmap)  # type: ignore[union-attr]


@cache
def _installed() -> tuple[tuple[str, dict[str, Path]], ...]:
    """The fonts of `SCRIPTS` that are there, each with its files by style."""
    return tuple(_look())


def _look() -> Iterator[tuple[str, dict[str, Path]]]:
    files = {
        file.name: file
        for folder in FOLDERS
        if folder.is_dir()
        for file in folder.rglob("Noto*")
        if file.suffix in (".ttf", ".otf", ".ttc")
    }
    for name in SCRIPTS.values():
        styles = {
            style: files[f"{name}-{weight}{ending}"]
            for style, weight in (("", "Regular"), ("B", "Bold"))
            for ending in (".ttc", ".otf", ".ttf")
            if f"{name}-{weight}{ending}" in files
        }
        if "" in styles:
            yield name, styles
