"""A day in which anything may happen in any order; after every step the promises are audited (issue of `trust.md`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onestop.booking.actions import (
    cancel_booking,
    confirm_booking,
    extend_hold,
    hold_arrival,
    move_booking,
    release_hold,
)
from onestop.booking.capacity import expire_holds
from onestop.booking.contacts import Contact
from onestop.booking.tickets import new_code
from onestop.booking.wish import Wish, make_wish
from onestop.days.actions import set_paused
from onestop.days.dayfile import parse_day
from onestop.days.tables import days, mediators
from onestop.db.idempotency import Answer, RequestKey, answer_once
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Channel, Interpreter
from onestop.domain.calling import calling_rule
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.errors import DayStillInside, KeyReused, Refusal
from onestop.domain.party import party_of
from onestop.domain.visit import AT_DESK, STOP_OPEN, StopState, VisitReason, VisitState
from onestop.reports.verify import audit_day
from onestop.reports.violations import DayRows, Row
from onestop.visits.actions.arrivals import check_in, close_day, issue_walk_in, undo_check_in
from onestop.visits.actions.calls import call_next, finish, no_show, park, recall, serve, transfer
from onestop.visits.actions.desks import set_desk_state, set_mediator_state, stand_down
from onestop.visits.actions.door import bring_back
from onestop.visits.actions.matching import match
from onestop.visits.actions.route import (
    accept_stop,
    come_back,
    decline_stop,
    drop_stop,
    leave,
    propose_stop,
    set_need,
    step_out,
)
from onestop.visits.actions.undo import undo
from onestop.visits.queries.hall import load_hall, waited_seconds
from onestop.visits.tables import acts
from tests.halls import KEY, STAFF, TestDay, make_test_day

FILE = parse_day("""
schema = 1
slug = "small"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = 09:00:00
closes = 12:00:00
slot_minutes = 30
reserve_percent = 20
parties = 6
release = "open"
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
[[institution]]
key = "police"
name = "Police"
authority = "police"
[[desk]]
number = 1
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["sk", "en"]
[[desk]]
number = 2
institution = "mic"
services = ["legal", "social"]
minutes = 15
languages = ["sk", "ru"]
[[desk]]
number = 3
institution = "police"
services = ["residence"]
minutes = 10
languages = ["sk"]
closes = 11:00:00
[[mediator]]
languages = ["ar", "en"]
[[mediator]]
languages = ["uk", "ru"]
[[precedence]]
before = "legal"
after = "residence"
""")
SERVICES = ("legal", "social", "residence")
CONTACTS = tuple(Contact(kind="email", address=f"{name}@example.org") for name in ("a", "b"))

some = st.integers(0, 10_000)
"""Which of the things at hand is meant; taken modulo how many there are."""
people = st.fixed_dictionaries(
    {
        "services": st.sets(st.sampled_from(SERVICES), min_size=1),
        "adults": st.integers(1, 2),
        "children": st.integers(0, 1),
        "split": st.booleans(),
        "languages": st.sampled_from([("en",), ("uk",), ("ar",), ("vi",), ("sk",)]),
        "interpreter": st.sampled_from(Interpreter),
    }
)
slots = st.integers(0, 4)
AT_A_DESK = (
    "next",
    "next",
    "serve",
    "serve",
    "finish",
    "finish",
    "no_show",
    "no_show",
    "park",
    "recall",
    "wait",
    "wait",
)
minutes_at_desks = st.lists(st.tuples(st.sampled_from(AT_A_DESK), some), min_size=1, max_size=8)
minutes_of_waiting = st.sampled_from([1, 2, 3, 5, 20, 29, 31, 60, 240, 601, 900, 1800])


ALONE = {"adults": 1, "children": 0, "split": False, "languages": ("en",), "interpreter": Interpreter.NONE}


@dataclass(frozen=True, slots=True)
class Image:
    """One visit as it stood; versions left out, because every change raises them."""

    visit: dict[str, Any]
    stops: dict[UUID, dict[str, Any]]
    members: dict[tuple[UUID, UUID], bool]
    calls: dict[int, dict[str, Any]]


class AnyDay(RuleBasedStateMachine):
    """The verbs of the product on one database, in any order; refusals are answers, anything else is a defect."""

    database: ClassVar[Database]

    hall: TestDay
    rows: DayRows
    before: dict[UUID, Image]

    @initialize()
    def publish(self) -> None:
        self.hall = make_test_day(self.database, file=FILE)
        limit = sa.update(days).where(days.c.id == self.hall.id).values(bookings_per_contact=1)
        self.database.write_now(lambda conn: conn.execute(limit))
        self.before = {}
        self.inside: set[UUID] = set()
        self.numbers: list[int] = []
        self.accepted: dict[UUID, set[UUID]] = {}
        self.seniority: dict[UUID, float] = {}
        self.images: dict[UUID, Image | None] = {}
        self.undone: set[UUID] = set()
        self.requests = 0
        self.mediators = self.database.read_now(mediator_ids, self.hall.id)
        self.look()
        for desk in self.hall.desks.values():
            self.do(set_desk_state, desk.id, DeskState.OPEN)
        for services in (("legal", "residence"), ("social",), ("legal", "social")):
            self.walk_in({**ALONE, "services": set(services)})
        self.hold({**ALONE, "services": {"legal"}}, slot=1, channel=Channel.PUBLIC, reserve=False)

    # -- how a step runs -----------------------------------------------------------------------------------

    def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one action now and look at what it left; `None` when it was refused, and then nothing has changed."""
        kwargs.setdefault("actor", STAFF)
        self.before = {visit: image_of(self.rows, visit) for visit in self.rows.visits}
        try:
            result = self.database.write_now(action, *args, now=self.hall.now, day=self.hall.id, **kwargs)
        except Refusal:
            self.refused = True
            rows = self.rows
            self.look()
            assert dump(self.rows) == dump(rows)
            return None
        self.refused = False
        self.look()
        self.keep_images()
        return result

    def look(self) -> None:
        self.rows = self.database.read_now(DayRows, self.hall.id)
        self.acts = self.database.read_now(all_acts, self.hall.id)

    def keep_images(self) -> None:
        """Remember, for every act made in this step, how its visit stood before; the first act of a visit only."""
        visits = {stop.id: stop.visit_id for stop in self.rows.stops}
        seen: set[UUID | None] = set()
        for act in self.acts:
            if act.id not in self.images:
                visit = visits[act.stop_id]
                self.images[act.id] = self.before.get(visit) if visit not in seen else None
                seen.add(visit)

    def one(self, which: int, rows: list[Any]) -> Any:
        return rows[which % len(rows)]

    def stops_in(self, *states: StopState) -> list[Row]:
        return [stop for stop in self.rows.stops if stop.state in states]

    def visits_in(self, *states: VisitState) -> list[Row]:
        return [visit for visit in self.rows.visits.values() if visit.state in states]

    def bookings_in(self, *states: BookingState) -> list[Row]:
        return [booking for booking in self.rows.bookings if booking.state in states]

    def recent_acts(self) -> list[Row]:
        return [act for act in self.acts if act.undone_at is None and act.at >= self.hall.now - timedelta(minutes=1)]

    def wish(self, asked: dict[str, Any]) -> Wish:
        members = party_of(adults=asked["adults"], children=asked["children"])
        wanted = [self.hall.service(key) for key in sorted(asked["services"])]
        alone = {service: {1 + nth % asked["adults"]} for nth, service in enumerate(wanted)}
        return make_wish(
            self.hall.offer,
            services=wanted,
            members=members,
            languages=asked["languages"],
            interpreter=asked["interpreter"],
            display_language="en",
            together=alone if asked["split"] else None,
        )

    def saw(self, party: UUID, wish: Wish) -> None:
        named = {service.id: service.institution.id for service in self.hall.offer.services}
        self.accepted[party] = {named[stop.service] for stop in wish.stops}

    # -- booking ---------------------------------------------------------------------------------------------

    @rule(asked=people, slot=slots, channel=st.sampled_from(Channel), reserve=st.booleans())
    def hold(self, asked: dict[str, Any], slot: int, channel: Channel, reserve: bool) -> None:
        wish = self.wish(asked)
        more: dict[str, Any] = {"channel": channel, "with_reserve": reserve, "hold_minutes": 10}
        if (held := self.do(hold_arrival, self.hall.id, wish, arrival_at=self.arrival(slot), **more)) is not None:
            self.saw(held.party, wish)

    @precondition(lambda self: self.bookings_in(BookingState.HELD))
    @rule(which=some, contact=st.sets(st.sampled_from(CONTACTS), max_size=1))
    def confirm(self, which: int, contact: set[Contact]) -> None:
        """Confirmed under a request key; the same request again has no second effect, another body none at all (R4)."""
        held = self.bookings_in(BookingState.HELD, BookingState.EXPIRED)
        self.requests += 1
        key = RequestKey(scope="machine", route="confirm", key=f"{self.hall.id}-{self.requests}", body=b"first")
        hold = self.one(which, held).id
        first = self.do(confirm_once, key, hold, tuple(contact))
        if first is None:
            return
        self.numbers.append(int(first.body))
        rows = self.rows
        assert self.do(confirm_once, key, hold, tuple(contact)) == replace(first, repeated=True)
        assert self.do(confirm_once, replace(key, body=b"other"), hold, tuple(contact)) == "key reused"
        assert dump(self.rows) == dump(rows)

    @precondition(lambda self: self.rows.bookings)
    @rule(which=some, slot=slots, verb=st.sampled_from(["extend", "release", "expire", "move", "move", "cancel"]))
    def change_booking(self, which: int, slot: int, verb: str) -> None:
        held, confirmed = self.bookings_in(BookingState.HELD), self.bookings_in(BookingState.CONFIRMED)
        hold, booking = self.one(which, held or self.rows.bookings), self.one(which, confirmed or self.rows.bookings)
        match verb:
            case "extend":
                self.do(extend_hold, hold.id, minutes=5 * slot)
            case "release":
                self.do(release_hold, hold.id)
            case "expire":
                self.do(expire_now, self.hall.id)
            case "move":
                at = self.arrival(slot)
                self.do(move_booking, booking.party_id, arrival_at=at, with_reserve=bool(which % 2))
            case _:
                self.do(cancel_booking, booking.party_id)

    def arrival(self, slot: int) -> datetime:
        return self.hall.day.opens_at + slot * timedelta(minutes=30)

    # -- arriving --------------------------------------------------------------------------------------------

    @precondition(lambda self: self.bookings_in(BookingState.CONFIRMED))
    @rule(which=some)
    def arrive(self, which: int) -> None:
        known = self.bookings_in(BookingState.CONFIRMED, BookingState.ARRIVED)
        if (came := self.do(check_in, self.one(which, known).party_id)) is not None:
            assert came.again == (came.visit in self.inside)
            self.inside.add(came.visit)

    @precondition(lambda self: self.bookings_in(BookingState.ARRIVED))
    @rule(which=some)
    def take_arrival_back(self, which: int) -> None:
        visit = self.one(which, [visit.id for visit in self.rows.visits.values() if not visit.walk_in])
        self.do(undo_check_in, visit)
        if visit not in self.rows.visits:
            self.inside.remove(visit)

    @rule(asked=people)
    def walk_in(self, asked: dict[str, Any]) -> None:
        wish = self.wish(asked)
        if (issued := self.do(issue_walk_in, self.hall.id, wish, key=KEY, how="kiosk")) is not None:
            ticket, visit = issued
            self.numbers.append(ticket.number)
            self.inside.add(visit)
            self.saw(ticket.party, wish)

    # -- desks -----------------------------------------------------------------------------------------------

    @rule(number=st.integers(1, 3), state=st.sampled_from([DeskState.OPEN, DeskState.OPEN, *DeskState]))
    def turn_desk(self, number: int, state: DeskState) -> None:
        self.do(set_desk_state, self.hall.desks[number].id, state)

    def press_next(self, number: int, standing: bool) -> None:
        self.do(call_next, self.hall.desks[number].id, standing=standing)

    @rule(acts=minutes_at_desks)
    def work(self, acts: list[tuple[str, int]]) -> None:
        """Some minutes of what officers do most."""
        self.work_now(acts)

    def work_now(self, acts: list[tuple[str, int]]) -> None:
        for act, which in acts:
            self.at_a_desk(act, which)
            self.everything_holds()

    @rule(acts=minutes_at_desks)
    def work_on(self, acts: list[tuple[str, int]]) -> None:
        """The same again, because little happens on a day on which nobody works."""
        self.work_now(acts)

    def at_a_desk(self, act: str, which: int) -> None:
        called, serving = self.stops_in(StopState.CALLED), self.stops_in(StopState.SERVING)
        if act == "next":
            self.press_next(1 + which % 3, standing=bool(which % 2))
        elif act == "all next":
            for number in (1, 2, 3):
                self.press_next(number, standing=True)
        elif act == "wait":
            self.time_passes((3, 10, 300, 600)[which % 4])
        elif act in {"finish", "park"} and serving + called:
            self.do(finish if act == "finish" else park, self.one(which, serving + called).id)
        elif act in {"serve", "no_show", "recall"} and called:
            self.do({"serve": serve, "no_show": no_show, "recall": recall}[act], self.one(which, called).id)

    @precondition(lambda self: self.stops_in(*AT_DESK, StopState.PARKED))
    @rule(which=some, desk=st.sampled_from([None, 1, 2, 3]), service=st.sampled_from([None, *SERVICES]))
    def send_on(self, which: int, desk: int | None, service: str | None) -> None:
        where = self.hall.desks[desk].id if desk else None
        what = self.hall.service(service) if service else None
        self.do(transfer, self.one(which, self.stops_in(*AT_DESK, StopState.PARKED)).id, desk=where, service=what)

    @precondition(lambda self: self.rows.stops)
    @rule(
        which=some, verb=st.sampled_from([serve, finish, no_show, park, drop_stop, accept_stop, transfer, bring_back])
    )
    def press_an_old_button(self, which: int, verb: Callable[..., Any]) -> None:
        """Any verb on any stop, as from a page that was left open."""
        more = {accept_stop: {"how": "phone"}, transfer: {"desk": self.hall.desks[1].id}}
        self.do(verb, self.one(which, self.rows.stops).id, **more.get(verb, {}))
        self.learn_consent()

    @rule(which=some, act=st.sampled_from([*AT_A_DESK, "transfer", "add", "drop", "leave"]), seconds=st.integers(0, 31))
    def slip(self, which: int, act: str, seconds: int) -> None:
        """A slip of the finger, taken back some seconds later."""
        waiting, inside = self.stops_in(StopState.WAITING), self.visits_in(VisitState.OPEN)
        if act in AT_A_DESK:
            self.at_a_desk(act, which)
        elif act == "add" and inside:
            self.propose(which, SERVICES[which % 3], accepted=bool(which % 2))
        elif act == "leave" and inside:
            self.go_home(which)
        elif act == "drop" and waiting:
            self.do(drop_stop, self.one(which, waiting).id)
        elif act == "transfer" and self.stops_in(*AT_DESK):
            self.send_on(which, desk=1 + which % 2, service=None)
        self.time_passes(seconds)
        if self.recent_acts():
            self.take_back(0)

    @precondition(lambda self: self.recent_acts())
    @rule(back=st.integers(0, 2))
    def take_back(self, back: int) -> None:
        """Undo the last act at a stop: everything of the visit is as it was, or nothing has changed."""
        recent = self.recent_acts()
        known = {act.id for act in self.acts if act.undone_at is not None}
        if self.do(undo, recent[-1 - back % len(recent)].stop_id) is None:
            return
        (act,) = [act for act in self.acts if act.undone_at is not None and act.id not in known]
        visit = next(stop.visit_id for stop in self.rows.stops if stop.id == act.stop_id)
        self.undone.add(visit)
        last = [fact.kind for fact in self.rows.facts if fact.visit_id == visit][-1]
        before = self.images[act.id]
        if before is not None and last == "ActUndone":
            left = difference(before, restored(image_of(self.rows, visit), before))
            assert left == {}, left

    @rule(which=some, verb=st.sampled_from(["pause", "go on", "go on", "need", "lost", "mediator", "not ready"]))
    def something_small(self, which: int, verb: str) -> None:
        visits, mediator = list(self.rows.visits), self.one(which, self.mediators)
        match verb:
            case "pause" | "go on":
                self.do(set_paused, self.hall.id, paused=verb == "pause", why="")
                self.tick()
            case "need":
                self.do(set_need, self.one(which, visits), need=bool(which % 2))
            case "lost":
                self.do(new_code, party=self.one(which, list(self.rows.parties)), key=KEY)
            case "mediator":
                self.do(set_mediator_state, mediator, self.one(which, [MediatorState.FREE, *MediatorState]))
            case _:
                self.do(stand_down, self.hall.desks[1 + which % 3].id)

    # -- her route -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.visits_in(VisitState.OPEN))
    @rule(which=some, service=st.sampled_from(SERVICES), accepted=st.booleans())
    def propose(self, which: int, service: str, accepted: bool) -> None:
        visit, offered = self.one(which, list(self.rows.visits.values())), self.hall.service(service)
        how = "said_to_officer" if accepted else None
        if self.do(propose_stop, visit.id, offered, accepted_how=how) is not None and accepted:
            self.accepted[visit.party_id].add(self.institution_of(offered))

    @precondition(lambda self: self.stops_in(StopState.PROPOSED))
    @rule(which=some, yes=st.booleans())
    def answer(self, which: int, yes: bool) -> None:
        stop = self.one(which, self.stops_in(StopState.PROPOSED, StopState.DECLINED))
        if yes:
            self.do(accept_stop, stop.id, how="phone")
            self.learn_consent()
        else:
            self.do(decline_stop, stop.id)

    @precondition(lambda self: self.visits_in(VisitState.OPEN))
    @rule(which=some, verb=st.sampled_from([step_out, come_back]))
    def go_for_air(self, which: int, verb: Callable[..., Any]) -> None:
        out = [visit for visit in self.visits_in(VisitState.OPEN) if visit.stepped_out_at is not None]
        visits = out if verb is come_back and out else self.visits_in(VisitState.OPEN)
        self.do(verb, self.one(which, visits).id)

    @precondition(lambda self: len(self.visits_in(VisitState.OPEN)) > 2)
    @rule(which=some)
    def go_home(self, which: int) -> None:
        self.do(leave, self.one(which, self.visits_in(VisitState.OPEN)).id, reason=VisitReason.OWN_WISH)

    def learn_consent(self) -> None:
        """Whoever said yes on her phone has seen the institution's name there."""
        for stop in self.rows.stops:
            if stop.consent_how == "phone":
                self.accepted[stop.party_id].add(stop.institution_id)

    def institution_of(self, service: UUID) -> UUID:
        return next(offered.institution.id for offered in self.hall.offer.services if offered.id == service)

    # -- time ------------------------------------------------------------------------------------------------

    @rule(seconds=minutes_of_waiting)
    def time_passes(self, seconds: int) -> None:
        """Time passes and the job runs that calls for ready desks what only time made callable."""
        self.hall.later(seconds=seconds)
        self.tick()

    def tick(self) -> None:
        """What the job does each second."""
        self.before = {visit: image_of(self.rows, visit) for visit in self.rows.visits}
        self.database.write_now(match, self.hall.id, now=self.hall.now, day=self.hall.id)
        self.look()
        self.keep_images()

    # -- what holds after every step ----------------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        self.every_promise_holds()
        self.who_came_in_waits_or_is_served_or_is_done()
        self.seniority_never_falls()
        self.numbers_are_new()
        self.nobody_meets_an_institution_she_did_not_accept()
        self.a_ready_desk_has_nobody_to_call()

    def every_promise_holds(self) -> None:
        assert audit_day(self.rows, now=self.hall.now) == []

    def who_came_in_waits_or_is_served_or_is_done(self) -> None:
        open_stops = {stop.visit_id: stop for stop in self.rows.stops if stop.state in STOP_OPEN - AT_DESK}
        serving = {stop.visit_id for stop in self.stops_in(*AT_DESK)}
        waiting = {visit.id for visit in self.visits_in(VisitState.OPEN) if visit.id in open_stops} - serving
        done = {visit.id for visit in self.visits_in(*(frozenset(VisitState) - {VisitState.OPEN}))}
        assert self.inside == waiting | serving | done
        assert len(self.inside) == len(waiting) + len(serving) + len(done)

    def seniority_never_falls(self) -> None:
        now = {
            visit.id: max(0.0, waited_seconds(visit.waited_seconds, visit.waiting_since_at, self.hall.now))
            for visit in self.visits_in(VisitState.OPEN)
        }
        fallen = {visit for visit, had in self.seniority.items() if now.get(visit, had) < had}
        assert fallen <= self.undone
        self.seniority = now
        self.undone = set()

    def numbers_are_new(self) -> None:
        assert len(self.numbers) == len(set(self.numbers))
        given = [party.number for party in self.rows.parties.values() if party.number is not None]
        assert sorted(self.numbers) == sorted(given)

    def nobody_meets_an_institution_she_did_not_accept(self) -> None:
        for stop in self.stops_in(
            *(frozenset(StopState) - {StopState.PROPOSED, StopState.DECLINED, StopState.DROPPED})
        ):
            assert stop.institution_id in self.accepted[stop.party_id]

    def a_ready_desk_has_nobody_to_call(self) -> None:
        if self.rows.day.paused_at is None:
            hall = self.database.read_now(load_hall, self.hall.id, now=self.hall.now)
            for desk in hall.ready_desks(self.hall.now):
                assert calling_rule(desk, hall.waiting, hall.state, self.hall.now) is None

    def teardown(self) -> None:
        """The day closes over whatever is left; afterwards no old button opens anything again."""
        if not hasattr(self, "rows"):
            return
        for stop in self.stops_in(StopState.SERVING):
            self.do(finish, stop.id)
        inside = self.visits_in(VisitState.OPEN)
        closed = self.do(close_quietly, self.hall.id)
        assert closed == len(inside)
        if inside:
            self.do(close_day, self.hall.id, reason="alarm")
        self.look()
        closed = dump(self.rows)
        for act in self.recent_acts()[-3:]:
            self.do(undo, act.stop_id)
        for stop in self.stops_in(StopState.MISSED):
            self.do(bring_back, stop.id)
        assert dump(self.rows) == closed
        self.every_promise_holds()


