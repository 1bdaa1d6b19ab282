"""A day played through in one go, with somebody in every situation that statistics count."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.actions.waiting import join_list, leave_list
from onestop.booking.tables import stops
from onestop.days.dayfile import parse_day
from onestop.db.session import Database
from onestop.domain.booking import Channel, Interpreter
from onestop.domain.door import TurnedAway
from onestop.domain.ending import EndQuestion
from onestop.domain.errors import Refusal
from onestop.domain.paper import PaperWord
from onestop.domain.visit import Outcome, StopState, VisitReason, VisitState
from onestop.referrals.actions import Where, record_kept, refer, withdraw_referral
from onestop.visits.actions.calls import finish, no_show, park, serve
from onestop.visits.actions.carrying import carry_over
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.door import count_answered, count_turned_away
from onestop.visits.actions.ending import count_answers
from onestop.visits.actions.paper import Line, enter_line
from onestop.visits.actions.route import come_back, leave, propose_stop, step_out
from onestop.visits.actions.undo import undo
from onestop.visits.tables import visits
from tests.halls import KEY, ON, TestDay, make_test_day

FILE = """
schema = 1
slug = "played{0}"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = 09:00:00
closes = 13:00:00
slot_minutes = 30
reserve_percent = 20
parties = 8
release = "open"
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
[[institution]]
key = "police"
name = "=Police"
authority = "police"
[[institution]]
key = "shelter"
name = "House for Women"
[[desk]]
number = 1
institution = "mic"
services = ["legal"]
minutes = 15
languages = ["sk", "en"]
[[desk]]
number = 2
institution = "mic"
services = ["social"]
minutes = 10
languages = ["sk", "ru"]
[[desk]]
number = 3
institution = "police"
services = ["residence"]
minutes = 10
languages = ["sk"]
[[desk]]
number = 4
institution = "shelter"
services = ["psychological"]
private = true
minutes = 15
languages = ["sk", "en", "uk"]
[[mediator]]
languages = ["ar", "en"]
[[mediator]]
languages = ["uk", "ru"]
"""
SERVICES = ("legal", "social", "residence", "psychological")
TONGUES = ("uk", "uk", "uk", "ar", "ar", "en", "vi", "sk")


@dataclass(slots=True, kw_only=True)
class Played:
    """The hall and the day after it."""

    hall: TestDay
    later: UUID


def play_day(database: Database, *, seed: int = 7, closed: bool = True) -> Played:
    """Book, come, wait, talk, miss, go, go on another day, be entered from paper; then close."""
    dice = Random(seed)
    hall = make_test_day(database, file=parse_day(FILE.format("")))
    later = make_test_day(database, file=parse_day(FILE.format("-later")), on=ON + timedelta(days=7), made_at=hall.now)
    tickets = [hall.book(_wish(hall, dice)) for _ in range(8)]
    hall.write(cancel_booking, tickets.pop().party)
    tickets.pop()  # never comes
    for gone in (True, False):
        wish = _wish(hall, dice)
        party = hall.write(join_list, hall.id, wish, channel=Channel.RECEPTION, key=KEY)
        if gone:
            hall.later(seconds=5)
            hall.write(leave_list, party)
    hall.now = hall.day.opens_at
    hall.open_desks()
    for ticket in tickets[:3]:
        hall.arrive(ticket)
    walk_ins = []
    for minute in range(0, 180, 5):
        hall.later(minutes=5)
        if minute < 90 and minute % 5 == 0:
            walk_ins.append(hall.walk_in(_wish(hall, dice)))
        if minute == 30:
            for ticket in tickets[3:]:
                hall.arrive(ticket)
        for number in hall.desks:
            with suppress(Refusal):
                _at_desk(hall, number, dice)
        _something(hall, dice, minute, walk_ins)
    _around(hall, later, walk_ins)
    if closed:
        for stop in _stops(hall, StopState.SERVING):
            hall.write(finish, stop, outcome=Outcome.ADVISED)
        hall.later(minutes=1)
        hall.write(close_day, hall.id, reason="late")
    return Played(hall=hall, later=later.id)


def _wish(hall: TestDay, dice: Random) -> Any:
    tongue = dice.choice(TONGUES)
    return hall.wish(
        *dice.sample(SERVICES, dice.randint(1, 3)),
        adults=dice.randint(1, 2),
        children=dice.randint(0, 1),
        languages=[tongue],
        interpreter=Interpreter.NONE if tongue in {"sk", "en"} else Interpreter.NEEDED,
    )


def _at_desk(hall: TestDay, number: int, dice: Random) -> None:
    """One press of the officer, whichever is next."""
    desk = hall.desks[number].id
    row = hall.db.read_now(
        lambda conn: conn.execute(
            sa.select(stops.c.id, stops.c.state).where(
                stops.c.desk_id == desk, stops.c.state.in_(["called", "serving"])
            )
        ).one_or_none()
    )
    if row is None:
        hall.next(number)
    elif row.state == StopState.CALLED:
        hall.later(seconds=dice.randint(10, 90))
        hall.write(no_show if dice.random() < 0.15 else serve, row.id)
    elif dice.random() < 0.1:
        hall.write(park, row.id, minutes=5)
    elif dice.random() < 0.6:
        hall.later(seconds=dice.randint(0, 50))
        hall.write(finish, row.id, outcome=dice.choice([*Outcome, None]))
        if dice.random() < 0.2:
            hall.write(undo, row.id)


def _something(hall: TestDay, dice: Random, minute: int, walk_ins: list[Any]) -> None:
    visit = dice.choice(walk_ins)[1]
    with suppress(Refusal):
        if minute % 25 == 0:
            hall.write(step_out, visit)
            hall.later(minutes=4)
            hall.write(come_back, visit)
        elif minute % 35 == 0:
            hall.write(leave, visit, reason=dice.choice([VisitReason.OWN_WISH, VisitReason.INSTITUTION_GONE]))
        elif minute % 20 == 0:
            hall.write(propose_stop, visit, hall.service("social"), accepted_how="reception")


def _around(hall: TestDay, later: TestDay, walk_ins: list[Any]) -> None:
    """Paper, the door, referrals, another day, answers."""
    for word, desk in ((PaperWord.SETTLED, 1), (PaperWord.PAPERS_MISSING, 2), (PaperWord.ADVISED, 3)):
        for ticket, _ in walk_ins:
            line = Line(number=ticket.number, word=word, about_at=hall.now - timedelta(minutes=20), desk=desk)
            with suppress(Refusal):
                hall.write(enter_line, hall.id, line, key=KEY)
                break
    hall.write(count_turned_away, hall.id, reason=TurnedAway.FULL)
    hall.write(count_turned_away, hall.id, reason=TurnedAway.NO_INTERPRETER)
    hall.write(count_turned_away, hall.id, reason=TurnedAway.FULL)
    hall.write(count_answered, hall.id)
    _referrals(hall)
    for visit in _open_visits(hall):
        with suppress(Refusal):
            hall.write(carry_over, visit, later.id, key=KEY)
            break
    for ticket, _ in walk_ins[:6]:
        with suppress(Refusal):
            said = {EndQuestion.GOT: "yes", EndQuestion.PROBLEM: "long_wait"}
            hall.db.write_now(count_answers, ticket.party, said, day=hall.id)


def _referrals(hall: TestDay) -> None:
    police = next(one.institution.id for one in hall.offer.services if one.key == "residence")
    told = {"reason": "legal", "by_on": None, "said_yes": True}
    open_ones = hall.db.read_now(
        lambda conn: conn.execute(
            sa.select(stops.c.id, stops.c.private)
            .where(stops.c.day_id == hall.id, stops.c.state == StopState.FINISHED)
            .order_by(stops.c.ended_at)
        ).all()
    )
    plain = [row.id for row in open_ones if not row.private][:3]
    secret = [row.id for row in open_ones if row.private][:1]
    made = [hall.write(refer, stop, Where(institution=police), **told) for stop in [*plain, *secret]]
    hall.write(record_kept, made[0], kept=True)
    hall.write(withdraw_referral, made[1])


def _stops(hall: TestDay, state: StopState) -> list[UUID]:
    wanted = sa.select(stops.c.id).where(stops.c.day_id == hall.id, stops.c.state == state)
    return list(hall.db.read_now(lambda conn: conn.execute(wanted).scalars().all()))


def _open_visits(hall: TestDay) -> list[UUID]:
    wanted = sa.select(visits.c.id).where(visits.c.day_id == hall.id, visits.c.state == VisitState.OPEN)
    return list(hall.db.read_now(lambda conn: conn.execute(wanted.order_by(visits.c.checked_in_at)).scalars().all()))
