"""The two pages before every ticket that staff give: which needs, then which desks and who comes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from litestar import Response

from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.session import Database
from onestop.domain.booking import Interpreter
from onestop.domain.day import Release
from onestop.domain.errors import NoServiceChosen, Refusal
from onestop.domain.operational import MARKED, OperationalNeed
from onestop.domain.party import PARTY_LIMIT
from onestop.domain.reach import Reach
from onestop.visits.queries.reception import reach_today, spoken_languages
from onestop.web.kit.answers import service_mark
from onestop.web.kit.draw_day import says_of_draw
from onestop.web.kit.forms import Form, new_key
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.questions import Question, need_mark, questions_of
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.staff_door import StaffDoor, is_on, is_over
from onestop.web.kit.wish_form import (
    INTERPRETERS,
    LanguageChoices,
    Mistake,
    ServiceLine,
    WishForm,
    language_choices,
    mistake_of,
    read_wish,
    service_lines,
    wanted_by_needs,
)
from onestop.web.kit.words import need_says

Way = Literal["walk-in", "book"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedChoice:
    """A need in the words of a visitor."""

    key: str
    says: str
    pictogram: str


@page_of("kit/needs.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPage:
    """What is it about: needs in plain words, or services by name. `days`: those to book, if several."""

    day: Day
    way: Way
    needs: tuple[NeedChoice, ...]
    services: tuple[ServiceLine, ...]
    days: tuple[Day, ...]
    today: bool
    over: bool
    full: str
    draw: str
    """Where the draw of a day by draw stands; empty where times are booked."""
    asks: bool
    """Whether a place is asked for, and no time chosen."""
    mistakes: tuple[Mistake, ...]


@page_of("kit/wish.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class WishPage:
    """The desks this means, each of which can be taken off; who comes; languages; a name."""

    day: Day
    way: Way
    questions: tuple[Question, ...]
    lines: tuple[ServiceLine, ...]
    counts: tuple[tuple[int, int], ...]
    form: WishForm
    choices: LanguageChoices
    interpreters: tuple[tuple[Interpreter, str], ...]
    operational: tuple[tuple[OperationalNeed, str], ...]
    """The public list of operational needs, where somebody waits today."""
    asks: bool
    mistakes: tuple[Mistake, ...]
    key: str = field(default_factory=new_key)


async def needs_page(
    request: WebRequest,
    db: Database,
    door: StaffDoor,
    day: Day,
    way: Way,
    *,
    full: str = "",
    mistakes: Sequence[Mistake] = (),
) -> Response[Any]:
    """The first page; `full` is a sentence why this door can book nobody more here."""
    locale = locale_of(request)
    offer = await db.read(day_offer, day.id)
    now = db.now()
    days = await door.days(request, db) if way == "book" else ()
    draw, asks = await _draw(request, db, day, way)
    context = NeedsPage(
        day=day,
        way=way,
        needs=tuple(
            NeedChoice(
                key=need.key,
                says=need_says(locale, need, working=day.working_language),
                pictogram=need.pictogram,
            )
            for need in offer.needs
        ),
        services=service_lines(offer, [one.id for one in offer.services], checked=(), late=frozenset(), locale=locale),
        days=days if len(days) > 1 else (),
        today=is_on(day, now),
        over=is_over(day, now),
        full=full or (draw if not asks else ""),
        draw=draw,
        asks=asks,
        mistakes=tuple(mistakes),
    )
    return page(request, context, status=422 if mistakes else 200, **door.frame(request, day, f"/{way}"))


async def wish_page(
    request: WebRequest,
    db: Database,
    door: StaffDoor,
    day: Day,
    way: Way,
    form: WishForm,
    *,
    shown: Sequence[UUID] | None = None,
    refused: Refusal | None = None,
) -> Response[Any]:
    """The second page, also with what was typed and what is wrong with it."""
    locale = locale_of(request)
    offer = await db.read(day_offer, day.id)
    listed = tuple(dict.fromkeys((*(shown or ()), *form.services)))
    if not listed:
        return await needs_page(request, db, door, day, way, mistakes=[mistake_of(NoServiceChosen(), locale)])
    reached = await _reach(db, day, way, offer, listed)
    context = WishPage(
        day=day,
        way=way,
        questions=questions_of(locale, offer, form.needs(offer), form.said),
        lines=service_lines(
            offer,
            listed,
            checked=form.services,
            late=reached.late,
            shut=reached.shut,
            locale=locale,
            form=form,
        ),
        counts=tuple((count, count) for count in range(PARTY_LIMIT + 1)),
        form=form,
        choices=language_choices(day, await db.read(spoken_languages, day.id), form.languages, locale),
        interpreters=INTERPRETERS,
        operational=tuple(MARKED.items()) if way == "walk-in" else (),
        asks=(await _draw(request, db, day, way))[1],
        mistakes=(mistake_of(refused, locale),) if refused is not None else (),
    )
    return page(request, context, status=refused.status if refused else 200, **door.frame(request, day, f"/{way}"))


def wish_address(door: StaffDoor, day: Day, way: Way, services: Sequence[UUID], about: Sequence[str] = ()) -> str:
    """The second page as an address, so that the browser's way back leads to it; what it is about stays unreadable."""
    marks = ",".join(service_mark(service) for service in services)
    asked = f"&about={','.join(about)}" if about else ""
    return f"{door.home_of(day)}/{way}/wish?for={marks}{asked}"


async def wish_page_by_address(request: WebRequest, db: Database, door: StaffDoor, day: Day, way: Way) -> Response[Any]:
    """The second page again by its address; without what it is about the first one."""
    wanted = wanted_by_address(await db.read(day_offer, day.id), request.query_params.get("for", ""))
    about = tuple(filter(None, str(request.query_params.get("about", "")).split(",")))
    if not wanted:
        return see_other(f"{door.home_of(day)}/{way}")
    return await wish_page(request, db, door, day, way, WishForm(services=wanted, about=about))


async def wish_page_by_needs(
    request: WebRequest, db: Database, door: StaffDoor, day: Day, way: Way, typed: Form
) -> Response[Any]:
    """The desks that the chosen needs mean: by address, unless more than that was typed already."""
    form = read_wish(typed)
    offer = await db.read(day_offer, day.id)
    wanted = wanted_by_needs(offer, typed.all("needs"), form.services)
    # Only needs that a question may be about: what an address says stays short.
    about = tuple(need_mark(each.key) for each in offer.needs if each.key in typed.all("needs"))
    if wanted and form == WishForm(services=form.services):
        return see_other(wish_address(door, day, way, wanted, about))
    return await wish_page(request, db, door, day, way, replace(form, services=wanted, about=about))


def wanted_by_address(offer: DayOffer, marks: str) -> tuple[UUID, ...]:
    """The services such an address names; unknown marks are left out."""
    asked = set(marks.split(","))
    return tuple(service.id for service in offer.services if service_mark(service.id) in asked)


async def _draw(request: WebRequest, db: Database, day: Day, way: Way) -> tuple[str, bool]:
    """Where the draw stands, for whoever books; tickets without an appointment do not wait for it."""
    if way != "book" or day.release is not Release.DRAW:
        return "", False
    return says_of_draw(locale_of(request), day, await db.read(draw_of, day.id), now=db.now())


async def _reach(db: Database, day: Day, way: Way, offer: DayOffer, listed: Sequence[UUID]) -> Reach:
    if way != "walk-in":
        return Reach(wait_minutes=0, late=frozenset())
    wanted = tuple(service for service in offer.services if service.id in listed)
    return await db.read(reach_today, day, wanted, now=db.now())
