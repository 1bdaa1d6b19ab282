"""One adult of several gets a ticket of her own: to talk alone, or at a desk to go her own way from now on.

*To talk alone* changes no row of the others: nothing they look at can tell. She stays among the people of their ticket,
the new one does not know it, and its talk is private (R19): called quietly, named nowhere.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.parties import add_stop
from onestop.booking.queries import members_of
from onestop.booking.tables import members, parties, stop_members, stops
from onestop.booking.tickets import issue_ticket
from onestop.days.queries.offer import day_offer
from onestop.db.ledger import record
from onestop.db.statements import insert
from onestop.db.types import new_id
from onestop.domain.booking import Interpreter
from onestop.domain.errors import MoveRefused, NoServiceChosen, ServiceUnknown, TicketEmpty
from onestop.domain.facts import Fact
from onestop.domain.party import Parted, part_party, without
from onestop.domain.roles import Actor
from onestop.domain.visit import AT_DESK, STOP_OPEN, UNDO_WINDOW, StopState, VisitState, waited_seconds
from onestop.referrals.tables import referrals
from onestop.visits.actions.acts import Images, keep_act, take_images
from onestop.visits.actions.matching import match
from onestop.visits.actions.rows import Row, change_stop, change_visit, check_day_runs, note, open_visit, stop_row
from onestop.visits.tables import acts, alarms, notes, visits

OWN_TICKET = "own_ticket"
"""The kind of the act, the same for both: whoever reads it does not learn which."""
AT_THE_DESK = "said_to_officer"
AT_RECEPTION = "reception"
LATER = timedelta(minutes=10)
"""*Later* is not before this: not while the others still sit beside her."""


class _Here(NamedTuple):
    """Where she is given it at reception, with the columns of a stop."""

    day_id: UUID
    party_id: UUID
    visit_id: UUID
    service_id: UUID
    desk_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A ticket that was given: one of its stops, and the act that an undo takes back."""

    stop: UUID
    act: UUID


def talk_alone(
    conn: sa.Connection, stop_id: UUID, *, mark: int, soon: bool, key: bytes, actor: Actor, now: datetime
) -> Given:
    """A quiet talk at the service of this stop for one of the adults at it; the others go on as if nothing was.

    `soon`: this desk calls her next; else any desk of the service by her turn, but not at once. The same press gives
    the same ticket. Raises `MoveRefused` where she is at the desk alone already, and what `without` raises.
    """
    stop = _at_desk(conn, stop_id)
    without(members_of(conn, stop.party_id), mark)
    here = _going(conn, [stop_id])[stop_id]
    if mark not in here or len(here) == 1:
        raise MoveRefused
    nonce = "own-" + hmac.new(key, f"alone|{stop_id}|{mark}".encode(), hashlib.sha256).hexdigest()[:40]
    if (known := _known(conn, stop.day_id, nonce)) is not None:
        return known
    visit = _open_visit(conn, stop, alone=True, nonce=nonce, now=now)
    hers = new_id()
    insert(conn, members, id=hers, party_id=visit.party_id, mark=1, child=False, guardian_mark=None)
    when: dict[str, Any] = {"only_desk_id": stop.desk_id} if soon else {}
    when["callable_from_at"] = now if soon else now + LATER
    state = StopState.PARKED if soon else StopState.WAITING  # parked here: this desk first
    talk = _add_talk(conn, stop, visit, hers, state=state, private=True, actor=actor, now=now, **when)
    before: Images = {"visits": {}, "stops": {}, "stop_members": {}, "calls": {}, "members": {}}
    return _give(conn, stop, visit, talk, made=[talk], before=before, key=key, actor=actor, now=now)


