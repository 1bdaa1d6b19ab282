"""What is wrong with a history: its calls by linearizability, its bookings by counting, its answers by asking again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, parties, rests
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.reports.verify import verify
from onestop.visits.tables import calls, visits
from tests.reliability.history import History, Promise, services_of
from tests.reliability.linearizability import Operation, linearization
from tests.reliability.waiting_set import Hall, Rules

LIVE = ("held", "confirmed", "arrived")


async def judge(history: History, database: Database, day: UUID, *, parties_at_once: int) -> list[str]:
    """Everything that contradicts a promise, in words; reads the database and asks the server again."""
    found = list(history.wrong)
    found += _calls(history)
    rows = database.read_now(_rows, day)
    found += _bookings(history, rows["bookings"], parties_at_once)
    found += _visits(history, rows)
    found += [f"verify: {one}" for one in database.read_now(verify, now=real_now(), day=day)]
    found += [text async for text in _asked_again(history)]
    found += [text async for text in _free_places(history, database, day, parties_at_once)]
    return found


def told(history: History) -> list[Operation]:
    """The operations of the hall, an unheard check-in with the visit that a later one named."""
    return [
        replace(one, about=(history.visits.get(one.about[0][1], one.about[0]), *one.about[1:]))
        if one.what == "check_in" and not one.known
        else one
        for one in history.operations
    ]


def _calls(history: History) -> Iterator[str]:
    operations = told(history)
    rules = Rules(services_of(history.place), history.numbers)
    if linearization(operations, Hall(), rules.step) is None:
        lines = "\n".join(
            f"  {one.invoked:.4f} {one.returned:.4f} {one.what}{one.about} → {one.outcome}" for one in operations
        )
        yield f"no order explains these calls:\n{lines}"


def _rows(conn: sa.Connection, day: UUID) -> dict[str, list[Any]]:
    booked = sa.select(bookings.c.id, bookings.c.state, bookings.c.arrival_at, parties.c.number)
    return {
        "bookings": list(conn.execute(booked.join(parties, parties.c.id == bookings.c.party_id).where(_of(day))).all()),
        "visits": list(
            conn.execute(
                sa.select(visits.c.id, parties.c.number)
                .join(parties, parties.c.id == visits.c.party_id)
                .where(visits.c.day_id == day)
            ).all()
        ),
        "numbers": list(
            conn.execute(
                sa.select(parties.c.number).where(parties.c.day_id == day, parties.c.number.is_not(None))
            ).scalars()
        ),
        "calls": list(conn.execute(sa.select(calls.c.stop_id, calls.c.desk_id).where(calls.c.day_id == day)).all()),
    }


def _of(day: UUID) -> sa.ColumnElement[bool]:
    return bookings.c.day_id == day


def _bookings(history: History, rows: list[Any], parties_at_once: int) -> Iterator[str]:
    there = {str(row.id): row for row in rows}
    for booking, promise in history.promises.items():
        row = there.get(booking)
        if row is None:
            yield f"booking {booking} was promised and is not there"
            continue
        seen = (row.state, row.arrival_at, row.number)
        if row.state not in _states(promise) or row.arrival_at not in promise.arrivals:
            yield f"booking {booking} is {seen}, promised was {promise}"
        if promise.number is not None and row.number != promise.number:
            yield f"booking {booking} has number {row.number}, promised was {promise.number}"
    strangers = len(there.keys() - history.promises.keys())
    if strangers > history.unheard_bookings:
        yield f"{strangers} bookings nobody heard of, {history.unheard_bookings} were asked for without an answer"
    live = Counter(row.arrival_at for row in rows if row.state in LIVE)
    for arrival, count in live.items():
        if count > parties_at_once:
            yield f"{count} bookings at {arrival}, there is room for {parties_at_once}"


def _states(promise: Promise) -> set[str]:
    """What ended stays so; two ends contradict each other, and then none is right."""
    return promise.states if not promise.ends else promise.ends if len(promise.ends) == 1 else set()


def _visits(history: History, rows: dict[str, list[Any]]) -> Iterator[str]:
    there = {str(row.id): row.number for row in rows["visits"]}
    for visit, number in history.numbers.items():
        if there.get(visit) != number:
            yield f"visit {visit} was given number {number}, it has {there.get(visit)}"
    if len(there.keys() - history.numbers.keys()) > history.unheard_visits:
        yield f"visits nobody asked for: {there.keys() - history.numbers.keys()}"
    if repeated := [number for number, count in Counter(rows["numbers"]).items() if count > 1]:
        yield f"numbers given twice: {repeated}"
    made = Counter((str(row.stop_id), row.desk_id) for row in rows["calls"])
    heard = Counter(
        (history.stops[one.outcome[1]], one.about[0])
        for one in history.operations
        if one.what == "call" and one.known and one.outcome[0] == "new"
    )
    unheard = sum(one.what == "call" and not one.known for one in history.operations)
    if heard - made:
        yield f"calls that were answered and are not there: {heard - made}"
    if (made - heard).total() > unheard:
        yield f"calls nobody asked for: {made - heard}"


async def _asked_again(history: History) -> Any:
    """The same key gives the same answer: every act that took more than one try, and some others."""
    for place, one in enumerate(list(history.line.asked)):
        if one.method == "POST" and one.status in (200, 201, 204) and (one.tries > 1 or place % 8 == 0):
            again = await history.line.repeat(one)
            if (again.status_code, again.content) != (one.status, one.content):
                yield f"{one.path} was answered {one.status} {one.content!r}, again: {again.status_code} {again.text}"


async def _free_places(history: History, database: Database, day: UUID, parties_at_once: int) -> Any:
    """What is not taken can be booked, and nothing more: no place was lost on the way.

    What was given back rests up to an hour before this door sees it; here it has rested.
    """
    database.write_now(lambda conn: conn.execute(rests.delete()))
    rows = database.read_now(_rows, day)["bookings"]
    for arrival in history.place.arrivals:
        taken = sum(row.arrival_at == arrival and row.state in LIVE for row in rows)
        wish = {"services": ["legal"], "arrival": arrival.isoformat()}
        answers = [
            (await history.line.post(f"/days/{history.place.slug}/bookings", wish)).status
            for _ in range(max(0, parties_at_once - taken) + 1)
        ]
        if answers != [201] * (parties_at_once - taken) + [409]:
            yield f"{taken} of {parties_at_once} places were taken at {arrival}; then {answers}"
