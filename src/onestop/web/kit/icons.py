"""Pictures inside a page: pictograms and QR codes as inline SVG, so that a page needs no further request."""

import re
from functools import cache, lru_cache

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

from onestop.paths import resource_dir

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_OPENING = re.compile(r"<svg[^>]*>", re.DOTALL)
_ICON = (
    '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
)
_POINTS = {"arrow-left", "arrow-right", "chevron-right", "log-out", "redo", "undo-2"}
"""Pictograms that point along the line of text: they are mirrored where it is read from the right."""
QR_MARGIN = 4
"""Modules of white round a QR code; with less, some scanners do not find it."""
QR_MASK = 2
"""A fixed mask costs a third of choosing the best one, and reads as well at our sizes."""


@cache
def icon(name: str) -> Markup:
    """A pictogram of `static/vendor/lucide/`, hidden from screen readers: words always stand beside it."""
    folders = (resource_dir("static") / "vendor" / "lucide", resource_dir("static") / "img" / "icons")
    path = next((folder / f"{name}.svg" for folder in folders if (folder / f"{name}.svg").exists()), None)
    if path is None:
        raise LookupError(f"no pictogram {name!r}; add its file to static/vendor/lucide and VERSIONS.md")
    drawing = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    opening = _ICON.replace('"icon"', '"icon points"') if name in _POINTS else _ICON
    inside = _OPENING.sub(opening, drawing, count=1)
    return Markup(re.sub(r"\s*\n\s*", "", inside).replace(" />", "/>"))  # noqa: S704 (our own files)


@lru_cache(maxsize=512)
def qr(text: str, label: str = "") -> Markup:
    """A QR code, always black on white with its margin; `label` names it for screen readers."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=QR_MASK)
    code.add_data(text)
    code.make(fit=True)
    size = len(code.modules) + 2 * QR_MARGIN
    named = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" shape-rendering="crispEdges" focusable="false"{1}>'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path stroke="#000" d="{2}"/></svg>'
    ).format(size, named, _runs(code.modules))


def _runs(modules: list[list[bool | None]]) -> str:
    """The dark modules as horizontal strokes, one a run: far shorter than a square a module."""
    strokes: list[str] = []
    for y, row in enumerate(modules):
        start: int | None = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                strokes.append(f"M{start + QR_MARGIN} {y + QR_MARGIN}.5h{x - start}")
                start = None
    return "".join(strokes)
