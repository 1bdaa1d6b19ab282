"""Which questions of the tally a day asks."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.tally import choose_tally
from onestop.directory.tally_words import ASKS
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Refusal
from onestop.domain.tally import TallyQuestion
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.changes import NO, YES
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.meanwhile import Shown, differing

HINTS: dict[TallyQuestion, str] = {
    TallyQuestion.COUNTRY: N_("A list of all countries in the visitor's language."),
    TallyQuestion.GROUP: N_(
        "Asylum, temporary protection, work, study, family, from the European Union, coming back, another reason."
    ),
    TallyQuestion.FIRST: N_("Yes or no."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyChoice:
    """A question of the list and whether it is asked."""

    value: TallyQuestion
    asks: str
    hint: str
    on: bool


@page_of("organise/tally.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TallySetup:
    """The list with what is switched on."""

    day: Day
    choices: tuple[TallyChoice, ...]
    open: bool
    stored: tuple[Shown, ...]
    """What somebody else stored since the form was opened, where it differs from what was typed."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/tally")
async def show_tally_setup(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """What is stored."""
    found, _ = await enter(request, db, day)
    return _page(request, found, found.tally)


@post("/organise/{day:str}/tally")
async def save_tally_setup(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Switch questions on and off."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    ticked = tuple(question for question in TallyQuestion if question in form.all("questions"))
    try:
        path = await submit_once(
            request,
            f"organise.tally.{found.id}",
            choose_tally,
            found.id,
            ticked,
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
        stored = differing(_shown(locale, found.tally), _shown(locale, ticked))
        return _page(request, found, ticked, stored, errors=errors, status=refusal.status)
    return see_other(path)


def _shown(locale: Locale, asked: Collection[TallyQuestion]) -> tuple[Shown, ...]:
    return tuple(
        Shown(
            control=f"questions-{question}",
            label=locale.gettext(ASKS[question]),
            text=locale.gettext(YES if question in asked else NO),
        )
        for question in TallyQuestion
    )


def _page(
    request: WebRequest,
    day: Day,
    ticked: tuple[TallyQuestion, ...],
    stored: tuple[Shown, ...] = (),
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    locale = locale_of(request)
    context = TallySetup(
        day=day,
        choices=tuple(
            TallyChoice(
                value=question,
                asks=locale.gettext(ASKS[question]),
                hint=locale.gettext(HINTS[question]),
                on=question in ticked,
            )
            for question in TallyQuestion
        ),
        open=day.state in (DayState.DRAFT, DayState.PUBLISHED),
        stored=stored,
        errors=errors or {},
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_tally_setup, save_tally_setup]
