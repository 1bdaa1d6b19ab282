"""A mediator's phone: who she is, where she is needed, done, break; nobody's name, nobody's reason."""

from uuid import UUID

import httpx

from onestop.days.queries.desks import mediators_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.day import MediatorState
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.rows import stop_row
from onestop.visits.queries.mediator import mediator_screen
from tests.counting import cost
from tests.web.site import Site


def mediator_of(site: Site, language: str) -> UUID:
    return next(one.id for one in site.database.read_now(mediators_of_day, site.hall.id) if language in one.languages)


def home_of(site: Site) -> str:
    return f"/mediator/{site.hall.day.slug}"


async def _signed_in(site: Site, language: str = "ar") -> httpx.AsyncClient:
    phone = site.sign_in("mediator")
    answer = await phone.post(f"{home_of(site)}/mediators/{mediator_of(site, language)}/me")
    assert (answer.status_code, answer.headers["location"]) == (303, home_of(site))
    return phone


def _open(site: Site) -> None:
    site.hall.open_desks()
    site.set_time(site.hall.day.opens_at)


def _called(site: Site) -> UUID:
    _open(site)
    site.hall.walk_in(site.hall.wish("residence", languages=["ar"], interpreter=Interpreter.NEEDED))
    stop = site.hall.next(4).stop
    assert stop is not None
    return stop


async def test_she_says_once_who_she_is(site: Site) -> None:
    phone = site.sign_in("mediator")
    led = await phone.get("/mediator")
    asked = (await phone.get(home_of(site))).text
    await phone.post(f"{home_of(site)}/mediators/{mediator_of(site, 'ar')}/me")

    assert (led.status_code, led.headers["location"]) == (303, home_of(site))
    assert "Who are you today?" in asked
    assert "Nobody needs you now." in (await phone.get(home_of(site))).text


async def test_two_people_are_not_the_same_mediator(site: Site) -> None:
    await _signed_in(site)
    other = site.sign_in("mediator")
    refused = await other.post(f"{home_of(site)}/mediators/{mediator_of(site, 'ar')}/me")

    assert refused.status_code == 409
    assert "Somebody else is signed in as this mediator." in refused.text
    assert "is signed in" in (await other.get(home_of(site))).text


async def test_who_took_the_wrong_name_gives_it_back(site: Site) -> None:
    phone = await _signed_in(site)
    for _ in range(2):
        given_back = await phone.post(f"{home_of(site)}/not-me")
        assert (given_back.status_code, given_back.headers["location"]) == (303, home_of(site))

    assert "Who are you today?" in (await phone.get(home_of(site))).text
    await _signed_in(site)


async def test_she_is_told_the_desk_and_number_and_no_reason(site: Site) -> None:
    phone = await _signed_in(site)
    stop = _called(site)
    shown = (await phone.get(home_of(site))).text
    part = (await phone.get(home_of(site), headers={"HX-Request": "true"})).text

    for page in (shown, part):
        assert "Please come to desk 4" in page
        assert f'data-needed="{stop}"' in page
        assert "Arabic" in page
        assert "Residence" not in page
    assert part.lstrip().startswith('<section id="place"')


async def test_done_frees_her_and_the_talk_goes_on(site: Site) -> None:
    phone = await _signed_in(site)
    stop = _called(site)
    too_soon = await phone.post(f"{home_of(site)}/stops/{stop}/done")
    site.hall.write(serve, stop)
    done = [await phone.post(f"{home_of(site)}/stops/{stop}/done") for _ in range(2)]
    row = site.database.read_now(stop_row, stop)

    assert (too_soon.status_code, [answer.status_code for answer in done]) == (409, [303, 303])
    assert (row.state, row.mediator_id) == ("serving", None)
    assert "Nobody needs you now." in (await phone.get(home_of(site))).text
    site.hall.write(finish, stop)
    assert site.database.read_now(stop_row, stop).state == "finished"


async def test_who_is_freed_is_called_to_the_next_who_waits_for_her(site: Site) -> None:
    phone = await _signed_in(site)
    first = _called(site)
    site.hall.walk_in(site.hall.wish("legal", languages=["ar"], interpreter=Interpreter.NEEDED))
    site.hall.next(1, standing=True)
    waits = (await phone.get(home_of(site))).text
    site.hall.write(serve, first)
    await phone.post(f"{home_of(site)}/stops/{first}/done")

    assert "1 visitor waits who may need you." in waits
    assert "Please come to desk 1" in (await phone.get(home_of(site))).text


async def test_a_break_and_back_and_gone(site: Site) -> None:
    phone = await _signed_in(site)
    _open(site)
    seen: list[tuple[str, MediatorState]] = []
    for act in ("break", "break", "free", "left", "free"):
        await phone.post(f"{home_of(site)}/{act}")
        (state,) = [
            one.state for one in site.database.read_now(mediators_of_day, site.hall.id) if "ar" in one.languages
        ]
        seen.append((act, state))

    assert [str(state) for _, state in seen] == ["break", "break", "free", "left", "free"]


async def test_another_ones_talk_and_another_day_are_unknown(site: Site) -> None:
    phone = await _signed_in(site)
    stranger = site.sign_in("mediator")

    assert (await stranger.post(f"{home_of(site)}/break")).status_code == 404
    assert (await phone.post("/mediator/no-such-day/break")).status_code == 404


async def test_the_screen_is_four_questions(site: Site) -> None:
    mediator = mediator_of(site, "ar")
    found = [cost(site.database, mediator_screen, site.hall.id, mediator)]
    _called(site)
    for _ in range(2):
        site.hall.walk_in(site.hall.wish("legal", languages=["ar"], interpreter=Interpreter.NEEDED))
    found.append(cost(site.database, mediator_screen, site.hall.id, mediator))

    assert found == [4, 4]
