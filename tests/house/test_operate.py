"""The runbooks and units name commands, options, files and pages that exist."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import rich_click as click
from click.testing import CliRunner

from onestop.cli import onestop

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/operate").glob("*.md"))
UNITS = sorted((ROOT / "deploy/systemd").glob("*.*"))
CODE = re.compile(r"```\w*\n(.*?)```|`([^`]+)`", re.DOTALL)
COMMAND = re.compile(r"(?:^|[/ ])(?<!-u )onestop ([a-z][^|\n]*)")
LINK = re.compile(r"\]\(([^)#]+)")
RUNBOOKS = {page.name for page in PAGES} - {
    "README.md", "install-laptop.md", "install-server.md", "backups.md", "watching.md", "upgrade.md", "speech.md",
}  # fmt: skip


def commands(text: str) -> Iterator[list[str]]:
    """The words after `onestop` in every piece of code."""
    for block, inline in CODE.findall(text):
        for line in (block or inline).splitlines():
            if (found := COMMAND.search(line)) and "psql onestop" not in line:
                words = shlex.split(found[1], posix=True)
                if not ({"-c", "onestop-jobs"} & set(words)):
                    yield words


def wrong(words: list[str]) -> str:
    """What is wrong with a command; empty when nothing is."""
    command: click.Command = onestop
    path: list[str] = []
    while isinstance(command, click.Group) and words:
        inner = command.commands.get(words[0])
        if inner is None:
            return f"no command {words[0]}"
        path.append(words[0])
        command, words = inner, words[1:]
    if isinstance(command, click.Group):
        return f"{' '.join(path)} needs another word"
    options = {name for parameter in command.params for name in parameter.opts}
    if unknown := [word for word in words if word.startswith("--") and word not in options]:
        return f"{' '.join(path)} has no {unknown[0]}"
    told = CliRunner().invoke(onestop, [*path, "--help"])
    return "" if told.exit_code == 0 and "Example" in told.output else f"{' '.join(path)} --help fails"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_exists(page: Path):
    assert [f"{words}: {wrong(words)}" for words in commands(page.read_text()) if wrong(words)] == []


def test_the_commands_are_found_and_mistakes_seen():
    found = {words[0] for page in PAGES for words in commands(page.read_text())}

    assert {"backup", "restore", "verify", "serve", "staff", "device", "mail", "db", "check", "erase"} <= found
    assert [wrong(words) for words in (["bakup"], ["db"], ["restore", "--really", "x"], ["verify"])] == [
        "no command bakup",
        "db needs another word",
        "restore has no --really",
        "",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page: Path):
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


def test_every_page_is_on_the_index():
    linked = set(LINK.findall((ROOT / "docs/operate/README.md").read_text()))

    assert {page.name for page in PAGES} - linked == {"README.md"}


@pytest.mark.parametrize("name", sorted(RUNBOOKS))
def test_a_runbook_says_how_you_notice_what_first_what_then_and_when_it_is_well(name: str):
    text = (ROOT / "docs/operate" / name).read_text()
    notice = "How you notice" in text or name == "suspected-leak.md"

    assert (notice, "**First" in text, "1. " in text, "**Well again when**" in text) == (True,) * 4


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_one_that_systemd_reads(unit: Path, tmp_path: Path):
    text = unit.read_text()
    started = re.findall(r"/opt/onestop/bin/onestop ([a-z]+)", text)
    assert [wrong([command, "FILE"]) for command in started] == [""] * len(started)
    assert bool(started) == (unit.suffix == ".service")
    if shutil.which("systemd-analyze") is None:
        return  # the words above are all that can be checked here
    program = shutil.which("true")
    for each in UNITS:
        (tmp_path / each.name).write_text(each.read_text().replace("/opt/onestop/bin/onestop", str(program)))

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True, check=False
    )

    assert [line for line in said.stderr.splitlines() if unit.name in line] == []
