"""The live overview: figures, desks, queues and people at risk, in a fixed number of statements and without a name."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from onestop.accounts.actions import add_account
from onestop.booking.tickets import Ticket
from onestop.days.queries.desks import mediators_of_day
from onestop.days.queries.offer import day_offer
from onestop.db.session import Database
from onestop.directory.tables import services
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.risk import Risk
from onestop.domain.roles import SYSTEM
from onestop.domain.visit import StopState
from onestop.notify.counts import MessageCounts, message_counts
from onestop.notify.tables import outbox
from onestop.visits.actions.alarms import ask_at_desk
from onestop.visits.actions.calls import finish, no_show, serve
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.mediators import be_mediator
from onestop.visits.actions.route import step_out
from onestop.visits.queries.mediator import mediator_of_account
from onestop.visits.queries.overview import Figures, QueueNow, overview
from onestop.visits.queries.reception import hall as reception_hall
from onestop.visits.queries.risk import AtRisk
from onestop.web.organise import overview as page_of_overview
from tests.counting import cost
from tests.halls import TestDay, make_test_day
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


def _shown(hall: TestDay) -> Any:
    return hall.db.read_now(overview, hall.id, now=hall.now, opens_at=hall.day.opens_at)


def _open_hall(database: Database) -> TestDay:
    hall = make_test_day(database)
    hall.now = hall.day.opens_at
    hall.open_desks()
    return hall


def test_figures_count_tickets_and_people_by_how_they_stand(database: Database) -> None:
    hall = make_test_day(database)
    early = hall.book(hall.wish("legal", adults=2, children=1))
    hall.book(hall.wish("legal"))
    hall.book(hall.wish("health-insurance"), at=hall.day.opens_at + timedelta(hours=3))
    hall.now = hall.day.opens_at
    hall.open_desks()
    hall.arrive(early)
    hall.walk_in(hall.wish("residence"))
    called = hall.next(1).stop
    hall.write(serve, called)
    hall.later(minutes=40)

    assert _shown(hall).figures == Figures(
        expected=2, late=1, inside=2, people=4, waiting=1, served=1, stepped_out=0, done=0, left=0
    )


def test_a_desk_shows_its_number_minutes_waiting_and_served(database: Database) -> None:
    hall = _open_hall(database)
    tickets = [hall.walk_in(hall.wish("residence"))[0] for _ in range(3)]
    stop = hall.next(4).stop
    hall.write(serve, stop)
    hall.later(minutes=7)

    desk = next(each for each in _shown(hall).desks if each.number == 4)

    assert desk.ticket in {ticket.number for ticket in tickets}
    assert (desk.state, desk.stop_state, desk.minutes, desk.waiting, desk.finished, desk.ready) == (
        DeskState.OPEN,
        StopState.SERVING,
        7,
        2,
        0,
        False,
    )


def test_queues_tell_the_longest_wait_and_leave_out_whoever_is_at_another_desk(database: Database) -> None:
    hall = _open_hall(database)
    hall.walk_in(hall.wish("residence"))
    hall.later(minutes=12)
    hall.walk_in(hall.wish("residence"))
    hall.walk_in(hall.wish("legal", "social"))
    hall.next(1)
    hall.later(minutes=3)

    assert _shown(hall).queues == (
        QueueNow(
            key="residence",
            institution="Foreign Police Department",
            waiting=2,
            longest_minutes=15,
            open_desks=1,
            closed_desks=0,
            too_many=False,
        ),
    )


def test_who_waits_for_herself_stands_in_the_queue_while_her_husband_is_at_a_desk(database: Database) -> None:
    hall = _open_hall(database)
    hall.walk_in(hall.wish("legal", "residence", adults=2, together={"legal": (1,), "residence": (2,)}))
    hall.next(1)

    shown = _shown(hall)

    assert [(queue.key, queue.waiting) for queue in shown.queues] == [("residence", 1)]


def test_nobody_to_talk_to_is_seen_from_the_first_minute(database: Database) -> None:
    hall = _open_hall(database)
    ticket, _ = hall.walk_in(hall.wish("residence", languages=("vi",), interpreter=Interpreter.NEEDED))

    assert _shown(hall).at_risk == (_at_risk(ticket, 0, Risk.NOBODY_SPEAKS, languages=("vi",)),)


def test_people_at_risk_stand_first_by_how_long_they_wait_with_every_reason(database: Database) -> None:
    hall = _open_hall(database)
    silent, _ = hall.walk_in(hall.wish("residence", languages=("vi",), interpreter=Interpreter.NEEDED))
    hall.later(minutes=46)
    absent, _ = hall.walk_in(hall.wish("health-insurance"))
    stop = hall.next(6).stop
    hall.write(no_show, stop)
    called, _ = hall.walk_in(hall.wish("legal"))
    hall.next(1)
    hall.walk_in(hall.wish("social"))
    hall.later(minutes=11)

    assert _shown(hall).at_risk == (
        _at_risk(silent, 57, Risk.NOBODY_SPEAKS, Risk.LONG_WAIT, languages=("vi",)),
        _at_risk(absent, 11, Risk.NO_SHOW),
        _at_risk(called, 11, Risk.LONG_CALL),
    )


def _at_risk(ticket: Ticket, minutes: int, *why: Risk, out: bool = False, languages: tuple[str, ...] = ()) -> AtRisk:
    return AtRisk(party=ticket.party, number=ticket.number, minutes=minutes, out=out, why=why, languages=languages)


def test_somebody_who_is_out_for_three_hours_is_at_risk_and_reception_reads_the_same(database: Database) -> None:
    hall = _open_hall(database)
    ticket, visit = hall.walk_in(hall.wish("legal"))
    hall.write(step_out, visit)
    hall.later(minutes=45)
    before = _shown(hall).at_risk
    hall.later(minutes=135)

    after = _shown(hall).at_risk

    assert (before, after) == ((), (_at_risk(ticket, 180, Risk.LONG_OUT, out=True),))
    lists = database.read_now(reception_hall, hall.id, now=hall.now)
    assert [(person.number, risk) for person, risk in lists.at_risk] == [(ticket.number, after[0])]


def test_after_a_talk_her_wait_is_short_and_her_day_is_long_all_the_same(database: Database) -> None:
    hall = _open_hall(database)
    ticket, _ = hall.walk_in(hall.wish("legal", "residence"))
    stop = hall.next(1).stop
    hall.write(serve, stop)
    hall.later(minutes=179)
    hall.write(finish, stop)
    before = _shown(hall).at_risk
    hall.later(minutes=2)

    after = _shown(hall).at_risk

    assert (before, [(line.number, line.why) for line in after]) == ((), [(ticket.number, (Risk.LONG_DAY,))])


async def test_of_many_at_risk_those_stand_there_who_wait_the_longest(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_overview, "MOST_AT_RISK", 1)
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    first, _ = site.hall.walk_in(site.hall.wish("legal"))
    site.hall.later(minutes=1)
    others = [site.hall.walk_in(site.hall.wish("legal"))[0] for _ in range(2)]
    site.set_time(site.hall.now + timedelta(minutes=50))

    page = (await Organiser(site).open(f"{DAY}/overview")).text

    shown = [f">{ticket.number}<" in page for ticket in (first, *others)]
    assert (shown, "2 more are known at the reception." in page) == ([True, False, False], True)
    assert "3 tickets need somebody to look after them" in page


async def test_each_reason_leads_to_the_page_where_something_can_be_done(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    out, visit = site.hall.walk_in(site.hall.wish("legal"))
    site.hall.write(step_out, visit)
    site.hall.walk_in(site.hall.wish("residence"))
    site.hall.next(4)
    site.hall.walk_in(site.hall.wish("health-insurance"))
    site.hall.write(set_desk_state, site.hall.desks[6].id, DeskState.CLOSED)
    site.hall.later(minutes=46)
    site.set_time(site.hall.now)
    slug = site.hall.day.slug

    seen = {
        name: (await site.sign_in(name).get(f"{DAY}/overview"))
        .text.partition('class="risk"')[2]
        .partition("</section>")[0]
        for name in ("organiser", "administrator")
    }

    links = [f"/reception/{slug}/parties/{out.party}", f"/floor/{slug}/called", f"/floor/{slug}"]
    assert re.findall(r'href="([^"]+)"', seen["organiser"]) == links
    assert [words in seen["organiser"] for words in ("Is she back?", "Look for her", "Open a desk")] == [True] * 3
    assert ("out for long" in seen["administrator"], "href=" in seen["administrator"]) == (True, False)


def test_somebody_whose_desks_are_all_closed_is_at_risk_once_the_day_is_open(database: Database) -> None:
    hall = make_test_day(database)
    ticket, _ = hall.walk_in(hall.wish("residence"))

    before = _shown(hall).at_risk
    hall.now = hall.day.opens_at
    after = _shown(hall).at_risk

    assert (before, [(each.number, each.why) for each in after]) == ((), [(ticket.number, ("no_desk",))])


def test_a_private_talk_has_no_number_at_its_desk_and_no_name_in_the_queues(database: Database) -> None:
    hall = make_test_day(database)

    def make_private(conn: sa.Connection) -> None:
        conn.execute(services.update().where(services.c.key == "social").values(private=True))

    database.write_now(make_private)
    hall = TestDay(
        db=database,
        id=hall.id,
        now=hall.day.opens_at,
        day=hall.day,
        offer=database.read_now(day_offer, hall.id),
        desks=hall.desks,
    )
    hall.open_desks()
    hall.walk_in(hall.wish("social"))
    hall.walk_in(hall.wish("social"))
    hall.next(2)

    shown = _shown(hall)

    desk = next(each for each in shown.desks if each.number == 2)
    assert (desk.stop_state, desk.ticket) == (StopState.CALLED, None)
    assert [(queue.key, queue.institution, queue.waiting) for queue in shown.queues] == [("", "", 1)]


def test_the_overview_takes_as_many_statements_for_three_as_for_one(database: Database) -> None:
    hall = _open_hall(database)
    counts: list[int] = []
    for _ in range(3):
        hall.book(hall.wish("legal", "residence"))
        hall.walk_in(hall.wish("residence", "social", languages=("ar",), interpreter=Interpreter.NEEDED))
        counts.append(cost(database, overview, hall.id, now=hall.now, opens_at=hall.day.opens_at))

    assert counts == [8, 8, 8]
    assert cost(database, message_counts, hall.id, now=hall.now) == 1


async def test_the_page_shows_numbers_and_no_names(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    ticket = site.hall.book(site.hall.wish("legal"), name="Zuzana Nováková")
    site.hall.arrive(ticket)
    site.hall.next(1)

    page = await Organiser(site).open(f"{DAY}/overview")

    assert [f">{ticket.number}<" in page.text, "Zuzana" in page.text, "Nobody is at risk now." in page.text] == [
        True,
        False,
        True,
    ]


async def test_a_silent_alarm_stands_on_the_overview_and_rises_when_nobody_answers(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    organiser = Organiser(site)
    calm = (await organiser.open(f"{DAY}/overview")).text
    alarm = site.hall.write(ask_at_desk, site.hall.desks[4].id)
    asked = (await organiser.open(f"{DAY}/overview")).text
    site.set_time(site.hall.now + timedelta(minutes=2, seconds=1))
    late = (await organiser.open(f"{DAY}/overview")).text

    assert [f"/alarms/{alarm}/coming" in text for text in (calm, asked, late)] == [False, True, True]
    assert [" hidden>" in text.split('class="unanswered"')[1][:90] for text in (asked, late)] == [True, False]


async def test_desks_and_mediators_are_moved_by_their_buttons_with_and_without_script(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/overview")
    mediator = site.database.read_now(mediators_of_day, site.hall.id)[0]

    opened = await organiser.send(f"{DAY}/desks/4/open")
    part = await organiser.browser.post(f"{DAY}/desks/4/pause", headers={"HX-Request": "true"})
    free = await organiser.send(f"{DAY}/mediators/{mediator.id}/break")

    desk = next(each for each in _shown(site.hall).desks if each.number == 4)
    (one,) = [m for m in site.database.read_now(mediators_of_day, site.hall.id) if m.id == mediator.id]
    assert (desk.state, one.state) == (DeskState.PAUSED, MediatorState.BREAK)
    assert (opened.url.path, free.url.path, part.status_code) == (f"{DAY}/overview", f"{DAY}/overview", 200)
    assert part.text.lstrip().startswith('<div id="live_overview"')


async def test_a_desk_with_a_visitor_is_not_closed_and_says_so_in_place(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("residence"))
    site.hall.next(4)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/overview")

    plain = await organiser.send(f"{DAY}/desks/4/close")
    part = await organiser.browser.post(f"{DAY}/desks/4/close", headers={"HX-Request": "true"})

    assert (plain.status_code, part.status_code) == (409, 409)
    assert ["Please finish first." in answer.text for answer in (plain, part)] == [True, True]


async def test_messages_that_failed_are_counted_with_what_to_do(site: Site) -> None:
    party = site.hall.book(site.hall.wish("legal")).party
    now = site.database.now()
    later = {"due_at": now + timedelta(days=1)}
    states = ({}, {"failing_since_at": now}, {"dead_at": now}, {"sent_at": now}, {"withdrawn_at": now}, later)

    def write(conn: sa.Connection) -> None:
        for nth, state in enumerate(states):
            conn.execute(
                outbox.insert().values(
                    day_id=site.hall.id,
                    party_id=party,
                    kind="confirmation",
                    address="someone@example.org",
                    language="en",
                    message_id=f"{nth}@example.org",
                    terms={},
                    created_at=now,
                    **{"due_at": now, **state},
                )
            )

    site.database.write_now(write)
    page = await Organiser(site).open(f"{DAY}/overview")

    counts = site.database.read_now(message_counts, site.hall.id, now=site.database.now())
    assert counts == MessageCounts(waiting=2, failing=1, dead=1)
    assert [
        "1 message could not be delivered." in page.text,
        "1 message waits for the mail server." in page.text,
        "someone@example.org" in page.text,
    ] == [True, True, False]


async def test_the_stream_tells_the_overview_that_something_changed(site: Site) -> None:
    organiser = Organiser(site)
    site.app.state.hub.close()  # a live stream says hello and ends

    answer = await organiser.browser.get(f"{DAY}/live")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: topic\ndata: overview" in answer.text


async def test_an_organiser_frees_the_place_of_a_mediator_for_the_right_person(site: Site) -> None:
    organiser = site.sign_in("organiser")
    mediator = site.database.read_now(mediators_of_day, site.hall.id)[0].id
    page = f"/organise/{site.hall.day.slug}/mediators/{mediator}"
    before = (await organiser.get(page)).text
    account = site.database.write_now(
        add_account, login="wrong", password_hash="x", name="Wrong", actor=SYSTEM, now=site.hall.now
    )
    site.hall.write(be_mediator, site.hall.id, mediator, account=account)
    taken = (await organiser.get(page)).text
    freed = await organiser.post(f"{page}/sign-out")

    assert ("sign-out" in before.partition("<main")[2], f"{page}/sign-out" in taken) == (False, True)
    assert (freed.status_code, freed.headers["location"]) == (303, page)
    assert site.database.read_now(mediator_of_account, site.hall.id, account) is None
