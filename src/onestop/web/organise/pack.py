"""The day pack: a PDF for hours without power, network or computer, made anew, or the one that is kept ready."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.domain.day import DayState
from onestop.domain.errors import InvalidInput, Refusal
from onestop.domain.paper import MOST_SPARES, check_packable
from onestop.paper.printing import make_pack
from onestop.visits.queries.paper import paper_state
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.kept_pack import kept_file, one_at_a_time, pack_ready, pdf, printed_spares
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest
from onestop.web.kit.responses import page
from onestop.web.organise.frame import day_frame, enter, errors_of


@page_of("organise/pack.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PackPage:
    """What is in it, and the button that makes it."""

    day: Day
    possible: bool
    languages: tuple[tuple[str, str], ...]
    language: str
    spares: str
    unused: int
    kept_days: int
    ready_at: datetime | None
    errors: tuple[tuple[str, str], ...]
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/pack")
async def show_pack(request: WebRequest, db: Db, settings: Conf, day: FromPath[str]) -> Response[Any]:
    """What the pack holds."""
    found, _ = await enter(request, db, day)
    return await _pack_page(request, db, settings, found)


@post("/organise/{day:str}/pack")
async def download(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, day: FromPath[str]
) -> Response[Any]:
    """The PDF. Each press takes fresh numbers for the spare tickets, because the last ones may be printed by now."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    spares = form.number("spares")
    try:
        check_packable(found.state)
        if form.text("spares", 12) and (spares is None or not 0 <= spares <= MOST_SPARES):
            raise InvalidInput(field="spares")
        async with one_at_a_time:
            made = await asyncio.to_thread(
                make_pack, db, settings, found.id, key=ticket_key, actor=someone, now=db.now(),
                language=form.text("language", 12), spares=spares,
            )  # fmt: skip
    except Refusal as refusal:
        errors = tuple(errors_of(locale_of(request), refusal).items())
        typed = {"language": form.text("language", 12), "spares": form.text("spares", 12)}
        return await _pack_page(request, db, settings, found, errors=errors, status=refusal.status, **typed)
    return pdf(made, f"{found.slug}-pack.pdf")


@post("/organise/{day:str}/pack/kept")
async def download_kept(request: WebRequest, db: Db, settings: Conf, day: FromPath[str]) -> Response[Any]:
    """The pack that is ready, at once."""
    found, someone = await enter(request, db, day)
    await read_form(request)
    return await kept_file(db, settings, found, actor=someone)


async def _pack_page(
    request: WebRequest,
    db: Db,
    settings: Conf,
    day: Day,
    *,
    language: str = "",
    spares: str = "",
    errors: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Response[Any]:
    locale = locale_of(request)
    ready = await pack_ready(settings, day)
    unused = printed_spares((await db.read(paper_state, day.id)).spares, ready)
    wanted = language or day.working_language
    context = PackPage(
        day=day,
        possible=day.state is DayState.PUBLISHED,
        languages=tuple((tag, locale.language_name(tag)) for tag in LANGUAGES),
        language=wanted if wanted in LANGUAGES else "en",
        spares=spares,
        unused=sum(last - first + 1 for first, last in unused),
        kept_days=settings.contact_days,
        ready_at=ready.made_at if ready is not None else None,
        errors=errors,
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_pack, download, download_kept]