def talk_apart(
    conn: sa.Connection,
    visit_id: UUID,
    *,
    mark: int,
    services: Collection[UUID],
    key: bytes,
    actor: Actor,
    now: datetime,
) -> Given:
    """At reception: quiet talks at these services for one of the adults; the others go on as if nothing was.

    Nobody calls the new number while the press can be taken back. The same press gives the same ticket. Raises
    `NoServiceChosen`, `ServiceUnknown`, `VisitOver`, and what `without` raises.
    """
    first = open_visit(conn, visit_id)
    check_day_runs(conn, first.day_id)
    without(members_of(conn, first.party_id), mark)
    if not services:
        raise NoServiceChosen
    said = f"apart|{visit_id}|{mark}|{sorted(each.hex for each in services)}"
    nonce = "own-" + hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:40]
    if (known := _known(conn, first.day_id, nonce)) is not None:
        return known
    here = _Here(day_id=first.day_id, party_id=first.party_id, visit_id=visit_id, service_id=visit_id, desk_id=None)
    visit = _open_visit(conn, here, alone=True, nonce=nonce, free_from_at=now + UNDO_WINDOW, now=now)
    hers = new_id()
    insert(conn, members, id=hers, party_id=visit.party_id, mark=1, child=False, guardian_mark=None)
    talks = [
        _add_talk(
            conn, here._replace(service_id=service), visit, hers, state=StopState.WAITING, private=True,
            how=AT_RECEPTION, actor=actor, now=now,
        )
        for service in dict.fromkeys(services)
    ]  # fmt: skip
    before: Images = {"visits": {}, "stops": {}, "stop_members": {}, "calls": {}, "members": {}}
    return _give(conn, here, visit, talks[0], made=talks, before=before, how="reception", key=key, actor=actor, now=now)


def split_off(
    conn: sa.Connection, stop_id: UUID, *, mark: int, here: bool = False, key: bytes, actor: Actor, now: datetime
) -> Given:
    """One of the adults at a stop goes her own way: the steps that were hers alone move to her ticket.

    With `here` she also gets a talk for herself at this service. Nobody calls the new number while the press can be
    taken back. Raises `MoveRefused` while she alone is at a desk, `TicketEmpty` where she would have no step, and what
    `part_party` raises.
    """
    stop = _at_desk(conn, stop_id)
    people = members_of(conn, stop.party_id)
    without(people, mark)
    own = list(conn.execute(sa.select(stops).where(stops.c.visit_id == stop.visit_id).order_by(stops.c.position)))
    going = _going(conn, [row.id for row in own])
    here_only = [row.id for row in own if row.state in AT_DESK and mark in going[row.id]] == [stop_id]
    if not here_only or len(going[stop_id]) == 1:
        raise MoveRefused
    hers = [row for row in own if going[row.id] == {mark}]
    still = {row.id: going[row.id] for row in own if row.state in STOP_OPEN}
    parted = part_party(people, still, mark, also=[stop_id] if here else [])
    before = {**take_images(conn, stop.visit_id), "members": _people(conn, stop.party_id)}
    visit = _open_visit(conn, stop, alone=False, nonce=None, free_from_at=now + UNDO_WINDOW, now=now)
    her = _part(conn, stop, parted, mark, visit, going, moving=[row.id for row in hers])
    made = [
        _add_talk(conn, stop, visit, her, state=StopState.WAITING, private=stop.private, actor=actor, now=now)
        for _ in parted.copied
    ]
    change_stop(conn, stop)
    change_visit(conn, stop.visit_id)
    # Two facts that do not name each other.
    note(conn, "PeopleParted", now=now, actor=actor, stop=stop, terms={"members": len(parted.members)})
    first = next((row.id for row in hers if row.state in STOP_OPEN), made[0] if made else None)
    if first is None:
        raise TicketEmpty
    return _give(conn, stop, visit, first, made=made, before=before, key=key, actor=actor, now=now)


def is_used(conn: sa.Connection, act: Row) -> bool:
    """Whether something hangs on a ticket of her own that no version shows: a note, a referral, a call for help."""
    hers = UUID(act.before["made"]["party"]["id"])
    return any(
        conn.execute(sa.select(table.c.id).where(table.c.party_id == hers, *late).limit(1)).scalar() is not None
        for table, late in ((notes, ()), (alarms, ()), (referrals, (referrals.c.made_at > act.at,)))
    )


