"""The printer: a paper at a time as ESC/POS dots, what it says of itself, and whether a paper really came out."""

import asyncio
import logging
from enum import StrEnum
from typing import Any, Protocol

from escpos.exceptions import Error as PrinterError
from escpos.printer import File, Network, Serial, Usb
from PIL import Image
from serial import SerialException
from usb.core import USBError

from onestop_kiosk.settings import Printer

log = logging.getLogger(__name__)
ANSWER_SECONDS = 5
_PRINTER, _CAUSE, _PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
"""Asked at once, whatever the printer is doing (DLE EOT n)."""
_AFTER_ALL = b"\x1dr\x01"
"""Answered when everything sent before it is printed (GS r 1)."""
_TROUBLE = (OSError, PrinterError, SerialException, USBError)


class Said(StrEnum):
    """What is so with the printer, in the words of the server."""

    OK = "ok"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    AWAY = "away"
    BROKEN = "broken"
    NONE = "none"


class PaperMissing(Exception):
    """No paper came out; the text says what the printer said."""


class Printing(Protocol):
    """What prints papers."""

    async def state(self) -> Said:
        """How the printer is."""
        ...

    async def paper(self, picture: Image.Image) -> None:
        """Print one paper. Raises `PaperMissing`."""
        ...


class NoPrinter:
    """A machine that only shows its tickets."""

    async def state(self) -> Said:
        return Said.NONE

    async def paper(self, picture: Image.Image) -> None:
        raise PaperMissing("none")


class EscPos:
    """A receipt printer, one paper at a time; the line to it is opened for each."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._busy = asyncio.Lock()

    async def state(self) -> Said:
        async with self._busy:
            return await asyncio.to_thread(self._state)

    async def paper(self, picture: Image.Image) -> None:
        async with self._busy:
            await asyncio.to_thread(self._paper, picture)

    def _state(self) -> Said:
        try:
            device = self._open()
        except _TROUBLE as error:
            log.info("The printer does not answer: %s", error)
            return Said.AWAY
        try:
            return self._ask(device)
        except _TROUBLE as error:
            log.info("The printer does not answer: %s", error)
            return Said.AWAY
        finally:
            device.close()

    def _paper(self, picture: Image.Image) -> None:
        try:
            device = self._open()
            try:
                before = self._ask(device)
                if before not in (Said.OK, Said.PAPER_LOW):
                    raise PaperMissing(before)
                device._raw(b"\x1b@")
                device.image(picture, impl="bitImageRaster", fragment_height=256)
                if self._printer.cut:
                    device.cut()
                if self._answers:
                    device._raw(_AFTER_ALL)
                    if not device._read():
                        raise PaperMissing(Said.BROKEN)
                    after = self._ask(device)
                    if after not in (Said.OK, Said.PAPER_LOW):
                        raise PaperMissing(after)
            finally:
                device.close()
        except _TROUBLE as error:
            raise PaperMissing(Said.AWAY) from error

    @property
    def _answers(self) -> bool:
        """A file takes bytes and says nothing."""
        return self._printer.kind != "file"

    def _ask(self, device: Any) -> Said:
        if not self._answers:
            return Said.OK
        if not device.query_status(_PRINTER):
            return Said.AWAY
        cause, paper = device.query_status(_CAUSE)[:1], device.query_status(_PAPER)[:1]
        return said_by(cause[0] if cause else 0, paper[0] if paper else 0)

    def _open(self) -> Any:
        it = self._printer
        device: Any
        match it.kind:
            case "network":
                device = Network(it.host, port=it.port, timeout=ANSWER_SECONDS)
            case "usb":
                device = Usb(it.vendor, it.product, timeout=ANSWER_SECONDS * 1000)
            case "serial":
                device = Serial(it.device, timeout=ANSWER_SECONDS)
            case _:
                device = File(it.device)
        device.open()
        return device


def said_by(cause: int, paper: int) -> Said:
    """The bytes that a printer answers to DLE EOT 2 and DLE EOT 4, as one word."""
    if cause & 0x04:
        return Said.COVER_OPEN
    if cause & 0x20 or paper & 0x60 == 0x60:
        return Said.PAPER_OUT
    if cause & 0x40:
        return Said.BROKEN
    return Said.PAPER_LOW if paper & 0x0C == 0x0C else Said.OK


def printing_of(printer: Printer) -> Printing:
    """What prints on this machine."""
    return NoPrinter() if printer.kind == "none" else EscPos(printer)
