"""A visitor stops the floor guide: what to tell her, out and in again, help where she stands; no name, no topic."""

import pytest

from onestop.booking.tickets import Ticket
from onestop.visits.actions.calls import finish, serve
from onestop.visits.queries.alarms import open_alarms
from onestop.visits.queries.people import Standing
from onestop.visits.queries.whereabouts import whereabouts
from tests.counting import cost
from tests.web.hall_desk import Staff


def asked(guide: Staff, ticket: Ticket) -> str:
    return f"{guide.floor}/number?number={ticket.number}"


async def test_the_guide_reads_out_what_a_number_is_told_and_neither_name_nor_topic(guide: Staff) -> None:
    expected = guide.book("legal", name="Olena Canary")
    guide.open()
    first, _ = guide.hall.walk_in(guide.hall.wish("legal", languages=["ar"]))
    second, _ = guide.hall.walk_in(guide.hall.wish("legal"))
    told = [await guide.look(asked(guide, each)) for each in (expected, second)]
    stop = guide.hall.next(1).stop
    told.append(await guide.look(asked(guide, first)))
    guide.hall.write(serve, stop)
    told.append(await guide.look(asked(guide, first)))
    guide.hall.write(finish, stop)
    told.append(await guide.look(asked(guide, first)))

    sentences = (
        "Please go to the reception first and say that you are here.",
        "Please wait. We will call your number.",
        "It is your turn. Please go to desk 1 now.",
        "You are at desk 1 now.",
        "You are done for today. Thank you for coming.",
    )
    assert [[sentence in page for sentence in sentences].index(True) for page in told] == [0, 1, 2, 3, 4]
    assert "before you." in told[1]
    for page in told:
        assert [word in page for word in ("Olena", "Canary", "Legal advice", guide.hall.desks[1].institution.name)] == [
            False
        ] * 4


async def test_out_and_in_again_are_one_press_each(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    at = f"{guide.floor}/numbers/{ticket.number}"

    out = await guide.press(f"{at}/out")
    while_out = await guide.look(asked(guide, ticket))
    standing = guide.standing(ticket)
    await guide.press(f"{at}/back")

    assert (out.status_code, out.headers["location"]) == (303, asked(guide, ticket))
    assert ("Nobody calls you" in while_out, 'id="back"' in while_out, 'id="out"' in while_out) == (True, True, False)
    assert (standing, guide.standing(ticket)) == (Standing.OUT, Standing.HERE)
    guide.hall.next(2)
    refused = await guide.press(f"{at}/out")
    assert (refused.status_code, guide.standing(ticket)) == (409, Standing.CALLED)


async def test_a_called_number_that_is_not_ready_is_put_back(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    guide.hall.next(2)
    called = await guide.look(asked(guide, ticket))
    await guide.press(f"{guide.floor}/numbers/{ticket.number}/not-ready")
    after = await guide.look(asked(guide, ticket))
    assert ['id="not-ready"' in page for page in (called, after)] == [True, False]
    assert guide.standing(ticket) == Standing.HERE


async def test_help_is_called_to_a_number_or_beside_a_desk_and_stands_where_the_floor_reads_it(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    for _ in range(2):
        await guide.press(f"{guide.floor}/numbers/{ticket.number}/help")
    shown = await guide.look(asked(guide, ticket))
    near = await guide.press(f"{guide.floor}/near/{guide.hall.desks[3].id}/help")

    of_desk, of_visitor = guide.hall.db.read_now(open_alarms, guide.hall.id)
    assert ("Please stay with the visitor." in shown, 'id="help"' in shown) == (True, False)
    assert (of_desk.desk_id, of_visitor.number) == (guide.hall.desks[3].id, ticket.number)
    assert (near.status_code, near.headers["location"]) == (303, f"{guide.floor}/called")


@pytest.mark.parametrize("typed", ["999", "x", "0", "99999999", "１０"])
async def test_a_number_nobody_has_is_told(guide: Staff, typed: str) -> None:
    guide.open()
    assert "Nobody has this number today." in await guide.look(f"{guide.floor}/number?number={typed}")


async def test_a_number_costs_the_same_in_a_full_hall(guide: Staff) -> None:
    guide.open()
    found: list[int] = []
    for _ in range(2):
        ticket, _ = guide.hall.walk_in(guide.hall.wish("social", "legal"))
        found.append(cost(guide.hall.db, whereabouts, guide.hall.id, ticket.number))
    assert found == [5, 5]
