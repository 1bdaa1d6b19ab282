"""What reception does for one ticket holder: each press is one act, and her page comes back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.actions.parties import set_name
from onestop.booking.tickets import new_code
from onestop.db.session import Database
from onestop.domain.errors import InvalidInput, NameRefused, NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.operational import OperationalNeed, read_needs
from onestop.domain.visit import Outcome
from onestop.visits.actions.apart import OWN_TICKET
from onestop.visits.actions.arrivals import check_in, undo_check_in
from onestop.visits.actions.calls import correct_outcome, send_waiting
from onestop.visits.actions.carrying import carry_over
from onestop.visits.actions.door import bring_back, on_party, on_stop, on_visit, undo_at_reception
from onestop.visits.actions.put_off import put_off
from onestop.visits.actions.route import (
    AT_RECEPTION,
    accept_stop,
    come_again,
    come_back,
    decline_stop,
    drop_stop,
    leave,
    mark_need,
    propose_stop,
    step_out,
)
from onestop.visits.actions.triage import miss_paper, see_papers
from onestop.visits.queries.visitor import visitor
from onestop.web.kit.door_words import read_leave_reason
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.wish_form import read_ids
from onestop.web.reception.frame import day_and_actor, home_of, party_path
from onestop.web.reception.party import next_days, show


@post("/reception/{slug:str}/parties/{party:uuid}/check-in")
async def do_check_in(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She is here. A second press changes nothing."""
    return await _act(request, db, slug, party, "checked-in", on_party, check_in)


@post("/reception/{slug:str}/parties/{party:uuid}/check-in/undo")
async def do_undo_check_in(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """It was somebody else."""
    return await _act(request, db, slug, party, "check-in-undone", on_visit, undo_check_in)


@post("/reception/{slug:str}/parties/{party:uuid}/need")
async def do_mark_need(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She cannot stand long, has an infant, or a deadline today: one of the public list, with her yes."""
    need = await _need(request, db, slug)
    return await _act(request, db, slug, party, "need", on_visit, mark_need, need, marked=True)


@post("/reception/{slug:str}/parties/{party:uuid}/need/end")
async def do_unmark_need(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """The mark was wrong or is over."""
    need = await _need(request, db, slug)
    return await _act(request, db, slug, party, "need-end", on_visit, mark_need, need, marked=False)


@post("/reception/{slug:str}/parties/{party:uuid}/out")
async def do_step_out(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She steps out."""
    return await _act(request, db, slug, party, "out", on_visit, step_out)


@post("/reception/{slug:str}/parties/{party:uuid}/not-ready")
async def do_put_off(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She is called and not ready."""
    return await _act(request, db, slug, party, "not-ready", on_visit, put_off)


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
    reason = read_leave_reason((await read_form(request)).text("reason", 40))
    return await _act(request, db, slug, party, "left", on_visit, leave, reason=reason)


@post("/reception/{slug:str}/parties/{party:uuid}/carry-over")
async def do_carry_over(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Her open stops go on at another day, with a time that is kept for her there."""
    day, _ = await day_and_actor(request, db, slug)
    chosen = read_ids([(await read_form(request)).text("to", 40)])
    then = next((each for each in await next_days(db, day) if each.id in chosen), None)
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

    return await _act(request, db, slug, party, "undone", on_visit, act, gone=OWN_TICKET)


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
        return await show(request, db, day, party, ticket_key, name=typed, name_error=error)


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


@post("/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}/papers")
async def do_papers(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """Papers that were seen for a stop, or one that she does not have."""
    await day_and_actor(request, db, slug)
    form = await read_form(request)
    if missing := form.text("missing", 60):
        return await _act(request, db, slug, party, "paper-missing", on_stop, stop, miss_paper, key=missing, card=stop)
    seen = tuple(dict.fromkeys(form.all("seen")))
    one = f"&paper={seen[0]}" if len(seen) == 1 and seen[0].replace("-", "").replace("_", "").isalnum() else ""
    return await _act(
        request, db, slug, party, "papers-seen", on_stop, stop, see_papers, keys=seen, more_end=one, card=stop
    )


@post("/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}/send")
async def do_send(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """A stop that waits goes on waiting at another desk or service of its institution."""
    await day_and_actor(request, db, slug)
    where = (await read_form(request)).text("to", 80)
    ids = read_ids(where.split("."))
    if not 1 <= len(ids) <= 2:
        raise InvalidInput(field="to")
    # What is private is named nowhere at reception; the action refuses it (R19).
    desk = ids[1] if len(ids) == 2 else None
    return await _act(
        request,
        db,
        slug,
        party,
        "sent",
        on_stop,
        stop,
        send_waiting,
        service=ids[0],
        desk=desk,
        card=stop,
        more_end=f"&stop={stop}",
    )


@post("/reception/{slug:str}/parties/{party:uuid}/stops/{stop:uuid}/outcome")
async def do_correct(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """A talk that has ended was written down wrongly; not one that was private."""
    day, _ = await day_and_actor(request, db, slug)
    said = (await read_form(request)).text("outcome", 40)
    known = await db.read(visitor, day.id, party, now=db.now())
    if said not in set(Outcome) or all(one.outcome is None for one in known.stops if one.id == stop):
        raise InvalidInput(field="outcome")
    return await _act(request, db, slug, party, "corrected", on_stop, stop, correct_outcome, outcome=Outcome(said))


async def _need(request: WebRequest, db: Database, slug: str) -> OperationalNeed:
    await day_and_actor(request, db, slug)
    found = read_needs([(await read_form(request)).text("need", 20)])
    if not found:
        raise InvalidInput(field="need")
    return next(iter(found))


async def _act(
    request: WebRequest,
    db: Database,
    slug: str,
    party: UUID,
    did: str,
    guarded: Callable[..., Any],
    *args: Any,
    page_end: str = "",
    more_end: str = "",
    card: UUID | None = None,
    lock: UUID | None = None,
    gone: str = "",
    **more: Any,
) -> Response[Any]:
    """One act on what belongs to this ticket of this day, then back to its page; `lock` is another day's.

    A refusal changes nothing and is said on her page; after an act that is `gone` she has none.
    With a `card` the page comes back at the card of this stop.
    """
    day, someone = await day_and_actor(request, db, slug)
    try:
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
            to=lambda done: (
                home_of(day)
                if gone and done == gone
                else f"{party_path(day, party)}{page_end}?did={did}{more_end}" + (f"#stop-{card}" if card else "")
            ),
            **more,
        )
    except (NotKnown, NotAllowed, SignInNeeded, NameRefused):
        raise
    except Refusal as refusal:
        return await show(request, db, day, party, request.app.state.ticket_key, refusal=refusal)
    return see_other(path)


route_handlers: list[Any] = [
    do_check_in,
    do_undo_check_in,
    do_mark_need,
    do_unmark_need,
    do_step_out,
    do_put_off,
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
    do_papers,
    do_send,
    do_correct,
]
