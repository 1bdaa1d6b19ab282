"""The mediators of a day: list, add, change, take away."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import MediatorRow, mediators_of_day
from onestop.days.setup import add_mediator, edit_mediator
from onestop.days.setup_values import HOURS_MISSING, Hours, MediatorSettings
from onestop.domain.day import DayState
from onestop.domain.errors import NotKnown, Refusal
from onestop.visits.actions.mediators import be_no_mediator
from onestop.visits.actions.setup import remove_mediator, set_up
from onestop.visits.actions.weighing import ChangeTouches
from onestop.visits.queries.mediator import mediator_choices
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.changes import Thing, day_of_form, meanwhile
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.reading import LanguageChoice, Reader, language_choices
from onestop.web.organise.touch import BACK, CERTAIN, SURE, ask_first, ask_whether, errors_of_return


@page_of("organise/mediators.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorsPage:
    """The mediators by label."""

    day: Day
    mediators: tuple[MediatorRow, ...]
    published: bool
    saved: bool


@page_of("organise/mediator.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorPage:
    """The form of a mediator, new or not."""

    day: Day
    mediator: MediatorRow | None
    taken: bool
    """Whether somebody is signed in as this mediator."""
    action: str
    label: str
    languages: tuple[LanguageChoice, ...]
    hours: tuple[tuple[str, str], ...]
    published: bool
    meanwhile: tuple[Thing, ...] = ()
    """What somebody else changed since the form was opened."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/mediators")
