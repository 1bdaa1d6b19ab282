"""The tally at the exit: a page for the volunteer at the door, who asks or hands the tablet over (decision 32)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.domain.errors import N_, Refusal
from onestop.domain.tally import TallyQuestion
from onestop.visits.actions.tally import count_at_exit
from onestop.web.floor.frame import day_and_actor, home_of
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import page_languages
from onestop.web.kit.once import press_untold
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.tally import TallyAsked, read_tally, tally_asked

LONGEST_NUMBER = 6
NUMBER_WRONG = N_("Please write the number of the ticket in digits, or leave this empty.")


@page_of("floor/tally.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExitTallyPage:
    """The questions for whoever goes out now."""

    asked: tuple[TallyAsked, ...]
    path: str
    back: str
    typed_number: str
    counted: bool
    refused: str
    key: str = field(default_factory=new_key)


@get("/floor/{slug:str}/tally")
async def show_exit_tally(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Fresh questions; after a press it says that they were counted."""
    day, _ = await day_and_actor(request, db, slug, drives=False)
    return _page(request, day, counted="counted" in request.query_params)


@post("/floor/{slug:str}/tally")
async def count_exit_tally(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Count what was answered, once for a form; then the next person."""
    day, _ = await day_and_actor(request, db, slug, drives=False)
    form = await read_form(request)
    said, typed = read_tally(form), form.text("number", 12).strip()
    if typed and not (typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_NUMBER):
        wrong = locale_of(request).gettext(NUMBER_WRONG)
        return _page(request, day, said=said, typed_number=typed, refused=wrong, status=422)
    try:
        await press_untold(request, f"floor.tally.{day.id}", count_at_exit, day.id, said, day=day.id, now=db.now(),
                           number=int(typed) if typed else None)  # fmt: skip
    except Refusal as refusal:
        why = locale_of(request).say(refusal.sentence, refusal.params)
        return _page(request, day, said=said, typed_number=typed, refused=why, status=refusal.status)
    return see_other(f"{home_of(day)}/tally?counted=1")


def _page(
    request: WebRequest,
    day: Day,
    *,
    said: Mapping[str, str] | None = None,
    typed_number: str = "",
    counted: bool = False,
    refused: str = "",
    status: int = 200,
) -> Response[Any]:
    languages = page_languages(day.languages)
    locale = locale_of(request, languages)
    context = ExitTallyPage(
        asked=tally_asked(locale, day.tally, {TallyQuestion(name): value for name, value in (said or {}).items()}),
        path=f"{home_of(day)}/tally",
        back=f"{home_of(day)}/called",
        typed_number=typed_number,
        counted=counted,
        refused=refused,
    )
    request.state["form_stood_on"] = f"{home_of(day)}/tally"
    return page(
        request, context, status=status, locale=locale, languages=languages,
        zone=day.timezone, brand=day.name, door="floor", home=f"{home_of(day)}/tally",
    )  # fmt: skip


route_handlers: list[Any] = [show_exit_tally, count_exit_tally]
