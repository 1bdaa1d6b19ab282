"""Facts: what happened, past tense, immutable; ids, codes and numeric terms only, never words about a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

LOOKS = frozenset({"VisitorLookedUp", "PeopleListed", "NotesRead"})
"""Facts that somebody saw personal data: nothing has changed, so no screen hears of them."""

Term = str | int | float | bool | None | list[int] | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the ledger. `kind` is a past-tense name such as `StopCalled`; `terms` the numbers of a choice."""

    kind: str
    at: datetime
    id: int = field(default=0, compare=False)
    """Its line in the ledger, given when it is recorded."""
    day: UUID | None = None
    party: UUID | None = None
    visit: UUID | None = None
    stop: UUID | None = None
    desk: UUID | None = None
    mediator: UUID | None = None
    actor: str = ""
    terms: Mapping[str, Term] = field(default_factory=dict[str, Term])
