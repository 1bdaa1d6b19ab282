"""A receipt printer that is a program: takes ESC/POS over the network, a line or USB, and shows what it printed."""

import asyncio
import os
import select
import threading
import tty
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from PIL import Image
from usb.core import USBTimeoutError


@dataclass(slots=True)
class VirtualPrinter:
    """`cause` and `paper` are what it answers to DLE EOT 2 and 4; `silent` takes everything and says nothing.

    `jams` says how it is and never that a paper is done; it `dies_after` so many bytes of one (0: never).
    """

    port: int = 0
    device: str = ""
    cause: int = 0x12
    paper: int = 0x12
    silent: bool = False
    jams: bool = False
    dies_after: int = 0
    took: list[bytes] = field(default_factory=list)
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a paper was taken whole."""

    def papers(self) -> list[Image.Image]:
        """The papers that came out, cut after each."""
        return [picture for bytes_ in self.took if (picture := rasters(bytes_)) is not None]

    def hear(self, chunk: bytes, heard: bytearray) -> bytes:
        """Take bytes in and give what it answers to them."""
        said = bytearray()
        for byte in chunk:
            heard.append(byte)
            if not self.silent and (answer := self._answer(bytes(heard[-3:]))) is not None:
                said.append(answer)
        return bytes(said)

    def is_dead(self, heard: bytearray) -> bool:
        """Whether it fell over on the way through a paper."""
        return 0 < self.dies_after < len(heard)

    def _answer(self, last: bytes) -> int | None:
        if self.jams and last == b"\x1dr\x01":
            return None
        return {
            b"\x10\x04\x01": 0x12,
            b"\x10\x04\x02": self.cause,
            b"\x10\x04\x04": self.paper,
            b"\x1dr\x01": 0x00,
        }.get(last)


@asynccontextmanager
async def virtual_printer() -> AsyncGenerator[VirtualPrinter, None]:
    """The printer on a port of this machine."""
    printer = VirtualPrinter()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = bytearray()
        while chunk := await reader.read(4096):
            writer.write(printer.hear(chunk, heard))
            if printer.is_dead(heard):
                writer.transport.abort()
                return
            await writer.drain()
        printer.took.append(bytes(heard))
        if rasters(printer.took[-1]) is not None:
            printer.cut.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    printer.port = server.sockets[0].getsockname()[1]
    try:
        yield printer
    finally:
        server.close()


@contextmanager
def serial_printer() -> Generator[VirtualPrinter]:
    """The printer on a serial line; one that died takes nothing more."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    printer, heard, over = VirtualPrinter(device=os.ttyname(theirs)), bytearray(), threading.Event()

    def serve() -> None:
        while True:
            if not printer.is_dead(heard) and select.select([ours], [], [], 0.02)[0]:
                os.write(ours, printer.hear(os.read(ours, 4096), heard))
            elif over.wait(0.02):
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield printer
    finally:
        over.set()
        thread.join()
        printer.took.append(bytes(heard))
        os.close(ours)
        os.close(theirs)


class UsbPrinter:
    """In the place of the library's class for USB: the same verbs, its own printer behind them."""

    printer: VirtualPrinter

    def __init__(self, vendor: int, product: int, timeout: int) -> None:
        self.named, self.timeout = (vendor, product), timeout
        self._heard, self._says = bytearray(), bytearray()

    def open(self) -> None:
        """The printer is there."""

    def _raw(self, msg: bytes) -> None:
        if self.printer.is_dead(self._heard):
            raise USBTimeoutError("Operation timed out", None, 110)
        self._says += self.printer.hear(msg, self._heard)

    def _read(self) -> bytes:
        if not self._says:
            raise USBTimeoutError("Operation timed out", None, 110)
        said, self._says = bytes(self._says), bytearray()
        return said

    def close(self) -> None:
        """What it took is there to be looked at."""
        self.printer.took.append(bytes(self._heard))


def rasters(heard: bytes) -> Image.Image | None:
    """The picture a stream of GS v 0 commands draws, stripe under stripe."""
    stripes: list[Image.Image] = []
    at = heard.find(b"\x1dv0")
    while at >= 0:
        width = (heard[at + 4] + 256 * heard[at + 5]) * 8
        height = heard[at + 6] + 256 * heard[at + 7]
        size = width // 8 * height
        dark = Image.frombytes("1", (width, height), heard[at + 8 : at + 8 + size])
        stripes.append(dark.point([255] + [0] * 255))
        at = heard.find(b"\x1dv0", at + 8 + size)
    if not stripes:
        return None
    whole = Image.new("1", (max(each.width for each in stripes), sum(each.height for each in stripes)), 1)
    top = 0
    for each in stripes:
        whole.paste(each, (0, top))
        top += each.height
    return whole