def put_together(conn: sa.Connection, act: Row) -> None:
    """Undo, before the kept rows are put back: her people and who goes where as they were, and her ticket is gone.

    Its number is not given again.
    """
    before, made = act.before, act.before["made"]
    people = {UUID(member): image for member, image in before["members"].items()}
    # Marks are unique in a party: first out of the way, then each to its place.
    conn.execute(members.update().where(members.c.id.in_(people)).values(mark=members.c.mark + 1000))
    for member, image in people.items():
        home = {**image, "party_id": UUID(image["party_id"])}
        conn.execute(members.update().where(members.c.id == member).values(**home))
    conn.execute(stop_members.delete().where(stop_members.c.stop_id.in_([UUID(stop) for stop in before["stops"]])))
    for key, image in before["stop_members"].items():
        stop, member = map(UUID, key.split("|"))
        conn.execute(stop_members.insert().values(stop_id=stop, member_id=member, active=image["active"]))
    for stop, image in before["stops"].items():
        party, visit = UUID(image["party_id"]), UUID(image["visit_id"])
        conn.execute(stops.update().where(stops.c.id == UUID(stop)).values(party_id=party, visit_id=visit))
        conn.execute(referrals.update().where(referrals.c.stop_id == UUID(stop)).values(party_id=party))
    conn.execute(stops.delete().where(stops.c.id.in_([UUID(stop) for stop in made["stops"]["ids"]])))
    conn.execute(parties.delete().where(parties.c.id == UUID(made["party"]["id"])))


# -- what both need ---------------------------------------------------------------------------------------------


def _at_desk(conn: sa.Connection, stop_id: UUID) -> Row:
    stop = stop_row(conn, stop_id)
    if stop.state not in AT_DESK:
        raise MoveRefused
    open_visit(conn, stop.visit_id)
    return stop


def _going(conn: sa.Connection, wanted: Collection[UUID]) -> dict[UUID, set[int]]:
    """Stop → marks of those who go there."""
    found: dict[UUID, set[int]] = {stop: set() for stop in wanted}
    for row in conn.execute(
        sa.select(stop_members.c.stop_id, members.c.mark)
        .join_from(stop_members, members)
        .where(stop_members.c.stop_id.in_(wanted))
    ):
        found[row.stop_id].add(row.mark)
    return found


