"""What is kept back stays unknown to whoever adds and subtracts, and nothing is kept back without need."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.domain.suppression import Sum, hidden_cells, hidden_in_crossing, is_small

counts = st.one_of(st.integers(0, 6), st.sampled_from([0, 1, 7, 9]))


def fits(world: Mapping[Any, int], sums: Sequence[Sum[Any]]) -> bool:
    """Whether a table that is known in part can still be made whole."""
    for each in sums:
        parts = [world.get(part) for part in each.parts]
        total = world.get(each.total)
        least = sum(part for part in parts if part is not None)
        if total is not None and (least > total or (None not in parts and least != total)):
            return False
    return True


def another_world(
    world: dict[Any, int], truth: Mapping[Any, int], left: Sequence[Any], sums: Sequence[Sum[Any]]
) -> dict[Any, int] | None:
    """A whole table of counts that fits what is known, found by trying all, those nearest to the truth first."""
    if not fits(world, sums):
        return None
    if not left:
        return world
    for value in sorted(range(max(truth.values()) + 2), key=lambda value: abs(value - truth[left[0]])):
        found = another_world({**world, left[0]: value}, truth, left[1:], sums)
        if found is not None:
            return found
    return None


def pinned_cells(truth: Mapping[Any, int], hidden: frozenset[Any], sums: Sequence[Sum[Any]]) -> set[Any]:
    """Hidden cells that an attacker knows all the same: no other value of them fits what is shown."""
    shown = {cell: value for cell, value in truth.items() if cell not in hidden}
    pinned: set[Any] = set()
    for cell in sorted(hidden, key=repr):
        others = [each for each in sorted(hidden, key=repr) if each != cell]
        # What may be changes without gaps: the tables that fit are convex, and sums of a network have whole corners.
        near = [value for value in (truth[cell] - 1, truth[cell] + 1) if value >= 0]
        if all(another_world({**shown, cell: value}, truth, others, sums) is None for value in near):
            pinned.add(cell)
    return pinned


def crossing_sums(rows: int, columns: int) -> list[Sum[Any]]:
    across: list[Sum[Any]] = [Sum(("row", r), tuple((r, c) for c in range(columns))) for r in range(rows)]
    down: list[Sum[Any]] = [Sum(("column", c), tuple((r, c) for r in range(rows))) for c in range(columns)]
    return [*across, *down]


@st.composite
def crossings(draw: st.DrawFn) -> tuple[int, int, dict[tuple[int, int], int]]:
    rows, columns = draw(st.sampled_from([(1, 2), (2, 2), (2, 3), (3, 2), (3, 3), (2, 4)]))
    return rows, columns, {cell: draw(counts) for cell in product(range(rows), range(columns))}


def with_totals(cells: Mapping[Any, int], sums: Sequence[Sum[Any]]) -> dict[Any, int]:
    whole = dict(cells)
    for each in sums:
        whole[each.total] = sum(whole[part] for part in each.parts)
    return whole


@settings(max_examples=120, deadline=None, derandomize=True)
@given(crossings())
def test_whoever_knows_every_total_of_a_crossing_cannot_pin_a_hidden_cell(
    table: tuple[int, int, dict[tuple[int, int], int]],
) -> None:
    rows, columns, cells = table
    hidden = hidden_in_crossing(cells)
    sums = crossing_sums(rows, columns)
    whole = with_totals(cells, sums)

    assert hidden >= {cell for cell, value in cells.items() if is_small(value)}
    pinned = pinned_cells(whole, hidden, sums)
    # Only what the known totals alone give away, whatever is hidden.
    assert pinned == set() or pinned <= pinned_cells(whole, frozenset(cells), sums)


@given(crossings())
def test_nothing_is_hidden_where_no_cell_is_small(table: tuple[int, int, dict[tuple[int, int], int]]) -> None:
    _, _, cells = table
    assert hidden_in_crossing({cell: value if not is_small(value) else 5 for cell, value in cells.items()}) == set()


@st.composite
def published(draw: st.DrawFn) -> tuple[dict[str, int], list[Sum[str]]]:
    """Services of up to three institutions beside the institutions' own table, both with the one total."""
    leaves: dict[str, int] = {}
    sums: list[Sum[str]] = []
    for nth in range(draw(st.integers(1, 3))):
        parts = tuple(f"service {nth}{letter}" for letter in "ab"[: draw(st.integers(1, 2))])
        leaves |= {part: draw(counts) for part in parts}
        sums.append(Sum(f"institution {nth}", parts))
    sums.append(Sum("all", tuple(each.total for each in sums)))
    return with_totals(leaves, sums), sums


@settings(max_examples=120, deadline=None, derandomize=True)
@given(published())
def test_several_tables_of_the_same_people_do_not_undo_each_other(
    tables: tuple[dict[str, int], list[Sum[str]]],
) -> None:
    whole, sums = tables
    hidden = hidden_cells(whole, sums, known={"all"})
    small = {cell for cell, value in whole.items() if is_small(value) and cell != "all"}

    assert hidden >= small
    assert bool(hidden) == bool(small)
    pinned = pinned_cells(whole, hidden, sums)
    assert pinned == set() or pinned <= pinned_cells(whole, frozenset(whole) - {"all"}, sums)


def test_the_smallest_neighbour_is_hidden_with_a_small_cell_of_a_line() -> None:
    line = {"legal": 3, "social": 20, "labour": 8, "all": 31}
    sums = [Sum("all", ("legal", "social", "labour"))]
    assert hidden_cells(line, sums, known={"all"}) == {"legal", "labour"}


def test_a_nought_is_hidden_only_where_nothing_else_helps() -> None:
    cells = {("legal", "uk"): 1, ("legal", "ar"): 0, ("social", "uk"): 6, ("social", "ar"): 9}
    assert hidden_in_crossing(cells) == set(cells)
    cells[("legal", "ar")] = 7
    cells[("legal", "sk")], cells[("social", "sk")] = 0, 0
    assert hidden_in_crossing(cells) == {("legal", "uk"), ("legal", "ar"), ("social", "uk"), ("social", "ar")}


def test_a_cell_that_is_small_for_its_own_reason_is_hidden() -> None:
    line = {"legal": 6, "social": 20, "labour": 8, "all": 34}
    sums = [Sum("all", ("legal", "social", "labour"))]
    assert hidden_cells(line, sums, known={"all"}, small={"legal"}) == {"legal", "labour"}
