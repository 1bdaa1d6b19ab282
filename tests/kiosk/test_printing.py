"""The paper as it comes out: read back from the bytes sent to a printer, its code scanned, its number measured."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from onestop.booking.tickets import new_code
from onestop.devices.queries import devices_list
from onestop.domain.machine import Printer as Told
from onestop_kiosk import paper, papers, printing
from onestop_kiosk.paper import QR_MARGIN, in_dots, qr_svg
from onestop_kiosk.printing import EscPos, Said, said_by
from onestop_kiosk.server import Answer, Away
from onestop_kiosk.settings import Printer, SettingsWrong, read_settings
from onestop_kiosk.store import Outcome, State
from tests.kiosk.printer import virtual_printer
from tests.kiosk.rig import machine_at
from tests.web.kiosk.test_kiosk import need, service
from tests.web.public.test_waiting import fill
from tests.web.site import Site

MM = 8
"""Dots of a printer with 203 dots an inch."""


def scanned(picture: Image.Image, file: Path) -> str:
    """What a scanner reads from a paper."""
    picture.convert("L").save(file)
    return subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(file)], check=True, capture_output=True, text=True
    ).stdout.strip()


def tallest(picture: Image.Image, above: int) -> int:
    """The height of the tallest run of rows with ink in the upper part: the number."""
    grey = picture.convert("L")
    best = run = 0
    for y in range(above):
        has_ink = grey.crop((0, y, grey.width, y + 1)).getextrema()[0] == 0
        run = run + 1 if has_ink else 0
        best = max(best, run)
    return best


@pytest.mark.parametrize("width", [576, 512, 384])
async def test_a_ticket_given_without_a_line_is_printed_and_its_code_opens_it(
    site: Site, tmp_path: Path, width: int
) -> None:
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port, width=width)
        ) as machine,
    ):
        machine.line.way = "cut"
        assert await machine.take() == 100
        await machine.shell.papers()
        act = machine.keeper.store.waiting()[0]
        (picture,) = printer.papers()
        assert picture.width == width
        assert scanned(picture, tmp_path / "paper.png") == act.code
        assert tallest(picture, picture.height // 2) >= 18 * MM
        assert machine.keeper.store.outcome_of(act.code) is Outcome.CAME
        assert machine.keeper.store.unprinted() == 0
        assert printer.took[-1].find(b"\x1dV") > 0  # it is cut


async def test_a_paper_in_a_script_of_its_own_is_printed_too(site: Site, tmp_path: Path) -> None:
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        machine.line.way = "cut"
        await machine.hand.go("/kiosk")
        await machine.hand.follow("العربية")
        path = f"/kiosk/d/{site.hall.day.slug}/tickets?lang=ar"
        await machine.hand.browser.post(path, data={"services": site.hall.service("legal").hex[-12:]})
        await machine.shell.papers()
        (picture,) = printer.papers()
        assert scanned(picture, tmp_path / "paper.png") == machine.keeper.store.waiting()[0].code


async def test_a_booking_that_is_scanned_is_printed_from_the_server_s_page(site: Site, tmp_path: Path) -> None:
    party = site.hall.book(site.hall.wish("legal")).party
    ticket = site.hall.write(new_code, party=party, key=site.app.state.ticket_key)
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        await machine.hand.go("/kiosk/code?lang=en")
        await machine.hand.press("Continue", typed={"code": ticket.code})
        await machine.hand.follow("Print my ticket again")
        await machine.shell.papers()
        (picture,) = printer.papers()
        assert scanned(picture, tmp_path / "paper.png") == ticket.code


async def test_the_paper_of_the_waiting_list_is_printed_and_once_more_on_request(site: Site, tmp_path: Path) -> None:
    fill(site)
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        await machine.hand.go(f"/kiosk/d/{site.hall.day.slug}/times?lang=en&needs={need('my-rights')}&interpreter=none"
                              f"&asked=1&services={service(site, 'legal')}")  # fmt: skip
        await machine.hand.press("Join the waiting list")
        await machine.shell.papers()
        assert machine.hand.page is not None
        code = machine.hand.page.url.path.rpartition("/")[2]
        await machine.hand.go("/kiosk/code?lang=en")
        await machine.hand.press("Continue", typed={"code": code})
        await machine.hand.follow("Print my paper again")
        await machine.shell.papers()
        assert [scanned(picture, tmp_path / "paper.png") for picture in printer.papers()] == [code, code]


async def test_two_presses_at_once_are_one_paper(site: Site, tmp_path: Path) -> None:
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        machine.line.way = "cut"
        form = {"_key": "one-press-of-a-finger", "services": site.hall.service("legal").hex[-12:], "adults": "12"}
        path = f"/kiosk/d/{site.hall.day.slug}/tickets?lang=en"
        sent = [machine.hand.browser.post(path, data=form) for _ in range(2)]
        answers = await asyncio.gather(*sent)
        await machine.shell.papers()
        assert len({answer.headers["location"] for answer in answers}) == 1
        assert len(printer.papers()) == 1
        machine.line.way = "whole"
        await machine.reach()
        assert machine.keeper.store.waiting() == []
        assert machine.keeper.store.count(State.REFUSED) == 0


async def test_without_paper_the_screen_and_the_organiser_are_told_and_she_is_printed_again(
    site: Site, tmp_path: Path
) -> None:
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        machine.line.way = "cut"
        printer.paper = 0x72
        assert await machine.take() == 100
        assert machine.hand.text.startswith("The paper does not come? Please tell the reception this number.")
        assert printer.papers() == []
        machine.line.way = "whole"
        await machine.reach()
        report = next(one.report for one in site.database.read_now(devices_list) if one.id == machine.device)
        assert report is not None
        assert (report.printer, report.unprinted, [each.number for each in report.papers]) == (Told.PAPER_OUT, 1, [100])

        printer.paper = 0x12
        await machine.hand.follow("Print my ticket again")
        await machine.shell.papers()
        assert len(printer.papers()) == 1
        assert machine.keeper.store.unprinted() == 0


# The library drops the socket of a printer that is not there; Python closes it at once and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_printer_that_says_nothing_or_is_not_there_has_not_printed(site: Site, tmp_path: Path) -> None:
    async with virtual_printer() as printer:
        here = EscPos(Printer(kind="network", host="127.0.0.1", port=printer.port))
        assert await here.state() is Said.OK
        printer.cause = 0x16
        assert await here.state() is Said.COVER_OPEN
    gone = EscPos(Printer(kind="network", host="127.0.0.1", port=1))
    assert await gone.state() is Said.AWAY


@pytest.mark.parametrize(
    ("cause", "paper", "said"),
    [
        (0x12, 0x12, Said.OK),
        (0x12, 0x1E, Said.PAPER_LOW),
        (0x12, 0x72, Said.PAPER_OUT),
        (0x32, 0x12, Said.PAPER_OUT),
        (0x16, 0x72, Said.COVER_OPEN),
        (0x52, 0x12, Said.BROKEN),
    ],
)
def test_what_the_printer_answers_is_one_word(cause: int, paper: int, said: Said) -> None:
    assert said_by(cause, paper) is said


@pytest.mark.parametrize("length", [26, 60, 120])
def test_the_code_is_thirty_millimetres_with_four_modules_of_margin(length: int) -> None:
    drawn = in_dots(qr_svg("x" * length), {})
    modules = int(drawn.partition('viewBox="0 0 ')[2].split()[0])
    dots = int(drawn.partition('width="')[2].split('"')[0])
    assert dots % modules == 0
    assert dots // modules * (modules - 2 * QR_MARGIN) >= 30 * MM
    assert dots <= 384
    assert f"M{QR_MARGIN} {QR_MARGIN}h1" in drawn
    assert f"M{QR_MARGIN - 1} " not in drawn


async def test_a_file_takes_the_bytes(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()
    assert await EscPos(Printer(kind="file", device=str(device))).paper(Image.new("1", (576, 40), 0)) is False
    assert b"\x1dv0" in device.read_bytes()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('server = "days.example.org"', "server must be the address"),
        ('server = "https://a.example"\nprintr = 1', "Not known: printr."),
        ('server = "https://a.example"\n[printer]\nkind = "laser"', "printer.kind is 'laser'"),
        ('server = "https://a.example"\n[printer]\nkind = "usb"\nwidth = 600', "printer.width is 600"),
        ("server =", "cannot be read"),
    ],
)
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(text)
    with pytest.raises(SettingsWrong) as wrong:
        read_settings(file)
    assert says in str(wrong.value)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that says nothing is not waited for as long as in a hall."""
    monkeypatch.setattr(printing, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(printing, "PRINT_SECONDS", 0.6)


BROKEN = pytest.mark.parametrize(
    "fault",
    [{"paper": 0x72}, {"silent": True}, {"jams": True}, {"dies_after": 2000}],
    ids=lambda fault: next(iter(fault)),
)


@pytest.mark.usefixtures("impatient")
@BROKEN
async def test_whoever_is_given_no_paper_of_the_waiting_list_is_told_and_printed_again(
    site: Site, tmp_path: Path, fault: dict[str, int]
) -> None:
    fill(site)
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        for name, value in fault.items():
            setattr(printer, name, value)
        await machine.hand.go(f"/kiosk/d/{site.hall.day.slug}/times?lang=en&needs={need('my-rights')}&interpreter=none"
                              f"&asked=1&services={service(site, 'legal')}")  # fmt: skip
        await machine.hand.press("Join the waiting list")
        await machine.shell.papers()
        assert machine.hand.page is not None
        await machine.hand.go(str(machine.hand.page.url))
        assert machine.hand.text.startswith("No paper came out. Your request is stored all the same.")
        assert machine.keeper.store.unprinted() == 1

        for name in fault:
            setattr(printer, name, 0x12 if name == "paper" else 0)
        await machine.hand.follow("Print my paper again")
        await machine.shell.papers()
        await machine.hand.go(str(machine.hand.page.url))
        assert machine.hand.text.startswith("Take your paper.")
        assert machine.keeper.store.unprinted() == 0


@pytest.mark.usefixtures("impatient")
@BROKEN
async def test_whoever_is_given_no_paper_of_a_ticket_is_told_with_and_without_a_line(
    site: Site, tmp_path: Path, fault: dict[str, int]
) -> None:
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        for name, value in fault.items():
            setattr(printer, name, value)
        assert await machine.take() == 100
        await machine.shell.papers()
        assert machine.hand.page is not None
        await machine.hand.go(str(machine.hand.page.url))
        assert machine.hand.text.startswith("No paper came out. Your ticket is good all the same.")
        assert "Print my ticket again" in machine.hand.text
        machine.line.way = "cut"
        assert await machine.take() == 101
        await machine.shell.papers()
        await machine.hand.go(str(machine.hand.page.url))
        assert machine.hand.text.startswith("The paper does not come? Please tell the reception this number.")
        assert [number for number, _ in machine.keeper.store.missing_papers()] == [100, 101]


async def test_a_screen_whose_paper_is_under_way_says_so_and_looks_again_until_it_came(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "PAPER_SECONDS", 0.0)
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        assert await machine.take() == 100
        assert machine.hand.page is not None
        assert machine.hand.text.startswith("Your paper is being printed.")
        assert machine.hand.page.headers["refresh"] == f"2; url={machine.hand.page.url.raw_path.decode()}"
        assert 'data-looks-again="2"' in machine.hand.page.text
        await machine.shell.papers()
        await machine.hand.go(machine.hand.page.url.raw_path.decode())
        assert machine.hand.text.startswith("Take your paper.")
        assert "data-looks-again" not in machine.hand.page.text
        assert machine.hand.page.headers["refresh"] == "40; url=/kiosk"
        assert len(printer.papers()) == 1


@pytest.mark.parametrize("fetched", [True, False], ids=["with a line", "the line breaks before the paper"])
async def test_a_ticket_given_with_a_line_is_printed_with_its_waiting_time_or_as_it_is_kept(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fetched: bool
) -> None:
    drawn: list[str] = []
    real = paper.draw

    async def draw(page: str, **more: Any) -> Image.Image:
        drawn.append(page)
        return await real(page, **more)

    monkeypatch.setattr(paper, "draw", draw)
    site.set_time(site.hall.day.opens_at)
    async with (
        virtual_printer() as printer,
        machine_at(
            site, tmp_path / "k", printer=Printer(kind="network", host="127.0.0.1", port=printer.port)
        ) as machine,
    ):
        whole = machine.line.page

        async def page(method: str, path: str, **more: Any) -> Answer:
            if not fetched and "/paper?" in path:
                raise Away
            return await whole(method, path, **more)

        monkeypatch.setattr(machine.line, "page", page)
        assert await machine.take() == 100
        await machine.shell.papers()
        assert len(printer.papers()) == len(drawn) == 1
        assert ("This time can change." in drawn[0]) is fetched
        assert "Please wait. We call this number." in drawn[0]
        assert machine.keeper.store.unprinted() == 0
