"""The reactor: hears the facts of a transaction before its COMMIT and writes the messages they cause (R6)."""

from collections.abc import Sequence
from email.utils import parseaddr

import sqlalchemy as sa

from onestop.domain.facts import Fact
from onestop.notify.actions import renew_codes, tell
from onestop.notify.proofs import ask_for_proof
from onestop.settings import Settings

MESSAGES = {"BookingConfirmed": "confirmation", "BookingMoved": "changed", "BookingCancelled": "cancelled"}
"""Which fact causes which message."""


class OutboxReactor:
    """Joined by `app.py` and the command line; writes only the outbox, renders nothing."""

    def __init__(self, settings: Settings) -> None:
        self._host = mail_host(settings)

    def __call__(self, conn: sa.Connection, facts: Sequence[Fact]) -> None:
        for fact in facts:
            if fact.party is None:
                continue
            if fact.kind == "PlaceRequested":
                ask_for_proof(conn, fact.party, host=self._host, now=fact.at)
            elif fact.kind in MESSAGES:
                tell(conn, fact.party, MESSAGES[fact.kind], host=self._host, now=fact.at)
            elif fact.kind == "TicketRenewed":
                renew_codes(conn, fact.party, host=self._host, now=fact.at)


def mail_host(settings: Settings) -> str:
    """The domain messages come from; a name that cannot exist while no sender is set."""
    address = parseaddr(settings.mail_from)[1]
    return address.rpartition("@")[2] or "onestop.invalid"
