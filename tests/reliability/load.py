"""A day under load whose every answered act is noted, to be looked for after a crash."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, parties, stops
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.reports.verify import verify
from onestop.visits.tables import calls, visits
from tests.reliability.history import Place
from tests.reliability.program import Asked, Line

BOOKERS, KIOSKS = 2, 2


@dataclass(slots=True)
class Noted:
    """What was answered: bookings (number, state), visits and their numbers, calls (stop, desk), ended stops."""

    bookings: dict[str, tuple[int | None, str]] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    finished: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Load:
    """Bookers, kiosks and an officer at each desk, who go on until `stop`; each then ends the act it has begun."""

    day: UUID
    place: Place
    line: Line
    chance: Random
    noted: Noted = field(default_factory=Noted)
    stopping: bool = False
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Everybody at once, until told to stop and until everything that was begun is answered."""
        await asyncio.gather(
            *(self._booker() for _ in range(BOOKERS)),
            *(self._kiosk() for _ in range(KIOSKS)),
            *(self._officer(desk) for desk in self.place.desks.values()),
        )

    def stop(self) -> None:
        """Begin nothing more."""
        self.stopping = True

    async def _booker(self) -> None:
        while not self.stopping:
            arrival = self.chance.choice(self.place.arrivals)
            wish = {"services": ["legal"], "arrival": arrival.isoformat()}
            booked = await self.line.post(f"/days/{self.place.slug}/bookings", wish)
            if booked.status != 201:
                self._expect(booked, "arrival_taken")
                continue
            number = booked.json["number"]
            self.noted.bookings[booked.json["booking"]] = (number, "confirmed")
            if not self.stopping and self.chance.random() < 0.5:
                gone = await self.line.send("DELETE", f"/tickets/{booked.json['code']}")
                if gone.status != 204:
                    self._expect(gone, "booking_cancelled" if gone.tries > 1 else "")
                self.noted.bookings[booked.json["booking"]] = (number, "cancelled")

    async def _kiosk(self) -> None:
        while not self.stopping:
            wish = {"services": ["legal"]}
            came = await self.line.post(f"/days/{self.place.slug}/visits", wish, token=self.place.reception)
            if came.status == 201:
                self.noted.visits[came.json["visit"]] = came.json["number"]
            else:
                self._expect(came, "")

    async def _officer(self, desk: UUID) -> None:
        while not self.stopping:
            called = await self.line.post(f"/desks/{desk}/calls", token=self.place.officer)
            if called.status == 204:
                await asyncio.sleep(0.02)
                continue
            if called.status != 201:  # this officer finishes everybody: nothing is ever open already
                self._expect(called, "")
                continue
            stop = called.json["stop"]
            self.noted.calls[stop, str(desk)] += 1
            if self.stopping:
                return
            ended = await self.line.post(f"/stops/{stop}/finish", token=self.place.officer)
            if ended.status == 200:
                self.noted.finished.add(stop)
            else:
                self._expect(ended, "")

    def _expect(self, asked: Asked, code: str) -> None:
        if asked.code != code or not code:
            self.wrong.append(f"{asked.method} {asked.path}: {asked.status} {asked.content!r}")


async def compare(load: Load, database: Database) -> list[str]:
    """What differs between what was answered and what is there, what `verify` finds, and answers that change."""
    found = list(load.wrong)
    noted, there = load.noted, database.read_now(_rows, load.day)
    if there != noted:
        for name in ("bookings", "visits", "calls", "finished"):
            told, is_there = getattr(noted, name), getattr(there, name)
            if told != is_there:
                found.append(f"{name}: answered {_only(told, is_there)}, there is {_only(is_there, told)}")
    found += [f"verify: {one}" for one in database.read_now(verify, now=real_now(), day=load.day)]
    for one in load.line.asked:
        if one.tries > 1 and one.method == "POST" and one.status is not None and one.status < 300:
            again = await load.line.repeat(one)
            if (again.status_code, again.content) != (one.status, one.content):
                found.append(f"{one.path}: {one.status} {one.content!r}, again {again.status_code} {again.text}")
    return found


def _rows(conn: sa.Connection, day: UUID) -> Noted:
    booked = (
        sa.select(bookings.c.id, bookings.c.state, parties.c.number)
        .join(parties, parties.c.id == bookings.c.party_id)
        .where(bookings.c.day_id == day)
    )
    came = (
        sa.select(visits.c.id, parties.c.number)
        .join(parties, parties.c.id == visits.c.party_id)
        .where(visits.c.day_id == day)
    )
    ended = sa.select(stops.c.id).where(stops.c.day_id == day, stops.c.state == "finished")
    called = sa.select(calls.c.stop_id, calls.c.desk_id).where(calls.c.day_id == day)
    return Noted(
        bookings={str(row.id): (row.number, row.state) for row in conn.execute(booked)},
        visits={str(row.id): row.number for row in conn.execute(came)},
        calls=Counter((str(row.stop_id), str(row.desk_id)) for row in conn.execute(called)),
        finished={str(stop) for stop in conn.execute(ended).scalars()},
    )


def _only(these: Any, not_these: Any) -> Any:
    if isinstance(these, dict):
        return {key: value for key, value in these.items() if not_these.get(key) != value}
    return these - not_these
