"""Publish, pause, go on, close, cancel: what is refused, what happens, and to whom it is told."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.days.actions import create_day
from onestop.days.dayfile import read_template
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.setup import remove_desk
from onestop.days.tables import day_languages, days
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.day import DayState
from onestop.domain.roles import SYSTEM
from onestop.reports.verify import verify
from onestop.web.organise.day import PAUSES
from tests.web.organise.browsing import Organiser
from tests.web.site import ADDRESS, Site, running

DAY = "/organise/iom-bratislava-2026-12-03"


def _draft(site: Site, *, on: date = date(2026, 12, 17)) -> UUID:
    now = site.database.now()
    return site.database.write_now(create_day, read_template("iom-bratislava"), on=on, actor=SYSTEM, now=now)


def _path(site: Site, day: UUID) -> str:
    return f"/organise/{site.database.read_now(day_by_id, day).slug}"


def _without(site: Site, day: UUID, *numbers: int) -> None:
    for desk in site.database.read_now(desks_of_day, day):
        if desk.number in numbers:
            version = site.database.read_now(day_by_id, day).version
            site.database.write_now(
                remove_desk, day, desk.id, version=version, actor=SYSTEM, now=site.database.now(), day=day
            )


def _state(site: Site, day: UUID) -> DayState:
    return site.database.read_now(day_by_id, day).state


async def test_a_day_without_desks_is_not_published_even_by_a_hand_made_request(site: Site) -> None:
    day = _draft(site)
    _without(site, day, 1, 2, 3, 4, 5, 6)
    organiser = Organiser(site)
    page = await organiser.open(_path(site, day))

    refused = await organiser.send(f"{_path(site, day)}/publish")

    assert "There is no desk yet." in page.text
    assert "Publish the day" not in page.text
    assert (refused.status_code, _state(site, day)) == (409, DayState.DRAFT)
    assert "The day was not published." in refused.text


async def test_an_order_about_a_service_that_no_desk_offers_stops_the_day(site: Site) -> None:
    day = _draft(site)
    _without(site, day, 4)
    organiser = Organiser(site)
    await organiser.open(_path(site, day))

    refused = await organiser.send(f"{_path(site, day)}/publish")

    assert (refused.status_code, _state(site, day)) == (409, DayState.DRAFT)
    assert "Residence permit is in the order of services, but no desk offers it." in refused.text


async def test_a_day_whose_date_is_over_is_not_published(site: Site) -> None:
    day = _draft(site, on=date(2026, 12, 1))
    organiser = Organiser(site)
    await organiser.open(_path(site, day))

    refused = await organiser.send(f"{_path(site, day)}/publish")

    assert (refused.status_code, _state(site, day)) == (409, DayState.DRAFT)
    assert "The day lies in the past." in refused.text


async def test_a_day_that_keeps_everything_back_has_no_arrival_and_is_stopped(site: Site) -> None:
    day = _draft(site)
    organiser = Organiser(site)
    await organiser.open(f"{_path(site, day)}/settings")

    saved = await organiser.send(f"{_path(site, day)}/settings", reserve_percent="100")
    refused = await organiser.send(f"{_path(site, day)}/publish")

    assert "No arrival time is possible" in saved.text
    assert (refused.status_code, _state(site, day)) == (409, DayState.DRAFT)


@pytest.mark.parametrize("writes", [True, False])
async def test_a_day_with_few_places_says_when_nobody_can_prove_an_address(
    database: Database, tmp_path: Path, writes: bool
) -> None:
    mail = {"smtp_host": "127.0.0.1", "mail_from": "post@hall.test", "base_url": ADDRESS} if writes else {}
    async with running(database, tmp_path, **mail) as site:
        organiser, path = Organiser(site), f"/organise/{site.hall.day.slug}"
        site.database.write_now(lambda conn: conn.execute(days.update().values(scarce=False)))
        plenty = await organiser.open(path)
        site.database.write_now(lambda conn: conn.execute(days.update().values(scarce=True)))
        few = await organiser.open(path)
    assert ["Nobody can book from home" in each.text for each in (plenty, few)] == [False, not writes]


async def test_warnings_name_the_language_nobody_speaks_and_the_desk_that_closes_early(site: Site) -> None:
    day = _draft(site)
    organiser = Organiser(site)
    await organiser.open(f"{_path(site, day)}/settings")
    await organiser.send(f"{_path(site, day)}/settings", languages=["en", "sk", "uk", "ar"])
    first = await organiser.open(_path(site, day))
    for one in site.database.read_now(mediators_of_day, day):
        if one.languages & {"ar", "uk"}:
            await organiser.open(f"{_path(site, day)}/mediators/{one.id}")
            await organiser.send(f"{_path(site, day)}/mediators/{one.id}/remove")
            await organiser.send(f"{_path(site, day)}/mediators/{one.id}/remove")

    later = await organiser.open(_path(site, day))

    assert "Desk 4 (Foreign Police Department) closes at" in first.text
    assert "is switched on, but no desk" not in first.text
    silent = [
        name for name in ("Arabic", "English", "Ukrainian") if f"{name} is switched on, but no desk" in later.text
    ]
    assert silent == ["Arabic", "Ukrainian"]


async def test_a_language_without_pages_is_told_and_its_remedy_is_the_page_where_it_is_switched_off(site: Site) -> None:
    day = _draft(site)
    organiser = Organiser(site)
    without = await organiser.open(_path(site, day))
    site.database.write_now(
        lambda conn: conn.execute(day_languages.insert().values(day_id=day, language="el", position=9))
    )

    told = await organiser.open(_path(site, day))

    sentence = "Greek is switched on, but no page exists in it. Visitors read another language."
    assert [sentence in page.text for page in (without, told)] == [False, True]
    assert f'{sentence} <a href="{_path(site, day)}/settings">' in " ".join(told.text.split())


async def test_a_set_up_changed_after_the_check_was_shown_is_looked_at_again(site: Site) -> None:
    day = _draft(site)
    organiser = Organiser(site)
    await organiser.open(_path(site, day))
    _without(site, day, 6)

    refused = await organiser.send(f"{_path(site, day)}/publish")

    assert (refused.status_code, _state(site, day)) == (409, DayState.DRAFT)
    assert "Somebody else changed this in the meantime." in refused.text


async def test_a_pause_says_why_stops_all_calls_and_its_end_calls_for_ready_desks(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    organiser = Organiser(site)
    await organiser.open(DAY)

    paused = await organiser.send(f"{DAY}/pause", why="0")
    why = site.database.read_now(day_by_id, site.hall.id).paused_why
    site.hall.walk_in(site.hall.wish("residence"))
    try:
        site.hall.next(4, standing=True)
        told = ""
    except Exception as refusal:
        told = type(refusal).__name__
    await organiser.send(f"{DAY}/resume")
    day = site.database.read_now(day_by_id, site.hall.id)

    assert (why, told, day.paused, day.paused_why) == (PAUSES[0], "DayPaused", False, "")
    assert "There is an alarm. Please follow the staff." in paused.text


async def test_a_pause_in_own_words_shows_them_as_they_are(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(DAY)

    paused = await organiser.send(f"{DAY}/pause", own="100 % <b>pizza</b>")

    assert "100 % &lt;b&gt;pizza&lt;/b&gt;" in paused.text


async def test_closing_is_refused_while_somebody_is_inside_unless_a_reason_is_given(site: Site) -> None:
    site.hall.walk_in(site.hall.wish("legal"))
    organiser = Organiser(site)
    page = await organiser.open(DAY)

    refused = await organiser.send(f"{DAY}/close", reason="")
    still = _state(site, site.hall.id)
    closed = await organiser.send(f"{DAY}/close", reason="The building closes")

    assert "1 ticket is still inside." in page.text
    assert (refused.status_code, still) == (409, DayState.PUBLISHED)
    assert "1 visitors are still here." in refused.text
    assert (closed.status_code, _state(site, site.hall.id)) == (200, DayState.CLOSED)
    assert site.database.read_now(verify, now=site.database.now()) == []


async def test_a_day_nobody_booked_is_cancelled_at_once(site: Site) -> None:
    day = _draft(site)
    organiser = Organiser(site)
    await organiser.open(f"{_path(site, day)}/cancel")

    await organiser.send(f"{_path(site, day)}/cancel")

    assert _state(site, day) is DayState.CANCELLED


async def test_a_day_people_came_to_is_closed_and_never_cancelled(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/cancel")
    site.hall.walk_in(site.hall.wish("legal"))

    refused = await organiser.send(f"{DAY}/cancel")

    assert (refused.status_code, _state(site, site.hall.id)) == (409, DayState.PUBLISHED)
    assert "Visitors have come to this day already." in refused.text
    assert "The day does not take place" not in (await organiser.open(DAY)).text
    page = await organiser.open(f"{DAY}/cancel")
    assert ("Visitors have come to this day already." in page.text, "cancel-form" in page.text) == (True, False)


async def test_an_organiser_of_one_day_sees_and_moves_that_day_only(site: Site) -> None:
    other = _draft(site)
    organiser = Organiser(site, day=other)
    home = await organiser.open("/organise")

    answers = {
        path: (await organiser.browser.get(path)).status_code
        for path in (_path(site, other), DAY, "/organise/new", "/organise/staff", "/organise/institutions")
    }

    assert answers == {
        _path(site, other): 200,
        DAY: 403,
        "/organise/new": 403,
        "/organise/staff": 403,
        "/organise/institutions": 403,
    }
    assert [_path(site, other) in home.text, f'"{DAY}"' in home.text, "New day" in home.text] == [True, False, False]


async def test_an_unknown_day_is_told_as_unknown(site: Site) -> None:
    organiser = Organiser(site)

    answer = await organiser.browser.get("/organise/nowhere-2026-12-03")

    assert (answer.status_code, "We do not know this day." in answer.text) == (404, True)


def _kinds(site: Site) -> list[str]:
    def read(conn: sa.Connection) -> list[str]:
        return list(conn.execute(sa.select(facts.c.kind).order_by(facts.c.id)).scalars())

    return site.database.read_now(read)
