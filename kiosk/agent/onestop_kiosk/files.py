"""Style sheets, scripts and pictures of the pages, kept on this disk under their whole address."""

import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

_NAMED = re.compile(r'(?:href|src|data-[a-z]+)="(/static/[^"]+)"')
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2", "png": "image/png"}


class Files:
    """One folder, one file for each address. The address changes with the content, so that none is ever stale."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, address: str) -> bytes | None:
        """The file of an address, `None` if it is not kept."""
        path = self._path(address)
        return path.read_bytes() if path.exists() else None

    def keep(self, address: str, content: bytes) -> None:
        """Write a file whole or not at all."""
        path = self._path(address)
        draft = path.with_suffix(".part")
        draft.write_bytes(content)
        draft.replace(path)

    def missing(self, pages: Iterable[str]) -> list[str]:
        """The addresses these pages name and that are not kept."""
        named = {unescape(found) for page in pages for found in _NAMED.findall(page)}
        return sorted(address for address in named if not self._path(address).exists())

    def styles(self) -> dict[str, str]:
        """Every style sheet by its address."""
        return {
            unquote(path.name): path.read_text(encoding="utf-8")
            for path in self._folder.iterdir()
            if ".css" in path.name and path.suffix != ".part"
        }

    def _path(self, address: str) -> Path:
        return self._folder / quote(address, safe="")


def kind_of(address: str) -> str:
    """The media type of a file."""
    return _KINDS.get(urlsplit(address).path.rpartition(".")[2], "application/octet-stream")