def _known(conn: sa.Connection, day: UUID, nonce: str) -> Given | None:
    row = conn.execute(
        sa.select(acts.c.id, acts.c.stop_id)
        .join_from(acts, stops, stops.c.id == acts.c.stop_id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .where(visits.c.day_id == day, visits.c.nonce == nonce, acts.c.kind == OWN_TICKET)
    ).one_or_none()
    return Given(stop=row.stop_id, act=row.id) if row is not None else None


def _open_visit(
    conn: sa.Connection, stop: Row | _Here, *, alone: bool, nonce: str | None, now: datetime, **values: Any
) -> Row:
    """Her party and visit: how they talk is as it was said for all, and what was waited together counts for her too."""
    first = conn.execute(sa.select(parties).where(parties.c.id == stop.party_id)).one()
    before = conn.execute(sa.select(visits).where(visits.c.id == stop.visit_id)).one()
    party, visit = new_id(), new_id()
    # Whoever interprets for the family is not there when she talks alone.
    asks = alone and first.interpreter == Interpreter.OWN
    insert(
        conn, parties, id=party, day_id=stop.day_id, display_language=first.display_language,
        languages=list(first.languages), interpreter=Interpreter.NEEDED if asks else first.interpreter,
        answers=[] if alone else list(first.answers), aloud=False, created_at=now,
    )  # fmt: skip
    waited = waited_seconds(before.waited_seconds, before.waiting_since_at, now)
    conn.execute(
        visits.insert().values(
            id=visit, party_id=party, day_id=stop.day_id, state=VisitState.OPEN, walk_in=True, checked_in_at=now,
            waiting_since_at=now, waited_seconds=max(0, ceil(waited)), need=before.need, nonce=nonce, **values,
        )
    )  # fmt: skip
    return conn.execute(sa.select(visits).where(visits.c.id == visit)).one()


def _add_talk(
    conn: sa.Connection,
    stop: Row | _Here,
    visit: Row,
    member: UUID,
    *,
    state: StopState,
    private: bool,
    how: str = AT_THE_DESK,
    actor: Actor,
    now: datetime,
    **values: Any,
) -> UUID:
    """A stop for her at the service of this one; she said to whoever gives it that she wants it (R18)."""
    offered = day_offer(conn, stop.day_id).service(stop.service_id)
    if offered is None:
        raise ServiceUnknown
    talk = add_stop(
        conn, party=visit.party_id, day=stop.day_id, position=100, service=replace(offered, private=private),
        member_ids=[member], state=state, how=how, actor=actor, now=now,
    )  # fmt: skip
    conn.execute(stops.update().where(stops.c.id == talk).values(visit_id=visit.id, **values))
    return talk


def _people(conn: sa.Connection, party: UUID) -> dict[str, dict[str, Any]]:
    rows = conn.execute(sa.select(members).where(members.c.party_id == party))
    return {
        str(row.id): {"party_id": str(row.party_id), "mark": row.mark, "guardian_mark": row.guardian_mark}
        for row in rows
    }


def _part(
    conn: sa.Connection,
    stop: Row,
    parted: Parted,
    mark: int,
    visit: Row,
    going: dict[UUID, set[int]],
    *,
    moving: Collection[UUID],
) -> UUID:
    """Move her and her steps, number the others anew, and send along whom the rule of children sends; gives her id."""
    people = {row.mark: row.id for row in conn.execute(sa.select(members).where(members.c.party_id == stop.party_id))}
    her = people.pop(mark)
    moved = {"party_id": visit.party_id, "visit_id": visit.id, "version": stops.c.version + 1}
    conn.execute(stops.update().where(stops.c.id.in_(moving)).values(moved))
    conn.execute(referrals.update().where(referrals.c.stop_id.in_(moving)).values(party_id=visit.party_id))
    conn.execute(stop_members.delete().where(stop_members.c.member_id == her, stop_members.c.stop_id.not_in(moving)))
    conn.execute(members.update().where(members.c.id == her).values(party_id=visit.party_id, mark=1))
    old = {new: mark for mark, new in parted.new_marks.items()}
    for member in parted.members:  # marks only become smaller, so none is taken twice on the way
        values = {"mark": member.mark, "guardian_mark": member.guardian_mark}
        conn.execute(members.update().where(members.c.id == people[old[member.mark]]).values(**values))
    at_desks = set(
        conn.execute(
            sa.select(stop_members.c.member_id).where(
                stop_members.c.active, stop_members.c.member_id.in_(list(people.values()))
            )
        ).scalars()
    )
    for shared, marks in parted.together.items():
        for each in sorted(old[new] for new in marks):
            here = shared == stop.id
            if each not in going[shared] and not (here and people[each] in at_desks):
                conn.execute(stop_members.insert().values(stop_id=shared, member_id=people[each], active=here))
    return her


def _give(
    conn: sa.Connection,
    stop: Row | _Here,
    visit: Row,
    first: UUID,
    *,
    made: list[UUID],
    before: Images,
    how: str = "desk",
    key: bytes,
    actor: Actor,
    now: datetime,
) -> Given:
    """The number and code, the fact that somebody is here, and the act for the undo."""
    issue_ticket(conn, party=visit.party_id, day=stop.day_id, key=key)
    counted = {
        "stops": sa.select(sa.func.count()).select_from(stops).where(stops.c.visit_id == visit.id),
        "members": sa.select(sa.func.count()).select_from(members).where(members.c.party_id == visit.party_id),
    }
    terms = {"how": how, **{name: conn.execute(count).scalar_one() for name, count in counted.items()}}
    record(
        conn,
        Fact(
            kind="WalkInIssued", at=now, day=stop.day_id, party=visit.party_id, visit=visit.id, desk=stop.desk_id,
            actor=actor.ref, terms=terms,
        ),
    )  # fmt: skip
    kept = {
        **before,
        "made": {
            "party": {"id": str(visit.party_id)},
            "stops": {"ids": [str(each) for each in made]},
        },
    }
    act = keep_act(
        conn, OWN_TICKET, stop=stop_row(conn, first), desk=stop.desk_id, before=kept, actor=actor, now=now,
        also=[UUID(other) for other in before["visits"]],
    )  # fmt: skip
    if act is None:
        raise MoveRefused  # she does not do this herself
    match(conn, stop.day_id, now=now)
    return Given(stop=first, act=act)
