"""Handing in what a cut-off machine printed: in any order, any number of times, nobody lost and nobody doubled (R9)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.parties import make_party, write_name
from onestop.booking.queries import booking_of_party
from onestop.booking.tables import parties, printed
from onestop.booking.tickets import Ticket, adopt_ticket, issue_ticket, leases_of, ticket_again
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day, day_by_id
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.db.statements import insert
from onestop.db.types import new_id
from onestop.domain.day import DayState
from onestop.domain.errors import DayNotPublished, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.printed import Conflict, Judged, came_at, is_likely, judge_number
from onestop.domain.roles import Actor
from onestop.domain.ticket import code_hash, short_code, short_hash, ticket_code
from onestop.domain.visit import StopState, VisitReason, waiting_since
from onestop.visits.actions.arrivals import CheckedIn, check_in, open_walk_in
from onestop.visits.actions.matching import match
from onestop.visits.actions.route import leave
from onestop.visits.tables import visits

_COUNTER = sa.select(days.c.next_number).where(days.c.id == sa.bindparam("day")).execution_options(**LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands on a paper the machine printed; `counter` is how many it had printed then, 0 if it does not count."""

    nonce: str
    number: int
    issued_at: datetime
    counter: int = 0
    device: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Her ticket and visit, neither where no desk is left that she chose; what did not fit."""

    ticket: Ticket | None
    visit: UUID | None
    conflict: Conflict | None


def merge_ticket(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish | None,
    paper: Paper,
    *,
    key: bytes,
    how: str,
    name: str = "",
    whole: bool = True,
    actor: Actor,
    now: datetime,
) -> Merged:
    """Store a printed ticket once; the same nonce gives the same answer.

    `wish` is what she chose of what the day still offers, `whole` whether that is all of it. Whatever does not fit is
    stored and told as a conflict. Raises `DayNotPublished` alone: no machine has numbers of such a day.
    """
    if (known := _known(conn, day_id, paper.nonce, key)) is not None:
        return known
    day = day_by_id(conn, day_id)
    if day.state is DayState.DRAFT:
        raise DayNotPublished
    came = came_at(paper.issued_at, opens_at=day.opens_at, now=now)
    if wish is None:
        return _keep(conn, day, paper, None, Conflict.DESKS, came=came, key=key, actor=actor, now=now)
    judged = _judge(conn, day_id, paper)
    conflict = judged.conflict or _what_else(day, paper, whole=whole, now=now)
    party = make_party(conn, wish, day=day_id, how=how, actor=actor, now=now, state=StopState.PLANNED)
    if name.strip():
        write_name(conn, party, name)
    if judged.keeps:
        ticket = adopt_ticket(conn, party=party, day=day_id, key=key, number=paper.number)
    else:
        ticket = issue_ticket(conn, party=party, day=day_id, key=key)
    visit = open_walk_in(
        conn, party, day_id, wish, nonce=paper.nonce, how=how, came_at=came, actor=actor, now=now
    )  # fmt: skip
    _keep(conn, day, paper, party, conflict, came=came, key=key, actor=actor, now=now)
    if paper.counter:
        _keep_order(conn, day_id, paper)
    if day.state is not DayState.PUBLISHED:
        leave(conn, visit, reason=VisitReason.DAY_CLOSED, actor=actor, now=now)
    match(conn, day_id, now=now)
    return Merged(ticket=ticket, visit=visit, conflict=conflict)


def merge_check_in(conn: sa.Connection, party: UUID, *, issued_at: datetime, actor: Actor, now: datetime) -> CheckedIn:
    """Check in the ticket that a cut-off machine read at `issued_at`: she waits as if it had been told then.

    Was she checked in elsewhere meanwhile, her wait becomes longer by this, never shorter. Raises what `check_in` does.
    """
    booking = booking_of_party(conn, party)
    if booking is None:
        return check_in(conn, party, actor=actor, now=now)
    day = day_by_id(conn, booking.day)
    came = came_at(issued_at, opens_at=day.opens_at, now=now)
    here = check_in(conn, party, came_at=came, on_paper=False, actor=actor, now=now)
    if here.again:
        _came_earlier(conn, party, came)
    match(conn, day.id, now=now)
    return here


def see_conflict(conn: sa.Connection, day_id: UUID, conflict: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody has looked at it and told her; harmless twice. Raises `NotKnown`."""
    mine = sa.and_(printed.c.id == conflict, printed.c.day_id == day_id, printed.c.conflict.is_not(None))
    row = conn.execute(sa.select(printed.c.seen_at, printed.c.party_id, printed.c.number).where(mine)).one_or_none()
    if row is None:
        raise NotKnown
    if row.seen_at is None:
        conn.execute(printed.update().where(printed.c.id == conflict).values(seen_at=now))
        terms = {"printed": row.number}
        record(
            conn, Fact(kind="ConflictSeen", at=now, day=day_id, party=row.party_id, actor=actor.ref, terms=dict(terms))
        )


