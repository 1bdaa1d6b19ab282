"""Who came, what they speak and who interprets, put right after check-in: number, codes and seniority stay."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.queries import members_of
from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.queries.offer import day_offer
from onestop.db.types import new_id
from onestop.domain.booking import Interpreter
from onestop.domain.errors import MoveRefused
from onestop.domain.facts import Term
from onestop.domain.party import Came, change_party
from onestop.domain.plan import mediated_minutes
from onestop.domain.roles import Actor
from onestop.domain.visit import AT_DESK, STOP_OPEN, StopState
from onestop.visits.actions.acts import keep_act, take_images
from onestop.visits.actions.matching import match
from onestop.visits.actions.rows import Row, change_stop, change_visit, check_day_runs, move_stop, note, open_visit
from onestop.visits.queries.hall import spoken_here

CHANGE_COMING = "change_coming"
"""The kind of the act."""


def change_coming(
    conn: sa.Connection,
    visit_id: UUID,
    *,
    stay: Collection[int],
    adults: int = 0,
    children: int = 0,
    languages: Sequence[str],
    interpreter: Interpreter,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep the members with these marks, add so many more, and match what has not begun to how we talk now.

    A step that was only for somebody who is not here is taken off. Harmless when nothing changes. Raises `MoveRefused`
    for whoever is at a desk and shall not be here, and what `change_party` raises.
    """
    visit = open_visit(conn, visit_id)
    check_day_runs(conn, visit.day_id)
    party = conn.execute(sa.select(parties).where(parties.c.id == visit.party_id)).one()
    people = members_of(conn, party.id)
    theirs = list(conn.execute(sa.select(stops).where(stops.c.visit_id == visit_id).order_by(*_ORDER)))
    still = [stop for stop in theirs if stop.state in STOP_OPEN]
    going = _going(conn, visit_id)
    spoken = tuple(dict.fromkeys(languages)) or (party.display_language,)
    talks = (list(spoken), str(interpreter)) != (list(party.languages), party.interpreter)
    begun = [stop.id for stop in still if stop.state in AT_DESK]
    gone = {member.mark for member in people} - set(stay)
    if any(gone & going[stop] for stop in begun):
        raise MoveRefused
    came = change_party(
        people,
        {stop.id: going[stop.id] for stop in still},
        stay=stay,
        adults=adults,
        children=children,
        apart=[stop.id for stop in still if stop.private],
        begun=begun,
    )
    if not (gone or adults or children or talks):
        return
    before = {**take_images(conn, visit_id), "members": _people(conn, party.id), "party": _talk(conn, party)}
    conn.execute(
        parties.update().where(parties.c.id == party.id).values(languages=list(spoken), interpreter=interpreter)
    )
    _write_people(conn, party.id, came, {stop.id: stop.id in begun for stop in still})
    for stop in still:
        if stop.id in came.emptied:
            move_stop(conn, stop, StopState.DROPPED, ended_at=now, blocked_by=None)
            note(conn, "StopDropped", now=now, actor=actor, stop=stop)
    left = [stop for stop in still if stop.id in came.together]
    if talks:
        _match_talks(conn, visit, left, spoken, interpreter, now=now)
    change_visit(conn, visit_id)
    at = next((stop.desk_id for stop in left if stop.id in begun), None)
    terms: dict[str, Term] = {
        "members": len(came.members),
        "joined": adults + children,
        "gone": len(gone),
        "talks": talks,
    }
    note(conn, "PartyChanged", now=now, actor=actor, visit=visit, desk=at, terms=terms)
    keep_act(conn, CHANGE_COMING, stop=left[0], desk=None, before=before, actor=actor, now=now)
    match(conn, visit.day_id, now=now)


def put_back(conn: sa.Connection, act: Row) -> None:
    """Undo, before the kept rows are put back: the people, who goes where and how they talk as they were."""
    before = act.before
    party, said = UUID(before["party"]["id"]), before["party"]
    people = {UUID(member): image for member, image in before["members"].items()}
    conn.execute(stop_members.delete().where(stop_members.c.stop_id.in_([UUID(stop) for stop in before["stops"]])))
    conn.execute(members.delete().where(members.c.party_id == party))
    conn.execute(members.insert(), [{"id": member, "party_id": party, **image} for member, image in people.items()])
    for key, image in before["stop_members"].items():
        stop, member = map(UUID, key.split("|"))
        conn.execute(stop_members.insert().values(stop_id=stop, member_id=member, active=image["active"]))
    conn.execute(
        parties.update()
        .where(parties.c.id == party)
        .values(languages=said["languages"], interpreter=said["interpreter"])
    )
    if said["no_interpreter"] is not None:
        booked = bookings.update().where(bookings.c.party_id == party)
        conn.execute(booked.values(no_interpreter=said["no_interpreter"]))


