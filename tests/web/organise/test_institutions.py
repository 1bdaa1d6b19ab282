"""An institution that does not come any more: deleted if it was never used, else no longer offered."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.accounts.actions import add_account
from onestop.days.actions import create_day
from onestop.days.dayfile import read_template
from onestop.days.queries.checks import check_day
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.history import changes_of_day
from onestop.days.setup import add_desk, remove_desk
from onestop.days.setup_values import DeskSettings, SetupWrong
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.directory.actions import write_own_words
from onestop.directory.entries import add_institution, add_service, close_institution
from onestop.directory.organising import InstitutionEntry, directory
from onestop.directory.papers import papers_by_service
from onestop.directory.tables import services, texts
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.visits.actions.institutions import InstitutionUsed, remove_institution
from onestop.visits.actions.setup import set_up, undo_change
from tests.halls import make_test_day
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

HOME = "/organise/institutions"
DAY = "/organise/iom-bratislava-2026-12-03"


def _names(database: Database) -> list[str]:
    return [each.name for each in database.read_now(directory)]


def _entry(database: Database, name: str) -> InstitutionEntry:
    return next(each for each in database.read_now(directory) if each.name == name)


def _kinds(site: Site) -> list[str]:
    query = sa.select(facts.c.kind).where(facts.c.kind.like("Institution%")).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars().all()))


async def test_one_that_was_never_used_is_deleted_with_its_services_and_words(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(HOME)
    made = await organiser.send(HOME, name="Typed by mistake", authority="none")
    entry = _entry(site.database, "Typed by mistake")
    await organiser.send(f"{HOME}/{entry.id}/services", service="residence", minutes="20")
    service = _entry(site.database, entry.name).services[0].id
    paper = site.database.read_now(papers_by_service)[service][0].id
    site.database.write_now(
        write_own_words, "paper", paper, "text", {"en": "Own"}, changed_by="x", now=site.database.now()
    )

    page = await organiser.open(f"{HOME}/{entry.id}")
    gone = await organiser.send(f"{HOME}/{entry.id}/remove")

    left = sa.select(sa.func.count()).select_from(services).where(services.c.institution_id == entry.id)
    words = sa.select(sa.func.count()).select_from(texts).where(texts.c.owner_id == paper)
    assert made.status_code == 200
    assert "It was never used" in page.text
    assert "No longer offer it" not in page.text
    assert "The institution was deleted." in gone.text
    assert entry.name not in _names(site.database)
    assert [site.database.read_now(lambda conn, q=q: conn.execute(q).scalar()) for q in (left, words)] == [0, 0]
    assert _kinds(site)[-1] == "InstitutionRemoved"


async def test_one_that_sits_at_a_desk_is_closed_stays_on_its_day_and_is_offered_again(site: Site) -> None:
    day = f"/organise/{site.hall.day.slug}"
    used = site.desk.institution
    organiser = Organiser(site)
    page = await organiser.open(f"{HOME}/{used.id}")
    await organiser.send(f"{HOME}/{used.id}/close")
    listed = await organiser.open(HOME)
    where = await organiser.open(f"{day}/desks/new")
    asked = await organiser.open(f"{day}/desks/new?institution={used.id}")
    kept = await organiser.open(f"{day}/desks/{site.desk.number}")
    saved = await organiser.send(f"{day}/desks/{site.desk.number}", closes_1="14:50")
    await organiser.open(f"{HOME}/{used.id}")
    await organiser.send(f"{HOME}/{used.id}/open")
    again = await organiser.open(f"{day}/desks/new")

    link = f"desks/new?institution={used.id}"
    assert "It was used: desks, tickets, notes or accounts know it." in page.text
    assert "Delete it" not in page.text
    assert listed.text.count("No longer offered") == 1
    assert [link in each.text for each in (where, again)] == [False, True]
    assert "Which institution sits at this desk?" in asked.text
    assert (kept.status_code, used.name in kept.text, saved.status_code) == (200, True, 200)
    assert _kinds(site)[-2:] == ["InstitutionClosed", "InstitutionOpened"]


async def test_a_press_on_a_page_from_before_it_was_used_deletes_nothing(site: Site) -> None:
    now = site.database.now()
    made = site.database.write_now(add_institution, name="New one", authority="none", actor=SYSTEM, now=now)
    organiser = Organiser(site)
    await organiser.open(f"{HOME}/{made}")
    grant = Grant(role=Role.OFFICER, institution=made)
    site.database.write_now(add_account, login="her", password_hash="", held=(grant,), actor=SYSTEM, now=now)

    answer = await organiser.send(f"{HOME}/{made}/remove")

    assert answer.status_code == 409
    assert "This institution was used and stays." in answer.text
    assert "New one" in _names(site.database)


def test_a_draft_with_a_closed_institution_says_so_and_a_new_desk_refuses_it(database: Database) -> None:
    hall = make_test_day(database)
    police = next(desk for desk in hall.desks.values() if desk.institution.authority == "police")
    hall.db.write_now(close_institution, police.institution.id, closed=True, actor=SYSTEM, now=hall.now)
    on = date(2026, 12, 17)
    draft: UUID = hall.db.write_now(create_day, read_template("iom-bratislava"), on=on, actor=SYSTEM, now=hall.now)
    day = hall.db.read_now(day_by_id, draft)
    found = hall.db.read_now(check_day, day, now=hall.now)
    settings = DeskSettings(
        number=99, institution=police.institution.id, services=police.services, languages=("sk",), hours=()
    )
    with pytest.raises(SetupWrong) as refused:
        hall.db.write_now(add_desk, draft, settings, version=day.version, actor=SYSTEM, now=hall.now, day=draft)

    told = [(each.institution, each.stops) for each in found if each.kind == "no_longer"]
    assert told == [(police.institution.name, False)]
    assert refused.value.field == "institution"
    assert [each.kind for each in hall.db.read_now(check_day, hall.day, now=hall.now) if each.kind == "no_longer"] == []


def test_what_an_undo_may_bring_back_is_used(database: Database) -> None:
    hall = make_test_day(database, publish=False)
    now = hall.now
    made: UUID = database.write_now(add_institution, name="Guest", authority="none", actor=SYSTEM, now=now)
    service: UUID = database.write_now(add_service, made, key="legal", minutes=20, private=False, actor=SYSTEM, now=now)
    opens, closes = (at.astimezone(hall.day.zone).time() for at in (hall.day.opens_at, hall.day.closes_at))
    settings = DeskSettings(
        number=77, institution=made, services={service: 20}, languages=("sk",), hours=((opens, closes),)
    )
    for act in (add_desk, remove_desk):
        version = database.read_now(day_by_id, hall.id).version
        desk = next((each.id for each in database.read_now(desks_of_day, hall.id) if each.number == 77), None)
        hall.write(set_up, hall.id, act, desk or settings, version=version)

    with pytest.raises(InstitutionUsed):
        database.write_now(remove_institution, made, actor=SYSTEM, now=now)
    newest = database.read_now(changes_of_day, hall.id)[0]
    hall.write(undo_change, hall.id, newest.id, version=newest.version)

    assert 77 in {each.number for each in database.read_now(desks_of_day, hall.id)}


async def test_one_that_is_not_in_the_list_is_added_from_a_new_desk_and_comes_back_to_it(site: Site) -> None:
    organiser = Organiser(site)
    where = await organiser.open(f"{DAY}/desks/new")
    way = "/organise/institutions?for=iom-bratislava-2026-12-03"
    await organiser.open(way)
    added = await organiser.send("/organise/institutions", name="Trade union")
    path = added.url.path
    back = await organiser.send(f"{path}/services", service="labour", minutes="20")
    await organiser.open(f"{path}?for=https://elsewhere.example")
    stays = await organiser.send(f"{path}/services", service="legal", minutes="20")

    assert f'href="{way}#new"' in where.text
    assert "Then the form of the desk comes back." in added.text
    assert (back.url.path, back.url.params["institution"]) == (f"{DAY}/desks/new", path.rsplit("/", 1)[1])
    assert "Trade union" in back.text
    assert stays.url.path == path


async def test_who_organises_one_day_is_not_sent_to_what_all_days_share(site: Site) -> None:
    page = await Organiser(site, day=site.hall.id).open(f"{DAY}/desks/new")

    assert "Not in the list?" not in page.text
