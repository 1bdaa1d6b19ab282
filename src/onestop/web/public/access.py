"""What a ticket's or a waiting page's address may do: the long code everything; one made from a short code no erasing.

The short code of a ticket is short enough to be overheard. It is exchanged for an address of its own, which shows the
ticket without its QR code and can cancel it, dies with the ticket's code, and cannot be turned into the long code.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from onestop.booking.spares import check_spare
from onestop.booking.tickets import TicketRef, find_code
from onestop.booking.waiting import WaitingParty, find_waiting, waiting_party
from onestop.db.session import Database
from onestop.domain.errors import TicketUnknown
from onestop.domain.ticket import read_long_code
from onestop.visits.queries.ticket import TicketState, ticket_state
from onestop.web.kit.limits import check_limit
from onestop.web.kit.requests import WebRequest

MARK = "~"
"""First in an address made from a short code; no ticket code has it."""
_NO_TICKET = 0
"""In place of a ticket's generation, which counts from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A ticket that an address opens, the path it stands under, and whether it is the long code itself."""

    ticket: TicketState
    path: str
    code: str
    """The long code, empty where only the short one is known."""

    @property
    def party(self) -> UUID:
        """Whose ticket it is."""
        return self.ticket.party

    @property
    def day(self) -> UUID:
        """The day whose lock an act takes."""
        return self.ticket.day.id


async def open_ticket(request: WebRequest, db: Database, key: bytes, code: str) -> Access:
    """The ticket behind an address. Raises `TicketUnknown` alike for unknown, forged, replaced and erased ones.

    Wrong ones are counted by themselves too, so that whoever guesses in the hall is refused and nobody else there.
    A spare ticket that was not entered yet is told apart: whoever holds it should ask at the reception.
    """
    await check_limit(request, "ticket")
    try:
        return await _open_ticket(db, key, code)
    except TicketUnknown:
        await check_limit(request, "guess")
        raise


async def _open_ticket(db: Database, key: bytes, code: str) -> Access:
    if code.startswith(MARK):
        ticket = await db.read(ticket_state, _party_in(code))
        if not hmac.compare_digest(code, _seal(key, ticket.party, ticket.generation)):
            raise TicketUnknown
        return Access(ticket=ticket, path=f"/t/{code}", code="")
    long = read_long_code(code)
    if long is None:
        raise TicketUnknown
    try:
        ref = await db.read(find_code, long)
    except TicketUnknown:
        await db.read(check_spare, long, key=key)
        raise
    return Access(ticket=await db.read(ticket_state, ref.party), path=f"/t/{long}", code=long)


def short_path(key: bytes, ref: TicketRef) -> str:
    """The path of a ticket found by its short code."""
    return f"/t/{_seal(key, ref.party, ref.generation)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAccess:
    """Somebody who waits, the path of her page, and its long code, empty where only the short one is known."""

    party: WaitingParty
    path: str
    code: str


async def open_waiting(request: WebRequest, db: Database, key: bytes, code: str) -> WaitingAccess:
    """The waiting page behind an address. Raises `TicketUnknown` alike for unknown, forged and erased ones."""
    await check_limit(request, "ticket")
    try:
        return await _open_waiting(db, key, code)
    except TicketUnknown:
        await check_limit(request, "guess")
        raise


async def _open_waiting(db: Database, key: bytes, code: str) -> WaitingAccess:
    if code.startswith(MARK):
        party = await db.read(waiting_party, _party_in(code))
        if not party.opens or not hmac.compare_digest(code, _seal(key, party.party, _NO_TICKET)):
            raise TicketUnknown
        return WaitingAccess(party=party, path=f"/w/{code}", code="")
    long = read_long_code(code)
    if long is None:
        raise TicketUnknown
    found, _ = await db.read(find_waiting, long)
    return WaitingAccess(party=await db.read(waiting_party, found), path=f"/w/{long}", code=long)


def short_waiting_path(key: bytes, party: UUID) -> str:
    """The path of a waiting page found by its short code."""
    return f"/w/{_seal(key, party, _NO_TICKET)}"


def _seal(key: bytes, party: UUID, generation: int) -> str:
    digest = hmac.new(key, f"short access|{party}|{generation}".encode(), hashlib.sha256).digest()
    return f"{MARK}{party.hex}{base64.b32encode(digest[:17]).decode('ascii')[:26].lower()}"


def _party_in(code: str) -> UUID:
    try:
        return UUID(hex=code[1:33])
    except ValueError as error:
        raise TicketUnknown from error
