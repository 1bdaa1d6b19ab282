"""Changes of the directory by an organiser: institutions and the services they offer."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.directory.actions import ensure_service
from onestop.directory.queries import InstitutionUnknown
from onestop.directory.tables import AUTHORITIES, institutions, services
from onestop.directory.vocabulary import SERVICES
from onestop.domain.errors import N_, InvalidInput, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.note import check_term
from onestop.domain.roles import Actor

LONGEST_KEY = 60
_NOT_IN_A_KEY = re.compile(r"[\W_]+")


class EntryNameRefused(InvalidInput):
    code = "entry_name_refused"
    sentence = N_("Please write a name with 1 to 200 letters.")


class EntryThere(InvalidInput):
    code = "entry_there"
    sentence = N_("There is already an entry with this name.")


class AuthorityRefused(InvalidInput):
    code = "authority_refused"
    sentence = N_("Please say whether it is a state office or the police.")


class MinutesRefused(InvalidInput):
    code = "minutes_refused"
    sentence = N_("Please write minutes from 1 to 480.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionWords:
    """What is stored of an institution."""

    name: str
    authority: str
    note_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWords:
    """What is stored of a service."""

    minutes: int
    private: bool


def stored_institution(conn: sa.Connection, institution: UUID) -> InstitutionWords:
    """What is stored of an institution. Raises `InstitutionUnknown`."""
    columns = institutions.c.name, institutions.c.authority, institutions.c.note_days
    row = conn.execute(sa.select(*columns).where(institutions.c.id == institution)).one_or_none()
    if row is None:
        raise InstitutionUnknown
    return InstitutionWords(name=row.name, authority=row.authority, note_days=row.note_days)


def stored_service(conn: sa.Connection, service: UUID) -> ServiceWords:
    """What is stored of a service. Raises `NotKnown`."""
    columns = services.c.default_minutes, services.c.private
    row = conn.execute(sa.select(*columns).where(services.c.id == service)).one_or_none()
    if row is None:
        raise NotKnown
    return ServiceWords(minutes=row.default_minutes, private=row.private)


def add_institution(conn: sa.Connection, *, name: str, authority: str, actor: Actor, now: datetime) -> UUID:
    """A new institution. Raises `EntryNameRefused`, `AuthorityRefused`, `EntryThere`."""
    _check_institution(name, authority)
    key = key_of_name(name)
    there = sa.or_(institutions.c.key == key, institutions.c.name == name)
    if conn.execute(sa.select(institutions.c.id).where(there)).first():
        raise EntryThere(field="name")
    made = conn.execute(
        institutions.insert().values(key=key, name=name, authority=authority).returning(institutions.c.id)
    ).scalar_one()
    record(conn, Fact(kind="InstitutionAdded", at=now, actor=actor.ref, terms={"institution": str(made)}))
    return made


def change_institution(
    conn: sa.Connection,
    institution: UUID,
    *,
    name: str,
    authority: str,
    note_days: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Another name or authority on every day from now on, another term for new notes.

    Raises as `add_institution`, and `InstitutionUnknown`, `NoteTermRefused`.
    """
    _check_institution(name, authority)
    same = sa.select(institutions.c.id).where(institutions.c.name == name, institutions.c.id != institution)
    if conn.execute(same.limit(1)).first() is not None:
        raise EntryThere(field="name")
    values = {"name": name, "authority": authority, "note_days": check_term(note_days)}
    changed = conn.execute(institutions.update().where(institutions.c.id == institution).values(**values))
    if changed.rowcount != 1:
        raise InstitutionUnknown
    terms = {"institution": str(institution), "authority": authority}
    record(conn, Fact(kind="InstitutionChanged", at=now, actor=actor.ref, terms=terms))


def close_institution(conn: sa.Connection, institution: UUID, *, closed: bool, actor: Actor, now: datetime) -> None:
    """Offer it for new days no longer, or again; on the days it has it stays. Harmless twice.

    Raises `InstitutionUnknown`.
    """
    there = conn.execute(sa.select(institutions.c.closed).where(institutions.c.id == institution)).scalar()
    if there is None:
        raise InstitutionUnknown
    if there == closed:
        return
    conn.execute(institutions.update().where(institutions.c.id == institution).values(closed=closed))
    kind = "InstitutionClosed" if closed else "InstitutionOpened"
    record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms={"institution": str(institution)}))


def add_service(
    conn: sa.Connection, institution: UUID, *, key: str, minutes: int, private: bool, actor: Actor, now: datetime
) -> UUID:
    """A service of an institution: a shipped key, or one made of the centre's own name by `key_of_name`.

    Raises `InstitutionUnknown`, `EntryNameRefused`, `MinutesRefused`, `EntryThere`.
    """
    if not 1 <= len(key) <= LONGEST_KEY:
        raise EntryNameRefused(field="service")
    _check_minutes(minutes)
    if conn.execute(sa.select(institutions.c.id).where(institutions.c.id == institution)).first() is None:
        raise InstitutionUnknown
    own = (services.c.institution_id == institution, services.c.key == key)
    if conn.execute(sa.select(services.c.id).where(*own)).first():
        raise EntryThere(field="service")
    order = list(SERVICES)
    made = ensure_service(
        conn,
        institution=institution,
        key=key,
        minutes=minutes,
        private=private,
        position=order.index(key) if key in order else len(order),
    )
    record(conn, Fact(kind="ServiceAdded", at=now, actor=actor.ref, terms={"service": str(made)}))
    return made


def change_service(
    conn: sa.Connection, service: UUID, *, minutes: int, private: bool, actor: Actor, now: datetime
) -> None:
    """Other usual minutes, private or not; stops that exist keep what they were made with. Raises `NotKnown`."""
    _check_minutes(minutes)
    changed = conn.execute(
        services.update().where(services.c.id == service).values(default_minutes=minutes, private=private)
    )
    if changed.rowcount != 1:
        raise NotKnown
    terms = {"service": str(service), "minutes": minutes, "private": private}
    record(conn, Fact(kind="ServiceChanged", at=now, actor=actor.ref, terms=terms))


def key_of_name(name: str) -> str:
    """A stable key from a name: its letters and digits in any script, joined by hyphens."""
    return _NOT_IN_A_KEY.sub("-", name.casefold()).strip("-")[:LONGEST_KEY].strip("-")


def _check_institution(name: str, authority: str) -> None:
    if not 1 <= len(name) <= 200 or not key_of_name(name):
        raise EntryNameRefused(field="name")
    if authority not in AUTHORITIES:
        raise AuthorityRefused(field="authority")


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= 480:
        raise MinutesRefused(field="minutes")
