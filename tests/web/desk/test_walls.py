"""An officer can neither read nor change anything of another institution (R14); a foreign id is like an unknown one."""

from uuid import UUID, uuid4

import httpx

from onestop.accounts.actions import add_account
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.visits.actions.calls import serve
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.rows import stop_row
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.sessions import session_of
from tests.web.desk.screen import zone
from tests.web.site import Site


def _account(site: Site, *held: Grant) -> httpx.AsyncClient:
    now = site.database.now()
    account = site.database.write_now(
        add_account, login=uuid4().hex, password_hash="unused", name="Officer", held=held, actor=SYSTEM, now=now
    )
    token = session_of(site.database, account)
    browser = site.browser()
    browser.cookies.set(SESSION_COOKIE, token)
    return browser


def _called(site: Site, number: int, *keys: str) -> UUID:
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish(*keys))
    stop = site.hall.next(number).stop
    assert stop is not None
    return stop


def _said(answer: httpx.Response) -> tuple[int, str]:
    """Status and words of a page, without the time and links of its frame."""
    return answer.status_code, answer.text.partition("<main")[2].partition("</main>")[0]


async def test_a_stop_of_another_desk_answers_like_an_unknown_one(site: Site) -> None:
    officer = site.sign_in("officer")
    police, neighbour = _called(site, 4, "residence"), _called(site, 2, "social")
    before = [site.database.read_now(stop_row, stop) for stop in (police, neighbour)]

    for act in ("recall", "serve", "finish", "no-show", "park", "transfer", "undo"):
        said = [_said(await officer.post(f"/stops/{stop}/{act}")) for stop in (police, neighbour, uuid4())]
        assert (said[0][0], said) == (404, [said[2]] * 3), act

    assert [site.database.read_now(stop_row, stop) for stop in (police, neighbour)] == before


async def test_a_foreign_desk_answers_like_an_unknown_one(site: Site) -> None:
    officer = site.sign_in("officer")
    foreign, unknown = site.other_desk.id, uuid4()

    for way in ("", "/now", "/next", "/mine", "/live"):
        said = [_said(await officer.get(f"/desks/{desk}{way}")) for desk in (foreign, unknown)]
        assert (said[0][0], said[0]) == (404, said[1]), way
    for act in ("calls", "stand-down", "open", "pause", "close"):
        said = [_said(await officer.post(f"/desks/{desk}/{act}")) for desk in (foreign, unknown)]
        assert (said[0][0], said[0]) == (404, said[1]), act


async def test_a_step_is_added_only_to_a_visit_that_was_at_this_desk(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, 4, "residence")
    visit = site.database.read_now(stop_row, stop).visit_id
    service = str(site.hall.service("social"))

    answers = [
        await officer.post(f"/visits/{which}/stops", data={"desk": str(desk), "service": service})
        for which, desk in ((visit, site.desk.id), (uuid4(), site.desk.id), (visit, site.other_desk.id))
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_desk_never_shows_what_a_visitor_does_elsewhere(site: Site) -> None:
    officer = site.sign_in("officer")
    site.hall.open_desks()
    ticket = site.hall.book(site.hall.wish("legal", "residence", "health-insurance"), name="Canary Name")
    site.hall.arrive(ticket)
    site.hall.walk_in(site.hall.wish("residence"))
    site.set_time(site.hall.day.opens_at)
    site.hall.next(1)
    site.hall.walk_in(site.hall.wish("legal", "residence"))

    page = (await officer.get(f"/desks/{site.desk.id}")).text

    told = " ".join(zone(page, name) for name in ("now", "next", "mine"))
    shown = told.partition("Which help?")[0] + told.partition("Add the step")[2]
    assert ("100" in shown, "2 more places today" in shown, "102" in shown) == (True, True, True)
    assert [
        word
        for word in ("Canary", "Residence", "Police", "Health insurance", "insurer", "101", ticket.code)
        if word in shown
    ] == []


async def test_adding_a_step_she_has_already_looks_like_adding_a_new_one(site: Site) -> None:
    officer = site.sign_in("officer")
    stop = _called(site, 1, "legal", "residence")
    site.hall.write(serve, stop)
    visit = site.database.read_now(stop_row, stop).visit_id
    shown: list[str] = []
    for service in ("residence", "social"):
        answer = await officer.post(
            f"/visits/{visit}/stops",
            data={"desk": str(site.desk.id), "service": str(site.hall.service(service)), "said_yes": "yes"},
        )
        page = (await officer.get(f"/desks/{site.desk.id}")).text
        shown.append(f"{answer.status_code} {zone(page, 'mine').partition(' added ')[0]}")

    assert shown == ["303 My numbers Take back: step"] * 2


async def test_an_account_of_an_institution_chooses_among_its_desks_only(site: Site) -> None:
    mic = site.desk.institution.id
    officer = _account(site, Grant(role=Role.OFFICER, institution=mic, day=site.hall.id))
    own = {number: desk for number, desk in site.hall.desks.items() if desk.institution.id == mic}

    page = await officer.get("/desk")
    opened = {number: (await officer.get(f"/desks/{desk.id}")).status_code for number, desk in site.hall.desks.items()}

    assert {number for number, desk in site.hall.desks.items() if str(desk.id) in page.text} == set(own)
    assert opened == {number: 200 if number in own else 404 for number in site.hall.desks}


async def test_an_officer_without_a_desk_is_told_whom_to_ask(site: Site) -> None:
    officer = _account(site, Grant(role=Role.OFFICER, institution=site.desk.institution.id, day=site.hall.id))
    site.hall.write(close_day, site.hall.id, reason="")

    page = await officer.get("/desk")

    assert (page.status_code, "Please ask the organiser for a day pass" in page.text) == (200, True)
