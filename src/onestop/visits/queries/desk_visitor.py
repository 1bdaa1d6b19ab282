"""The visitor who is at a desk now, and where she can go from there.

Nothing here names another institution's stop, service or note (R14, R19): of those only how many are left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.tables import desk_languages, desk_services, desks, mediators
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.tables import institutions, services
from onestop.domain.booking import Interpreter
from onestop.domain.facts import Term
from onestop.domain.operational import OperationalNeed
from onestop.domain.party import Member, may_go_apart
from onestop.domain.visit import AT_DESK, STOP_OPEN, StopState
from onestop.visits.queries.notes import Note, notes_at
from onestop.visits.tables import acts, calls, stop_papers, visit_needs, visits


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorHere:
    """The party that is called to the desk or served there."""

    stop: UUID
    visit: UUID
    version: int
    call: int
    state: StopState
    service_key: str
    number: int
    member: int | None
    people: int
    children: int
    marks: tuple[int, ...]
    """Marks of those who come to this stop; empty for the whole party."""
    apart: tuple[int, ...]
    """Which adults of the party, counted from 1, are here with others and can have a ticket of their own."""
    languages: tuple[str, ...]
    shared: tuple[str, ...]
    """Languages that the party and this desk both speak."""
    interpreter: Interpreter
    mediator: str
    needs: tuple[OperationalNeed, ...]
    papers: tuple[tuple[Paper, bool], ...]
    """The papers of this stop that reception asked for, and whether it saw them."""
    called_at: datetime
    quiet: bool
    """No board shows the call: she is fetched."""
    served_at: datetime | None
    recalls: int
    more: int
    """Other open stops of the visit, wherever they are."""
    added: tuple[tuple[str, str], ...]
    """What this desk itself added to her day, as service key and institution; nothing of others, nothing private."""
    terms: Mapping[str, Term]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOffered:
    """A service at a desk of the day: a step to add, or a place of the own institution to send to."""

    service: UUID
    key: str
    desk: UUID
    desk_number: int
    institution: str
    institution_id: UUID
    authority: str


def here_alone(desk_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """What holds for the stop at a desk that is not there for a session."""
    return stops.c.desk_id == desk_id, stops.c.state.in_(AT_DESK), stops.c.session_id.is_(None)


def visitor_here(conn: sa.Connection, desk_id: UUID) -> VisitorHere | None:
    others, here, each = stops.alias(), stops.alias(), calls.alias()
    last_call = sa.select(sa.func.max(each.c.id)).where(each.c.stop_id == stops.c.id).correlate(stops).scalar_subquery()
    row = conn.execute(
        sa.select(
            stops.c.id,
            stops.c.visit_id,
            stops.c.service_id,
            stops.c.version,
            stops.c.state,
            stops.c.called_at,
            stops.c.served_at,
            services.c.key,
            parties.c.number,
            parties.c.languages,
            parties.c.interpreter,
            mediators.c.label,
            calls.c.id.label("call"),
            calls.c.recalls,
            calls.c.quiet,
            calls.c.terms,
            sa.select(sa.func.count())
            .where(others.c.visit_id == stops.c.visit_id, others.c.id != stops.c.id, others.c.state.in_(STOP_OPEN))
            .scalar_subquery()
            .label("more"),
        )
        .join_from(stops, services)
        .join(parties, parties.c.id == stops.c.party_id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .join(calls, calls.c.id == last_call)
        .outerjoin(mediators, mediators.c.id == stops.c.mediator_id)
        .where(*here_alone(desk_id))
    ).one_or_none()
    spoken = set(
        conn.execute(sa.select(desk_languages.c.language).where(desk_languages.c.desk_id == desk_id)).scalars()
    )
    party = conn.execute(
        sa.select(members.c.mark, members.c.child, stop_members.c.stop_id.is_not(None).label("comes"))
        .join_from(stops, members, members.c.party_id == stops.c.party_id)
        .outerjoin(
            stop_members,
            sa.and_(stop_members.c.member_id == members.c.id, stop_members.c.stop_id == stops.c.id),
        )
        .where(*here_alone(desk_id))
        .order_by(members.c.mark)
    ).all()
    at_desk = sa.select(stops.c.id).where(*here_alone(desk_id)).scalar_subquery()
    written = notes_at(conn, at_desk)
    checked = {
        paper.key: paper.seen
        for paper in conn.execute(sa.select(stop_papers).where(stop_papers.c.stop_id == at_desk)).all()
    }
    marked = conn.execute(
        sa.select(visit_needs.c.kind)
        .join_from(visit_needs, stops, stops.c.visit_id == visit_needs.c.visit_id)
        .where(stops.c.id == at_desk)
    ).scalars().all()  # fmt: skip
    added = conn.execute(
        sa.select(services.c.key, institutions.c.name)
        .join_from(acts, stops, stops.c.id == acts.c.stop_id)
        .join(services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == services.c.institution_id)
        .where(
            acts.c.desk_id == desk_id,
            acts.c.kind == "add_stop",
            acts.c.undone_at.is_(None),
            sa.not_(services.c.private),
            stops.c.visit_id == sa.select(here.c.visit_id).where(here.c.id == at_desk).scalar_subquery(),
        )
        .order_by(acts.c.at, acts.c.id)
    ).all()
    if row is None:
        return None
    coming = [member for member in party if member.comes]
    marks = tuple(member.mark for member in coming) if len(coming) < len(party) else ()
    adults = [member for member in party if not member.child]
    can = may_go_apart([Member(mark=member.mark, child=member.child) for member in party]) if len(coming) > 1 else ()
    return VisitorHere(
        stop=row.id,
        visit=row.visit_id,
        version=row.version,
        call=row.call,
        state=StopState(row.state),
        service_key=row.key,
        number=row.number,
        member=marks[0] if len(marks) == 1 else None,
        people=len(coming),
        children=sum(1 for member in coming if member.child),
        marks=marks,
        apart=tuple(nth for nth, adult in enumerate(adults, 1) if adult.comes and adult.mark in can),
        languages=tuple(row.languages),
        shared=tuple(language for language in row.languages if language in spoken),
        interpreter=Interpreter(row.interpreter),
        mediator=row.label or "",
        needs=tuple(need for need in OperationalNeed if need in marked),
        papers=tuple(
            (paper, checked[paper.key])
            for paper in papers_by_service(conn).get(row.service_id, ())
            if paper.key in checked
        ),
        called_at=row.called_at,
        quiet=row.quiet,
        served_at=row.served_at,
        recalls=row.recalls,
        more=row.more,
        added=tuple(dict.fromkeys((step.key, step.name) for step in added)),
        terms=row.terms,
        notes=written,
    )


def offered_on(conn: sa.Connection, day: UUID) -> tuple[ServiceOffered, ...]:
    rows = conn.execute(
        sa.select(
            services.c.id,
            services.c.key,
            desks.c.id.label("desk"),
            desks.c.number,
            institutions.c.name,
            institutions.c.id.label("institution"),
            institutions.c.authority,
        )
        .join_from(desk_services, desks)
        .join(services, services.c.id == desk_services.c.service_id)
        .join(institutions, institutions.c.id == services.c.institution_id)
        .where(desks.c.day_id == day)
        .order_by(services.c.position, services.c.key, desks.c.number)
    )
    return tuple(
        ServiceOffered(
            service=row.id,
            key=row.key,
            desk=row.desk,
            desk_number=row.number,
            institution=row.name,
            institution_id=row.institution,
            authority=row.authority,
        )
        for row in rows
    )
