"""Wait estimates: the rest of the day played forward with the calling rule, in a handful of futures.

Source: delay announcements by forward simulation of the actual rule (docs/doors/public.md; Ibrahim & Whitt 2009, 2011).
Each future gives every talk another quantile of its lognormal length (CV 0.7, mean as expected), so that over all
futures each talk meets each quantile once; the interval reaches from the earliest to the latest call.

It rolls what is known now. It does not know who comes later, who will not come when called, talks yet to be proposed,
when a mediator ends her break (it takes: soon), or desks that close early. With five futures about two of three calls
fall inside the interval (Weibull plotting positions 1/6 and 5/6). Minutes are from `now`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.calling import WaitingStop
from onestop.domain.outlook import AtDesk, ExpectedStop, Outlook, WorkingDesk
from onestop.domain.roll import FUTURES, WAY_MINUTES, PreparedHall, Roll

__all__ = [
    "WAY_MINUTES",
    "AtDesk",
    "Estimate",
    "ExpectedStop",
    "Outlook",
    "WorkingDesk",
    "estimate_newcomer",
    "estimate_waits",
]

NEWCOMER = UUID(int=0)
"""The visit and the member of somebody who is not here yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Minutes until called, from and to, and how many are called before her to the desks that could call her."""

    earliest: float
    latest: float
    before: int


def estimate_waits(outlook: Outlook, now: datetime, *, futures: int = FUTURES) -> dict[UUID, Estimate]:
    """An estimate for every waiting stop that is called in each future; for the others nothing can be said."""
    plan = PreparedHall(outlook, now)
    rolls = [Roll(plan, k).play() for k in range(futures)]
    found: dict[UUID, Estimate] = {}
    for i, stop in enumerate(plan.ids):
        met = [roll[i] for roll in rolls]
        reached = [each for each in met if each is not None]
        if len(reached) == len(met):
            times = [at for at, _ in reached]
            before = sorted(count for _, count in reached)[len(reached) // 2]
            found[stop] = Estimate(earliest=min(times), latest=max(times), before=before)
    return found


def estimate_newcomer(
    outlook: Outlook, talks: Mapping[UUID, float], languages: tuple[str, ...], interpreter: Interpreter, now: datetime
) -> Estimate | None:
    """Of somebody who would check in now for these talks (minutes by service): the one she would be called to first.

    `None` when there is a future in which nobody calls her.
    """
    hers = tuple(
        ExpectedStop(
            stop=WaitingStop(
                stop=service,
                visit=NEWCOMER,
                service=service,
                members=frozenset({NEWCOMER}),
                languages=languages,
                interpreter=interpreter,
                waited_minutes=0.0,
                remaining_minutes=sum(talks.values()),
                need=False,
                precedence_met=not any(
                    before in talks and before != service and after in (None, service)
                    for before, after in outlook.precedences
                ),
                callable_from=None,
                only_desk=None,
                parked=False,
                number=0,
            ),
            minutes=minutes,
        )
        for service, minutes in talks.items()
    )
    found = estimate_waits(replace(outlook, waiting=(*outlook.waiting, *hers)), now)
    return min(
        (found[service] for service in talks if service in found),
        key=lambda each: (each.earliest, each.latest),
        default=None,
    )
