"""The import contracts hold, and each of them notices when it is broken."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# fmt: off
PURE = frozenset({
    "abc", "base64", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "graphlib", "hashlib", "heapq", "hmac", "itertools", "math", "operator", "random", "re", "statistics",
    "string", "struct", "types", "typing", "unicodedata", "uuid", "zoneinfo",
})
# fmt: on
"""What the rule book may use of the standard library: nothing that reads, writes or waits."""

BREACHES = {
    "floors": ("db/base.py", "import onestop.jobs"),
    "rule-book": ("domain/visit.py", "import socket"),
    "framework": ("booking/__init__.py", "import litestar"),
    "no-tables-in-web": ("web/kit/__init__.py", "import onestop.days.tables"),
    "queries-below-actions": ("days/queries/days.py", "import onestop.days.actions"),
    "tables-below-queries": ("days/tables.py", "import onestop.days.queries"),
    "no-sending-in-requests": ("notify/kinds.py", "import onestop.notify.smtp"),
    "doors": ("web/public/__init__.py", "import onestop.web.kiosk"),
}


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_import_contracts_hold():
    told = lint(ROOT)

    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_each_import_contract_is_noticed(copy: Path, contract: str):
    assert lint(copy, "--contract", contract).returncode == 0
    name, line = BREACHES[contract]
    with (copy / "src/onestop" / name).open("a") as module:
        module.write(f"\n{line}\n")

    told = lint(copy, "--contract", contract)

    assert (told.returncode, "1 broken" in told.stdout) == (1, True), told.stdout + told.stderr


def test_a_package_without_a_floor_is_noticed(copy: Path):
    (copy / "src/onestop/attic").mkdir()
    (copy / "src/onestop/attic/__init__.py").touch()

    told = lint(copy, "--contract", "floors")

    assert (told.returncode, "- onestop.attic" in told.stdout) == (1, True), told.stdout + told.stderr


def test_the_rule_book_uses_only_the_pure_part_of_the_standard_library():
    files = sorted((ROOT / "src/onestop/domain").rglob("*.py"))

    foreign = {f"{path.name}: {name}" for path in files for name in imported(path) if not allowed(name)}

    assert (len(files) > 5, foreign) == (True, set())


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def allowed(name: str) -> bool:
    return name == "onestop.domain" or name.startswith("onestop.domain.") or name.split(".")[0] in PURE
