"""The printer: a paper at a time as ESC/POS dots, what it says of itself, and whether a paper really came out."""

import asyncio
import logging
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any, Protocol

from escpos.exceptions import Error as PrinterError
from escpos.printer import Dummy, File, Network, Serial, Usb
from PIL import Image
from serial import SerialException
from usb.core import NoBackendError, USBError, USBTimeoutError

from onestop_kiosk.settings import Printer

log = logging.getLogger(__name__)
ANSWER_SECONDS = 2.0
"""A printer answers a question at once, whatever it does; so long is also given to it to take the next piece."""
PRINT_SECONDS = 8.0
"""Until a paper that was sent whole has come out."""
PIECE = 1024
"""Bytes; even at 9600 baud the printer takes one within its time."""
_PRINTER, _CAUSE, _PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
"""Asked at once, whatever the printer is doing (DLE EOT n)."""
_AFTER_ALL = b"\x1dr\x01"
"""Answered when everything sent before it is printed (GS r 1)."""
_STATUS, _DONE = (0x93, 0x12), (0x90, 0x00)
"""Bits that never change in an answer, and what they are: of DLE EOT, of GS r."""
_TROUBLE = (OSError, PrinterError, SerialException, USBError, NoBackendError)


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

    async def paper(self, picture: Image.Image) -> bool:
        """Print one paper; whether the printer said that it came. Raises `PaperMissing`."""
        ...


class NoPrinter:
    """A machine that only shows its tickets."""

    async def state(self) -> Said:
        return Said.NONE

    async def paper(self, picture: Image.Image) -> bool:
        raise PaperMissing("none")


class EscPos:
    """A receipt printer, one paper at a time; the line to it is opened for each."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._answers = printer.answers and printer.kind != "file"
        self._busy = asyncio.Lock()

    async def state(self) -> Said:
        async with self._busy:
            return await asyncio.to_thread(self._state)

    async def paper(self, picture: Image.Image) -> bool:
        async with self._busy:
            return await asyncio.to_thread(self._paper, picture)

    def _state(self) -> Said:
        try:
            with self._line() as device:
                return self._ask(device)
        except _TROUBLE as error:
            log.info("The printer does not answer: %s", error)
            return Said.AWAY

    def _paper(self, picture: Image.Image) -> bool:
        try:
            with self._line() as device:
                self._check(device)
                sent = self._bytes_of(picture)
                for start in range(0, len(sent), PIECE):
                    device._raw(sent[start : start + PIECE])
                if not self._answers:
                    return False
                device._raw(_AFTER_ALL)
                if self._hear(device, _DONE, PRINT_SECONDS) is None:
                    raise PaperMissing(Said.BROKEN)
                self._check(device)
                return True
        except _TROUBLE as error:
            raise PaperMissing(Said.AWAY) from error

    def _bytes_of(self, picture: Image.Image) -> bytes:
        paper: Any = Dummy()
        paper._raw(b"\x1b@")
        paper.image(picture, impl="bitImageRaster", fragment_height=256)
        if self._printer.cut:
            paper.cut()
        return bytes(paper.output)

    def _check(self, device: Any) -> None:
        if (said := self._ask(device)) not in (Said.OK, Said.PAPER_LOW):
            raise PaperMissing(said)

    def _ask(self, device: Any) -> Said:
        """How it is; one that cannot answer is taken to be well."""
        if not self._answers:
            return Said.OK
        told = [self._asked(device, each) for each in (_PRINTER, _CAUSE, _PAPER)]
        return Said.AWAY if None in told else said_by(told[1] or 0, told[2] or 0)

    def _asked(self, device: Any, question: bytes) -> int | None:
        device._raw(question)
        return self._hear(device, _STATUS, ANSWER_SECONDS)

    def _hear(self, device: Any, kind: tuple[int, int], seconds: float) -> int | None:
        """The last answer of a kind that the printer gives within its time; `None` if there is none.

        One read waits for less, on USB for a second. Dots of a picture can look like a question to the printer: what it
        answers to those is passed over.
        """
        until = time.monotonic() + seconds
        mask, fixed = kind
        while True:
            try:
                heard = bytes(device._read())
            except (TimeoutError, USBTimeoutError):
                heard = b""
            else:
                if not heard and self._printer.kind == "network":
                    raise ConnectionResetError
            if answers := [byte for byte in heard if byte & mask == fixed]:
                return answers[-1]
            if time.monotonic() >= until:
                return None
            time.sleep(0.01)

    @contextmanager
    def _line(self) -> Generator[Any]:
        device = self._open()
        try:
            yield device
        except (PaperMissing, *_TROUBLE):
            if self._printer.kind == "serial":
                with suppress(*_TROUBLE):  # what it did not take would be waited for when the line is closed
                    device.device.reset_output_buffer()
            raise
        finally:
            with suppress(*_TROUBLE):
                device.close()

    def _open(self) -> Any:
        it = self._printer
        device: Any
        match it.kind:
            case "network":
                device = Network(it.host, port=it.port, timeout=ANSWER_SECONDS)
            case "usb":
                device = Usb(it.vendor, it.product, timeout=int(ANSWER_SECONDS * 1000))
            case "serial":
                device = Serial(it.device, baudrate=it.baud, timeout=0.05)
            case _:
                device = File(it.device)
        device.open()
        if it.kind == "serial":
            device.device.write_timeout = ANSWER_SECONDS
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
