"""An institution that was never used is taken out of the directory; one that was used can only be closed."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.directory.papers import OWNER
from onestop.directory.queries import InstitutionUnknown
from onestop.directory.tables import checklist_items, institutions, services, texts
from onestop.domain.errors import N_, Refusal
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.visits.queries.institutions import is_used


class InstitutionUsed(Refusal):
    code = "institution_used"
    sentence = N_("This institution was used and stays. You can choose that it is no longer offered.")


def remove_institution(conn: sa.Connection, institution: UUID, *, actor: Actor, now: datetime) -> None:
    """Delete an institution that was never used, with its services and their papers.

    Raises `InstitutionUsed`, `InstitutionUnknown`.
    """
    row = conn.execute(
        sa.select(institutions.c.name).where(institutions.c.id == institution).with_for_update()
    ).one_or_none()
    if row is None:
        raise InstitutionUnknown
    if is_used(conn, institution):
        raise InstitutionUsed
    own = sa.select(services.c.id).where(services.c.institution_id == institution)
    papers = sa.select(checklist_items.c.id).where(checklist_items.c.service_id.in_(own))
    conn.execute(texts.delete().where(texts.c.owner_kind == OWNER, texts.c.owner_id.in_(papers)))
    conn.execute(institutions.delete().where(institutions.c.id == institution))
    terms = {"institution": str(institution), "name": row.name}
    record(conn, Fact(kind="InstitutionRemoved", at=now, actor=actor.ref, terms=terms))
