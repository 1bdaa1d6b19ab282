"""Draws a pack as PDF: A4, black on white, in our own fonts and those that `letters.py` finds, QR codes as vectors.

A process of its own runs this (`printing.py`): two thousand visitors are seconds of work that no visitor waits for.
"""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO

import msgspec
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from onestop.paper.letters import Letters, needs_shaping
from onestop.paper.sheets import Backers, Column, Pack, PackLogo, Sheet, Spare, Spares

_WIDTH, _HEIGHT, _EDGE, _FOOT = 210.0, 297.0, 12.0, 16.0
_INNER = _WIDTH - 2 * _EDGE
_LINE = 4.4
_ROW = 8.4
"""Millimetres of the lowest row: a line of handwriting."""
_LOGO = 14.0
_PIXEL = 0.25
"""Millimetres of a row of logos, and of a CSS pixel that a logo is shown in: 56 of them fill the row."""
_QR = 32.0
"""Millimetres; 30 is the least that old scanners read."""
_GREY = 120
_FROM_TO = "\u200e–\u200e"
"""A dash between numbers inside words from the right: 100–123 stays in this order."""


def draw(pack: Pack) -> bytes:
    """The PDF."""
    return _Drawing(pack).made()


class _Drawing:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.pdf = FPDF(format="A4", unit="mm")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.set_lang(pack.language)
        self.pdf.set_title(pack.title)
        self.letters = Letters(self.pdf, set(msgspec.json.encode(pack).decode()))
        self.y = 0.0
        self.width_of = lru_cache(20_000)(self._width_of)

    def made(self) -> bytes:
        self._rules()
        for sheet in self.pack.sheets:
            self._sheet(sheet)
        if self.pack.spares is not None and self.pack.spares.tickets:
            self._spares(self.pack.spares)
        self._feet()
        out = BytesIO()
        self.pdf.output(out)
        return out.getvalue()

    # -- words -------------------------------------------------------------------------------------

    def _write(
        self, x: float, y: float, width: float, text: str, *, size: float = 9, bold: bool = False, end: bool = False,
        ltr: bool = False, middle: bool = False, rtl: bool | None = None,
    ) -> None:  # fmt: skip
        """One line in a box; it begins where the language begins, `end` puts it at the other side."""
        rtl = self.pack.rtl if rtl is None else rtl
        text = self.letters.known(text)
        self.pdf.set_font(self.letters.font(text), "B" if bold else "", size)
        self.pdf.set_xy(x, y)
        # What shaping does not change is drawn as it stands, which is quicker.
        shaped = needs_shaping(text)
        self.pdf.set_text_shaping(use_shaping_engine=shaped, direction="rtl" if rtl and not ltr else "ltr")
        if shaped:
            text = text.replace("–", _FROM_TO)
        align = "C" if middle else "R" if rtl != end else "L"
        self.pdf.cell(width, size * 0.46, text, align=align)

    def _width_of(self, text: str, size: float, bold: bool) -> float:
        text = self.letters.known(text)
        self.pdf.set_font(self.letters.font(text), "B" if bold else "", size)
        self.pdf.set_text_shaping(use_shaping_engine=False)
        return self.pdf.get_string_width(text)

    def _wrap(self, text: str, width: float, size: float, bold: bool = False) -> list[str]:
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

    # -- pages -------------------------------------------------------------------------------------

    def _page(self, heading: str, *, again: bool = False) -> None:
        pdf = self.pdf
        pdf.add_page()
        self._write(_EDGE, 9, _INNER, self.pack.title, size=8)
        self._write(_EDGE, 9, _INNER, self.pack.when, size=8, end=True)
        self.y = 16.0
        for line in self._wrap(heading, _INNER, 15, True):
            self._write(_EDGE, self.y, _INNER, line, size=15, bold=True)
            self.y += 7.4
        self.y += 0 if again else 1

    def _feet(self) -> None:
        """On every page: which one it is, when it was made, and until when it may exist."""
        pages = self.pdf.pages_count
        for number in range(1, pages + 1):
            self.pdf.page = number
            told = self.pack.page % {"page": number, "pages": pages}
            self.pdf.set_draw_color(_GREY)
            self.pdf.set_line_width(0.2)
            self.pdf.line(_EDGE, _HEIGHT - 13, _WIDTH - _EDGE, _HEIGHT - 13)
            self._write(_EDGE, _HEIGHT - 11, _INNER, self.pack.destroy, size=9, bold=True)
            self._write(_EDGE, _HEIGHT - 11, _INNER, told, size=9, end=True)
            self._write(_EDGE, _HEIGHT - 7, _INNER, self.pack.made, size=7.5)

    def _rules(self) -> None:
        self._page(self.pack.title)
        for line in self._wrap(self.pack.unknown, _INNER, 10) if self.letters.missing else ():
            self._write(_EDGE, self.y, _INNER, line, size=10)
            self.y += 5
        for rules in self.pack.rules:
            self.y += 2
            self._write(_EDGE, self.y, _INNER, rules.heading, size=12, bold=True)
            self.y += 6.4
            for place, step in enumerate(rules.steps, 1):
                lines = self._wrap(step, _INNER - 9, 10)
                self._write(_EDGE, self.y, _INNER, f"{place}.", size=10, bold=True, ltr=True)
                for line in lines:
                    left = _EDGE if self.pack.rtl else _EDGE + 9
                    self._write(left, self.y, _INNER - 9, line, size=10)
                    self.y += 5
                self.y += 0.8
        if self.pack.backers is not None:
            self._backers(self.pack.backers)

    def _backers(self, backers: Backers) -> None:
        """Under the rules: in whose name, who pays in their own words, and the logos in rows."""
        lines = self._wrap(backers.funding, _INNER, 9) if backers.funding else []
        rows = list(self._rows_of(backers.logos))
        if self._is_full(11 + len(lines) * _LINE + len(rows) * (_LOGO + 3)):
            self._page(self.pack.title, again=True)
        self.y += 4
        for line in self._wrap(backers.name, _INNER, 10, True):
            self._write(_EDGE, self.y, _INNER, line, size=10, bold=True)
            self.y += 5
        for line in lines:
            self._write(_EDGE, self.y, _INNER, line)
            self.y += _LINE
        for row in rows:
            self.y += 3
            used = 0.0
            for logo, wide, high in row:
                x = _WIDTH - _EDGE - used - wide if self.pack.rtl else _EDGE + used
                self._logo(logo, x, self.y + (_LOGO - high) / 2, wide, high)
                used += wide + 6
            self.y += _LOGO

    def _rows_of(self, logos: tuple[PackLogo, ...]) -> Iterator[list[tuple[PackLogo, float, float]]]:
        """The logos with their millimetres, as many in a row as there is room for."""
        row: list[tuple[PackLogo, float, float]] = []
        used = 0.0
        for logo in logos:
            wide, high = logo.width * _PIXEL, logo.height * _PIXEL
            if row and used + wide > _INNER:
                yield row
                row, used = [], 0.0
            row.append((logo, wide, high))
            used += wide + 6
        if row:
            yield row

    def _logo(self, logo: PackLogo, x: float, y: float, wide: float, high: float) -> None:
        try:
            self.pdf.image(BytesIO(logo.content), x=x, y=y, w=wide, h=high, alt_text=logo.whose)
        except Exception:
            self._write(x, y, wide, self._wrap(logo.whose, wide, 7)[0], size=7)

    # -- tables ------------------------------------------------------------------------------------

    def _sheet(self, sheet: Sheet) -> None:
        self._page(sheet.heading)
        for note in sheet.notes:
            for line in self._wrap(note, _INNER, 9):
                self._write(_EDGE, self.y, _INNER, line)
                self.y += _LINE
        self.y += 1
        places = tuple(self._places(sheet.columns))
        self._head(sheet, places)
        if not sheet.rows and sheet.empty:
            self._write(_EDGE + 1, self.y + 2, _INNER, sheet.empty)
            self.y += _ROW
        for row in sheet.rows:
            self._row(sheet, places, row)
        for drawn in range(sheet.blank):
            if drawn >= sheet.blank / 2 and self._is_full(_ROW):
                break  # the few that are left are not worth a page
            self._row(sheet, places, ())

    def _places(self, columns: tuple[Column, ...]) -> Iterator[tuple[float, float]]:
        whole = sum(column.share for column in columns)
        used = 0.0
        for column in columns:
            width = _INNER * column.share / whole
            yield (_WIDTH - _EDGE - used - width if self.pack.rtl else _EDGE + used), width
            used += width

    def _head(self, sheet: Sheet, places: tuple[tuple[float, float], ...]) -> None:
        cells = [
            self._wrap(column.label, width - 2, 7.5, True)
            for column, (_, width) in zip(sheet.columns, places, strict=True)
        ]
        for lines, (x, width) in zip(cells, places, strict=True):
            for place, line in enumerate(lines):
                self._write(x + 1, self.y + place * 3.6, width - 2, line, size=7.5, bold=True)
        self.y += max(len(lines) for lines in cells) * 3.6 + 1.2
        self._rule(dark=True)

    def _row(self, sheet: Sheet, places: tuple[tuple[float, float], ...], row: tuple[str, ...]) -> None:
        cells = [
            self._wrap(text, width - 2, 13 if column.big else 9, column.big)
            for column, text, (_, width) in zip(sheet.columns, row, places, strict=False)
        ]
        height = max([_ROW, *(len(lines) * _LINE + 3 for lines in cells)])
        if self._is_full(height):
            self._page(sheet.heading, again=True)
            self._head(sheet, places)
        for column, lines, (x, width) in zip(sheet.columns, cells, places, strict=False):
            size, lift = (13, 1.2) if column.big else (9, 1.9)
            for place, line in enumerate(lines):
                self._write(
                    x + 1, self.y + lift + place * _LINE, width - 2, line, size=size, bold=column.big, ltr=column.ltr
                )
        self._bars(places, height)
        self.y += height
        self._rule()

    def _is_full(self, height: float) -> bool:
        return self.y + height > _HEIGHT - _FOOT

    def _bars(self, places: tuple[tuple[float, float], ...], height: float) -> None:
        self.pdf.set_draw_color(200)
        self.pdf.set_line_width(0.1)
        for x, width in places:
            for at in (x, x + width):
                self.pdf.line(at, self.y, at, self.y + height)

    def _rule(self, *, dark: bool = False) -> None:
        self.pdf.set_draw_color(0 if dark else 170)
        self.pdf.set_line_width(0.4 if dark else 0.15)
        self.pdf.line(_EDGE, self.y, _WIDTH - _EDGE, self.y)

    # -- spare tickets -----------------------------------------------------------------------------

    def _spares(self, spares: Spares) -> None:
        wide, high = _INNER / 2, 41.5
        for first in range(0, len(spares.tickets), 12):
            self._page(spares.heading, again=True)
            for line in self._wrap(spares.note, _INNER, 8):
                self._write(_EDGE, self.y - 1, _INNER, line, size=8)
                self.y += 3.8
            top = self.y
            for place, spare in enumerate(spares.tickets[first : first + 12]):
                down, across = divmod(place, 2)
                if self.pack.rtl:
                    across = 1 - across
                self._spare(spares, spare, _EDGE + across * wide, top + down * high, wide, high)

    def _spare(self, spares: Spares, spare: Spare, x: float, y: float, wide: float, high: float) -> None:
        pdf = self.pdf
        pdf.set_draw_color(_GREY)
        pdf.set_line_width(0.15)
        pdf.set_dash_pattern(dash=2, gap=1.5)
        pdf.rect(x, y, wide, high)
        pdf.set_dash_pattern()
        self._qr(spare.qr, x + wide - _QR - 3, y + (high - _QR) / 2, _QR)
        left = wide - _QR - 8
        self._write(x + 3, y + 2, left, str(spare.number), size=34, bold=True, ltr=True, rtl=False)
        self._write(x + 3, y + 17, left, spare.short, size=11, bold=True, ltr=True, rtl=False)
        for place, line in enumerate((spares.brand, self.pack.when)):
            fits = self._wrap(line, left, 6)[0]
            self._write(x + 3, y + 22.4 + place * 3, left, fits, size=6, rtl=self.pack.rtl)
        for place, (runs, sentence) in enumerate(spares.says[:4]):
            self._write(x + 3, y + 29 + place * 3, left, sentence, size=6, rtl=runs == "rtl")

    def _qr(self, text: str, x: float, y: float, size: float) -> None:
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
