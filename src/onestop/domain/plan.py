"""The nominal plan: a party's stops laid into the free minutes of a day, and the arrivals that have one.

The plan claims capacity; it binds nobody on the day, when routing is free. The search is list scheduling: each stop as
early as it fits, in greedy order, and in every permitted order when that fails and the stops are few. A stop with
sessions is laid at one of them only; the others are laid round it, so that then every order is tried from the start.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.capacity import (
    BUCKET,
    Bucket,
    CapacityKind,
    Claim,
    DayCapacity,
    DeskGroup,
    MediatorGroup,
    Session,
)
from onestop.domain.grid import BUCKET_MINUTES, Option, Row, Takes, laid_row
from onestop.domain.party import Member, leaves_child_alone
from onestop.domain.seats import Seating, Seats, attended, someone_follows

__all__ = [
    "BUCKET",
    "GAP",
    "MEDIATED",
    "Bucket",
    "CapacityKind",
    "Claim",
    "DayCapacity",
    "DeskGroup",
    "MediatorGroup",
    "NominalPlan",
    "PlannedStop",
    "Session",
    "WantedStop",
    "can_interpret",
    "mediated_minutes",
    "nominal_plan",
    "offered_arrivals",
]

GAP = timedelta(minutes=5)
"""Between two stops of one member: walking, sitting down, being called."""
MEDIATED = 1.3
"""How much longer a talk takes with a mediator (routing study, a third of the talks)."""
ALL_ORDERS_UP_TO = 5
"""So many stops are tried in every order when the greedy order fails: at most 120 orders."""

_GAP_MINUTES = GAP // timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStop:
    """A service and the marks of the members who go there together."""

    service: UUID
    members: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStop:
    """A talk of `minutes` from `start`; the desk is not chosen, only its group. A session is held where it is held."""

    service: UUID
    group: str
    start: datetime
    minutes: int
    mediator: str | None
    members: frozenset[int]
    session: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NominalPlan:
    """Stops by start, claims by bucket id (the order in which rows are locked), one claim a bucket."""

    arrival_at: datetime
    stops: tuple[PlannedStop, ...]
    claims: tuple[Claim, ...]
    ends_at: datetime
    no_interpreter: bool


def nominal_plan(
    capacity: DayCapacity,
    *,
    arrival_at: datetime,
    stops: Collection[WantedStop],
    languages: tuple[str, ...],
    interpreter: Interpreter,
    party: Collection[Member] = (),
    with_reserve: bool = False,
) -> NominalPlan | None:
    """The plan for this arrival, or `None` if the arrival is taken or the stops do not all fit after it.

    With the members of the `party` no child of it is left alone while its adults are at desks.
    """
    bucket = next((bucket for bucket in capacity.arrivals if bucket.start == arrival_at), None)
    if bucket is None or not stops:
        return None
    return _Search(capacity, stops, languages, interpreter, party, with_reserve=with_reserve).plan(bucket)


def offered_arrivals(
    capacity: DayCapacity,
    *,
    stops: Collection[WantedStop],
    languages: tuple[str, ...],
    interpreter: Interpreter,
    not_before: datetime,
    party: Collection[Member] = (),
    with_reserve: bool = False,
) -> list[NominalPlan]:
    """One plan for each arrival that has a complete one, by time: exactly those for which `nominal_plan` finds one."""
    if not stops:
        return []
    search = _Search(capacity, stops, languages, interpreter, party, with_reserve=with_reserve)
    arrivals = sorted((bucket for bucket in capacity.arrivals if bucket.start >= not_before), key=lambda b: b.start)
    return [plan for bucket in arrivals if (plan := search.plan(bucket)) is not None]


def mediated_minutes(minutes: int) -> int:
    """How long a talk of so many minutes takes with a mediator."""
    return ceil(round(minutes * MEDIATED, 6))


def can_interpret(
    capacity: DayCapacity, *, stops: Collection[WantedStop], languages: tuple[str, ...], interpreter: Interpreter
) -> bool:
    """False if, for one of the services, no desk and no mediator of the day speaks a language of the party.

    The plan then goes ahead without a mediator for that service: data.md, "no interpreter for … on this day".
    """
    if interpreter is not Interpreter.NEEDED:
        return True
    spoken = frozenset(languages)
    return all(_bridged(capacity, service, spoken) for service in {stop.service for stop in stops})


def _bridged(capacity: DayCapacity, service: UUID, spoken: frozenset[str]) -> bool:
    """True also for a service that no desk of the day has: it is not the interpreter who is missing."""
    if sessions := capacity.sessions_of(service):
        return someone_follows(sessions, spoken)
    groups = [group for group in capacity.groups if service in group.services]
    mediated = {
        bucket.start
        for mediator in capacity.mediators
        if mediator.languages & spoken
        for bucket in mediator.buckets
        if bucket.total
    }
    return not groups or any(
        group.languages & spoken or any(bucket.total and bucket.start in mediated for bucket in group.buckets)
        for group in groups
    )


# -- the search; inside it time is whole minutes from the first bucket of the grid ---------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Want:
    stop: WantedStop
    before: frozenset[int]  # indexes of the stops that must end first
    desks: tuple[Row, ...]  # the groups that could serve the stop
    # Without a mediator first, then by key: the first of equally early ends wins.
    options: tuple[Option, ...]
    held: tuple[Seating, ...]  # in place of options, by start

    def reachable(self, *, cursor: int, end_by: int) -> bool:
        """Whether a session with seats begins at or after the cursor."""
        return any(seating.first_fit(cursor=cursor, end_by=end_by) for seating in self.held)


@dataclass(frozen=True, slots=True)
class _Place:
    want: int
    option: Option | Seating
    start: int
    takes: Takes

    @property
    def end(self) -> int:
        return self.start + self.option.minutes


class _Search:
    """The day laid on the grid once, for any number of arrivals of one party."""

    def __init__(
        self,
        capacity: DayCapacity,
        stops: Collection[WantedStop],
        languages: tuple[str, ...],
        interpreter: Interpreter,
        party: Collection[Member],
        *,
        with_reserve: bool,
    ) -> None:
        self._with_reserve = with_reserve
        # Whoever brings no child leaves none alone.
        self._party = tuple(party) if any(member.child for member in party) else ()
        self._no_interpreter = not can_interpret(capacity, stops=stops, languages=languages, interpreter=interpreter)
        spoken = frozenset(languages)
        services = {stop.service for stop in stops}
        held = {session.service for session in capacity.sessions}
        self._held = not held.isdisjoint(services)
        groups = sorted((g for g in capacity.groups if g.services & services - held), key=lambda group: group.key)
        mediators = sorted((m for m in capacity.mediators if m.languages & spoken), key=lambda group: group.key)
        starts = [bucket.start for group in (*groups, *mediators) for bucket in group.buckets]
        self._origin = min(starts, default=capacity.opens_at)
        self._closes = (capacity.closes_at - self._origin) // timedelta(minutes=1)
        self._length = (max(starts) - self._origin) // BUCKET + 1 if starts else 0
        desks = [(group, self._row(group)) for group in groups]
        bridges = [self._row(group) for group in mediators]
        # Sorted, so that the plan does not depend on the order in which the stops were named.
        wanted = sorted(stops, key=lambda stop: (stop.service, sorted(stop.members)))
        firsts = {before for before, after in capacity.precedences if after is None}

        def precedes(first: WantedStop, then: WantedStop) -> bool:
            """Two services that both come before everything have no order between them."""
            pairs = capacity.precedences
            return bool(first.members & then.members) and (
                (first.service, then.service) in pairs
                or ((first.service, None) in pairs and first.service != then.service and then.service not in firsts)
            )

        def options(service: UUID) -> Iterator[Option]:
            needed = interpreter is Interpreter.NEEDED and _bridged(capacity, service, spoken)
            for group, row in desks:
                if service in group.services and (not needed or group.languages & spoken):
                    yield Option((row,), group.minutes[service])
            for group, row in desks:
                if service in group.services and needed and not group.languages & spoken:
                    minutes = mediated_minutes(group.minutes[service])
                    yield from (Option((row, bridge), minutes) for bridge in bridges)

        ways = {service: tuple(options(service)) for service in services - held}
        seats = {
            service: [self._seats(one) for one in attended(capacity.sessions_of(service), spoken, interpreter)]
            for service in services & held
        }

        self._wants = [
            _Want(
                stop=stop,
                before=frozenset(i for i, other in enumerate(wanted) if other is not stop and precedes(other, stop)),
                desks=tuple(row for group, row in desks if stop.service in group.services - held),
                options=ways.get(stop.service, ()),
                held=tuple(Seating((one,), len(stop.members)) for one in seats.get(stop.service, ())),
            )
            for stop in wanted
        ]

    def _row(self, group: DeskGroup | MediatorGroup) -> Row:
        return laid_row(group, origin=self._origin, length=self._length, with_reserve=self._with_reserve)

    def _seats(self, session: Session) -> Seats:
        (bucket,) = session.buckets
        return Seats(
            session=session.id,
            start=(session.start - self._origin) // timedelta(minutes=1),
            minutes=session.minutes,
            buckets=[bucket],
            free=bucket.free(with_reserve=self._with_reserve),
        )

    def plan(self, arrival: Bucket) -> NominalPlan | None:
        if arrival.free(with_reserve=self._with_reserve) < 1:
            return None
        at = -((self._origin - arrival.start) // timedelta(minutes=1))
        cursors = {mark: at for want in self._wants for mark in want.stop.members}
        few = len(self._wants) <= ALL_ORDERS_UP_TO
        # The greedy order would let her miss a session and wait hours for the next one.
        places = None if self._held and few else self._greedy(cursors)
        if places is None and few:
            places = self._best_order(cursors)
        return None if places is None else self._written(arrival, places)

    def _greedy(self, arrived: dict[int, int]) -> list[_Place] | None:
        """Always the stop that can start earliest; of equal ones that with the fewest minutes left, then by service.

        Before that comes what lets nobody miss the last session she still needs.
        """
        cursors, placed = dict(arrived), list[_Place]()
        waiting = set(range(len(self._wants)))
        while waiting:
            best: tuple[bool, int, int, int] | None = None
            chosen: _Place | None = None
            for i in self._permitted(waiting):
                cursor = self._cursor(i, cursors)
                place = self._earliest(i, cursor, placed)
                if place is None:
                    continue
                rank = (self._held and self._misses(place, waiting), place.start, self._left(i, cursor), i)
                if best is None or rank < best:
                    best, chosen = rank, place
            if chosen is None:
                break
            self._take(chosen, cursors)
            placed.append(chosen)
            waiting.remove(chosen.want)
        for place in placed:
            self._give_back(place)
        return None if waiting else placed

    def _misses(self, place: _Place, waiting: set[int]) -> bool:
        """Whether somebody who goes there would come too late for every session of another stop."""
        going, then = self._wants[place.want].stop.members, place.end + _GAP_MINUTES
        others = [self._wants[i] for i in waiting if i != place.want]
        return any(
            want.held and want.stop.members & going and not want.reachable(cursor=then, end_by=self._closes)
            for want in others
        )

    def _best_order(self, arrived: dict[int, int]) -> list[_Place] | None:
        """Every permitted order, each stop as early as it fits; the first of those that end earliest."""
        best: list[_Place] | None = None
        best_end = self._closes + 1
        placed: list[_Place] = []

        def extend(waiting: set[int], cursors: dict[int, int]) -> None:
            nonlocal best, best_end
            if not waiting:
                best, best_end = list(placed), max(place.end for place in placed)
                return
            if not all(self._hopeful(i, self._cursor(i, cursors)) for i in waiting):
                return
            for i in self._permitted(waiting):
                place = self._earliest(i, self._cursor(i, cursors), placed)
                if place is None or place.end >= best_end:
                    continue
                then = dict(cursors)
                self._take(place, then)
                placed.append(place)
                extend(waiting - {i}, then)
                placed.pop()
                self._give_back(place)

        extend(set(range(len(self._wants))), dict(arrived))
        return best

    def _permitted(self, waiting: set[int]) -> list[int]:
        return [i for i in sorted(waiting) if not self._wants[i].before & waiting]

    def _cursor(self, i: int, cursors: Mapping[int, int]) -> int:
        return max(cursors[mark] for mark in self._wants[i].stop.members)

    def _left(self, i: int, cursor: int) -> int:
        """Free minutes of the desks that could serve the stop, from the cursor to the end of the day."""
        first = min(max(cursor // BUCKET_MINUTES, 0), self._length)
        return sum(desk.left[first] for desk in self._wants[i].desks)

    def _hopeful(self, i: int, cursor: int) -> bool:
        """False only if the stop cannot fit after the cursor, whatever the order of the others."""
        want = self._wants[i]
        if want.held:
            return want.reachable(cursor=cursor, end_by=self._closes)
        first = min(max(cursor // BUCKET_MINUTES, 0), self._length)
        return any(
            cursor + option.minutes <= self._closes and all(row.left[first] >= option.minutes for row in option.rows)
            for option in want.options
        )

    def _earliest(self, i: int, cursor: int, placed: Sequence[_Place]) -> _Place | None:
        """The place of a stop that ends first."""
        best: _Place | None = None
        for option in (*self._wants[i].options, *self._wants[i].held):
            end_by = self._closes if best is None else best.end - 1
            found = option.first_fit(cursor=cursor, end_by=end_by)
            while found is not None and (until := self._alone_until(i, found[0], option.minutes, placed)) is not None:
                found = option.first_fit(cursor=until, end_by=end_by)
            if found is not None:
                best = _Place(i, option, *found)
        return best

    def _alone_until(self, i: int, start: int, minutes: int, placed: Sequence[_Place]) -> int | None:
        """The end of the talk that a stop from `start` on must wait for, else a child is alone; `None` if none is.

        It is enough to look where a talk begins: each has an adult, who is free again when it ends.
        """
        if not self._party:
            return None
        beside = [place for place in placed if place.start < start + minutes and place.end > start]
        for at in sorted({start, *(place.start for place in beside if place.start > start)}):
            there = [place for place in beside if place.start <= at < place.end]
            marks = self._wants[i].stop.members.union(*(self._wants[place.want].stop.members for place in there))
            if there and leaves_child_alone(self._party, marks):
                return min(place.end for place in there)
        return None

    def _take(self, place: _Place, cursors: dict[int, int]) -> None:
        for row in place.option.rows:
            row.take(place.takes)
        for mark in self._wants[place.want].stop.members:
            cursors[mark] = place.end + _GAP_MINUTES

    def _give_back(self, place: _Place) -> None:
        for row in place.option.rows:
            row.give_back()

    def _written(self, arrival: Bucket, places: Sequence[_Place]) -> NominalPlan:
        claimed: dict[UUID, tuple[Bucket, int]] = {arrival.id: (arrival, 1)}
        for place in places:
            for row in place.option.rows:
                for i, minutes in place.takes:
                    bucket = row.buckets[i]
                    assert bucket is not None
                    claimed[bucket.id] = (bucket, claimed.get(bucket.id, (bucket, 0))[1] + minutes)
        return NominalPlan(
            arrival_at=arrival.start,
            stops=tuple(self._planned(place) for place in sorted(places, key=lambda place: (place.start, place.want))),
            claims=tuple(
                Claim(bucket=key, minutes=n, reserve=max(0, n - bucket.free(with_reserve=False)))
                for key, (bucket, n) in sorted(claimed.items(), key=lambda item: item[0])
            ),
            ends_at=self._origin + timedelta(minutes=max(place.end for place in places)),
            no_interpreter=self._no_interpreter,
        )

    def _planned(self, place: _Place) -> PlannedStop:
        option, stop = place.option, self._wants[place.want].stop
        return PlannedStop(
            service=stop.service,
            group=option.rows[0].key,
            start=self._origin + timedelta(minutes=place.start),
            minutes=option.minutes,
            mediator=option.rows[1].key if len(option.rows) > 1 else None,
            members=stop.members,
            session=option.rows[0].session if isinstance(option, Seating) else None,
        )
