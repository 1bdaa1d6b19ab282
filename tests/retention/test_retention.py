"""What time takes away: holds after a day, needs at midnight, persons a week later; what is counted stays."""

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa

from onestop.accounts.actions import create_token, make_pass, revoke_token
from onestop.accounts.tables import passes, tokens
from onestop.booking.actions.bookings import hold_arrival
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings, claims, parties
from onestop.booking.tickets import find_code
from onestop.days.crew import PersonSettings, add_person
from onestop.days.queries.crew import crew_of_day
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import mediators_of_day
from onestop.days.tables import broadcasts, capacity, days, mediators, rota_answers
from onestop.days.versions import SetupOver
from onestop.db.ledger import facts
from onestop.domain.booking import Channel
from onestop.domain.broadcast import Broadcast, Sentence
from onestop.domain.crew import Work
from onestop.domain.errors import TicketUnknown
from onestop.domain.operational import OperationalNeed
from onestop.domain.retention import day_ends_at, persons_until
from onestop.domain.roles import VISITOR, Grant, Role
from onestop.domain.visit import VisitReason
from onestop.reports.verify import verify
from onestop.retention.actions import forget_persons, run_retention
from onestop.retention.rows import Detaching, detach_facts
from onestop.visits.actions.broadcasting import send_broadcast
from onestop.visits.actions.calls import finish, no_show, serve
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.route import leave, set_needs
from onestop.visits.actions.triage import miss_paper
from onestop.visits.queries.api import stops_of_visit
from onestop.visits.tables import stop_papers, visit_needs, visits
from tests.halls import STAFF
from tests.retention.canary import Nest, ids_in_facts, own_ids

NOTHING = {"secrets": 0, "notes": 0, "holds": 0, "needs": 0, "persons": 0, "languages": 0, "facts": 0, "days": 0}


def count(nest: Nest, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    statement = sa.select(sa.func.count()).select_from(table).where(*where)
    return nest.db.read_now(lambda conn: conn.execute(statement).scalar_one())


def played_day(nest: Nest) -> dict[str, str]:
    """Eight visits of which one is the canary's; gives her ticket's codes."""
    hall = nest.hall
    ticket = nest.book()
    for _ in range(5):
        hall.walk_in(hall.wish("legal", languages=("uk",)))
    for language in ("ru", "fa"):
        hall.walk_in(hall.wish("social", languages=(language, "uk")))
    visit = hall.arrive(ticket)
    hall.open_desks()
    hall.now = hall.day.opens_at
    for _ in range(4):
        called = hall.next(1).stop
        assert called is not None
        hall.write(serve, called)
        hall.later(minutes=11, seconds=17)
        hall.write(finish, called)
        hall.later(seconds=4)
    missed = hall.next(1).stop
    assert missed is not None
    hall.write(no_show, missed)
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)
    hall.now = hall.day.closes_at
    hall.write(close_day, hall.id, reason="evening")
    return {"party": str(ticket.party), "code": ticket.code}


@pytest.fixture
def until(nest: Nest) -> datetime:
    """When the persons of the day go."""
    day = nest.hall.day
    return persons_until(day.on, day.closes_at, day.zone, days=nest.settings.contact_days)


def test_a_week_after_the_day_its_persons_are_gone_and_its_figures_are_not(nest: Nest, until: datetime) -> None:
    hall = nest.hall
    codes = played_day(nest)
    party = nest.db.read_now(find_code, codes["code"]).party
    own, before = own_ids(nest.db, party), nest.traces("'ti'")
    figures = {table.name: count(nest, table) for table in (parties, visits, bookings, claims, facts)}
    times = [row.at for row in nest.db.read_now(lambda conn: conn.execute(sa.select(facts).order_by(facts.c.id)).all())]
    assert len({at for at in times if at.second}) > 3

    run_retention(nest.db, nest.settings, now=until - timedelta(seconds=1))
    assert nest.traces("'ti'") == before
    assert nest.db.read_now(find_code, codes["code"]).party == party

    counts = run_retention(nest.db, nest.settings, now=until)
    assert {name: counts[name] for name in ("persons", "days")} == {"persons": 8, "days": 1}
    assert nest.traces("'ti'", codes["code"]) == set()
    with pytest.raises(TicketUnknown):
        nest.db.read_now(find_code, codes["code"])
    assert own & ids_in_facts(nest.db, hall.id) == set()
    after = {table.name: count(nest, table) for table in (parties, visits, bookings, claims, facts)}
    assert after == figures | {"facts": figures["facts"] + 1}  # DayForgotten
    of_day = sa.select(facts.c.at).where(facts.c.day_id == hall.id, facts.c.kind != "DayForgotten").order_by(facts.c.id)
    blurred = nest.db.read_now(lambda conn: conn.execute(of_day).scalars().all())
    assert [at for at in blurred if at.minute % 5 or at.second or at.microsecond] == []
    assert blurred == sorted(blurred)
    assert nest.db.read_now(verify, now=until) == []


