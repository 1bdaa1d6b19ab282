"""What somebody takes home: what was done, where she goes next, and between which hours she was here."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.queries import CarriedTo, carried_to, members_of
from onestop.booking.tables import parties, stops
from onestop.days.queries.days import Day, day_by_id
from onestop.days.tables import desk_services, desks
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.places import Place, place_of
from onestop.directory.tables import institutions, services
from onestop.domain.errors import TicketUnknown
from onestop.domain.party import Member
from onestop.domain.referral import Target
from onestop.domain.visit import Outcome, StopState, VisitState
from onestop.referrals.tables import referrals
from onestop.visits.queries.carrying import days_to_carry_to
from onestop.visits.tables import acts, visits

COME_BACK = frozenset({Outcome.COME_AGAIN, Outcome.PAPERS_MISSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One conversation of the day. A private one has neither service nor institution, outcome nor papers (R19)."""

    stop: UUID
    private: bool
    service_key: str
    institution: str
    institution_id: UUID | None
    state: StopState
    left_behind: bool
    outcome: Outcome | None
    papers: tuple[Paper, ...]
    """What to bring there next time, where it is not finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Where she goes next."""

    id: UUID
    stop: UUID
    sender: UUID
    target: Target
    private: bool
    institution: str
    service_key: str
    papers: tuple[Paper, ...]
    place: Place | None
    day: Day | None
    reason: str
    by_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedHere:
    """A step that one desk added to her day, at whatever desks of the day it is."""

    service_key: str
    institution: str
    desks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSteps:
    """The sheet of one ticket; times are those of the visit, none before check-in."""

    party: UUID
    day: Day
    number: int
    name: str
    language: str
    members: tuple[Member, ...]
    answers: tuple[str, ...]
    visit_state: VisitState | None
    from_at: datetime | None
    to_at: datetime | None
    done: tuple[Done, ...]
    onward: tuple[Onward, ...]
    goes_on: CarriedTo | None
    goes_on_day: Day | None
    next_day: Day | None
    """The next of our days, where something has to go on and nobody said when."""
    of_one_talk: bool = False
    """Not the whole day: other steps may be left, and the sheet does not tell whether."""
    added: tuple[AddedHere, ...] = ()
    """On the sheet of one talk: what its desk added today."""

    def without_private(self) -> "NextSteps":
        """The same for everybody who is not her."""
        return replace(self, onward=tuple(each for each in self.onward if not each.private))

    def of_stop(self, stop: UUID, *, added: tuple[AddedHere, ...] = ()) -> "NextSteps":
        """What one desk may hand out: its own conversation, where it sent her and what it `added` today.

        Whatever she does elsewhere is not on it (R14).
        """
        comes_back = any(each.outcome in COME_BACK for each in self.done if each.stop == stop)
        return replace(
            self,
            done=tuple(each for each in self.done if each.stop == stop),
            onward=tuple(each for each in self.onward if each.stop == stop),
            goes_on=None,
            goes_on_day=None,
            next_day=self.next_day if comes_back else None,
            of_one_talk=True,
            added=added,
        )


