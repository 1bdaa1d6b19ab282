"""What is it about, which desks does this mean, and when: the screens between the first one and the ticket."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.booking.queries import arrivals
from onestop.days.queries.days import Day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.session import Database
from onestop.directory.words import words_of_need
from onestop.domain.booking import Interpreter
from onestop.domain.errors import N_, ChildAtDeskAlone, Refusal
from onestop.web.kiosk.draw_day import ask_page, asks_on, shut_page
from onestop.web.kiosk.frame import carried, chosen_day, first_screen, kiosk_page, link, locale_here, onward, turned
from onestop.web.kiosk.nearing import says_before
from onestop.web.kiosk.who import is_asked, together_again, who_page, who_says
from onestop.web.kit.aloud import spoken_name
from onestop.web.kit.answers import Answers, lines_of, read_answers, service_mark
from onestop.web.kit.forms import new_key
from onestop.web.kit.locale import KNOWN, PSEUDO_LANGUAGES
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.questions import Question, questions_of, wanted_services
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.words import need_says, service_pictogram, service_title

INTERPRETERS = (
    (Interpreter.NONE, N_("No interpreter needed")),
    (Interpreter.OWN, N_("Somebody comes with me and interprets")),
    (Interpreter.NEEDED, N_("I need an interpreter")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTile:
    """A need as a tile; one tap leads on."""

    href: str
    says: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTile:
    """A desk she would be sent to; it can be taken off (R18)."""

    mark: str
    title: str
    icon: str
    institution: str
    authority: str
    ticked: bool
    needless: bool
    """Whether an answer she gave says that she does not need it: it stays ticked until she takes it off."""
    goers: str
    """Who goes there, where not everybody does."""


@page_of("kiosk/needs.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskNeeds:
    """Every need of the day as a tile."""

    day: Day
    today: bool
    chosen: tuple[str, ...]
    """What she has chosen before, where she needs something more."""
    tiles: tuple[NeedTile, ...]
    back: str


@page_of("kiosk/desks.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskDesks:
    """The desks this means, police and state first; who comes; how we talk. Taking the ticket is her yes."""

    day: Day
    today: bool
    asks: bool
    """Whether a place is asked for next, and no time chosen."""
    soon: str
    """When she would be called who takes the ticket now, in a sentence; empty where nobody can say."""
    questions: tuple[Question, ...]
    tiles: tuple[DeskTile, ...]
    people: int
    children: int
    interpreter: str
    interpreters: tuple[tuple[Interpreter, str], ...]
    speaks: tuple[str, ...]
    spoken: str
    calls_in: str
    """Her language by its own name, where boards can say her number in it too; else empty."""
    aloud: bool
    action: str
    carried: tuple[tuple[str, str], ...]
    who: str
    asks_who: bool
    """Whether several people and several desks are chosen already."""
    more: str
    back: str
    key: str
    error: str = ""


@page_of("kiosk/times.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskTimes:
    """Times that still have a plan for all her desks; a tap books."""

    day: Day
    best: tuple[datetime, ...]
    times: tuple[datetime, ...]
    interpreter_possible: bool
    action: str
    carried: tuple[tuple[str, str], ...]
    back: str
    waiting: str
    others: str
    key: str
    error: str = ""


@get("/kiosk/d/{slug:str}/needs")
async def show_needs(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """What is it about? A day by draw says first when a place can be asked for."""
    _, day, today = await chosen_day(request, db, slug)
    if not today and (shut := await shut_page(request, db, day)) is not None:
        return shut
    offer = await db.read(day_offer, day.id)
    answers = read_answers(request.query_params, offer, narrow=False)
    locale = locale_here(request, day)
    context = KioskNeeds(
        day=day,
        today=today,
        chosen=tuple(
            words_of_need(locale, need.key, need.words, drafts=need.drafts, working=day.working_language)[0]
            for need in offer.needs
            if need.key in answers.needs
        ),
        tiles=tuple(
            NeedTile(
                href=onward(
                    request,
                    replace(answers, needs=(*answers.needs, need.key), services=None),
                    f"/kiosk/d/{day.slug}/desks",
                ),
                says=need_says(locale, need, working=day.working_language),
                icon=need.pictogram,
            )
            for need in offer.needs
            if need.key not in answers.needs
        ),
        back=first_screen(request, day) if today else link(request, "/kiosk/days"),
    )
    return kiosk_page(request, day, context)


@get("/kiosk/d/{slug:str}/desks")
async def show_desks(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The desks this means."""
    _, day, today = await chosen_day(request, db, slug)
    offer = await db.read(day_offer, day.id)
    answers = together_again(read_answers(request.query_params, offer, narrow=False))
    if (other := turned(request, day, answers, f"/kiosk/d/{day.slug}/desks")) is not None:
        return other
    if answers.goers and is_asked(answers) and answers.sends_children_alone():
        return who_page(request, day, offer, answers, refusal=ChildAtDeskAlone())
    asks, aloud = not today and await asks_on(db, day), "aloud" in request.query_params
    return desks_page(
        request,
        day,
        offer,
        answers,
        today=today,
        asks=asks,
        aloud=aloud,
        soon=await _soon(request, db, day, offer, answers) if today else "",
    )


