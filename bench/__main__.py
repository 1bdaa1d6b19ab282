"""`python -m bench [NAME …]`: run the benchmarks, print a table, keep the results as JSON under `var/bench`."""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

import bench
from bench import Measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was named, or everything; 2 if a name is unknown."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Run the benchmarks of onestop.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(known) or 'none exist yet'}")
    parser.add_argument("--list", action="store_true", help="only list the benchmarks")
    chosen = parser.parse_args(arguments)
    if not known:
        print("There are no benchmarks yet.")
        return 0
    unknown = sorted(set(chosen.names) - set(known))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    if chosen.list:
        print("\n".join(known))
        return 0
    results = {name: measure(name) for name in chosen.names or known}
    show(results)
    return 0


def benchmarks() -> list[str]:
    """The names of the modules beside this one."""
    return sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("_"))


def measure(name: str) -> list[Measured]:
    """Run one benchmark and keep its figures, with the machine they were made on."""
    rows: list[Measured] = list(importlib.import_module(f"bench.{name}").run())
    kept = Path(os.environ.get("ONESTOP_VAR", "var")) / "bench" / f"{name}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()}
    kept.write_text(json.dumps({"machine": machine, "measured": [asdict(row) for row in rows]}, indent=1) + "\n")
    return rows


def show(results: dict[str, list[Measured]]) -> None:
    """Print every figure as one table."""
    table = Table("benchmark", "what", "value", "unit")
    for name, rows in results.items():
        for row in rows:
            table.add_row(name, row.what, f"{row.value:,.2f}", row.unit)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
