"""Who of a party goes where, as pages ask, carry and tell it: adults a1, a2, … and children c1, c2, … by their marks.

The numbers stay with the people whoever else comes, which marks do not: the first child of two adults has mark 3.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from uuid import UUID

from onestop.directory.vocabulary import is_for_one
from onestop.domain.errors import N_
from onestop.domain.party import PARTY_LIMIT, Member
from onestop.web.kit.locale import Locale

Goers = Mapping[UUID, tuple[str, ...]]
"""Service → labels of those who go there; a service that is not in it is for everybody."""

LABELS = (
    *(f"a{number}" for number in range(1, PARTY_LIMIT + 1)),
    *(f"c{number}" for number in range(1, PARTY_LIMIT)),
)
"""Everybody a party can have, as the pages offer them."""
FIRST_ADULT = ("a1",)
ALL, ADULT, CHILD = N_("All of you"), N_("Adult %(number)s"), N_("Child %(number)s")

_ONE = re.compile(r"[ac][0-9]{1,2}")
_SOME = re.compile(r"([0-9a-f]{12})?\.?((?:[ac][0-9]{1,2})*)\Z")


def service_mark(service: UUID) -> str:
    """The mark of a service: the random end of its id."""
    return service.hex[-12:]


def read_goers(values: Iterable[str], by_mark: Mapping[str, UUID]) -> dict[UUID, tuple[str, ...]]:
    """What `goers_values` wrote (`mark.a1c2`), or boxes sent: a mark, then the labels ticked after it, in their order.

    What the day does not have is left out.
    """
    found: dict[UUID, set[str]] = {}
    service: UUID | None = None
    for value in values:
        mark, labels = given.groups() if (given := _SOME.match(value)) is not None else (None, "")
        service = by_mark.get(mark) if mark else service
        if service is not None:
            found.setdefault(service, set()).update(_ONE.findall(labels))
    ordered = {each: tuple(label for label in LABELS if label in labels) for each, labels in found.items()}
    return {each: labels for each, labels in ordered.items() if labels}


def goers_values(goers: Goers, mark: Callable[[UUID], str] = service_mark) -> tuple[str, ...]:
    """The same for an address or hidden fields: one short mark for each service."""
    return tuple(f"{mark(service)}.{''.join(labels)}" for service, labels in goers.items())


def first_goers(service_key: str) -> tuple[str, ...]:
    """Who is ticked before she says anything: nobody, which means everybody, or the first adult."""
    return FIRST_ADULT if is_for_one(service_key) else ()


def labels_of(members: Sequence[Member]) -> dict[str, int]:
    """Label → mark of each member."""
    adults = sorted(member.mark for member in members if not member.child)
    children = sorted(member.mark for member in members if member.child)
    return {
        **{f"a{number}": mark for number, mark in enumerate(adults, 1)},
        **{f"c{number}": mark for number, mark in enumerate(children, 1)},
    }


def together_of(goers: Goers, members: Sequence[Member]) -> dict[UUID, frozenset[int]]:
    """Service → marks. Whoever does not come after all is left out; where nobody is left, everybody goes."""
    marks = labels_of(members)
    found = {service: frozenset(marks[each] for each in labels if each in marks) for service, labels in goers.items()}
    return {service: going for service, going in found.items() if going}


def goers_of(together: Mapping[UUID, Collection[int]], members: Sequence[Member]) -> dict[UUID, tuple[str, ...]]:
    """The labels behind stored marks; nothing where everybody goes."""
    labels = labels_of(members)
    return {
        service: tuple(label for label, mark in labels.items() if mark in marks)
        for service, marks in together.items()
        if len(set(marks)) < len(members)
    }


def who_goes(locale: Locale, members: Sequence[Member], marks: Collection[int]) -> str:
    """Who goes to a desk, in words; nothing for somebody who comes alone."""
    if len(members) < 2:
        return ""
    if len(set(marks)) >= len(members):
        return locale.gettext(ALL)
    return locale.list_and([label_says(locale, label) for label, mark in labels_of(members).items() if mark in marks])


def label_says(locale: Locale, label: str) -> str:
    """Adult 1, child 2."""
    return locale.say(CHILD if label.startswith("c") else ADULT, {"number": label[1:]})