def test_running_retention_again_changes_nothing(nest: Nest, until: datetime) -> None:
    played_day(nest)
    run_retention(nest.db, nest.settings, now=until)

    assert run_retention(nest.db, nest.settings, now=until) == {"secrets": 0, "notes": 0}
    assert count(nest, days, days.c.forgotten_at == until) == 1


def test_a_run_that_was_cut_off_is_finished_by_the_next(nest: Nest, until: datetime) -> None:
    played_day(nest)
    nest.db.write_now(forget_persons, nest.hall.id, now=until)
    nest.db.write_now(detach_facts, nest.hall.id, Detaching(key=b"gone with the process"))

    counts = run_retention(nest.db, nest.settings, now=until)

    assert (counts["persons"], counts["days"], nest.traces("'ti'")) == (0, 1, set())
    assert nest.db.read_now(verify, now=until) == []


def test_the_same_person_stays_the_same_nobody_in_the_ledger(nest: Nest, until: datetime) -> None:
    played_day(nest)

    def by_visit() -> list[int]:
        """How many facts each visit has."""
        statement = sa.select(sa.func.count()).where(facts.c.visit_id.is_not(None)).group_by(facts.c.visit_id)
        return sorted(nest.db.read_now(lambda conn: conn.execute(statement).scalars().all()))

    before = by_visit()
    run_retention(nest.db, nest.settings, now=until)

    assert (len(before), by_visit()) == (8, before)


def test_rare_languages_become_other_and_frequent_ones_stay(nest: Nest, until: datetime) -> None:
    played_day(nest)
    run_retention(nest.db, nest.settings, now=until)

    rows = nest.db.read_now(lambda conn: conn.execute(sa.select(parties.c.languages).order_by(parties.c.number)).all())
    assert [row.languages for row in rows] == [["other"], *[["uk"]] * 5, *[["other", "uk"]] * 2]


def test_operational_needs_papers_seen_and_messages_are_gone_at_midnight(nest: Nest) -> None:
    hall = nest.hall
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.write(set_needs, visit, needs=[OperationalNeed.INFANT])
    hall.write(miss_paper, hall.db.read_now(stops_of_visit, visit)[0], key="id")
    hall.write(send_broadcast, hall.id, Broadcast(sentence=Sentence.OWN, text="To Amira: please come.", lasts=None))
    midnight = day_ends_at(hall.day.on, hall.day.closes_at, hall.day.zone)

    def left() -> list[int]:
        tables = (visit_needs, stop_papers, broadcasts)
        return [count(nest, visits, visits.c.need), *(count(nest, each) for each in tables)]

    run_retention(nest.db, nest.settings, now=midnight - timedelta(seconds=1))
    assert left() == [1] * 4
    assert run_retention(nest.db, nest.settings, now=midnight) == NOTHING | {"needs": 1}
    assert left() == [0] * 4


