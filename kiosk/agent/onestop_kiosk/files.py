"""Style sheets, scripts and pictures of the pages, kept on this disk under their whole address."""

import hashlib
import os
import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

_NAMED = re.compile(r'(?:href|src|data-[a-z]+)="(/static/[^"]+)"')
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2", "png": "image/png"}
_SUM = hashlib.sha256().digest_size


class Files:
    """One folder, one file for each address: its SHA-256, then what it holds.

    The address changes with the content, so that none is ever stale; one that power or disk spoilt counts as missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, address: str) -> bytes | None:
        """The file of an address, `None` if it is not kept whole."""
        return _whole(self._path(address))

    def keep(self, address: str, content: bytes) -> None:
        """Write a file whole or not at all."""
        write_whole(self._path(address), hashlib.sha256(content).digest() + content)

    def missing(self, pages: Iterable[str]) -> list[str]:
        """The addresses these pages name and that are not kept."""
        named = {unescape(found) for page in pages for found in _NAMED.findall(page)}
        return sorted(address for address in named if self.read(address) is None)

    def styles(self) -> dict[str, str]:
        """Every style sheet by its address."""
        sheets = {
            unquote(path.name): _whole(path)
            for path in self._folder.iterdir()
            if ".css" in path.name and path.suffix != ".part"
        }
        return {address: sheet.decode("utf-8") for address, sheet in sheets.items() if sheet is not None}

    def _path(self, address: str) -> Path:
        return self._folder / quote(address, safe="")


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file so that a power cut leaves the old one or the new one, and what was written stays written."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _whole(path: Path) -> bytes | None:
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    total, content = kept[:_SUM], kept[_SUM:]
    return content if hashlib.sha256(content).digest() == total else None


def kind_of(address: str) -> str:
    """The media type of a file."""
    return _KINDS.get(urlsplit(address).path.rpartition(".")[2], "application/octet-stream")
