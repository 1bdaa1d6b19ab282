"""A session by HTTP: its officer and floor control hold it, boards and tickets tell it, nobody else learns of it."""

import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.queries.days import day_by_id
from onestop.days.setup_sessions import SessionSettings, add_session
from onestop.db.session import Database
from onestop.directory.tables import services
from onestop.domain.risk import Risk
from onestop.visits.actions.setup import set_up
from onestop.visits.queries.risk import people_at_risk
from onestop.visits.queries.sessions import session_screen
from tests.counting import cost
from tests.visits.looking import rows
from tests.web.desk.screen import press_of
from tests.web.site import Site, running


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The doors a session is seen at."""
    async with running(database, tmp_path / "var", doors=("desk", "floor", "display", "public")) as started:
        yield started


@pytest.fixture
def session(site: Site) -> UUID:
    """Legal advice as a session half an hour after the opening, and the desks open ten minutes before it."""
    hall = site.hall
    desk = hall.desks[1]
    starts = hall.day.opens_at + timedelta(minutes=30)
    settings = SessionSettings(
        desk=desk.id,
        service=hall.service("legal"),
        starts=starts.astimezone(hall.day.zone).time(),
        minutes=30,
        seats=8,
    )
    version = hall.db.read_now(day_by_id, hall.id).version
    made = hall.write(set_up, hall.id, add_session, settings, version=version)
    hall.now = starts - timedelta(minutes=10)
    site.set_time(hall.now)
    hall.open_desks()
    return made


def form(page: str, end: str) -> dict[str, str]:
    """The hidden fields of the form whose address ends so."""
    found = re.search(rf'<form[^>]* action="[^"]*{re.escape(end)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found is not None, end
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', found[1])}


async def press(client: httpx.AsyncClient, session: UUID, end: str) -> httpx.Response:
    """Open the list and press the button with this address."""
    page = (await client.get(f"/sessions/{session}")).text
    answer = await client.post(f"/sessions/{session}{end}", data=form(page, end))
    return await client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def text(page: httpx.Response) -> str:
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    return re.sub(r" (?=[.:,])", "", words)


def comes(site: Site, *, adults: int = 1) -> tuple[UUID, str]:
    """Somebody without an appointment: her stop, and her ticket's page."""
    ticket, _ = site.hall.walk_in(site.hall.wish("legal", adults=adults))
    (stop,) = rows(site.hall, stops, stops.c.party_id == ticket.party)
    return stop.id, f"/t/{ticket.code}"


async def test_an_officer_holds_a_session_from_her_desk(site: Site, session: UUID) -> None:
    officer, visitor = site.sign_in("officer"), site.browser()
    stop, ticket = comes(site, adults=2)
    other, _ = comes(site)
    desk = await officer.get(f"/desks/{site.desk.id}")
    assert "Session at 09:30: 3 people." in text(desk)
    assert f'href="/sessions/{session}"' in desk.text
    assert "Here, waits 3" in text(await officer.get(f"/sessions/{session}"))

    assert "Everybody was called at 09:20" in text(await press(officer, session, "/call"))
    assert "Your session begins now. Please go to desk 1." in text(await visitor.get(ticket))
    site.hall.later(minutes=10)
    site.set_time(site.hall.now)
    begun = text(await press(officer, session, "/begin"))
    assert "Runs since 09:30" in begun
    assert "In the session 3" in begun
    assert "You are at desk 1 now." in text(await visitor.get(ticket))
    busy = await officer.get(f"/desks/{site.desk.id}")
    assert "The session runs since 09:30: 3 people." in text(busy)
    assert 'data-key="n"' not in busy.text

    away = text(await press(officer, session, f"/stops/{other}/not-here"))
    assert "In the session 2" in away
    assert "Take back: not here" in away
    ended = text(await press(officer, session, "/end"))
    assert "Ended at 09:30" in ended
    assert "Was there 2" in ended
    assert "In the session 2" in text(await press(officer, session, "/undo"))
    assert "Ended at 09:30" in text(await press(officer, session, "/end"))
    assert "You are done for today." in text(await visitor.get(ticket))
    assert press_of((await officer.get(f"/desks/{site.desk.id}")).text, "n")
    assert stop != other


