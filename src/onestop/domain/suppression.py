"""Which cells of a table of counts are kept back, so that no small one can be read or worked out by subtracting.

A count of 1 to 4 could point at people. It is hidden (primary suppression), and because totals are known, others are
hidden with it (complementary suppression) until each hidden cell can have at least two values that fit all that is
shown. Source: the idea and the words are Cox, "Suppression Methodology and Statistical Disclosure Control", JASA 75
(1980), 377-385; the complements are found as cheapest alternating cycles of -1 and +1 in the network of sums, after
Cox, "Network Models for Complementary Cell Suppression", JASA 90 (1995), 1453-1462. Such a cycle is the proof itself:
the table with its steps taken is another one that fits.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count as counting
from typing import Generic, TypeVar

from onestop.domain.retention import RARE

Cell = TypeVar("Cell", bound=Hashable)
RowKey = TypeVar("RowKey", bound=Hashable)
ColumnKey = TypeVar("ColumnKey", bound=Hashable)

_OUTSIDE = -1
"""Where a cell ends that stands in one sum only."""
_ZERO_COSTS = 10 * RARE
"""Hiding a nought helps nobody who reads the table: only where nothing else helps."""


@dataclass(frozen=True, slots=True)
class Sum(Generic[Cell]):
    """What a reader knows of a table: the total is the sum of its parts. A cell stands in at most two sums."""

    total: Cell
    parts: tuple[Cell, ...]


def is_small(count: int) -> bool:
    """Whether a count could point at people."""
    return 0 < count < RARE


def hidden_cells(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum[Cell]],
    *,
    known: Collection[Cell] = (),
    small: Collection[Cell] = (),
    hidden_before: Collection[Cell] = (),
) -> frozenset[Cell]:
    """The cells of one or several linked tables that are kept back; empty where no cell is small.

    `known` cells are read elsewhere and cannot be kept back. `small` are cells that are small for a reason of their
    own; `hidden_before` are kept back already wherever they stand. A cell that follows from what is known alone is
    hidden and nothing more is hidden in vain for it.
    """
    taken = frozenset(known)
    own = frozenset(small)
    hidden = {cell for cell, count in counts.items() if cell not in taken and (is_small(count) or cell in own)}
    network = _Network(counts, sums, taken)
    to_protect = sorted(hidden, key=lambda cell: (counts[cell], repr(cell)))
    hidden |= set(hidden_before) - taken
    safe = network.on_cycles(hidden)
    for cell in to_protect:
        if cell not in safe:
            cycle = network.cheapest_cycle(cell, hidden)
            hidden |= cycle
            safe |= cycle | network.on_cycles(hidden)
    return frozenset(hidden)


def hidden_in_crossing(counts: Mapping[tuple[RowKey, ColumnKey], int]) -> frozenset[tuple[RowKey, ColumnKey]]:
    """The cells of a table of two dimensions that are kept back where the totals of all its rows and columns are known.

    What `counts` does not name is nought and stands in the table all the same.
    """
    rows = list(dict.fromkeys(row for row, _ in counts))
    columns = list(dict.fromkeys(column for _, column in counts))
    cells: dict[tuple[int, int], int] = {
        (r, c): counts.get((row, column), 0) for r, row in enumerate(rows) for c, column in enumerate(columns)
    }
    across = [Sum((r, -1), tuple((r, c) for c in range(len(columns)))) for r in range(len(rows))]
    down = [Sum((-1, c), tuple((r, c) for r in range(len(rows)))) for c in range(len(columns))]
    totals = {each.total: sum(cells[part] for part in each.parts) for each in (*across, *down)}
    found = hidden_cells(cells | totals, [*across, *down], known=totals)
    return frozenset((rows[r], columns[c]) for r, c in found)


class _Network(Generic[Cell]):
    """The sums as nodes, the cells as lines between them."""

    def __init__(self, counts: Mapping[Cell, int], sums: Sequence[Sum[Cell]], known: frozenset[Cell]) -> None:
        self._counts = counts
        self._members: list[dict[Cell, int]] = []
        self._sums_of: dict[Cell, list[tuple[int, int]]] = {}
        for node, each in enumerate(sums):
            members = {**dict.fromkeys(each.parts, 1), each.total: -1}
            self._members.append({cell: sign for cell, sign in members.items() if cell not in known})
            for cell, sign in members.items():
                self._sums_of.setdefault(cell, []).append((node, sign))

    def on_cycles(self, hidden: Collection[Cell]) -> set[Cell]:
        """Hidden cells that others, hidden as well, let change both ways; found for all of them at once.

        A cell is a line between its two sums, or between one and the outside. In the lines of counts above nought each
        one that is no bridge lies on a cycle. Empty where the sums are no network, which a sign that does not fit says.
        """
        lines = [cell for cell in hidden if self._counts[cell] > 0 and len(self._sums_of.get(cell, ())) in (1, 2)]
        meeting: dict[int, list[tuple[Cell, int, int]]] = {}
        for cell in lines:
            (node, sign), (other, other_sign) = [*self._sums_of[cell], (_OUTSIDE, 0)][:2]
            turn = -sign * other_sign
            meeting.setdefault(node, []).append((cell, other, turn))
            meeting.setdefault(other, []).append((cell, node, turn))
        seen: dict[int, int] = {}
        turned: dict[int, int] = {}
        low: dict[int, int] = {}
        bridges: set[Cell] = set()
        for start in meeting:
            if start in seen:
                continue
            seen[start] = low[start] = len(seen)
            turned[start] = 1
            walk: list[tuple[int, Cell | None, Iterator[tuple[Cell, int, int]]]] = [(start, None, iter(meeting[start]))]
            while walk:
                node, came_by, rest = walk[-1]
                step = next(rest, None)
                if step is None:
                    walk.pop()
                    if walk and came_by is not None:
                        before = walk[-1][0]
                        low[before] = min(low[before], low[node])
                        if low[node] > seen[before]:
                            bridges.add(came_by)
                    continue
                cell, other, turn = step
                if cell == came_by:
                    continue
                if other not in seen:
                    seen[other] = low[other] = len(seen)
                    turned[other] = turned[node] * (turn or 1)
                    walk.append((other, cell, iter(meeting[other])))
                    continue
                if _OUTSIDE not in (node, other) and turned[other] != turned[node] * turn:
                    return set()
                low[node] = min(low[node], seen[other])
        return {cell for cell in lines if cell not in bridges}

    def cheapest_cycle(self, cell: Cell, hidden: Collection[Cell]) -> frozenset[Cell]:
        """The cells that can change by one together with this one; empty if none can.

        Counts stay at least nought. What is hidden already costs nothing, else the number of people not told.
        """
        order = counting()
        queue: list[tuple[int, int, tuple[tuple[int, int], ...], tuple[Cell, ...]]] = []
        for step in (1, -1):
            if self._counts[cell] + step >= 0:
                heappush(queue, (0, next(order), self._off((), cell, step), (cell,)))
        seen: set[tuple[tuple[int, int], ...]] = set()
        while queue:
            cost, _, off, path = heappop(queue)
            if not off:
                return frozenset(path)
            if off in seen:
                continue
            seen.add(off)
            for then, step in self._mending(off[-1]):
                if then not in path:
                    price = 0 if then in hidden else self._counts[then] or _ZERO_COSTS
                    heappush(queue, (cost + price, next(order), self._off(off, then, step), (*path, then)))
        return frozenset()

    def _mending(self, off: tuple[int, int]) -> Iterator[tuple[Cell, int]]:
        node, by = off
        for cell, sign in self._members[node].items():
            step = -sign if by > 0 else sign
            if self._counts[cell] + step >= 0:
                yield cell, step

    def _off(self, off: tuple[tuple[int, int], ...], cell: Cell, step: int) -> tuple[tuple[int, int], ...]:
        """Which sums no longer hold after a step, the newest last."""
        by = dict(off)
        for node, sign in self._sums_of.get(cell, ()):
            left = by.pop(node, 0) + sign * step
            if left:
                by[node] = left
        return tuple(by.items())
