"""Catching up: what happened on paper is entered line by line afterwards, in any order, each line once.

No call is made for it and its times are about right only, so it stands in no figure of waits; what the sheet says of a
stop is believed, what the rules promise holds: nobody is served twice, nobody is lost (R2, R8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.parties import add_stop
from onestop.booking.queries import booking_of_party
from onestop.booking.spares import is_leased, is_spare
from onestop.booking.tables import members, parties, stops
from onestop.booking.wish import make_wish
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.statements import row_of
from onestop.db.types import new_id
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.errors import MoveRefused
from onestop.domain.facts import Term
from onestop.domain.paper import (
    AT_A_DESK,
    ON_PAPER,
    OUTCOMES,
    SERVED_ON_PAPER,
    AtAnotherDesk,
    CameAlready,
    DeskMissing,
    DeskNeeded,
    EnteredAlready,
    GoesOnElsewhere,
    NotCome,
    NumberCancelled,
    NumberNotGiven,
    NumberOfMachine,
    PaperWord,
    WentAlready,
    WhichService,
    check_about,
)
from onestop.domain.party import party_of
from onestop.domain.roles import Actor
from onestop.domain.visit import AT_DESK, StopState, VisitReason, VisitState, after_no_show
from onestop.visits.actions.acts import keep_act, take_images
from onestop.visits.actions.arrivals import check_in, issue_on_paper
from onestop.visits.actions.matching import match
from onestop.visits.actions.route import come_again, come_back, leave, open_again
from onestop.visits.actions.rows import (
    Row,
    change_stop,
    change_visit,
    check_day_runs,
    end_call,
    end_visit_if_done,
    note,
    set_active,
    start_waiting,
    stop_row,
    visit_row,
)
from onestop.visits.tables import paper_entries, visits

ACT = "paper"
_BACK = frozenset({StopState.MISSED, StopState.DROPPED})
"""Stops that had ended without a talk and were served on paper all the same."""
_UNTOUCHED = frozenset({StopState.WAITING, StopState.BLOCKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a sheet: a number, what happened, about when; the desk and, where it gives several, the service.

    `fresh` is for somebody whose number no ticket has: she gets a new one.
    """

    number: int
    word: PaperWord
    about_at: datetime
    desk: int | None = None
    service: UUID | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became of a line; `brought` says whether the entry checked her in or gave a ticket nobody knew."""

    entry: UUID
    party: UUID
    number: int
    brought: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """Whom the line is about, once she is known to be here."""

    visit: Row
    number: int
    brought: str


def enter_line(conn: sa.Connection, day_id: UUID, line: Line, *, key: bytes, actor: Actor, now: datetime) -> Entered:
    """Enter one line from paper. Raises a `PaperRefused` that says what is so, or the day's refusal.

    Somebody booked who was not checked in is checked in; a spare ticket becomes a walk-in that did what the line says.
    """
    check_day_runs(conn, day_id)
    check_about(line.about_at, now=now)
    about = min(line.about_at, now)
    named = line.word in AT_A_DESK or (line.word is PaperWord.CAME and line.desk is not None)
    desk = _desk(conn, day_id, line) if named else None
    offer = day_offer(conn, day_id)
    here = _bring(conn, day_id, line, desk, offer, about=about, key=key, actor=actor, now=now)
    ago: dict[str, Term] = {"paper": True, "ago_seconds": int((now - about).total_seconds())}
    before = take_images(conn, here.visit.id)
    note(conn, "PaperEntered", now=now, actor=actor, visit=here.visit, terms={**ago, "how": line.word})
    told = _Telling(conn, here, line, about=about, ago=ago, actor=actor, now=now)
    if desk is None or line.word not in AT_A_DESK:
        stop = told.came() if line.word is PaperWord.CAME else told.went()
    else:
        stop = told.at_desk(desk, offer)
    # Kept as an act of reception: no desk takes it back. A line that only said she came changed nothing more.
    act = keep_act(conn, ACT, stop=stop, desk=None, before=before, actor=actor, now=now) if stop is not None else None
    entry = new_id()
    conn.execute(
        paper_entries.insert().values(
            id=entry,
            day_id=day_id,
            party_id=here.visit.party_id,
            desk_id=desk.id if desk is not None else None,
            stop_id=stop.id if stop is not None and desk is not None else None,
            act_id=act,
            how=line.word,
            brought=here.brought,
            about_at=about,
            entered_at=now,
            actor=actor.ref,
        )
    )
    match(conn, day_id, now=now)
    return Entered(entry=entry, party=here.visit.party_id, number=here.number, brought=here.brought)


# -- whom the line is about ------------------------------------------------------------------------


def _bring(
    conn: sa.Connection,
    day: UUID,
    line: Line,
    desk: DeskRow | None,
    offer: DayOffer,
    *,
    about: datetime,
    key: bytes,
    actor: Actor,
    now: datetime,
) -> _Here:
    known = conn.execute(
        sa.select(parties.c.id).where(parties.c.day_id == day, parties.c.number == line.number)
    ).scalar()
    visit = row_of(conn, visits.c.party_id, known) if known is not None else None
    if visit is not None:
        return _Here(visit=visit, number=line.number, brought="")
    if line.word in (PaperWord.NOT_HERE, PaperWord.WENT):
        raise NotCome(number=line.number)
    of = day_by_id(conn, day)
    # Desks that stay longer than the day are no reason to lose who came in its last minutes.
    about = min(about, of.closes_at - timedelta(minutes=1))
    booking = booking_of_party(conn, known) if known is not None else None
    if booking is not None and booking.state is BookingState.CONFIRMED:
        came = about if line.word is PaperWord.CAME else min(about, booking.arrival_at)
        checked = check_in(conn, booking.party, came_at=came, actor=actor, now=now)
        return _Here(visit=visit_row(conn, checked.visit), number=line.number, brought="checked_in")
    spare = known is None and is_spare(conn, day, line.number)
    if not spare and not line.fresh:
        if known is not None:
            raise NumberCancelled(number=line.number)
        raise (NumberOfMachine if is_leased(conn, day, line.number) else NumberNotGiven)(number=line.number)
    wanted = line.service or _only_service(desk)
    wish = make_wish(
        offer,
        services=[wanted],
        members=party_of(adults=1, children=0),
        languages=(),
        interpreter=Interpreter.NONE,
        display_language=of.working_language,
    )
    number = line.number if spare else None
    ticket, made = issue_on_paper(
        conn, day, wish, key=key, how=ON_PAPER, number=number, came_at=about, actor=actor, now=now
    )
    return _Here(visit=visit_row(conn, made), number=ticket.number, brought="issued")


def _desk(conn: sa.Connection, day: UUID, line: Line) -> DeskRow:
    for desk in desks_of_day(conn, day):
        if desk.number == line.desk:
            if line.service is not None and line.service not in desk.services:
                raise WhichService(desk=desk.number)
            return desk
    raise DeskMissing


def _only_service(desk: DeskRow | None) -> UUID:
    """What somebody whose wishes nobody knows came to this desk for (R18: she went there, and nowhere else)."""
    if desk is None:
        raise DeskNeeded
    if len(desk.services) != 1:
        raise WhichService(desk=desk.number)
    return next(iter(desk.services))


# -- what the line says ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Telling:
    """One line being told to the tables."""

    conn: sa.Connection
    here: _Here
    line: Line
    about: datetime
    ago: dict[str, Term]
    actor: Actor
    now: datetime

    def at_desk(self, desk: DeskRow, offer: DayOffer) -> Row:
        """A talk that ended at a desk, or somebody who was called there and did not come."""
        stop = self._stop(desk, offer)
        if self.line.word is PaperWord.NOT_HERE:
            return self._not_here(stop, desk)
        self._finish(stop, desk)
        return stop

    def came(self) -> Row | None:
        """She came and waits."""
        if self.here.brought:
            return None
        if self.here.visit.state == VisitState.OPEN:
            raise CameAlready(number=self.here.number)
        come_again(self.conn, self.here.visit.id, actor=self.actor, now=self.now)
        return self._any_stop()

    def went(self) -> Row | None:
        """She went home with steps left."""
        if self.here.visit.state != VisitState.OPEN:
            raise WentAlready(number=self.here.number)
        leave(self.conn, self.here.visit.id, reason=VisitReason.OWN_WISH, actor=self.actor, now=self.now)
        change_visit(self.conn, self.here.visit.id, ended_at=max(self.about, self.here.visit.checked_in_at))
        return self._any_stop()

    def _any_stop(self) -> Row:
        own = sa.select(stops).where(stops.c.visit_id == self.here.visit.id).order_by(stops.c.position, stops.c.id)
        return self.conn.execute(own.limit(1)).one()

    def _stop(self, desk: DeskRow, offer: DayOffer) -> Row:
        """The stop the line means: one of hers that this desk gives; a new one where she has none left for it."""
        wanted = {self.line.service} if self.line.service is not None else set(desk.services)
        own: Sequence[Row] = self.conn.execute(
            sa.select(stops)
            .where(stops.c.visit_id == self.here.visit.id, stops.c.service_id.in_(wanted))
            .order_by(stops.c.position, stops.c.id)
        ).all()
        for row in own:
            if row.state in AT_DESK and row.desk_id != desk.id:
                number = next(each.number for each in desks_of_day(self.conn, row.day_id) if each.id == row.desk_id)
                raise AtAnotherDesk(number=self.here.number, desk=number)
        here = [row for row in own if row.state in AT_DESK]
        still = here or [row for row in own if row.state in SERVED_ON_PAPER or row.state == StopState.PROPOSED]
        if not still:
            # Told in a second line, she was there twice: only what had not been served before can be meant.
            done = [row for row in own if row.state == StopState.FINISHED]
            if done:
                raise EnteredAlready(number=self.here.number, desk=self._desk_number(done[-1]))
            still = [row for row in own if row.state in _BACK]
        if self.here.visit.state == VisitState.CARRIED_OVER:
            raise GoesOnElsewhere(number=self.here.number)
        if len(still) > 1:
            raise WhichService(desk=desk.number)
        return still[0] if still else self._added(desk, offer)

    def _desk_number(self, stop: Row) -> int:
        return next(
            (each.number for each in desks_of_day(self.conn, stop.day_id) if each.id == stop.desk_id),
            self.line.desk or 0,
        )

    def _added(self, desk: DeskRow, offer: DayOffer) -> Row:
        """A desk she was sent to on paper; she had it named and said yes there (R18)."""
        if self.line.word is PaperWord.NOT_HERE:
            raise NotCome(number=self.here.number)
        service = offer.service(self.line.service or _only_service(desk))
        if service is None:
            raise WhichService(desk=desk.number)
        visit = self.here.visit
        own = sa.select(sa.func.max(stops.c.position)).where(stops.c.party_id == visit.party_id)
        added = add_stop(
            self.conn,
            party=visit.party_id,
            day=visit.day_id,
            position=(self.conn.execute(own).scalar() or 0) + 1,
            service=service,
            member_ids=list(
                self.conn.execute(sa.select(members.c.id).where(members.c.party_id == visit.party_id)).scalars()
            ),
            state=StopState.PLANNED,
            how=ON_PAPER,
            actor=self.actor,
            now=self.now,
        )
        self.conn.execute(stops.update().where(stops.c.id == added).values(visit_id=visit.id))
        row = stop_row(self.conn, added)
        note(
            self.conn, "StopProposed", now=self.now, actor=self.actor, stop=row,
            terms={**self.ago, "accepted": ON_PAPER},
        )  # fmt: skip
        return row

    def _finish(self, stop: Row, desk: DeskRow) -> None:
        conn, visit, now = self.conn, self.here.visit, self.now
        if visit.state != VisitState.OPEN:
            open_again(conn, visit, actor=self.actor, now=now)
        if stop.state == StopState.CALLED:
            end_call(conn, stop.id, "withdrawn", now)
        yes = {}
        if stop.consent_at is None:
            yes = {"consent_at": now, "consent_how": ON_PAPER, "consent_by": self.actor.ref}
            note(conn, "StopAccepted", now=now, actor=self.actor, stop=stop, terms={**self.ago, "how": ON_PAPER})
        outcome = OUTCOMES[self.line.word]
        change_stop(
            conn, stop, state=StopState.FINISHED, desk_id=desk.id, only_desk_id=None, callable_from_at=None,
            mediator_id=None, blocked_by=None, left_behind=False, called_at=None, served_at=None, ended_at=self.about,
            outcome=outcome, on_paper=True, **yes,
        )  # fmt: skip
        set_active(conn, stop.id, active=False)
        note(
            conn, "StopFinished", now=now, actor=self.actor, stop=stop, desk=desk.id,
            terms={**self.ago, "outcome": outcome},
        )  # fmt: skip
        if end_visit_if_done(conn, visit.id, actor=self.actor, now=now):
            latest = sa.select(sa.func.max(stops.c.ended_at)).where(stops.c.visit_id == visit.id)
            last = max(conn.execute(latest).scalar_one(), visit.checked_in_at)
            change_visit(conn, visit.id, ended_at=last)
            return
        start_waiting(conn, visit.id, now)
        if visit.stepped_out_at is not None:
            come_back(conn, visit.id, actor=self.actor, now=now)

    def _not_here(self, stop: Row, desk: DeskRow) -> Row:
        conn, now = self.conn, self.now
        if stop.state not in (StopState.WAITING, StopState.PARKED, StopState.CALLED):
            raise MoveRefused
        count = stop.no_shows + 1
        state, back_at = after_no_show(count, self.about)
        if stop.state == StopState.CALLED:
            end_call(conn, stop.id, "no_show", now)
            set_active(conn, stop.id, active=False)
        change_stop(
            conn, stop, state=state, no_shows=count, callable_from_at=back_at, mediator_id=None,
            ended_at=self.about if state is StopState.MISSED else None,
        )  # fmt: skip
        note(
            conn, "StopNotHere", now=now, actor=self.actor, stop=stop, desk=desk.id,
            terms={**self.ago, "count": count},
        )  # fmt: skip
        end_visit_if_done(conn, stop.visit_id, actor=self.actor, now=now)
        return stop
