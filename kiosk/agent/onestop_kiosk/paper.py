"""The paper: a page of the server with number and code filled in, drawn by Chromium, as black dots for the printer."""

import asyncio
import contextlib
import html
import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import qrcode
from PIL import Image, ImageOps
from qrcode.constants import ERROR_CORRECT_M

DOTS_PER_MM = 8
QR_MM, QR_MARGIN = 30, 4
LONGEST = 2400
"""Dots; a paper is shorter, and is cut where it ends."""
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
_QR = re.compile(r'<svg class="qr" viewBox="0 0 (\d+) \1"')


class PaperNotDrawn(Exception):
    """Chromium gave no picture."""


def fill(page: str, values: Mapping[str, str], *, code: str = "") -> str:
    """A page of the snapshot with what only this machine knows; `code` is the text of the picture."""
    for name, value in values.items():
        page = page.replace(f"@@{name}@@", html.escape(value))
    return page.replace("@@qr@@", qr_svg(code)) if code else page


def qr_svg(text: str) -> str:
    """A QR code with its margin of four modules, each the same whole number of dots, 30 mm at the least."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    size = len(code.modules) + 2 * QR_MARGIN
    dark = "".join(
        f"M{x + QR_MARGIN} {y + QR_MARGIN}h1v1h-1z"
        for y, row in enumerate(code.modules)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return (
        f'<svg class="qr" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" aria-hidden="true">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )


def in_dots(page: str, styles: Mapping[str, str]) -> str:
    """The page with its style sheets inside, and its code as large as it is printed."""

    def sized(found: re.Match[str]) -> str:
        modules = int(found.group(1))
        dots = -(-QR_MM * DOTS_PER_MM // (modules - 2 * QR_MARGIN)) * modules
        return f'{found.group(0)} width="{dots}" height="{dots}"'

    page = _STYLE.sub(lambda found: f"<style>{styles.get(html.unescape(found.group(1)), '')}</style>", page)
    return _QR.sub(sized, page)


async def draw(page: str, *, width: int, chromium: str, flags: Sequence[str] = ()) -> Image.Image:
    """The paper as black and white dots, cut where it ends. Raises `PaperNotDrawn`."""
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        source, picture = Path(folder) / "paper.html", Path(folder) / "paper.png"
        source.write_text(page, encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            chromium,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            f"--user-data-dir={folder}/profile",
            f"--window-size={width},{LONGEST}",
            f"--screenshot={picture}",
            *flags,
            source.as_uri(),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(20):
                await process.wait()
        except TimeoutError as error:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise PaperNotDrawn("Chromium takes too long") from error
        if not picture.exists():
            raise PaperNotDrawn(f"Chromium ended with {process.returncode}")
        return dots(picture.read_bytes())


def dots(png: bytes) -> Image.Image:
    """A picture as one bit a dot, without the empty rest of the page."""
    grey = Image.open(io.BytesIO(png)).convert("L")
    ends = ImageOps.invert(grey).getbbox()
    if ends is None:
        raise PaperNotDrawn("the paper is empty")
    return grey.crop((0, 0, grey.width, min(grey.height, ends[3] + 24))).point([0] * 140 + [255] * 116).convert("1")
