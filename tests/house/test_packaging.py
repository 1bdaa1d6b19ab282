"""The wheel: it holds what it must and nothing else, and serves from a clean environment without the checkout."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("packaging")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's files with secrets lying about, as they do on a real machine."""
    copy = tmp_path_factory.mktemp("sources")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    for secret in ("static/private.key", "templates/server.pem", "src/onestop/.env"):
        (copy / secret).parent.mkdir(parents=True, exist_ok=True)
        (copy / secret).write_text("secret")
    return copy


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", out, sources], check=True)
    return next(out.glob("onestop-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment that holds the pinned requirements and the wheel."""
    home = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    pip = [home / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements/app.txt"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    return home / "bin"


def clean_environment(**more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ONESTOP_", "PYTHON", "VIRTUAL_"))
    }
    return {**kept, **more}


def test_wheel_holds_every_resource_of_the_project_and_nothing_ignored(sources: Path, wheel: Path):
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("onestop/_resources/")}
    secrets = {"static/private.key", "templates/server.pem"}
    ours = {
        f"onestop/_resources/{path.relative_to(sources)}"
        for folder in ("templates", "static", "kiosk")
        for path in (sources / folder).rglob("*")
        if path.is_file() and str(path.relative_to(sources)) not in secrets
    }

    assert (len(ours) > 5, shipped) == (True, ours)


def test_wheel_holds_every_module_and_catalogue_and_no_secret(sources: Path, wheel: Path):
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("onestop/")}
    ours = {str(path.relative_to(sources / "src")) for path in (sources / "src").rglob("*") if path.is_file()}

    assert {name for name in shipped if "/_resources/" not in name} == ours - {"onestop/.env"}


def test_wheel_in_a_clean_environment_has_a_working_command(installed: Path, tmp_path: Path):
    told = subprocess.run(
        [installed / "onestop", "--help"],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.returncode, "serve" in told.stdout, "demo" in told.stdout, told.stderr) == (0, True, True, "")


@pytest.fixture
def demo(installed: Path, tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """`onestop demo` from the wheel, in an empty folder, ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = clean_environment(ONESTOP_VAR=str(tmp_path / "var"), PORT=str(port))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [installed / "onestop", "demo"], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()
            process.wait()


def test_wheel_in_a_clean_environment_serves_the_demo_and_stops_when_asked(
    demo: tuple[str, "subprocess.Popen[bytes]"], tmp_path: Path
):
    address, process = demo

    assert status(f"{address}/health/ready", process, seconds=60) == 200, (tmp_path / "log").read_text()

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) in {0, -signal.SIGTERM, 128 + signal.SIGTERM}


def status(address: str, process: "subprocess.Popen[bytes]", *, seconds: float) -> int | None:
    """The status of an address as soon as it answers 200, else the last one heard."""
    heard = None
    end = time.monotonic() + seconds
    while heard != 200 and time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                heard = answer.status
        except urllib.error.HTTPError as error:
            heard = error.code
            error.close()
        except OSError:
            time.sleep(0.2)
    return heard
