"""From an empty Debian to a ticket machine: installed under chroot, started as by systemd, killed and started again.

systemd itself does not run here. Each `ExecStart=` line is started as its user, who can gain no rights, in the words of
its unit; `systemd-analyze verify` reads the rest. The screen's glass is Xvfb: cage draws into it what it would draw.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TypeVar

import httpx
import pytest
from fontTools.ttLib import TTCollection, TTFont
from PIL import Image
from playwright.async_api import async_playwright

from onestop.booking.tickets import find_code
from onestop.paths import resource_dir
from tests.glyphs import unseen
from tests.kiosk.debian import PATH, Debian, Unit, debian, pip_way, why_not
from tests.kiosk.printer import rasters
from tests.kiosk.test_line import _take, code_of
from tests.kiosk.test_printing import scanned
from tests.kiosk.test_shell import numbers
from tests.scripts import NOWHERE, SCRIPTS
from tests.web.kiosk.touch import Finger
from tests.web.served import served
from tests.web.site import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("device"),
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can"),
]
KIOSK = Path(__file__).parents[2] / "kiosk"
INSTALL = "/opt/kiosk/device/install.sh"
UNITS = ("onestop-kiosk.service", "onestop-screen.service")
SOUND = "onestop-sound.service"
GLASS = {"WLR_BACKENDS": "x11", "DISPLAY": ":7", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
"""Told to cage, so that it draws into a window of Xvfb instead of looking for a screen and fingers."""
PAPER, ACCENT = (0xF4, 0xF6, 0xF5), (0x0B, 0x5A, 0x66)
"""Colours of the pages, from `static/css/tokens.css`."""
POLICY = "etc/chromium/policies/managed/onestop-kiosk.json"
WINDOW = (1024, 768)
"""What cage opens in Xvfb."""
T = TypeVar("T")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Generator[Debian]:
    """A Debian with the folder `kiosk/` of the project and nothing else."""
    with debian(tmp_path_factory.mktemp("device") / "root") as made:
        shutil.copytree(KIOSK, made.files / "opt/kiosk", ignore=shutil.ignore_patterns("__pycache__"))
        yield made


@pytest.fixture(scope="module")
def installed(empty: Debian) -> Debian:
    """The same after `install.sh`."""
    empty.run("sh", INSTALL, **pip_way())
    return empty


def test_what_is_missing_is_said_in_a_sentence(empty: Debian) -> None:
    nobody = empty.run("setpriv", "--reuid=65534", "--clear-groups", "sh", INSTALL, check=False)
    unplugged = empty.run("unshare", "--net", "sh", INSTALL, check=False)
    bare = empty.run("sh", INSTALL, check=False, SKIP_PACKAGES="1")

    said = [(done.returncode, done.stderr.splitlines()[-1]) for done in (nobody, unplugged, bare)]
    assert said[:2] == [
        (1, f"Please run this as root: sudo {INSTALL}"),
        (1, "apt-get cannot reach its packages. Is the network plugged in?"),
    ]
    assert (said[2][0], said[2][1].partition(":")[0]) == (1, "python3 is missing. Please install these packages")


def test_the_units_are_sound_enabled_and_need_no_rights(installed: Debian) -> None:
    verified = installed.run("systemd-analyze", "verify", *UNITS, SOUND)
    enabled = installed.run("systemctl", "is-enabled", *UNITS, SOUND).stdout.split()
    user = installed.run("getent", "passwd", "onestop-kiosk").stdout.strip().split(":")

    assert (verified.stdout, verified.stderr, enabled) == ("", "", ["enabled"] * 3)
    assert (user[5], user[6]) == ("/var/lib/onestop-kiosk", "/usr/sbin/nologin")
    assert [installed.unit(name).user for name in UNITS] == ["onestop-kiosk", "onestop-kiosk"]


def test_a_second_run_keeps_what_the_machine_has_and_brings_the_rest_up_to_date(installed: Debian) -> None:
    settings = installed.files / "etc/onestop-kiosk.toml"
    agent = next((installed.files / "opt/onestop-kiosk/lib").glob("python3*")) / "site-packages/onestop_kiosk"
    before = settings.read_text().replace("rotate = 0 ", "# ")
    settings.write_text(f"port = 9999\nrotate = 90\n{before}")
    (installed.files / "var/lib/onestop-kiosk/kiosk.sqlite3").write_text("tickets")
    (agent / "old.py").write_text("raise SystemExit")

    installed.run("sh", INSTALL, SKIP_PACKAGES="1", ONESTOP_KIOSK_WHEELS="/nowhere")

    policy = json.loads((installed.files / POLICY).read_text())
    assert settings.read_text() == f"port = 9999\nrotate = 90\n{before}"
    assert (installed.files / "var/lib/onestop-kiosk/kiosk.sqlite3").read_text() == "tickets"
    assert ((agent / "old.py").exists(), (agent / "shell.py").exists()) == (False, True)
    assert policy["URLAllowlist"] == ["http://127.0.0.1:9999", "file:///run/onestop-kiosk/paper-"]
    rules = (installed.files / "etc/udev/rules.d/99-onestop-kiosk.rules").read_text()
    assert 'ENV{ID_INPUT_TOUCHSCREEN}=="1", ENV{LIBINPUT_CALIBRATION_MATRIX}="0 -1 1 1 0 0"' in rules.splitlines()
    settings.write_text(before)
    (installed.files / "var/lib/onestop-kiosk/kiosk.sqlite3").unlink()


async def test_agent_and_screen_work_are_killed_and_work_again(
    installed: Debian, site: Site, tmp_path: Path, unused_tcp_port: int
) -> None:
    await asyncio.to_thread(installed.run, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "xvfb")
    async with served(site) as address:
        settings = installed.files / "etc/onestop-kiosk.toml"
        settings.write_text(
            f'rotate = 0\nserver = "{address}"\nport = {unused_tcp_port}\nblocks = 1\npatience_seconds = 10\n'
            '[printer]\nkind = "file"\ndevice = "/var/lib/onestop-kiosk/paper"\n'
        )
        await asyncio.to_thread(installed.run, "sh", INSTALL, SKIP_PACKAGES="1", ONESTOP_KIOSK_WHEELS="/nowhere")
        await asyncio.to_thread(installed.run, "onestop-kiosk-pair", code_of(site))
        installed.turn()
        data, settings = installed.files / "var/lib/onestop-kiosk", installed.files / "etc/onestop-kiosk.toml"
        agent, screen = (installed.unit(name) for name in UNITS)
        with glass(installed) as look:
            for number, rotate in ((100, 0), (101, 90)):  # before and after both were killed
                settings.write_text(re.sub("^rotate = .*", f"rotate = {rotate}", settings.read_text()))
                (data / "address").unlink(missing_ok=True)  # as ExecStartPre= does
                assert not shows_kiosk(look())
                with installed.started(agent), installed.started(screen, **GLASS):
                    start = (await until(lambda: (data / "address").read_text())).strip()
                    await take(start)
                    paper = await until(lambda: printed(data / "paper", tmp_path))
                    assert site.database.read_now(find_code, paper).number == number
                    await until(lambda: shows_kiosk(look()) and begins_with_its_sign(look(), rotate))  # noqa: B023
                await until(lambda: not shows_kiosk(look()))
        assert numbers(site) == [100, 101]


async def test_the_browser_goes_nowhere_but_to_the_agent(installed: Debian) -> None:
    installed.turn()
    with listener() as elsewhere, listener(leads_to=elsewhere) as agent:
        allow(installed, agent)
        with installed.started(browser(agent, "behind its policy")):
            await until(lambda: agent.asked)
            await asyncio.sleep(5)
            assert elsewhere.asked == []
        allow(installed, agent, elsewhere)
        with installed.started(browser(agent, "free")):
            await until(lambda: elsewhere.asked)


async def test_the_roll_has_a_letter_for_everybody_with_the_fonts_of_the_machine(installed: Debian) -> None:
    installed.turn()
    installed.run("install", "-d", "-m", "755", "-o", "onestop-kiosk", "/run/onestop-kiosk", "/run/browser")
    shutil.copy(KIOSK / "device/chromium-policy.json", installed.files / POLICY)
    style = (resource_dir("static") / "css/roll.css").read_text()
    for name, own in {**SCRIPTS, "nobody": replace(SCRIPTS["latin"], centre=NOWHERE)}.items():
        words = "".join(f"<p>{word}</p>" for word in own.words)
        page = f'<!doctype html><html lang="{own.tag}"><meta charset="utf-8"><style>{style}</style><body>{words}'
        (installed.files / f"run/onestop-kiosk/paper-{name}.html").write_text(page)
    letters = letters_in(installed.files / "usr/share/fonts")
    line = "chromium --headless --disable-gpu --user-data-dir=/run/browser/glyphs --remote-debugging-port=0 about:blank"
    words = {"HOME": "/run/browser", "RUNTIME_DIRECTORY": "/run/browser"}
    with installed.started(Unit(user="onestop-kiosk", line=line, words=words)):
        port = await until(lambda: (installed.files / "run/browser/glyphs/DevToolsActivePort").read_text().split()[0])
        async with async_playwright() as playwright:
            there = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            page = there.contexts[0].pages[0]
            for name, own in SCRIPTS.items():
                await page.goto(f"file:///run/onestop-kiosk/paper-{name}.html")
                assert await unseen(page, *own.words, letters=letters) == [], name
            await page.goto("file:///run/onestop-kiosk/paper-nobody.html")
            assert await unseen(page, NOWHERE, letters=letters) == [NOWHERE]
            await there.close()


def letters_in(folder: Path) -> Callable[[str], frozenset[int]]:
    """Every character of a font, by its PostScript name, of those in this folder."""
    found: dict[str, tuple[Path, int]] = {}
    for file in sorted(each for each in folder.rglob("*") if each.suffix in (".ttf", ".otf", ".ttc")):
        with TTCollection(file, lazy=True) if file.suffix == ".ttc" else TTFont(file, lazy=True) as opened:
            for place, font in enumerate(opened.fonts if isinstance(opened, TTCollection) else [opened]):
                found[str(font["name"].getDebugName(6))] = (file, place)

    @cache
    def letters(font: str) -> frozenset[int]:
        file, place = found[font]
        with TTFont(file, fontNumber=place, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())

    return letters


async def take(start: str) -> None:
    """A ticket by hand, beside the machine's own screen."""
    async with httpx.AsyncClient(base_url=start.partition("/?")[0], timeout=30) as browser:
        hand = Finger(browser=browser)
        await hand.go(start)
        await _take(hand)


