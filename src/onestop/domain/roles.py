"""Roles of people who work at a day, and who is acting."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from onestop.domain.errors import CodesNeeded, NotAllowed, SignInNeeded


class Role(StrEnum):
    ORGANISER = "organiser"
    OFFICER = "officer"
    RECEPTIONIST = "receptionist"
    FLOOR_GUIDE = "floor_guide"
    MEDIATOR = "mediator"
    HELPER = "helper"
    ADMINISTRATOR = "administrator"
    KIOSK = "kiosk"
    DISPLAY = "display"


HELPER_CAP = 20
"""Live bookings a helper may have on one day, where nobody said another number."""
MOST_HELPER_CAP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One right: a role, narrowed to an institution, a day or a desk where these are given.

    `cap` is a helper's: how many live bookings she may have on one day at a time.
    """

    role: Role
    institution: UUID | None = None
    day: UUID | None = None
    desk: UUID | None = None
    cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks. `ref` names the actor in the ledger by kind and id, never by name."""

    ref: str
    grants: tuple[Grant, ...] = ()
    name: str = ""
    account: UUID | None = None
    device: UUID | None = None
    language: str = ""
    must_set_up_codes: bool = False
    """She may do nothing before she has switched one-time codes on; her grants are left out until then."""

    def has(
        self, *roles: Role, day: UUID | None = None, desk: UUID | None = None, institution: UUID | None = None
    ) -> bool:
        """Whether a grant of one of the roles covers the day, desk and institution named."""
        return any(
            grant.role in roles
            and (grant.day is None or day is None or grant.day == day)
            and (grant.desk is None or desk is None or grant.desk == desk)
            and (grant.institution is None or institution is None or grant.institution == institution)
            for grant in self.grants
        )

    def cap(self, day: UUID) -> int:
        """How many live bookings a helper may have on this day; none if she does not help there."""
        helping = [grant for grant in self.grants if grant.role is Role.HELPER and grant.day in (None, day)]
        return max((grant.cap or HELPER_CAP for grant in helping), default=0)

    def need(
        self, *roles: Role, day: UUID | None = None, desk: UUID | None = None, institution: UUID | None = None
    ) -> None:
        """Raise `SignInNeeded` for a stranger, `NotAllowed` for one whose grants do not cover it."""
        if self.has(*roles, day=day, desk=desk, institution=institution):
            return
        if self.must_set_up_codes:
            raise CodesNeeded
        raise NotAllowed if self.grants else SignInNeeded


VISITOR = Actor(ref="visitor")
"""Anybody without a sign-in."""

SYSTEM = Actor(ref="system")
"""Jobs and matching."""