async def show_mediators(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The list."""
    found, _ = await enter(request, db, day)
    context = MediatorsPage(
        day=found,
        mediators=tuple(await db.read(mediators_of_day, found.id)),
        published=found.state is DayState.PUBLISHED,
        saved=request.query_params.get("done") == "saved",
    )
    return page(request, context, **day_frame(request, found))


@get("/organise/{day:str}/mediators/new")
async def show_new_mediator(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """An empty form; the hours are those of the day."""
    found, _ = await enter(request, db, day)
    return await _stored(request, db, found, None)


@post("/organise/{day:str}/mediators")
async def add(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Add the mediator."""
    found, _ = await enter(request, db, day)
    return await _save(request, db, found, None)


@get("/organise/{day:str}/mediators/{mediator:uuid}")
async def show_mediator(request: WebRequest, db: Db, day: FromPath[str], mediator: FromPath[UUID]) -> Response[Any]:
    """The form with what is stored."""
    found, _ = await enter(request, db, day)
    return await _stored(request, db, found, await _mediator_of(db, found, mediator))


@post("/organise/{day:str}/mediators/{mediator:uuid}")
async def change(request: WebRequest, db: Db, day: FromPath[str], mediator: FromPath[UUID]) -> Response[Any]:
    """Change the mediator."""
    found, _ = await enter(request, db, day)
    return await _save(request, db, found, await _mediator_of(db, found, mediator))


@post("/organise/{day:str}/mediators/{mediator:uuid}/remove")
async def remove(request: WebRequest, db: Db, day: FromPath[str], mediator: FromPath[UUID]) -> Response[Any]:
    """Take away a mediator who has not helped yet, after asking."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    if not form.ticked(CERTAIN):
        one = await _mediator_of(db, found, mediator)
        return ask_whether(request, found, form, name=one.label, back=path_of(found, f"/mediators/{mediator}"))
    try:
        path = await submit_once(
            request,
            f"organise.mediator.remove.{mediator}",
            remove_mediator,
            found.id,
            mediator,
            version=form.number("version") or 0,
            sure=form.text(SURE),
            actor=someone,
            now=db.now(),
            day=found.id,
            to=lambda _: path_of(found, "/mediators?done=saved"),
        )
    except ChangeTouches as touches:
        return await ask_first(request, db, found, form, touches, back=path_of(found, f"/mediators/{mediator}"))
    return see_other(path)


@post("/organise/{day:str}/mediators/{mediator:uuid}/sign-out")
async def sign_out(request: WebRequest, db: Db, day: FromPath[str], mediator: FromPath[UUID]) -> Response[Any]:
    """The wrong person said that she is this mediator; harmless twice."""
    found, someone = await enter(request, db, day)
    one = await _mediator_of(db, found, mediator)
    await db.write(be_no_mediator, found.id, one.id, actor=someone, now=db.now(), day=found.id)
    return see_other(path_of(found, f"/mediators/{one.id}"))


async def _is_taken(db: Db, day: Day, mediator: MediatorRow | None) -> bool:
    choices = await db.read(mediator_choices, day.id) if mediator is not None else ()
    return any(one.taken for one in choices if mediator is not None and one.id == mediator.id)


async def _mediator_of(db: Db, day: Day, mediator: UUID) -> MediatorRow:
    found = next((one for one in await db.read(mediators_of_day, day.id) if one.id == mediator), None)
    if found is None:
        raise NotKnown
    return found


async def _stored(request: WebRequest, db: Db, day: Day, mediator: MediatorRow | None) -> Response[Any]:
    clock = locale_for("en")
    opens_at, closes_at = (mediator.opens_at, mediator.closes_at) if mediator else (day.opens_at, day.closes_at)
    label = mediator.label if mediator else f"M{len(await db.read(mediators_of_day, day.id)) + 1:02}"
    context = MediatorPage(
        day=day,
        mediator=mediator,
        taken=await _is_taken(db, day, mediator),
        action=_action(day, mediator),
        label=label,
        languages=language_choices(mediator.languages if mediator else (), near=day.languages),
        hours=((clock.time(opens_at, day.timezone), clock.time(closes_at, day.timezone)),),
        published=day.state is DayState.PUBLISHED,
    )
    return page(request, context, **day_frame(request, day))


async def _save(request: WebRequest, db: Db, day: Day, mediator: MediatorRow | None) -> Response[Any]:
    _, someone = await enter(request, db, day.slug)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    hours = read.hours(1, "hours")
    if not hours:
        read.wrong("hours", HOURS_MISSING)
    languages = read.languages()
    status = 422
    if form.ticked(BACK):
        read.errors, status = errors_of_return(request, form, day), 200
    elif not read.errors:
        try:
            path = await _store(request, db, day, mediator, languages, hours[0], someone)
            return see_other(path)
        except ChangeTouches as touches:
            return await ask_first(request, db, day, form, touches)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            day, _ = await enter(request, db, day.slug)
            status = refusal.status
    context = MediatorPage(
        day=day_of_form(day, form, read.errors),
        mediator=mediator,
        taken=await _is_taken(db, day, mediator),
        action=_action(day, mediator),
        label=form.text("label", 120),
        languages=language_choices(languages, near=day.languages),
        hours=((form.text("opens_1", 12), form.text("closes_1", 12)),),
        published=day.state is DayState.PUBLISHED,
        meanwhile=await meanwhile(request, db, day, form.number("version")) if "content" in read.errors else (),
        errors=read.errors,
    )
    return page(request, context, status=status, **day_frame(request, day))


async def _store(
    request: WebRequest,
    db: Db,
    day: Day,
    mediator: MediatorRow | None,
    languages: tuple[str, ...],
    hours: Hours,
    someone: Any,
) -> str:
    form = await read_form(request)
    return await submit_once(
        request,
        f"organise.mediator.{mediator.id if mediator else 'new'}",
        set_up,
        day.id,
        *((edit_mediator, mediator.id) if mediator else (add_mediator,)),
        MediatorSettings(label=form.text("label", 120), languages=languages, hours=hours),
        version=form.number("version") or 0,
        sure=form.text(SURE),
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: path_of(day, "/mediators?done=saved"),
    )


def _action(day: Day, mediator: MediatorRow | None) -> str:
    return path_of(day, f"/mediators/{mediator.id}" if mediator else "/mediators")


route_handlers: list[Any] = [show_mediators, show_new_mediator, add, show_mediator, change, remove, sign_out]
