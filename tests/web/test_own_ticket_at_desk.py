"""A ticket for one of several at the desk: nothing the others look at tells of it, neither page names the other."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from onestop.booking.tickets import Ticket
from onestop.domain.booking import Interpreter
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.rows import stop_row
from onestop.visits.queries.api import stops_of_visit
from tests.web.desk.screen import press_of, presses, zone
from tests.web.site import Site


def _at_desk(site: Site, *keys: str, **how: object) -> tuple[Ticket, UUID]:
    """A couple that is served at the officer's desk."""
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    couple = {"adults": 2, "children": 1, "languages": ("ar",), "interpreter": Interpreter.OWN, **how}
    ticket, _ = site.hall.walk_in(site.hall.wish("legal", *keys, **couple))
    stop = site.hall.next(1).stop
    site.hall.write(serve, stop)
    return ticket, stop


async def _give(officer: httpx.AsyncClient, site: Site, how: str, who: str = "a2") -> httpx.Response:
    page = (await officer.get(f"/desks/{site.desk.id}")).text
    form = next(each for each in presses(page) if each.path.endswith("/own-ticket"))
    return await officer.post(form.path, data={**form.fields, "who": who, "how": how})


async def _look(who: httpx.AsyncClient, path: str) -> str:
    """A page without its clock, keys and stamps, which differ each time it is made."""
    answer = await who.get(path)
    assert answer.status_code == 200, path
    moving = r'\d\d:\d\d|value="[^"]*"|data-(?:now|age|keep)="[^"]*"|key=[\w-]{22}|"[\w-]{22}"'
    return re.sub(moving, "", answer.text)


async def test_all_that_the_others_can_look_at_is_as_if_nothing_had_happened(site: Site) -> None:
    officer, husband = site.sign_in("officer"), site.sign_in("visitor")
    board, reception = site.sign_in("display"), site.sign_in("receptionist")
    ticket, stop = _at_desk(site, "social")
    slug = site.hall.day.slug
    looks = (
        *((husband, f"/t/{ticket.code}{page}") for page in ("", "/print", "/proof", "/steps")),
        (board, f"/display/{slug}"),
        (board, f"/display/{slug}/desk/1"),
        (reception, f"/reception/{slug}/parties/{ticket.party}"),
    )
    before = [await _look(who, path) for who, path in looks]

    answer = await _give(officer, site, "next")
    given = await officer.get(answer.headers["location"])
    after = [await _look(who, path) for who, path in looks]
    site.hall.write(finish, stop)
    site.set_time(site.hall.now + timedelta(seconds=5))
    called = site.hall.next(1).stop
    on_board = (await board.get(f"/display/{slug}")).text, (await board.get(f"/display/{slug}/desk/1")).text

    number = str(ticket.number + 1)
    assert (answer.status_code, given.status_code) == (303, 200)
    assert after == before
    assert site.database.read_now(stop_row, called).party_id != ticket.party
    assert [number in page for page in on_board] == [False, False]
    assert number in given.text


async def test_her_ticket_has_a_big_number_and_code_and_says_nothing_of_the_others(site: Site) -> None:
    officer, guide = site.sign_in("officer"), site.sign_in("floor_guide")
    ticket, stop = _at_desk(site, "social")
    answer = await _give(officer, site, "next")
    page = (await officer.get(answer.headers["location"])).text
    code = re.search(r"/t/([a-z2-7]{26})", page) or re.search(r'data-code="([a-z2-7]{26})"', page)
    short = re.search(r'class="code">.*?>([0-9A-Z]{4}[ -][0-9A-Z]{4})<', page)
    site.hall.write(finish, stop)
    site.set_time(site.hall.now + timedelta(seconds=5))
    site.hall.next(1)
    hers = (await site.sign_in("visitor").get(f"/t/{code[1]}")).text if code else ""
    fetched = (await guide.get(f"/floor/{site.hall.day.slug}/called")).text

    assert (f">{ticket.number + 1}<" in page, short is not None) == (True, True)
    for seen in (page, hers):
        assert str(ticket.number) not in re.sub(r"[\w-]{20,}", "", seen.partition("<main")[2])
    assert str(ticket.number + 1) in fetched


