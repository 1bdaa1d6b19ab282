"""A desk: its queue, the next call, open, pause, close."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from onestop.domain.calling import because_parts
from onestop.domain.day import DeskState
from onestop.domain.roles import Role
from onestop.visits.actions.calls import Called, call_next
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.queries.api import QueueLine, desk_place, desk_queue, stop_line
from onestop.web.api.access import acts, desk_for, reads
from onestop.web.api.answers import After, Limit, Term, act, paged
from onestop.web.api.stops import Stop, stop_of
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.requests import Db, WebRequest

MANNED = (Role.OFFICER, Role.ORGANISER)


class Waiting(Struct, kw_only=True):
    """A stop this desk could call, why it stands here, and the numbers behind it."""

    stop: UUID
    number: int
    service: UUID
    service_key: str
    because: str
    mediator: UUID | None
    terms: dict[str, Term]


class Queue(Struct, kw_only=True):
    """A page of the queue."""

    items: list[Waiting]
    next: int | None


class CallWanted(Struct, kw_only=True):
    """With `standing` the desk stays ready for ten minutes when nobody can be called."""

    standing: bool = False


class Desk(Struct, kw_only=True):
    """A desk and how it stands."""

    desk: UUID
    number: int
    state: str
    ready_until: datetime | None


@reads("/desks/{desk:uuid}/queue", 404, roles=(Role.OFFICER,))
async def queue(request: WebRequest, db: Db, desk: FromPath[UUID], after: After = 0, limit: Limit = 100) -> Queue:
    """Callable stops in calling order."""
    place, _ = await desk_for(request, desk, Role.OFFICER)
    locale = locale_of(request)
    lines = await db.read(desk_queue, place, now=db.now())
    shown, next_page = paged([_waiting(line, locale) for line in lines], after=after, limit=limit)
    return Queue(items=shown, next=next_page)


@acts(
    "/desks/{desk:uuid}/calls",
    404,
    roles=(Role.OFFICER,),
    also={
        200: ResponseSpec(Stop, generate_examples=False, description="The call that is open here already."),
        204: ResponseSpec(None, generate_examples=False, description="Nobody can be called now."),
    },
)
async def call(
    request: WebRequest, db: Db, desk: FromPath[UUID], data: JSONBody[CallWanted | None] = None
) -> Response[Stop]:
    """Call the next: 201 a new call, 200 the one already open here, 204 nobody can be called."""
    place, someone = await desk_for(request, desk, Role.OFFICER)

    def show(conn: Any, called: Called) -> tuple[int, object]:
        if called.stop is None:
            return 204, None
        return (201 if called.new else 200), stop_of(stop_line(conn, called.stop))

    standing = data is not None and data.standing
    return await act(request, call_next, desk, standing=standing, actor=someone, now=db.now(), day=place.day, show=show)


@acts("/desks/{desk:uuid}/open", 404, roles=MANNED, ok=200)
async def open_desk(request: WebRequest, db: Db, desk: FromPath[UUID]) -> Response[Desk]:
    """Take visitors."""
    return await _set(request, db, desk, DeskState.OPEN)


@acts("/desks/{desk:uuid}/pause", 404, roles=MANNED, ok=200)
async def pause_desk(request: WebRequest, db: Db, desk: FromPath[UUID]) -> Response[Desk]:
    """Take nobody new for a while."""
    return await _set(request, db, desk, DeskState.PAUSED)


@acts("/desks/{desk:uuid}/close", 404, roles=MANNED, ok=200)
async def close_desk(request: WebRequest, db: Db, desk: FromPath[UUID]) -> Response[Desk]:
    """Take nobody any more; refused while somebody is at it."""
    return await _set(request, db, desk, DeskState.CLOSED)


async def _set(request: WebRequest, db: Db, desk: UUID, state: DeskState) -> Response[Desk]:
    place, someone = await desk_for(request, desk, Role.OFFICER, Role.ORGANISER)

    def show(conn: Any, _: None) -> tuple[int, object]:
        after = desk_place(conn, desk)
        return 200, Desk(desk=desk, number=after.number, state=after.state, ready_until=after.ready_until_at)

    return await act(request, set_desk_state, desk, state, actor=someone, now=db.now(), day=place.day, show=show)


def _waiting(line: QueueLine, locale: Locale) -> Waiting:
    reasons = [locale.say(sentence, params) for sentence, params in because_parts(line.choice.terms)]
    return Waiting(
        stop=line.stop,
        number=line.number,
        service=line.service,
        service_key=line.service_key,
        because=", ".join(reasons),
        mediator=line.choice.mediator,
        terms=dict[str, Any](line.choice.terms),
    )


route_handlers: list[Any] = [queue, call, open_desk, pause_desk, close_desk]
