"""The sessions of a day: list, add, change, take away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.capacity import seats_taken
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.sessions import SessionRow, sessions_of_day
from onestop.days.setup_sessions import SessionSettings, add_session
from onestop.directory.organising import directory
from onestop.domain.capacity import LONGEST_SESSION, MOST_SEATS, SHORTEST_SESSION
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Changed, NotKnown, Refusal
from onestop.domain.roles import Actor
from onestop.visits.actions.setup import change_session, remove_session, set_up
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale, locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.organise.changes import EVERYBODY_FOLLOWS, Thing, meanwhile
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.reading import Reader, language_choices, read_id
from onestop.web.organise.touch import BACK, SURE, ask_first, errors_of_return

PLACE = N_("Desk %(number)s: %(service)s, %(institution)s")
PLACE_MISSING = N_("Please choose a service and its desk.")
LANGUAGE_WRONG = N_("Please choose a language of the list.")
USUAL_MINUTES, USUAL_SEATS = 60, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A session with its desk and service. How many seats are `taken` is not told of a private one (R19)."""

    session: SessionRow
    desk: DeskRow
    service: str
    private: bool
    taken: int | None
    held: bool
    """Whether its desk is open all the time."""


@page_of("organise/sessions.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsPage:
    """The sessions by start."""

    day: Day
    sessions: tuple[SessionLine, ...]
    desks: bool
    """Whether there is a desk that could hold one."""
    published: bool
    saved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The fields of the form, as text."""

    place: str = ""
    starts: str = ""
    minutes: str = ""
    seats: str = ""
    language: str = ""


@page_of("organise/session.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """The form of a session, new or not. `places` and `languages`: value and words."""

    day: Day
    line: SessionLine | None
    """The session as it is stored; none of a new one."""
    action: str
    typed: Typed
    places: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    most: dict[str, tuple[int, int]]
    published: bool
    meanwhile: tuple[Thing, ...] = ()
    """What somebody else changed since the form was opened."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/sessions")
