"""From the day to the plan: what she needs, and the institutions this means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.booking.wish import Wish
from onestop.days.queries.days import Day, day_by_slug
from onestop.days.queries.offer import DayOffer, OfferedService, day_offer
from onestop.days.visitors import Spoken, spoken_on
from onestop.db.session import Database
from onestop.domain.errors import N_, ChildAtDeskAlone, InvalidInput, NoServiceChosen, Refusal
from onestop.domain.party import PARTY_LIMIT
from onestop.web.kit.answers import (
    Answers,
    goers_to,
    lines_of,
    need_mark,
    read_answers,
    service_mark,
)
from onestop.web.kit.locale import KNOWN, PSEUDO_LANGUAGES, Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.papers import PaperLine, paper_lines, said_without
from onestop.web.kit.questions import Question, questions_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.words import need_says, service_pictogram, service_title
from onestop.web.public.frame import (
    DrawTold,
    closed_door,
    day_page,
    draw_told,
    languages_of,
    link,
    locale_for_day,
    place_of,
)

INTERPRETER_MISSING = N_("Please say how we shall talk.")
ASKED_HERE = ("services", "asked", "who", "adults", "children", "with", "languages", "interpreter")
COUNTS = tuple((count, count) for count in range(PARTY_LIMIT + 1))
LANGUAGES_SHOWN = 8
"""So many languages stand open on the page; the others are one tap away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedChoice:
    """A need to tick."""

    key: str
    mark: str
    says: str
    icon: str
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """An institution at the day; `authority` is none, state or police."""

    name: str
    authority: str


