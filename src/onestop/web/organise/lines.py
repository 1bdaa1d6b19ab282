"""The organiser's own lines in the messages of a day: one text for each language of its pages."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.own_lines import change_lines
from onestop.days.queries.days import Day
from onestop.days.queries.own_lines import own_lines
from onestop.domain.day import DayState
from onestop.domain.errors import Changed, Refusal
from onestop.domain.own_lines import LONGEST, PLACES
from onestop.locale.languages import KNOWN
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.changes import day_of_form
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.meanwhile import Shown, differing, own_words


@page_of("organise/lines.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class LinesPage:
    """A text for each language, with what is stored or what was typed."""

    day: Day
    typed: dict[str, str]
    places: tuple[str, ...]
    longest: int
    open: bool
    stored: tuple[Shown, ...]
    """What somebody else stored since the form was opened, where it differs from what was typed."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/lines")
async def show_lines(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """What is stored."""
    found, _ = await enter(request, db, day)
    stored = await db.read(own_lines, found.id)
    return _page(request, found, {tag: stored.get(tag, "") for tag in _languages(found, stored)})


@post("/organise/{day:str}/lines")
async def save_lines(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Store the texts; a refusal shows them again as they were typed."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    typed = _typed(form)
    try:
        path = await submit_once(
            request,
            f"organise.lines.{found.id}",
            change_lines,
            found.id,
            typed,
            version=form.number("version") or 0,
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "?done=saved"),
        )
    except Refusal as refusal:
        locale = locale_of(request)
        errors = errors_of(locale, refusal)
        found, _ = await enter(request, db, day)
        stored: tuple[Shown, ...] = ()
        if isinstance(refusal, Changed):
            lines = await db.read(own_lines, found.id)
            now = {tag: lines.get(tag, "") for tag in typed}
            stored = differing(*(own_words(locale, "lines", each) for each in (now, typed)))
        day_then = day_of_form(found, form, errors)
        return _page(request, day_then, typed, stored, errors=errors, status=refusal.status)
    return see_other(path)


def _typed(form: Form) -> dict[str, str]:
    names = [(name, name.removeprefix("lines_")) for name in form if name.startswith("lines_")]
    return {tag: form.text(name).replace("\r", "") for name, tag in names if tag in KNOWN}


def _languages(day: Day, stored: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*day.languages, day.working_language, *stored)))


def _page(
    request: WebRequest,
    day: Day,
    typed: dict[str, str],
    stored: tuple[Shown, ...] = (),
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    context = LinesPage(
        day=day,
        typed=typed,
        places=tuple(f"{{{place}}}" for place in PLACES),
        longest=LONGEST,
        open=day.state in (DayState.DRAFT, DayState.PUBLISHED),
        stored=stored,
        errors=errors or {},
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_lines, save_lines]
