"""Notes at a desk: a page of its own for each stop that was here; only the institution's desks read it (R14)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.domain.errors import NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.note import LONGEST_NOTE
from onestop.domain.visit import UNDO_WINDOW
from onestop.visits.actions.notes import hand_over, put_back, remove_note, take_copy_back, write_note
from onestop.visits.queries.notes import NotesOfStop, notes_of_stop
from onestop.web.desk.access import reach_stop
from onestop.web.desk.alarms import asked_on
from onestop.web.desk.pages import Asked
from onestop.web.desk.removed import LONGEST, carried, uncarried
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.looks import looked
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other


@page_of("desk/notes.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class NotesPage:
    """What was written, a field for more, and a copy for another institution."""

    shown: NotesOfStop
    asked: Asked
    typed: str = ""
    error: str = ""
    """What is wrong with the note that was typed."""
    refused: str = ""
    """Why the last press did nothing."""
    longest: int = LONGEST_NOTE
    removed: str = ""
    """What was just deleted, sealed, to be put back."""
    undo_seconds: int = int(UNDO_WINDOW.total_seconds())
    key: str = field(default_factory=new_key)


@get("/stops/{stop_id:uuid}/notes")
async def show_notes(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """The page; that it was opened is noted."""
    _, place = await reach_stop(request, db, stop_id)
    shown = await _page(request, db, stop_id)
    await looked(request, db, "NotesRead", place.day, stop=stop_id, desk=place.id)
    return shown


@post("/stops/{stop_id:uuid}/notes")
async def do_write(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """Keep a note and go back to the desk."""
    someone, place = await reach_stop(request, db, stop_id)
    typed = (await read_form(request)).text("text")
    try:
        path = await submit_once(
            request,
            "stop.note",
            write_note,
            stop_id,
            text=typed,
            actor=someone,
            now=db.now(),
            day=place.day,
            to=lambda _: f"/desks/{place.id}",
        )
    except Refusal as refusal:
        error = locale_of(request).say(refusal.sentence, refusal.params)
        return await _page(request, db, stop_id, typed=typed, error=error, status=refusal.status)
    return see_other(path)


@post("/stops/{stop_id:uuid}/notes/{note_id:uuid}/remove", status_code=200)
async def do_remove(
    request: WebRequest, db: Db, ticket_key: TicketKey, stop_id: FromPath[UUID], note_id: FromPath[UUID]
) -> Response[Any]:
    """Take it away. The answer is the page itself, because it alone still holds the note."""
    someone, place = await reach_stop(request, db, stop_id)
    removed = await db.write(remove_note, stop_id, note_id, actor=someone, now=db.now(), day=place.day)
    if removed is None:
        return see_other(f"/stops/{stop_id}/notes")
    return await _page(request, db, stop_id, removed=carried(ticket_key, stop_id, removed))


@post("/stops/{stop_id:uuid}/notes/put-back")
async def do_put_back(request: WebRequest, db: Db, ticket_key: TicketKey, stop_id: FromPath[UUID]) -> Response[Any]:
    """Undo the deletion."""
    someone, place = await reach_stop(request, db, stop_id)
    removed = uncarried(ticket_key, stop_id, (await read_form(request)).text("removed", LONGEST))
    return await _told(request, db, stop_id, put_back, removed, actor=someone, now=db.now(), day=place.day)


@post("/stops/{stop_id:uuid}/notes/{note_id:uuid}/copies")
async def do_hand_over(request: WebRequest, db: Db, stop_id: FromPath[UUID], note_id: FromPath[UUID]) -> Response[Any]:
    """Give another institution a copy, if she said yes."""
    someone, place = await reach_stop(request, db, stop_id)
    form = await read_form(request)
    try:
        to = UUID(form.text("institution", 40))
    except ValueError:
        raise NotKnown from None
    how = {"institution": to, "said_yes": form.ticked("said_yes")}
    return await _told(request, db, stop_id, hand_over, note_id, **how, actor=someone, now=db.now(), day=place.day)


@post("/stops/{stop_id:uuid}/notes/{note_id:uuid}/copies/{institution:uuid}/take-back")
async def do_take_copy_back(
    request: WebRequest, db: Db, stop_id: FromPath[UUID], note_id: FromPath[UUID], institution: FromPath[UUID]
) -> Response[Any]:
    """The other institution no longer reads it."""
    someone, place = await reach_stop(request, db, stop_id)
    how = {"institution": institution, "actor": someone, "now": db.now()}
    await db.write(take_copy_back, stop_id, note_id, **how, day=place.day)
    return see_other(f"/stops/{stop_id}/notes")


async def _told(
    request: WebRequest, db: Database, stop_id: UUID, action: Callable[..., Any], *args: Any, **how: Any
) -> Response[Any]:
    """Do it; an expected no stands above the notes."""
    try:
        await db.write(action, stop_id, *args, **how)
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        refused = locale_of(request).say(refusal.sentence, refusal.params)
        return await _page(request, db, stop_id, refused=refused, status=refusal.status)
    return see_other(f"/stops/{stop_id}/notes")


async def _page(request: WebRequest, db: Database, stop_id: UUID, *, status: int = 200, **more: str) -> Response[Any]:
    shown = await db.read(notes_of_stop, stop_id)
    asked = await asked_on(db, locale_of(request), shown.desk, page="notes", stop=stop_id)
    context = NotesPage(shown=shown, asked=asked, **more)  # pyright: ignore[reportArgumentType]
    return page(request, context, status=status, zone=shown.timezone, door="desk", brand=shown.day_name, home="/desk")


route_handlers: list[Any] = [show_notes, do_write, do_remove, do_put_back, do_hand_over, do_take_copy_back]