async def show_sessions(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The list."""
    found, _ = await enter(request, db, day)
    context = SessionsPage(
        day=found,
        sessions=await _lines(request, db, found),
        desks=any(desk.services for desk in await db.read(desks_of_day, found.id)),
        published=found.state is DayState.PUBLISHED,
        saved=request.query_params.get("done") == "saved",
    )
    return page(request, context, **day_frame(request, found))


@get("/organise/{day:str}/sessions/new")
async def show_new_session(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """An empty form, or one like a session of the day (`?like=`), which begins when that one ends."""
    found, _ = await enter(request, db, day)
    like = await _session_of(db, found, read_id(request.query_params.get("like", "")))
    typed = Typed(minutes=str(USUAL_MINUTES), seats=str(USUAL_SEATS))
    return await _form(request, db, found, None, _stored(found, like, like.ends_at) if like else typed)


@post("/organise/{day:str}/sessions")
async def add(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Add the session."""
    found, _ = await enter(request, db, day)
    return await _save(request, db, found, None)


@get("/organise/{day:str}/sessions/{session:uuid}")
async def show_session(request: WebRequest, db: Db, day: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    """The form with what is stored."""
    found, _ = await enter(request, db, day)
    one = await _session_of(db, found, session)
    if one is None:
        raise NotKnown
    return await _form(request, db, found, one, _stored(found, one, one.starts_at))


@post("/organise/{day:str}/sessions/{session:uuid}")
async def change(request: WebRequest, db: Db, day: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    """Change the session; of one that somebody else took away meanwhile the form stays, as that of a new one."""
    found, _ = await enter(request, db, day)
    one = await _session_of(db, found, session)
    if one is not None:
        return await _save(request, db, found, one)
    form, errors = await read_form(request), {"content": locale_of(request).gettext(Changed.sentence)}
    return await _form(request, db, found, None, _typed(form), status=Changed.status, errors=errors)


@post("/organise/{day:str}/sessions/{session:uuid}/remove")
async def remove(request: WebRequest, db: Db, day: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    """Take away a session that nobody came to yet."""
    found, someone = await enter(request, db, day)
    one = await _session_of(db, found, session)
    if one is None:
        raise NotKnown
    form = await read_form(request)
    try:
        path = await submit_once(
            request,
            f"organise.session.remove.{session}",
            remove_session,
            found.id,
            session,
            version=form.number("version") or 0,
            sure=form.text(SURE),
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/sessions?done=saved"),
        )
    except ChangeTouches as touches:
        return await ask_first(request, db, found, form, touches, back=path_of(found, f"/sessions/{session}"))
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        found, _ = await enter(request, db, day)
        typed = _stored(found, one, one.starts_at)
        return await _form(request, db, found, one, typed, status=refusal.status, errors=errors)
    return see_other(path)


async def _save(request: WebRequest, db: Db, day: Day, session: SessionRow | None) -> Response[Any]:
    _, someone = await enter(request, db, day.slug)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    settings = _settings(read)
    status = 422
    if form.ticked(BACK):
        read.errors, status = errors_of_return(request, form, day), 200
    elif settings is not None:
        try:
            return see_other(await _store(request, db, day, session, settings, someone))
        except ChangeTouches as touches:
            return await ask_first(request, db, day, form, touches)
        except Refusal as refusal:
            told = errors_of(read.locale, refusal)
            read.errors |= {"place" if name == "service" else name: sentence for name, sentence in told.items()}
            day, _ = await enter(request, db, day.slug)
            status = refusal.status
    return await _form(request, db, day, session, _typed(form), status=status, errors=read.errors)


async def _store(
    request: WebRequest, db: Db, day: Day, session: SessionRow | None, settings: SessionSettings, someone: Actor
) -> str:
    form = await read_form(request)
    return await submit_once(
        request,
        f"organise.session.{session.id if session else 'new'}",
        *((change_session, day.id, session.id) if session else (set_up, day.id, add_session)),
        settings,
        version=form.number("version") or 0,
        sure=form.text(SURE),
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: path_of(day, "/sessions?done=saved"),
    )


def _settings(read: Reader) -> SessionSettings | None:
    """What was typed; `None` and a note for each field that cannot be used."""
    first, _, second = read.form.text("place", 80).partition(":")
    desk, service = read_id(first), read_id(second)
    if desk is None or service is None:
        read.wrong("place", PLACE_MISSING)
    starts = read.time("starts")
    minutes, seats = read.number("minutes"), read.number("seats")
    language = read.form.text("language", 12)
    if language not in {"", *(one.tag for one in language_choices(()))}:
        read.wrong("language", LANGUAGE_WRONG)
    if read.errors or desk is None or service is None:
        return None
    return SessionSettings(desk=desk, service=service, starts=starts, minutes=minutes, seats=seats, language=language)


def _typed(form: Form) -> Typed:
    return Typed(
        place=form.text("place", 80),
        starts=form.text("starts", 12),
        minutes=form.text("minutes", 12),
        seats=form.text("seats", 12),
        language=form.text("language", 12),
    )


def _stored(day: Day, session: SessionRow, starts_at: datetime) -> Typed:
    return Typed(
        place=f"{session.desk}:{session.service}",
        starts=locale_for("en").time(starts_at, day.timezone),
        minutes=str(session.minutes),
        seats=str(session.seats),
        language=session.language,
    )


async def _form(
    request: WebRequest,
    db: Db,
    day: Day,
    session: SessionRow | None,
    typed: Typed,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    locale, errors = locale_of(request), errors or {}
    form = await read_form(request) if "content" in errors else None
    near = {day.working_language, *day.languages, typed.language}
    tags = [one.tag for one in language_choices((), near=near)]
    context = SessionPage(
        day=day,
        line=next((each for each in await _lines(request, db, day) if session and each.session.id == session.id), None),
        action=path_of(day, f"/sessions/{session.id}" if session else "/sessions"),
        typed=typed,
        places=await _places(db, locale, day),
        languages=(("", locale.gettext(EVERYBODY_FOLLOWS)), *((tag, locale.language_name(tag)) for tag in tags)),
        most={"minutes": (SHORTEST_SESSION, LONGEST_SESSION), "seats": (1, MOST_SEATS)},
        published=day.state is DayState.PUBLISHED,
        meanwhile=await meanwhile(request, db, day, form.number("version")) if form else (),
        errors=errors,
    )
    return page(request, context, status=status, **day_frame(request, day))


async def _places(db: Db, locale: Locale, day: Day) -> tuple[tuple[str, str], ...]:
    """Each service of each desk."""
    titles = await _titles(db, locale)
    desks: Sequence[DeskRow] = await db.read(desks_of_day, day.id)
    return tuple(
        (
            f"{desk.id}:{service}",
            locale.say(
                PLACE,
                {"number": desk.number, "service": titles[service][0], "institution": desk.institution.name},
            ),
        )
        for desk in desks
        for service in desk.services
    )


async def _lines(request: WebRequest, db: Db, day: Day) -> tuple[SessionLine, ...]:
    titles = await _titles(db, locale_of(request))
    desks = {desk.id: desk for desk in await db.read(desks_of_day, day.id)}
    taken = await db.read(seats_taken, day.id)
    return tuple(
        SessionLine(
            session=one,
            desk=desks[one.desk],
            service=titles[one.service][0],
            private=titles[one.service][1],
            taken=None if titles[one.service][1] else taken.get(one.id, 0),
            held=desks[one.desk].holds(one.starts_at, one.ends_at),
        )
        for one in await db.read(sessions_of_day, day.id)
    )


async def _titles(db: Db, locale: Locale) -> dict[UUID, tuple[str, bool]]:
    """What each service is called, and whether it is private."""
    every = [one for entry in await db.read(directory) for one in entry.services]
    return {one.id: (service_title(locale, one.key), one.private) for one in every}


async def _session_of(db: Db, day: Day, session: UUID | None) -> SessionRow | None:
    return next((one for one in await db.read(sessions_of_day, day.id) if one.id == session), None)


route_handlers: list[Any] = [show_sessions, show_new_session, add, show_session, change, remove]
