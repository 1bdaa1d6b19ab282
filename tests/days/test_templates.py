"""Every shipped template: enough desks for whom it expects, nothing stops it, everybody finds a time and words."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.queries import arrivals
from onestop.booking.tables import stops
from onestop.booking.tickets import Ticket
from onestop.days.checks import publish_checked
from onestop.days.dayfile import DayFile, FileDesk, read_template, templates
from onestop.days.queries.checks import check_day
from onestop.days.queries.days import day_by_id
from onestop.days.queries.sessions import sessions_of_day
from onestop.db.session import Database
from onestop.directory.vocabulary import CONDITIONS, NEEDS, PAPERS, QUESTIONS, SERVICES, papers_of
from onestop.domain.booking import Interpreter
from onestop.domain.day import DayState, DeskState
from onestop.domain.visit import Outcome, StopState
from onestop.locale.catalogue import read_catalogue
from onestop.locale.languages import LANGUAGES
from onestop.reports.verify import verify
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.sessions import begin_session, end_session
from tests.halls import ON, STAFF, TestDay, make_test_day
from tests.visits.looking import end

MOST_LOAD = 0.85
PEOPLE = 2
"""That come together, where a session has a seat for each of them."""
SOME_PLAYED = 12
"""Parties that ask for a time on a day that is played each time; in the full run all that its template expects."""
STEP = timedelta(minutes=2)
EACH = pytest.mark.parametrize("name", templates())


def _minutes(file: DayFile, desk: FileDesk) -> int:
    """For talks: without its sessions."""
    hours = (desk.closes.hour - desk.opens.hour) * 60 + desk.closes.minute - desk.opens.minute
    return hours - sum(one.minutes for one in file.sessions if one.desk == desk.number)


def _in_sessions(file: DayFile) -> dict[str, int]:
    """Services that are reached through sessions only, with the seats of these that can be booked."""
    seats: dict[str, int] = {}
    for one in file.sessions:
        seats[one.service] = seats.get(one.service, 0) + one.seats - one.seats * file.reserve_percent // 100
    return seats


def _asked(file: DayFile) -> dict[str, float]:
    """Minutes of talks that the expected parties need of each service."""
    share = {**file.mix, **dict.fromkeys(file.always, 1.0)}
    longest: dict[str, int] = {}
    for desk in file.desks:
        for service in set(desk.services) - set(_in_sessions(file)):
            longest[service] = max(desk.minutes, longest.get(service, 0))
    return {service: share[service] * file.parties * minutes for service, minutes in longest.items()}


def loads(file: DayFile) -> dict[tuple[str, ...], float]:
    """Of every set of services that share a desk: minutes asked by minutes of the desks that do any of them."""
    asked = _asked(file)
    sets = {
        several
        for desk in file.desks
        for talks in [sorted(set(desk.services) & set(asked))]
        for size in range(1, len(talks) + 1)
        for several in combinations(talks, size)
    }
    return {
        several: sum(asked[each] for each in several)
        / sum(_minutes(file, desk) for desk in file.desks if set(several) & set(desk.services))
        for several in sets
    }


@EACH
def test_no_service_of_a_template_asks_for_more_than_its_desks_can_do(name: str) -> None:
    file = read_template(name)

    assert {several: load for several, load in loads(file).items() if load > MOST_LOAD} == {}
    assert {service for desk in file.desks for service in desk.services} == set(file.mix) | set(file.always)
    assert sum(file.party_languages.values()) == pytest.approx(1, abs=0.05)


@EACH
def test_the_sessions_of_a_template_have_seats_for_whom_it_expects(name: str) -> None:
    file = read_template(name)
    share = {**file.mix, **dict.fromkeys(file.always, 1.0)}
    seats = _in_sessions(file)

    assert {key: n for key, n in seats.items() if share[key] * file.parties * PEOPLE > MOST_LOAD * n} == {}
    # Nobody is left with a session that she does not follow.
    assert {one.service for one in file.sessions if not one.language} == set(seats)


def test_the_centres_in_greece_hold_an_information_session_and_a_parent_group() -> None:
    held = {name: {one.service for one in read_template(name).sessions} for name in templates()}

    assert {name: services for name, services in held.items() if services} == {
        "athens-mic": {"naturalisation-course"},
        "thessaloniki-mic": {"parent-group"},
    }


@EACH
def test_every_word_for_visitors_exists_in_every_language_a_template_switches_on(name: str) -> None:
    file = read_template(name)
    offered = {service for desk in file.desks for service in desk.services}
    needs = {key for key, words in NEEDS.items() if set(words.services) & offered}
    texts = [SERVICES[key].title for key in offered]
    texts += [NEEDS[key].says for key in needs]
    papers = [paper for service in offered for paper in papers_of(service)]
    texts += [PAPERS[paper.key][0] for paper in papers]
    asked = [question for question in QUESTIONS.values() if question.need in needs]
    texts += [text for question in asked for text in (question.asks, *(one.says for one in question.answers.values()))]
    texts += [CONDITIONS[paper.condition] for paper in papers if paper.condition]

    assert offered <= set(SERVICES)
    assert offered - set(file.always) == {one for key in needs for one in NEEDS[key].services if one in offered}
    assert set(file.display_languages) <= set(LANGUAGES)
    catalogues = {tag: read_catalogue(tag) for tag in file.display_languages if tag != "en"}
    missing = [(tag, text) for tag, each in catalogues.items() for text in texts if (None, text) not in each.texts]
    assert missing == []


@EACH
def test_a_template_is_published_and_everybody_finds_a_time_also_with_an_interpreter(
    database: Database, name: str
) -> None:
    file = read_template(name)
    hall = make_test_day(database, template=name, publish=False)
    made = datetime(ON.year, ON.month, ON.day - 2, 8, tzinfo=UTC)
    found = database.read_now(check_day, hall.day, now=made)
    database.write_now(publish_checked, hall.id, version=hall.day.version, actor=STAFF, now=made, day=hall.id)
    hall.day = database.read_now(day_by_id, hall.id)
    spoken = sorted({tag for mediator in file.mediators for tag in mediator.languages})
    asked = [
        (service.key, tag, interpreter)
        for service in hall.offer.services
        for tag, interpreter in [("en", Interpreter.NONE), *((tag, Interpreter.NEEDED) for tag in spoken)]
    ]
    none: list[tuple[str, str]] = []
    for key, tag, interpreter in asked:
        wish = hall.wish(*dict.fromkeys([*file.always, key]), languages=(tag,), interpreter=interpreter)
        offered = database.read_now(arrivals, hall.day, wish, now=made)
        if not offered.plans or not offered.interpreter_possible:
            none.append((key, tag))

    assert [finding for finding in found if finding.stops or finding.kind in ("no_pages", "never_bookable")] == []
    assert hall.day.state is DayState.PUBLISHED
    assert none == []


@pytest.mark.parametrize("many", [SOME_PLAYED, pytest.param(None, marks=pytest.mark.full)], ids=["some", "all"])
@EACH
def test_a_template_is_played_to_its_end_and_keeps_the_promises(
    database: Database, name: str, many: int | None
) -> None:
    file = read_template(name)
    hall = make_test_day(database, template=name)
    expected = _booked(hall, file, many or file.parties, Random(name))
    comes = {at for at, _ in expected}
    inside: list[UUID] = []
    busy: dict[int, tuple[UUID, datetime]] = {}
    closing = {desk.number: desk.closes for desk in file.desks}
    minutes = {desk.number: desk.minutes for desk in file.desks}
    closed: set[int] = set()
    to_come = list(database.read_now(sessions_of_day, hall.id))
    held: dict[int, tuple[UUID, datetime]] = {}
    waiting = sa.select(sa.exists().where(stops.c.day_id == hall.id, stops.c.state == StopState.WAITING))

    hall.now = hall.day.opens_at
    hall.open_desks()
    while hall.now < hall.day.closes_at or busy or held:
        inside += [hall.arrive(ticket) for at, ticket in expected if hall.now - STEP < at <= hall.now]
        somebody = database.read_now(lambda conn: conn.execute(waiting).scalar_one())
        for number, desk in hall.desks.items():
            stop, until = busy.get(number, (None, hall.now))
            if stop is not None and until <= hall.now:
                hall.write(finish, stop, outcome=Outcome.ADVISED)
                del busy[number]
            session, until = held.get(number, (None, hall.now))
            if session is not None and until <= hall.now:
                hall.write(end_session, session)
                del held[number]
            due = next((one for one in to_come if one.desk == desk.id and one.starts_at <= hall.now), None)
            if due is not None and number not in busy and number not in held:
                hall.write(begin_session, due.id)
                to_come.remove(due)
                held[number] = due.id, hall.now + timedelta(minutes=due.minutes)
            late = hall.now.astimezone(hall.day.zone).time() >= closing[number]
            if number in busy or number in held or number in closed:
                continue
            if late:
                hall.write(set_desk_state, desk.id, DeskState.CLOSED)
                closed.add(number)
            if late or not somebody:
                continue
            called = hall.next(number)
            if called.stop is not None:
                hall.write(serve, called.stop)
                busy[number] = called.stop, hall.now + timedelta(minutes=minutes[number])
        hall.later(minutes=STEP.seconds // 60)
    database.write_now(close_day, hall.id, reason="Over", actor=STAFF, now=hall.now, day=hall.id)

    ends = [end(hall, visit)[0] for visit in inside]
    assert len(inside) == len(expected) > 0
    assert min(comes) >= hall.day.opens_at
    assert to_come == []
    assert set(ends) <= {"completed", "left"}
    assert ends.count("completed") >= 0.9 * len(ends)
    assert database.read_now(verify, now=hall.now) == []


def _booked(hall: TestDay, file: DayFile, many: int, chance: Random) -> list[tuple[datetime, Ticket]]:
    """Of so many parties as the template expects them those who find a time, each at one of those offered to her."""
    found: list[tuple[datetime, Ticket]] = []
    tongues, shares = list(file.party_languages), list(file.party_languages.values())
    for _ in range(many):
        keys = [key for key, share in file.mix.items() if chance.random() < share] or [max(file.mix)]
        tongue = chance.choices(tongues, shares)[0]
        interpreter = Interpreter.NEEDED if chance.randrange(100) < file.interpreter_needed_percent else Interpreter.OWN
        wish = hall.wish(*file.always, *keys, languages=(tongue,), interpreter=interpreter)
        plans = hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans
        if plans:
            at = chance.choice(plans).arrival_at
            found.append((at, hall.book(wish, at=at)))
    return found
