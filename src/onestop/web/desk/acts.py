"""What an officer does: each act a POST to a thing; without script the browser is sent on, htmx gets the new zones."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.domain.day import DeskState
from onestop.domain.errors import N_, InvalidInput, NotKnown, StopUnknown
from onestop.domain.roles import Role
from onestop.domain.visit import Outcome
from onestop.visits.actions.calls import call_next, finish, no_show, park, recall, serve, transfer
from onestop.visits.actions.desks import set_desk_state, stand_down
from onestop.visits.actions.route import propose_stop
from onestop.visits.actions.seen import while_as_seen
from onestop.visits.actions.undo import undo
from onestop.visits.queries.desk_places import visit_was_here
from onestop.web.desk.access import reach_act, reach_desk, reach_stop
from onestop.web.desk.answer import press, refused
from onestop.web.desk.pages import PARK_MINUTES
from onestop.web.kit.forms import Form, read_form
from onestop.web.kit.guards import require
from onestop.web.kit.requests import Db, WebRequest


class OutcomeNeeded(InvalidInput):
    """Nothing is recorded that nobody looked at."""

    code = "outcome_needed"
    sentence = N_("Please choose how it ends, then press Finish.")


# -- the desk ---------------------------------------------------------------------------------------


@post("/desks/{desk_id:uuid}/calls")
async def do_call(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Next. With `standing` and nobody to call, the desk stands ready."""
    someone, place = await reach_desk(request, db, desk_id)
    standing = (await read_form(request)).ticked("standing")
    return await press(request, db, place, "desk.call", call_next, desk_id, standing=standing, actor=someone)


@post("/desks/{desk_id:uuid}/stand-down")
async def do_stand_down(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Stand ready no longer."""
    someone, place = await reach_desk(request, db, desk_id)
    return await press(request, db, place, "desk.stand_down", stand_down, desk_id, actor=someone)


@post("/desks/{desk_id:uuid}/open")
async def do_open(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Take visitors, or go on after a break."""
    return await _set_state(request, db, desk_id, DeskState.OPEN)


@post("/desks/{desk_id:uuid}/pause")
async def do_pause(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Take a break."""
    return await _set_state(request, db, desk_id, DeskState.PAUSED)


@post("/desks/{desk_id:uuid}/close")
async def do_close(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Take no more visitors."""
    return await _set_state(request, db, desk_id, DeskState.CLOSED)


async def _set_state(request: WebRequest, db: Database, desk_id: UUID, state: DeskState) -> Response[Any]:
    someone, place = await reach_desk(request, db, desk_id)
    return await press(request, db, place, f"desk.{state}", set_desk_state, desk_id, state, actor=someone)


# -- the stop at the desk ---------------------------------------------------------------------------


@post("/stops/{stop_id:uuid}/recall")
async def do_recall(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """Call her once more."""
    return await _act(request, db, stop_id, "stop.recall", recall)


@post("/stops/{stop_id:uuid}/serve")
async def do_serve(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """She is here: the conversation begins."""
    return await _act(request, db, stop_id, "stop.serve", serve)


@post("/stops/{stop_id:uuid}/finish")
async def do_finish(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """The conversation ends, with how it ended."""
    return await _act(request, db, stop_id, "stop.finish", finish, lambda form: {"outcome": _outcome(form)})


@post("/stops/{stop_id:uuid}/no-show")
async def do_no_show(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """She did not come."""
    return await _act(request, db, stop_id, "stop.no_show", no_show)


@post("/stops/{stop_id:uuid}/park")
async def do_park(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """Set the stop aside for some minutes."""
    return await _act(
        request, db, stop_id, "stop.park", park, lambda form: {"minutes": form.number("minutes") or PARK_MINUTES[0]}
    )


@post("/stops/{stop_id:uuid}/transfer")
async def do_transfer(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """Send the stop to a desk or service of the own institution."""
    return await _act(
        request,
        db,
        stop_id,
        "stop.transfer",
        transfer,
        lambda form: {"desk": _id(form, "desk"), "service": _id(form, "service")},
    )


@post("/stops/{stop_id:uuid}/undo")
async def do_undo(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """Take back the act the button named."""
    await require(request, Role.OFFICER)
    form = await read_form(request)
    act = _id(form, "act")
    try:
        someone, place = await reach_act(request, db, stop_id, act)
    except StopUnknown:
        # A ticket of her own is gone once it is taken back: the second press gets the first answer at its desk.
        if (desk := _id(form, "desk")) is None:
            raise
        someone, place = await reach_desk(request, db, desk)
    return await press(request, db, place, "stop.undo", undo, stop_id, act_id=act, actor=someone)


async def _act(
    request: WebRequest,
    db: Database,
    stop_id: UUID,
    route: str,
    act: Callable[..., Any],
    said: Callable[[Form], dict[str, Any]] = lambda _: {},
) -> Response[Any]:
    someone, place = await reach_stop(request, db, stop_id)
    form = await read_form(request)
    try:
        how = said(form)
    except OutcomeNeeded as refusal:
        return await refused(request, db, place, refusal)
    return await press(
        request,
        db,
        place,
        route,
        while_as_seen,
        stop_id,
        act,
        seen=form.number("seen"),
        actor=someone,
        **how,
    )


# -- the visit --------------------------------------------------------------------------------------


@post("/visits/{visit_id:uuid}/stops")
async def do_add_stop(request: WebRequest, db: Db, visit_id: FromPath[UUID]) -> Response[Any]:
    """Add a step at any institution of the day: proposed, unless she has said yes to the officer."""
    await require(request, Role.OFFICER)
    form = await read_form(request)
    desk, service = _id(form, "desk"), _id(form, "service")
    if desk is None or service is None:
        raise InvalidInput(field="service")
    someone, place = await reach_desk(request, db, desk)
    if not await db.read(visit_was_here, visit_id, place.id):
        raise NotKnown
    how = "said_to_officer" if form.ticked("said_yes") else None
    said = {"accepted_how": how, "desk": place.id}
    return await press(request, db, place, "visit.add_stop", propose_stop, visit_id, service, actor=someone, **said)


# -- what was typed ---------------------------------------------------------------------------------


def _outcome(form: Form) -> Outcome:
    text = form.text("outcome", 40)
    if not text:
        raise OutcomeNeeded(field="outcome")
    if text not in set(Outcome):
        raise InvalidInput(field="outcome")
    return Outcome(text)


def _id(form: Form, name: str) -> UUID | None:
    text = form.text(name, 40)
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInput(field=name) from None


route_handlers: list[Any] = [
    do_call,
    do_stand_down,
    do_open,
    do_pause,
    do_close,
    do_recall,
    do_serve,
    do_finish,
    do_no_show,
    do_park,
    do_transfer,
    do_undo,
    do_add_stop,
]