_ORDER = (stops.c.position, stops.c.id)


def _going(conn: sa.Connection, visit: UUID) -> dict[UUID, set[int]]:
    """Stop of the visit → marks of those who go there."""
    found: dict[UUID, set[int]] = {}
    for row in conn.execute(
        sa.select(stops.c.id, members.c.mark)
        .join_from(stops, stop_members, stop_members.c.stop_id == stops.c.id)
        .join(members, members.c.id == stop_members.c.member_id)
        .where(stops.c.visit_id == visit)
    ):
        found.setdefault(row.id, set()).add(row.mark)
    return found


def _people(conn: sa.Connection, party: UUID) -> dict[str, dict[str, Any]]:
    rows = conn.execute(sa.select(members).where(members.c.party_id == party))
    return {str(row.id): {"mark": row.mark, "child": row.child, "guardian_mark": row.guardian_mark} for row in rows}


def _talk(conn: sa.Connection, party: Row) -> dict[str, Any]:
    booked = conn.execute(sa.select(bookings.c.no_interpreter).where(bookings.c.party_id == party.id)).scalar()
    return {
        "id": str(party.id),
        "languages": list(party.languages),
        "interpreter": party.interpreter,
        "no_interpreter": booked,
    }


def _write_people(conn: sa.Connection, party: UUID, came: Came, still: Mapping[UUID, bool]) -> None:
    """The members with their new marks, and who goes to the stops that are `still` open (whether at a desk)."""
    known = {row.mark: row.id for row in conn.execute(sa.select(members).where(members.c.party_id == party))}
    ids = {new: known[old] for old, new in came.new_marks.items()}
    first = next(member.mark for member in came.members if not member.child)
    gone = [member for mark, member in known.items() if mark not in came.new_marks]
    alone = _only_theirs(conn, party, gone)
    conn.execute(stop_members.delete().where(stop_members.c.member_id.in_(gone)))
    conn.execute(members.delete().where(members.c.id.in_(gone)))
    for member in came.members:  # marks only become smaller, so none is taken twice on the way
        values = {"mark": member.mark, "child": member.child, "guardian_mark": member.guardian_mark}
        if member.mark in ids:
            conn.execute(members.update().where(members.c.id == ids[member.mark]).values(**values))
        else:
            ids[member.mark] = new_id()
            conn.execute(members.insert().values(id=ids[member.mark], party_id=party, **values))
    for stop in alone:  # no stop is for nobody: what is over hangs on the first who is here
        conn.execute(stop_members.insert().values(stop_id=stop, member_id=ids[first]))
    for stop, marks in came.together.items():
        going = set(conn.execute(sa.select(stop_members.c.member_id).where(stop_members.c.stop_id == stop)).scalars())
        for member in (ids[mark] for mark in sorted(marks)):
            if member not in going:
                conn.execute(stop_members.insert().values(stop_id=stop, member_id=member, active=still[stop]))


def _only_theirs(conn: sa.Connection, party: UUID, gone: Collection[UUID]) -> list[UUID]:
    """The stops to which only these people went."""
    others = (
        sa.select(stop_members.c.stop_id)
        .join_from(stop_members, members)
        .where(members.c.party_id == party, stop_members.c.member_id.not_in(gone))
    )
    return list(
        conn.execute(
            sa.select(stop_members.c.stop_id)
            .distinct()
            .join_from(stop_members, stops)
            .where(stops.c.party_id == party, stop_members.c.member_id.in_(gone), stop_members.c.stop_id.not_in(others))
            .order_by(stop_members.c.stop_id)
        ).scalars()
    )


def _match_talks(
    conn: sa.Connection,
    visit: Row,
    left: Sequence[Row],
    languages: Sequence[str],
    interpreter: Interpreter,
    *,
    now: datetime,
) -> None:
    """How long the talks take that have not begun, and whether nobody here speaks with her, as a booking counts it."""
    offer = day_offer(conn, visit.day_id)
    desks = desks_of_day(conn, visit.day_id)
    spoken = spoken_here(desks, mediators_of_day(conn, visit.day_id), now=now)
    asks = interpreter is Interpreter.NEEDED
    at_desks = {
        service: {tag for desk in desks if service in desk.services and desk.is_expected(now) for tag in desk.languages}
        for service in {stop.service_id for stop in left}
    }
    for stop in left:
        offered = offer.service(stop.service_id)
        if stop.state in AT_DESK or offered is None:
            continue
        bridged = asks and at_desks[stop.service_id].isdisjoint(languages) and spoken.reaches(languages, offered.id)
        change_stop(conn, stop, minutes=mediated_minutes(offered.minutes) if bridged else offered.minutes)
    silent = asks and not all(spoken.reaches(languages, stop.service_id) for stop in left)
    conn.execute(bookings.update().where(bookings.c.party_id == visit.party_id).values(no_interpreter=silent))
