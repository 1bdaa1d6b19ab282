"""What everything on paper is drawn with: lines of words in any script, pictograms, QR codes as vectors, logos in rows.

Measures are millimetres, sizes of letters points. A line begins where its language begins.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

import msgspec
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from onestop.paper.letters import Letters, needs_shaping
from onestop.paper.sheets import Backers, PackLogo
from onestop.paths import resource_dir

_LOGO = 14.0
_PIXEL = 0.25
"""Millimetres of a row of logos, and of a CSS pixel that a logo is shown in: 56 of them fill the row."""
_POINT = 0.46
"""Millimetres of a line for each point of its letters."""
_FROM_TO = "\u200e–\u200e"
"""A dash between numbers inside words from the right: 100–123 stays in this order."""


def words_of(content: Any) -> set[str]:
    """All characters that will be drawn."""
    return set(msgspec.json.encode(content).decode())


class Canvas:
    """Pages of one size, on which lines and pictures are put. `rtl` is the side where lines begin now."""

    def __init__(self, *, language: str, rtl: bool, title: str, words: set[str], paper: str = "A4") -> None:
        self.pdf = FPDF(format=paper, unit="mm")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.set_lang(language)
        self.pdf.set_title(title)
        self.letters = Letters(self.pdf, words)
        self.rtl = rtl
        self.width_of = lru_cache(20_000)(self._width_of)

    def output(self) -> bytes:
        """The PDF."""
        out = BytesIO()
        self.pdf.output(out)
        return out.getvalue()

    # -- words -------------------------------------------------------------------------------------

    def write(
        self, x: float, y: float, width: float, text: str, *, size: float = 9, bold: bool = False, end: bool = False,
        ltr: bool = False, middle: bool = False, rtl: bool | None = None,
    ) -> None:  # fmt: skip
        """One line in a box; it begins where the language begins, `end` puts it at the other side."""
        rtl = self.rtl if rtl is None else rtl
        text = self.letters.known(text)
        self.pdf.set_font(self.letters.font(text), "B" if bold else "", size)
        self.pdf.set_xy(x, y)
        # What shaping does not change is drawn as it stands, which is quicker.
        shaped = needs_shaping(text)
        self.pdf.set_text_shaping(use_shaping_engine=shaped, direction="rtl" if rtl and not ltr else "ltr")
        if shaped:
            text = text.replace("–", _FROM_TO)
        align = "C" if middle else "R" if rtl != end else "L"
        self.pdf.cell(width, size * _POINT, text, align=align)

    def block(
        self, x: float, y: float, width: float, text: str, *, size: float = 9, bold: bool = False,
        middle: bool = False, rtl: bool | None = None,
    ) -> float:  # fmt: skip
        """Some lines under one another; gives where the next thing may stand."""
        for line in self.wrap(text, width, size, bold):
            self.write(x, y, width, line, size=size, bold=bold, middle=middle, rtl=rtl)
            y += size * _POINT * 1.08
        return y

    def height_of(self, text: str, width: float, size: float, bold: bool = False) -> float:
        """What `block` would take."""
        return len(self.wrap(text, width, size, bold)) * size * _POINT * 1.08

    def fitting(self, text: str, width: float, *, sizes: Sequence[float], lines: int, bold: bool = False) -> float:
        """The first of these sizes in which the text takes no more lines; the last if none does."""
        return next((size for size in sizes if len(self.wrap(text, width, size, bold)) <= lines), sizes[-1])

    def wrap(self, text: str, width: float, size: float, bold: bool = False) -> list[str]:
        """The lines of a text in a box of this width."""
        lines: list[str] = []
        space = self.width_of(" ", size, bold)
        for part in text.split("\n"):
            line, used = "", 0.0
            for word in self._words(part, width, size, bold):
                wide = self.width_of(word, size, bold)
                if line and used + space + wide > width:
                    lines.append(line)
                    line, used = word, wide
                else:
                    line, used = (f"{line} {word}", used + space + wide) if line else (word, wide)
            lines.append(line)
        return lines

    def _width_of(self, text: str, size: float, bold: bool) -> float:
        text = self.letters.known(text)
        self.pdf.set_font(self.letters.font(text), "B" if bold else "", size)
        self.pdf.set_text_shaping(use_shaping_engine=False)
        return self.pdf.get_string_width(text)

    def _words(self, text: str, width: float, size: float, bold: bool) -> Iterator[str]:
        """The words of a line; one that is longer than the line is cut, as languages without spaces are."""
        for word in text.split(" "):
            while len(word) > 1 and self.width_of(word, size, bold) > width:
                end = len(word) - 1
                while end > 1 and self.width_of(word[:end], size, bold) > width:
                    end -= 1
                yield word[:end]
                word = word[end:]
            yield word

    # -- pictures ----------------------------------------------------------------------------------

    def _rows_of(self, logos: Sequence[PackLogo], width: float) -> Iterator[list[tuple[PackLogo, float, float]]]:
        """The logos with their millimetres, as many in a row as there is room for."""
        row: list[tuple[PackLogo, float, float]] = []
        used = 0.0
        for logo in logos:
            wide, high = logo.width * _PIXEL, logo.height * _PIXEL
            if row and used + wide > width:
                yield row
                row, used = [], 0.0
            row.append((logo, wide, high))
            used += wide + 6
        if row:
            yield row

    def backers(
        self, backers: Backers, x: float, y: float, width: float, *, drawn: bool = True, grown: float = 1.0
    ) -> float:
        """In whose name, who pays in their own words, and the logos in rows; gives where it ends.

        `grown` is for paper bigger than A4.
        """
        for line in self.wrap(backers.name, width, 10 * grown, True) if backers.name else ():
            if drawn:
                self.write(x, y, width, line, size=10 * grown, bold=True)
            y += 5 * grown
        for line in self.wrap(backers.funding, width, 9 * grown) if backers.funding else ():
            if drawn:
                self.write(x, y, width, line, size=9 * grown)
            y += 4.4 * grown
        for row in self._rows_of(backers.logos, width / grown):
            y += 3 * grown
            used = 0.0
            for logo, wide, high in row if drawn else ():
                left = x + width - used - wide * grown if self.rtl else x + used
                self._logo(logo, left, y + (_LOGO - high) / 2 * grown, wide * grown, high * grown)
                used += (wide + 6) * grown
            y += _LOGO * grown
        return y

    def _logo(self, logo: PackLogo, x: float, y: float, wide: float, high: float) -> None:
        """A logo; its name where the picture cannot be drawn."""
        try:
            self.pdf.image(BytesIO(logo.content), x=x, y=y, w=wide, h=high, alt_text=logo.whose)
        except Exception:
            self.write(x, y, wide, self.wrap(logo.whose, wide, 7)[0], size=7)

    def pictogram(self, name: str, x: float, y: float, size: float) -> None:
        """A pictogram of `static/vendor/lucide/`, black."""
        drawing = (resource_dir("static") / "vendor" / "lucide" / f"{name}.svg").read_text(encoding="utf-8")
        # The library knows a drawing by its first letters: "<svg ".
        black = " ".join(drawing[drawing.index("<svg") :].split()).replace("currentColor", "#000000").encode()
        self.pdf.image(BytesIO(black), x=x, y=y, w=size, h=size)

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """A QR code with a margin of two modules."""
        matrix = _matrix(text)
        module = size / len(matrix)
        self.pdf.set_fill_color(0)
        for down, line in enumerate(matrix):
            across = 0
            while across < len(line):
                run = across
                while run < len(line) and line[run]:
                    run += 1
                if run > across:
                    # A hair wider than a module: no white seams between runs on screen.
                    self.pdf.rect(x + across * module, y + down * module, (run - across) * module, module * 1.02, "F")
                across = max(run, across + 1)


def _matrix(text: str) -> list[list[bool]]:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=2, mask_pattern=3)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(cell) for cell in line] for line in code.get_matrix()]
