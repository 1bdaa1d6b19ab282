"""What a day offers: needs, services with their institutions and papers, and what goes before what."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.desks import Institution
from onestop.days.tables import day_always, desk_services, desks, precedences
from onestop.db.memo import remembered
from onestop.directory.needs import Need, all_needs
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.tables import institutions, services


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedService:
    """A service some desk of the day offers, with its institution and papers."""

    id: UUID
    key: str
    private: bool
    minutes: int
    institution: Institution
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedNeed:
    """A need that leads to services of this day."""

    key: str
    pictogram: str
    services: tuple[UUID, ...]
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """The organiser's own words by language."""
    drafts: frozenset[str] = frozenset()
    """The languages of these that nobody has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOffer:
    """What a day offers: needs, services by position, and services every party gets."""

    needs: tuple[OfferedNeed, ...]
    services: tuple[OfferedService, ...]
    always: frozenset[UUID]
    precedences: tuple[tuple[UUID, UUID | None], ...]

    def service(self, service_id: UUID) -> OfferedService | None:
        """The service of that id, `None` if the day does not offer it."""
        return next((service for service in self.services if service.id == service_id), None)


def day_offer(conn: sa.Connection, day_id: UUID) -> DayOffer:
    """Needs and services of a day."""
    return remembered(conn, _configured_offer, day_id)


def day_offers(conn: sa.Connection, day_ids: Collection[UUID]) -> dict[UUID, DayOffer]:
    """What each of these days offers."""
    return remembered(conn, _configured_offers, frozenset(day_ids))


def _configured_offer(conn: sa.Connection, day_id: UUID) -> DayOffer:
    return _configured_offers(conn, frozenset({day_id}))[day_id]


def _configured_offers(conn: sa.Connection, day_ids: frozenset[UUID]) -> dict[UUID, DayOffer]:
    rows = conn.execute(
        sa.select(
            desks.c.day_id,
            services.c.id,
            services.c.key,
            services.c.private,
            sa.func.min(desk_services.c.minutes).label("minutes"),
            institutions.c.id.label("institution_id"),
            institutions.c.key.label("institution_key"),
            institutions.c.name,
            institutions.c.authority,
        )
        .join_from(desk_services, desks)
        .join(services, services.c.id == desk_services.c.service_id)
        .join(institutions, institutions.c.id == services.c.institution_id)
        .where(desks.c.day_id.in_(day_ids))
        .group_by(
            desks.c.day_id,
            services.c.id,
            services.c.key,
            services.c.private,
            services.c.position,
            institutions.c.id,
            institutions.c.key,
            institutions.c.name,
            institutions.c.authority,
        )
        .order_by(services.c.position, services.c.key)
    ).all()
    papers = papers_by_service(conn)
    offered: dict[UUID, list[OfferedService]] = defaultdict(list)
    for row in rows:
        offered[row.day_id].append(
            OfferedService(
                id=row.id,
                key=row.key,
                private=row.private,
                minutes=row.minutes,
                institution=Institution(
                    id=row.institution_id, key=row.institution_key, name=row.name, authority=row.authority
                ),
                papers=papers.get(row.id, ()),
            )
        )
    asked = [need for need in all_needs(conn) if not need.closed]
    always: dict[UUID, set[UUID]] = defaultdict(set)
    for row in conn.execute(sa.select(day_always).where(day_always.c.day_id.in_(day_ids))):
        always[row.day_id].add(row.service_id)
    before: dict[UUID, list[tuple[UUID, UUID | None]]] = defaultdict(list)
    for row in conn.execute(sa.select(precedences).where(precedences.c.day_id.in_(day_ids)).order_by(precedences.c.id)):
        before[row.day_id].append((row.before_service_id, row.after_service_id))
    return {
        day: DayOffer(
            needs=_offered_needs(asked, offered[day]),
            services=tuple(offered[day]),
            always=frozenset(always[day]),
            precedences=tuple(before[day]),
        )
        for day in day_ids
    }


def _offered_needs(asked: Sequence[Need], offered: Sequence[OfferedService]) -> tuple[OfferedNeed, ...]:
    by_key: dict[str, list[UUID]] = defaultdict(list)
    for service in offered:
        by_key[service.key].append(service.id)
    found = (
        OfferedNeed(
            key=need.key,
            pictogram=need.pictogram,
            services=tuple(one for key in need.services for one in by_key[key]),
            words=need.words,
            drafts=need.drafts,
        )
        for need in asked
    )
    return tuple(need for need in found if need.services)


def service_keys(conn: sa.Connection) -> dict[UUID, str]:
    """`institution:service` of every service, the stable part of a desk group's name."""
    return remembered(conn, _service_keys)


def _service_keys(conn: sa.Connection) -> dict[UUID, str]:
    rows = conn.execute(
        sa.select(services.c.id, services.c.key, institutions.c.key.label("institution")).join_from(
            services, institutions
        )
    )
    return {row.id: f"{row.institution}:{row.key}" for row in rows}
