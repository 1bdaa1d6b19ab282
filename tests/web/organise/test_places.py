"""Places people are sent on to: added, changed, closed and opened again; what cannot be used is told."""

import pytest
import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.directory.places import Place, all_places
from onestop.directory.tables import PLACE_KINDS
from onestop.directory.ways_on import PLACES
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

HOME = "/organise/places"
TYPED = {"kind": "shelter", "name": "House Alžbeta", "address": "Lipová 3", "phone": "+421 2 555", "hours_sk": "stále"}


def places(site: Site) -> tuple[Place, ...]:
    return site.database.read_now(all_places)


def kinds(site: Site) -> list[str]:
    query = sa.select(facts.c.kind).where(facts.c.kind.like("Place%")).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars().all()))


async def test_a_place_is_added_with_its_hours_in_own_words(site: Site) -> None:
    organiser = Organiser(site)
    empty = await organiser.open(HOME)
    assert "There is no place yet." in empty.text

    await organiser.send(HOME, **TYPED, discreet="1")

    [place] = places(site)
    told = (place.kind, place.name, place.address, place.phone, place.discreet, place.closed, place.hours)
    assert told == ("shelter", "House Alžbeta", "Lipová 3", "+421 2 555", True, False, {"sk": "stále"})
    assert organiser.page is not None
    assert "No words about its hours in: English, Ukrainian and Arabic" in " ".join(organiser.page.text.split())
    assert place.hours_for("en", working="sk") == ("stále", "sk")
    assert kinds(site) == ["PlaceAdded"]


async def test_a_place_is_changed_closed_and_opened_again(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(HOME)
    await organiser.send(HOME, **TYPED)
    [place] = places(site)
    path = f"{HOME}/{place.id}"
    await organiser.open(path)

    await organiser.send(path, name="House Anna", hours_sk="", hours_en="Always open")
    changed = places(site)[0]
    assert (changed.name, changed.hours, changed.address) == ("House Anna", {"en": "Always open"}, "Lipová 3")
    await organiser.send(f"{path}/close")
    closed = places(site)[0].closed
    await organiser.send(f"{path}/open")

    assert (closed, places(site)[0].closed) == (True, False)
    assert kinds(site) == ["PlaceAdded", "PlaceChanged", "PlaceClosed", "PlaceOpened"]


async def test_what_cannot_be_used_is_told_and_what_was_typed_stays(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(HOME)
    await organiser.send(HOME, **TYPED)
    before, told = places(site), kinds(site)

    nameless = await organiser.send(HOME, **{**TYPED, "name": ""})
    assert (nameless.status_code, 'value="Lipová 3"' in nameless.text) == (422, True)
    assert "Please write a name with 1 to 200 letters." in nameless.text
    for wrong, sentence in (
        ({"kind": "palace", "name": "A"}, "Please choose what kind of place it is."),
        ({"name": "A" * 201}, "Please write a name with 1 to 200 letters."),
        ({"name": "A", "hours_sk": "x" * 301}, "Please write at most 300 characters."),
        ({"name": "A", "phone": "1" * 41}, "Please write at most 40 characters."),
        ({}, "There is already an entry with this name."),
    ):
        answer = await organiser.send(HOME, **{**TYPED, **wrong})
        assert (sentence in answer.text, answer.status_code in (409, 422)) == (True, True), sentence

    assert (places(site), kinds(site)) == (before, told)


@pytest.mark.parametrize("door", ["officer", "receptionist"])
async def test_only_organisers_keep_places(site: Site, door: str) -> None:
    assert (await site.sign_in(door).get(HOME)).status_code == 403


def test_every_kind_of_place_has_words() -> None:
    assert tuple(PLACES) == PLACE_KINDS
