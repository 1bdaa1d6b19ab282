"""The reactor: hears the facts of a transaction before its COMMIT and writes the messages they cause (R6)."""

from collections.abc import Sequence
from email.utils import parseaddr

import sqlalchemy as sa

from onestop.domain.booking import DAY_CANCELLED
from onestop.domain.facts import Fact
from onestop.notify.actions import renew_codes, renew_lines, tell, withdraw_reminders
from onestop.notify.kinds import TOUCHED
from onestop.notify.proofs import ask_for_proof
from onestop.notify.waiting import BECAUSE as WITHDREW
from onestop.notify.waiting import CAUSES, ENDS, tell_waiting, withdraw_waiting
from onestop.notify.ways import ways_written
from onestop.settings import Settings

MESSAGES = {
    "BookingConfirmed": "confirmation",
    "BookingMoved": "changed",
    "BookingChanged": "changed",
    "BookingCancelled": "cancelled",
}
"""Which fact causes which message."""
ASKS_FOR_PROOF = frozenset({"PlaceRequested", "PartyListed", "ProofAsked"})
"""After these an address may have to be proved; until then nothing else is written to it."""
BECAUSE = {DAY_CANCELLED: "day_cancelled"}
"""Which message it is instead where the fact says why."""


class OutboxReactor:
    """Joined by `app.py` and the command line; writes only the outbox, renders nothing."""

    def __init__(self, settings: Settings) -> None:
        self._host = mail_host(settings)
        self._ways = ways_written(settings)

    def __call__(self, conn: sa.Connection, facts: Sequence[Fact]) -> None:
        for fact in facts:
            if fact.kind == "LinesChanged" and fact.day is not None:
                renew_lines(conn, fact.day)
            if fact.party is None:
                continue
            if fact.kind in ASKS_FOR_PROOF:
                ask_for_proof(conn, fact.party, host=self._host, now=fact.at)
            if fact.kind in CAUSES:
                tell_waiting(conn, fact.party, CAUSES[fact.kind], host=self._host, ways=self._ways, now=fact.at)
            elif fact.kind == "AddressProved" and fact.terms.get("on_list"):
                tell_waiting(conn, fact.party, "listed", host=self._host, ways=self._ways, now=fact.at)
            elif fact.kind == "PartyWithdrew" and (kind := WITHDREW.get(str(fact.terms.get("because")))):
                tell_waiting(conn, fact.party, kind, host=self._host, ways=self._ways, now=fact.at)
            elif fact.kind in ENDS:
                withdraw_waiting(conn, fact.party, now=fact.at)
            if fact.kind in MESSAGES:
                kind = BECAUSE.get(str(fact.terms.get("because")), MESSAGES[fact.kind])
                tell(conn, fact.party, kind, host=self._host, ways=self._ways, now=fact.at)
            elif fact.kind == "PartyTouched" and not fact.terms["here"]:
                tell(conn, fact.party, TOUCHED[str(fact.terms["how"])], host=self._host, ways=self._ways, now=fact.at)
            elif fact.kind == "TicketRenewed":
                renew_codes(conn, fact.party, host=self._host, now=fact.at)
            elif fact.kind == "RemindersStopped":
                withdraw_reminders(conn, fact.party, now=fact.at)


def mail_host(settings: Settings) -> str:
    """The domain messages come from; a name that cannot exist while no sender is set."""
    address = parseaddr(settings.mail_from)[1]
    return address.rpartition("@")[2] or "onestop.invalid"