def confirm_once(
    conn: sa.Connection, key: RequestKey, hold: UUID, contact: tuple[Contact, ...], *, actor: Any, now: datetime
) -> Answer | str:
    """Confirm a hold under a request key, as the doors do it."""

    def act() -> Answer:
        return Answer(
            201, str(confirm_booking(conn, hold, key=KEY, contact=contact, actor=actor, now=now).number).encode()
        )

    try:
        return answer_once(conn, key, now, act)
    except KeyReused:
        return "key reused"


def close_quietly(conn: sa.Connection, day: UUID, *, actor: Any, now: datetime) -> int:
    """Close the day if nobody is inside; gives how many are."""
    try:
        close_day(conn, day, actor=actor, now=now)
    except DayStillInside as refusal:
        return int(refusal.params["count"])
    return 0


def image_of(rows: DayRows, visit: UUID) -> Image:
    """A visit with its stops, members and calls."""
    stops = {stop.id: _plain(stop) for stop in rows.stops_of.get(visit, [])}
    return Image(
        visit=_plain(rows.visits[visit]),
        stops=stops,
        members={(link.stop_id, link.member_id): link.active for link in rows.stop_members if link.stop_id in stops},
        calls={call.id: _plain(call) for call in rows.calls if call.stop_id in stops},
    )


