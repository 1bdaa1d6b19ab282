"""Desks and machines: the first page says it when all is well, and which desk does not keep up."""

from onestop.domain.day import DeskState
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.queries.floor import desks_behind
from tests.counting import counted
from tests.web.hall_desk import Staff


async def test_all_is_well_is_said_and_the_menu_leads_there(reception: Staff) -> None:
    reception.open()
    shown = await reception.look(reception.home)

    assert "All desks keep up." in shown
    assert "No ticket machine needs help." in shown
    assert f'href="{reception.home}#trouble"' in shown


async def test_a_desk_that_is_behind_or_has_nobody_is_named(reception: Staff) -> None:
    hall = reception.hall
    reception.open()
    hall.walk_in(hall.wish("legal"))
    fine = await reception.look(reception.home)
    hall.write(set_desk_state, hall.desks[1].id, DeskState.CLOSED)
    closed = await reception.look(reception.home)
    for _ in range(5):
        hall.walk_in(hall.wish("social"))
    behind = (await reception.look(reception.home)).split('id="trouble"')[1]

    assert "All desks keep up." in fine
    assert ("closed, 1 waits" in closed, "All desks keep up." in closed) == (True, False)
    assert ">Desk 2</a>" in behind
    assert "5 wait, about" in " ".join(behind.split())


async def test_it_costs_the_same_however_many_wait(reception: Staff) -> None:
    hall = reception.hall
    reception.open()
    costs: list[int] = []
    for _ in range(2):
        with counted() as count:
            hall.db.read_now(desks_behind, hall.id, now=hall.now)
        costs.append(count())
        for _ in range(3):
            hall.walk_in(hall.wish("legal", "social"))

    assert costs[0] == costs[1] == 3


async def test_what_is_seldom_needed_stands_behind_more_until_it_is_the_page_shown(reception: Staff) -> None:
    link = f'<a href="{reception.home}/paper"'
    first, paper = [
        (await reception.look(address)).split("<nav", 1)[1].split("</nav>")[0].split("<details>")
        for address in (reception.home, f"{reception.home}/paper")
    ]

    assert [link in part for part in first] == [False, True]
    assert [link in part for part in paper] == [True, False]
