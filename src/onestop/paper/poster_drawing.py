"""Draws posters to be read from three metres: big words, one picture to scan, the address in print."""

from collections.abc import Callable
from dataclasses import replace

from onestop.paper.canvas import Canvas, words_of
from onestop.paper.posters import Poster, PosterKind, Posters, PosterSize

_LINE = 0.43
"""Millimetres of a big line for each point."""
_EDGE = 14.0
_QR, _MOST_QR, _LEAST_QR = 92.0, 120.0, 40.0
"""What words leave to the picture if they can; what it takes at most; and at least, however many the words are."""
_SHRINKS = (1.0, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62, 0.56, 0.5)
_SMALLER = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.42)


def draw_posters(posters: Posters) -> bytes:
    """The PDF: the page in all languages first."""
    return _Posters(posters).made()


class _Posters(Canvas):
    def __init__(self, posters: Posters) -> None:
        first = posters.posters[0]
        super().__init__(
            language=first.language,
            rtl=first.rtl,
            title=posters.title,
            words=words_of(posters),
            paper=posters.size.upper(),
        )
        self.told = posters
        self.unit = 2**0.5 if posters.size is PosterSize.A3 else 1.0
        """Everything grows with the paper."""
        self.edge = _EDGE * self.unit
        self.inner = self.pdf.w - 2 * self.edge
        self.shrink = 1.0
        self.draws = False
        self.y = 0.0

    def made(self) -> bytes:
        told = self.told.posters
        pages: list[tuple[Poster, ...]] = [(each,) for each in told]
        for page in [told, *pages] if len(told) > 1 else pages:
            # All languages on one page: nothing on it begins at a side.
            self.rtl = page[0].rtl and len(page) == 1
            self.pdf.add_page()
            if self.told.kind is PosterKind.BOOK:
                self._book(page)
            else:
                self._entrance(page)
        return self.output()

    # -- lines -------------------------------------------------------------------------------------

    def _big(self, text: str, points: float, *, lines: int = 1, bold: bool = False, rtl: bool | None = None) -> None:
        """Words in the middle, smaller where they do not fit."""
        if not text:
            return
        sizes = [points * self.shrink * self.unit * each for each in _SMALLER]
        size = self.fitting(text, self.inner, sizes=sizes, lines=lines, bold=bold)
        for line in self.wrap(text, self.inner, size, bold):
            if self.draws:
                self.write(self.edge, self.y, self.inner, line, size=size, bold=bold, middle=True, rtl=rtl)
            self.y += size * _LINE

    def _gap(self, millimetres: float) -> None:
        self.y += millimetres * self.unit * self.shrink

    def _rule(self) -> None:
        if self.draws:
            self.pdf.set_draw_color(0)
            self.pdf.set_line_width(0.5 * self.unit)
            self.pdf.line(self.edge, self.y, self.pdf.w - self.edge, self.y)

    # -- to book -----------------------------------------------------------------------------------

    def _book(self, page: tuple[Poster, ...]) -> None:
        """Words shrink until the picture between them is big."""
        room = foot = 0.0
        picture = page[0].qr
        if len(page) > 1:
            picture = self.told.qr
        wanted = (_QR if len(page) == 1 else _QR * 0.8) * self.unit
        for shrink in _SHRINKS:
            self.shrink, self.draws = shrink, False
            top, foot, link = self._high(page, self._above), self._high(page, self._below), self._high(page, self._link)
            room = self.pdf.h - self.edge - 9 * self.unit - top - foot - link
            if room >= wanted:
                break
        size = min(max(room, _LEAST_QR), _MOST_QR * self.unit)
        self.draws, self.y = True, self.edge
        self._above(page)
        self.y += max(0.0, room - size) / 2
        self.qr(picture, (self.pdf.w - size) / 2, self.y, size)
        self.y += size
        self._link(page)
        self.y = self.pdf.h - 9 * self.unit - foot
        self._below(page)

    def _high(self, page: tuple[Poster, ...], part: Callable[[tuple[Poster, ...]], None]) -> float:
        self.y = 0.0
        part(page)
        return self.y

    def _above(self, page: tuple[Poster, ...]) -> None:
        alone = len(page) == 1
        for brand, rtl in dict.fromkeys((each.brand, each.rtl) for each in page):
            self._big(brand, 20 if alone else 16, rtl=rtl)
            self._gap(1 if brand else 0)
        self._gap(3)
        self._big(self.told.title, 62 if alone else 50, lines=2, bold=True)
        self._gap(6)
        for date, rtl in dict.fromkeys((each.date, each.rtl) for each in page):
            self._big(date, 34 if alone else 22, bold=True, rtl=rtl)
            self._gap(1)
        self._big(self.told.hours, 34, bold=True, rtl=False)
        self._gap(4)
        self._big(self.told.venue, 26, lines=2, bold=True)
        self._big(self.told.address, 20, lines=2)
        self._gap(5)
        self._rule()
        self._gap(5)
        for each in page:
            self._big(each.asks, 40 if alone else 26, lines=2 if alone else 1, bold=True, rtl=each.rtl)
            self._gap(1)
        self._gap(2)

    def _link(self, page: tuple[Poster, ...]) -> None:
        self._gap(1)
        self._big(self.told.link, 24 if len(page) == 1 else 20, bold=True, rtl=False)
        self._gap(5)

    def _below(self, page: tuple[Poster, ...]) -> None:
        """Whom to ask and who pays."""
        if self.told.phone:
            self._rule()
            self._gap(3)
            for first in range(0, len(page), 2):
                self._side_by_side([(each.questions, each.rtl) for each in page[first : first + 2]])
            self._gap(1)
            self._big(self.told.phone, 26, bold=True, rtl=False)
            self._gap(3)
        self._who_pays(page)

    def _who_pays(self, page: tuple[Poster, ...]) -> None:
        if (backers := page[0].backers) is not None:
            # The name stands above already, or the day's does.
            nameless = replace(backers, name="")
            self.y = self.backers(nameless, self.edge, self.y, self.inner, drawn=self.draws, grown=self.unit)

    def _side_by_side(self, words: list[tuple[str, bool]]) -> None:
        points = 17 * self.shrink * self.unit
        wide = self.inner / len(words)
        for place, (text, rtl) in enumerate(words):
            size = self.fitting(text, wide, sizes=[points * each for each in _SMALLER], lines=1)
            if self.draws:
                self.write(self.edge + place * wide, self.y, wide, text, size=size, middle=True, rtl=rtl)
        self.y += points * _LINE * 1.1

    # -- at the entrance ---------------------------------------------------------------------------

    def _entrance(self, page: tuple[Poster, ...]) -> None:
        self.draws, self.shrink = False, 1.0
        foot = self._high(page, self._at_the_foot) + 9 * self.unit
        half = (self.pdf.h - self.edge - foot) / 2
        self.draws, self.shrink = True, min(1.0, half / (122 * self.unit))
        for place, picture in enumerate(("ticket", "circle-help")):
            self.y = self.edge + place * half
            if place:
                self._rule()
                self._gap(7)
            self._half(picture, [(each.has_none if place else each.has_ticket, each.rtl) for each in page], half)
        self.shrink, self.y = 1.0, self.pdf.h - foot
        self._at_the_foot(page)

    def _at_the_foot(self, page: tuple[Poster, ...]) -> None:
        self._rule()
        self._gap(4)
        self._big(self.told.title, 20, bold=True)
        if len(page) == 1:
            self._big(page[0].date, 16)
        self._big(self.told.hours, 16, rtl=False)
        self._gap(3)
        self._who_pays(page)

    def _half(self, picture: str, words: list[tuple[tuple[str, ...], bool]], high: float) -> None:
        size = (56 if len(words) == 1 else 40) * self.unit * self.shrink
        self.pictogram(picture, (self.pdf.w - size) / 2, self.y, size)
        self.y += size
        self._gap(3)
        lines = words[0][0] if len(words) == 1 else ()
        if lines:
            for text, points in zip(lines, (46, 58), strict=True):
                self._big(text, points, bold=True)
                self._gap(1)
            return
        room = (high - size - 14 * self.unit) / len(words)
        points = min(40.0, room / self.unit / self.shrink / _LINE * 0.86)
        for said, rtl in words:
            self._big(" ".join(said), points, bold=True, rtl=rtl)
            self._gap(points * _LINE * 0.14)
