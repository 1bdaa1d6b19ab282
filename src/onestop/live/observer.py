"""From facts to topics: what each committed fact changes on which screens."""

from collections.abc import Iterable, Mapping, Sequence

from onestop.domain.facts import LOOKS, Fact
from onestop.live.hub import EVERYBODY, Change, Hub, end_key, key_of

CALLS = frozenset({"StopCalled", "StopRecalled"})
BOARD = frozenset(
    {
        *CALLS,
        "StopServed",
        "StopMissed",
        "StopNotShown",
        "CallEnded",
        "CallRestored",
        "CallWithdrawn",
        "ActUndone",
        "DeskOpened",
        "DeskPaused",
        "DeskClosed",
        "DayPaused",
        "DayResumed",
        "DayClosed",
        "DayPublished",
        "DayChanged",
        "BoardLineChanged",
        "BroadcastSent",
        "BroadcastEnded",
        "SessionCalled",
        "DisplaySetUp",
        "DeviceMoved",
    }
)
"""Facts a hall's board may show. Unknown ones that name a desk reach it too, so that no call is ever stale."""

TO_ALL = frozenset({"BroadcastSent", "BroadcastEnded", "DayClosed"})
"""Facts every phone at the day hears of, under the id of the day."""


ENDS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "AccountRevoked",
            "PasswordChanged",
            "GrantGiven",
            "GrantChanged",
            "CodesSwitchedOn",
            "CodesTakenOff",
        ),
        "account",
    ),
    **dict.fromkeys(("PassReleased", "PassRevoked"), "pass"),
    **dict.fromkeys(("DeviceRevoked", "DeviceMoved", "DevicePaired"), "device"),
    "TokenRevoked": "token",
}
"""Facts after which somebody's rights are others, and the term that names whose."""
LEAVES = frozenset({"SignedOut", "DeskHandedOver"})
"""Facts by which whoever acts goes herself."""
TO_ALL_STAFF = frozenset({"CodesRequired"})
"""Facts after which everybody who is signed in is looked at again."""


class LiveObserver:
    """Tells the hub after each COMMIT; runs on the thread that wrote."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def __call__(self, facts: Sequence[Fact]) -> None:
        self._hub.publish_from_thread(changes_of(facts))


def changes_of(facts: Iterable[Fact]) -> tuple[Change, ...]:
    """The keys that changed, each once with its newest fact; a call makes its key urgent."""
    found: dict[str, Change] = {}
    for fact in facts:
        urgent = fact.kind in CALLS
        for key in _keys(fact):
            before = found.get(key)
            found[key] = Change(
                key, max(fact.id, before.id if before else 0), urgent or (before is not None and before.urgent)
            )
    return tuple(found.values())


def _keys(fact: Fact) -> Iterable[str]:
    if fact.kind in LOOKS:
        return
    if fact.kind in ENDS and (whose := fact.terms.get(ENDS[fact.kind])):
        yield end_key(f"{ENDS[fact.kind]}:{whose}")
    if fact.kind in LEAVES:
        yield end_key(fact.actor)
    if fact.kind in TO_ALL_STAFF:
        yield EVERYBODY
    if fact.day is not None:
        yield key_of("overview", fact.day)
        if fact.kind in BOARD or fact.desk is not None:
            yield key_of("board", fact.day)
        if fact.kind in TO_ALL:
            yield key_of("visit", fact.day)
    if fact.desk is not None:
        yield key_of("desk", fact.desk)
    if fact.visit is not None:
        yield key_of("visit", fact.visit)