def next_steps(conn: sa.Connection, party: UUID, *, now: datetime) -> NextSteps:
    """Everything of the sheet; a fixed number of statements, however many steps. Raises `TicketUnknown`."""
    row = conn.execute(
        sa.select(
            parties,
            visits.c.state.label("visit_state"),
            visits.c.checked_in_at,
            visits.c.ended_at,
        )
        .join_from(parties, visits, visits.c.party_id == parties.c.id, isouter=True)
        .where(parties.c.id == party, parties.c.number.is_not(None), parties.c.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    day = day_by_id(conn, row.day_id)
    done, onward = _done(conn, party), _onward(conn, party)
    goes_on = carried_to(conn, party)
    comes_back = goes_on is None and any(each.outcome in COME_BACK for each in done)
    comes_back = comes_back and not any(each.day is not None for each in onward)
    later = days_to_carry_to(conn, day, now=now) if comes_back else ()
    return NextSteps(
        party=party,
        day=day,
        number=row.number,
        name=row.name,
        language=row.display_language,
        members=members_of(conn, party),
        answers=tuple(row.answers),
        visit_state=VisitState(row.visit_state) if row.visit_state is not None else None,
        from_at=row.checked_in_at,
        to_at=row.ended_at,
        done=done,
        onward=onward,
        goes_on=goes_on,
        goes_on_day=day_by_id(conn, goes_on.day) if goes_on is not None else None,
        next_day=later[0] if later else None,
    )


def added_in_talk(conn: sa.Connection, stop: UUID) -> tuple[AddedHere, ...]:
    """The steps that the desk of a talk added to this visit; one statement.

    What she had already is among them like what was new, in whatever state it is: otherwise the sheet would tell what
    she does elsewhere (R14). Private services are left out (R19).
    """
    here = stops.alias()
    rows = conn.execute(
        sa.select(acts.c.id, services.c.key, institutions.c.name, desks.c.number)
        .join_from(here, acts, acts.c.desk_id == here.c.desk_id)
        .join(stops, sa.and_(stops.c.id == acts.c.stop_id, stops.c.visit_id == here.c.visit_id))
        .join(services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == services.c.institution_id)
        .join(desk_services, desk_services.c.service_id == services.c.id)
        .join(desks, sa.and_(desks.c.id == desk_services.c.desk_id, desks.c.day_id == here.c.day_id))
        .where(
            here.c.id == stop,
            acts.c.kind == "add_stop",
            acts.c.undone_at.is_(None),
            sa.not_(services.c.private),
            sa.not_(stops.c.private),
        )
        .order_by(acts.c.at, acts.c.id, desks.c.number)
    ).all()
    numbers: dict[tuple[str, str], dict[int, None]] = {}
    for row in rows:
        numbers.setdefault((row.key, row.name), {})[row.number] = None
    return tuple(
        AddedHere(service_key=key, institution=name, desks=tuple(sorted(at))) for (key, name), at in numbers.items()
    )


def _done(conn: sa.Connection, party: UUID) -> tuple[Done, ...]:
    rows = conn.execute(
        sa.select(stops, services.c.key, institutions.c.name)
        .join_from(stops, services)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .where(
            stops.c.party_id == party,
            stops.c.visit_id.is_not(None),
            stops.c.state.not_in([StopState.PROPOSED, StopState.DECLINED]),
        )
        .order_by(stops.c.ended_at.is_(None), stops.c.ended_at, stops.c.position, stops.c.id)
    ).all()
    papers = papers_by_service(conn)
    return tuple(
        Done(
            stop=row.id,
            private=row.private,
            service_key="" if row.private else row.key,
            institution="" if row.private else row.name,
            institution_id=None if row.private else row.institution_id,
            state=StopState(row.state),
            left_behind=row.left_behind,
            outcome=Outcome(row.outcome) if row.outcome and not row.private else None,
            papers=papers.get(row.service_id, ()) if not row.private and row.outcome in COME_BACK else (),
        )
        for row in rows
    )


def _onward(conn: sa.Connection, party: UUID) -> tuple[Onward, ...]:
    rows = conn.execute(
        sa.select(referrals, institutions.c.name, services.c.key)
        .join_from(referrals, institutions, institutions.c.id == referrals.c.to_institution_id, isouter=True)
        .join(services, services.c.id == referrals.c.to_service_id, isouter=True)
        .where(referrals.c.party_id == party, referrals.c.withdrawn_at.is_(None))
        .order_by(referrals.c.by_on.is_(None), referrals.c.by_on, referrals.c.made_at, referrals.c.id)
    ).all()
    papers = papers_by_service(conn)
    return tuple(
        Onward(
            id=row.id,
            stop=row.stop_id,
            sender=row.from_institution_id,
            target=Target(row.target),
            private=row.private,
            institution=row.name or "",
            service_key=row.key or "",
            papers=papers.get(row.to_service_id, ()),
            place=place_of(conn, row.place_id) if row.place_id is not None else None,
            day=day_by_id(conn, row.to_day_id) if row.to_day_id is not None else None,
            reason=row.reason,
            by_on=row.by_on,
        )
        for row in rows
    )
