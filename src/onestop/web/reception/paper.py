"""Catching up: what happened on paper is entered line by line; what is still open stands below."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import day_offer
from onestop.domain.day import DayState
from onestop.domain.errors import InvalidInput, Refusal
from onestop.domain.paper import (
    DIGITS,
    WORDS,
    NumberMissing,
    PaperRefused,
    WhichService,
    WordMissing,
    read_about,
    word_of,
)
from onestop.visits.actions.paper import Line, enter_line
from onestop.visits.actions.paper_back import take_entry_back
from onestop.visits.queries.paper import PaperEntry, PaperState, paper_state
from onestop.visits.queries.people import Person
from onestop.visits.queries.reception import hall
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.kept_pack import kept_file, pack_ready, printed_spares
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, settings_of
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.reception.frame import Titles, day_and_actor, frame, home_of

MOST_LISTED = 60
LATER = 9999
"""Ticket numbers have three or four digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The line as it was typed, or as the next one begins: the desk and the time of the last."""

    number: str = ""
    desk: str = ""
    how: str = ""
    about: str = ""


@page_of("reception/paper.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPage:
    """One line to enter, the last lines, and who is still open."""

    day: Day
    now: datetime
    path: str
    running: bool
    typed: Typed
    words: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str], ...]
    """Asked only where a desk gives several kinds of help and the line could mean each."""
    fresh: bool
    """Whether the refused line can be entered with a new number."""
    errors: tuple[tuple[str, str], ...]
    refused: str
    done: PaperEntry | None
    taken_back: int | None
    state: PaperState
    not_come: tuple[Person, ...]
    inside: tuple[Person, ...]
    more: int
    titles: Titles
    says: dict[str, str]
    spares: tuple[tuple[int, int], ...]
    ready_at: datetime | None
    """When the pack was made that is kept ready."""
    key: str = field(default_factory=new_key)


@get("/reception/{slug:str}/paper")
async def show_paper(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The next line."""
    day, _ = await day_and_actor(request, db, slug)
    return await _paper_page(request, db, day, did=request.query_params.get("did", "")[:40])


@post("/reception/{slug:str}/paper")
async def enter(request: WebRequest, db: Db, ticket_key: TicketKey, slug: FromPath[str]) -> Response[Any]:
    """Enter a line. What cannot be entered stands there again with the reason and a way on."""
    day, someone = await day_and_actor(request, db, slug)
    form = await read_form(request)
    try:
        line = _line(form, day)
        path = await submit_once(
            request,
            f"reception.paper.{day.id}",
            enter_line,
            day.id,
            line,
            key=ticket_key,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda entered: f"{home_of(day)}/paper?did={entered.entry}",
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _paper_page(request, db, day, form=form, refusal=refusal)
    return see_other(path)


@post("/reception/{slug:str}/paper/{entry:uuid}/undo")
async def take_back(request: WebRequest, db: Db, slug: FromPath[str], entry: FromPath[UUID]) -> Response[Any]:
    """Take the last line back."""
    day, someone = await day_and_actor(request, db, slug)
    await read_form(request)
    try:
        path = await submit_once(
            request,
            "reception.paper.undo",
            take_entry_back,
            day.id,
            entry,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda number: f"{home_of(day)}/paper?did=back-{number}",
        )
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return await _paper_page(request, db, day, refusal=refusal)
    return see_other(path)


@post("/reception/{slug:str}/pack")
async def take_ready_pack(request: WebRequest, db: Db, settings: Conf, slug: FromPath[str]) -> Response[Any]:
    """The pack that is kept ready."""
    day, someone = await day_and_actor(request, db, slug)
    await read_form(request)
    return await kept_file(db, settings, day, actor=someone)


def _line(form: Form, day: Day) -> Line:
    """What was typed, as a line. Raises `InvalidInput` about the first field that cannot be read."""
    number = form.number("number")
    if number is None or not 0 < number <= LATER * 10:
        raise NumberMissing
    word = word_of(form.text("how", 20))
    if word is None:
        raise WordMissing
    hours, minutes = read_about(form.text("about", 10))
    about = datetime(day.on.year, day.on.month, day.on.day, hours, minutes, tzinfo=day.zone)
    return Line(
        number=number,
        word=word,
        about_at=about,
        desk=form.number("desk"),
        service=_service(form.text("service", 40)),
        fresh=form.ticked("fresh"),
    )


def _service(typed: str) -> UUID | None:
    if not typed:
        return None
    try:
        return UUID(typed)
    except ValueError:
        raise InvalidInput(field="service") from None


async def _paper_page(
    request: WebRequest, db: Db, day: Day, *, form: Form | None = None, refusal: Refusal | None = None, did: str = ""
) -> Response[Any]:
    locale, now = locale_of(request), db.now()
    state, ready = await db.read(paper_state, day.id), await pack_ready(settings_of(request), day)
    here = await db.read(hall, day.id, now=now)
    late = [one for one in here.expected if one.booked_at is not None and one.booked_at <= now]
    told = locale.say(refusal.sentence, refusal.params) if refusal is not None else ""
    about = refusal.field if isinstance(refusal, InvalidInput) else ""
    services: tuple[tuple[str, str], ...] = ()
    if isinstance(refusal, WhichService) and form is not None:
        offer, desks = await db.read(day_offer, day.id), await db.read(desks_of_day, day.id)
        at = next((desk for desk in desks if desk.number == form.number("desk")), None)
        given = [one for one in offer.services if at is not None and one.id in at.services]
        services = tuple((str(one.id), service_title(locale, one.key)) for one in given)
    last = state.entries[0] if state.entries else None
    context = PaperPage(
        day=day,
        now=now,
        path=f"{home_of(day)}/paper",
        running=day.state is DayState.PUBLISHED,
        typed=_typed(form, last, day, request.query_params.get("number", "")[:12]),
        words=tuple((str(DIGITS[word]), f"{DIGITS[word]} · {locale.gettext(text)}") for word, text in WORDS.items()),
        services=services,
        fresh=isinstance(refusal, PaperRefused) and refusal.fresh,
        errors=((about, told),) if about else (),
        refused=told if refusal is not None and not about else "",
        done=next((one for one in state.entries if str(one.id) == did and not one.taken_back), None),
        taken_back=int(did[5:]) if did.startswith("back-") and did[5:].isdecimal() else None,
        state=state,
        not_come=tuple(late[:MOST_LISTED]),
        inside=here.inside[:MOST_LISTED],
        more=max(0, len(late) - MOST_LISTED) + max(0, len(here.inside) - MOST_LISTED),
        titles=Titles(locale),
        says={word: locale.gettext(text) for word, text in WORDS.items()},
        spares=printed_spares(state.spares, ready),
        ready_at=ready.made_at if ready is not None else None,
    )
    return page(
        request, context, status=refusal.status if refusal is not None else 200, **frame(request, day, "/paper")
    )


def _typed(form: Form | None, last: PaperEntry | None, day: Day, number: str) -> Typed:
    if form is not None:
        return Typed(
            number=form.text("number", 12), desk=form.text("desk", 12), how=form.text("how", 20),
            about=form.text("about", 10),
        )  # fmt: skip
    if last is None:
        return Typed(number=number)
    return Typed(
        number=number,
        desk=str(last.desk or ""),
        about=last.about_at.astimezone(day.zone).strftime("%H:%M"),
        how=str(DIGITS[last.word]),
    )


route_handlers: list[Any] = [show_paper, enter, take_back, take_ready_pack]
