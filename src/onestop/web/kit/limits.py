"""How often something may be tried, in three keys: session, contact, network. Kept in memory; machines are exempt.

The network's limit is high, because a shelter or the hall's Wi-Fi is one address with 300 people behind it.
"""

import hashlib
import ipaddress
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from onestop.domain.errors import TooManyTries
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.sessions import actor, is_device, session_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Tries in a stretch of minutes for one session, one contact (or sign-in name, or day), and one network."""

    minutes: int
    session: int
    contact: int
    network: int


RULES: dict[str, Rule] = {
    "sign_in": Rule(minutes=5, session=30, contact=60, network=300),
    "pass": Rule(minutes=5, session=30, contact=60, network=300),
    "pair": Rule(minutes=15, session=10, contact=10, network=30),
    "find": Rule(minutes=5, session=30, contact=60, network=300),
    "hold": Rule(minutes=10, session=30, contact=60, network=1500),
    "book": Rule(minutes=10, session=20, contact=10, network=1200),
    # 300 phones whose streams a proxy blocks: each asks six times a minute and tries its stream as often.
    "ticket": Rule(minutes=1, session=120, contact=120, network=6000),
    # An address that opens nothing: a wrong tap, a replaced code, or somebody who guesses.
    "guess": Rule(minutes=5, session=30, contact=30, network=300),
    # Answers at one link of a rota: its `contact` is the link, which a whole group of volunteers was sent.
    "rota": Rule(minutes=10, session=20, contact=120, network=300),
    "api": Rule(minutes=1, session=1200, contact=1200, network=6000),
}
"""What is limited; a door names one of these."""


class Limits:
    """The counters of one process."""

    def __init__(self, *, scale: float = 1.0) -> None:
        self._scale = scale
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, act: str, keys: dict[str, str]) -> bool:
        """Count one try under each key; whether all of them still allow it."""
        rule = RULES[act]
        allowed = {"session": rule.session, "contact": rule.contact, "network": rule.network}
        results = [
            self._limiter.hit(self._item(allowed[kind], rule.minutes), act, kind, value) for kind, value in keys.items()
        ]
        return all(results)

    def _item(self, amount: int, minutes: int) -> RateLimitItem:
        return RateLimitItemPerMinute(max(1, int(amount * self._scale)), minutes)


async def check_limit(request: WebRequest, act: str, *, contact: str = "") -> None:
    """Count a try of `act`. Raises `TooManyTries`. Paired machines, known by their token, are never counted."""
    if is_device(await actor(request)):
        return
    keys = {"network": network_of(request)}
    if session := session_hash(request):
        keys["session"] = session
    if contact:
        keys["contact"] = hashlib.sha256(contact.strip().casefold().encode()).hexdigest()
    if not request.app.state.limits.count(act, keys):
        raise TooManyTries


def network_of(request: WebRequest) -> str:
    """The network a request comes from: an IPv4 address, or the /64 of an IPv6 address."""
    client = request.scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
