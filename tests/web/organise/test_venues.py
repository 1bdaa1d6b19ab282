"""Venues: added, changed, closed, opened again, deleted while nobody knows them; drafts choose among them."""

import pytest
import sqlalchemy as sa

from onestop.days.queries.days import day_by_slug
from onestop.db.ledger import facts
from onestop.directory.venues import Venue, all_venues
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

HOME = "/organise/venues"
TYPED = {"name": "Dom kultúry", "address": "Lipová 3", "timezone": "Europe/Bratislava"}


def venues(site: Site) -> dict[str, Venue]:
    return {each.name: each for each in site.database.read_now(all_venues)}


def kinds(site: Site) -> list[str]:
    query = sa.select(facts.c.kind).where(facts.c.kind.like("Venue%")).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars().all()))


async def test_a_venue_is_added_changed_closed_opened_and_deleted(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(HOME)
    made = await organiser.send(HOME, **TYPED)
    found = venues(site)["Dom kultúry"]
    path = f"{HOME}/{found.id}"
    changed = await organiser.send(path, address="Lipová 5", timezone="Europe/Athens")
    now = venues(site)["Dom kultúry"]
    closed = await organiser.send(f"{path}/remove")

    assert (made.status_code, "No day was ever here." in made.text) == (200, True)
    assert (found.address, found.timezone, found.closed) == ("Lipová 3", "Europe/Bratislava", False)
    assert "Saved." in changed.text
    assert (now.id, now.address, now.timezone) == (found.id, "Lipová 5", "Europe/Athens")
    assert ("The venue was deleted." in closed.text, "Dom kultúry" in venues(site)) == (True, False)
    assert kinds(site) == ["VenueAdded", "VenueChanged", "VenueRemoved"]


async def test_one_that_days_use_tells_whom_a_change_touches_and_is_only_closed(site: Site) -> None:
    day = site.hall.day
    site.hall.book(site.hall.wish("legal"))
    path = f"{HOME}/{day.venue_id}"
    organiser = Organiser(site)
    page = await organiser.open(path)
    refused = await organiser.browser.post(f"{path}/remove", data={"_key": organiser.form(f"{path}/close")["_key"]})
    await organiser.send(f"{path}/close")
    there = venues(site)[day.venue].closed
    await organiser.send(f"{path}/open")
    await organiser.send(path, name="Another house")

    told = " ".join(page.text.split())
    assert "1 booking shows this name and address." in told
    assert "Delete it" not in page.text
    assert (refused.status_code, "Days know this venue, so it stays." in refused.text) == (409, True)
    assert (there, venues(site)["Another house"].closed) == (True, False)
    assert site.database.read_now(day_by_slug, day.slug).venue == "Another house"
    assert kinds(site) == ["VenueClosed", "VenueOpened", "VenueChanged"]


async def test_what_cannot_be_used_is_told_and_what_was_typed_stays(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(HOME)
    await organiser.send(HOME, **TYPED)
    await organiser.open(HOME)
    before, told = venues(site), kinds(site)
    for wrong, sentence in (
        ({"name": ""}, "Please write a name with 1 to 200 letters."),
        ({"address": "x" * 301}, "Please write at most 300 characters."),
        ({"timezone": "Europe/Nowhere"}, "Please choose a time zone."),
        ({}, "There is already a venue with this name and address."),
    ):
        typed = {**TYPED, **wrong}
        answer = await organiser.send(HOME, **typed)
        kept = typed["address"] in answer.text
        assert (sentence in answer.text, kept, answer.status_code in (409, 422)) == (True, True, True), sentence

    assert (venues(site), kinds(site)) == (before, told)


async def test_a_draft_chooses_its_venue_and_a_published_day_keeps_it(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(HOME)
    await organiser.send(HOME, **TYPED)
    await organiser.open(HOME)
    await organiser.send(HOME, **{**TYPED, "name": "Far away", "timezone": "Europe/Athens"})
    here, far = venues(site)["Dom kultúry"], venues(site)["Far away"]
    await organiser.open("/organise/new")
    await organiser.send("/organise/days/from-template", template="iom-bratislava", venue=str(far.id))
    assert organiser.page is not None
    athens = site.database.read_now(day_by_slug, organiser.page.url.path.rpartition("/")[2])
    await organiser.open("/organise/new")
    await organiser.send("/organise/days/from-template", template="iom-bratislava")
    slug = organiser.page.url.path.rpartition("/")[2]
    path = f"/organise/{slug}/settings"
    form = await organiser.open(path)
    await organiser.send(path, venue=str(here.id))
    chosen = site.database.read_now(day_by_slug, slug)
    history = await organiser.open(f"/organise/{slug}/history")
    published = await organiser.open(f"/organise/{site.hall.day.slug}/settings")

    assert (athens.venue_id, athens.timezone, athens.opens_at.hour) == (far.id, "Europe/Athens", 7)
    assert (str(here.id) in form.text, str(far.id) in form.text) == (True, False)
    assert (chosen.venue_id, chosen.venue) == (here.id, "Dom kultúry")
    assert "Dom kultúry" in history.text
    assert 'name="venue"' not in published.text


@pytest.mark.parametrize("door", ["officer", "receptionist"])
async def test_only_organisers_keep_venues(site: Site, door: str) -> None:
    assert (await site.sign_in(door).get(HOME)).status_code == 403
