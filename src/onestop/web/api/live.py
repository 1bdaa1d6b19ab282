"""What a hall's display shows, and the stream that says when to look again."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from msgspec import Struct

from onestop.booking.tickets import find_code
from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.domain.errors import DayUnknown, NotAllowed, SignInNeeded, TicketUnknown
from onestop.domain.roles import Actor, Role
from onestop.live.hub import key_of
from onestop.visits.queries.api import visit_of_party
from onestop.visits.queries.board import board as board_lines
from onestop.visits.queries.board import board_day
from onestop.web.api.access import BEARER, STAFF, day_for, open_day, problems, reads
from onestop.web.api.answers import After
from onestop.web.kit.limits import check_limit
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.sessions import actor, bearer_token
from onestop.web.kit.sse import live_stream

BOARD = (Role.DISPLAY, Role.KIOSK, *STAFF)


class Call(Struct, kw_only=True):
    """A call: a number, one member of a party by her mark, a desk; `said` counts its announcements."""

    id: int
    number: int
    member: int | None
    desk: int
    colour: int
    shape: str
    said: int
    age_seconds: int


class Board(Struct, kw_only=True):
    """The lines of the board, the latest first, then later ones still to be announced; ask on after `last`."""

    calls: list[Call]
    state: str
    last: int


@reads("/days/{day:str}/board", 404, roles=BOARD)
async def board(request: WebRequest, db: Db, day: FromPath[str], after: After = 0) -> Board:
    """Numbers and desks only."""
    await day_for(request, day, *BOARD)
    now = db.now()
    view = await db.read(board_lines, await db.read(board_day, day, now=now), after=after, now=now)
    return Board(
        calls=[
            Call(
                id=call.id,
                number=call.number,
                member=call.member,
                desk=call.desk_number,
                colour=call.desk_colour,
                shape=call.desk_shape,
                said=call.said,
                age_seconds=call.age_seconds,
            )
            for call in view.calls
        ],
        state=view.state,
        last=view.last,
    )


@reads(
    "/days/{day:str}/live",
    security=BEARER,
    responses={
        200: ResponseSpec(
            str, generate_examples=False, media_type="text/event-stream", description="`id`, `event: topic`, `data`."
        ),
        **problems(401, 403, 404),
    },
)
async def live(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Which topic changed, for a display, staff, or the bearer of a ticket code (her own visit)."""
    found = await open_day(request, day)
    someone = await actor(request)
    if someone.grants:
        return await live_stream(request, await _keys(db, found, someone))
    if (code := bearer_token(request)) is None:
        raise SignInNeeded
    await check_limit(request, "ticket")
    try:
        ref = await db.read(find_code, code)
    except TicketUnknown as unknown:
        raise SignInNeeded from unknown  # neither a token nor a ticket
    if ref.day != found.id:
        raise DayUnknown
    visit = await db.read(visit_of_party, ref.party)
    # Before the check-in there is nothing to hear but the heartbeat.
    return await live_stream(request, [] if visit is None else [key_of("visit", visit)])


async def _keys(db: Db, day: Day, someone: Actor) -> list[str]:
    if not someone.has(*BOARD, day=day.id):
        raise NotAllowed
    keys = [key_of("board", day.id)]
    if someone.has(Role.ORGANISER, Role.RECEPTIONIST, Role.FLOOR_GUIDE, Role.MEDIATOR, day=day.id):
        keys.append(key_of("overview", day.id))
    if someone.has(Role.OFFICER, day=day.id):
        keys += [key_of("desk", desk) for desk in await _own_desks(db, day, someone)]
    return keys


async def _own_desks(db: Db, day: Day, someone: Actor) -> list[UUID]:
    return [
        desk.id
        for desk in await db.read(desks_of_day, day.id)
        if someone.has(Role.OFFICER, day=day.id, desk=desk.id, institution=desk.institution.id)
    ]


route_handlers: list[Any] = [board, live]
