"""The ledger for an organiser's eyes: who saw and who changed what, with numbers and names of desks and accounts.

Never a visitor's name, never what was said. A private step (R19) shows neither desk nor officer; so does what an
officer did to a visitor where the ledger does not say for which of her steps.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.tables import accounts, grants, passes, tokens
from onestop.booking.tables import parties, stops
from onestop.days.tables import days, desks
from onestop.db.ledger import facts
from onestop.devices.tables import devices
from onestop.directory.tables import institutions
from onestop.domain.roles import Role
from onestop.visits.tables import visits

PAGE = 50
AT_DESKS = (Role.OFFICER, Role.MEDIATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody or something a fact names: an account, a day pass, a machine, a program's token."""

    kind: str
    """account, pass, device, token, visitor, system, cli, or hidden for somebody at a desk who stays unnamed."""
    name: str = ""
    desk: int | None = None
    """A pass's desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One fact: when, by whom, what, and about what."""

    id: int
    at: datetime
    kind: str
    by: Named
    day: str = ""
    """The day's name."""
    slug: str = ""
    number: int | None = None
    """The ticket's."""
    erased: bool = False
    """It was about a visitor whose data are erased, or who has no number."""
    private: bool = False
    desk: int | None = None
    about: Named | None = None
    """The account, pass, machine or token that was changed."""
    institution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Fifty lines, the newest first; `older` is where the next page begins."""

    lines: tuple[AuditLine, ...]
    older: int | None


def audit_page(
    conn: sa.Connection,
    *,
    day: UUID | None = None,
    kinds: Collection[str] | None = None,
    by: str = "",
    before: int | None = None,
) -> AuditPage:
    """The lines of a day, or of the whole centre; `by` is an actor's `ref`. Six statements for any number of facts."""
    rows = conn.execute(_wanted(day, kinds, by, before)).all()
    shown = rows[:PAGE]
    names = _names(conn, shown)
    at_desks = _at_desks(conn, shown)
    return AuditPage(
        lines=tuple(_line(row, names, at_desks) for row in shown), older=shown[-1].id if len(rows) > PAGE else None
    )


def _wanted(
    day: UUID | None, kinds: Collection[str] | None, by: str, before: int | None
) -> sa.Select[tuple[object, ...]]:
    party = sa.func.coalesce(facts.c.party_id, visits.c.party_id, stops.c.party_id)
    query = (
        sa.select(
            facts,
            days.c.name.label("day_name"),
            days.c.slug,
            parties.c.number.label("ticket"),
            stops.c.private,
            desks.c.number.label("desk_number"),
        )
        .outerjoin_from(facts, days, days.c.id == facts.c.day_id)
        .outerjoin(visits, visits.c.id == facts.c.visit_id)
        .outerjoin(stops, stops.c.id == facts.c.stop_id)
        .outerjoin(parties, parties.c.id == party)
        .outerjoin(desks, desks.c.id == facts.c.desk_id)
        .order_by(facts.c.id.desc())
        .limit(PAGE + 1)
    )
    if day is not None:
        query = query.where(facts.c.day_id == day)
    if kinds is not None:
        query = query.where(facts.c.kind.in_(kinds))
    if before is not None:
        query = query.where(facts.c.id < before)
    if by:
        # Whoever is not named on a line is not found by her name either: else the choice would tell.
        query = query.where(facts.c.actor == by, _may_be_named(by))
    return query


def _may_be_named(by: str) -> sa.ColumnElement[bool]:
    kind, _, about = by.partition(":")
    nobody = sa.and_(facts.c.party_id.is_(None), facts.c.visit_id.is_(None), facts.c.stop_id.is_(None))
    if kind == "pass":
        return sa.or_(nobody, stops.c.private.is_(False))
    if kind == "account":
        works = sa.exists().where(grants.c.account_id == _uuid(about), grants.c.role.in_(AT_DESKS))
        return sa.or_(nobody, stops.c.private.is_(False), sa.and_(facts.c.stop_id.is_(None), ~works))
    return sa.true()


def _line(row: sa.Row[tuple[object, ...]], names: Mapping[str, Named], at_desks: Collection[str]) -> AuditLine:
    of_visitor = any(each is not None for each in (row.party_id, row.visit_id, row.stop_id))
    # `None`: the step is not there any more, or the fact names none: it could have been a private one.
    open_step = row.private is False
    kind = row.actor.partition(":")[0]
    hidden = of_visitor and not open_step
    unnamed = hidden and (kind == "pass" or (kind == "account" and (row.stop_id is not None or row.actor in at_desks)))
    return AuditLine(
        id=row.id,
        at=row.at,
        kind=row.kind,
        by=Named(kind="hidden") if unnamed else names.get(row.actor, Named(kind=kind)),
        day=row.day_name or "",
        slug=row.slug or "",
        number=row.ticket,
        erased=of_visitor and row.ticket is None,
        private=bool(row.private),
        desk=None if hidden else row.desk_number,
        about=_about(row, names),
        institution="" if of_visitor else _institution(row, names),
    )


def _about(row: sa.Row[tuple[object, ...]], names: Mapping[str, Named]) -> Named | None:
    for kind in ("account", "pass", "device", "token"):
        if (about := row.terms.get(kind)) is not None:
            return names.get(f"{kind}:{about}")
    return None


def _institution(row: sa.Row[tuple[object, ...]], names: Mapping[str, Named]) -> str:
    found = names.get(f"institution:{row.terms.get('institution')}")
    return found.name if found else ""


def _names(conn: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]) -> dict[str, Named]:
    """Whatever these facts name, by kind and id."""
    wanted: dict[str, set[UUID]] = {kind: set() for kind in ("account", "pass", "device", "token", "institution")}
    for row in rows:
        kind, _, about = row.actor.partition(":")
        pairs = [(kind, about), *((kind, str(row.terms[kind])) for kind in wanted if row.terms.get(kind))]
        for each, text in pairs:
            if each in wanted and (found := _uuid(text)) is not None:
                wanted[each].add(found)
    names: dict[str, Named] = {}
    people = sa.select(accounts.c.id, accounts.c.name, accounts.c.login).where(accounts.c.id.in_(wanted["account"]))
    for row in conn.execute(people):
        names[f"account:{row.id}"] = Named(kind="account", name=row.name or row.login)
    held = sa.select(passes.c.id, desks.c.number).join_from(passes, desks, desks.c.id == passes.c.desk_id)
    for row in conn.execute(held.where(passes.c.id.in_(wanted["pass"]))):
        names[f"pass:{row.id}"] = Named(kind="pass", desk=row.number)
    for kind, table, name in (
        ("device", devices, devices.c.name),
        ("token", tokens, tokens.c.label),
        ("institution", institutions, institutions.c.name),
    ):
        for row in conn.execute(sa.select(table.c.id, name.label("name")).where(table.c.id.in_(wanted[kind]))):
            names[f"{kind}:{row.id}"] = Named(kind=kind, name=row.name)
    return names


def _at_desks(conn: sa.Connection, rows: Sequence[sa.Row[tuple[object, ...]]]) -> frozenset[str]:
    """Those of the accounts who work at a desk or beside it."""
    asked = {_uuid(row.actor.partition(":")[2]) for row in rows if row.actor.startswith("account:")}
    found = conn.execute(
        sa.select(grants.c.account_id).where(grants.c.account_id.in_(asked - {None}), grants.c.role.in_(AT_DESKS))
    )
    return frozenset(f"account:{account}" for account in found.scalars())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
