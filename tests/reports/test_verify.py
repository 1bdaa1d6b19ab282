"""The audit finds every kind of damage it looks for, and nothing on a day that went well."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from onestop.booking.tables import bookings, claims, leases, parties, stop_members, stops
from onestop.clock import real_now
from onestop.days.tables import capacity, days, desks, mediators
from onestop.db.clock_row import start_demo_clock
from onestop.db.ledger import facts, record
from onestop.db.session import Database, open_database
from onestop.domain.facts import Fact
from onestop.reports.verify import Violation, verify
from onestop.retention.actions import erase_party, run_retention
from onestop.settings import Settings
from onestop.visits.actions.calls import finish
from onestop.visits.actions.closing import close_day
from onestop.visits.tables import calls, end_counts, visits
from tests.halls import STAFF
from tests.reports.scene import (
    Damage,
    Scene,
    a_fact,
    a_stop,
    a_visit,
    answered,
    call_again,
    close_over_their_heads,
    gone,
    one,
    put,
    set_scene,
    share_a_contact,
    tell_late,
)

Found = set[tuple[str, str]]
NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
REFUSED: Found = {("database", "refused")}
POLICE = sa.select(desks.c.institution_id).where(desks.c.number == 4).scalar_subquery()
WHO_LEFT = sa.select(visits.c.party_id).where(visits.c.state == "left").scalar_subquery()
PLANNED = {"state": "planned", "blocked_by": None}
NOTHING_CLAIMED: Found = {
    ("R1", "2 + 0 minutes are marked as used, 0 + 0 are claimed."),
    ("R1", "8 + 0 minutes are marked as used, 0 + 0 are claimed."),
    ("R1", "2 + 0 minutes are marked as used, 1 + 0 are claimed."),  # two parties arrive at the same time
}
SHORT_OF_A_FACT: Found = {("ledger", "A call has no fact, or one that says something else.")}
NO_CALL: Found = {("ledger", "A fact tells of a call that is in no table.")}


def booking(scene: Scene) -> sa.ColumnElement[bool]:
    return bookings.c.id == scene.coming


def confirmed(scene: Scene) -> sa.ColumnElement[bool]:
    return sa.and_(facts.c.kind == "BookingConfirmed", facts.c.party_id == scene.coming_party)


def members_of(which: str) -> Damage:
    return gone(stop_members, lambda scene: stop_members.c.stop_id == getattr(scene, which))


DAMAGE: dict[str, tuple[Damage, Found]] = {
    "a claim is lost": (
        gone(claims, lambda scene: claims.c.booking_id == scene.coming),
        NOTHING_CLAIMED | {("R1", "A booking is confirmed and does not claim its arrival time.")},
    ),
    "a cancelled booking keeps its claims": (
        put(bookings, booking, state="cancelled"),
        NOTHING_CLAIMED
        | {
            ("R1", "A booking is cancelled and still claims capacity."),
            ("R8", "A stop is planned for a party that does not come."),
            ("ledger", "A booking is cancelled; the ledger cancelled it 0 times."),
        },
    ),
    "less is marked than claimed": (
        put(capacity, lambda _: capacity.c.used > 0, used=0),
        {
            ("R1", "0 + 0 minutes are marked as used, 2 + 0 are claimed."),
            ("R1", "0 + 0 minutes are marked as used, 8 + 0 are claimed."),
        },
    ),
    "one contact has too many bookings": (
        share_a_contact,
        {("R1", "A contact has 2 live bookings; the day allows 1.")},
    ),
    "a member is marked where she is not": (
        put(stop_members, lambda scene: stop_members.c.stop_id == scene.finished, active=True),
        {("R2", "A member is marked as active and the stop says otherwise.")},
    ),
    "a member is not marked where she is": (
        put(stop_members, lambda scene: stop_members.c.stop_id == scene.serving, active=False),
        {("R2", "A member is marked as not active and the stop says otherwise.")},
    ),
    "a desk closes over a talk": (
        put(desks, lambda _: desks.c.number == 2, state="closed"),
        {("R2", "A stop is serving at a closed or foreign desk.")},
    ),
    "a talk is at the desk of another institution": (
        put(stops, a_stop("serving"), institution_id=POLICE),
        {("R2", "A stop is serving at a closed or foreign desk.")},
    ),
    "a desk waits for the next during a talk": (
        put(desks, lambda _: desks.c.number == 2, ready_until_at=NOON),
        {("R2", "A desk asks for the next visitor while it has one.")},
    ),
    "a call ends and its stop stays called": (
        put(calls, lambda scene: calls.c.stop_id == scene.called, outcome="served", ended_at=NOON),
        {("R2", "A called stop has no open call.")},
    ),
    "a second call is open": (
        call_again,
        SHORT_OF_A_FACT | {("R2", "A call is open for a stop that is not called there.")},
    ),
    "a number is beyond the counter": (
        put(parties, lambda scene: parties.c.id == scene.coming_party, number=999),
        {("R7", "Number 999 did not come from the counter, now 207.")},
    ),
    "a booking has no number": (
        put(parties, lambda scene: parties.c.id == scene.coming_party, number=None, code_hash=None),
        {("R7", "A confirmed booking or a visit has no number.")},
    ),
    "leased numbers overlap": (
        put(leases, lambda _: leases.c.first == 152, first=150),
        {("R7", "Number 150 was leased twice.")},
    ),
    "leased numbers are beyond the counter": (
        put(leases, lambda _: leases.c.first == 152, last=300),
        {("R7", "Numbers to 300 were leased, the counter is at 207.")},
    ),
    "a stop is called without a visit": (
        put(stops, a_stop("called"), visit_id=None),
        {("R8", "A stop is called without a visit."), ("R8", "A visit is open and has no open stop.")},
    ),
    "a stop is in the visit of somebody else": (
        put(stops, a_stop("finished"), party_id=WHO_LEFT),
        {("R8", "A stop belongs to one party and to the visit of another.")},
    ),
    "an ended visit has an open stop": (
        put(stops, a_stop("finished"), state="waiting"),
        {
            ("R8", "A visit ended as completed with an open stop."),
            ("ledger", "A stop is waiting; the facts say finished."),
        },
    ),
    "an open visit has nothing to wait for": (
        put(stops, lambda scene: stops.c.visit_id == scene.out, state="declined", blocked_by=None),
        {("R8", "A visit is open and has no open stop.")},
    ),
    "she is here and does not wait": (
        put(stops, lambda scene: sa.and_(stops.c.visit_id == scene.out, stops.c.blocked_by.is_not(None)), **PLANNED),
        {("R8", "A visitor is here and one of her stops does not wait.")},
    ),
    "she is called while she is out": (
        put(
            visits,
            lambda scene: (
                visits.c.id == sa.select(stops.c.visit_id).where(stops.c.id == scene.called).scalar_subquery()
            ),
            stepped_out_at=NOON,
            waiting_since_at=None,
        ),
        {("R8", "A visitor stepped out and is called or served.")},
    ),
    "seniority stands still while she waits": (
        put(visits, a_visit("out"), stepped_out_at=None),
        {("R8", "The seniority of a visitor does not run while she waits.")},
    ),
    "a visit ended without a time": (
        put(visits, a_visit("done"), ended_at=None),
        {("R8", "A visit ended as completed without saying why or when.")},
    ),
    "the day closes over people": (
        close_over_their_heads,
        {
            ("R8", "The day is closed and a booking is still confirmed."),
            ("R8", "The day is closed and a visit is still open."),
        },
    ),
    "a booking arrived and nobody came": (
        put(bookings, booking, state="arrived"),
        {("R8", "A booking is arrived and has no visit.")},
    ),
    "a walk-in becomes booked": (
        put(visits, a_visit("done"), walk_in=False),
        {
            ("R8", "A visit says whether it was booked, and has none."),
            ("ledger", "The ledger does not say once, and rightly, how a visit began."),
        },
    ),
    "a booking is gone and its stop is planned": (
        gone(bookings, booking),
        NOTHING_CLAIMED | {("R8", "A stop is planned for a party that does not come.")},
    ),
    "a stop is for nobody": (members_of("finished"), {("R8", "A stop is for nobody.")}),
    "nobody knows how she accepted": (
        put(stops, a_stop("serving"), consent_how=None),
        {("R18", "Nobody accepted a stop that is serving.")},
    ),
    "a visit did not begin": (
        gone(facts, a_fact("WalkInIssued", "done")),
        {("ledger", "The ledger does not say once, and rightly, how a visit began.")},
    ),
    "a booking was not confirmed": (
        gone(facts, confirmed),
        {("ledger", "A booking is confirmed; the ledger confirmed it 0 times.")},
    ),
    "a call has no fact": (gone(facts, a_fact("StopCalled", "serving")), SHORT_OF_A_FACT),
    "a call has another desk than its fact": (
        put(facts, a_fact("StopCalled", "serving"), desk_id=None),
        SHORT_OF_A_FACT | NO_CALL,
    ),
    "a call is in no table": (gone(calls, lambda scene: calls.c.stop_id == scene.finished), NO_CALL),
    "a score was changed": (
        put(
            calls,
            lambda scene: calls.c.stop_id == scene.finished,
            terms={"waited": 1, "still": 2, "need": 0, "score": 9},
        ),
        SHORT_OF_A_FACT | NO_CALL | {("ledger", "The score of a call does not follow from its terms.")},
    ),
    "a finish has no fact": (
        gone(facts, a_fact("StopFinished")),
        {("ledger", "A stop is finished; the facts say not over.")},
    ),
    "a missed stop was put back": (
        put(stops, a_stop("missed"), state="waiting"),
        {("R8", "A visit ended as left with an open stop."), ("ledger", "A stop is waiting; the facts say missed.")},
    ),
    "a visit ended without a fact": (
        gone(facts, a_fact("VisitEnded", "done")),
        {("ledger", "A visit is completed; the facts say open.")},
    ),
    "a fact stands in the wrong place": (
        tell_late,
        {("ledger", "VisitorSteppedOut stands after WalkInIssued and happened before it.")},
    ),
    "a fact is ahead of its time": (
        put(facts, a_fact("VisitorSteppedOut"), at=NOON),
        {("ledger", "VisitorSteppedOut has not happened yet.")},
    ),
    "an answer is counted that nobody offers": (
        answered("problem", "officer 3"),
        {
            ("counts", "problem: officer 3 is counted and no answer."),
            ("counts", "problem was answered 2 times, 1 were asked."),
        },
    ),
    "an answer is counted without anybody asked": (
        put(end_counts, lambda _: end_counts.c.answer == "partly", given=1),
        {("counts", "got was answered 2 times, 1 were asked.")},
    ),
    "she can be asked again": (
        put(parties, lambda _: parties.c.asked_at_end, asked_at_end=False),
        {
            ("counts", "got was answered 1 times, 0 were asked."),
            ("counts", "problem was answered 1 times, 0 were asked."),
        },
    ),
    "the counters are lost": (
        gone(end_counts, lambda scene: end_counts.c.day_id == scene.hall.id),
        {("counts", "1 were asked at the end, and nothing is counted.")},
    ),
}

GUARDED: dict[str, tuple[Damage, Found]] = {
    "two parties at a desk": (
        put(stops, a_stop("called"), desk_id=sa.select(desks.c.id).where(desks.c.number == 2).scalar_subquery()),
        {
            ("R2", "A desk has 2 parties at once."),
            ("R2", "A call is open for a stop that is not called there."),
            ("R2", "A called stop has no open call."),
        },
    ),
    "a mediator at two desks": (
        put(
            stops,
            a_stop("serving"),
            mediator_id=sa.select(mediators.c.id).where(mediators.c.label == "M01").scalar_subquery(),
        ),
        {("R2", "A mediator has 2 parties at once.")},
    ),
    "more is used than there is": (
        put(capacity, lambda _: capacity.c.used == 8, used=11),
        {
            ("R1", "11 + 0 minutes are marked as used, 8 + 0 are claimed."),
            ("R1", "More is used than the 10 minutes that are there."),
        },
    ),
    "a visit ended without a reason": (
        put(visits, a_visit("done"), reason=None),
        {("R8", "A visit ended as completed without saying why or when.")},
    ),
    "nobody accepted": (
        put(stops, a_stop("serving"), consent_at=None),
        {("R18", "Nobody accepted a stop that is serving.")},
    ),
    "an answer is taken back": (
        put(end_counts, lambda _: end_counts.c.answer == "partly", given=-1),
        {("counts", "got: partly is counted -1 times.")},
    ),
    "a question is counted that nobody asks": (
        answered("origin", "none"),
        {("counts", "origin: none is counted and no answer.")},
    ),
    "answers of a day that is not there": (
        answered("got", "yes", day=UUID(int=7)),
        {("counts", "Answers at the end are counted for a day that does not exist.")},
    ),
}


def test_a_day_with_somebody_in_each_situation_keeps_every_promise(database: Database) -> None:
    scene = set_scene(database)
    assert database.read_now(verify, now=scene.hall.now) == []


def test_the_audit_names_each_kind_of_damage(database: Database) -> None:
    scene = set_scene(database)
    found = database.write_now(lambda conn: {name: find(conn, scene, damage) for name, (damage, _) in DAMAGE.items()})
    assert found == {name: expected for name, (_, expected) in DAMAGE.items()}


def test_the_database_itself_refuses_what_must_never_be(database: Database) -> None:
    scene = set_scene(database)
    found = database.write_now(lambda conn: {name: find(conn, scene, damage) for name, (damage, _) in GUARDED.items()})
    assert found == dict.fromkeys(GUARDED, REFUSED)


def test_the_audit_finds_it_where_the_constraints_are_missing(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    scene = set_scene(database)

    def unguarded(conn: sa.Connection) -> dict[str, Found]:
        conn.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        conn.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for index in ("uq_stops_desk_busy", "uq_stops_mediator_busy"):
            conn.exec_driver_sql(f"DROP INDEX {index}")
        return {name: find(conn, scene, damage) for name, (damage, _) in GUARDED.items()}

    found = database.write_now(unguarded)
    database.close()
    assert found == {name: expected for name, (_, expected) in GUARDED.items()}


def test_a_violation_names_the_rows(database: Database) -> None:
    scene = set_scene(database)
    damage, _ = DAMAGE["nobody knows how she accepted"]
    database.write_now(damage, scene)
    (found,) = database.read_now(verify, now=scene.hall.now)
    assert found == Violation(rule="R18", sentence="Nobody accepted a stop that is serving.", ids=(str(scene.serving),))
    assert str(found) == f"R18: Nobody accepted a stop that is serving. ({scene.serving})"


def test_one_day_can_be_audited_alone(database: Database) -> None:
    scene = set_scene(database)
    database.write_now(DAMAGE["nobody knows how she accepted"][0], scene)
    other = set_scene(database).hall
    assert database.read_now(verify, now=other.now, day=other.id) == []
    assert [one.rule for one in database.read_now(verify, now=other.now, day=scene.hall.id)] == ["R18"]


def test_a_request_that_waited_for_the_lock_may_tell_a_slightly_earlier_time(database: Database) -> None:
    scene = set_scene(database)
    hall = scene.hall
    database.write_now(record, Fact(kind="DayPaused", at=hall.now - timedelta(seconds=30), day=hall.id))
    assert database.read_now(verify, now=hall.now) == []
    database.write_now(record, Fact(kind="DayResumed", at=hall.now - timedelta(minutes=5), day=hall.id))
    sentence = "DayResumed stands after WalkInIssued and happened before it."
    assert [one.sentence for one in database.read_now(verify, now=hall.now)] == [sentence]
    database.write_now(start_demo_clock, start=hall.now, rate=20.0)  # the same ten real seconds are longer there
    assert database.read_now(verify, now=hall.now) == []


def test_facts_about_machines_carry_real_time_and_are_no_matter_of_order(database: Database) -> None:
    scene = set_scene(database)
    devices = [fact for fact in database.read_now(all_facts) if fact.kind.startswith("Device")]
    assert [fact.kind for fact in devices] == ["DeviceMade"]
    assert abs(devices[0].at - real_now()) < timedelta(hours=1)
    assert database.read_now(verify, now=scene.hall.now) == []


def test_an_erased_party_is_tolerated_in_the_middle_of_the_day(database: Database, tmp_path: Path) -> None:
    scene = set_scene(database)
    for party in database.read_now(all_parties):
        if party != database.read_now(party_at_desk_2, scene):
            database.write_now(erase_party, party, journal=tmp_path, actor=STAFF, now=scene.hall.now, day=scene.hall.id)
    assert database.read_now(verify, now=scene.hall.now) == []


def test_a_day_is_still_in_order_when_retention_has_been(database: Database, tmp_path: Path) -> None:
    scene = set_scene(database)
    hall = scene.hall
    hall.write(finish, scene.serving)
    hall.write(close_day, hall.id, reason="evening")
    later = hall.now + timedelta(days=60)
    run_retention(database, Settings(var=tmp_path), now=later)
    assert database.read_now(lambda conn: one(conn, sa.select(days.c.forgotten_at))) == later
    assert database.read_now(verify, now=later) == []


def find(conn: sa.Connection, scene: Scene, damage: Damage) -> Found:
    """What the audit says of the damage, which is taken back."""
    step = conn.begin_nested()
    try:
        damage(conn, scene)
    except IntegrityError:
        step.rollback()
        return REFUSED
    found = verify(conn, now=scene.hall.now)
    step.rollback()
    return {(one.rule, one.sentence) for one in found}


def all_facts(conn: sa.Connection) -> list[sa.Row[tuple[object, ...]]]:
    return list(conn.execute(sa.select(facts).order_by(facts.c.id)))


def all_parties(conn: sa.Connection) -> list[object]:
    return list(conn.execute(sa.select(parties.c.id)).scalars())


def party_at_desk_2(conn: sa.Connection, scene: Scene) -> object:
    return one(conn, sa.select(stops.c.party_id).where(stops.c.id == scene.serving))
