"""A day in which anything may happen in any order; after every step the promises are audited."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from onestop.booking.actions.bookings import cancel_booking, extend_hold, hold_arrival, move_booking, release_hold
from onestop.booking.contacts import Contact
from onestop.booking.tickets import new_code
from onestop.booking.wish import Wish, make_wish
from onestop.days.actions import set_paused
from onestop.days.tables import days
from onestop.db.idempotency import RequestKey
from onestop.domain.booking import BookingState, Channel
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.operational import OperationalNeed
from onestop.domain.party import party_of
from onestop.domain.roles import VISITOR
from onestop.domain.visit import AT_DESK, StopState, VisitReason, VisitState
from onestop.referrals.reactor import keep_referrals
from onestop.visits.actions.arrivals import check_in, issue_walk_in, undo_check_in
from onestop.visits.actions.calls import call_next, finish, no_show, park, recall, serve, transfer
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.desks import set_desk_state, stand_down
from onestop.visits.actions.door import bring_back
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.actions.put_off import put_off
from onestop.visits.actions.route import (
    accept_stop,
    come_back,
    drop_stop,
    leave,
    set_needs,
    step_out,
)
from onestop.visits.actions.undo import undo
from tests.halls import KEY, STAFF, make_test_day
from tests.visits.day_beside import some
from tests.visits.day_route import RouteDay
from tests.visits.images import difference, dump, image_of, restored
from tests.visits.small_day import ALONE, CONTACTS, FILE, SERVICES, people
from tests.visits.verbs import close_quietly, confirm_once, expire_now, new_account
from tests.visits.watched_day import NothingThere

slots = st.integers(0, 4)
AT_A_DESK = (
    *("next", "all next", "serve", "serve", "finish", "finish", "no_show", "no_show"),
    *("park", "recall", "wait", "air", "undo", "undo", "not ready"),
)
_TAKEN_BACK = (
    *("next", "serve", "finish", "no_show", "park", "transfer", "add", "drop", "refuse", "leave"),
    *("talk alone", "own way", "own way", "otherwise"),
)
_OLD_BUTTONS = (serve, finish, no_show, park, drop_stop, accept_stop, transfer, bring_back)
_STEPS: dict[str, tuple[int, dict[str, st.SearchStrategy[Any]]]] = {
    "hold": (3, {"asked": people, "slot": slots, "channel": st.sampled_from(Channel), "reserve": st.booleans()}),
    "confirm": (3, {"which": some, "contact": st.sets(st.sampled_from(CONTACTS), max_size=1)}),
    "change_booking": (
        3,
        {
            "which": some,
            "slot": slots,
            "verb": st.sampled_from(["extend", "release", "expire", "move", "move", "cancel"]),
        },
    ),
    "arrive": (3, {"which": some}),
    "take_arrival_back": (1, {"which": some}),
    "walk_in": (2, {"asked": people}),
    "turn_desk": (2, {"number": st.integers(1, 3), "state": st.sampled_from([DeskState.OPEN, *DeskState])}),
    "work": (8, {"acts": st.lists(st.tuples(st.sampled_from(AT_A_DESK), some), min_size=1, max_size=6)}),
    "send_on": (
        2,
        {"which": some, "desk": st.sampled_from([None, 1, 2]), "service": st.sampled_from([None, *SERVICES])},
    ),
    "press_an_old_button": (2, {"which": some, "verb": st.sampled_from(_OLD_BUTTONS)}),
    "slip": (6, {"which": some, "act": st.sampled_from(_TAKEN_BACK), "seconds": st.sampled_from([0, 2, 3, 20, 31])}),
    "take_back": (1, {"back": slots}),
    "go_apart": (
        3,
        {"which": some, "mark": st.integers(1, 3), "how": st.sampled_from(["next", "later", "own", "here"])},
    ),
    "come_otherwise": (
        2,
        {
            "which": some,
            "stay": st.sets(st.integers(1, 3), min_size=1),
            "children": st.integers(0, 1),
            "tongue": st.sampled_from(["en", "uk", "ar"]),
        },
    ),
    "something_small": (
        2,
        {"which": some, "verb": st.sampled_from(["pause", "need", "lost", "mediator", "not ready"])},
    ),
    "something_beside": (2, {"which": some, "verb": st.sampled_from(["be", "be none", "leave talk", "note", "help"])}),
    "send_elsewhere": (2, {"which": some, "service": st.sampled_from(SERVICES)}),
    "propose": (1, {"which": some, "service": st.sampled_from(SERVICES), "accepted": st.booleans()}),
    "answer": (2, {"which": some, "yes": st.booleans()}),
    "go_for_air": (2, {"which": some, "verb": st.sampled_from([step_out, come_back])}),
    "go_home": (1, {"which": some}),
    "come_in_again": (2, {"which": some, "service": st.sampled_from([None, *SERVICES])}),
    "time_passes": (2, {"seconds": st.sampled_from([1, 3, 29, 31, 60, 240, 601, 1800])}),
}
"""Every verb, how often it is tried, and with what; one rule for all, because rules left out would leave nobody."""
steps = st.sampled_from([name for name, (often, _) in _STEPS.items() for _ in range(often)]).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(_STEPS[name][1]))
)


class AnyDay(RouteDay):
    """The verbs of the product on one database, in any order; refusals are answers, anything else is a defect."""

    @initialize()
    def publish(self) -> None:
        self.hall = make_test_day(self.database, file=FILE)
        if keep_referrals not in self.database.reactors:
            self.database.reactors.append(keep_referrals)
        self.accounts = [self.database.write_now(new_account) for _ in range(2)]
        limit = sa.update(days).where(days.c.id == self.hall.id).values(bookings_per_contact=1)
        self.database.write_now(lambda conn: conn.execute(limit))
        self.start_watching()
        for desk in self.hall.desks.values():
            self.do(set_desk_state, desk.id, DeskState.OPEN)
        self.walk_in({**ALONE, "services": {"legal", "residence"}})
        for adults in (2, 3):
            self.walk_in({**ALONE, "adults": adults, "services": {"legal", "social"}})
        for slot in (1, 3):
            self.hold({**ALONE, "services": {"legal"}}, slot=slot, channel=Channel.PUBLIC, reserve=False)
        self.confirm(0, set(CONTACTS[:1]))

    @rule(step=steps)
    def step(self, step: tuple[str, dict[str, Any]]) -> None:
        name, how = step
        with suppress(NothingThere):
            getattr(self, name)(**how)

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

    def hold(self, asked: dict[str, Any], slot: int, channel: Channel, reserve: bool) -> None:
        wish = self.wish(asked)
        more: dict[str, Any] = {"channel": channel, "with_reserve": reserve, "hold_minutes": 10}
        if (held := self.do(hold_arrival, self.hall.id, wish, arrival_at=self.arrival(slot), **more)) is not None:
            self.saw(held.party, wish)

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

    def arrive(self, which: int) -> None:
        known = self.bookings_in(BookingState.CONFIRMED, BookingState.ARRIVED)
        if (came := self.do(check_in, self.one(which, known).party_id)) is not None:
            assert came.again == (came.visit in self.inside)
            self.inside.add(came.visit)

    def take_arrival_back(self, which: int) -> None:
        visit = self.one(which, [visit.id for visit in self.rows.visits.values() if not visit.walk_in or not which % 9])
        self.do(undo_check_in, visit)
        if visit not in self.rows.visits:
            self.inside.remove(visit)

    def walk_in(self, asked: dict[str, Any]) -> None:
        wish = self.wish(asked)
        if (issued := self.do(issue_walk_in, self.hall.id, wish, key=KEY, how="kiosk")) is not None:
            ticket, visit = issued
            self.numbers.append(ticket.number)
            self.inside.add(visit)
            self.saw(ticket.party, wish)

    # -- desks -----------------------------------------------------------------------------------------------

    def turn_desk(self, number: int, state: DeskState) -> None:
        self.do(set_desk_state, self.hall.desks[number].id, state)

    def press_next(self, number: int, standing: bool) -> None:
        self.do(call_next, self.hall.desks[number].id, standing=standing)

    def work(self, acts: list[tuple[str, int]]) -> None:
        """Some minutes of what officers do most."""
        for act, which in acts:
            with suppress(NothingThere):
                self.at_a_desk(act, which)
            self.everything_holds()

    def at_a_desk(self, act: str, which: int) -> None:
        called, serving = self.stops_in(StopState.CALLED), self.stops_in(StopState.SERVING)
        if act == "next":
            self.press_next(1 + which % 3, standing=bool(which % 2))
        elif act == "all next":
            for number in (1, 2, 3):
                self.press_next(number, standing=True)
        elif act == "wait":
            self.time_passes((3, 10, 300, 600)[which % 4])
        elif act == "undo":
            self.take_back(which % 4)
        elif act == "air":
            visit = self.one(which, self.visits_in(VisitState.OPEN)).id
            self.do(step_out, visit)
            self.at_a_desk("all next", which)
            self.do(come_back, visit)
        elif act == "not ready":
            stop = self.one(which, called)
            self.do(put_off, stop.visit_id, out=bool(which % 2), actor=VISITOR if which % 3 else STAFF)
            if not self.refused:
                assert stop.id not in {row.id for row in self.stops_in(*AT_DESK)}
        elif act in {"finish", "park"}:
            self.do(finish if act == "finish" else park, self.one(which, serving or called).id)
        else:
            verb = {"serve": serve, "no_show": no_show, "recall": recall}[act]
            self.do(verb, self.one(which, called).id)

    def send_on(self, which: int, desk: int | None, service: str | None) -> None:
        where = self.hall.desks[desk].id if desk else None
        what = self.hall.service(service) if service else None
        self.do(transfer, self.one(which, self.stops_in(*AT_DESK, StopState.PARKED)).id, desk=where, service=what)

    def press_an_old_button(self, which: int, verb: Callable[..., Any]) -> None:
        """Any verb on any stop, as from a page that was left open."""
        more = {accept_stop: {"how": "phone"}, transfer: {"desk": self.hall.desks[1].id}}
        self.do(verb, self.one(which, self.rows.stops).id, **more.get(verb, {}))
        self.learn_consent()

    def slip(self, which: int, act: str, seconds: int) -> None:
        """A slip of the finger, taken back some seconds later."""
        waiting, inside = self.stops_in(StopState.WAITING), self.visits_in(VisitState.OPEN)
        if act == "add":
            self.propose(which, SERVICES[which % 3], accepted=bool(which % 2))
        elif act == "leave":
            self.do(leave, self.one(which, inside).id, reason=VisitReason.OWN_WISH)
        elif act == "drop":
            self.do(drop_stop, self.one(which, waiting).id)
        elif act == "refuse":
            stop = self.one(which, waiting).id
            self.do(drop_stop, stop, actor=VISITOR)
            if not self.refused:
                self.taken_off.add(stop)
        elif act == "otherwise":
            self.come_otherwise(which, {1, 1 + which % 3}, which % 2, "ar")
        elif act == "transfer":
            self.send_on(which, desk=1 + which % 2, service=None)
        elif act in {"talk alone", "own way"}:
            self.go_apart(which, 1 + which % 2, "next" if act == "talk alone" else ("own", "here")[which % 2])
        else:
            self.at_a_desk(act, which)
        self.time_passes(seconds)
        self.take_back(0)

    def take_back(self, back: int) -> None:
        """Undo the last act at a stop: everything of the visit is as it was, or nothing has changed."""
        stop = self.one(-1 - back, self.recent_acts()).stop_id
        act = [act for act in self.acts if act.stop_id == stop and act.undone_at is None][-1]
        stood = {visit: image_of(self.rows, visit) for visit in self.rows.visits}
        if self.do(undo, stop) is None:
            return
        before = self.images[act.id]
        concerned = set(before) if before is not None else {visit for visit in stood if str(visit) in act.after}
        self.undone |= concerned
        self.nobody_else_notices(stood, concerned)
        made = act.before.get("made")
        if made is not None:
            party = UUID(made["party"]["id"])
            assert party not in self.rows.parties
            assert party not in self.hanging
            gone = {visit for visit in concerned if visit not in self.rows.visits}
            self.inside -= gone
            self.numbers = [party.number for party in self.rows.parties.values() if party.number is not None]
        for visit, image in (before or {}).items():
            if image is None:  # there was none
                assert visit not in self.rows.visits
                continue
            own = {stop.id for stop in self.rows.stops if stop.visit_id == visit}
            later = [other for other in self.acts if (other.at, other.id) > (act.at, act.id)]
            since = [other.kind for other in later if other.stop_id in own and other.undone_at is None]
            assert since in ([], ["call"])  # a desk that stands by may call her again at once
            if since:
                continue
            left = difference(image, restored(image_of(self.rows, visit), image))
            assert left == {}, left
            party = self.rows.visits[visit].party_id
            assert self.hanging.get(party) == self.beside[act.id].get(party) or made is None

    def something_small(self, which: int, verb: str) -> None:
        visits, mediator = list(self.rows.visits), self.one(which, self.mediators)
        match verb:
            case "pause":
                self.do(set_paused, self.hall.id, paused=self.rows.day.paused_at is None, why="")
                self.tick()
            case "need":
                self.do(set_needs, self.one(which, visits), needs=list(OperationalNeed)[: which % 3])
            case "lost":
                self.do(new_code, party=self.one(which, list(self.rows.parties)), key=KEY)
            case "mediator":
                self.do(set_mediator_state, mediator, self.one(which, [MediatorState.FREE, *MediatorState]))
            case _:
                self.do(stand_down, self.hall.desks[1 + which % 3].id)

    # -- time ------------------------------------------------------------------------------------------------

    def time_passes(self, seconds: int) -> None:
        """Time passes and the job runs that calls for ready desks what only time made callable."""
        self.hall.later(seconds=seconds)
        self.tick()

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
