"""The history of a set-up: what, who, whom it touched; the newest change taken back; what another organiser changed."""

import re
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.queries.picture import picture_of
from onestop.days.tables import setup_changes
from onestop.directory.series import series_of
from onestop.reports.verify import verify
from tests.web.organise import things
from tests.web.organise.browsing import Organiser
from tests.web.organise.test_touch import ASKS, DAY, at
from tests.web.site import Site


def _told(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2]).split())


def _broken(site: Site) -> list[object]:
    return list(site.database.read_now(verify, now=site.database.now()))


async def test_a_change_is_told_in_plain_words_and_taken_back(site: Site) -> None:
    before = site.database.read_now(picture_of, site.hall.id)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/desks/1")
    await organiser.send(f"{DAY}/desks/1", closes_1="12:00", number="21")

    page = await organiser.open(f"{DAY}/history")
    undone = await organiser.send(f"{DAY}/history/undo")

    told = _told(page.text)
    assert ("Desk 21" in told, "organiser" in told) == (True, True)
    assert re.search(r"Hours .{0,4}09:00–15:00.{0,4} is now .{0,4}09:00–12:00", told), told
    assert "The change was taken back." in undone.text
    assert (site.database.read_now(picture_of, site.hall.id), _broken(site)) == (before, [])
    again = await organiser.send(f"{DAY}/history/undo")
    assert "The change was taken back." in again.text
    assert [desk.number for desk in site.database.read_now(desks_of_day, site.hall.id)][-1] == 21


async def test_hours_of_the_day_come_back_with_the_desks_that_followed_them(site: Site) -> None:
    before = site.database.read_now(picture_of, site.hall.id)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", opens="10:00", name="Later")
    assert site.database.read_now(picture_of, site.hall.id) != before

    await organiser.open(f"{DAY}/history")
    await organiser.send(f"{DAY}/history/undo")

    assert (site.database.read_now(picture_of, site.hall.id), _broken(site)) == (before, [])


async def test_what_was_taken_away_comes_back_as_what_it_was(site: Site) -> None:
    before = site.database.read_now(picture_of, site.hall.id)
    mediator = site.database.read_now(mediators_of_day, site.hall.id)[0].id
    organiser = Organiser(site)
    for path in (f"{DAY}/desks/6", f"{DAY}/mediators/{mediator}"):
        await organiser.open(path)
        await organiser.send(f"{path}/remove", certain="yes")
        await organiser.open(f"{DAY}/history")
        await organiser.send(f"{DAY}/history/undo")

    assert (site.database.read_now(picture_of, site.hall.id), _broken(site)) == (before, [])


async def test_undoing_is_weighed_too_and_refused_when_something_was_built_on_it(site: Site) -> None:
    organiser, other = Organiser(site), Organiser(site)
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", closes="17:00")
    hold = site.hall
    hold.day = site.database.read_now(day_by_id, hold.id)
    hold.book(hold.wish("legal"), at=at(15))
    history = await organiser.open(f"{DAY}/history")

    asked = await organiser.send(f"{DAY}/history/undo")
    organiser.page = history
    await other.open(f"{DAY}/settings")
    await other.send(f"{DAY}/settings", name="Other")
    refused = await organiser.send(f"{DAY}/history/undo")

    assert (asked.status_code, ASKS in asked.text, refused.status_code) == (409, True, 409)
    assert "Something was changed after this." in refused.text


def _series(site: Site) -> str | None:
    series = site.database.read_now(day_by_id, site.hall.id).series
    return str(series.id) if series else None


async def test_a_series_of_the_day_shows_in_the_history_and_goes_with_its_change_alone(site: Site) -> None:
    series = things.series(site)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", series=series)
    chosen = _told((await organiser.open(f"{DAY}/history")).text)
    await organiser.send(f"{DAY}/history/undo")
    undone = _series(site)
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", series=series)
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", name="Other")
    await organiser.open(f"{DAY}/history")
    await organiser.send(f"{DAY}/history/undo")

    name = site.database.read_now(series_of, UUID(series)).name
    assert re.search(rf"Series .{{0,12}} {re.escape(name)}", chosen), chosen
    assert (undone, _series(site)) == (None, series)


async def test_reserves_are_told_in_words(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    await organiser.send(f"{DAY}/settings", reserve_helper="7")

    told = _told((await organiser.open(f"{DAY}/history")).text)

    assert "helpers 7" in told, told


async def test_the_history_holds_settings_and_never_a_mediators_name(site: Site) -> None:
    mediator = site.database.read_now(mediators_of_day, site.hall.id)[0]
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/mediators/{mediator.id}")
    await organiser.send(f"{DAY}/mediators/{mediator.id}", label="Amina Nováková", closes_1="12:00")

    rows = site.database.read_now(lambda conn: conn.execute(sa.select(setup_changes)).all())

    assert (len(rows), "Amina" in str(rows)) == (1, False)


async def test_the_second_organiser_reads_what_the_first_changed_and_keeps_what_she_typed(site: Site) -> None:
    first, second = Organiser(site), Organiser(site)
    await first.open(f"{DAY}/desks/1")
    await second.open(f"{DAY}/desks/1")
    await first.send(f"{DAY}/desks/1", closes_1="12:00")

    refused = await second.send(f"{DAY}/desks/1", closes_1="13:00")

    told = _told(refused.text)
    assert refused.status_code == 409
    assert "Changed by somebody else in the meantime" in told
    assert re.search(r"09:00–15:00.{0,4} is now .{0,4}09:00–12:00", told), told
    assert second.form(f"{DAY}/desks/1")["closes_1"] == "13:00"