def test_a_hold_nobody_confirmed_leaves_nothing_a_day_later(nest: Nest) -> None:
    hall = nest.hall
    hall.now -= timedelta(days=1)
    kept = nest.book()
    wish = hall.wish("social")
    at = nest.db.read_now(arrivals, hall.day, wish, now=hall.now).plans[0].arrival_at
    held = nest.db.write_now(
        hold_arrival, hall.id, wish, arrival_at=at, channel=Channel.RECEPTION, actor=VISITOR, now=hall.now,
        hold_minutes=10, day=hall.id,
    )  # fmt: skip
    over = hall.now + timedelta(minutes=10)

    assert run_retention(nest.db, nest.settings, now=over) == NOTHING
    assert count(nest, parties) == 2
    assert run_retention(nest.db, nest.settings, now=over + timedelta(hours=24)) == NOTHING | {"holds": 1}
    assert nest.db.read_now(lambda conn: conn.execute(sa.select(parties.c.id)).scalars().all()) == [kept.party]
    assert held.party not in ids_in_facts(nest.db, hall.id)
    used, claimed = (
        sa.select(sa.func.sum(capacity.c.used + capacity.c.used_reserve)),
        sa.select(sa.func.sum(claims.c.minutes)),
    )
    assert nest.db.read_now(lambda conn: conn.execute(used).scalar() == conn.execute(claimed).scalar())
    assert nest.db.read_now(verify, now=over + timedelta(hours=24)) == []


def test_tokens_and_passes_are_deleted_a_month_after_their_end(nest: Nest) -> None:
    hall = nest.hall
    made = nest.db.write_now(create_token, Grant(role=Role.ORGANISER), actor=STAFF, now=hall.now)
    nest.db.write_now(create_token, Grant(role=Role.ORGANISER), actor=STAFF, now=hall.now)
    nest.db.write_now(revoke_token, made.id, actor=STAFF, now=hall.now)
    nest.db.write_now(make_pass, hall.desks[1].id, actor=STAFF, now=hall.now)

    def left(now: datetime) -> tuple[int, int]:
        run_retention(nest.db, nest.settings, now=now)
        return count(nest, tokens), count(nest, passes)

    assert left(hall.now + timedelta(days=29)) == (2, 1)
    assert left(hall.day.closes_at + timedelta(days=30)) == (1, 0)


@pytest.mark.parametrize("kept", [0, 30])
def test_the_organiser_decides_how_many_days_contacts_are_kept(nest: Nest, kept: int) -> None:
    day = nest.hall.day
    nest.book()
    settings = type(nest.settings)(var=nest.var, contact_days=kept)
    end = persons_until(day.on, day.closes_at, day.zone, days=kept)

    found = []
    for now in (end - timedelta(seconds=1), end):
        run_retention(nest.db, settings, now=now)
        found.append(bool(nest.traces()))
    assert found == [True, False]


def test_names_of_who_worked_there_and_what_they_said_go_with_the_persons_and_the_hours_stay(
    nest: Nest, until: datetime
) -> None:
    hall = nest.hall
    settings = PersonSettings(work=Work.RECEPTION, label="Kanarinka", hours=((time(9), time(12)),))
    version = nest.db.read_now(day_by_id, hall.id).version
    nest.db.write_now(add_person, hall.id, settings, version=version, actor=STAFF, now=hall.now)
    mediator = nest.db.read_now(mediators_of_day, hall.id)[0].id
    said = {
        "day_id": hall.id,
        "code_hash": "0" * 64,
        "name": "Kanarinka",
        "works": ["mediator"],
        "languages": ["ti"],
        "hours": [["09:00", "12:00"]],
        "said_for": hall.day.on,
        "said_at": hall.now,
        "mediator_id": mediator,
    }
    nest.db.write_now(lambda conn: conn.execute(rota_answers.insert().values(said)))
    nest.db.write_now(
        lambda conn: conn.execute(mediators.update().where(mediators.c.id == mediator).values(label="Kanarinka"))
    )
    assert nest.traces() == {f"{table}: kanarinka" for table in ("crew", "rota_answers", "mediators")}

    run_retention(nest.db, nest.settings, now=until - timedelta(seconds=1))
    assert len(nest.traces()) == 3
    run_retention(nest.db, nest.settings, now=until)

    assert nest.traces() == set()
    (one,) = nest.db.read_now(crew_of_day, hall.id)
    assert (one.label, len(one.hours), count(nest, rota_answers)) == ("", 1, 0)
    later = nest.db.read_now(day_by_id, hall.id).version
    with pytest.raises(SetupOver):
        nest.db.write_now(add_person, hall.id, settings, version=later, actor=STAFF, now=until)
