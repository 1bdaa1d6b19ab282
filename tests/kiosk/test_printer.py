"""Whether a paper came, as each kind of printer tells it: over the network, a serial line, USB, or not at all."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from PIL import Image
from usb.core import NoBackendError

from onestop_kiosk import printing
from onestop_kiosk.printing import EscPos, PaperMissing, Said
from onestop_kiosk.settings import Printer
from tests.kiosk.printer import UsbPrinter, VirtualPrinter, serial_printer, virtual_printer

PAPER = Image.linear_gradient("L").resize((576, 1000)).convert("1")
KINDS = ("network", "serial", "usb")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that says nothing is not waited for as long as in a hall."""
    monkeypatch.setattr(printing, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(printing, "PRINT_SECONDS", 0.6)


@asynccontextmanager
async def connected(
    kind: str, monkeypatch: pytest.MonkeyPatch, *, answers: bool = True
) -> AsyncGenerator[tuple[VirtualPrinter, EscPos], None]:
    """A printer and what prints on it."""
    if kind == "network":
        async with virtual_printer() as printer:
            yield printer, EscPos(Printer(kind=kind, host="127.0.0.1", port=printer.port, answers=answers))
    elif kind == "serial":
        with serial_printer() as printer:
            yield printer, EscPos(Printer(kind=kind, device=printer.device, answers=answers))
    else:
        printer = VirtualPrinter()

        class Usb(UsbPrinter):
            pass

        Usb.printer = printer
        monkeypatch.setattr(printing, "Usb", Usb)
        yield printer, EscPos(Printer(kind=kind, vendor=0x04B8, product=0x0E28, answers=answers))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_paper_came_when_the_printer_says_so(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(kind, monkeypatch) as (printer, here):
        assert await here.state() is Said.OK
        assert await here.paper(PAPER) is True
        if kind == "network":
            await printer.cut.wait()
    (picture,) = printer.papers()
    assert picture.tobytes() == PAPER.tobytes()
    assert any(b"\x1dV" in each and b"\x1dr\x01" in each for each in printer.took)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("cause", "paper", "said"),
    [(0x12, 0x72, Said.PAPER_OUT), (0x16, 0x12, Said.COVER_OPEN), (0x52, 0x12, Said.BROKEN)],
)
async def test_what_is_wrong_is_told_before_anything_is_sent(
    kind: str, cause: int, paper: int, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(kind, monkeypatch) as (printer, here):
        printer.cause, printer.paper = cause, paper
        assert await here.state() is said
        with pytest.raises(PaperMissing, match=said):
            await here.paper(PAPER)
    assert printer.papers() == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_silent_printer_has_printed_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(kind, monkeypatch) as (printer, here):
        printer.silent = True
        assert await here.state() is Said.AWAY
        with pytest.raises(PaperMissing, match=Said.AWAY):
            await here.paper(PAPER)
    assert printer.papers() == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_paper_that_is_never_done_has_not_come(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(kind, monkeypatch) as (printer, here):
        printer.jams = True
        with pytest.raises(PaperMissing, match=Said.BROKEN):
            await here.paper(PAPER)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_printer_that_dies_half_way_through_a_paper_lets_go_of_the_machine(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(kind, monkeypatch) as (printer, here):
        printer.dies_after = 20_000
        with pytest.raises(PaperMissing, match=Said.AWAY):
            await here.paper(PAPER)
        if kind == "network":
            printer.dies_after = 0
            assert await here.paper(PAPER) is True


@pytest.mark.parametrize("kind", KINDS)
async def test_a_printer_that_can_say_nothing_is_sent_the_paper_and_nobody_says_that_it_came(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(kind, monkeypatch, answers=False) as (printer, here):
        printer.silent = True
        assert await here.state() is Said.OK
        assert await here.paper(PAPER) is False
        if kind == "network":
            await printer.cut.wait()
    assert [each.height for each in printer.papers()] == [PAPER.height]


async def test_a_serial_line_or_usb_that_is_not_there_is_away(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unplugged(UsbPrinter):
        def open(self) -> None:
            raise NoBackendError("No backend available")

    monkeypatch.setattr(printing, "Usb", Unplugged)
    for it in (Printer(kind="serial", device=f"{tmp_path}/none"), Printer(kind="usb", vendor=1, product=1)):
        assert await EscPos(it).state() is Said.AWAY
        with pytest.raises(PaperMissing, match=Said.AWAY):
            await EscPos(it).paper(PAPER)
