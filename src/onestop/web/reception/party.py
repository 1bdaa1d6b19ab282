"""One ticket holder: check her in, walk through her stops, mark, move, cancel, correct."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.actions.parties import set_name
from onestop.booking.queries import carried_to
from onestop.booking.tickets import new_code, ticket_again
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.offer import day_offer
from onestop.db.session import Database
from onestop.domain.day import DayState
from onestop.domain.errors import N_, InvalidInput, NameRefused
from onestop.domain.ticket import spell_short_code, waiting_short_code
from onestop.domain.visit import LATE_GRACE, VisitReason
from onestop.visits.actions.arrivals import check_in, undo_check_in
from onestop.visits.actions.carrying import carry_over
from onestop.visits.actions.door import bring_back, on_party, on_stop, on_visit, undo_at_reception
from onestop.visits.actions.route import (
    AT_RECEPTION,
    accept_stop,
    come_again,
    come_back,
    decline_stop,
    drop_stop,
    leave,
    propose_stop,
    set_need,
    step_out,
)
from onestop.visits.queries.carrying import days_to_carry_to
from onestop.visits.queries.people import Standing
from onestop.visits.queries.reception import reception_days
from onestop.visits.queries.visitor import Visitor, visitor
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.staff_door import is_on, is_over
from onestop.web.kit.wish_form import ServiceLine, read_ids, service_lines
from onestop.web.reception.frame import Titles, covers, day_and_actor, frame, party_path

Situation = Literal["", "due", "early", "late", "other_day", "over", "cancelled", "missed"]
EARLY = timedelta(minutes=30)
NEXT_DAYS = 3
INSIDE = (Standing.HERE, Standing.OUT, Standing.CALLED)
DONE: dict[str, str] = {
    "checked-in": N_("Checked in. She waits now."),
    "check-in-undone": N_("The check-in is taken back."),
    "need": N_("The need is marked."),
    "need-end": N_("The mark is taken away."),
    "out": N_("She is out. Nobody calls her. Her place is kept."),
    "back": N_("She is back and waits again."),
    "left": N_("The visit has ended."),
    "again": N_("She is here again and waits. Her place is kept."),
    "named": N_("The name is corrected."),
    "cancelled": N_("The booking is cancelled. The time is free again."),
    "moved": N_("The booking has a new time. Please tell her."),
    "booked": N_("Booked. Please read out the number and the code."),
    "dropped": N_("The stop is taken off. The others stay."),
    "accepted": N_("The stop is accepted. She waits for it."),
    "declined": N_("The stop is declined."),
    "brought-back": N_("She waits for this stop again. Her place is kept."),
    "added": N_("The stop is added."),
    "undone": N_("The last step is taken back."),
    "carried": N_("The open stops go on at another day. Please tell her when."),
}
LEAVE_REASONS = (
    (VisitReason.OWN_WISH, N_("She wishes to go")),
    (VisitReason.INSTITUTION_GONE, N_("The institution is not here any more")),
    (VisitReason.NO_SHOW, N_("Nobody can find her")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """Where what she could not finish goes on; without a time she is on the waiting list there."""

    day: Day
    at: datetime | None
    number: int | None
    short_code: str
    path: str
    """Her page there, empty for one who does not work at that day."""


@page_of("reception/party.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPage:
    """Everything reception does for one ticket."""

    day: Day
    now: datetime
    path: str
    visitor: Visitor
    titles: Titles
    situation: Situation
    off_minutes: int
    """How early or late she is."""
    runs: bool
    """Whether this day is on now."""
    today: Day | None
    """The day that is on now, if this ticket is for another one."""
    to_add: tuple[ServiceLine, ...]
    reasons: tuple[tuple[VisitReason, str], ...]
    next_days: tuple[Day, ...]
    """Days where her open stops can go on."""
    goes_on: GoesOn | None
    short_code: str
    """Only to be read out right after booking."""
    done: str
    name: str
    name_error: str
    key: str = field(default_factory=new_key)


@get("/reception/{slug:str}/parties/{party:uuid}")
async def show_party(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Her page."""
    day, _ = await day_and_actor(request, db, slug)
    return await _show(request, db, day, party, ticket_key)


