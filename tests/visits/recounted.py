"""The live overview counted again the slow way: every row of the day is read, and each figure is counted by itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.day import DeskState
from onestop.domain.intervals import after
from onestop.domain.risk import Inside, Risk, StopAtRisk, risks
from onestop.domain.visit import AT_DESK, LATE_GRACE, BlockedBy, StopState, VisitState, waited_seconds
from onestop.reports.violations import DayRows, Row
from onestop.visits.queries.hall import spoken_here
from onestop.visits.queries.overview import DeskNow, Figures, MediatorNow, Overview, QueueNow
from onestop.visits.queries.risk import AtRisk


def recounted(conn: sa.Connection, day: UUID, times: Iterable[datetime], *, opens_at: datetime) -> list[Overview]:
    """What `overview` must say at each of these times."""
    rows = _Rows(conn, day)
    return [_Recount(rows, now=now, opens_at=opens_at).overview() for now in times]


class _Rows:
    """What does not hang on the time."""

    def __init__(self, conn: sa.Connection, day: UUID) -> None:
        self.rows = DayRows(conn, day)
        self.desks = desks_of_day(conn, day)
        self.mediators = mediators_of_day(conn, day)
        self.services = {row.id: row for row in conn.execute(sa.select(services))}
        self.houses = {row.id: row.name for row in conn.execute(sa.select(institutions))}
        self.people = [row.party_id for row in conn.execute(sa.select(members))]
        self.stops = [stop for stop in self.rows.stops if stop.visit_id is not None]
        self.inside = [visit for visit in self.rows.visits.values() if visit.state == VisitState.OPEN]
        busy = {row.member_id for row in self.rows.stop_members if row.active}
        elsewhere = {row.stop_id for row in self.rows.stop_members if row.member_id in busy}
        in_hall = {visit.id for visit in self.inside if visit.stepped_out_at is None}
        self.waiting = [
            stop
            for stop in self.stops
            if stop.state == StopState.WAITING and stop.visit_id in in_hall and stop.id not in elsewhere
        ]


class _Recount:
    def __init__(self, of: _Rows, *, now: datetime, opens_at: datetime) -> None:
        self.of, self.now, self.opens_at = of, now, opens_at

    def overview(self) -> Overview:
        at_risk = [line for visit in self.of.inside if (line := self._at_risk(visit)) is not None]
        private = [stop for stop in self.of.waiting if stop.private]
        open_lines = {stop.service_id for stop in self.of.waiting if not stop.private}
        lines = sorted(open_lines, key=lambda each: (self.of.services[each].position, self.of.services[each].key))
        queues = [
            self._queue(each, [s for s in self.of.waiting if s.service_id == each and not s.private]) for each in lines
        ]
        return Overview(
            figures=self._figures(),
            at_risk=tuple(sorted(at_risk, key=lambda line: (-line.minutes, line.number))),
            desks=tuple(self._desk(desk) for desk in self.of.desks),
            queues=(*queues, *([self._queue(None, private)] if private else [])),
            mediators=tuple(self._mediator(one) for one in self.of.mediators),
        )

    def _figures(self) -> Figures:
        booked = [each for each in self.of.rows.bookings if each.state == BookingState.CONFIRMED]
        parties = {visit.party_id for visit in self.of.inside}
        served = {stop.visit_id for stop in self.of.stops if stop.state in AT_DESK}
        out = [visit for visit in self.of.inside if visit.stepped_out_at is not None]
        states = [visit.state for visit in self.of.rows.visits.values()]
        return Figures(
            expected=len(booked),
            late=len([each for each in booked if each.arrival_at < self.now - LATE_GRACE]),
            inside=len(self.of.inside),
            people=len([party for party in self.of.people if party in parties]),
            waiting=len(self.of.inside) - len(served) - len(out),
            served=len(served),
            stepped_out=len(out),
            done=states.count(VisitState.COMPLETED),
            left=states.count(VisitState.LEFT) + states.count(VisitState.CARRIED_OVER),
        )

    def _at_risk(self, visit: Row) -> AtRisk | None:
        party = self.of.rows.parties[visit.party_id]
        spoken = spoken_here(self.of.desks, self.of.mediators, now=self.now)
        not_closed = [desk for desk in self.of.desks if desk.state is not DeskState.CLOSED]
        stops = [
            StopAtRisk(
                state=StopState(stop.state),
                blocked_by=BlockedBy(stop.blocked_by) if stop.blocked_by else None,
                no_shows=stop.no_shows,
                called_at=stop.called_at,
                ended_at=stop.ended_at,
                spoken=party.interpreter != Interpreter.NEEDED or spoken.reaches(party.languages, stop.service_id),
                has_desk=any(stop.service_id in desk.services for desk in not_closed),
            )
            for stop in self.of.stops
            if stop.visit_id == visit.id
        ]
        inside = Inside(
            checked_in_at=visit.checked_in_at,
            booked_at=visit.booked_at,
            waiting_since_at=visit.waiting_since_at,
            out_since_at=visit.stepped_out_at,
            stops=stops,
        )
        why = risks(inside, opens_at=self.opens_at, now=self.now)
        if not why:
            return None
        out = visit.stepped_out_at
        return AtRisk(
            party=party.id,
            number=party.number,
            minutes=self._waited(visit) if out is None else int((self.now - out).total_seconds() // 60),
            out=out is not None,
            why=why,
            languages=tuple(party.languages) if Risk.NOBODY_SPEAKS in why else (),
        )

    def _desk(self, desk: DeskRow) -> DeskNow:
        at = next((stop for stop in self.of.stops if stop.desk_id == desk.id and stop.state in AT_DESK), None)
        for_here = {
            stop.visit_id
            for stop in self.of.waiting
            if stop.service_id in desk.services and stop.only_desk_id in (None, desk.id)
        }
        begins = [starts for starts, ends in desk.openings if ends > self.now]
        later = desk.state is not DeskState.OPEN and bool(begins) and min(begins) > self.now
        return DeskNow(
            id=desk.id,
            number=desk.number,
            colour=desk.colour,
            shape=desk.shape,
            institution=desk.institution.name,
            state=desk.state,
            ready=desk.ready_until_at is not None and desk.ready_until_at > self.now,
            stop_state=None if at is None else StopState(at.state),
            session=False,
            ticket=None if at is None or at.private else self.of.rows.parties[at.party_id].number,
            minutes=0 if at is None else int((self.now - (at.served_at or at.called_at)).total_seconds() // 60),
            waiting=len(for_here),
            finished=len([s for s in self.of.stops if s.desk_id == desk.id and s.state == StopState.FINISHED]),
            in_hours=any(starts <= self.now < ends for starts, ends in desk.openings),
            comes_at=min(begins) if later else None,
            closes_at=desk.closes_at,
        )

    def _queue(self, service: UUID | None, own: list[Row]) -> QueueNow:
        wanted = {stop.service_id for stop in own}
        serving = [desk for desk in self.of.desks if any(each in desk.services for each in wanted)]
        left = sum(
            (ends - begins).total_seconds() / 60
            for desk in serving
            if desk.is_expected(self.now)
            for begins, ends in after(desk.openings, self.now)
        )
        opened = [desk for desk in serving if desk.state is DeskState.OPEN]
        titled = None if service is None else self.of.services[service]
        return QueueNow(
            key="" if titled is None else titled.key,
            institution="" if titled is None else self.of.houses[titled.institution_id],
            waiting=len(own),
            longest_minutes=max(self._waited(self.of.rows.visits[stop.visit_id]) for stop in own),
            open_desks=len(opened),
            closed_desks=len(serving) - len(opened),
            too_many=sum(stop.minutes for stop in own) > left,
        )

    def _mediator(self, one: MediatorRow) -> MediatorNow:
        at = next((stop for stop in self.of.stops if stop.mediator_id == one.id and stop.state in AT_DESK), None)
        return MediatorNow(
            id=one.id,
            label=one.label,
            state=one.state,
            languages=tuple(sorted(one.languages)),
            helping=at is not None,
            desk=None if at is None or at.private else self.of.rows.desks[at.desk_id].number,
            opens_at=one.opens_at,
            closes_at=one.closes_at,
        )

    def _waited(self, visit: Row) -> int:
        return max(0, int(waited_seconds(visit.waited_seconds, visit.waiting_since_at, self.now) // 60))
