"""A desk by HTTP as an officer without script uses it: each press is answered with a way back to the desk."""

import re
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState
from onestop.domain.visit import StopState
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.route import step_out
from onestop.visits.actions.rows import stop_row
from tests.web.desk.screen import press, press_of, presses, zone
from tests.web.site import Site


def _path(site: Site) -> str:
    return f"/desks/{site.desk.id}"


async def test_a_pass_leads_straight_to_its_own_desk(site: Site) -> None:
    answer = await site.sign_in("officer").get("/desk")

    assert (answer.status_code, answer.headers["location"]) == (303, _path(site))


async def test_a_language_chosen_on_the_way_to_the_desk_is_kept(site: Site) -> None:
    officer = site.sign_in("officer")
    await officer.get("/desk", params={"lang": "ar"})

    assert '<html lang="ar" dir="rtl"' in (await officer.get(_path(site))).text


async def test_a_visitor_is_called_served_and_finished_by_keys_alone(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.walk_in(site.hall.wish("legal"))
    seen: list[tuple[int, str, str]] = []

    for key in ("n", "n", "s", "f"):
        answer = await press(officer, path, key, **({"outcome": "settled"} if key == "f" else {}))
        page = (await officer.get(path)).text
        seen.append((answer.status_code, answer.headers["location"], zone(page, "now").split("#")[0][:24]))

    assert seen == [
        (303, path, "Nobody is at this desk. "),
        (303, path, "Called at 08:30 now 100 "),
        (303, path, "Here since 08:30 100 For"),
        (303, path, "Nobody is at this desk. "),
    ]
    assert re.search(
        r"Take back: finished 100 U \d+ s Talks here today 1 Not here 0 100 Settled Notes 08:30$", zone(page, "mine")
    )


async def test_the_keys_that_can_be_pressed_belong_to_the_state(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    keys: dict[str, list[str]] = {}

    async def note(state: str) -> None:
        page = (await officer.get(path)).text
        keys[state] = [each.key for each in presses(page) if each.key and not each.off]

    await note("closed")
    await press(officer, path, "n")
    await note("free")
    site.hall.walk_in(site.hall.wish("legal"))
    await press(officer, path, "n")
    await note("called")
    await press(officer, path, "s")
    await note("serving")
    await press(officer, path, "b")
    await note("serving in a break")

    assert keys == {
        "closed": ["l", "n"],
        "free": ["l", "n", "b"],
        "called": ["l", "s", "r", "h", "p", "b", "u"],
        "serving": ["l", "f", "p", "b", "u"],
        "serving in a break": ["l", "f", "b", "p", "u"],
    }


async def test_next_with_nobody_to_call_makes_the_desk_ready_until_it_is_cancelled(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    await press(officer, path, "n")

    await press(officer, path, "n")
    ready = zone((await officer.get(path)).text, "now")
    await press(officer, path, "Escape")
    free = zone((await officer.get(path)).text, "now")

    assert ready.startswith("Ready until 08:40 Ready We call for you.")
    assert free.startswith("Nobody is at this desk.")


async def test_a_ready_desk_calls_by_itself(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    await press(officer, path, "n")
    await press(officer, path, "n")

    site.hall.walk_in(site.hall.wish("legal"))

    assert zone((await officer.get(path)).text, "now").startswith("Called at 08:30 now 100")


async def test_the_desk_says_who_comes_and_how_they_will_talk(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    words: list[str] = []
    for languages, interpreter in (
        (("ar",), Interpreter.NEEDED),
        (("vi",), Interpreter.NEEDED),
        (("en",), Interpreter.NONE),
        (("vi",), Interpreter.OWN),
    ):
        site.hall.walk_in(site.hall.wish("legal", languages=languages, interpreter=interpreter))
        site.set_time(site.hall.day.opens_at)
        await press(officer, path, "n")
        now = zone((await officer.get(path)).text, "now").partition(" Called now because")[0]
        words.append(now.partition(" now 10")[2].partition(" ")[2])
        await press(officer, path, "s")
        await press(officer, path, "f")

    assert words == [
        "For: Legal advice Arabic Interpreter comes: mediator M01",
        "For: Legal advice Vietnamese No interpreter: phone or phrase card",
        "For: Legal advice English You both speak English",
        "For: Legal advice Vietnamese Brings an interpreter",
    ]


async def test_a_family_shows_its_people_and_how_many_places_are_left(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal", "residence", "social", adults=2, children=2))

    await press(officer, path, "n")

    page = (await officer.get(path)).text
    assert "4 people, 2 children English You both speak English 2 more places today Called now because:" in zone(
        page, "now"
    )


async def test_parking_sends_away_and_the_same_desk_gets_her_back_first(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(1).stop
    assert stop is not None

    await press(officer, path, "p")
    row = site.database.read_now(stop_row, stop)

    assert (row.state, row.only_desk_id) == (StopState.PARKED, site.desk.id)
    assert round((row.callable_from_at - row.called_at).total_seconds() / 60) == 10


async def test_a_stop_is_sent_to_another_service_of_the_own_institution_only(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(1).stop
    assert stop is not None
    page = (await officer.get(path)).text
    ways = [each for each in presses(page) if each.path.endswith("/transfer")]
    social, police = site.hall.desks[2], site.hall.desks[4]

    foreign = await officer.post(
        f"/stops/{stop}/transfer", data={"desk": str(police.id), "service": str(site.hall.service("residence"))}
    )
    to_social = next(each for each in ways if each.fields.get("desk") == str(social.id))
    sent = await officer.post(to_social.path, data=to_social.fields)

    row = site.database.read_now(stop_row, stop)
    assert {each.fields.get("desk") for each in ways} == {str(social.id), str(site.hall.desks[3].id), None}
    assert (foreign.status_code, sent.status_code) == (409, 303)
    assert (row.state, row.service_id, row.only_desk_id) == ("waiting", site.hall.service("social"), social.id)


async def test_an_added_step_waits_only_after_her_yes(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    _, visit = site.hall.walk_in(site.hall.wish("legal"))
    site.hall.next(1)
    states: list[list[tuple[str, str | None]]] = []

    for more in ({}, {"said_yes": "yes"}):
        await officer.post(
            f"/visits/{visit}/stops",
            data={"desk": str(site.desk.id), "service": str(site.hall.service("residence")), **more},
        )
        states.append(site.database.read_now(_stops, visit)[1:])

    assert states == [[("proposed", None)], [("waiting", "said_to_officer")]]


async def test_each_act_names_its_undo_and_undo_restores_the_state_before(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(1).stop
    assert stop is not None
    for key in ("s", "f"):
        await press(officer, path, key)
    page = (await officer.get(path)).text

    undone = await press(officer, path, "u")

    row = site.database.read_now(stop_row, stop)
    assert re.search(r"Take back: finished 100 U \d+ s", zone(page, "mine"))
    assert (undone.status_code, row.state, row.outcome) == (303, "serving", None)


async def test_htmx_gets_the_three_zones_and_a_part_alone(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    script = {"HX-Request": "true"}
    site.hall.walk_in(site.hall.wish("legal"))
    button = press_of((await officer.get(path)).text, "n")

    zones = await officer.post(button.path, data=button.fields, headers=script)
    parts = [await officer.get(f"{path}/{name}", headers=script) for name in ("now", "next", "mine")]

    assert zones.status_code == 200
    assert re.findall(r'<(\w+) id="(zones|now|next|mine)"', zones.text) == [
        ("div", "zones"),
        ("section", "now"),
        ("section", "next"),
        ("section", "mine"),
    ]
    assert [re.findall(r'^\s*<section id="(\w+)"', part.text) for part in parts] == [["now"], ["next"], ["mine"]]
    assert all(part.text.count("<section") == 1 for part in parts)


def _stops(conn: sa.Connection, visit: UUID) -> list[tuple[str, str | None]]:
    rows = conn.execute(sa.select(stops).where(stops.c.visit_id == visit).order_by(stops.c.position))
    return [(row.state, row.consent_how) for row in rows]


async def test_a_finish_that_says_no_outcome_is_refused_and_nothing_is_recorded(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(1).stop
    assert stop is not None
    await press(officer, path, "s")
    button = press_of((await officer.get(path)).text, "f")

    answer = await officer.post(button.path, data=button.fields)

    assert (answer.status_code, "Please choose how it ends" in answer.text) == (422, True)
    assert site.database.read_now(stop_row, stop).state == "serving"


async def test_a_break_with_somebody_here_is_told_at_her_card_and_can_be_cancelled(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    site.hall.next(1)
    said: list[bool] = []
    for key in ("b", "b", "s", "f"):
        await press(officer, path, key)
        said.append("Break after this conversation No break" in zone((await officer.get(path)).text, "now"))

    assert said == [True, False, False, False]
    assert zone((await officer.get(path)).text, "now").startswith("Nobody is at this desk.")


async def test_the_list_says_when_who_was_parked_or_not_here_comes_again(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    for key in ("p", "h"):
        site.hall.walk_in(site.hall.wish("legal"))
        site.hall.next(1)
        await press(officer, path, key)
    away = zone((await officer.get(path)).text, "next")
    other = zone((await site.sign_in("other_officer").get(f"/desks/{site.other_desk.id}")).text, "next")

    assert ("100 Parked until 08:40" in away, "101 Comes again at 08:40" in away) == (True, True)
    assert ("Parked" in other, "Comes again" in other) == (False, False)


async def test_not_here_counts_only_who_has_not_come_since(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    site.hall.next(1)
    counts: list[str] = []
    for key in ("h", "n", "s"):
        await press(officer, path, key)
        counts += re.findall(r"Not here (\d)", zone((await officer.get(path)).text, "mine"))
        site.set_time(site.hall.now + timedelta(minutes=11))

    assert counts == ["1", "0", "0"]


async def test_the_card_names_what_this_desk_added_and_nothing_that_others_did(site: Site) -> None:
    officer, path = site.sign_in("officer"), _path(site)
    site.hall.open_desks()
    _, visit = site.hall.walk_in(site.hall.wish("legal", "labour"))
    site.hall.next(1)
    sent = {"desk": str(site.desk.id), "service": str(site.hall.service("residence")), "said_yes": "yes"}
    await officer.post(f"/visits/{visit}/stops", data=sent)
    now = zone((await officer.get(path)).text, "now").partition("Called now because")[0]
    await press(officer, path, "u")

    residence = site.hall.desks[4].institution.name
    assert re.findall(r"Added here: (.*?)(?= Added|$)", now.strip()) == [f"Residence permit, {residence}"]
    assert "Added here" not in zone((await officer.get(path)).text, "now")


async def test_a_break_tells_since_when_it_lasts_and_until_when_it_was_planned(site: Site) -> None:
    officer = site.sign_in("officer")
    opening = site.desk.openings[0][0]
    said: list[str] = []
    for minutes in (-20, 20):
        site.set_time(opening + timedelta(minutes=minutes))
        site.hall.write(set_desk_state, site.desk.id, DeskState.OPEN)
        site.hall.write(set_desk_state, site.desk.id, DeskState.PAUSED)
        site.set_time(site.hall.now + timedelta(minutes=7))
        page = (await officer.get(f"/desks/{site.desk.id}")).text
        said.append(zone(page, "now").partition(" Nobody is called")[0])
        assert "Talks here today" in zone(page, "mine")

    assert said == ["Break since 08:40 7 min Break Planned until 09:00", "Break since 09:20 7 min Break"]


async def test_why_nobody_can_be_called_is_told_in_numbers_of_people(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal", "social"))
    _, out = site.hall.walk_in(site.hall.wish("legal"))
    site.hall.write(step_out, out)
    site.hall.next(1)
    second = site.sign_in("officer", site.hall.desks[2])
    page = (await second.get(f"/desks/{site.hall.desks[2].id}/next")).text
    first = (await officer.get(f"/desks/{site.desk.id}/next")).text

    assert zone(page, "next") == "Next Nobody can come yet. 1 waits for this desk. 1 is at another desk now."
    assert zone(first, "next") == "Next Nobody can come yet. 1 has stepped out."
