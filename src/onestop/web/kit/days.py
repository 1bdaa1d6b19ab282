"""The page that asks which day somebody works at; with one day only she is sent there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.roles import Role
from onestop.visits.queries.reception import reception_days
from onestop.web.kit.guards import require
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import go_to, page
from onestop.web.kit.staff_door import is_on


@page_of("kit/days.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DaysPage:
    """The days to choose from; each stands at `base` and its name."""

    title: str
    base: str
    days: tuple[Day, ...]
    today: frozenset[UUID]


async def choose_day(request: WebRequest, db: Database, *roles: Role, door: str, title: str) -> Response[Any]:
    """The days at which somebody has one of the roles. Raises `SignInNeeded`, `NotAllowed`."""
    someone = await require(request, *roles)
    now, base = db.now(), f"/{door}"
    days = tuple(day for day in await db.read(reception_days, now=now) if someone.has(*roles, day=day.id))
    if len(days) == 1:
        return go_to(request, f"{base}/{days[0].slug}")
    today = frozenset(day.id for day in days if is_on(day, now))
    zone = days[0].timezone if days else "UTC"
    return page(request, DaysPage(title=title, base=base, days=days, today=today), door=door, home=base, zone=zone)