@get("/kiosk/d/{slug:str}/times")
async def show_times(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """When? On a day by draw: ask for a place."""
    _, day, today = await chosen_day(request, db, slug)
    if not today and (shut := await shut_page(request, db, day)) is not None:
        return shut
    offer = await db.read(day_offer, day.id)
    answers = read_answers(request.query_params, offer, narrow=False)
    try:
        return await times_page(request, db, day, offer, answers)
    except Refusal as refusal:
        asks = not today and await asks_on(db, day)
        return desks_page(request, day, offer, answers, today=today, asks=asks, refusal=refusal)


async def _soon(request: WebRequest, db: Database, day: Day, offer: DayOffer, answers: Answers) -> str:
    """When she would be called, with what is ticked as the page opens."""
    locale = locale_here(request, day)
    ticked = [service for service, ticked in lines_of(offer, answers) if ticked]
    speaks = answers.languages or (locale.tag,)
    return await says_before(db, locale, day, ticked, tuple(speaks), answers.interpreter or Interpreter.NONE)


def desks_page(
    request: WebRequest,
    day: Day,
    offer: DayOffer,
    answers: Answers,
    *,
    today: bool,
    asks: bool = False,
    aloud: bool = False,
    soon: str = "",
    refusal: Refusal | None = None,
) -> Response[Any]:
    """The desks, with what was chosen so far."""
    locale = locale_here(request, day)
    going = who_says(request, day, answers) if is_asked(answers) else {}
    spoken = answers.languages[0] if answers.languages else locale.tag
    near = dict.fromkeys([locale.tag, *day.languages, *(tag for tag in KNOWN if tag not in PSEUDO_LANGUAGES)])
    meant = wanted_services(offer, answers.needs, ())
    wanted = wanted_services(offer, answers.needs, answers.said)
    path = f"/kiosk/d/{day.slug}"
    context = KioskDesks(
        day=day,
        today=today,
        asks=asks,
        soon=soon,
        questions=questions_of(locale, offer, answers.needs, answers.said),
        tiles=tuple(
            DeskTile(
                mark=service_mark(service.id),
                title=service_title(locale, service.key),
                icon=service_pictogram(service.key),
                institution=service.institution.name,
                authority=service.institution.authority,
                ticked=ticked,
                needless=ticked and service.id in meant and service.id not in wanted,
                goers=going.get(service_mark(service.id), ""),
            )
            for service, ticked in lines_of(offer, answers)
        ),
        people=answers.adults,
        children=answers.children,
        interpreter=answers.interpreter or Interpreter.NONE,
        interpreters=INTERPRETERS,
        speaks=tuple(near),
        spoken=spoken,
        calls_in=spoken_name(request, locale.tag, working=day.working_language) if today else "",
        aloud=aloud,
        action=link(request, f"{path}/tickets") if today else f"{path}/times",
        carried=(
            *carried(request, answers, "services", "asked", "who", "adults", "children", "languages", "interpreter"),
            ("asked", "1"),
            ("who", "family"),
        ),
        who=f"{path}/who",
        asks_who=is_asked(answers),
        more=onward(request, answers, f"{path}/needs"),
        back=link(request, f"{path}/needs"),
        key=new_key(),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    stood_on = onward(request, answers, f"{path}/desks")
    status = refusal.status if refusal else 200
    return kiosk_page(request, day, context, status=status, stood_on=stood_on, turns=f"{path}/desks")


async def times_page(
    request: WebRequest,
    db: Database,
    day: Day,
    offer: DayOffer,
    answers: Answers,
    *,
    refusal: Refusal | None = None,
) -> Response[Any]:
    """The times that have a plan. Raises a refusal about services or party."""
    locale = locale_here(request, day)
    wish = answers.wish(offer, display_language=locale.tag)
    titles = tuple(service_title(locale, one.key) for one in offer.services if one.id in wish.services)
    if (asks := await ask_page(request, db, day, answers, titles, people=len(wish.members))) is not None:
        return asks
    found = await db.read(arrivals, day, wish, now=db.now())
    context = KioskTimes(
        day=day,
        best=tuple(plan.arrival_at for plan in found.best),
        times=tuple(plan.arrival_at for plan in found.plans if plan not in found.best),
        interpreter_possible=found.interpreter_possible,
        action=link(request, f"/kiosk/d/{day.slug}/bookings"),
        carried=answers.carried(),
        back=onward(request, answers, f"/kiosk/d/{day.slug}/desks"),
        waiting=link(request, f"/kiosk/d/{day.slug}/waiting"),
        others=link(request, "/kiosk/days"),
        key=new_key(),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    stood_on = onward(request, answers, f"/kiosk/d/{day.slug}/times")
    return kiosk_page(request, day, context, status=refusal.status if refusal else 200, stood_on=stood_on)


route_handlers: list[Any] = [show_needs, show_desks, show_times]
