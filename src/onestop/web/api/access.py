"""Who may knock, in the order a program expects: token (401, 403), then `Idempotency-Key` (400), then the body."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, Schema

from onestop.days.queries.days import Day, day_by_slug
from onestop.domain.day import DayState
from onestop.domain.errors import DayUnknown, DeskUnknown, KeyNeeded, NotAllowed, NotKnown, SignInNeeded, StopUnknown
from onestop.domain.roles import Actor, Role
from onestop.visits.queries.api import DeskPlace, StopLine, VisitPlace, desk_place, stop_line, visit_place
from onestop.web.kit.errors import PROBLEM, Problem, RequestWrong
from onestop.web.kit.limits import check_limit
from onestop.web.kit.once import LONGEST, SHORTEST
from onestop.web.kit.requests import WebRequest, db_of
from onestop.web.kit.sessions import actor

STAFF = (Role.ORGANISER, Role.OFFICER, Role.RECEPTIONIST, Role.FLOOR_GUIDE, Role.MEDIATOR)
Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
Guard: TypeAlias = Callable[[Connection, BaseRouteHandler], Coroutine[Any, Any, None]]

BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
"""What the description says of a route that needs a token."""


class MachineRequest(Request[Any, Any, Any]):
    """A request whose body may be nested as deeply as somebody likes, and is refused then."""

    async def json(self) -> Any:
        """The body as JSON. Raises `RequestWrong` for one that no decoder can follow."""
        try:
            return await super().json()
        except RecursionError as error:
            raise RequestWrong from error


@dataclass
class KeyedOperation(Operation):
    """A POST in the description: it needs its `Idempotency-Key`."""

    def __post_init__(self) -> None:
        schema = Schema(type=OpenAPIType.STRING, min_length=SHORTEST, max_length=LONGEST)
        key = Parameter(
            name="Idempotency-Key",
            param_in="header",
            required=True,
            schema=schema,
            description="The same key with the same body gives the same answer for 24 hours, and one effect.",
        )
        self.parameters = [*(self.parameters or []), key]


async def anyone(connection: Connection, _: BaseRouteHandler) -> None:
    """No token is needed; strangers are counted by their network."""
    request = cast(WebRequest, connection)
    if not (await actor(request)).grants:
        await check_limit(request, "api")


async def keyed(connection: Connection, _: BaseRouteHandler) -> None:
    """An effect needs its key before anything is read."""
    if not connection.headers.get("idempotency-key"):
        raise KeyNeeded


def only(*roles: Role) -> Guard:
    """A token with one of these roles; what it covers is checked where the thing is known."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        someone = await actor(cast(WebRequest, connection))
        if not someone.has(*roles):
            raise NotAllowed if someone.grants else SignInNeeded

    return guard


def reads(path: str, *refusals: int, roles: tuple[Role, ...] = (), **more: Any) -> Callable[[Any], Any]:
    """A GET for these roles (for anyone, if none is named) that can be refused like this."""
    route: dict[str, Any] = {**_route(refusals, roles), "guards": [_door(roles)], **more}
    return get(path, **route)


def acts(
    path: str, *refusals: int, roles: tuple[Role, ...] = (), ok: int = 201, also: dict[int, Any] | None = None
) -> Callable[[Any], Any]:
    """A POST that acts once for its key; `also` are other good answers for the description."""
    route = _route((409, 422, *refusals), roles)  # a key in flight, a key used before with another body
    route["responses"] |= also or {}
    return post(path, **route, guards=[_door(roles), keyed], status_code=ok, operation_class=KeyedOperation)


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The refusals a route answers, for the description; 400, 429 and 503 can meet every route."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, media_type=PROBLEM, description=_SAYS[status])
        for status in sorted({400, 429, 503, *statuses})
    }


def name_of(handler: HTTPRouteHandler, *_: Any) -> str:
    """What a route is called in the description: its handler's name."""
    return handler.handler_name


def _route(refusals: tuple[int, ...], roles: tuple[Role, ...]) -> dict[str, Any]:
    known = (401, 403) if roles else ()
    return {
        "responses": problems(*known, *refusals),
        "security": BEARER if roles else None,
        "operation_id": name_of,
    }


def _door(roles: tuple[Role, ...]) -> Guard:
    return only(*roles) if roles else anyone


_SAYS = {
    400: "The request cannot be read, or its Idempotency-Key is missing.",
    401: "A bearer token is needed.",
    403: "This token may not do this, or an invitation is needed.",
    404: "Not known here. What belongs to somebody else answers the same.",
    409: "Not possible now; `code` says why.",
    410: "Not there any more.",
    422: "Well formed, but it cannot be used; `code` and `field` say why.",
    429: "Too many tries; `Retry-After` says when.",
    503: "Busy, or the database cannot do it now; `code` says which, `Retry-After` when to ask again.",
}


async def open_day(request: WebRequest, slug: str) -> Day:
    """A day that strangers may know of. Raises `DayUnknown`."""
    day = await db_of(request).read(day_by_slug, slug)
    if day.state is DayState.DRAFT and not (await actor(request)).has(Role.ORGANISER, day=day.id):
        raise DayUnknown
    return day


async def day_for(request: WebRequest, slug: str, *roles: Role) -> tuple[Day, Actor]:
    """A day and who asks, if her token covers it. Raises `DayUnknown`, which a foreign day answers too."""
    day = await db_of(request).read(day_by_slug, slug)
    someone = await actor(request)
    if not someone.has(*roles, day=day.id):
        raise DayUnknown
    return day, someone


async def desk_for(request: WebRequest, desk: UUID, *roles: Role) -> tuple[DeskPlace, Actor]:
    """A desk and who asks. Raises `DeskUnknown`, which a foreign desk answers too (R14)."""
    place = await db_of(request).read(desk_place, desk)
    someone = await actor(request)
    if not someone.has(*roles, day=place.day, desk=place.desk, institution=place.institution):
        raise DeskUnknown
    return place, someone


async def stop_for(request: WebRequest, stop: UUID, *roles: Role) -> tuple[StopLine, Actor]:
    """A stop at the asker's desk or institution, and who asks. Raises `StopUnknown` for every other (R14)."""
    line = await db_of(request).read(stop_line, stop)
    someone = await actor(request)
    if not someone.has(*roles, day=line.day, desk=line.desk, institution=line.institution):
        raise StopUnknown
    return line, someone


async def visit_for(request: WebRequest, visit: UUID) -> tuple[VisitPlace, Actor]:
    """A visit that the reception, or an officer of an institution it goes to, may act on. Raises `NotKnown`."""
    place = await db_of(request).read(visit_place, visit)
    someone = await actor(request)
    met = any(someone.has(Role.OFFICER, day=place.day, institution=each) for each in place.institutions)
    if not met and not someone.has(Role.RECEPTIONIST, day=place.day):
        raise NotKnown
    return place, someone
