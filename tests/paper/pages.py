"""A PDF as people and scanners see it: the words of each page, and what its QR codes say."""

import subprocess
from pathlib import Path

import pypdfium2 as pdfium


def texts(pdf: bytes) -> list[str]:
    """The words of each page."""
    document = pdfium.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def scanned(pdf: bytes, page: int, folder: Path) -> set[str]:
    """What a scanner reads on a page printed at 150 dots per inch."""
    picture = folder / f"page-{page}.png"
    pdfium.PdfDocument(pdf)[page].render(scale=150 / 72).to_pil().save(picture)
    told = subprocess.run(["zbarimg", "--raw", "-q", str(picture)], capture_output=True, check=True, text=True)
    return set(told.stdout.split())