def printed(file: Path, folder: Path) -> str:
    """The code on the paper that came out last, and takes it away."""
    picture = rasters(file.read_bytes())
    if picture is None:
        return ""
    code = scanned(picture, folder / "paper.png")
    file.unlink()
    return code


@contextmanager
def glass(root: Debian) -> Generator[Callable[[], Image.Image]]:
    """A screen upright, as of a ticket machine, made of memory; gives what can be seen on it."""
    root.run("mkdir", "/run/glass")
    line = ["Xvfb", GLASS["DISPLAY"], "-ac", "-nolisten", "tcp", "-screen", "0", "1080x1920x24", "-fbdir", "/run/glass"]
    running = subprocess.Popen(root.enter(*line), env={"PATH": PATH}, start_new_session=True)
    file = root.files / "run/glass/Xvfb_screen0"
    try:
        for _ in range(100):
            if file.exists():
                break
            time.sleep(0.1)
        yield lambda: read_xwd(file.read_bytes())
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def read_xwd(dump: bytes) -> Image.Image:
    """A picture as X writes it into its memory."""
    header = struct.unpack(">25I", dump[:100])
    begins, width, height, row, colours = (header[at] for at in (0, 4, 5, 12, 19))
    return Image.frombytes("RGB", (width, height), dump[begins + 12 * colours :], "raw", "BGRX", row)