def _known(conn: sa.Connection, day: UUID, nonce: str, key: bytes) -> Merged | None:
    """What was answered before, also to the same ticket when it had no number yet."""
    paper = conn.execute(
        sa.select(printed.c.party_id, printed.c.conflict).where(printed.c.day_id == day, printed.c.nonce == nonce)
    ).one_or_none()
    conflict = None if paper is None or paper.conflict is None else Conflict(paper.conflict)
    visit = conn.execute(
        sa.select(visits.c.id, visits.c.party_id).where(visits.c.day_id == day, visits.c.nonce == nonce)
    ).one_or_none()
    if visit is not None:
        return Merged(ticket=ticket_again(conn, party=visit.party_id, key=key), visit=visit.id, conflict=conflict)
    return None if paper is None else Merged(ticket=None, visit=None, conflict=conflict)


def _judge(conn: sa.Connection, day: UUID, paper: Paper) -> Judged:
    taken = conn.execute(
        sa.select(parties.c.id).where(parties.c.day_id == day, parties.c.number == paper.number)
    ).scalar()
    return judge_number(
        paper.number,
        leases=leases_of(conn, day, paper.number),
        device=paper.device,
        taken=taken is not None,
        counter=conn.execute(_COUNTER, {"day": day}).scalar_one(),
        issued_at=paper.issued_at,
    )


def _what_else(day: Day, paper: Paper, *, whole: bool, now: datetime) -> Conflict | None:
    if not whole:
        return Conflict.DESKS
    if day.state is not DayState.PUBLISHED:
        return Conflict.OVER
    if not is_likely(paper.issued_at, opens_at=day.opens_at, closes_at=day.closes_at, now=now):
        return Conflict.TIME
    return None


def _keep(
    conn: sa.Connection,
    day: Day,
    paper: Paper,
    party: UUID | None,
    conflict: Conflict | None,
    *,
    came: datetime,
    key: bytes,
    actor: Actor,
    now: datetime,
) -> Merged:
    """Store what was handed in; of a paper that fits nobody else its codes as well, so that it finds her."""
    code = short = None
    if conflict is not None and party is not None:
        code = code_hash(ticket_code(key, day=day.id, number=paper.number, generation=1))
        short = short_hash(day.id, short_code(key, day=day.id, number=paper.number, generation=1))
    insert(
        conn,
        printed,
        id=new_id(),
        day_id=day.id,
        device_id=paper.device,
        party_id=party,
        nonce=paper.nonce,
        number=paper.number,
        counter=paper.counter,
        came_at=came,
        merged_at=now,
        conflict=conflict,
        code_hash=code,
        short_hash=short,
    )
    if conflict is not None:
        fact = Fact(
            kind="TicketConflict",
            at=now,
            day=day.id,
            party=party,
            actor=actor.ref,
            terms={"printed": paper.number, "why": str(conflict)},
        )
        record(conn, fact)
    return Merged(ticket=None, visit=None, conflict=conflict)


def _keep_order(conn: sa.Connection, day: UUID, paper: Paper) -> None:
    """What one machine printed first has waited longest, also where its clock was set back in between.

    An earlier paper is never later than one that came after it: a wait becomes longer by this, never shorter. So the
    order in which papers are handed in changes nothing.
    """
    of_machine = sa.and_(printed.c.day_id == day, printed.c.device_id == paper.device, printed.c.counter > 0)
    rows = conn.execute(
        sa.select(printed.c.party_id, printed.c.came_at).where(of_machine).order_by(printed.c.counter.desc())
    ).all()
    earliest = datetime.max.replace(tzinfo=UTC)
    for row in rows:
        came: datetime = row.came_at
        earliest = min(earliest, came)
        if earliest < came:
            _came_earlier(conn, row.party_id, earliest)


def _came_earlier(conn: sa.Connection, party: UUID | None, at: datetime) -> None:
    """Let her wait run from `at` on; a wait that has ended keeps what it had, made longer by the difference."""
    row = conn.execute(sa.select(visits).where(visits.c.party_id == party)).one_or_none()
    if row is None or row.checked_in_at <= at:
        return
    values: dict[str, object] = {"checked_in_at": at, "version": row.version + 1}
    before, since = (waiting_since(checked_in_at=came, booked_at=row.booked_at) for came in (row.checked_in_at, at))
    if row.waiting_since_at == before:
        values["waiting_since_at"] = since
    else:
        values["waited_seconds"] = row.waited_seconds + int((before - since) / timedelta(seconds=1))
    conn.execute(visits.update().where(visits.c.id == row.id).values(**values))
