"""The sound of a call: hers only if she asked, then the local one; nothing about her in an address (R15, R19)."""

import re
from pathlib import Path
from uuid import UUID

import httpx
import sqlalchemy as sa

from onestop.booking.actions.aloud import choose_aloud
from onestop.booking.tables import parties
from onestop.db.ledger import facts
from onestop.domain.roles import VISITOR
from onestop.retention.actions import erase_party
from onestop.speech.clips import Clips
from onestop.speech.words import Call
from onestop.visits.tables import calls
from tests.counting import counted
from tests.web.site import Site


def _party(site: Site, *, language: str = "ar", aloud: bool = False) -> UUID:
    """Somebody who reads this language waits for desk 1."""
    party = site.hall.walk_in(site.hall.wish("legal"))[0].party
    site.database.write_now(
        lambda conn: conn.execute(parties.update().where(parties.c.id == party).values(display_language=language))
    )
    site.hall.write(choose_aloud, party, aloud=aloud)
    return party


def _called(site: Site) -> int:
    site.hall.next(1)
    return site.database.read_now(lambda conn: conn.execute(sa.select(sa.func.max(calls.c.id))).scalar_one())


async def _clips(site: Site, screen: httpx.AsyncClient, call: int) -> list[bytes]:
    """What is played for a call, until the end is told."""
    found: list[bytes] = []
    while True:
        answer = await screen.get(f"/display/{site.hall.day.slug}/calls/{call}/say/{len(found)}")
        if answer.status_code == 204:
            return found
        assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/ogg")
        assert answer.headers["cache-control"] == "no-store"
        found.append(answer.content)


def _sound(var: Path, number: int, tag: str) -> bytes:
    (path,) = Clips(var).of_call(Call(number=number, member=None, desk=1), (tag,))
    return path.read_bytes()


async def test_a_call_is_spoken_in_the_language_of_the_day_alone_unless_she_asked(site: Site) -> None:
    screen, var = site.sign_in("display"), site.settings.var
    site.hall.open_desks()
    _party(site)

    assert await _clips(site, screen, _called(site)) == [_sound(var, 100, "sk")]


async def test_whoever_asked_is_called_in_her_language_first(site: Site) -> None:
    screen, var = site.sign_in("display"), site.settings.var
    site.hall.open_desks()
    _party(site, aloud=True)

    assert await _clips(site, screen, _called(site)) == [_sound(var, 100, "ar"), _sound(var, 100, "sk")]


async def test_a_language_that_nobody_can_speak_is_left_out_and_the_local_one_is_heard(site: Site) -> None:
    screen, var = site.sign_in("display"), site.settings.var
    site.hall.open_desks()
    _party(site, language="ti", aloud=True)

    assert await _clips(site, screen, _called(site)) == [_sound(var, 100, "sk")]


async def test_an_own_language_that_is_the_local_one_is_heard_once(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    _party(site, language="sk", aloud=True)

    assert len(await _clips(site, screen, _called(site))) == 1


async def test_a_quiet_call_an_unknown_one_and_one_of_nobody_are_not_there(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    _party(site)
    call = _called(site)
    assert len(await _clips(site, screen, call)) == 1
    site.database.write_now(lambda conn: conn.execute(calls.update().values(quiet=True)))

    paths = [f"/display/{site.hall.day.slug}/calls/{each}/say/0" for each in (call, call + 1, 0, 10**30)]

    assert [(await screen.get(path)).status_code for path in paths] == [404, 404, 404, 404]


async def test_the_address_of_a_sound_names_neither_number_nor_language(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    _party(site, aloud=True)
    call = _called(site)

    page = (await screen.get(f"/display/{site.hall.day.slug}")).text

    src = re.search(r'data-src="([^"]+)"', page)
    assert src is not None
    assert (src[1], call) == (f"/display/{site.hall.day.slug}/calls", 1)  # the script adds the id of the call
    assert len(await _clips(site, screen, call)) == 2


async def test_a_sound_costs_two_statements_besides_knowing_the_machine(site: Site) -> None:
    screen = site.sign_in("display")
    site.hall.open_desks()
    _party(site, aloud=True)
    path = f"/display/{site.hall.day.slug}/calls/{_called(site)}/say/0"
    await screen.get(path)

    with counted() as statements:
        await screen.get(path)

    assert statements() == 3


def test_her_choice_leaves_a_fact_without_the_language_and_is_gone_with_her(site: Site) -> None:
    party = _party(site, aloud=True)
    site.hall.write(choose_aloud, party, aloud=True)

    told = site.database.read_now(
        lambda conn: conn.execute(sa.select(facts.c.terms).where(facts.c.kind == "SpeechChosen")).scalars().all()
    )
    site.hall.write(erase_party, party, journal=None, actor=VISITOR)
    kept = site.database.read_now(lambda conn: conn.execute(sa.select(parties.c.aloud)).scalars().all())

    assert ([dict(terms) for terms in told], kept) == ([{}], [False])
