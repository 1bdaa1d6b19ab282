"""All days by state, and three ways to make a new one: from a template, from an earlier day, from a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post

from onestop.days.copying import copy_day, draft_day
from onestop.days.dayfile import read_template, templates
from onestop.days.queries.days import Day, all_days
from onestop.db.session import Database
from onestop.directory.venues import Venue, all_venues
from onestop.domain.day import DayState
from onestop.domain.errors import N_, NotAllowed, Refusal
from onestop.notify.ways import writes_links
from onestop.visits.queries.first_steps import FirstSteps, first_steps
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.guards import require
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, settings_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.files import Uploaded, read_uploaded
from onestop.web.organise.frame import ROLES, centre_frame, covers, enter_centre, errors_of, works_everywhere
from onestop.web.organise.reading import LONGEST_DATE, Reader, read_id

TEMPLATE_UNKNOWN = N_("Please choose a template.")
PLACE_OF_TEMPLATE = N_("The place of the template")
VENUE_UNKNOWN = N_("Please choose a venue.")
DAY_UNKNOWN = N_("Please choose a day.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A shipped template with its own name."""

    key: str
    name: str
    desks: int
    hours: str


@page_of("organise/days.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DaysPage:
    """Days that go on or come, drafts, and what is over or cancelled."""

    published: tuple[Day, ...]
    drafts: tuple[Day, ...]
    over: tuple[Day, ...]
    may_add: bool
    first: FirstSteps | None
    """Until the centre has held and closed a day: what is done of it, and what comes next."""


@page_of("organise/new.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """The three forms; `way` is the one that was sent and is shown with its error."""

    templates: tuple[Template, ...]
    venues: tuple[tuple[str, str], ...]
    """Where a day from a template can be; empty while there is no venue."""
    days: tuple[Day, ...]
    venue: str = ""
    way: str = ""
    on: str = ""
    chosen: str = ""
    earliest: date
    errors: dict[str, str] = field(default_factory=dict[str, str])
    sent: Uploaded | None = None
    """The file that cannot become a day."""
    key: str = field(default_factory=new_key)


@get("/organise")
async def show_days(request: WebRequest, db: Db) -> Response[Any]:
    """Every day this organiser may see."""
    someone = await require(request, *ROLES)
    days = [day for day in await db.read(all_days) if covers(someone, day.id)]
    now, everywhere = db.now(), works_everywhere(someone)
    writes = writes_links(settings_of(request))
    running = [day for day in days if day.state is DayState.PUBLISHED and day.closes_at > now]
    drafts = [day for day in days if day.state is DayState.DRAFT]
    context = DaysPage(
        published=tuple(reversed(running)),
        drafts=tuple(reversed(drafts)),
        over=tuple(day for day in days if day not in running and day not in drafts),
        may_add=everywhere,
        first=await db.read(first_steps, days, now=now, writes=writes) if everywhere else None,
    )
    return page(request, context, **await centre_frame(request, db, "/organise"))


@get("/organise/new")
async def show_new(request: WebRequest, db: Db) -> Response[Any]:
    """The forms; a date two weeks from now stands there already."""
    await enter_centre(request)
    return await _new_page(request, db, on=(db.now() + timedelta(days=14)).date().isoformat())


@post("/organise/days/from-template")
async def make_from_template(request: WebRequest, db: Db) -> Response[Any]:
    """A draft of a shipped template."""
    someone = await enter_centre(request)
    read = Reader(await read_form(request), locale_of(request))
    chosen = read.form.text("template", 60)
    if chosen not in templates():
        read.wrong("template", TEMPLATE_UNKNOWN)
    at = await _venue(read, db)
    on = read.day("on_template")
    if on is None or read.errors:
        return await _again(request, db, "template", read, chosen)
    file = read_template(chosen)
    if at is not None:
        file = replace(file, venue=at.name, address=at.address, timezone=ZoneInfo(at.timezone))
    return await _make(request, db, "template", read, chosen, draft_day, file, on=on, actor=someone, template=chosen)


@post("/organise/days/from-day")
async def make_from_day(request: WebRequest, db: Db) -> Response[Any]:
    """A draft like an earlier day."""
    someone = await enter_centre(request)
    read = Reader(await read_form(request), locale_of(request))
    chosen = read_id(read.form.text("day", 40))
    if chosen is None:
        read.wrong("day", DAY_UNKNOWN)
    on = read.day("on_day")
    if chosen is None or on is None:
        return await _again(request, db, "day", read, str(chosen or ""))
    return await _make(request, db, "day", read, str(chosen), copy_day, chosen, on=on, actor=someone)


@post("/organise/days/from-file")
async def make_from_file(request: WebRequest, db: Db) -> Response[Any]:
    """A draft of an uploaded workbook or day file; one with a mistake makes nothing and is told with its place."""
    someone = await enter_centre(request)
    await request.body()  # kept, because the form and the key of the press both read it
    read = Reader(await read_form(request), locale_of(request))
    sent = await read_uploaded(request, db)
    if sent.missing:
        read.wrong("file", sent.missing)
    # The date that was chosen goes before the one in a workbook; one with faults is not asked for it.
    may_say = bool(sent.on or sent.faults) and not read.form.text("on_file", LONGEST_DATE)
    on = sent.on if may_say else read.day("on_file")
    if sent.file is None or on is None or read.errors:
        return await _again(request, db, "file", read, "", sent)
    file = sent.file
    return await _make(request, db, "file", read, "", draft_day, file, on=on, actor=someone)


async def _venue(read: Reader, db: Database) -> Venue | None:
    """Where a day from a template takes place, `None` for the place of the template."""
    typed = read.form.text("venue", 40)
    found = next((each for each in await db.read(all_venues) if str(each.id) == typed and not each.closed), None)
    if typed and found is None:
        read.wrong("venue", VENUE_UNKNOWN)
    return found


async def _make(
    request: WebRequest, db: Db, way: str, read: Reader, chosen: str, action: Any, *args: Any, **kwargs: Any
) -> Response[Any]:
    try:
        path = await submit_once(
            request, f"organise.new.{way}", action, *args, now=db.now(), to=lambda slug: f"/organise/{slug}", **kwargs
        )
    except NotAllowed:
        raise
    except Refusal as refusal:
        for control, sentence in errors_of(read.locale, refusal).items():
            read.errors[f"on_{way}" if control == "on" else control] = sentence
        return await _again(request, db, way, read, chosen)
    return see_other(path)


async def _again(
    request: WebRequest, db: Db, way: str, read: Reader, chosen: str, sent: Uploaded | None = None
) -> Response[Any]:
    on = read.form.text(f"on_{way}", LONGEST_DATE)
    venue = read.form.text("venue", 40)
    return await _new_page(
        request, db, on=on, way=way, venue=venue, chosen=chosen, errors=read.errors, sent=sent, status=422
    )


async def _new_page(request: WebRequest, db: Db, *, status: int = 200, **more: Any) -> Response[Any]:
    days: Sequence[Day] = await db.read(all_days)
    open_ones = [each for each in await db.read(all_venues) if not each.closed]
    usual = ("", locale_of(request).gettext(PLACE_OF_TEMPLATE))
    venues = (usual, *((str(each.id), each.line) for each in open_ones)) if open_ones else ()
    context = NewPage(templates=_TEMPLATES, venues=venues, days=tuple(days), earliest=db.now().date(), **more)
    return page(request, context, status=status, **await centre_frame(request, db, "/organise"))


def _template(key: str) -> Template:
    file = read_template(key)
    return Template(key=key, name=file.name, desks=len(file.desks), hours=f"{file.opens:%H:%M}–{file.closes:%H:%M}")


_TEMPLATES = tuple(sorted((_template(key) for key in templates()), key=lambda each: each.name.casefold()))

route_handlers: list[Any] = [show_days, show_new, make_from_template, make_from_day, make_from_file]
