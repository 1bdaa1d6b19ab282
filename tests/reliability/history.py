"""A small day played by people and machines at once, and the notes of everything that was asked and answered."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from tests.reliability.days import SERVICES
from tests.reliability.linearizability import UNKNOWN, Operation
from tests.reliability.program import Asked, Line
from tests.reliability.waiting_set import DONE, NOBODY, REFUSED

WALK_INS = 5
PRESSES = 4
LONGEST_PAUSE = 0.006
UNHEARD_CODES = ("booking_cancelled", "booking_closed", "hold_gone", "booking_arrived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The day and who may act on it: its address, its desks by number, its arrivals, a token of each role."""

    slug: str
    desks: dict[int, UUID]
    arrivals: tuple[datetime, ...]
    officer: str
    reception: str


@dataclass(slots=True)
class Promise:
    """What a visitor was told of her booking: its number, and the states and arrivals it can be in now."""

    states: set[str]
    arrivals: set[datetime]
    number: int | None = None
    code: str = ""
    ends: set[str] = field(default_factory=set)


@dataclass(slots=True)
class History:
    """One day. `operations` are for the judge of calls; `promises` and the counts are for the one of bookings."""

    place: Place
    line: Line
    chance: Random
    operations: list[Operation] = field(default_factory=list)
    promises: dict[str, Promise] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """Visits and the numbers their tickets were given."""
    visits: dict[str, str] = field(default_factory=dict)
    """Ticket codes and the visits their check-ins told."""
    stops: dict[str, str] = field(default_factory=dict)
    """Visits and their one stop, as a call told."""
    unheard_bookings: int = 0
    unheard_visits: int = 0
    wrong: list[str] = field(default_factory=list)

    async def play(self) -> None:
        """Everybody at once; then the desks call until nobody is left."""
        desks = self.place.desks
        await asyncio.gather(
            self._kiosk(),
            self._reception(),
            self._booker(),
            self._booker(),
            *(self._officer(desks[number]) for number in (1, 2, 2, 3)),
        )
        for desk in desks.values():
            await self._drain(desk)

    # -- the hall -------------------------------------------------------------------------------------

    async def _kiosk(self) -> None:
        for _ in range(WALK_INS):
            await self._pause()
            service = self.chance.choice(("legal", "social"))
            asked = await self._reception_post(f"/days/{self.place.slug}/visits", {"services": [service]})
            self.unheard_visits += asked.status is None
            visitor = self._arrived(asked, 201)
            self._note("walk_in", service, asked=asked, outcome=visitor)

    async def _reception(self) -> None:
        """Check in who has a ticket, sometimes at two machines; send somebody away now and then."""
        for _ in range(3):
            await self._pause(3)
            tickets = [one for one in self.promises.values() if one.code and not one.ends]
            if tickets:
                ticket = self.chance.choice(tickets)
                twice = self.chance.random() < 0.3
                await asyncio.gather(*(self._check_in(ticket) for _ in range(1 + twice)))
            if self.numbers and self.chance.random() < 0.3:
                visit = self.chance.choice(sorted(self.numbers))
                await self._end(visit, "leave", self._reception_post(f"/visits/{visit}/leave"))

    async def _check_in(self, ticket: Promise) -> None:
        path = f"/days/{self.place.slug}/check-ins"
        asked = await self._reception_post(path, {"code": ticket.code})
        service = "legal"
        if asked.status is None:
            ticket.states.add("arrived")
            self.unheard_visits += 1
            self._note("check_in", ("unheard", ticket.code), service, asked=asked, outcome=UNKNOWN)
        elif asked.status == 200:
            ticket.ends.add("arrived")
            visitor = self.visits[ticket.code] = self._arrived(asked, 200)
            self._note("check_in", visitor, service, asked=asked, outcome=visitor)
        elif asked.code not in UNHEARD_CODES:
            self.wrong.append(f"check-in: {asked.status} {asked.json}")

    async def _officer(self, desk: UUID) -> None:
        """Press Next, and do something with whoever was called here, not always the sensible thing."""
        visit = ""
        for _ in range(PRESSES):
            await self._pause()
            if not visit or self.chance.random() < 0.2:
                visit = await self._call(desk)
                continue
            act = self.chance.choice(("serve", "finish", "finish", "no_show"))
            await self._stop_act(visit, act)
            visit = visit if act == "serve" else ""

    async def _call(self, desk: UUID) -> str:
        asked = await self.line.post(f"/desks/{desk}/calls", token=self.place.officer)
        outcome: Any = UNKNOWN
        if asked.status in (200, 201):
            visit, stop = asked.json["visit"], asked.json["stop"]
            if self.stops.setdefault(visit, stop) != stop:
                self.wrong.append(f"visit {visit} has two stops")
            if asked.json["number"] != self.numbers.get(visit, asked.json["number"]):
                self.wrong.append(f"visit {visit} was called by another number")
            outcome = ("new" if asked.status == 201 else "open", visit)
        elif asked.status == 204:
            outcome = NOBODY
        elif asked.code == "desk_serving":
            outcome = REFUSED
        elif asked.status is not None:
            self.wrong.append(f"call: {asked.status} {asked.json}")
        self._note("call", desk, asked=asked, outcome=outcome)
        return outcome[1] if isinstance(outcome, tuple) else ""

    async def _stop_act(self, visit: str, act: str) -> None:
        path = f"/stops/{self.stops[visit]}/{act.replace('_', '-')}"
        await self._end(visit, act, self.line.post(path, token=self.place.officer))

    async def _end(self, visit: str, act: str, asking: Awaitable[Asked]) -> None:
        asked = await asking
        outcome: Any = UNKNOWN if asked.status is None else DONE if asked.status == 200 else REFUSED
        if asked.code not in ("", "move_refused"):
            self.wrong.append(f"{act}: {asked.status} {asked.json}")
        self._note(act, visit, asked=asked, outcome=outcome)

    async def _drain(self, desk: UUID) -> None:
        """Call and finish until nobody waits here: whoever was lost on the way is missed now."""
        here = [one.outcome[1] for one in self.operations if one.about == (desk,) and isinstance(one.outcome, tuple)]
        for _ in range(40):
            visit = await self._call(desk)
            outcome = self.operations[-1].outcome
            if outcome == NOBODY:
                return
            if visit or (outcome == REFUSED and here):
                await self._stop_act(visit or here.pop(), "finish")
        self.wrong.append(f"desk {desk} is never done")

    # -- bookings -------------------------------------------------------------------------------------

    async def _booker(self) -> None:
        """Two bookings, each moved or cancelled or kept."""
        for _ in range(2):
            await self._pause()
            arrival = self.chance.choice(self.place.arrivals)
            promise = await (self._hold(arrival) if self.chance.random() < 0.5 else self._book(arrival))
            if promise is None:
                continue
            await self._pause(2)
            then = self.chance.random()
            if then < 0.35:
                await self._move(promise)
            elif then < 0.6:
                await self._cancel(promise)

    async def _book(self, arrival: datetime) -> Promise | None:
        wish = {"services": ["legal"], "arrival": arrival.isoformat()}
        asked = await self.line.post(f"/days/{self.place.slug}/bookings", wish)
        self.unheard_bookings += asked.status is None
        if asked.status == 201:
            promise = Promise({"confirmed"}, {arrival}, asked.json["number"], asked.json["code"])
            self.promises[asked.json["booking"]] = promise
            return promise
        self._taken(asked)
        return None

    async def _hold(self, arrival: datetime) -> Promise | None:
        wish = {"services": ["legal"], "arrival": arrival.isoformat()}
        held = await self.line.post(f"/days/{self.place.slug}/holds", wish)
        self.unheard_bookings += held.status is None
        if held.status != 201:
            self._taken(held)
            return None
        promise = self.promises[held.json["hold"]] = Promise({"held"}, {arrival})
        await self._pause()
        asked = await self.line.post(f"/holds/{held.json['hold']}/booking")
        if asked.status is None:
            promise.states.add("confirmed")
            return None
        if asked.status != 201:
            self.wrong.append(f"confirm: {asked.status} {asked.json}")
            return None
        promise.states, promise.number, promise.code = {"confirmed"}, asked.json["number"], asked.json["code"]
        return promise

    async def _move(self, promise: Promise) -> None:
        arrival = self.chance.choice(self.place.arrivals)
        asked = await self.line.send("PATCH", f"/tickets/{promise.code}", {"arrival": arrival.isoformat()})
        if asked.status == 200:
            # A try whose line was cut may still be on its way; it leads to the same place.
            promise.arrivals = {arrival}
        elif asked.status is None or asked.tries > 1:
            promise.arrivals.add(arrival)
        if asked.code not in ("", "arrival_taken", *UNHEARD_CODES):
            self.wrong.append(f"move: {asked.status} {asked.json}")

    async def _cancel(self, promise: Promise) -> None:
        asked = await self.line.send("DELETE", f"/tickets/{promise.code}")
        again = asked.tries > 1 and asked.code == "booking_cancelled"
        if asked.status == 204 or again:
            promise.ends.add("cancelled")
        elif asked.status is None:
            promise.states.add("cancelled")
        elif asked.code not in UNHEARD_CODES:
            self.wrong.append(f"cancel: {asked.status} {asked.json}")

    def _taken(self, asked: Asked) -> None:
        if asked.code not in ("", "arrival_taken"):
            self.wrong.append(f"{asked.path}: {asked.status} {asked.json}")

    # -- notes ----------------------------------------------------------------------------------------

    async def _reception_post(self, path: str, body: dict[str, Any] | None = None) -> Asked:
        return await self.line.post(path, body, token=self.place.reception)

    def _arrived(self, asked: Asked, good: int) -> Any:
        if asked.status is None:
            return UNKNOWN
        if asked.status != good:
            self.wrong.append(f"{asked.path}: {asked.status} {asked.json}")
            return UNKNOWN
        visit, number = asked.json["visit"], asked.json["number"]
        if self.numbers.setdefault(visit, number) != number:
            self.wrong.append(f"visit {visit} has the numbers {number} and {self.numbers[visit]}")
        return visit

    def _note(self, what: str, *about: Any, asked: Asked, outcome: Any) -> None:
        self.operations.append(
            Operation(what=what, about=about, outcome=outcome, invoked=asked.invoked, returned=asked.returned)
        )

    async def _pause(self, times: int = 1) -> None:
        await asyncio.sleep(self.chance.uniform(0, LONGEST_PAUSE * times))


def services_of(place: Place) -> dict[UUID, Iterable[str]]:
    """What each desk does."""
    return {desk: SERVICES[number] for number, desk in place.desks.items()}
