"""Who is not at a running day although the plan says so: what an organiser must see without looking for it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from onestop.domain.day import DeskState, MediatorState
from onestop.visits.queries.overview import DeskNow, MediatorNow, Overview


@dataclass(frozen=True, slots=True, kw_only=True)
class DesksMissing:
    """Desks of an institution: closed in their hours, or here later than the day begins."""

    institution: str
    desks: tuple[int, ...]
    comes_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Whom the plan knows and who is not here now."""

    desks: tuple[DesksMissing, ...]
    mediators: tuple[MediatorNow, ...]


def missing_of(shown: Overview, *, opens_at: datetime, now: datetime) -> Missing:
    """Desks by institution, those that come later after those that are closed; mediators who left before their time."""
    closed = (each for each in shown.desks if each.state is DeskState.CLOSED and each.in_hours)
    later = (each for each in shown.desks if each.comes_at is not None and each.comes_at > opens_at)
    gone = (each for each in shown.mediators if each.state is MediatorState.LEFT and now < each.closes_at)
    return Missing(desks=(*_together(closed), *_together(later)), mediators=tuple(gone))


def _together(desks: Iterable[DeskNow]) -> Iterable[DesksMissing]:
    found: dict[tuple[str, datetime | None], list[int]] = defaultdict(list)
    for desk in desks:
        found[desk.institution, desk.comes_at].append(desk.number)
    for (institution, comes_at), numbers in found.items():
        yield DesksMissing(institution=institution, desks=tuple(numbers), comes_at=comes_at)
