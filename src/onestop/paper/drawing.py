"""Draws a pack as PDF: A4, black on white, in our own fonts and those that `letters.py` finds, QR codes as vectors.

A process of its own runs this (`printing.py`): two thousand visitors are seconds of work that no visitor waits for.
"""

from collections.abc import Iterator

from onestop.paper.canvas import Canvas, words_of
from onestop.paper.sheets import Backers, Column, Pack, Sheet, Spare, Spares

_WIDTH, _HEIGHT, _EDGE, _FOOT = 210.0, 297.0, 12.0, 16.0
_INNER = _WIDTH - 2 * _EDGE
_LINE = 4.4
_ROW = 8.4
"""Millimetres of the lowest row: a line of handwriting."""
_QR = 32.0
"""Millimetres; 30 is the least that old scanners read."""
_GREY = 120


def draw(pack: Pack) -> bytes:
    """The PDF."""
    return _Drawing(pack).made()


class _Drawing(Canvas):
    def __init__(self, pack: Pack) -> None:
        super().__init__(language=pack.language, rtl=pack.rtl, title=pack.title, words=words_of(pack))
        self.pack = pack
        self.y = 0.0

    def made(self) -> bytes:
        self._rules()
        for sheet in self.pack.sheets:
            self._sheet(sheet)
        if self.pack.spares is not None and self.pack.spares.tickets:
            self._spares(self.pack.spares)
        self._feet()
        return self.output()

    # -- pages -------------------------------------------------------------------------------------

    def _page(self, heading: str, *, again: bool = False) -> None:
        pdf = self.pdf
        pdf.add_page()
        self.write(_EDGE, 9, _INNER, self.pack.title, size=8)
        self.write(_EDGE, 9, _INNER, self.pack.when, size=8, end=True)
        self.y = 16.0
        for line in self.wrap(heading, _INNER, 15, True):
            self.write(_EDGE, self.y, _INNER, line, size=15, bold=True)
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
            self.write(_EDGE, _HEIGHT - 11, _INNER, self.pack.destroy, size=9, bold=True)
            self.write(_EDGE, _HEIGHT - 11, _INNER, told, size=9, end=True)
            self.write(_EDGE, _HEIGHT - 7, _INNER, self.pack.made, size=7.5)

    def _rules(self) -> None:
        self._page(self.pack.title)
        for line in self.wrap(self.pack.unknown, _INNER, 10) if self.letters.missing else ():
            self.write(_EDGE, self.y, _INNER, line, size=10)
            self.y += 5
        for rules in self.pack.rules:
            self.y += 2
            self.write(_EDGE, self.y, _INNER, rules.heading, size=12, bold=True)
            self.y += 6.4
            for place, step in enumerate(rules.steps, 1):
                lines = self.wrap(step, _INNER - 9, 10)
                self.write(_EDGE, self.y, _INNER, f"{place}.", size=10, bold=True, ltr=True)
                for line in lines:
                    left = _EDGE if self.pack.rtl else _EDGE + 9
                    self.write(left, self.y, _INNER - 9, line, size=10)
                    self.y += 5
                self.y += 0.8
        if self.pack.backers is not None:
            self._backers(self.pack.backers)

    def _backers(self, backers: Backers) -> None:
        """Under the rules."""
        if self._is_full(self.backers(backers, _EDGE, 4, _INNER, drawn=False)):
            self._page(self.pack.title, again=True)
        self.y = self.backers(backers, _EDGE, self.y + 4, _INNER)

    # -- tables ------------------------------------------------------------------------------------

    def _sheet(self, sheet: Sheet) -> None:
        self._page(sheet.heading)
        for note in sheet.notes:
            for line in self.wrap(note, _INNER, 9):
                self.write(_EDGE, self.y, _INNER, line)
                self.y += _LINE
        self.y += 1
        places = tuple(self._places(sheet.columns))
        self._head(sheet, places)
        if not sheet.rows and sheet.empty:
            self.write(_EDGE + 1, self.y + 2, _INNER, sheet.empty)
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
            self.wrap(column.label, width - 2, 7.5, True)
            for column, (_, width) in zip(sheet.columns, places, strict=True)
        ]
        for lines, (x, width) in zip(cells, places, strict=True):
            for place, line in enumerate(lines):
                self.write(x + 1, self.y + place * 3.6, width - 2, line, size=7.5, bold=True)
        self.y += max(len(lines) for lines in cells) * 3.6 + 1.2
        self._rule(dark=True)

    def _row(self, sheet: Sheet, places: tuple[tuple[float, float], ...], row: tuple[str, ...]) -> None:
        cells = [
            self.wrap(text, width - 2, 13 if column.big else 9, column.big)
            for column, text, (_, width) in zip(sheet.columns, row, places, strict=False)
        ]
        height = max([_ROW, *(len(lines) * _LINE + 3 for lines in cells)])
        if self._is_full(height):
            self._page(sheet.heading, again=True)
            self._head(sheet, places)
        for column, lines, (x, width) in zip(sheet.columns, cells, places, strict=False):
            size, lift = (13, 1.2) if column.big else (9, 1.9)
            for place, line in enumerate(lines):
                self.write(
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
            for line in self.wrap(spares.note, _INNER, 8):
                self.write(_EDGE, self.y - 1, _INNER, line, size=8)
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
        self.qr(spare.qr, x + wide - _QR - 3, y + (high - _QR) / 2, _QR)
        left = wide - _QR - 8
        self.write(x + 3, y + 2, left, str(spare.number), size=34, bold=True, ltr=True, rtl=False)
        self.write(x + 3, y + 17, left, spare.short, size=11, bold=True, ltr=True, rtl=False)
        for place, line in enumerate((spares.brand, self.pack.when)):
            fits = self.wrap(line, left, 6)[0]
            self.write(x + 3, y + 22.4 + place * 3, left, fits, size=6, rtl=self.pack.rtl)
        for place, (runs, sentence) in enumerate(spares.says[:4]):
            self.write(x + 3, y + 29 + place * 3, left, sentence, size=6, rtl=runs == "rtl")
