"""Everybody at a day of any template but the organiser: parties that come, a kiosk's program, officers at their desks.

They use the public HTTP interface alone, in a thread with a loop of its own, while a browser is watched in the test.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from onestop.booking.actions.bookings import confirm_booking, hold_arrival
from onestop.booking.queries import arrivals
from onestop.days.dayfile import DayFile
from onestop.demo.client import Refused, Server
from onestop.domain.booking import Channel, Interpreter
from onestop.domain.roles import VISITOR
from tests.halls import TestDay
from tests.journeys.conftest import Hall

IDLE_S = 1.5
"""Seconds between two looks of an officer for whom nobody waits: the day's clock is quick, the machine is not."""
CALLED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who comes when: with the code of a ticket, or with a wish to the ticket machine."""

    at: datetime
    code: str = ""
    wish: dict[str, Any] = field(default_factory=dict[str, Any])


def parties_of(day: TestDay, file: DayFile, many: int, *, key: bytes, until: datetime, chance: Random) -> list[Party]:
    """So many parties as the template expects them, by `until`: who finds no time among those kept free walks in."""
    booked = round(many * (100 - file.reserve_percent) / 100)
    tongues, shares = list(file.party_languages), list(file.party_languages.values())
    found: list[Party] = []
    for nth in range(many):
        wanted = [service for service, share in file.mix.items() if chance.random() < share]
        services = [*file.always, *wanted] or [max(file.mix, key=file.mix.__getitem__)]
        tongue = chance.choices(tongues, shares)[0]
        interpreter = Interpreter.NEEDED if chance.randrange(100) < file.interpreter_needed_percent else Interpreter.OWN
        if nth < booked:
            wish = day.wish(*services, languages=(tongue,), interpreter=interpreter)
            times = [each.arrival_at for each in day.db.read_now(arrivals, day.day, wish, now=day.now).plans]
            if times := [at for at in times if at <= until]:
                found.append(Party(at=(at := chance.choice(times)), code=_book(day, wish, at, key)))
                continue
        minutes = chance.uniform(0, (until - day.day.opens_at) / timedelta(minutes=1))
        found.append(
            Party(
                at=day.day.opens_at + timedelta(minutes=minutes),
                wish={
                    "services": services,
                    "party": [{"mark": 1, "child": False}],
                    "languages": [tongue],
                    "interpreter": interpreter.value,
                    "display_language": tongue if tongue in file.display_languages else "en",
                },
            )
        )
    return sorted(found, key=lambda each: each.at)


def _book(day: TestDay, wish: Any, at: datetime, key: bytes) -> str:
    write = {"actor": VISITOR, "now": day.now, "day": day.id}
    held = {"arrival_at": at, "channel": Channel.RECEPTION, "hold_minutes": 10}
    hold = day.db.write_now(hold_arrival, day.id, wish, **held, **write)
    return day.db.write_now(confirm_booking, hold.id, key=key, **write).code


@dataclass(eq=False, slots=True)
class Crowd:
    """The people of one day at work in their thread; the test tells them what happens and asks what they did."""

    hall: Hall
    parties: Sequence[Party]
    minutes: dict[int, int]
    """Of a talk, by desk."""
    closing: dict[int, datetime]
    comes: dict[int, datetime]
    """When the officer of a desk sits down; the test may say later."""
    away: set[int]
    """Desks at which nobody sits, until the test says so."""
    leaving: set[int] = field(default_factory=set[int])
    """Desks whose officer closes after the talk of this moment."""
    over: bool = False
    come: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    closed: dict[int, float] = field(default_factory=dict[int, float])
    """When an officer pressed Close (seconds of the epoch)."""
    wrong: list[BaseException] = field(default_factory=list[BaseException])
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="crowd", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Everybody finishes what she does, closes her desk and goes; raises what went wrong on the way."""
        self.over = True
        assert self._thread is not None
        self._thread.join()
        if self.wrong:
            raise self.wrong[0]

    def all_came(self) -> bool:
        """Whether nobody is to come any more."""
        return self.come == len(self.parties) or bool(self.wrong)

    def _run(self) -> None:
        try:
            asyncio.run(self._day())
        except BaseException as wrong:
            self.wrong.append(wrong)

    async def _day(self) -> None:
        server = Server(self.hall.base, self.hall.database.clock.rate)
        try:
            await server.ready()
            shown = await server.get(f"/days/{self.hall.world.slug}/overview", self.hall.world.organiser_token)
            ids = {desk["number"]: desk["desk"] for desk in shown["desks"]}
            async with asyncio.TaskGroup() as people:
                people.create_task(self._door(server))
                for desk in self.hall.world.desks:
                    people.create_task(self._officer(server, desk.number, ids[desk.number], desk.token))
        finally:
            await server.close()

    async def _door(self, server: Server) -> None:
        """The ticket machine, one party after the other."""
        token, slug = self.hall.world.kiosk_token, self.hall.world.slug
        for party in self.parties:
            await self._until(server, party.at)
            try:
                if party.code:
                    await server.post(f"/days/{slug}/check-ins", token, code=party.code)
                else:
                    await server.post(f"/days/{slug}/visits", token, **party.wish)
            except Refused as refused:
                self.refused[refused.code] += 1
            self.come += 1

    async def _officer(self, server: Server, number: int, desk: str, token: str) -> None:
        while not self.over and (number in self.away or server.now < self.comes[number]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        if self.over:
            return
        await server.post(f"/desks/{desk}/open", token)
        while not self.over and number not in self.leaving and server.now < self.closing[number]:
            try:
                stop = await server.post(f"/desks/{desk}/calls", token, standing=True)
                if stop is None:
                    await asyncio.sleep(IDLE_S)
                    continue
                if stop["state"] == "called":
                    await server.pause(seconds=CALLED.seconds)
                    await server.post(f"/stops/{stop['stop']}/serve", token)
                await server.pause(minutes=0.8 * self.minutes[number])
                await server.post(f"/stops/{stop['stop']}/finish", token, outcome="advised")
            except Refused as refused:
                self.refused[refused.code] += 1
                await asyncio.sleep(IDLE_S)
        await self._close(server, number, desk, token)

    async def _close(self, server: Server, number: int, desk: str, token: str) -> None:
        """A desk that stood ready may have called somebody just now: she is seen, then it closes."""
        while True:
            self.closed[number] = time.time()
            try:
                await server.post(f"/desks/{desk}/close", token)
            except Refused:
                stop = await server.post(f"/desks/{desk}/calls", token)
                if stop is not None:
                    if stop["state"] == "called":
                        await server.post(f"/stops/{stop['stop']}/serve", token)
                    await server.post(f"/stops/{stop['stop']}/finish", token, outcome="advised")
            else:
                return

    async def _until(self, server: Server, at: datetime) -> None:
        while not self.over and server.now < at:  # noqa: ASYNC110 (a day that is over does not wait for who is late)
            await asyncio.sleep(0.05)
