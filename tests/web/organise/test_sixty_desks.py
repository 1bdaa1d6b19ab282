"""A day of sixty desks: pages of organisers, floor, reception and boards ask the database as little as for six."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from onestop.days.dayfile import DayFile, read_template
from onestop.db.session import Database
from onestop.visits.queries.floor import floor_desks
from tests.counting import counted
from tests.halls import make_test_day
from tests.web.site import Site, running

MANY = 60
PAGES = (
    "/organise/{day}",
    "/organise/{day}/desks",
    "/organise/{day}/overview",
    "/organise/{day}/passes",
    "/organise/{day}/sessions",
    "/organise/{day}/people",
    "/organise/{day}/order",
    "/floor/{day}",
    "/reception/{day}",
    "/display/{day}",
)


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """Every door the pages stand behind."""
    async with running(database, tmp_path / "var", doors=("organise", "floor", "reception", "display")) as started:
        yield started


def with_desks(file: DayFile, many: int) -> DayFile:
    """The same day with so many desks: those of the template again and again, under numbers of their own."""
    desks = tuple(replace(file.desks[n % len(file.desks)], number=n + 1) for n in range(many))
    return replace(file, slug=f"{file.slug}-{many}", desks=desks)


async def test_pages_of_sixty_desks_ask_as_little_as_those_of_six(site: Site) -> None:
    template = read_template("iom-bratislava")
    organiser = site.sign_in("organiser")
    asked: dict[int, dict[str, int]] = {}
    for many, on in ((6, date(2026, 12, 8)), (MANY, date(2026, 12, 9))):
        hall = make_test_day(site.database, file=with_desks(template, many), on=on)
        hall.now = hall.day.opens_at
        hall.open_desks()
        for _ in range(3):
            hall.walk_in(hall.wish("legal"))
        site.set_time(hall.now)
        assert len(site.database.read_now(floor_desks, hall.id, now=hall.now)) == many
        asked[many] = {}
        for page in PAGES:
            path = page.format(day=hall.day.slug)
            first = await organiser.get(path)
            assert first.status_code == 200, path
            with counted() as count:
                await organiser.get(path)
                asked[many][page] = count()
    assert asked[MANY] == asked[6]


async def test_all_sixty_can_be_found(site: Site) -> None:
    hall = make_test_day(site.database, file=with_desks(read_template("iom-bratislava"), MANY), on=date(2026, 12, 9))
    hall.now = hall.day.opens_at
    site.set_time(hall.now)
    organiser = site.sign_in("organiser")
    desks = (await organiser.get(f"/organise/{hall.day.slug}/desks")).text
    floor = (await organiser.get(f"/floor/{hall.day.slug}")).text
    assert all(f"/organise/{hall.day.slug}/desks/{number}" in desks for number in range(1, MANY + 1))
    assert all(f'id="desk-{desk.id}"' in floor for desk in hall.desks.values())
