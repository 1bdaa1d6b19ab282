"""Draws who works at a day and when: a line for each person, her hours in words and as bars under those of the day."""

from onestop.paper.canvas import Canvas, words_of
from onestop.paper.rota import Rota, RotaLine

_WIDTH, _HEIGHT, _EDGE, _FOOT = 210.0, 297.0, 14.0, 16.0
_INNER = _WIDTH - 2 * _EDGE
_WHO, _WHEN = 62.0, 36.0
_TICK = 9.0
_BARS = _INNER - _WHO - _WHEN - 6 - _TICK / 2
_LINE = 4.6


def draw_rota(rota: Rota) -> bytes:
    """The PDF."""
    return _Rota(rota).made()


class _Rota(Canvas):
    def __init__(self, rota: Rota) -> None:
        super().__init__(language=rota.language, rtl=rota.rtl, title=rota.title, words=words_of(rota))
        self.told = rota
        self.y = 0.0

    def made(self) -> bytes:
        told = self.told
        self._page()
        self.y = self.block(_EDGE, self.y, _INNER, told.title, size=20, bold=True)
        self.y = self.block(_EDGE, self.y + 1, _INNER, f"{told.day} · {told.when}", size=11)
        self.y = self.block(_EDGE, self.y, _INNER, told.where, size=10) + 2
        for group in told.groups:
            self._room(22)
            self.y = self.block(_EDGE, self.y + 4, _INNER, group.title, size=13, bold=True)
            self._scale()
            for line in group.lines:
                self._room(self._high(line))
                self._line(line)
        self._feet()
        return self.output()

    def _page(self) -> None:
        self.pdf.add_page()
        self.y = _EDGE

    def _room(self, height: float) -> None:
        if self.y + height > _HEIGHT - _FOOT:
            self._page()

    def _left(self, x: float, wide: float) -> float:
        """A box that begins so far from where lines begin."""
        return _WIDTH - _EDGE - x - wide if self.rtl else _EDGE + x

    def _scale(self) -> None:
        """The hours over the bars."""
        start = _WHO + _WHEN + 6
        for part, says in self.told.ticks:
            x = self._left(start + part * _BARS - _TICK / 2, _TICK)
            self.write(x, self.y - 4.2, _TICK, says, size=6.5, middle=True, ltr=True)
        self.y += 0.6
        self._rule(0.4)

    def _line(self, line: RotaLine) -> None:
        top = self.y + 0.9
        names = self._left(0, _WHO) + (2 if self.rtl else 0)
        y = self.block(names, top, _WHO - 2, line.who, size=10, bold=True)
        if line.where:
            self.block(names, y, _WHO - 2, line.where, size=8)
        self.block(self._left(_WHO, _WHEN), top, _WHEN, line.hours, size=9)
        high = self._high(line)
        self.pdf.set_fill_color(70)
        for start, end in line.bars:
            wide = (end - start) * _BARS
            self.pdf.rect(self._left(_WHO + _WHEN + 6 + start * _BARS, wide), self.y + high / 2 - 1.6, wide, 3.2, "F")
        self.y += high
        self._rule(0.1)

    def _high(self, line: RotaLine) -> float:
        names = self.height_of(line.who, _WHO - 2, 10, True)
        names += self.height_of(line.where, _WHO - 2, 8) if line.where else 0
        return max(names, self.height_of(line.hours, _WHEN, 9)) + 2.2

    def _rule(self, wide: float) -> None:
        self.pdf.set_draw_color(0 if wide > 0.3 else 190)
        self.pdf.set_line_width(wide)
        self.pdf.line(_EDGE, self.y, _WIDTH - _EDGE, self.y)

    def _feet(self) -> None:
        pages = self.pdf.pages_count
        for number in range(1, pages + 1):
            self.pdf.page = number
            self.write(_EDGE, _HEIGHT - 11, _INNER, self.told.made, size=8)
            told = self.told.page % {"page": number, "pages": pages}
            self.write(_EDGE, _HEIGHT - 11, _INNER, told, size=8, end=True)
