"""The program under trace: bookings, arrivals, calls; each command's success is one line to a file of acknowledgements.

`python -m tests.reliability.power_work DATABASE ACKS ROUNDS SYNCHRONOUS`. An acknowledgement names what must be found:
`number <party> <number>`, `call <stop>`, `finished <stop>`.
"""

import asyncio
import os
import sys
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import confirm_booking, hold_arrival
from onestop.booking.queries import arrivals
from onestop.booking.wish import Wish, make_wish
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import day_offer
from onestop.days.tables import days
from onestop.db.session import Database, open_database
from onestop.domain.booking import Channel, Interpreter
from onestop.domain.party import party_of
from onestop.domain.roles import VISITOR, Actor
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.actions.calls import call_next, finish
from tests.halls import KEY

STAFF = Actor(ref="test:staff")
DESKS = 3
CHECKPOINT_PAGES = 40
"""A checkpoint every few commands instead of every thousand pages, so that a short trace holds several."""


class Work:
    """The day in the database, and where its commands are acknowledged."""

    def __init__(self, db: Database, acks: int) -> None:
        self._db = db
        self._acks = acks
        self._day = db.read_now(lambda conn: conn.execute(sa.select(days.c.id)).scalar_one())
        self._now = db.read_now(day_by_id, self._day).opens_at
        self._offer = db.read_now(day_offer, self._day)
        self._desks = [desk.id for desk in db.read_now(desks_of_day, self._day)][:DESKS]

    async def book(self, rounds: int) -> None:
        """Somebody books, in two steps, as in the browser."""
        day = self._db.read_now(day_by_id, self._day)
        for plan in (await self._db.read(arrivals, day, self._wish(), now=self._now)).plans[:rounds]:
            how: dict[str, Any] = {"actor": VISITOR, "now": self._now}
            hold = await self._write(
                hold_arrival,
                self._day,
                self._wish(),
                arrival_at=plan.arrival_at,
                channel=Channel.RECEPTION,
                hold_minutes=10,
                **how,
            )
            ticket = await self._write(confirm_booking, hold.id, key=KEY, name="Somebody", **how)
            self._ack(f"number {ticket.party} {ticket.number}")

    async def walk_in(self, rounds: int) -> None:
        """The ticket machine."""
        for _ in range(rounds):
            ticket, _ = await self._write(
                issue_walk_in, self._day, self._wish(), key=KEY, how="kiosk", actor=VISITOR, now=self._now
            )
            self._ack(f"number {ticket.party} {ticket.number}")

    async def call(self, desk: UUID, rounds: int) -> None:
        """An officer."""
        for _ in range(rounds):
            called = await self._write(call_next, desk, actor=STAFF, now=self._now)
            if called.stop is None:
                continue
            self._ack(f"call {called.stop}")
            await self._write(finish, called.stop, actor=STAFF, now=self._now)
            self._ack(f"finished {called.stop}")

    async def all(self, rounds: int) -> None:
        """Everybody at the same time."""
        await asyncio.gather(
            self.book(rounds), self.walk_in(rounds), *(self.call(desk, rounds) for desk in self._desks)
        )

    async def _write(self, action: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._db.write(action, *args, day=self._day, **kwargs)

    def _wish(self) -> Wish:
        return make_wish(
            self._offer,
            services=[service.id for service in self._offer.services],
            members=party_of(adults=1, children=0),
            languages=("en",),
            interpreter=Interpreter.NONE,
            display_language="en",
        )

    def _ack(self, what: str) -> None:
        os.write(self._acks, f"{what}\n".encode())


def main(path: str, acks: str, rounds: str, synchronous: str) -> None:
    """Do it all, then end without closing anything: nothing is tidied up when the power goes."""
    db = open_database(f"sqlite:///{path}")

    @sa.event.listens_for(db._writer, "connect")
    def _settle(raw: Any, _record: object) -> None:
        raw.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        if synchronous != "as the product has it":
            raw.execute(f"PRAGMA synchronous={synchronous}")

    asyncio.run(Work(db, os.open(acks, os.O_WRONLY)).all(int(rounds)))
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
