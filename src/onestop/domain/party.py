"""Who comes on one ticket: members with marks, and the rules that hold for every party.

A child is never alone: at each moment every child is at a desk with an adult, or an adult of the party is at no desk.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from onestop.domain.errors import N_, ChildAlone, ChildAtDeskAlone, InvalidInput, PartyTooBig, TicketEmpty

PARTY_LIMIT = 10
"""People on one ticket; a bigger family asks the centre, which plans it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a party; `mark` counts from 1 and is what the board shows after the number (`123 · 2`)."""

    mark: int
    child: bool = False
    guardian_mark: int | None = None


def party_of(*, adults: int, children: int = 0, limit: int = PARTY_LIMIT) -> tuple[Member, ...]:
    """The members of a party, adults first; the first of them is the guardian of every child.

    Raises `InvalidInput` for nobody or a negative count, `PartyTooBig` above `limit`, `ChildAlone` without an adult.
    """
    if adults < 0 or children < 0:
        raise InvalidInput(field="members")
    if adults + children > limit:
        raise PartyTooBig(field="members", limit=limit)
    members = (
        *(Member(mark=mark) for mark in range(1, adults + 1)),
        *(Member(mark=adults + n, child=True, guardian_mark=1) for n in range(1, children + 1)),
    )
    check_party(members, limit=limit)
    return members


def check_party(members: Collection[Member], *, limit: int = PARTY_LIMIT) -> None:
    """Raise unless there is somebody (`InvalidInput`), marked 1…n, guardians adults, not too many (`PartyTooBig`).

    A party of children only raises `ChildAlone`.
    """
    if len(members) > limit:
        raise PartyTooBig(field="members", limit=limit)
    if not members or sorted(member.mark for member in members) != list(range(1, len(members) + 1)):
        raise InvalidInput(field="members")
    check_together(members)
    adults = {member.mark for member in members if not member.child}
    if any(member.guardian_mark not in adults for member in members if member.guardian_mark is not None):
        raise InvalidInput(field="members")


def check_stop_members(members: Collection[Member], marks: Collection[int]) -> None:
    """Raise unless the marks of one stop are of this party (`InvalidInput`) and no child is among them alone."""
    going = [member for member in members if member.mark in marks]
    if not going or len(going) != len(set(marks)):
        raise InvalidInput(field="members")
    if all(member.child for member in going):
        raise ChildAtDeskAlone


def accompanied(members: Collection[Member], marks: Collection[int]) -> frozenset[int]:
    """Who goes to one desk: these members and, if no adult would be left to stay with them, every child too."""
    going = frozenset(marks)
    if all(member.child or member.mark in going for member in members):
        return going | {member.mark for member in members if member.child}
    return going


def leaves_child_alone(members: Iterable[Member], at_desks: Collection[int]) -> bool:
    """Whether every adult of the party is at a desk while a child is at none."""
    here = {member.child for member in members if member.mark not in at_desks}
    return here == {True}


def check_together(members: Iterable[Member]) -> None:
    """A child is never without an adult: raise `ChildAlone` if every one of these people is a child."""
    if all(member.child for member in members):
        raise ChildAlone


def without(members: Collection[Member], mark: int) -> list[Member]:
    """Who stays when this adult goes apart, by mark.

    Raises `InvalidInput` for a child, a stranger, or whoever comes alone; `ChildAlone` where only children would stay.
    """
    stay = sorted((member for member in members if member.mark != mark), key=lambda member: member.mark)
    if not stay or len(stay) == len(members) or any(member.child for member in members if member.mark == mark):
        raise InvalidInput(field="members")
    check_together(stay)
    return stay


def may_go_apart(members: Collection[Member]) -> tuple[int, ...]:
    """Marks of the adults who can have a ticket of their own: no child stays behind without an adult."""
    adults = [member.mark for member in members if not member.child]
    several = len(members) > 1 and (len(adults) > 1 or len(adults) == len(members))
    return tuple(sorted(adults)) if several else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A party without one of its adults: who stays, with new marks, and who goes where."""

    members: tuple[Member, ...]
    together: Mapping[UUID, frozenset[int]]
    new_marks: Mapping[int, int]
    """Old mark → new mark of those who stay."""
    hers: frozenset[UUID]
    """Services only she went to: her steps move with her."""
    copied: frozenset[UUID]
    """Services she went to with others and wants for herself too."""


