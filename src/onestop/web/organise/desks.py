"""The desks of a day: list, add, change, take away; and open, pause, close from the overview."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.setup import add_desk, edit_desk
from onestop.days.setup_values import DeskSettings
from onestop.directory.organising import InstitutionEntry, directory
from onestop.domain.day import DayState
from onestop.domain.errors import DeskUnknown, Refusal
from onestop.visits.actions.setup import remove_desk, set_up
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale, locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_pictogram, service_title
from onestop.web.organise.changes import Thing, day_of_form, meanwhile
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of, works_everywhere
from onestop.web.organise.reading import LanguageChoice, Reader, language_choices, read_id
from onestop.web.organise.touch import BACK, SURE, ask_first, errors_of_return

MOST_HOURS = 8
_NOTHING_TYPED = Form([])


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """A desk with its services in the reader's language."""

    desk: DeskRow
    services: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChoice:
    """A service of the desk's institution; `minutes` is text, as typed."""

    id: UUID
    title: str
    pictogram: str
    private: bool
    minutes: str
    ticked: bool


@page_of("organise/desks.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DesksPage:
    """The desks by number."""

    day: Day
    desks: tuple[DeskLine, ...]
    published: bool
    saved: bool


@page_of("organise/desk_where.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeskWherePage:
    """Which institution sits at the new desk."""

    day: Day
    institutions: tuple[InstitutionEntry, ...]
    may_add: bool
    """Whether the reader may add one, which all days share."""


@page_of("organise/desk.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """The form of a desk, new or not, with what is stored or what was typed."""

    day: Day
    desk: DeskRow | None
    action: str
    institution: InstitutionEntry
    desk_number: str
    services: tuple[ServiceChoice, ...]
    languages: tuple[LanguageChoice, ...]
    hours: tuple[tuple[str, str], ...]
    sessions: int
    """How many sessions the desk holds."""
    published: bool
    meanwhile: tuple[Thing, ...] = ()
    """What somebody else changed since the form was opened."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/desks")
async def show_desks(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The list."""
    found, _ = await enter(request, db, day)
    locale = locale_of(request)
    titles = {each.id: service_title(locale, each.key) for one in await db.read(directory) for each in one.services}
    desks = await db.read(desks_of_day, found.id)
    context = DesksPage(
        day=found,
        desks=tuple(
            DeskLine(desk=desk, services=tuple((titles[each], minutes) for each, minutes in desk.services.items()))
            for desk in desks
        ),
        published=found.state is DayState.PUBLISHED,
        saved=request.query_params.get("done") == "saved",
    )
    return page(request, context, **day_frame(request, found))


@get("/organise/{day:str}/desks/new")
async def show_new_desk(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """First the institution, then its form."""
    found, someone = await enter(request, db, day)
    entries = [each for each in await db.read(directory) if not each.closed]
    chosen = _entry(entries, read_id(request.query_params.get("institution", "")))
    if chosen is None:
        where = DeskWherePage(day=found, institutions=tuple(entries), may_add=works_everywhere(someone))
        return page(request, where, **day_frame(request, found))
    desks = await db.read(desks_of_day, found.id)
    number = str(max((desk.number for desk in desks), default=0) + 1)
    return await _stored(request, db, found, None, chosen, number)


@post("/organise/{day:str}/desks")
async def add(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Add the desk."""
    found, _ = await enter(request, db, day)
    return await _save(request, db, found, None)


@get("/organise/{day:str}/desks/{number:int}")
async def show_desk(request: WebRequest, db: Db, day: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """The form with what is stored; before publishing another institution can be chosen in the address."""
    found, _ = await enter(request, db, day)
    desk = await desk_of(db, found, number)
    entries = await db.read(directory)
    chosen = _entry(entries, read_id(request.query_params.get("institution", "")))
    if chosen is None or chosen.closed or found.state is not DayState.DRAFT:
        chosen = _entry(entries, desk.institution.id)
    assert chosen is not None
    return await _stored(request, db, found, desk, chosen, str(desk.number))


@post("/organise/{day:str}/desks/{number:int}")
async def change(request: WebRequest, db: Db, day: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """Change the desk."""
    found, _ = await enter(request, db, day)
    return await _save(request, db, found, await desk_of(db, found, number))


@post("/organise/{day:str}/desks/{number:int}/remove")
async def remove(request: WebRequest, db: Db, day: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """Take away a desk that nobody used."""
    found, someone = await enter(request, db, day)
    desk = await desk_of(db, found, number)
    form = await read_form(request)
    try:
        path = await submit_once(
            request,
            f"organise.desk.remove.{desk.id}",
            remove_desk,
            found.id,
            desk.id,
            version=form.number("version") or 0,
            sure=form.text(SURE),
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/desks?done=saved"),
        )
    except ChangeTouches as touches:
        return await ask_first(request, db, found, form, touches, back=path_of(found, f"/desks/{number}"))
    return see_other(path)


async def desk_of(db: Db, day: Day, number: int) -> DeskRow:
    """The desk with this number. Raises `DeskUnknown`."""
    found = next((desk for desk in await db.read(desks_of_day, day.id) if desk.number == number), None)
    if found is None:
        raise DeskUnknown
    return found


async def _save(request: WebRequest, db: Db, day: Day, desk: DeskRow | None) -> Response[Any]:
    _, someone = await enter(request, db, day.slug)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    entries = [each for each in await db.read(directory) if not each.closed or _sits_at(desk, each)]
    chosen = _entry(entries, read_id(form.text("institution", 40)))
    if chosen is None:
        where = DeskWherePage(day=day, institutions=tuple(entries), may_add=works_everywhere(someone))
        return page(request, where, status=422, **day_frame(request, day))
    settings = _settings(read, chosen)
    status = 422
    if form.ticked(BACK):
        read.errors, status = errors_of_return(request, form, day), 200
    elif not read.errors:
        try:
            path = await submit_once(
                request,
                f"organise.desk.{desk.id if desk else 'new'}",
                set_up,
                day.id,
                *((edit_desk, desk.id) if desk else (add_desk,)),
                settings,
                version=form.number("version") or 0,
                sure=form.text(SURE),
                actor=someone,
                now=db.now(),
                day=day.id,
                to=lambda _: path_of(day, "/desks?done=saved"),
            )
            return see_other(path)
        except ChangeTouches as touches:
            return await ask_first(request, db, day, form, touches)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            day, _ = await enter(request, db, day.slug)
            status = refusal.status
    context = DeskPage(
        day=day_of_form(day, form, read.errors),
        desk=desk,
        action=_action(day, desk),
        institution=chosen,
        desk_number=form.text("number", 12),
        services=_choices(read.locale, chosen, settings.services, form),
        languages=language_choices(settings.languages, near=day.languages),
        hours=_typed_hours(form),
        sessions=await _sessions(db, day, desk),
        published=day.state is DayState.PUBLISHED,
        meanwhile=await meanwhile(request, db, day, form.number("version")) if "content" in read.errors else (),
        errors=read.errors,
    )
    return page(request, context, status=status, **day_frame(request, day))


def _settings(read: Reader, institution: InstitutionEntry) -> DeskSettings:
    ticked = {found for text in read.form.all("services") if (found := read_id(text)) is not None}
    return DeskSettings(
        number=read.number("number"),
        institution=institution.id,
        services={
            each.id: read.number(f"minutes-{each.id}", "services") for each in institution.services if each.id in ticked
        },
        languages=read.languages(),
        hours=read.hours(MOST_HOURS, "hours"),
    )


async def _stored(
    request: WebRequest, db: Db, day: Day, desk: DeskRow | None, institution: InstitutionEntry, number: str
) -> Response[Any]:
    """The form of a desk as it is, or of a new one that is open all day in the day's working language."""
    clock = locale_for("en")
    openings = desk.openings if desk else ((day.opens_at, day.closes_at),)
    hours = [(clock.time(start, day.timezone), clock.time(end, day.timezone)) for start, end in openings]
    same = desk is not None and desk.institution.id == institution.id
    offered = desk.services if desk is not None and same else {}
    if not offered and len(institution.services) == 1:
        offered = {institution.services[0].id: institution.services[0].minutes}
    context = DeskPage(
        day=day,
        desk=desk,
        action=_action(day, desk),
        institution=institution,
        desk_number=number,
        services=_choices(locale_of(request), institution, offered, _NOTHING_TYPED),
        languages=language_choices(desk.languages if desk else {day.working_language}, near=day.languages),
        # One empty line more than there are, so that a break can be added.
        hours=tuple((hours + [("", "")] * MOST_HOURS)[: max(2, min(MOST_HOURS, len(hours) + 1))]),
        sessions=await _sessions(db, day, desk),
        published=day.state is DayState.PUBLISHED,
    )
    return page(request, context, **day_frame(request, day))


async def _sessions(db: Db, day: Day, desk: DeskRow | None) -> int:
    held = await db.read(sessions_of_day, day.id) if desk is not None else ()
    return sum(desk is not None and one.desk == desk.id for one in held)


def _choices(locale: Locale, institution: InstitutionEntry, ticked: Any, form: Form) -> tuple[ServiceChoice, ...]:
    return tuple(
        ServiceChoice(
            id=each.id,
            title=service_title(locale, each.key),
            pictogram=service_pictogram(each.key),
            private=each.private,
            minutes=form.text(f"minutes-{each.id}", 12) or str(ticked.get(each.id) or each.minutes),
            ticked=each.id in ticked,
        )
        for each in institution.services
    )


def _typed_hours(form: Form) -> tuple[tuple[str, str], ...]:
    rows = [(form.text(f"opens_{nth}", 12), form.text(f"closes_{nth}", 12)) for nth in range(1, MOST_HOURS + 1)]
    return tuple(row for nth, row in enumerate(rows) if nth < 2 or any(row))


def _action(day: Day, desk: DeskRow | None) -> str:
    return path_of(day, f"/desks/{desk.number}" if desk else "/desks")


def _sits_at(desk: DeskRow | None, entry: InstitutionEntry) -> bool:
    return desk is not None and desk.institution.id == entry.id


def _entry(entries: list[InstitutionEntry], institution: UUID | None) -> InstitutionEntry | None:
    return next((each for each in entries if each.id == institution), None)


route_handlers: list[Any] = [show_desks, show_new_desk, add, show_desk, change, remove]
