"""The line that every board of the day shows: one text for each language."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.board_lines import LONGEST, write_board_line
from onestop.days.queries.board_lines import board_line
from onestop.days.queries.days import Day
from onestop.domain.errors import Refusal
from onestop.locale.languages import KNOWN
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of


@page_of("organise/board_line.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLinePage:
    """A text for each language, with what is stored or what was typed."""

    day: Day
    typed: dict[str, str]
    longest: int
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/board")
async def show_board_line(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """What is stored."""
    found, _ = await enter(request, db, day)
    stored = await db.read(board_line, found.id)
    tags = dict.fromkeys((found.working_language, *found.languages, *stored))
    return _page(request, found, {tag: stored.get(tag, "") for tag in tags})


@post("/organise/{day:str}/board")
async def save_board_line(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Store the texts; a refusal shows them again as they were typed."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    names = [(name, name.removeprefix("line_")) for name in form if name.startswith("line_")]
    typed = {tag: form.text(name) for name, tag in names if tag in KNOWN}
    try:
        path = await submit_once(
            request,
            f"organise.board.{found.id}",
            write_board_line,
            found.id,
            typed,
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/devices?done=saved"),
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return _page(request, found, typed, errors=errors, status=refusal.status)
    return see_other(path)


def _page(
    request: WebRequest, day: Day, typed: dict[str, str], *, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    context = BoardLinePage(day=day, typed=typed, longest=LONGEST, errors=errors or {})
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_board_line, save_board_line]
