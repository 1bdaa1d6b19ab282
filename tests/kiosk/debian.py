"""A small Debian in memory, in name spaces of its own: whatever happens, it is gone with the process that holds it.

Where packages come from is asked of this machine (apt, pip, certificates) each time; no file of the project names it.
"""

import configparser
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("debootstrap", "unshare", "nsenter", "setpriv", "apt-get", "systemd-analyze")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def why_not() -> str:
    """Why no Debian can be made here; empty where it can."""
    if os.geteuid() != 0:
        return "only root can make a Debian to install into"
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        return f"no Debian to install into: {', '.join(missing)} missing"
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False).returncode:
        return "this root may not make name spaces (a container without the right to mount)"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What systemd would start, as whom, and with which words round it."""

    user: str
    line: str
    words: Mapping[str, str]


@dataclass(slots=True)
class Debian:
    """The root: `holder` is its first process, `place` where it stands for everybody inside until it `turns`."""

    holder: int
    place: Path
    turned: bool = False

    @property
    def files(self) -> Path:
        """Its files, seen from outside."""
        return Path(f"/proc/{self.holder}/root") / ("" if self.turned else self.place.relative_to("/"))

    def enter(self, *line: str) -> list[str]:
        """A command line that runs in it."""
        inside = ["nsenter", f"--target={self.holder}", "--mount", "--pid"]
        if self.turned:
            return [*inside, "--root", "--wd=/", "--", *line]
        return [*inside, "--", "chroot", str(self.place), *line]

    def run(self, *line: str, check: bool = True, **words: str) -> subprocess.CompletedProcess[str]:
        """Run something as root; `words` go into its environment."""
        env = {"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", **words}
        done = subprocess.run(self.enter(*line), env=env, check=False, text=True, capture_output=True)
        assert not check or done.returncode == 0, f"{shlex.join(line)}\n{done.stdout}\n{done.stderr}"
        return done

    def turn(self) -> None:
        """Make it the root of its name space, as of a machine: under chroot the kernel gives Chromium no sandbox."""
        if self.turned:
            return
        inside = ["nsenter", f"--target={self.holder}", "--mount", "--pid", "--", "sh", "-c"]
        subprocess.run([*inside, f"cd {self.place} && pivot_root . mnt && umount -l /mnt"], check=True)
        self.turned = True

    def unit(self, name: str) -> Unit:
        """A unit as it was installed. Only what stands in it counts; nothing here is added to the line."""
        parser = configparser.RawConfigParser(strict=False, interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read(self.files / "etc/systemd/system" / name, encoding="utf-8")
        service = parser["Service"]
        words = dict(word.split("=", 1) for word in service["Environment"].split())
        if folder := service.get("RuntimeDirectory"):
            words["RUNTIME_DIRECTORY"] = f"/run/{folder}"
        return Unit(user=service["User"], line=service["ExecStart"], words=words)

    @contextmanager
    def started(self, unit: Unit, **words: str) -> Generator[subprocess.Popen[bytes]]:
        """The line of a unit as its user, who can gain no rights; killed at the end."""
        if folder := unit.words.get("RUNTIME_DIRECTORY"):
            self.run("install", "-d", "-m", "700", "-o", unit.user, folder)
        env = [f"{name}={value}" for name, value in {"PATH": PATH, "LC_ALL": "C.UTF-8", **unit.words, **words}.items()]
        who = ["setpriv", f"--reuid={unit.user}", f"--regid={unit.user}", "--init-groups", "--no-new-privs"]
        line = [*who, "--bounding-set=-all", "--inh-caps=-all", "env", "-i", *env, *shlex.split(unit.line)]
        running = subprocess.Popen(self.enter(*line), start_new_session=True)
        try:
            yield running
        finally:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


@contextmanager
def debian(place: Path) -> Generator[Debian]:
    """A Debian of the release of this machine, with nothing but its smallest set of packages."""
    place.mkdir(parents=True)
    held = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation=private", "sleep", "infinity"]
    holding = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *held])
    try:
        root = Debian(_child_of(holding.pid), place)
        _fill(root)
        yield root
    finally:
        holding.kill()
        holding.wait()
        place.rmdir()


def _fill(root: Debian) -> None:
    outside = ["nsenter", f"--target={root.holder}", "--mount", "--pid", "--"]
    subprocess.run([*outside, "mount", "-t", "tmpfs", "-o", "mode=755", "root", str(root.place)], check=True)
    release, mirror, sources = _sources()
    made = subprocess.run(
        [*outside, "debootstrap", "--variant=minbase", release, str(root.place), mirror],
        check=False,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, f"{made.stdout}\n{made.stderr}"
    for kind, where in (("proc", "proc"), ("tmpfs", "dev/shm"), ("tmpfs", "run")):
        (root.files / where).mkdir(exist_ok=True)
        subprocess.run([*outside, "mount", "-t", kind, kind, str(root.place / where)], check=True)
    (root.files / "etc/apt/sources.list").write_text(sources)
    (root.files / "etc/apt/apt.conf.d/90as-outside").write_text(_apt_way())
    (root.files / "etc/dpkg/dpkg.cfg.d/unsafe").write_text("force-unsafe-io\n")
    shutil.copy("/etc/resolv.conf", root.files / "etc/resolv.conf")
    if (own := Path("/usr/local/share/ca-certificates")).is_dir():
        shutil.copytree(own, root.files / "usr/local/share/ca-certificates", dirs_exist_ok=True)


def _sources() -> tuple[str, str, str]:
    """Release and mirror of this machine, and all its sources of Debian."""
    told = "$(ORIGIN) $(CODENAME) $(RELEASE) $(COMPONENT) $(REPO_URI)"
    asked = ["apt-get", "indextargets", "--format", told, "Created-By: Packages"]
    lines = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
    found = [line.split(" ", 4) for line in lines if line.startswith("Debian ")]
    release = re.findall(r"^VERSION_CODENAME=(\S+)", Path("/etc/os-release").read_text(), re.MULTILINE)[0]
    mirror = next(uri for _, codename, _, component, uri in found if (codename, component) == (release, "main"))
    return release, mirror, "".join(f"deb {uri} {suite} {component}\n" for _, _, suite, component, uri in found)


def _apt_way() -> str:
    """How apt reaches its packages here: proxies, certificates, what it checks."""
    dump = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True).stdout
    wanted = re.compile(r"^Acquire::(https?|Check|Retries)\b", re.IGNORECASE)
    return "".join(f"{line}\n" for line in dump.splitlines() if wanted.match(line))


def pip_way() -> dict[str, str]:
    """How pip reaches its packages here, as words for its environment; folders of this machine are not there inside."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True)
    found: dict[str, str] = {}
    for line in told.stdout.splitlines():
        name, _, value = line.partition("=")
        if not any(Path(word.removeprefix("file://")).is_dir() for word in value.strip("'\"").split()):
            found["PIP_" + name.rpartition(".")[2].upper().replace("-", "_")] = value.strip("'\"")
    passed = re.compile(r"(?i)^(https?_proxy|no_proxy|ssl_cert_file|requests_ca_bundle)$")
    return found | {name: value for name, value in os.environ.items() if passed.match(name)}


def _child_of(parent: int) -> int:
    """The first process of the new name space."""
    for _ in range(200):
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        if children and "sleep" in Path(f"/proc/{children[0]}/cmdline").read_text():
            return int(children[0])
        time.sleep(0.02)
    raise TimeoutError("no name space")
