"""An uploaded logo or floor plan made clean and small: an SVG of plain shapes, or a PNG with nothing beside it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from onestop.directory.drawings import clean_drawing
from onestop.domain.logo import (
    MOST_BYTES,
    MOST_PLAN_BYTES,
    MOST_POINTS,
    MOST_UPLOADED,
    LogoHeavy,
    LogoMissing,
    LogoRefused,
    LogoTooManyPoints,
    plan_size,
    shown_size,
)

SVG_TYPE, PNG_TYPE = "image/svg+xml", "image/png"
ENDINGS = {SVG_TYPE: "svg", PNG_TYPE: "png"}
_PNG = b"\x89PNG\r\n\x1a\n"
_HEIGHTS = (168, 140, 112, 84, 56)
"""Three to one times the pixels that a logo is shown in."""
_SIDES = (1600, 1280, 1024, 800, 640, 480)
"""Of a floor plan, which somebody enlarges with two fingers."""
_COLOURS = (256, 64, 16)
"""Sixteen take half a byte a point: the smallest pictures, 224 by 56 and 480 by 480, fit in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanLogo:
    """A logo or plan as it is kept; `width` and `height` are the CSS pixels it is shown in."""

    media_type: str
    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Stands in its address: another picture has another one."""
        return hashlib.sha256(self.content).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """What a picture may take."""

    most: int
    boxes: tuple[tuple[int, int], ...]
    shown: Callable[[float, float], tuple[int, int]]


_OF_LOGO = _Room(most=MOST_BYTES, boxes=tuple((high * 4, high) for high in _HEIGHTS), shown=shown_size)
_OF_PLAN = _Room(most=MOST_PLAN_BYTES, boxes=tuple((side, side) for side in _SIDES), shown=plan_size)


def clean_logo(content: bytes) -> CleanLogo:
    """The logo of an uploaded file, whatever its name ends in. Takes time; raises a `LogoRefused` with what to do."""
    return _clean(content, _OF_LOGO)


def clean_plan(content: bytes) -> CleanLogo:
    """The floor plan of an uploaded file, in the same way."""
    return _clean(content, _OF_PLAN)


def _clean(content: bytes, room: _Room) -> CleanLogo:
    if not content:
        raise LogoMissing
    if len(content) > MOST_UPLOADED:
        raise LogoHeavy(kilobytes=MOST_UPLOADED // 1024)
    if content.startswith(_PNG):
        return _clean_picture(content, room)
    made, wide, high = clean_drawing(content, most=room.most)
    width, height = room.shown(wide, high)
    return CleanLogo(media_type=SVG_TYPE, content=made, width=width, height=height)


def _clean_picture(content: bytes, room: _Room) -> CleanLogo:
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as opened:
            if opened.width * opened.height > MOST_POINTS:
                raise LogoTooManyPoints(million=MOST_POINTS // 1_000_000)
            picture = opened.convert("RGBA")
    except Image.DecompressionBombError as bomb:
        raise LogoTooManyPoints(million=MOST_POINTS // 1_000_000) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise LogoRefused from error
    width, height = room.shown(*picture.size)
    made = next(each for each in _smaller(picture, room.boxes) if len(each) <= room.most)
    return CleanLogo(media_type=PNG_TYPE, content=made, width=width, height=height)


def _smaller(picture: Image.Image, boxes: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """The picture as PNG without anything beside it, ever smaller, with ever fewer colours at each size."""
    for box in boxes:
        picture.thumbnail(box, Image.Resampling.LANCZOS)
        sized = picture.copy()
        yield _written(sized)
        for colours in _COLOURS:
            yield _written(sized.quantize(colours, method=Image.Quantize.FASTOCTREE))


def _written(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.info.clear()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