def restored(now: Image, before: Image) -> Image:
    """The image after an undo without what may stay of the act: added stops, dropped, and calls that ended undone."""
    added = {stop for stop in now.stops if stop not in before.stops}
    assert {now.stops[stop]["state"] for stop in added} <= {StopState.DROPPED}
    made = {call for call in now.calls if call not in before.calls}
    assert {now.calls[call]["outcome"] for call in made} <= {"undone"}
    return Image(
        visit=now.visit,
        stops={stop: row for stop, row in now.stops.items() if stop not in added},
        members={link: active for link, active in now.members.items() if link[0] not in added},
        calls={call: row for call, row in now.calls.items() if call not in made},
    )


def difference(before: Image, now: Image) -> dict[str, tuple[Any, Any]]:
    """What is not as it was, by row and column."""

    def flat(image: Image) -> dict[str, Any]:
        tables = {"visit": {"": image.visit}, "stop": image.stops, "call": image.calls}
        cells = {
            f"{table} {key} {column}": value
            for table, rows in tables.items()
            for key, row in rows.items()
            for column, value in row.items()
        }
        return cells | {f"member {link}": active for link, active in image.members.items()}

    old, new = flat(before), flat(now)
    return {key: (old.get(key), new.get(key)) for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def dump(rows: DayRows) -> list[Any]:
    """Everything of the day that could have changed."""
    tables = (rows.capacity, rows.claims, rows.bookings, rows.stops, rows.stop_members, rows.calls, rows.facts)
    whole = [
        rows.day,
        *rows.desks.values(),
        *rows.parties.values(),
        *rows.visits.values(),
        *(r for t in tables for r in t),
    ]
    return sorted((tuple(row) for row in whole), key=repr)


def all_acts(conn: sa.Connection, day: UUID) -> list[Row]:
    """The acts of the day in the order they were made."""
    return list(conn.execute(sa.select(acts).where(acts.c.day_id == day).order_by(acts.c.at, acts.c.id)))


def expire_now(conn: sa.Connection, day: UUID, *, actor: Any, now: datetime) -> int:
    """What the job does that marks holds whose time is over."""
    return expire_holds(conn, day, now=now)


def mediator_ids(conn: sa.Connection, day: UUID) -> list[UUID]:
    """The mediators of the day."""
    return list(
        conn.execute(sa.select(mediators.c.id).where(mediators.c.day_id == day).order_by(mediators.c.label)).scalars()
    )


def _plain(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "version"}
