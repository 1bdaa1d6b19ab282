"""The logos of a series: uploaded, put in order, removed."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.directory.logos import clean_logo
from onestop.directory.series import series_of
from onestop.directory.series_entries import LONGEST_WHOSE, add_logo, check_logo_words, move_logo_up, remove_logo
from onestop.domain.errors import Refusal
from onestop.web.kit.forms import read_file, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.security import MOST_UPLOAD_BYTES
from onestop.web.organise.frame import enter_centre, errors_of
from onestop.web.organise.series import HOME, one_page, path_of_series

_one_at_a_time = asyncio.Semaphore(1)
"""A picture of ten million points takes memory: the next upload waits for its turn."""


@post(f"{HOME}/{{series:uuid}}/logos", request_max_body_size=MOST_UPLOAD_BYTES)
async def upload(request: WebRequest, db: Db, series: FromPath[UUID]) -> Response[Any]:
    """A logo is cleaned and stored; a refusal shows the page with what was typed and what to do."""
    someone = await enter_centre(request)
    found = await db.read(series_of, series)
    form = await read_form(request)
    kind, whose = form.text("kind", 10), form.text("whose", 2 * LONGEST_WHOSE)
    try:
        check_logo_words(kind, whose)
        async with _one_at_a_time:
            logo = await asyncio.to_thread(clean_logo, (await read_file(request, "logo")).content)
        path = await submit_once(
            request,
            # Another file under the same words is another press.
            f"organise.logo.{logo.digest}",
            add_logo,
            series,
            logo,
            kind=kind,
            whose=whose,
            actor=someone,
            now=db.now(),
            to=lambda _: _back(series),
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await one_page(request, db, found, kind=kind, whose=whose, errors=errors, status=refusal.status)
    return see_other(path)


@post(f"{HOME}/{{series:uuid}}/logos/{{logo:uuid}}/up")
async def move_up(request: WebRequest, db: Db, series: FromPath[UUID], logo: FromPath[UUID]) -> Response[Any]:
    """One place earlier."""
    return await _change(request, db, "up", move_logo_up, series, logo)


@post(f"{HOME}/{{series:uuid}}/logos/{{logo:uuid}}/remove")
async def remove(request: WebRequest, db: Db, series: FromPath[UUID], logo: FromPath[UUID]) -> Response[Any]:
    """Not shown any more."""
    return await _change(request, db, "remove", remove_logo, series, logo)


async def _change(request: WebRequest, db: Database, name: str, act: Any, series: UUID, logo: UUID) -> Response[Any]:
    someone = await enter_centre(request)
    route = f"organise.logo.{name}"
    path = await submit_once(request, route, act, series, logo, actor=someone, now=db.now(), to=lambda _: _back(series))
    return see_other(path)


def _back(series: UUID) -> str:
    return f"{path_of_series(series)}?done=saved#logos"


route_handlers: list[Any] = [upload, move_up, remove]
