"""The floor of a venue: its plan uploaded or removed, and the way in words."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.directory.floor_entries import LONGEST_WAY, keep_plan, remove_plan, write_way
from onestop.directory.logos import clean_plan
from onestop.directory.seen import change_as_seen
from onestop.directory.venues import venue_of
from onestop.domain.errors import Refusal
from onestop.web.kit.forms import read_file, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.security import MOST_UPLOAD_BYTES
from onestop.web.organise.frame import enter_centre, errors_of
from onestop.web.organise.meanwhile import seen_after, seen_by
from onestop.web.organise.venues import HOME, venue_page

_one_at_a_time = asyncio.Semaphore(1)
"""A picture of ten million points takes memory: the next upload waits for its turn."""


@post("/organise/venues/{venue:uuid}/plan", request_max_body_size=MOST_UPLOAD_BYTES)
async def upload(request: WebRequest, db: Db, venue: FromPath[UUID]) -> Response[Any]:
    """A plan is cleaned and stored; a refusal shows the page with what to do."""
    someone = await enter_centre(request)
    found = await db.read(venue_of, venue)
    await read_form(request)
    try:
        async with _one_at_a_time:
            plan = await asyncio.to_thread(clean_plan, (await read_file(request, "logo")).content)
        path = await submit_once(
            request,
            # Another file in the same form is another press.
            f"organise.plan.{venue}.{plan.digest}",
            keep_plan,
            venue,
            plan,
            actor=someone,
            now=db.now(),
            to=lambda _: _back(venue),
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await venue_page(request, db, found, errors=errors, status=refusal.status)
    return see_other(path)


@post("/organise/venues/{venue:uuid}/plan/remove")
async def remove(request: WebRequest, db: Db, venue: FromPath[UUID]) -> Response[Any]:
    """No plan any more, and no desk on it."""
    someone = await enter_centre(request)
    await read_form(request)
    path = await submit_once(
        request,
        f"organise.plan.remove.{venue}",
        remove_plan,
        venue,
        actor=someone,
        now=db.now(),
        to=lambda _: _back(venue),
    )
    return see_other(path)


@post("/organise/venues/{venue:uuid}/way")
async def change_way(request: WebRequest, db: Db, venue: FromPath[UUID]) -> Response[Any]:
    """The way in words, for who cannot see the picture and where there is none."""
    someone = await enter_centre(request)
    form = await read_form(request)
    words = {tag: form.text(f"text_{tag}", 2 * LONGEST_WAY) for tag in LANGUAGES}
    try:
        path = await submit_once(
            request,
            f"organise.way.{venue}",
            change_as_seen,
            "way",
            venue,
            write_way,
            words,
            seen_as=seen_by(form),
            actor=someone,
            now=db.now(),
            to=lambda _: _back(venue),
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        found, seen = await db.read(venue_of, venue), seen_after(form, refusal)
        return await venue_page(request, db, found, way=words, seen=seen, errors=errors, status=refusal.status)
    return see_other(path)


def _back(venue: UUID) -> str:
    return f"{HOME}/{venue}?done=saved#plan"


route_handlers: list[Any] = [upload, remove, change_way]
