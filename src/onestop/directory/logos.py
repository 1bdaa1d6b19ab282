"""An uploaded logo made clean and small: an SVG of plain shapes, or a PNG without anything beside the picture."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from onestop.directory.drawings import clean_drawing
from onestop.domain.logo import (
    MOST_BYTES,
    MOST_POINTS,
    MOST_UPLOADED,
    LogoHeavy,
    LogoMissing,
    LogoRefused,
    LogoTooManyPoints,
    shown_size,
)

SVG_TYPE, PNG_TYPE = "image/svg+xml", "image/png"
ENDINGS = {SVG_TYPE: "svg", PNG_TYPE: "png"}
_PNG = b"\x89PNG\r\n\x1a\n"
_HEIGHTS = (168, 140, 112, 84, 56)
"""Three to one times the pixels that a logo is shown in."""
_COLOURS = (256, 64, 16)
"""Sixteen take half a byte a point: the smallest picture, 224 by 56, fits in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanLogo:
    """A logo as it is kept; `width` and `height` are the CSS pixels it is shown in."""

    media_type: str
    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Stands in its address: another picture has another one."""
        return hashlib.sha256(self.content).hexdigest()[:16]


def clean_logo(content: bytes) -> CleanLogo:
    """The logo of an uploaded file, whatever its name ends in. Takes time; raises a `LogoRefused` with what to do."""
    if not content:
        raise LogoMissing
    if len(content) > MOST_UPLOADED:
        raise LogoHeavy(kilobytes=MOST_UPLOADED // 1024)
    if content.startswith(_PNG):
        return _clean_picture(content)
    made, wide, high = clean_drawing(content)
    width, height = shown_size(wide, high)
    return CleanLogo(media_type=SVG_TYPE, content=made, width=width, height=height)


def _clean_picture(content: bytes) -> CleanLogo:
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as opened:
            if opened.width * opened.height > MOST_POINTS:
                raise LogoTooManyPoints(million=MOST_POINTS // 1_000_000)
            picture = opened.convert("RGBA")
    except Image.DecompressionBombError as bomb:
        raise LogoTooManyPoints(million=MOST_POINTS // 1_000_000) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise LogoRefused from error
    width, height = shown_size(*picture.size)
    made = next(each for each in _smaller(picture) if len(each) <= MOST_BYTES)
    return CleanLogo(media_type=PNG_TYPE, content=made, width=width, height=height)


def _smaller(picture: Image.Image) -> Iterator[bytes]:
    """The picture as PNG without anything beside it, ever smaller, with ever fewer colours at each size."""
    for most in _HEIGHTS:
        picture.thumbnail((most * 4, most), Image.Resampling.LANCZOS)
        sized = picture.copy()
        yield _written(sized)
        for colours in _COLOURS:
            yield _written(sized.quantize(colours, method=Image.Quantize.FASTOCTREE))


def _written(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.info.clear()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
