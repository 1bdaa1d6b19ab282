"""One message to everybody who is inside: on phones, boards, the ticket machine and the screens of the floor."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.broadcasts import standing_broadcasts
from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.db.session import Database
from onestop.domain.broadcast import BREAKS, LASTS, LONGEST, SENTENCES, Broadcast, BroadcastWrong, Sentence, fitting
from onestop.domain.day import DayState
from onestop.domain.errors import N_
from onestop.visits.actions.broadcasting import boards_of, end_broadcast, send_broadcast
from onestop.web.kit.broadcasts import Told, in_words
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.wish_form import read_ids
from onestop.web.reception.frame import day_and_actor, frame, home_of

SIGNS = {
    Sentence.LATER: "clock",
    Sentence.BREAK: "coffee",
    Sentence.CLOSES: "lock",
    Sentence.ENTRANCE: "map-pin",
    Sentence.LEAVE: "siren",
    Sentence.OWN: "pencil",
}
CHOICES: dict[Sentence, str] = {
    **SENTENCES,
    Sentence.BREAK: N_("There is a break now: … Your place is kept."),
    Sentence.CLOSES: N_("Desk … closes early today."),
    Sentence.OWN: N_("Own words, in one language"),
}
ERRORS = {
    "minutes": N_("Please choose how long the break is."),
    "desk": N_("Please choose the desk."),
    "text": N_("Please write the message: 140 characters at most."),
    "sentence": N_("Please choose what is said."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A message that is shown now, and on which display alone."""

    told: Told
    board: str


@page_of("reception/message.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """What is said now, and the form for the next message; `typed` is what a refused one had."""

    day: Day
    runs: bool
    standing: tuple[Standing, ...]
    choices: tuple[tuple[Sentence, str, str], ...]
    breaks: tuple[tuple[str, str], ...]
    desks: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    boards: tuple[tuple[str, str], ...]
    lasts: tuple[tuple[str, str], ...]
    typed: Broadcast
    chosen: Sentence | None
    """Nothing is chosen before somebody chose it."""
    lasts_typed: str
    leaves: str
    """The sentence that empties the building, as it will be read here; it is asked for apart."""
    goes_on: bool
    """A break is shown: desks go on all the same."""
    longest: int
    errors: dict[str, str]
    sent: bool
    key: str = field(default_factory=new_key)


@get("/reception/{slug:str}/message")
async def show_message(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The form, below what is said now."""
    day, _ = await day_and_actor(request, db, slug)
    return await _show(request, db, day, None)


@post("/reception/{slug:str}/message")
async def send_message(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Say it now; what is missing is asked for beside what was chosen."""
    day, someone = await day_and_actor(request, db, slug)
    message = _read(await read_form(request), day)
    if message is None:
        return await _show(request, db, day, None, wrong=BroadcastWrong("sentence"))
    try:
        path = await submit_once(
            request,
            "reception.message",
            send_broadcast,
            day.id,
            message,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda _: f"{home_of(day)}/message?did=sent",
        )
    except BroadcastWrong as refused:
        return await _show(request, db, day, message, wrong=refused)
    return see_other(path)


@post("/reception/{slug:str}/message/{broadcast:uuid}/end")
async def end_message(request: WebRequest, db: Db, slug: FromPath[str], broadcast: FromPath[UUID]) -> Response[Any]:
    """Take it away from every screen."""
    day, someone = await day_and_actor(request, db, slug)
    await db.write(end_broadcast, day.id, broadcast, actor=someone, now=db.now(), day=day.id)
    return see_other(f"{home_of(day)}/message")


def _read(form: Form, day: Day) -> Broadcast | None:
    """What was sent; `None` where nothing was chosen. Without a length it lasts as it fits; 0 is the day."""
    sentence, lasts = form.text("sentence", 10), form.number("lasts")
    if sentence not in tuple(Sentence):
        return None
    language = form.text("language", 12)
    message = Broadcast(
        sentence=Sentence(sentence),
        minutes=form.number("minutes"),
        desk=form.number("desk"),
        text=form.text("text", 2 * LONGEST),
        language=language if language in day.languages else day.working_language,
        board=next(iter(read_ids([form.text("board", 40)])), None),
        lasts=lasts or None,
    )
    return message if lasts is not None else replace(message, lasts=fitting(message))


async def _show(
    request: WebRequest, db: Database, day: Day, message: Broadcast | None, *, wrong: BroadcastWrong | None = None
) -> Response[Any]:
    locale, now = locale_of(request), db.now()
    typed = message or Broadcast(sentence=Sentence.OWN, language=day.working_language)
    said_now = await db.read(standing_broadcasts, day.id, now=now)
    boards = await db.read(boards_of, day.id)
    context = MessagePage(
        day=day,
        runs=day.state is DayState.PUBLISHED,
        standing=tuple(
            Standing(told=in_words(locale, said), board=boards.get(said.board, "") if said.board else "")
            for said in said_now
        ),
        choices=tuple(
            (each, locale.gettext(CHOICES[each]), SIGNS[each]) for each in Sentence if each is not Sentence.LEAVE
        ),
        breaks=tuple((str(minutes), locale.duration(minutes)) for minutes in BREAKS),
        desks=tuple((str(desk.number), str(desk.number)) for desk in await db.read(desks_of_day, day.id)),
        languages=tuple(
            (tag, locale.language_name(tag)) for tag in dict.fromkeys((day.working_language, *day.languages))
        ),
        boards=tuple((str(device), name) for device, name in boards.items()),
        lasts=_lasts(locale),
        typed=typed,
        chosen=message.sentence if message else None,
        lasts_typed="" if message is None or message.lasts == fitting(message) else str(message.lasts or 0),
        leaves=locale.gettext(SENTENCES[Sentence.LEAVE]),
        goes_on=any(said.sentence is Sentence.BREAK for said in said_now),
        longest=LONGEST,
        errors=_errors(locale, wrong),
        sent=request.query_params.get("did") == "sent",
    )
    return page(request, context, status=wrong.status if wrong else 200, **frame(request, day, "/message"))


def _lasts(locale: Locale) -> tuple[tuple[str, str], ...]:
    day = locale.gettext(N_("Until the day ends"))
    fits = locale.gettext(N_("As long as it fits"))
    return (("", fits), ("0", day), *((str(minutes), locale.duration(minutes)) for minutes in LASTS))


def _errors(locale: Locale, wrong: BroadcastWrong | None) -> dict[str, str]:
    if wrong is None:
        return {}
    return {wrong.field: locale.gettext(ERRORS.get(wrong.field, wrong.sentence))}


route_handlers: list[Any] = [show_message, send_message, end_message]
