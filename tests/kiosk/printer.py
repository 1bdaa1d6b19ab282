"""A receipt printer that is a program: takes ESC/POS over the network, says how it is, and shows what it printed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from PIL import Image


@dataclass(slots=True)
class VirtualPrinter:
    """`cause` and `paper` are what it answers to DLE EOT 2 and 4; `silent` takes everything and says nothing."""

    port: int = 0
    cause: int = 0x12
    paper: int = 0x12
    silent: bool = False
    took: list[bytes] = field(default_factory=list)
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a paper was taken whole."""

    def papers(self) -> list[Image.Image]:
        """The papers that came out, cut after each."""
        return [picture for bytes_ in self.took if (picture := rasters(bytes_)) is not None]


@asynccontextmanager
async def virtual_printer() -> AsyncGenerator[VirtualPrinter, None]:
    """The printer on a port of this machine."""
    printer = VirtualPrinter()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = bytearray()
        while chunk := await reader.read(65536):
            for byte in chunk:
                heard.append(byte)
                answer = _answer(printer, bytes(heard[-3:]))
                if answer is not None and not printer.silent:
                    writer.write(bytes([answer]))
            await writer.drain()
        printer.took.append(bytes(heard))
        printer.cut.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    printer.port = server.sockets[0].getsockname()[1]
    try:
        yield printer
    finally:
        server.close()


def _answer(printer: VirtualPrinter, last: bytes) -> int | None:
    return {
        b"\x10\x04\x01": 0x12,
        b"\x10\x04\x02": printer.cause,
        b"\x10\x04\x04": printer.paper,
        b"\x1dr\x01": 0x00,
    }.get(last)


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
