"""The pack that is kept ready: made by itself, renewed, fetched with its own spare numbers, gone with its day."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from onestop.booking.tables import spare_tickets
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.ticket import short_code, spell_short_code
from onestop.jobs.work import keep_packs
from onestop.keys import load_ticket_key
from onestop.paper.kept import EVERY, FOLDER, kept_pack, take_pack
from onestop.retention.actions import erase_party
from onestop.settings import Settings
from onestop.visits.actions.closing import close_day
from tests.halls import STAFF, TestDay, make_test_day
from tests.jobs.conftest import set_time
from tests.paper.pages import texts


@pytest.fixture
def hall(database: Database) -> TestDay:
    return make_test_day(database)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path)


def keep(hall: TestDay, settings: Settings) -> list[str]:
    """What lies in the folder after the job ran."""
    set_time(hall, hall.now)
    keep_packs(hall.db, settings)
    folder = settings.var / FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def ranges(hall: TestDay) -> list[tuple[int, int]]:
    rows = sa.select(spare_tickets.c.first, spare_tickets.c.last).order_by("first")
    return [tuple(row) for row in hall.db.read_now(lambda conn: conn.execute(rows).all())]


def test_it_is_made_a_day_before_and_renewed_with_the_same_numbers_until_somebody_fetches_it(
    hall: TestDay, settings: Settings
):
    hall.now = hall.day.opens_at - timedelta(hours=24, minutes=1)
    assert keep(hall, settings) == []

    hall.now = hall.day.opens_at - timedelta(hours=24)
    (first,) = keep(hall, settings)
    hall.later(minutes=29)
    assert keep(hall, settings) == [first]
    hall.later(minutes=1)
    (second,) = keep(hall, settings)
    assert (second != first, ranges(hall)) == (True, [(100, 123)])

    fetched = take_pack(hall.db, settings.var, hall.id, actor=STAFF, now=hall.now)
    assert "Náhradné lístky 100–123" in "".join(texts(fetched))
    hall.now += EVERY
    (third,) = keep(hall, settings)
    assert (ranges(hall), third.split("_")[2]) == ([(100, 123), (124, 147)], "124")
    kinds = hall.db.read_now(lambda conn: conn.execute(sa.select(facts.c.kind, facts.c.actor)).all())
    assert [row.actor for row in kinds if row.kind == "DayPackTaken"] == [STAFF.ref]


def test_its_owner_alone_reads_it_and_its_time_is_known(hall: TestDay, settings: Settings):
    (name,) = keep(hall, settings)

    file, folder = settings.var / FOLDER / name, settings.var / FOLDER
    pack = kept_pack(settings.var, hall.id)
    assert (oct(file.stat().st_mode)[-3:], oct(folder.stat().st_mode)[-3:]) == ("600", "700")
    assert pack is not None
    assert (pack.made_at, pack.taken) == (hall.now, False)


def test_whoever_was_erased_is_in_no_pack_a_minute_later(hall: TestDay, settings: Settings):
    ticket = hall.book(hall.wish("legal"))
    key = load_ticket_key(settings)
    code = spell_short_code(short_code(key, day=hall.id, number=ticket.number, generation=1))
    keep(hall, settings)
    assert code in _words(hall, settings)

    hall.later(minutes=1)
    hall.write(erase_party, ticket.party, journal=settings.var)
    hall.later(seconds=1)
    keep(hall, settings)

    assert code not in _words(hall, settings)


def test_a_day_that_is_closed_leaves_no_pack(hall: TestDay, settings: Settings):
    assert len(keep(hall, settings)) == 1
    hall.now = hall.day.closes_at
    hall.write(close_day, hall.id)

    assert keep(hall, settings) == []


def test_what_a_crash_left_half_written_is_no_pack(hall: TestDay, settings: Settings):
    (name,) = keep(hall, settings)
    path = settings.var / FOLDER / name
    os.rename(path, path.with_suffix(".half"))

    assert kept_pack(settings.var, hall.id) is None
    assert [name[-4:] for name in keep(hall, settings)] == [".pdf"]


def _words(hall: TestDay, settings: Settings) -> str:
    pack = kept_pack(settings.var, hall.id)
    assert pack is not None
    return "".join(texts(pack.path.read_bytes()))