async def test_the_desk_reads_her_code_only_while_it_is_handed_over(site: Site) -> None:
    officer = site.sign_in("officer")
    _at_desk(site)
    address = (await _give(officer, site, "later")).headers["location"]

    soon = await officer.get(address)
    site.set_time(site.hall.now + timedelta(minutes=16))
    late = await officer.get(address)

    assert (soon.status_code, late.status_code) == (200, 404)


async def test_one_press_twice_is_one_ticket_and_one_undo_twice_is_one_undo(site: Site) -> None:
    officer = site.sign_in("officer")
    ticket, _ = _at_desk(site)
    first, again = await _give(officer, site, "next"), await _give(officer, site, "next")
    page = (await officer.get(f"/desks/{site.desk.id}")).text
    button = press_of(page, "u")
    undone = [await officer.post(button.path, data=button.fields) for _ in range(2)]
    bare = await officer.post(button.path, data={"act": button.fields["act"], "desk": str(site.desk.id)})

    assert first.headers["location"] == again.headers["location"]
    assert f"Take back: new ticket {ticket.number + 1}" in zone(page, "mine")
    assert [(answer.status_code, answer.headers.get("location")) for answer in undone] == [
        (303, f"/desks/{site.desk.id}")
    ] * 2
    assert bare.status_code == 404
    assert (await officer.get(first.headers["location"])).status_code == 404


async def test_her_own_steps_move_and_a_page_from_before_gives_no_second_ticket(site: Site) -> None:
    officer = site.sign_in("officer")
    ticket, _ = _at_desk(site, "labour", together={"labour": [2]})
    before = (await officer.get(f"/desks/{site.desk.id}")).text
    answer = await _give(officer, site, "own")
    form = next(each for each in presses(before) if each.path.endswith("/own-ticket"))
    old = await officer.post(form.path, data={**form.fields, "_key": "another-key-of-a-tab", "who": "a1", "how": "own"})
    mine = (await site.sign_in("visitor").get(f"/t/{ticket.code}")).text

    assert (answer.status_code, old.status_code) == (303, 409)
    assert "This visitor has moved on in the meantime." in old.text
    assert ("Labour" in mine, "Adult 2" in mine) == (False, False)
    new = UUID(answer.headers["location"].split("/")[2])
    visit = site.database.read_now(stop_row, new).visit_id
    assert len(site.database.read_now(stops_of_visit, visit)) == 1


@pytest.mark.parametrize("how", [{"adults": 1, "children": 0}, {"adults": 1, "children": 2}])
async def test_it_is_not_offered_where_a_child_would_be_alone_or_nobody_stays(site: Site, how: dict[str, int]) -> None:
    officer = site.sign_in("officer")
    _, stop = _at_desk(site, **how)
    page = (await officer.get(f"/desks/{site.desk.id}")).text
    forced = await officer.post(f"/stops/{stop}/own-ticket", data={"who": "a1", "how": "next"})

    assert "own-ticket" not in page
    assert forced.status_code == 422


async def test_with_script_the_browser_is_sent_to_the_ticket(site: Site) -> None:
    officer = site.sign_in("officer")
    _, stop = _at_desk(site)
    answer = await officer.post(
        f"/stops/{stop}/own-ticket", data={"who": "a2", "how": "next"}, headers={"HX-Request": "true"}
    )

    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["hx-redirect"].startswith("/stops/")


async def test_under_more_it_stands_for_every_number_of_several_or_a_line_says_why_not(site: Site) -> None:
    officer = site.sign_in("officer")
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    found: list[tuple[bool, str]] = []
    parties: list[dict[str, Any]] = [{"adults": 2}, {"children": 1}, {"adults": 2, "together": {"legal": [2]}}, {}]
    for people in parties:
        site.hall.walk_in(site.hall.wish("legal", **people))
        stop = site.hall.next(1).stop
        for act in (serve, finish):
            page = (await officer.get(f"/desks/{site.desk.id}")).text
            why = re.search(r'id="not-alone">([^<]*)<', page)
            found.append(("Speak with one of them alone</span>" in page, why[1] if why else ""))
            site.hall.write(act, stop)

    child = "Speak with one of them alone: not possible with this number. A child would be without an adult."
    one = "Only one person of this number is at this desk. You already speak with one of them alone."
    assert (
        found
        == [(True, ""), (True, ""), (False, child), (False, child), (False, one), (False, one)] + [(False, "")] * 2
    )
