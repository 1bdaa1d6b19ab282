"""One table of a report for everybody: counts by key, rare keys told together, small counts kept back."""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass

from onestop.domain.retention import OTHER_LANGUAGE
from onestop.domain.suppression import Sum, hidden_cells, is_small

OTHER = OTHER_LANGUAGE
"""The key of what is told together."""
_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLine:
    """What one report tells of one table whose total everybody knows."""

    counts: Mapping[str, int]
    """As they are."""
    folded: frozenset[str]
    """Keys that are told together as `OTHER`."""
    hidden: frozenset[str]
    """Keys of the table that is shown whose count is kept back."""

    @property
    def shown(self) -> dict[str, int]:
        """The table that is shown, before anything is kept back."""
        return fold(self.counts, self.folded)

    @property
    def cells(self) -> dict[str, int | None]:
        """The table that is shown."""
        return {key: None if key in self.hidden else count for key, count in self.shown.items()}


def fold(counts: Mapping[str, int], folded: Collection[str]) -> dict[str, int]:
    """Some keys as one."""
    found: dict[str, int] = {}
    for key, count in counts.items():
        name = OTHER if key in folded else key
        found[name] = found.get(name, 0) + count
    return found


def rare(counts: Mapping[str, int], foldable: Callable[[str], bool] | None) -> frozenset[str]:
    """Keys to tell together: of those that may be, the ones that fewer than five have, and who is told so already."""
    if foldable is None:
        return frozenset()
    return frozenset(key for key, count in counts.items() if foldable(key) and (key == OTHER or is_small(count)))


def published_line(counts: Mapping[str, int], foldable: Callable[[str], bool] | None = None) -> PublishedLine:
    """What a report of its own tells of these counts."""
    folded = rare(counts, foldable)
    shown = fold(counts, folded)
    cells: dict[Hashable, int] = {("of", key): count for key, count in shown.items()}
    sums: list[Sum[Hashable]] = [Sum(_ALL, tuple(cells))]
    hidden = hidden_cells({**cells, _ALL: sum(shown.values())}, sums, known={_ALL})
    return PublishedLine(
        counts=dict(counts), folded=folded, hidden=frozenset(key for key in shown if ("of", key) in hidden)
    )
