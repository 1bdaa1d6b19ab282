"""Officers who press Next in the same moment get different visitors, or one of them gets nobody (R5)."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.dayfile import DayFile, read_template
from onestop.db.session import Database
from onestop.visits.actions.calls import finish
from tests.halls import make_test_day
from tests.web.site import running


def _three_legal_desks() -> DayFile:
    pilot = read_template("iom-bratislava")
    return replace(
        pilot, desks=tuple(replace(desk, services=("legal",)) if desk.number <= 3 else desk for desk in pilot.desks)
    )


def _called(conn: sa.Connection) -> dict[UUID, UUID]:
    rows = conn.execute(sa.select(stops.c.desk_id, stops.c.id).where(stops.c.state == "called"))
    return {row.desk_id: row.id for row in rows}


async def test_desks_that_press_next_together_never_get_the_same_visitor(database: Database, tmp_path: Path) -> None:
    hall = make_test_day(database, file=_three_legal_desks())
    async with running(database, tmp_path, hall=hall, doors=("desk",)) as site:
        hall.open_desks()
        desks = [hall.desks[number] for number in (1, 2, 3)]
        officers = [site.sign_in("officer", desk) for desk in desks]
        met: list[tuple[int, int]] = []
        for waiting in (0, 1, 2, 3, 5):
            for _ in range(waiting):
                hall.walk_in(hall.wish("legal"))

            answers = await asyncio.gather(
                *(
                    officer.post(f"/desks/{desk.id}/calls")
                    for officer, desk in zip(officers, desks, strict=True)
                    for _ in range(2)
                )
            )

            called = database.read_now(_called)
            assert {answer.status_code for answer in answers} == {303}
            met.append((len(called), len(set(called.values()))))
            for stop in called.values():
                hall.write(finish, stop)

        # The last round left two of five, who are called before anybody new.
        assert met == [(0, 0), (1, 1), (2, 2), (3, 3), (3, 3)]
