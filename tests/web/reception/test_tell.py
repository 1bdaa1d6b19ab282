"""The first answer after check-in and after a walk-in's ticket says when, where and who interprets."""

from datetime import timedelta

from onestop.visits.actions.apart import talk_apart
from onestop.visits.actions.rows import stop_row
from onestop.web.kit.estimates import estimates_of
from tests.web.hall_desk import Staff


async def test_the_first_answer_says_when_and_where_though_the_estimates_are_older(reception: Staff) -> None:
    reception.open()
    hall = reception.hall
    ticket = reception.book("legal", place=4)
    await estimates_of(reception.site.app.state).of_day(reception.site.database, hall.id)
    reception.set_time(hall.now + timedelta(seconds=1))

    done = (await reception.ask(reception.path(ticket, "/check-in"))).text

    assert "Called about " in done
    assert "Legal advice: desk " in done
    assert "a desk calls her only while nobody else who is due can come." in done


async def test_a_walk_in_hears_when_where_and_of_the_interpreter(reception: Staff) -> None:
    reception.open()
    sent = {"services": str(reception.hall.service("legal")), "adults": "1", "children": "0", "languages": "ar"}

    needed = (await reception.ask(f"{reception.home}/walk-in", {**sent, "interpreter": "needed"})).text
    nobody = (
        await reception.ask(f"{reception.home}/walk-in", {**sent, "languages": "ti", "interpreter": "needed"})
    ).text
    slovak = (
        await reception.ask(f"{reception.home}/walk-in", {**sent, "languages": "sk", "interpreter": "needed"})
    ).text
    alone = (await reception.ask(f"{reception.home}/walk-in", {**sent, "interpreter": "none"})).text

    assert all("Called about " in page and "Legal advice: desk " in page for page in (needed, nobody, slovak, alone))
    assert "An interpreter for Arabic comes to the desk where nobody speaks her language." in needed
    assert "Nobody here speaks her languages for: Legal advice." in nobody
    assert "Somebody at these desks speaks her language." in slovak
    assert "nterpreter" not in alone.split('class="tell"')[1].split("<h1>")[0]


async def test_a_private_talk_names_no_desk(reception: Staff) -> None:
    reception.open()
    hall = reception.hall
    _, came = hall.walk_in(hall.wish("social", adults=2))
    given = hall.write(talk_apart, came, mark=2, services=[hall.service("legal")], key=b"k" * 32)
    hers = hall.db.read_now(lambda conn: stop_row(conn, given.stop).party_id)
    told = await reception.look(f"{reception.home}/parties/{hers}")

    assert "Called about " in told
    assert "Talk at the centre: desk" not in told
    assert "Legal advice: desk" not in told


async def test_one_of_a_family_alone_is_offered_or_refused_in_words(reception: Staff) -> None:
    hall = reception.hall
    reception.open()
    couple, _ = hall.walk_in(hall.wish("legal", adults=2))
    family, _ = hall.walk_in(hall.wish("legal", children=2))
    single, _ = hall.walk_in(hall.wish("legal"))
    pages = [await reception.look(reception.path(one)) for one in (couple, family, single)]

    assert [f"{reception.path(couple)}/own" in pages[0], "One of them alone: own ticket" in pages[0]] == [True, True]
    assert "a child is never without an adult" in pages[1]
    assert "/own" not in pages[1]
    assert not any("alone: own ticket" in page or "never without" in page for page in (pages[2],))


async def test_a_need_that_is_marked_tells_the_new_time_at_once(reception: Staff) -> None:
    reception.open()
    hall = reception.hall
    for _ in range(3):
        hall.walk_in(hall.wish("legal"))
    reception.later(minutes=1)
    ticket, _ = hall.walk_in(hall.wish("legal"))
    before = (await reception.look(reception.path(ticket))).split("Called about ")[1].split(":")[:2]
    reception.later(seconds=1)

    after = (await reception.ask(reception.path(ticket, "/need"), {"need": "cannot_stand"})).text

    assert "Cannot stand long: may go first" in after
    assert after.split("Called about ")[1].split(":")[:2] != before
