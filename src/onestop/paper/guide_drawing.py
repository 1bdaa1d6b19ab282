"""Draws a guide on one page of A4, in letters as big as it allows."""

from onestop.paper.canvas import Canvas, words_of
from onestop.paper.guides import Guide, Line

_WIDTH, _HEIGHT, _EDGE = 210.0, 297.0, 14.0
_INNER = _WIDTH - 2 * _EDGE
_QR = 38.0
_FOOT = 15.0
_SIZES = (13.0, 12.5, 12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)
"""Points of the plain words; headings follow them."""


def draw_guide(guide: Guide) -> bytes:
    """The PDF."""
    return _Guide(guide).made()


class _Guide(Canvas):
    def __init__(self, guide: Guide) -> None:
        super().__init__(language=guide.language, rtl=guide.rtl, title=guide.title, words=words_of(guide))
        self.told = guide
        self.size = _SIZES[0]
        self.draws = False
        self.y = 0.0

    def made(self) -> bytes:
        self.pdf.add_page()
        for size in _SIZES:
            self.size = size
            self._lay()
            if self.y <= _HEIGHT - _FOOT - 3:
                break
        self.draws = True
        self._lay()
        self._foot()
        return self.output()

    def _lay(self) -> None:
        """The whole page, drawn or only measured."""
        told = self.told
        self.y = _EDGE
        self._head()
        self._begin()
        self._heading(told.sees_heading)
        for text in told.sees:
            self._point(text)
        self._heading(told.acts_heading)
        for line in told.acts:
            self._act(line)
        self._heading(told.troubles_heading)
        for line in told.troubles:
            self._line(line)

    # -- parts -------------------------------------------------------------------------------------

    def _head(self) -> None:
        told = self.told
        if self.draws:
            left = _WIDTH - _EDGE - 13 if told.rtl else _EDGE
            self.pictogram(told.sign, left, self.y, 13)
        x, width = self._beside(17)
        size = self.fitting(told.title, width, sizes=(24, 22, 20, 18, 16), lines=1, bold=True)
        self._text(x, width, told.title, size=size, bold=True)
        self.y += 1
        self._text(x, width, f"{told.day} · {told.when}", size=9.5)
        self._text(x, width, told.where, size=9.5)
        self.y = max(self.y, _EDGE + 14)

    def _begin(self) -> None:
        """How to sign in, with the picture at the side where lines end."""
        told = self.told
        self._heading(told.begin_heading)
        top, width = self.y, _INNER - _QR - 6
        x = _EDGE + _QR + 6 if told.rtl else _EDGE
        self._text(x, width, told.begin, size=self.size)
        self.y += 2
        size = self.fitting(told.address, width, sizes=(14, 13, 12, 11, 10, 9, 8, 7), lines=1, bold=True)
        if self.draws:
            self.write(x, self.y, width, told.address, size=size, bold=True, rtl=False, end=told.rtl)
            self.qr(told.qr, _EDGE if told.rtl else _WIDTH - _EDGE - _QR, top - 4, _QR)
        self.y = max(self.y + size * 0.5, top - 4 + _QR)

    def _heading(self, text: str) -> None:
        self.y += self.size * 0.28
        if self.draws:
            self.pdf.set_draw_color(0)
            self.pdf.set_line_width(0.5)
            # The first one leaves room for the picture at the side where lines end.
            room = _QR + 6 if text == self.told.begin_heading else 0.0
            left = _EDGE + room if self.told.rtl else _EDGE
            self.pdf.line(left, self.y, left + _INNER - room, self.y)
        self.y += 1.6
        self._text(_EDGE, _INNER, text, size=self.size + 2, bold=True)
        self.y += 1.2

    def _point(self, text: str) -> None:
        if self.draws:
            dot = _WIDTH - _EDGE - 3 if self.told.rtl else _EDGE + 1.4
            self.pdf.set_fill_color(0)
            self.pdf.ellipse(dot, self.y + self.size * 0.17, 1.5, 1.5, "F")
        x, width = self._beside(6)
        self._text(x, width, text, size=self.size)
        self.y += 0.8

    def _act(self, line: Line) -> None:
        """A word in the frame of a button, its key, and what it does beside it."""
        top, wide = self.y, _INNER * 0.36
        size = self.fitting(
            line.head,
            wide - (14 if line.key else 6),
            sizes=(self.size, self.size - 1, self.size - 2),
            lines=2,
            bold=True,
        )
        heads = self.wrap(line.head, wide - (14 if line.key else 6), size, True)
        high = len(heads) * size * 0.5 + 2.4
        x, width = self._beside(wide + 4)
        self.y = top + 1.2
        self._text(x, width, line.says, size=self.size)
        ends = max(self.y, top + high)
        if self.draws:
            left = _WIDTH - _EDGE - wide if self.told.rtl else _EDGE
            self.pdf.set_draw_color(0)
            self.pdf.set_line_width(0.4)
            self.pdf.rect(left, top, wide, high, round_corners=True, corner_radius=1.6)
            for place, head in enumerate(heads):
                self.write(left + 3, top + 1.2 + place * size * 0.5, wide - 6, head, size=size, bold=True)
            if line.key:
                box = left + 3 if self.told.rtl else left + wide - 9
                self.pdf.set_line_width(0.2)
                self.pdf.rect(box, top + high / 2 - 3, 6, 6, round_corners=True, corner_radius=1)
                self.write(box, top + high / 2 - 2.2, 6, line.key, size=9, bold=True, middle=True, rtl=False)
        self.y = ends + 1.4

    def _line(self, line: Line) -> None:
        top, wide = self.y, _INNER * 0.27
        self._text(_WIDTH - _EDGE - wide if self.told.rtl else _EDGE, wide, line.head, size=self.size, bold=True)
        ends = self.y
        self.y = top
        x, width = self._beside(wide + 4)
        self._text(x, width, line.says, size=self.size)
        self.y = max(self.y, ends) + 1.2

    def _foot(self) -> None:
        told = self.told
        if not told.phone:
            return
        y = _HEIGHT - _FOOT
        self.pdf.set_draw_color(0)
        self.pdf.set_line_width(0.5)
        self.pdf.line(_EDGE, y, _WIDTH - _EDGE, y)
        self.write(_EDGE, y + 2, _INNER, told.phone_label, size=12)
        self.write(_EDGE, y + 1.6, _INNER, told.phone, size=15, bold=True, end=not told.rtl, rtl=False)

    # -- words -------------------------------------------------------------------------------------

    def _beside(self, taken: float) -> tuple[float, float]:
        """The box that is left beside what stands where lines begin."""
        return (_EDGE if self.told.rtl else _EDGE + taken), _INNER - taken

    def _text(self, x: float, width: float, text: str, *, size: float, bold: bool = False) -> None:
        if self.draws:
            self.y = self.block(x, self.y, width, text, size=size, bold=bold)
        else:
            self.y += self.height_of(text, width, size, bold)
