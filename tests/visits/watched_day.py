"""A day that is looked at after every step: refusals change nothing, acts are remembered, the promises hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, invariant

from onestop.db.session import Database
from onestop.domain.booking import BookingState
from onestop.domain.calling import calling_rule
from onestop.domain.errors import Refusal
from onestop.domain.risk import LONG_CALL, LONG_DAY, LONG_WAIT
from onestop.domain.visit import AT_DESK, STOP_OPEN, StopState, VisitState
from onestop.reports.verify import audit_day
from onestop.reports.violations import DayRows, Row
from onestop.visits.actions.matching import match
from onestop.visits.actions.undo import undo
from onestop.visits.queries.hall import load_hall, waited_seconds
from onestop.visits.queries.overview import overview
from tests.halls import STAFF, TestDay
from tests.visits.images import Around, Image, around, dump, image_of
from tests.visits.recounted import recounted
from tests.visits.verbs import all_acts, mediator_ids

LOOKED_AT = (timedelta(), LONG_CALL + timedelta(minutes=1), LONG_WAIT + timedelta(minutes=1), LONG_DAY)


class NothingThere(Exception):
    """The step has nothing to act on."""


class WatchedDay(RuleBasedStateMachine):
    """What every test of a whole day needs: `do` for a step, and what holds after it."""

    database: ClassVar[Database]

    hall: TestDay
    rows: DayRows
    before: dict[UUID, Image]

    def start_watching(self) -> None:
        self.before = {}
        self.versions: dict[str, int] = {}
        self.inside: set[UUID] = set()
        self.numbers: list[int] = []
        self.accepted: dict[UUID, set[UUID]] = {}
        self.taken_off: set[UUID] = set()
        self.seniority: dict[UUID, float] = {}
        self.images: dict[UUID, dict[UUID, Image | None] | None] = {}
        self.beside: dict[UUID, dict[UUID, Around]] = {}
        self.undone: set[UUID] = set()
        self.requests = 0
        self.mediators = self.database.read_now(mediator_ids, self.hall.id)
        self.look()

    def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one action now and look at what it left; `None` when it was refused, and then nothing has changed."""
        kwargs.setdefault("actor", STAFF)
        self.remember()
        had = self.seniorities()
        try:
            result = self.database.write_now(action, *args, now=self.hall.now, day=self.hall.id, **kwargs)
        except Refusal:
            self.refused = True
            rows = self.rows
            self.look()
            assert dump(self.rows) == dump(rows)
            assert self.hanging == self.hung
            return None
        self.refused = False
        self.look()
        self.keep_images()
        if action is not undo:  # no time has passed
            now = self.seniorities()
            assert {visit for visit in had.keys() & now.keys() if now[visit] < had[visit]} == set()
        return result

    def remember(self) -> None:
        """How every visit stands before a step."""
        self.before = {visit: image_of(self.rows, visit) for visit in self.rows.visits}
        self.hung = self.hanging
        self.versions = {str(row.id): row.version for row in (*self.rows.visits.values(), *self.rows.stops)}

    def look(self) -> None:
        self.rows = self.database.read_now(DayRows, self.hall.id)
        self.acts = self.database.read_now(all_acts, self.hall.id)
        self.hanging = self.database.read_now(around, self.hall.id)

    def keep_images(self) -> None:
        """Remember, for every act made in this step, how its visit stood before.

        Not where the step had changed the visit before this act: she came back, and a ready desk called her at once.
        """
        for act in self.acts:
            if act.id not in self.images:
                touched = [visit for visit in self.rows.visits if str(visit) in act.after]
                stood = {key: row["version"] for name in ("visits", "stops") for key, row in act.before[name].items()}
                untouched = stood.items() <= self.versions.items()
                self.images[act.id] = {visit: self.before.get(visit) for visit in touched} if untouched else None
                self.beside[act.id] = self.hung

    def nobody_else_notices(self, stood: dict[UUID, Image], concerned: set[UUID]) -> None:
        """An undo changes no row of a visit that its act did not touch, unless a desk that stands by calls."""
        for visit in self.rows.visits.keys() - concerned:
            now = image_of(self.rows, visit)
            assert now == stood[visit] or now.calls.keys() != stood[visit].calls.keys()

    def one(self, which: int, rows: list[Any]) -> Any:
        if not rows:
            raise NothingThere
        return rows[which % len(rows)]

    def stops_in(self, *states: StopState) -> list[Row]:
        return [stop for stop in self.rows.stops if stop.state in states]

    def visits_in(self, *states: VisitState) -> list[Row]:
        return [visit for visit in self.rows.visits.values() if visit.state in states]

    def bookings_in(self, *states: BookingState) -> list[Row]:
        return [booking for booking in self.rows.bookings if booking.state in states]

    def recent_acts(self) -> list[Row]:
        return [act for act in self.acts if act.undone_at is None and act.at >= self.hall.now - timedelta(minutes=1)]

    def tick(self) -> None:
        """What the job does each second."""
        self.remember()
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
        self.what_she_refused_stays_refused()
        self.a_ready_desk_has_nobody_to_call()
        self.the_overview_says_what_a_recount_of_every_row_says()

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
        now = self.seniorities()
        fallen = {visit for visit, had in self.seniority.items() if now.get(visit, had) < had}
        assert fallen <= self.undone
        self.seniority = now
        self.undone = set()

    def seniorities(self) -> dict[UUID, float]:
        """What every open visit has waited, in seconds."""
        return {
            visit.id: max(0.0, waited_seconds(visit.waited_seconds, visit.waiting_since_at, self.hall.now))
            for visit in self.visits_in(VisitState.OPEN)
        }

    def numbers_are_new(self) -> None:
        assert len(self.numbers) == len(set(self.numbers))
        given = [party.number for party in self.rows.parties.values() if party.number is not None]
        assert sorted(self.numbers) == sorted(given)

    def nobody_meets_an_institution_she_did_not_accept(self) -> None:
        for stop in self.stops_in(
            *(frozenset(StopState) - {StopState.PROPOSED, StopState.DECLINED, StopState.DROPPED})
        ):
            assert stop.institution_id in self.accepted[stop.party_id]

    def what_she_refused_stays_refused(self) -> None:
        assert not [
            stop.id for stop in self.rows.stops if stop.id in self.taken_off and stop.state != StopState.DROPPED
        ]

    def a_ready_desk_has_nobody_to_call(self) -> None:
        if self.rows.day.paused_at is None and any(desk.ready_until_at for desk in self.rows.desks.values()):
            hall = self.database.read_now(load_hall, self.hall.id, now=self.hall.now)
            for desk in hall.ready_desks(self.hall.now):
                assert calling_rule(desk, hall.waiting, hall.state, self.hall.now) is None

    def the_overview_says_what_a_recount_of_every_row_says(self) -> None:
        """Now, and what it would say later if nothing happened: then people have waited or been out for long."""
        times = [self.hall.now + later for later in LOOKED_AT]
        opens_at = self.hall.day.opens_at
        said = [self.database.read_now(overview, self.hall.id, now=now, opens_at=opens_at) for now in times]
        assert said == self.database.read_now(recounted, self.hall.id, times, opens_at=opens_at)
