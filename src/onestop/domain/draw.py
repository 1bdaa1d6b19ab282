"""The draw of a day with few places: the random order, which everybody can compute again from what was published.

The scheme, in the order in which each part becomes public:

1. Before requests are taken: the *commitment*, SHA-256 of the seed. From then on the seed cannot be another one.
2. When the window closes: the *list hash*, SHA-256 over the ids of all requests, sorted, one a line. From then on no
   request can be added, changed or left out; nobody outside knew the seed until then, so no list could be made for it.
3. After that the *seed*. A request's rank is its place when all of them are sorted by HMAC-SHA256(seed, id): who does
   not know the seed cannot tell one id from another (Bellare 2006: HMAC is a pseudo-random function), so that every
   order is as likely as any other and the minute of a request means nothing.
4. When places have been given in that order: the *result hash*, SHA-256 over "rank id outcome", one a line.

Ids are random and written as UUIDs in lower case; the seed is 32 bytes, published as hex. Every line ends with a
newline. The seed is made from the ticket key, which lies outside the database and its backups: whoever reads either of
them before the draw knows no rank.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

SHORTEST_WINDOW = timedelta(hours=1)
BEFORE_THE_DAY = timedelta(hours=12)
"""A window closes at least so long before its day opens: people must hear of it and find their way."""


class DrawState(StrEnum):
    """Where a draw stands; `closed` lasts until the last place was given."""

    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    DRAWN = "drawn"


class DrawOutcome(StrEnum):
    """What became of a request in the draw; what she did with it afterwards is nobody's business."""

    DRAWN = "drawn"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


def draw_seed(key: bytes, *, day: UUID, nonce: str) -> str:
    """The seed of a day's draw as hex; kept nowhere before it is published."""
    return hmac.new(key, f"draw|{day}|{nonce}".encode(), hashlib.sha256).hexdigest()


def commitment_of(seed: str) -> str:
    """What is published of a seed beforehand: SHA-256 of its bytes, hex."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def list_hash(requests: Iterable[UUID]) -> str:
    """SHA-256 over the sorted ids, one a line, hex."""
    return _lines_hash(sorted(str(request) for request in requests))


def ranked(seed: str, requests: Iterable[UUID]) -> list[UUID]:
    """The requests in drawn order, the first one has rank 1; equal sums cannot be had, and would go by id."""
    secret = bytes.fromhex(seed)

    def place(request: UUID) -> tuple[bytes, str]:
        name = str(request)
        return hmac.new(secret, name.encode(), hashlib.sha256).digest(), name

    return sorted(requests, key=place)


def result_hash(results: Iterable[tuple[int, UUID, DrawOutcome]]) -> str:
    """SHA-256 over "rank id outcome" in the order of ranks, one a line, hex."""
    return _lines_hash(f"{rank} {request} {outcome}" for rank, request, outcome in sorted(results))


def draw_state(
    *, opens_at: datetime, closes_at: datetime, closed_at: datetime | None, drawn_at: datetime | None, now: datetime
) -> DrawState:
    """The state by the clock; what has been closed or drawn stays so if the clock goes back."""
    if drawn_at is not None:
        return DrawState.DRAWN
    if closed_at is not None or now >= closes_at:
        return DrawState.CLOSED
    return DrawState.OPEN if now >= opens_at else DrawState.ANNOUNCED


def _lines_hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
