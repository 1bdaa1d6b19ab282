"""The multiples of an earlier run, committed, and what grew since."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bench import Measured

PLACE = Path(__file__).with_name("baseline.json")
GROWN = 1.2
SLACK = 0.05
"""In the unit of the figure: what is close to nothing may double without being slow."""
Baseline: TypeAlias = dict[str, dict[str, float]]
"""By benchmark, then by `database: what: measure`."""


def read_baseline(place: Path = PLACE) -> Baseline:
    """What was kept; empty before the first."""
    return json.loads(place.read_text()) if place.exists() else {}


def save_baseline(results: Mapping[str, Sequence[Measured]], place: Path = PLACE) -> None:
    """Keep the multiples of these benchmarks; what was not measured now stays as it was."""
    kept = read_baseline(place)
    for name, rows in results.items():
        fresh = {_key(row): round(row.value, 3) for row in rows if row.compared}
        kept[name] = dict(sorted({**kept.get(name, {}), **fresh}.items()))
    place.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")


def grown(results: Mapping[str, Sequence[Measured]], baseline: Baseline) -> Iterator[tuple[Measured, float]]:
    """Each multiple that is over 20 % above its baseline, with what it was; its low quartile must be above it too."""
    for name, rows in results.items():
        for row in rows:
            before = baseline.get(name, {}).get(_key(row))
            if not row.compared or before is None:
                continue
            surely = row.low is None or row.low > before
            if surely and row.value > before * GROWN + SLACK:
                yield row, before


def _key(row: Measured) -> str:
    return f"{row.database}: {row.what}: {row.measure}"
