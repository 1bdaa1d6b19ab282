"""What the agent is told when it starts: one TOML file, read once."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class SettingsWrong(ValueError):
    """The file cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """How the printer is reached: `network`, `usb`, `serial`, `file`, or `none`; `width` in dots.

    `answers` is false for one that takes everything and never says how it is, as a file does.
    """

    kind: str = "none"
    width: int = 576
    host: str = ""
    port: int = 9100
    vendor: int = 0
    product: int = 0
    device: str = ""
    baud: int = 9600
    answers: bool = True
    cut: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`server` is the address people use; `data` holds token, numbers and what waits to be handed in.

    `blocks` of fifty numbers are kept: with five, two hundred people get a ticket while the line is cut. `rotate` in
    degrees, `volume` in per cent and the card `sound` are for the scripts beside the agent; here they are only checked.
    """

    server: str
    data: Path
    port: int = 8765
    blocks: int = 5
    patience_seconds: float = 2.5
    rotate: int = 0
    volume: int = 80
    sound: str = ""
    chromium: str = "chromium"
    chromium_flags: tuple[str, ...] = ()
    printer: Printer = field(default_factory=Printer)


def read_settings(path: Path) -> Settings:
    """The settings of a file. Raises `SettingsWrong`."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"{path} cannot be read: {error}") from error
    printer = Printer(**_known(Printer, told.pop("printer", {})))
    if printer.kind not in ("network", "usb", "serial", "file", "none"):
        raise SettingsWrong(f"printer.kind is {printer.kind!r}; it can be network, usb, serial, file or none.")
    if printer.width not in (576, 512, 384):
        raise SettingsWrong(f"printer.width is {printer.width}; it can be 576, 512 or 384 dots.")
    found = _known(Settings, told)
    if found.get("rotate", 0) not in (0, 90, 180, 270):
        raise SettingsWrong(f"rotate is {found['rotate']!r}; it can be 0, 90, 180 or 270 degrees.")
    if found.get("volume", 0) not in range(101):
        raise SettingsWrong(f"volume is {found['volume']!r}; it can be 0 to 100 per cent.")
    server = urlsplit(found.get("server", ""))
    if server.scheme not in ("http", "https") or not server.netloc:
        raise SettingsWrong("server must be the address of the server, such as https://days.example.org.")
    found["server"] = f"{server.scheme}://{server.netloc}"
    found["data"] = Path(found.get("data", "/var/lib/onestop-kiosk"))
    found["chromium_flags"] = tuple(found.get("chromium_flags", ()))
    return Settings(**found, printer=printer)


def _known(kind: type[Any], told: dict[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)} - {"printer"}
    if unknown := sorted(set(told) - names):
        raise SettingsWrong(f"Not known: {', '.join(unknown)}.")
    return told