@page_of("public/day.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """First page: when, where, who is there, who reads what, and what she needs."""

    day: Day
    place: str
    institutions: tuple[Who, ...]
    needs: tuple[NeedChoice, ...]
    private: bool
    action: str
    carried: tuple[tuple[str, str], ...]
    order: str
    home: str
    draw: DrawTold | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoice:
    """One line of the plan: a service at an institution that can be taken off."""

    mark: str
    key: str
    title: str
    icon: str
    institution: str
    authority: str
    private: bool
    always: bool
    minutes: int
    papers: tuple[PaperLine, ...]
    without: str
    """What the desk cannot do without, as a sentence."""
    before: tuple[str, ...]
    """Titles of the other lines this one comes before."""
    ticked: bool
    goers: tuple[str, ...]
    """Labels of those who are ticked to go there; nobody means everybody."""


@page_of("public/plan.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """Second page: the institutions, what to bring, who comes, how we shall talk."""

    day: Day
    questions: tuple[Question, ...]
    """About her needs, where the answers lead to different institutions."""
    lines: tuple[PlanChoice, ...]
    answers: Answers
    counts: tuple[tuple[int, int], ...]
    """Numbers of people to choose from, as values and words of a list."""
    languages: tuple[str, ...]
    more_languages: tuple[str, ...]
    spoken: tuple[str, ...]
    action: str
    carried: tuple[tuple[str, str], ...]
    back: str
    by_draw: bool
    """She asks for a place instead of choosing a time."""
    asks_helping: bool = True
    errors: tuple[tuple[str, str], ...] = ()


@get("/d/{day:str}")
async def show_day(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """When, where, with whom; and the needs as check boxes."""
    found, offer, answers, shut = await start(request, db, day)
    return shut or await _show_needs(request, db, found, offer, answers)


@get("/d/{day:str}/plan")
async def show_plan(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The institutions this means; each line can be taken off."""
    found, offer, answers, shut = await start(request, db, day)
    if shut:
        return shut
    if not lines_of(offer, answers):
        return await _show_needs(request, db, found, offer, answers, refusal=NoServiceChosen())
    return await _show_plan(request, db, found, offer, answers)


async def start(
    request: WebRequest, db: Database, slug: str, form: Any = None
) -> tuple[Day, DayOffer, Answers, Response[Any] | None]:
    """The day, what it offers, what she answered; and the page that stands before it, if any. Raises `DayUnknown`."""
    day = await db.read(day_by_slug, slug)
    offer = await db.read(day_offer, day.id)
    answers = read_answers(form if form is not None else request.query_params, offer)
    return day, offer, answers, await closed_door(request, db, day, answers.invitation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """The day, what it offers, her answers, and what follows from them."""

    day: Day
    offer: DayOffer
    answers: Answers
    wish: Wish


async def start_wished(request: WebRequest, db: Database, slug: str, form: Any = None) -> Wished | Response[Any]:
    """The same for a page that needs all answers; one that is missing is asked for again. Raises `DayUnknown`."""
    day, offer, answers, shut = await start(request, db, slug, form)
    if shut:
        return shut
    try:
        wish = answers.wish(offer, display_language=locale_for_day(request, day).tag)
    except Refusal as refusal:
        return await ask_again(request, db, day, offer, answers, refusal)
    return Wished(day=day, offer=offer, answers=answers, wish=wish)


# -- the pages ---------------------------------------------------------------------------------------------


async def _show_needs(
    request: WebRequest, db: Database, day: Day, offer: DayOffer, answers: Answers, *, refusal: Refusal | None = None
) -> Response[Any]:
    locale = locale_for_day(request, day)
    context = await needs_of(request, db, day, offer, answers, locale, refusal=refusal)
    return day_page(request, day, context, status=refusal.status if refusal else 200)


async def needs_of(
    request: WebRequest,
    db: Database,
    day: Day,
    offer: DayOffer,
    answers: Answers,
    locale: Locale,
    *,
    refusal: Refusal | None = None,
) -> DayPage:
    """The first page as it stands for these answers, in this language."""
    told = {service.institution.id: service.institution for service in offer.services}
    order = {"police": 0, "state": 1}
    return DayPage(
        day=day,
        place=place_of(day),
        institutions=tuple(
            Who(name=each.name, authority=each.authority)
            for each in sorted(told.values(), key=lambda each: (order.get(each.authority, 2), each.name))
        ),
        needs=tuple(
            NeedChoice(
                key=need.key,
                mark=need_mark(need.key),
                says=need_says(locale, need, working=day.working_language),
                icon=need.pictogram,
                ticked=need.key in answers.needs,
            )
            for need in offer.needs
        ),
        private=any(service.private for service in offer.services),
        action=f"/d/{day.slug}/plan",
        carried=answers.carried("needs", "services", "asked"),
        order=link(request, "/order"),
        home=link(request, "/"),
        draw=await draw_told(request, db, day),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )


async def ask_again(
    request: WebRequest, db: Database, day: Day, offer: DayOffer, answers: Answers, refusal: Refusal
) -> Response[Any]:
    """The page whose answer is missing or refused."""
    if not lines_of(offer, answers):
        return await _show_needs(request, db, day, offer, answers, refusal=refusal)
    return await _show_plan(request, db, day, offer, answers, refusal=refusal)


async def _show_plan(
    request: WebRequest,
    db: Database,
    day: Day,
    offer: DayOffer,
    answers: Answers,
    *,
    refusal: Refusal | None = None,
) -> Response[Any]:
    locale = locale_for_day(request, day)
    context = await plan_of(request, db, day, offer, answers, locale, refusal=refusal)
    return day_page(request, day, context, status=refusal.status if refusal else 200, locale=locale)


async def plan_of(
    request: WebRequest,
    db: Database,
    day: Day,
    offer: DayOffer,
    answers: Answers,
    locale: Locale,
    *,
    refusal: Refusal | None = None,
) -> PlanPage:
    """The second page as it stands for these answers, in this language."""
    draw = await draw_told(request, db, day)
    by_draw = draw is not None and draw.open
    spoken = await db.read(spoken_on, day.id)
    near, far = near_and_far(locale, day, spoken, answers)
    lines = lines_of(offer, answers)
    questions = questions_of(locale, offer, answers.needs, answers.said)
    return PlanPage(
        day=day,
        questions=questions,
        lines=tuple(
            plan_choice(locale, offer, answers, lines, service, ticked=ticked, working=day.working_language)
            for service, ticked in lines
        ),
        answers=answers,
        counts=COUNTS,
        languages=near,
        more_languages=far,
        spoken=spoken.desks,
        action=f"/d/{day.slug}/{'request' if by_draw else 'times'}",
        carried=(*answers.carried(*ASKED_HERE), ("asked", "1")),
        back=answers.link(f"/d/{day.slug}", "services", "asked"),
        by_draw=by_draw,
        errors=plan_errors(locale, answers, refusal),
    )  # fmt: skip


def near_and_far(locale: Locale, day: Day, spoken: Spoken, answers: Answers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages that stand open on the page, those of the day and hers first, and all others."""
    near = dict.fromkeys([*(answers.languages or ()), locale.tag, *languages_of(day), *spoken.mediators, *spoken.desks])
    first = tuple(tag for tag in near if tag in KNOWN)
    rest = tuple(tag for tag in KNOWN if tag not in near and tag not in PSEUDO_LANGUAGES)
    shown = max(LANGUAGES_SHOWN, len(answers.languages or ()) + 1)
    return first[:shown], (*first[shown:], *rest)


def plan_choice(
    locale: Locale,
    offer: DayOffer,
    answers: Answers,
    lines: Sequence[tuple[OfferedService, bool]],
    service: OfferedService,
    *,
    ticked: bool,
    working: str,
) -> PlanChoice:
    """A line of the plan in the reader's language. Here a private service is named: she chooses it.

    Who comes is asked on the same page: papers that hang on it stand there with their condition.
    """
    papers = paper_lines(locale, service.papers, coming=None, said=answers.said, working=working)
    return PlanChoice(
        mark=service_mark(service.id),
        key=service.key,
        title=service_title(locale, service.key),
        icon=service_pictogram(service.key),
        institution=service.institution.name,
        authority=service.institution.authority,
        private=service.private,
        always=service.id in offer.always,
        minutes=service.minutes,
        papers=papers,
        without=said_without(locale, papers),
        before=tuple(
            service_title(locale, other.key)
            for other, _ in lines
            if (service.id, other.id) in offer.precedences
        ),
        ticked=ticked,
        goers=goers_to(answers, service),
    )  # fmt: skip


def plan_errors(locale: Locale, answers: Answers, refusal: Refusal | None) -> tuple[tuple[str, str], ...]:
    """Which part of the page needs another answer, by its id."""
    if refusal is None:
        return ()
    if isinstance(refusal, InvalidInput) and refusal.field == "interpreter":
        return (("interpreter", locale.gettext(INTERPRETER_MISSING)),)
    said = locale.say(refusal.sentence, refusal.params)
    if isinstance(refusal, ChildAtDeskAlone):
        return tuple((f"with-{answers.mark(service)}", said) for service in answers.sends_children_alone())
    return (("services" if isinstance(refusal, NoServiceChosen) else "who", said),)


route_handlers: list[Any] = [show_day, show_plan]
