"""Whether an institution of the directory was ever used: what was is kept, what was not may go."""

from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.tables import grants, tokens
from onestop.booking.tables import stops
from onestop.days.tables import crew, day_always, desks, precedences, setup_changes
from onestop.directory.tables import services
from onestop.referrals.tables import referrals
from onestop.visits.tables import notes


def is_used(conn: sa.Connection, institution: UUID) -> bool:
    """Whether desks, tickets, notes, referrals, accounts, rules of a day or its history know it; one statement."""
    own = sa.select(services.c.id).where(services.c.institution_id == institution)

    def knows(table: sa.Table, *columns: str) -> sa.ColumnElement[bool]:
        return sa.exists().where(sa.or_(*(table.c[name] == institution for name in columns)))

    return conn.execute(
        sa.select(
            sa.or_(
                knows(desks, "institution_id"),
                knows(crew, "institution_id"),
                knows(stops, "institution_id"),
                knows(notes, "institution_id", "handed_by_id"),
                knows(referrals, "from_institution_id", "to_institution_id"),
                knows(grants, "institution_id"),
                knows(tokens, "institution_id"),
                sa.exists().where(day_always.c.service_id.in_(own)),
                sa.exists().where(
                    sa.or_(precedences.c.before_service_id.in_(own), precedences.c.after_service_id.in_(own))
                ),
                # A desk that was taken away may come back by undo.
                sa.exists().where(
                    sa.or_(
                        *(
                            sa.cast(setup_changes.c[name], sa.Text).contains(str(institution))
                            for name in ("before", "after")
                        )
                    )
                ),
            )
        )
    ).scalar_one()