def shows_kiosk(picture: Image.Image) -> bool:
    """Whether the machine's first screen is there: its paper, and its signs in the one accent."""
    counts = {colour: count for count, colour in picture.getcolors(2**16) or ()}
    return counts.get(PAPER, 0) > 100_000 and counts.get(ACCENT, 0) > 1000


def begins_with_its_sign(picture: Image.Image, rotate: int) -> bool:
    """Whether the sign stands in the page's first corner, seen by somebody whose panel is turned clockwise so far."""
    window = picture.crop((0, 0, *WINDOW))
    if rotate:
        window = window.transpose(Image.Transpose.ROTATE_270)
    corner = window.crop((0, 0, 64, 64))
    return {colour: count for count, colour in corner.getcolors(64 * 64) or ()}.get(ACCENT, 0) > 100


class Listener(ThreadingHTTPServer):
    """A server of this machine that keeps what it was asked for, and leads on to another one."""

    def __init__(self, leads_to: "Listener | None" = None) -> None:
        super().__init__(("127.0.0.1", 0), Leading)
        self.asked: list[str] = []
        self.next = leads_to

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Leading(BaseHTTPRequestHandler):
    """Answers for a `Listener`."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Listener)
        self.server.asked.append(self.path)
        self.send_response(204 if self.server.next is None else 302)
        if self.server.next is not None:
            self.send_header("Location", self.server.next.address)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def listener(leads_to: Listener | None = None) -> Generator[Listener]:
    """A `Listener` at work."""
    with Listener(leads_to) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def allow(root: Debian, *servers: Listener) -> None:
    """The policy as it is installed, for these addresses instead of the agent's."""
    file = root.files / POLICY
    policy = json.loads(file.read_text())
    file.write_text(json.dumps(policy | {"URLAllowlist": [each.address for each in servers]}))


def browser(at: Listener, name: str) -> Unit:
    """The machine's browser without its screen."""
    line = f"chromium --headless --disable-gpu --user-data-dir='/run/browser/{name}' {at.address}"
    words = {"HOME": "/run/browser", "RUNTIME_DIRECTORY": "/run/browser"}
    return Unit(user="onestop-kiosk", line=line, words=words)


async def until(what: Callable[[], T], seconds: float = 60) -> T:
    """The first thing it gives; files that are not there yet are waited for."""
    ends = time.monotonic() + seconds
    while True:
        try:
            if found := await asyncio.to_thread(what):
                return found
        except (OSError, subprocess.CalledProcessError):
            pass
        assert time.monotonic() < ends, "it does not come"
        await asyncio.sleep(0.3)
