"""What visitors of a day see in each language: where to look, and the mail; other doors draw their own pages."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.offer import day_offer
from onestop.domain.day import Release
from onestop.domain.errors import N_
from onestop.notify.example import example_mail
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.previews import NUMBER, SEEN_IN, invented_key, previewed_day, seen_in, seen_languages, shown_steps
from onestop.web.kit.requests import Db, WebRequest, settings_of
from onestop.web.kit.responses import HTML, page
from onestop.web.organise.frame import day_frame, path_of

_ALONE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "Cache-Control": "no-store",
}
"""A mail brings its own style and its picture; nothing in it does anything."""
CODE = ("code", "smartphone", N_("Question for the code"), N_("when her link brings none"))
SURFACES = (
    ("first", "smartphone", N_("First page on the phone"), N_("when, where, and what she needs")),
    ("plan", "smartphone", N_("Services on the phone"), N_("what she ticks before she chooses a time")),
    ("ticket", "smartphone", N_("Ticket on the phone"), N_("the day before")),
    ("called", "smartphone", N_("Ticket on the phone, called"), N_("when it is her turn")),
    ("mail", "mail", N_("Mail"), N_("the confirmation, with your own lines")),
    ("print", "printer", N_("Ticket on a sheet"), N_("as she prints it at home")),
    ("slip", "printer", N_("Ticket from the machine"), N_("the narrow slip")),
    ("board", "monitor", N_("Board in the hall"), N_("with your line on all boards")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Something a visitor looks at."""

    href: str
    icon: str
    title: str
    about: str


@page_of("organise/preview.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewsPage:
    """Where to look, in one of the day's languages."""

    day: Day
    tag: str
    tags: tuple[str, ...]
    surfaces: tuple[Surface, ...]


@get("/organise/{day:str}/preview")
async def show_previews(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """What there is to look at."""
    found = await previewed_day(request, db, day)
    locale, tag = locale_of(request), seen_in(request, found).tag
    surfaces = tuple(
        Surface(
            href=path_of(found, f"/preview/{name}?{SEEN_IN}={tag}"),
            icon=icon,
            title=locale.gettext(title),
            about=locale.gettext(about),
        )
        for name, icon, title, about in (*((CODE,) if found.release is Release.INVITED else ()), *SURFACES)
    )
    context = PreviewsPage(day=found, tag=tag, tags=seen_languages(found), surfaces=surfaces)
    return page(request, context, **day_frame(request, found))


@get("/organise/{day:str}/preview/mail")
async def preview_mail(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The confirmation as a mail program shows it."""
    found = await previewed_day(request, db, day)
    tag = seen_in(request, found).tag
    steps = shown_steps(await db.read(day_offer, found.id))
    content = await db.read(
        example_mail,
        found,
        tag,
        steps,
        number=NUMBER,
        key=invented_key(),
        settings=settings_of(request),
        now=db.now(),
    )
    return Response(content, media_type=HTML, headers={"Content-Language": tag, **_ALONE})


route_handlers: list[Any] = [show_previews, preview_mail]
