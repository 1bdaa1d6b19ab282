"""A question is asked only where its answers lead to different services of the day; an answer takes off, never adds."""

from collections.abc import Collection, Sequence
from typing import TypeVar

T = TypeVar("T")


def changes_route(routes: Sequence[Collection[T]], *, besides: Collection[T]) -> bool:
    """Whether answers with these services differ, beside what she wants anyway; each must lead somewhere."""
    return all(routes) and len({frozenset(route) | frozenset(besides) for route in routes}) > 1


def without_needless(chosen: Sequence[T], *, before: Collection[T], after: Collection[T]) -> tuple[T, ...]:
    """What stays ticked when an answer changes what is wanted: nothing is added that she did not tick (R18).

    What she ticked beside both routes stays.
    """
    needless = set(before) - set(after)
    return tuple(each for each in chosen if each not in needless)
