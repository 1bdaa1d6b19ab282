"""Reads of the directory."""

from uuid import UUID

import sqlalchemy as sa

from onestop.directory.tables import institutions
from onestop.domain.errors import N_, Refusal


class InstitutionUnknown(Refusal):
    code = "institution_unknown"
    status = 404
    sentence = N_("We do not know this institution.")


def institution_by_key(conn: sa.Connection, key: str) -> UUID:
    """The institution of that key. Raises `InstitutionUnknown`."""
    found = conn.execute(sa.select(institutions.c.id).where(institutions.c.key == key)).scalar()
    if found is None:
        raise InstitutionUnknown
    return found
