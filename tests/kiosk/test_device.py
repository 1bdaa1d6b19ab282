"""From an empty Debian to a ticket machine: installed under chroot, started as by systemd, killed and started again.

systemd itself does not run here. Each `ExecStart=` line is started as its user, who can gain no rights, in the words of
its unit; `systemd-analyze verify` reads the rest. The screen's glass is Xvfb: cage draws into it what it would draw.
"""

import asyncio
import json
import os
import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TypeVar

import httpx
import pytest
from PIL import Image

from onestop.booking.tickets import find_code
from tests.kiosk.debian import PATH, Debian, Unit, debian, pip_way, why_not
from tests.kiosk.printer import rasters
from tests.kiosk.test_line import _take, code_of
from tests.kiosk.test_printing import scanned
from tests.kiosk.test_shell import numbers
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
GLASS = {"WLR_BACKENDS": "x11", "DISPLAY": ":7", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
"""Told to cage, so that it draws into a window of Xvfb instead of looking for a screen and fingers."""
PAPER, ACCENT = (0xF4, 0xF6, 0xF5), (0x0B, 0x5A, 0x66)
"""Colours of the pages, from `static/css/tokens.css`."""
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
    verified = installed.run("systemd-analyze", "verify", *UNITS)
    enabled = installed.run("systemctl", "is-enabled", *UNITS).stdout.split()
    user = installed.run("getent", "passwd", "onestop-kiosk").stdout.strip().split(":")

    assert (verified.stdout, verified.stderr, enabled) == ("", "", ["enabled", "enabled"])
    assert (user[5], user[6]) == ("/var/lib/onestop-kiosk", "/usr/sbin/nologin")
    assert [installed.unit(name).user for name in UNITS] == ["onestop-kiosk", "onestop-kiosk"]


def test_a_second_run_keeps_what_the_machine_has_and_brings_the_rest_up_to_date(installed: Debian) -> None:
    settings = installed.files / "etc/onestop-kiosk.toml"
    agent = next((installed.files / "opt/onestop-kiosk/lib").glob("python3*")) / "site-packages/onestop_kiosk"
    before = settings.read_text()
    settings.write_text(f"port = 9999\n{before}")
    (installed.files / "var/lib/onestop-kiosk/kiosk.sqlite3").write_text("tickets")
    (agent / "old.py").write_text("raise SystemExit")

    installed.run("sh", INSTALL, SKIP_PACKAGES="1", ONESTOP_KIOSK_WHEELS="/nowhere")

    policy = json.loads((installed.files / "etc/chromium/policies/managed/onestop-kiosk.json").read_text())
    assert settings.read_text() == f"port = 9999\n{before}"
    assert (installed.files / "var/lib/onestop-kiosk/kiosk.sqlite3").read_text() == "tickets"
    assert ((agent / "old.py").exists(), (agent / "shell.py").exists()) == (False, True)
    assert policy["URLAllowlist"] == ["http://127.0.0.1:9999", "file:///run/onestop-kiosk/paper-"]
    settings.write_text(before)
    (installed.files / "var/lib/onestop-kiosk/kiosk.sqlite3").unlink()


async def test_agent_and_screen_work_are_killed_and_work_again(
    installed: Debian, site: Site, tmp_path: Path, unused_tcp_port: int
) -> None:
    await asyncio.to_thread(installed.run, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "xvfb")
    async with served(site) as address:
        (installed.files / "etc/onestop-kiosk.toml").write_text(
            f'server = "{address}"\nport = {unused_tcp_port}\nblocks = 1\npatience_seconds = 10\n'
            '[printer]\nkind = "file"\ndevice = "/var/lib/onestop-kiosk/paper"\n'
        )
        await asyncio.to_thread(installed.run, "sh", INSTALL, SKIP_PACKAGES="1", ONESTOP_KIOSK_WHEELS="/nowhere")
        await asyncio.to_thread(installed.run, "onestop-kiosk-pair", code_of(site))
        installed.turn()
        data = installed.files / "var/lib/onestop-kiosk"
        agent, screen = (installed.unit(name) for name in UNITS)
        with glass(installed) as look:
            for number in (100, 101):  # before and after both were killed
                (data / "address").unlink(missing_ok=True)  # as ExecStartPre= does
                assert not shows_kiosk(look())
                with installed.started(agent), installed.started(screen, **GLASS):
                    start = (await until(lambda: (data / "address").read_text())).strip()
                    await take(start)
                    paper = await until(lambda: printed(data / "paper", tmp_path))
                    assert site.database.read_now(find_code, paper).number == number
                    await until(lambda: shows_kiosk(look()))
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
    file = root.files / "etc/chromium/policies/managed/onestop-kiosk.json"
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