def part_party(
    members: Collection[Member], together: Mapping[UUID, Collection[int]], mark: int, *, also: Collection[UUID]
) -> Parted:
    """Take an adult with her own steps out of a party; what she shares stays, and of `also` she has one herself.

    Raises `InvalidInput` for a child, a stranger, or whoever comes alone; `ChildAlone` or `ChildAtDeskAlone` where a
    child would be left; `TicketEmpty` where one of the two would have no step.
    """
    stay = without(members, mark)
    hers = frozenset(service for service, going in together.items() if set(going) == {mark})
    shared = {service: frozenset(going) - {mark} for service, going in together.items() if service not in hers}
    copied = frozenset(service for service in also if service in shared and mark in together[service])
    if not shared or not hers | copied:
        raise TicketEmpty
    new_marks = {member.mark: place for place, member in enumerate(stay, 1)}
    guardian = next(new_marks[member.mark] for member in stay if not member.child)
    left = tuple(
        replace(
            member,
            mark=new_marks[member.mark],
            guardian_mark=new_marks.get(member.guardian_mark or 0, guardian) if member.child else None,
        )
        for member in stay
    )
    for going in shared.values():
        check_stop_members(stay, going)
    return Parted(
        members=left,
        together={service: accompanied(left, [new_marks[each] for each in going]) for service, going in shared.items()},
        new_marks=new_marks,
        hers=hers,
        copied=copied,
    )


class NoStepLeft(TicketEmpty):
    code = "no_step_left"
    sentence = N_("No step would be left. Please add a step first, or end the visit.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A party as it really came: who is here, with new marks, and who goes where now."""

    members: tuple[Member, ...]
    new_marks: Mapping[int, int]
    """Old mark → new mark of those who stay."""
    together: Mapping[UUID, frozenset[int]]
    """Stop → new marks."""
    emptied: frozenset[UUID]
    """Stops that were only for people who are not here."""


def change_party(
    members: Collection[Member],
    together: Mapping[UUID, Collection[int]],
    *,
    stay: Collection[int],
    adults: int = 0,
    children: int = 0,
    apart: Collection[UUID] = (),
    begun: Collection[UUID] = (),
) -> Came:
    """Who of a party is here (`stay`, old marks), and how many more; a stop for everybody stays one for everybody.

    `together` are the open stops in order. Nobody new joins a stop that is `apart` or `begun`, but a child who would be
    without an adult. Raises `InvalidInput`, `PartyTooBig`, `ChildAlone`, and `NoStepLeft` where no stop would be left.
    """
    kept = sorted((member for member in members if member.mark in stay), key=lambda member: member.mark)
    if len(kept) != len(set(stay)) or adults < 0 or children < 0:
        raise InvalidInput(field="members")
    new_marks = {member.mark: place for place, member in enumerate(kept, 1)}
    grown = [member.child for member in kept] + [False] * adults + [True] * children
    guardian = next((place for place, child in enumerate(grown, 1) if not child), None)
    before = {new_marks[member.mark]: new_marks.get(member.guardian_mark or 0, guardian) for member in kept}
    now = tuple(
        Member(mark=place, child=child, guardian_mark=before.get(place, guardian) if child else None)
        for place, child in enumerate(grown, 1)
    )
    check_party(now)
    everybody = frozenset(member.mark for member in now)
    found: dict[UUID, frozenset[int]] = {}
    for stop, going in together.items():
        still = frozenset(new_marks[mark] for mark in going if mark in new_marks)
        if stop in begun or not still:
            found[stop] = still
        elif len(set(going)) == len(members) and stop not in apart:
            found[stop] = everybody
        else:
            found[stop] = accompanied(now, still | _guardians(now, still))
    at_desks = frozenset[int]().union(*(found[stop] for stop in begun))
    if begun and leaves_child_alone(now, at_desks):
        first = next(iter(begun))
        found[first] |= {member.mark for member in now if member.child} - at_desks
    emptied = frozenset(stop for stop, going in found.items() if not going)
    if together and len(emptied) == len(found):
        raise NoStepLeft
    left = {stop: going for stop, going in found.items() if going}
    return Came(members=now, new_marks=new_marks, together=left, emptied=emptied)


def _guardians(members: Collection[Member], going: Collection[int]) -> frozenset[int]:
    """The adult who goes along where only children are left at a stop."""
    here = [member for member in members if member.mark in going]
    if any(not member.child for member in here):
        return frozenset()
    return frozenset(member.guardian_mark for member in here[:1] if member.guardian_mark is not None)
