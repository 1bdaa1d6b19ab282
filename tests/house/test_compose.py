"""The container files agree with the project: services, commands, settings and files they name exist."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())


def instructions(name: str) -> list[list[str]]:
    """The words after each instruction of that name in the Dockerfile."""
    return [line.split()[1:] for line in DOCKERFILE.splitlines() if line.split()[:1] == [name]]


def test_compose_has_exactly_the_parts_of_an_installation():
    assert set(COMPOSE["services"]) == {"app", "jobs", "db", "mail", "proxy"}


def test_every_image_has_a_version():
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += [words[0] for words in instructions("FROM")]

    assert (len(images), [image for image in images if ":" not in image or image.endswith(":latest")]) == (7, [])


@pytest.mark.parametrize("service", ["app", "jobs"])
def test_compose_starts_commands_that_exist(service: str):
    program, command, *options = COMPOSE["services"][service]["command"]

    told = subprocess.run(
        [Path(sys.executable).with_name(program), command, "--help"], capture_output=True, text=True, check=False
    )

    assert (told.returncode, [name for name in options if name.startswith("--") and name not in told.stdout]) == (0, [])


def test_every_setting_in_the_container_files_exists():
    from onestop.settings import Settings

    known = {f"ONESTOP_{name.upper()}" for name in Settings.__dataclass_fields__}
    used = {name for service in ("app", "jobs") for name in COMPOSE["services"][service]["environment"]}
    used |= set(re.findall(r"\b(ONESTOP_[A-Z_]+)=", DOCKERFILE))

    assert (len(used) > 10, used - known) == (True, set())


def test_files_mounted_into_the_services_exist():
    mounts = [
        mount.split(":")[0]
        for service in COMPOSE["services"].values()
        for mount in service.get("volumes", [])
        if mount.startswith("./")
    ]

    assert (len(mounts), [mount for mount in mounts if not (ROOT / mount).is_file()]) == (2, [])


def test_every_variable_of_compose_is_explained_or_has_a_default():
    text = (ROOT / "compose.yaml").read_text()
    needed = set(re.findall(r"\$\{(\w+):\?", text))
    explained = set(re.findall(r"^#?(\w+)=", (ROOT / "deploy/env.example").read_text(), re.MULTILINE))

    assert (len(needed), needed - explained, re.findall(r"\$\{\w+\}", text)) == (3, set(), [])


def test_the_image_copies_what_the_wheel_is_made_of_and_nothing_that_is_missing():
    sources = {word for words in instructions("COPY") for word in words[:-1] if not words[0].startswith("--from")}
    context = {
        line[1:].rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {name.split("/")[0] for name in wheel["only-include"] if (ROOT / name).exists()}

    missing = {source for source in sources if not (ROOT / source).exists()}

    assert (missing, needed - sources, {source.split("/")[0] for source in sources} ^ context) == (set(), set(), set())


def test_the_image_runs_as_its_own_user_with_a_health_check():
    assert (instructions("USER"), len(instructions("HEALTHCHECK"))) == ([["onestop"]], 1)