@post("/reception/{slug:str}/parties/{party:uuid}/check-in")
async def do_check_in(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She is here. A second press changes nothing."""
    return await _act(request, db, slug, party, "checked-in", on_party, check_in)


@post("/reception/{slug:str}/parties/{party:uuid}/check-in/undo")
async def do_undo_check_in(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """It was somebody else."""
    return await _act(request, db, slug, party, "check-in-undone", on_visit, undo_check_in)


@post("/reception/{slug:str}/parties/{party:uuid}/need")
async def mark_need(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She cannot stand long, has an infant, or a deadline today."""
    return await _act(request, db, slug, party, "need", on_visit, set_need, need=True)


@post("/reception/{slug:str}/parties/{party:uuid}/need/end")
async def unmark_need(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """The mark was wrong or is over."""
    return await _act(request, db, slug, party, "need-end", on_visit, set_need, need=False)


@post("/reception/{slug:str}/parties/{party:uuid}/out")
async def do_step_out(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She steps out."""
    return await _act(request, db, slug, party, "out", on_visit, step_out)


@post("/reception/{slug:str}/parties/{party:uuid}/back")
async def do_come_back(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She is back."""
    return await _act(request, db, slug, party, "back", on_visit, come_back)


@post("/reception/{slug:str}/parties/{party:uuid}/again")
async def do_come_again(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She had left and is here again."""
    return await _act(request, db, slug, party, "again", on_visit, come_again)


@post("/reception/{slug:str}/parties/{party:uuid}/leave")
async def do_leave(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She leaves with stops unserved, and why."""
    await day_and_actor(request, db, slug)
    reason = (await read_form(request)).text("reason", 40)
    known = [each for each, _ in LEAVE_REASONS]
    if reason not in known:
        raise InvalidInput(field="reason")
    return await _act(request, db, slug, party, "left", on_visit, leave, reason=VisitReason(reason))


@post("/reception/{slug:str}/parties/{party:uuid}/carry-over")
async def do_carry_over(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Her open stops go on at another day, with a time that is kept for her there."""
    day, _ = await day_and_actor(request, db, slug)
    chosen = read_ids([(await read_form(request)).text("to", 40)])
    then = next((each for each in await _next_days(db, day) if each.id in chosen), None)
    if then is None:
        raise InvalidInput(field="to")
    return await _act(
        request, db, slug, party, "carried", on_visit, carry_over, then.id, key=ticket_key, lock=min(day.id, then.id)
    )


@post("/reception/{slug:str}/parties/{party:uuid}/undo")
async def do_undo(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Take back what was just done here."""
    await day_and_actor(request, db, slug)
    form = await read_form(request)
    ids = read_ids([form.text("stop", 40), form.text("act", 40)])
    if len(ids) != 2:
        raise InvalidInput(field="act")

    def act(conn: Any, visit: UUID, **more: Any) -> str:
        return undo_at_reception(conn, ids[0], visit=visit, act_id=ids[1], **more)

    return await _act(request, db, slug, party, "undone", on_visit, act)


@post("/reception/{slug:str}/parties/{party:uuid}/name")
async def correct_name(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Correct the spelling."""
    typed = (await read_form(request)).text("name", 400)
    try:
        return await _act(request, db, slug, party, "named", on_party, set_name, name=typed)
    except NameRefused as refused:
        day, _ = await day_and_actor(request, db, slug)
        error = locale_of(request).say(refused.sentence, refused.params)
        return await _show(request, db, day, party, ticket_key, name=typed, name_error=error)


@post("/reception/{slug:str}/parties/{party:uuid}/code")
async def renew_code(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """A lost ticket: the same number with a new code, to be printed."""

    def act(conn: Any, of: UUID, **more: Any) -> Any:
        return new_code(conn, party=of, key=ticket_key, **more)

    return await _act(request, db, slug, party, "renewed", on_party, act, page_end="/print")


@post("/reception/{slug:str}/parties/{party:uuid}/cancel")
async def do_cancel(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She does not come."""
    return await _act(request, db, slug, party, "cancelled", on_party, cancel_booking)


@post("/reception/{slug:str}/parties/{party:uuid}/stops")
async def add_stop(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """One stop more, which she saw named and accepted here (R18)."""
    await day_and_actor(request, db, slug)
    ids = read_ids([(await read_form(request)).text("service", 40)])
    if not ids:
        raise InvalidInput(field="service")
    return await _act(request, db, slug, party, "added", on_visit, propose_stop, ids[0], accepted_how=AT_RECEPTION)


@post("/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}/drop")
async def do_drop(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """Take a stop off."""
    return await _act(request, db, slug, party, "dropped", on_stop, stop, drop_stop)


@post("/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}/accept")
async def do_accept(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """She says yes to a stop that a desk proposed."""
    return await _act(request, db, slug, party, "accepted", on_stop, stop, accept_stop, how="reception")


@post("/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}/decline")
async def do_decline(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """She says no to it."""
    return await _act(request, db, slug, party, "declined", on_stop, stop, decline_stop)


@post("/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}/back")
async def do_bring_back(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """She missed her calls and is at the reception now."""
    return await _act(request, db, slug, party, "brought-back", on_stop, stop, bring_back)


async def _act(
    request: WebRequest,
    db: Database,
    slug: str,
    party: UUID,
    did: str,
    guarded: Callable[..., Any],
    *args: Any,
    page_end: str = "",
    lock: UUID | None = None,
    **more: Any,
) -> Response[Any]:
    """One act on what belongs to this ticket of this day, then back to its page; `lock` is another day's."""
    day, someone = await day_and_actor(request, db, slug)
    path = await submit_once(
        request,
        f"reception.{did}",
        guarded,
        day.id,
        party,
        *args,
        actor=someone,
        now=db.now(),
        day=lock or day.id,
        to=lambda _: f"{party_path(day, party)}{page_end}?did={did}",
        **more,
    )
    return see_other(path)


async def _show(
    request: WebRequest,
    db: Database,
    day: Day,
    party: UUID,
    ticket_key: bytes,
    *,
    name: str | None = None,
    name_error: str = "",
) -> Response[Any]:
    now, locale = db.now(), locale_of(request)
    known = await db.read(visitor, day.id, party, now=now)
    offer = await db.read(day_offer, day.id)
    did = request.query_params.get("did", "")
    situation = situation_of(known, day, now)
    code = (await db.read(ticket_again, party=party, key=ticket_key)).short if did == "booked" else ""
    booked_at = known.person.booked_at or now
    context = PartyPage(
        day=day,
        now=now,
        path=party_path(day, party),
        visitor=known,
        titles=Titles(locale),
        situation=situation,
        off_minutes=abs(int((booked_at - now).total_seconds())) // 60,
        runs=is_on(day, now) and day.state is DayState.PUBLISHED,
        today=await _today(request, db, day) if situation in ("other_day", "over", "missed", "cancelled") else None,
        to_add=service_lines(
            offer,
            [one.id for one in offer.services if one.id not in known.services_open],
            checked=(),
            late=frozenset(),
            locale=locale,
        ),
        reasons=LEAVE_REASONS,
        next_days=await _next_days(db, day) if known.person.standing in INSIDE else (),
        goes_on=await _goes_on(request, db, party, ticket_key)
        if known.person.standing is Standing.CARRIED_OVER
        else None,
        short_code=spell_short_code(code) if code else "",
        done=locale.gettext(DONE[did]) if did in DONE and request.method == "GET" else "",
        name=known.person.name if name is None else name,
        name_error=name_error,
    )
    return page(request, context, status=422 if name_error else 200, **frame(request, day))


async def _next_days(db: Database, day: Day) -> tuple[Day, ...]:
    """The days that come next."""
    return (await db.read(days_to_carry_to, day, now=db.now()))[:NEXT_DAYS]


async def _goes_on(request: WebRequest, db: Database, party: UUID, key: bytes) -> GoesOn | None:
    to = await db.read(carried_to, party)
    if to is None:
        return None
    day = await db.read(day_by_id, to.day)
    _, someone = await day_and_actor(request, db, request.path_params["slug"])
    if to.number is None:
        short = waiting_short_code(key, day=day.id, party=to.party)
    else:
        short = (await db.read(ticket_again, party=to.party, key=key)).short
    path = party_path(day, to.party) if to.number is not None and covers(someone, day.id) else ""
    return GoesOn(day=day, at=to.arrival_at, number=to.number, short_code=spell_short_code(short), path=path)


def situation_of(known: Visitor, day: Day, now: datetime) -> Situation:
    """What reception is told first about somebody who is not inside."""
    standing, booked_at = known.person.standing, known.person.booked_at
    if standing is Standing.CANCELLED:
        return "cancelled"
    if standing is Standing.MISSED:
        return "missed"
    if standing is not Standing.BOOKED or booked_at is None:
        return ""
    if is_over(day, now):
        return "over"
    if not is_on(day, now):
        return "other_day"
    if now > booked_at + LATE_GRACE:
        return "late"
    return "early" if now < booked_at - EARLY else "due"


async def _today(request: WebRequest, db: Database, day: Day) -> Day | None:
    """The day that takes walk-ins now, if she works at it."""
    now = db.now()
    _, someone = await day_and_actor(request, db, day.slug)
    return next(
        (each for each in await db.read(reception_days, now=now) if is_on(each, now) and covers(someone, each.id)),
        None,
    )


route_handlers: list[Any] = [
    show_party,
    do_check_in,
    do_undo_check_in,
    mark_need,
    unmark_need,
    do_step_out,
    do_come_back,
    do_come_again,
    do_leave,
    do_carry_over,
    do_undo,
    correct_name,
    renew_code,
    do_cancel,
    add_stop,
    do_drop,
    do_accept,
    do_decline,
    do_bring_back,
]
