"""How the rows of a day or of one visit stand, to be compared with how they stood."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties
from onestop.domain.visit import StopState
from onestop.referrals.tables import referrals
from onestop.reports.violations import DayRows, Row
from onestop.visits.tables import alarms, notes


@dataclass(frozen=True, slots=True)
class Image:
    """One visit as it stood; versions left out, because every change raises them."""

    visit: dict[str, Any]
    stops: dict[UUID, dict[str, Any]]
    members: dict[tuple[UUID, UUID], bool]
    calls: dict[int, dict[str, Any]]


def image_of(rows: DayRows, visit: UUID) -> Image:
    """A visit with its stops, members and calls."""
    stops = {stop.id: _plain(stop) for stop in rows.stops_of.get(visit, [])}
    return Image(
        visit=_plain(rows.visits[visit]),
        stops=stops,
        members={(link.stop_id, link.member_id): link.active for link in rows.stop_members if link.stop_id in stops},
        calls={call.id: _plain(call) for call in rows.calls if call.stop_id in stops},
    )


def restored(now: Image, before: Image) -> Image:
    """The image after an undo without what may stay of the act: added stops, dropped, and calls that ended undone."""
    added = {stop for stop in now.stops if stop not in before.stops}
    assert {now.stops[stop]["state"] for stop in added} <= {StopState.DROPPED}
    made = {call for call in now.calls if call not in before.calls}
    assert {now.calls[call]["outcome"] for call in made} <= {"undone"}
    return Image(
        visit=now.visit,
        stops={stop: row for stop, row in now.stops.items() if stop not in added},
        members={link: active for link, active in now.members.items() if link[0] not in added},
        calls={call: row for call, row in now.calls.items() if call not in made},
    )


def difference(before: Image, now: Image) -> dict[str, tuple[Any, Any]]:
    """What is not as it was, by row and column."""

    def flat(image: Image) -> dict[str, Any]:
        tables = {"visit": {"": image.visit}, "stop": image.stops, "call": image.calls}
        cells = {
            f"{table} {key} {column}": value
            for table, rows in tables.items()
            for key, row in rows.items()
            for column, value in row.items()
        }
        return cells | {f"member {link}": active for link, active in image.members.items()}

    old, new = flat(before), flat(now)
    return {key: (old.get(key), new.get(key)) for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


@dataclass(frozen=True, slots=True)
class Around:
    """What hangs on a party beside its visit: who it is, where she was sent, what was written and who was called."""

    people: tuple[Any, ...]
    referrals: tuple[Any, ...]
    notes: tuple[Any, ...]
    alarms: tuple[Any, ...]


def around(conn: sa.Connection, day: UUID) -> dict[UUID, Around]:
    """By party."""
    found: dict[UUID, list[list[Any]]] = {}
    for nth, table in enumerate((members, referrals, notes, alarms)):
        of_day = sa.select(table).join(parties, parties.c.id == table.c.party_id).where(parties.c.day_id == day)
        for row in conn.execute(of_day.order_by(table.c.id)):
            found.setdefault(row.party_id, [[], [], [], []])[nth].append(tuple(row))
    return {party: Around(*map(tuple, rows)) for party, rows in found.items()}


def dump(rows: DayRows) -> list[Any]:
    """Everything of the day that could have changed."""
    tables = (rows.capacity, rows.claims, rows.bookings, rows.stops, rows.stop_members, rows.calls, rows.facts)
    whole = [
        rows.day,
        *rows.desks.values(),
        *rows.parties.values(),
        *rows.visits.values(),
        *(r for t in tables for r in t),
    ]
    return sorted((tuple(row) for row in whole), key=repr)


def _plain(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "version"}