async def test_floor_control_holds_it_for_a_desk_without_a_computer(site: Site, session: UUID) -> None:
    reception = site.sign_in("receptionist")
    late, _ = comes(site)
    card = (await reception.get(f"/floor/{site.hall.day.slug}")).text
    assert f'href="/sessions/{session}"' in card
    assert "Runs since 09:20" in text(await press(reception, session, "/begin"))
    assert "Session" in text(await reception.get(f"/floor/{site.hall.day.slug}"))
    second, _ = comes(site)
    assert "In the session 2" in text(await press(reception, session, f"/stops/{second}/here"))
    assert late != second


async def test_a_press_that_is_refused_says_why(site: Site, session: UUID) -> None:
    officer = site.sign_in("officer")
    page = (await officer.get(f"/sessions/{session}")).text
    fields = form(page, "/begin")
    site.hall.later(minutes=-10)
    site.set_time(site.hall.now)
    answer = await officer.post(f"/sessions/{session}/begin", data=fields)
    assert answer.status_code == 409
    assert "This is not possible now." in text(answer)
    early = await officer.get(f"/sessions/{session}")
    assert "It can begin from 09:15." in text(early)


async def test_a_private_session_is_the_business_of_its_desk_alone(site: Site, session: UUID) -> None:
    private = services.update().where(services.c.id == site.hall.service("legal")).values(private=True)

    def make_private(conn: sa.Connection) -> None:
        conn.execute(private)

    site.database.write_now(make_private)
    comes(site)
    assert (await site.sign_in("officer").get(f"/sessions/{session}")).status_code == 200
    reception = site.sign_in("receptionist")
    assert (await reception.get(f"/sessions/{session}")).status_code == 404
    assert f"/sessions/{session}" not in (await reception.get(f"/floor/{site.hall.day.slug}")).text
    await press(site.sign_in("officer"), session, "/call")
    board = await site.sign_in("display").get(f"/display/{site.hall.day.slug}")
    assert "Stretnutie" not in board.text


async def test_the_board_says_when_and_where_and_no_more(site: Site, session: UUID) -> None:
    board, path = site.sign_in("display"), f"/display/{site.hall.day.slug}"
    comes(site)
    assert "Stretnutie" not in (await board.get(path)).text
    await press(site.sign_in("officer"), session, "/call")
    told = await board.get(path)
    assert "Stretnutie o 09:30: choďte, prosím, teraz k pultu 1." in text(told)
    assert f'data-rings="{session}@' in told.text
    assert "egal" not in text(told)
    await press(site.sign_in("officer"), session, "/begin")
    await press(site.sign_in("officer"), session, "/end")
    assert "Stretnutie" not in (await board.get(path)).text


async def test_who_has_no_seat_is_told_and_shown_to_the_floor(site: Site, session: UUID) -> None:
    for _ in range(8):
        comes(site)
    stop, ticket = comes(site)
    assert "no seat is left today. Please ask at the reception." in text(await site.browser().get(ticket))
    risks = site.database.read_now(people_at_risk, site.hall.id, opens_at=site.hall.day.opens_at, now=site.hall.now)
    assert [one.why for one in risks] == [(Risk.NO_SEAT,)]
    assert stop


async def test_the_list_has_a_fixed_number_of_statements(site: Site, session: UUID) -> None:
    comes(site)
    since = site.hall.now - timedelta(seconds=30)
    few = cost(site.database, session_screen, session, undo_since=since)
    for _ in range(6):
        comes(site, adults=1)
    assert cost(site.database, session_screen, session, undo_since=since) == few <= 6
