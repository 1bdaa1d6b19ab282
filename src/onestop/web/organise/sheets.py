"""Paper that helps: posters of the day, and a guide on one page for each kind of work."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.directory.series import pictures_of
from onestop.domain.day import DayState
from onestop.domain.errors import NotKnown
from onestop.paper.guide_words import GUIDES, Work
from onestop.paper.guides import guide_of
from onestop.paper.posters import PosterKind, PosterSize, check_posters, poster_languages, posters_of
from onestop.paper.printing import draw_apart
from onestop.web.kit.kept_pack import one_at_a_time, pdf
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, WebRequest, base_url_of
from onestop.web.kit.responses import page
from onestop.web.organise.frame import day_frame, enter


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideLine:
    """A guide to take: the last part of its address, its pictogram and its title."""

    name: str
    sign: str
    title: str


@page_of("organise/sheets.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SheetsPage:
    """What there is to print for this day."""

    day: Day
    published: bool
    reachable: bool
    """Whether phones can open an address of this server."""
    spoken: tuple[str, ...]
    """The languages of the posters."""
    guides: tuple[GuideLine, ...]
    languages: tuple[str, ...]


@get("/organise/{day:str}/sheets")
async def show_sheets(request: WebRequest, db: Db, settings: Conf, day: FromPath[str]) -> Response[Any]:
    """Posters and guides."""
    found, _ = await enter(request, db, day)
    locale = locale_of(request)
    context = SheetsPage(
        day=found,
        published=found.state is DayState.PUBLISHED,
        reachable=bool(settings.base_url),
        spoken=poster_languages(found),
        guides=tuple(
            GuideLine(name=work, sign=said.sign, title=locale.gettext(said.title)) for work, said in GUIDES.items()
        ),
        languages=LANGUAGES,
    )
    return page(request, context, **day_frame(request, found))


@get("/organise/{day:str}/sheets/posters/{name:str}/{tag:str}")
async def take_posters(
    request: WebRequest, db: Db, settings: Conf, day: FromPath[str], name: FromPath[str], tag: FromPath[str]
) -> Response[Any]:
    """The posters as PDF, in one size of paper."""
    found, _ = await enter(request, db, day)
    if name not in set(PosterKind) or tag not in set(PosterSize):
        raise NotKnown
    kind, base_url = PosterKind(name), settings.base_url.rstrip("/")
    check_posters(found, kind, base_url=base_url)
    pictures: dict[UUID, bytes] = await db.read(pictures_of, found.series.id) if found.series else {}
    posters = posters_of(found, pictures, kind, PosterSize(tag), base_url=base_url)
    async with one_at_a_time:
        made = await asyncio.to_thread(draw_apart, posters)
    return pdf(made, f"{found.slug}-poster-{kind}-{tag}.pdf")


@get("/organise/{day:str}/sheets/guides/{name:str}/{tag:str}")
async def take_guide(
    request: WebRequest, db: Db, day: FromPath[str], name: FromPath[str], tag: FromPath[str]
) -> Response[Any]:
    """A guide as PDF, in one language."""
    found, _ = await enter(request, db, day)
    if name not in set(Work) or tag not in LANGUAGES:
        raise NotKnown
    guide = guide_of(found, Work(name), locale_for(tag), base_url=base_url_of(request))
    async with one_at_a_time:
        made = await asyncio.to_thread(draw_apart, guide)
    return pdf(made, f"{found.slug}-guide-{name}-{tag}.pdf")


route_handlers: list[Any] = [show_sheets, take_posters, take_guide]
