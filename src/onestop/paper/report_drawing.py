"""Draws a report: tables with plain bars, as many on a page as there is room for."""

from collections.abc import Iterator

from onestop.paper.canvas import Canvas, words_of
from onestop.paper.reports import Report, Row, Table

_WIDTH, _HEIGHT, _EDGE, _FOOT = 210.0, 297.0, 14.0, 16.0
_INNER = _WIDTH - 2 * _EDGE
_LABEL, _NUMBER = 74.0, 20.0
_LINE = 4.6
_BAR = 205
"""The grey of a bar; the number stands beside it."""


def draw_report(report: Report) -> bytes:
    """The PDF."""
    return _Report(report).made()


class _Report(Canvas):
    def __init__(self, report: Report) -> None:
        super().__init__(language=report.language, rtl=report.rtl, title=report.title, words=words_of(report))
        self.told = report
        self.y = 0.0

    def made(self) -> bytes:
        told = self.told
        self._page()
        self.y = self.block(_EDGE, self.y, _INNER, told.title, size=12)
        self.y = self.block(_EDGE, self.y + 1, _INNER, told.whose, size=20, bold=True)
        self.y = self.block(_EDGE, self.y + 1, _INNER, f"{told.day} · {told.when}", size=10)
        self.y = self.block(_EDGE, self.y, _INNER, told.where, size=10) + 2
        for table in told.tables:
            self._table(table)
        notes = sum(self.height_of(note, _INNER, 9) + 0.8 for note in told.notes)
        self._room(notes + 5)
        self.y += 5
        for note in told.notes:
            self.y = self.block(_EDGE, self.y, _INNER, note, size=9) + 0.8
        if told.backers is not None:
            self._room(self.backers(told.backers, _EDGE, 5, _INNER, drawn=False))
            self.backers(told.backers, _EDGE, self.y + 5, _INNER)
        self._feet()
        return self.output()

    # -- pages -------------------------------------------------------------------------------------

    def _page(self) -> None:
        self.pdf.add_page()
        self.y = _EDGE

    def _room(self, height: float) -> None:
        if self.y + height > _HEIGHT - _FOOT:
            self._page()

    def _feet(self) -> None:
        pages = self.pdf.pages_count
        for number in range(1, pages + 1):
            self.pdf.page = number
            y = _HEIGHT - 11
            told = self.told.page % {"page": number, "pages": pages}
            self.pdf.set_draw_color(120)
            self.pdf.set_line_width(0.2)
            self.pdf.line(_EDGE, y - 2, _WIDTH - _EDGE, y - 2)
            self.write(_EDGE, y, _INNER, self.told.made, size=8)
            self.write(_EDGE, y, _INNER, told, size=8, end=True)

    # -- tables ------------------------------------------------------------------------------------

    def _table(self, table: Table) -> None:
        places = tuple(self._places(table))
        heads = [self.wrap(column, width - 1, 7.5) for column, (_, width) in zip(table.columns, places, strict=True)]
        high = max((len(lines) for lines in heads), default=0) * 3.6 if len(table.columns) > 1 else 0.0
        self._room(min(14 + high + sum(self._high(row, table) for row in table.rows), _HEIGHT - _EDGE - _FOOT))
        self.y += 5
        self.y = self.block(_EDGE, self.y, _INNER, table.title, size=12, bold=True) + 1
        if high:
            for lines, (x, width) in zip(heads, places, strict=True):
                for place, line in enumerate(lines):
                    self.write(x, self.y + place * 3.6, width - 1, line, size=7.5, end=True)
            self.y += high + 0.8
        self._rule(0.4)
        most = max((row.size for row in table.rows), default=0.0)
        for row in table.rows:
            self._room(self._high(row, table))
            self._row(table, row, places, most)

    def _row(self, table: Table, row: Row, places: tuple[tuple[float, float], ...], most: float) -> None:
        label = _EDGE if not self.rtl else _WIDTH - _EDGE - self._wide(table)
        if table.bars and most:
            wide = (_INNER - _LABEL - _NUMBER - 4) * row.size / most
            left = _EDGE + _LABEL + _NUMBER + 4
            self.pdf.set_fill_color(_BAR)
            self.pdf.rect(_WIDTH - left - wide if self.rtl else left, self.y + 1.3, wide, 3.4, "F")
        top = self.y
        for place, line in enumerate(self.wrap(row.label, self._wide(table), 10)):
            self.write(label, top + 0.9 + place * _LINE, self._wide(table), line, size=10)
        for cell, (x, width) in zip(row.cells, places, strict=True):
            self.write(x, top + 0.9, width - 1, cell, size=10, bold=True, end=True)
        self.y += self._high(row, table)
        self._rule(0.1)

    def _high(self, row: Row, table: Table) -> float:
        return max(1, len(self.wrap(row.label, self._wide(table), 10))) * _LINE + 1.6

    def _wide(self, table: Table) -> float:
        """What is left to the labels."""
        return _LABEL if table.bars else _INNER - len(table.columns) * _NUMBER

    def _places(self, table: Table) -> Iterator[tuple[float, float]]:
        """Where each column of numbers stands, behind the labels."""
        for place in range(len(table.columns)):
            used = self._wide(table) + place * _NUMBER
            yield (_WIDTH - _EDGE - used - _NUMBER if self.rtl else _EDGE + used), _NUMBER

    def _rule(self, wide: float) -> None:
        self.pdf.set_draw_color(0 if wide > 0.3 else 190)
        self.pdf.set_line_width(wide)
        self.pdf.line(_EDGE, self.y, _WIDTH - _EDGE, self.y)
