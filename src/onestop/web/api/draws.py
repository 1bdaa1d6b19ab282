"""The draw of a day for programs: ask for a place, and everything that is public of it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from onestop.booking.actions.draws import Requested, request_place
from onestop.booking.contacts import country_of_zone
from onestop.booking.draws import counts_of, lines_of
from onestop.days.queries.draws import the_draw
from onestop.days.queries.offer import day_offer
from onestop.domain.booking import PROVES
from onestop.domain.day import Release
from onestop.domain.errors import InvalidInput, NoDraw
from onestop.domain.ticket import waiting_code
from onestop.web.api.access import acts, open_day, reads
from onestop.web.api.answers import After, Limit, act, instant
from onestop.web.api.booking import channel_of
from onestop.web.api.wishes import ContactField, Instant, Wanted, contacts_of, wish_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.requests import Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.sessions import actor


class PlaceWanted(Wanted, kw_only=True):
    """A request; without a token of the centre it needs an e-mail address, and counts once that is proved."""

    name: Annotated[str, Meta(max_length=400)] | None = None
    contact: ContactField | None = None
    not_before: Instant | None = None
    not_after: Instant | None = None


class PlaceRequested(Struct, kw_only=True):
    """Her request: its public id, and the secret code of her own page."""

    request: UUID
    code: str
    url: str
    proof_needed: bool


class DrawLine(Struct, kw_only=True):
    """A request on the public list; rank and outcome once the draw is done."""

    id: UUID
    rank: int | None
    outcome: str | None


class DrawShown(Struct, kw_only=True):
    """What was published so far; hashes and seed are hex. `items` is the list once it is closed."""

    state: str
    opens_at: datetime
    closes_at: datetime
    commitment: str
    requests: int | None
    list_hash: str | None
    seed: str | None
    drawn_at: datetime | None
    drawn: int | None
    result_hash: str | None
    items: list[DrawLine]
    next: int | None


@acts("/days/{day:str}/requests", 403, 404, 410)
async def ask_for_place(
    request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str], data: JSONBody[PlaceWanted]
) -> Response[PlaceRequested]:
    """Take part in the draw of a day while its window is open."""
    place = await open_day(request, day)
    someone = await actor(request)
    wish = wish_of(request, place, await db.read(day_offer, place.id), data)
    contact = contacts_of(data.contact, country_of_zone(place.timezone))
    first = instant(data.not_before, "not_before") if data.not_before else None
    last = instant(data.not_after, "not_after") if data.not_after else None
    if first is not None and last is not None and last <= first:
        raise InvalidInput(field="not_after")
    await check_limit(request, "hold")
    await check_limit(request, "book", contact=contact[0].address if contact else "")
    channel = channel_of(someone, place)

    def show(_: Any, made: Requested) -> tuple[int, object]:
        code = waiting_code(ticket_key, day=place.id, party=made.party)
        url = f"{base_url_of(request)}/w/{code}"
        return 201, PlaceRequested(request=made.request, code=code, url=url, proof_needed=channel in PROVES)

    return await act(
        request,
        request_place,
        place.id,
        wish,
        channel=channel,
        key=ticket_key,
        name=data.name or "",
        contact=contact,
        not_before=first,
        not_after=last,
        actor=someone,
        now=db.now(),
        day=place.id,
        show=show,
    )


@reads("/days/{day:str}/draw", 404)
async def show_draw(request: WebRequest, db: Db, day: FromPath[str], after: After = 0, limit: Limit = 100) -> DrawShown:
    """The draw of a day, before, during and after it."""
    place = await open_day(request, day)
    if place.release is not Release.DRAW:
        raise NoDraw
    draw = await db.read(the_draw, place.id)
    closed, done = draw.closed_at is not None, draw.drawn_at is not None
    counts = await db.read(counts_of, place.id)
    lines = await db.read(lines_of, place.id, done=done, after=after, limit=limit) if closed else []
    return DrawShown(
        state=draw.state(db.now()),
        opens_at=draw.opens_at,
        closes_at=draw.closes_at,
        commitment=draw.commitment,
        requests=counts.requests if closed else None,
        list_hash=draw.list_hash,
        seed=draw.seed,
        drawn_at=draw.drawn_at,
        drawn=counts.drawn if done else None,
        result_hash=draw.result_hash,
        items=[DrawLine(id=line.request, rank=line.rank, outcome=line.outcome) for line in lines],
        next=after + limit if closed and after + limit < counts.requests else None,
    )


route_handlers: list[Any] = [ask_for_place, show_draw]
