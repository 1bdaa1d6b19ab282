"""`python -m bench [NAME …]`: run the benchmarks, print tables, keep the results as JSON under `var/bench`."""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

import bench
from bench import Measured, Noted, Options
from bench._baseline import Baseline, grown, read_baseline, save_baseline
from bench._databases import KINDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was named, or everything; 2 if a name is unknown."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Run the benchmarks of onestop.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(known)}")
    parser.add_argument("--list", action="store_true", help="only list the benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes, for a first look")
    parser.add_argument("--database", action="append", choices=KINDS, help="only this one; may be given twice")
    parser.add_argument("--save-baseline", action="store_true", help="keep the multiples of this run as the baseline")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.names) - set(known))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    if chosen.list:
        print("\n".join(known))
        return 0
    # Servers started here end with us, also when somebody ends us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = Options(quick=chosen.quick, databases=tuple(chosen.database or KINDS))
    baseline = read_baseline()
    results: dict[str, list[Measured]] = {}
    for name in chosen.names or known:
        results[name] = measure(name, options)
        show(name, results[name], baseline)
    if chosen.save_baseline:
        save_baseline(results)
        print("These multiples are the baseline from now on.")
    else:
        print(verdict(results, baseline))
    return 0


def benchmarks() -> list[str]:
    """The names of the modules beside this one."""
    return sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("_"))


def measure(name: str, options: Options) -> list[Measured]:
    """Run one benchmark and keep its figures, with the machine they were made on."""
    made: list[Measured | Noted] = list(importlib.import_module(f"bench.{name}").run(options))
    rows = [row for row in made if isinstance(row, Measured)]
    notes = [row.text for row in made if isinstance(row, Noted)]
    kept = Path(os.environ.get("ONESTOP_VAR", "var")) / "bench" / f"{name}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()}
    kept.write_text(
        json.dumps(
            {"machine": machine, "quick": options.quick, "measured": [asdict(row) for row in rows], "noted": notes},
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )
    for note in notes:
        print(note)
    return rows


def show(name: str, rows: Sequence[Measured], baseline: Baseline) -> None:
    """Print a table for each database: a line for each thing, a column for each measure, quartiles in parentheses."""
    worse = {(row.database, row.what, row.measure): before for row, before in grown({name: rows}, baseline)}
    for database in dict.fromkeys(row.database for row in rows):
        here = [row for row in rows if row.database == database]
        measures = list(dict.fromkeys((row.measure, row.unit) for row in here))
        table = Table("", *(f"{measure} {unit}".strip() for measure, unit in measures), title=f"{name}, {database}")
        for what in dict.fromkeys(row.what for row in here):
            cells = {row.measure: row for row in here if row.what == what}
            shown = [
                _cell(cells[measure], worse.get((database, what, measure))) if measure in cells else ""
                for measure, _ in measures
            ]
            table.add_row(what, *shown)
        Console(width=None if sys.stdout.isatty() else 200).print(table)


def verdict(results: dict[str, list[Measured]], baseline: Baseline) -> str:
    """The closing line: what costs over 20 % more than the baseline."""
    found = [
        f"{name} {row.database} {row.what} {row.measure}: {before:,.2f} → {row.value:,.2f}"
        for name, rows in results.items()
        for row, before in grown({name: rows}, baseline)
    ]
    if not found:
        return "No multiple grew by more than 20 % over the baseline."
    return "Grew by more than 20 % over the baseline:\n  " + "\n  ".join(found)


def _cell(row: Measured, before: float | None) -> str:
    text = f"{row.value:,.2f}"
    if row.low is not None and row.high is not None:
        text += f" ({row.low:,.2f}–{row.high:,.2f})"
    return text if before is None else f"[bold red]{text} ▲ was {before:,.2f}[/]"


if __name__ == "__main__":
    sys.exit(main())
