"""What an officer does with a stop: recall, serve, finish, not here, park, transfer, undo."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from onestop.days.queries.offer import day_offer
from onestop.domain.errors import DeskUnknown, InvalidInput
from onestop.domain.roles import Role
from onestop.domain.visit import Outcome
from onestop.visits.actions import calls
from onestop.visits.actions.door import undo_of_desk
from onestop.visits.queries.api import StopLine, desk_place, stop_line
from onestop.web.api.access import acts, stop_for
from onestop.web.api.answers import act
from onestop.web.api.wishes import Service, service_of
from onestop.web.kit.requests import Db, WebRequest


class Stop(Struct, kw_only=True):
    """A stop as its desk sees it: no name."""

    stop: UUID
    visit: UUID | None
    number: int | None
    service: UUID
    service_key: str
    state: str
    desk: UUID | None
    called_at: datetime | None
    served_at: datetime | None
    ended_at: datetime | None
    callable_from: datetime | None
    outcome: str | None


class Finished(Struct, kw_only=True):
    """How it ended, without case content; nothing where nobody said it."""

    outcome: Outcome | None = None


class Parking(Struct, kw_only=True):
    """Minutes until the stop comes back by itself."""

    minutes: Annotated[int, Meta(ge=1, le=240)] = 10


class Transferring(Struct, kw_only=True):
    """To a desk, to a service, or to a service at a desk, of the same institution."""

    desk: UUID | None = None
    service: Service | None = None


def stop_of(line: StopLine) -> Stop:
    """The shape of a stop."""
    return Stop(
        stop=line.stop,
        visit=line.visit,
        number=line.number,
        service=line.service,
        service_key=line.service_key,
        state=line.state,
        desk=line.desk,
        called_at=line.called_at,
        served_at=line.served_at,
        ended_at=line.ended_at,
        callable_from=line.callable_from_at,
        outcome=line.outcome,
    )


def _acts(name: str) -> Callable[[Any], Any]:
    return acts(f"/stops/{{stop:uuid}}/{name}", 404, roles=(Role.OFFICER,), ok=200)


@_acts("recall")
async def recall(request: WebRequest, db: Db, stop: FromPath[UUID]) -> Response[Stop]:
    """Repeat the call."""
    return await _act(request, db, stop, calls.recall)


@_acts("serve")
async def serve(request: WebRequest, db: Db, stop: FromPath[UUID]) -> Response[Stop]:
    """Begin the conversation."""
    return await _act(request, db, stop, calls.serve)


@_acts("finish")
async def finish(
    request: WebRequest, db: Db, stop: FromPath[UUID], data: JSONBody[Finished | None] = None
) -> Response[Stop]:
    """End the conversation."""
    return await _act(request, db, stop, calls.finish, outcome=(data or Finished()).outcome)


@_acts("no-show")
async def no_show(request: WebRequest, db: Db, stop: FromPath[UUID]) -> Response[Stop]:
    """Called, did not come: back after ten minutes, missed at the third time."""
    return await _act(request, db, stop, calls.no_show)


@_acts("park")
async def park(
    request: WebRequest, db: Db, stop: FromPath[UUID], data: JSONBody[Parking | None] = None
) -> Response[Stop]:
    """Set aside; it comes back to this desk first."""
    return await _act(request, db, stop, calls.park, minutes=(data or Parking()).minutes)


@_acts("transfer")
async def transfer(request: WebRequest, db: Db, stop: FromPath[UUID], data: JSONBody[Transferring]) -> Response[Stop]:
    """Send on within the institution; seniority is kept."""
    line, someone = await stop_for(request, stop, Role.OFFICER)
    if data.desk is None and data.service is None:
        raise InvalidInput(field="desk")
    if data.desk is not None:
        place = await db.read(desk_place, data.desk)
        if (place.day, place.institution) != (line.day, line.institution):
            raise DeskUnknown  # a foreign desk answers like an unknown one (R14)
    service = None if data.service is None else service_of(await db.read(day_offer, line.day), data.service)
    return await act(
        request,
        calls.transfer,
        stop,
        desk=data.desk,
        service=service,
        actor=someone,
        now=db.now(),
        day=line.day,
        show=_show(stop),
    )


@_acts("undo")
async def undo_act(request: WebRequest, db: Db, stop: FromPath[UUID]) -> Response[Stop]:
    """Take back the last act of a desk at this stop, within 30 seconds."""
    return await _act(request, db, stop, undo_of_desk)


async def _act(
    request: WebRequest, db: Db, stop: UUID, action: Callable[..., object], **said: object
) -> Response[Stop]:
    line, someone = await stop_for(request, stop, Role.OFFICER)
    return await act(request, action, stop, **said, actor=someone, now=db.now(), day=line.day, show=_show(stop))


def _show(stop: UUID) -> Callable[[Any, object], tuple[int, object]]:
    return lambda conn, _: (200, stop_of(stop_line(conn, stop)))


route_handlers: list[Any] = [recall, serve, finish, no_show, park, transfer, undo_act]
