"""A visitor stops the floor guide: what to tell her, out and in again, help where she stands; no name, no topic."""

import pytest

from onestop.booking.tickets import Ticket
from onestop.domain.operational import OperationalNeed
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.door import on_visit
from onestop.visits.actions.route import mark_need
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
        "Please go to desk 1.",
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

    assert (out.status_code, out.headers["location"]) == (303, f"{asked(guide, ticket)}&did=out")
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


async def test_whoever_leaves_for_good_is_taken_off_and_comes_back_with_one_press(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social", "legal"))
    at = f"{guide.floor}/numbers/{ticket.number}"
    before = await guide.look(asked(guide, ticket))
    wrong = await guide.press(f"{at}/leave", {"reason": "day_closed"})
    gone = await guide.ask(f"{at}/leave", {"reason": "institution_gone"})
    standing = guide.standing(ticket)
    again = await guide.ask(f"{at}/stay")

    assert ("She leaves for today" in before, wrong.status_code) == (True, 422)
    assert ("The visit has ended." in gone.text, 'id="stay"' in gone.text, 'id="leaves"' in gone.text) == (
        True,
        True,
        False,
    )
    assert (standing, guide.standing(ticket)) == (Standing.LEFT, Standing.HERE)
    assert ("The last step is taken back." in again.text, "before you" in again.text or "About" in again.text) == (
        True,
        True,
    )
    assert guide.facts("VisitEnded")[0][1]["reason"] == "institution_gone"


async def test_the_end_of_a_visit_is_taken_back_for_a_moment_only_and_nothing_else_of_reception_is(
    guide: Staff, control: Staff
) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    at = f"{guide.floor}/numbers/{ticket.number}"
    await guide.press(f"{at}/leave", {"reason": "own_wish"})
    guide.later(seconds=31)
    late = await guide.press(f"{at}/stay")
    assert (late.status_code, guide.standing(ticket)) == (409, Standing.LEFT)

    await control.press(guide.path(ticket, "/again"))
    harmless = await guide.press(f"{at}/stay")
    assert (harmless.status_code, guide.standing(ticket)) == (303, Standing.HERE)
    await control.press(f"{guide.path(ticket)}/stops/{guide.stop(ticket)}/drop")
    dropped = await guide.press(f"{at}/stay")
    assert (dropped.status_code, guide.standing(ticket)) == (409, Standing.LEFT)


async def test_a_guide_marks_that_somebody_cannot_stand_and_learns_of_no_other_need(guide: Staff) -> None:
    guide.open()
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    guide.hall.write(on_visit, guide.hall.id, ticket.party, mark_need, OperationalNeed.DEADLINE, marked=True)
    at = f"{guide.floor}/numbers/{ticket.number}"
    before = await guide.look(asked(guide, ticket))
    marked = await guide.ask(f"{at}/need")
    known = guide.holder(ticket).needs
    await guide.ask(f"{at}/need/end")

    assert ('id="need"' in before, "deadline" in before, "counts like 20 minutes" in before) == (True, False, False)
    assert ("counts like 20 minutes" in marked.text, 'id="need-end"' in marked.text) == (True, True)
    assert set(known) == {OperationalNeed.CANNOT_STAND, OperationalNeed.DEADLINE}
    assert set(guide.holder(ticket).needs) == {OperationalNeed.DEADLINE}


async def test_whoever_is_back_is_told_about_when_at_once(guide: Staff) -> None:
    guide.open()
    guide.hall.walk_in(guide.hall.wish("social"))
    ticket, _ = guide.hall.walk_in(guide.hall.wish("social"))
    at = f"{guide.floor}/numbers/{ticket.number}"
    await guide.ask(f"{at}/out")
    back = await guide.ask(f"{at}/back")
    assert "before you." in back.text


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
    assert found == [6, 6]
