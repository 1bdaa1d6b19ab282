"""What was changed of a day's set-up, by whom, whom it touched; and the newest change taken back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.queries import accounts_list
from onestop.days.queries.days import Day
from onestop.days.queries.history import Change, changes_of_day
from onestop.domain.day import DayState
from onestop.domain.errors import Refusal
from onestop.visits.actions.setup import undo_change
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.changes import Thing, change_words
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.reading import read_id
from onestop.web.organise.touch import SURE, ask_first

NO_CHANGE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change; `who` is empty for somebody who has no account any more."""

    id: UUID
    at: datetime
    who: str
    undoes: bool
    touched: int
    things: tuple[Thing, ...]
    newest: bool
    """Whether nothing was built on it, so that it can be taken back."""


@page_of("organise/history.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """The changes, newest first."""

    day: Day
    entries: tuple[Entry, ...]
    done: bool
    error: str = ""
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/history")
async def show_history(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The list."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found)


@post("/organise/{day:str}/history/undo")
async def undo(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Take the newest change back; whom that touches is asked about as with every change."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    change = read_id(form.text("change", 40)) or NO_CHANGE
    try:
        path = await submit_once(
            request,
            f"organise.undo.{change}",
            undo_change,
            found.id,
            change,
            version=form.number("version") or 0,
            sure=form.text(SURE),
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/history?done=undone"),
        )
    except ChangeTouches as touches:
        return await ask_first(request, db, found, form, touches, back=path_of(found, "/history"))
    except Refusal as refusal:
        (error,) = errors_of(locale_of(request), refusal).values()
        found, _ = await enter(request, db, day)
        return await _page(request, db, found, error=error, status=refusal.status)
    return see_other(path)


async def _page(request: WebRequest, db: Db, day: Day, *, error: str = "", status: int = 200) -> Response[Any]:
    locale = locale_of(request)
    names = {f"account:{each.id}": each.name or each.login for each in await db.read(accounts_list)}
    words = await change_words(db, locale)
    changes: list[Change] = await db.read(changes_of_day, day.id)
    runs = day.state in (DayState.DRAFT, DayState.PUBLISHED)
    context = HistoryPage(
        day=day,
        entries=tuple(
            Entry(
                id=each.id,
                at=each.at,
                who=names.get(each.actor, ""),
                undoes=each.undoes,
                touched=sum(each.touched.values()),
                things=words.things(each.before, each.after),
                newest=runs and each.version == day.version and not each.moves,
            )
            for each in changes
        ),
        done=request.query_params.get("done") == "undone",
        error=error,
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_history, undo]
