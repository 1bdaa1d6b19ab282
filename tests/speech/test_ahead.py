"""Clips of calls to come are made while nobody waits for them: the longest waiting first, a few at a time."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from onestop.booking.actions.aloud import choose_aloud
from onestop.booking.tables import parties, stops
from onestop.clock import real_now
from onestop.days.tables import desks
from onestop.db.session import Database
from onestop.devices.actions import create_device, pair_device, revoke_device
from onestop.devices.tables import devices
from onestop.domain.roles import SYSTEM, Role
from onestop.settings import Settings
from onestop.speech.ahead import EVERY_TICKS, MOST_AT_ONCE, Ahead
from onestop.speech.clips import Clips
from onestop.speech.queries import SpokenCall, calls_to_come
from onestop.speech.words import Call
from tests.counting import cost
from tests.halls import TestDay, make_test_day


def _display(database: Database, hall: TestDay) -> None:
    real = real_now()
    made = database.write_now(create_device, kind=Role.DISPLAY, name="Hall", day_id=hall.id, actor=SYSTEM, real=real)
    database.write_now(pair_device, made.code, real=real)


def _coming(database: Database) -> list[tuple[int, int | None, int, tuple[str, ...]]]:
    found = database.read_now(calls_to_come, real=real_now())
    return [(each.call.number, each.call.member, each.call.desk, each.languages) for each in found]


def test_who_waits_is_called_at_a_desk_that_is_open_in_her_language_if_she_asked(database: Database) -> None:
    hall = make_test_day(database)
    _display(database, hall)
    hall.open_desks()
    asked = hall.walk_in(hall.wish("legal"))[0].party
    database.write_now(lambda conn: conn.execute(parties.update().values(display_language="ar")))
    hall.write(choose_aloud, asked, aloud=True)
    hall.later(minutes=1)
    hall.walk_in(hall.wish("social", "labour", adults=2, together={"social": [2], "labour": [1]}))

    assert _coming(database) == [(100, None, 1, ("ar", "sk")), (101, 2, 2, ("sk",)), (101, 1, 3, ("sk",))]

    database.write_now(lambda conn: conn.execute(desks.update().where(desks.c.number == 3).values(state="paused")))
    database.write_now(
        lambda conn: conn.execute(
            stops.update().where(stops.c.service_id == hall.service("legal")).values(private=True)
        )
    )
    hall.next(2)
    assert _coming(database) == []


def test_without_a_board_in_use_nothing_is_made_ahead(database: Database) -> None:
    hall = make_test_day(database)
    hall.open_desks()
    hall.walk_in(hall.wish("legal"))
    seen = [len(_coming(database))]
    _display(database, hall)
    seen.append(len(_coming(database)))
    database.write_now(lambda conn: conn.execute(devices.update().values(seen_at=real_now() - timedelta(minutes=11))))
    seen.append(len(_coming(database)))
    database.write_now(lambda conn: conn.execute(devices.update().values(seen_at=real_now())))
    seen.append(len(_coming(database)))
    device = database.read_now(lambda conn: conn.execute(sa.select(devices.c.id)).scalar_one())
    database.write_now(revoke_device, device, actor=SYSTEM, real=real_now())
    seen.append(len(_coming(database)))

    assert seen == [0, 1, 0, 1, 0]


def test_looking_costs_one_statement(database: Database) -> None:
    hall = make_test_day(database)
    _display(database, hall)
    hall.open_desks()
    costs = [cost(database, calls_to_come, real=real_now())]
    for _ in range(3):
        hall.walk_in(hall.wish("legal", "social"))
    costs.append(cost(database, calls_to_come, real=real_now()))

    assert costs == [1, 1]


async def test_some_clips_are_made_at_every_fifth_tick_until_all_are_there(database: Database, tmp_path: Path) -> None:
    hall = make_test_day(database)
    _display(database, hall)
    hall.open_desks()
    for _ in range(MOST_AT_ONCE + 2):
        hall.walk_in(hall.wish("legal"))
    ahead, made = Ahead(database, Settings(var=tmp_path)), []
    for _ in range(2 * EVERY_TICKS + 1):
        await ahead.make()
        made.append(len(list((tmp_path / "speech").glob("*.opus"))))

    assert made == [*[MOST_AT_ONCE] * EVERY_TICKS, *[MOST_AT_ONCE + 2] * (EVERY_TICKS + 1)]
    (first,) = Clips(tmp_path).of_call(Call(number=100, member=None, desk=1), ("sk",))
    assert len(list((tmp_path / "speech").glob("*.opus"))) == made[-1]
    assert first.is_file()


def test_what_is_made_is_not_made_again(tmp_path: Path) -> None:
    clips = Clips(tmp_path)
    spoken = SpokenCall(call=Call(number=100, member=None, desk=1), languages=("ar", "sk"))

    assert [clips.prepare(spoken.call, spoken.languages) for _ in range(2)] == [True, False]
