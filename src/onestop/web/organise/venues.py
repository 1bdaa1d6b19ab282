"""Venues, shared by all days: the list, another one, its name and address, closed and open again, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.directory.floor_entries import LONGEST_WAY
from onestop.directory.floor_plans import floor_of
from onestop.directory.organising import centre_zone
from onestop.directory.seen import change_as_seen
from onestop.directory.venue_entries import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    VenueWords,
    add_venue,
    change_venue,
    close_venue,
    stored_venue,
)
from onestop.directory.venues import Venue, all_venues, venue_of, zones
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Refusal
from onestop.domain.seen import fingerprint_of
from onestop.visits.actions.venues import VenueUsed, remove_venue
from onestop.visits.queries.venues import DayThere, days_there, is_venue_used
from onestop.web.kit.floor import PLANS
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.series import LogoView
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of
from onestop.web.organise.meanwhile import Shown, differing, own_words, seen_after, seen_by

HOME = "/organise/venues"
LABELS = {"name": N_("Name"), "address": N_("Address"), "timezone": N_("Time zone")}


@page_of("organise/venues.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class VenuesPage:
    """The list, and the form for another venue."""

    venues: tuple[Venue, ...]
    zones: tuple[tuple[str, str], ...]
    typed: VenueWords
    saved: bool = False
    removed: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/venue.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePage:
    """One venue, and the days that show it."""

    venue: Venue
    zones: tuple[tuple[str, str], ...]
    typed: VenueWords
    seen_as: str
    stored: tuple[Shown, ...]
    """What somebody else stored since one of its forms was opened, where it differs from what was typed."""
    days: tuple[DayThere, ...]
    bookings: int
    """On published days: so many tickets show its name and address."""
    plan: LogoView | None
    missing: tuple[str, ...]
    """Languages in which nothing is said of the way, where a picture or words are there."""
    way: Mapping[str, str]
    way_seen_as: str
    longest_way: int
    used: bool
    """Whether a day knows it, so that it cannot be deleted."""
    saved: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/venues")
async def show_venues(request: WebRequest, db: Db) -> Response[Any]:
    """The list."""
    await enter_centre(request)
    done = request.query_params.get("done")
    empty = VenueWords(name="", timezone=await db.read(centre_zone))
    return await _list_page(request, db, empty, saved=done == "saved", removed=done == "removed")


@post("/organise/venues")
async def add(request: WebRequest, db: Db) -> Response[Any]:
    """A venue that days can choose from now on."""
    someone = await enter_centre(request)
    typed = _typed(await read_form(request))
    try:
        path = await submit_once(
            request,
            "organise.venue.new",
            add_venue,
            typed,
            actor=someone,
            now=db.now(),
            to=lambda made: f"{HOME}/{made}?done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await _list_page(request, db, typed, errors=errors, status=refusal.status)
    return see_other(path)


@get("/organise/venues/{venue:uuid}")
async def show_venue(request: WebRequest, db: Db, venue: FromPath[UUID]) -> Response[Any]:
    """One venue."""
    await enter_centre(request)
    found = await db.read(venue_of, venue)
    return await venue_page(request, db, found, saved=request.query_params.get("done") == "saved")


@post("/organise/venues/{venue:uuid}")
async def change(request: WebRequest, db: Db, venue: FromPath[UUID]) -> Response[Any]:
    """Another name, address or time zone."""
    someone = await enter_centre(request)
    form = await read_form(request)
    typed = _typed(form)
    try:
        path = await submit_once(
            request,
            f"organise.venue.{venue}",
            change_as_seen,
            "venue",
            venue,
            change_venue,
            typed,
            seen_as=seen_by(form),
            actor=someone,
            now=db.now(),
            to=lambda _: _back(venue),
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        found, seen = await db.read(venue_of, venue), seen_after(form, refusal)
        return await venue_page(request, db, found, typed=typed, seen=seen, errors=errors, status=refusal.status)
    return see_other(path)


@post(["/organise/venues/{venue:uuid}/close", "/organise/venues/{venue:uuid}/open"])
async def close(request: WebRequest, db: Db, venue: FromPath[UUID]) -> Response[Any]:
    """Let new days choose it no longer, or again."""
    someone = await enter_centre(request)
    await read_form(request)
    closed = request.url.path.endswith("/close")
    path = await submit_once(
        request,
        f"organise.venue.{'close' if closed else 'open'}.{venue}",
        close_venue,
        venue,
        closed=closed,
        actor=someone,
        now=db.now(),
        to=lambda _: _back(venue),
    )
    return see_other(path)


@post("/organise/venues/{venue:uuid}/remove")
async def remove(request: WebRequest, db: Db, venue: FromPath[UUID]) -> Response[Any]:
    """Delete one that no day knows."""
    someone = await enter_centre(request)
    await read_form(request)
    try:
        path = await submit_once(
            request,
            f"organise.venue.remove.{venue}",
            remove_venue,
            venue,
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done=removed",
        )
    except VenueUsed as refusal:
        found = await db.read(venue_of, venue)
        errors = {"remove": locale_of(request).gettext(refusal.sentence)}
        return await venue_page(request, db, found, errors=errors, status=refusal.status)
    return see_other(path)


async def venue_page(
    request: WebRequest,
    db: Database,
    venue: Venue,
    *,
    typed: VenueWords | None = None,
    way: Mapping[str, str] | None = None,
    seen: str | None = None,
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    """The page of a venue, with what was typed into one of its forms, and what that form was made of."""
    locale = locale_of(request)
    days, floor = await db.read(days_there, venue.id, now=db.now()), await db.read(floor_of, venue.id)
    stored = await db.read(stored_venue, venue.id)
    stored_way = {tag: floor.way.get(tag, "") for tag in LANGUAGES}
    if way is None:
        mine = (_shown(locale, each) for each in (stored, typed or stored))
    else:
        mine = (own_words(locale, "text", each) for each in (stored_way, way))
    plan = floor.plan
    context = VenuePage(
        venue=venue,
        zones=_zones(venue.timezone),
        typed=typed or stored,
        seen_as=seen if seen and way is None else fingerprint_of(stored),
        stored=differing(*mine) if seen == "" else (),
        days=days,
        bookings=sum(day.bookings for day in days if day.state is DayState.PUBLISHED),
        plan=LogoView(src=f"{PLANS}/{plan.file}", whose=venue.name, width=plan.width, height=plan.height)
        if plan
        else None,
        missing=tuple(tag for tag in LANGUAGES if tag not in floor.way) if plan or floor.way else (),
        way=stored_way if way is None else way,
        way_seen_as=seen if seen and way is not None else fingerprint_of(floor.way),
        longest_way=LONGEST_WAY,
        used=await db.read(is_venue_used, venue.id),
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


async def _list_page(
    request: WebRequest, db: Database, typed: VenueWords, *, status: int = 200, **more: Any
) -> Response[Any]:
    context = VenuesPage(venues=await db.read(all_venues), zones=_zones(typed.timezone), typed=typed, **more)
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


def _typed(form: Form) -> VenueWords:
    """What was typed, a little more of it than is allowed, so that too much is told and not cut."""
    return VenueWords(
        name=form.text("name", 2 * LONGEST_NAME),
        address=form.text("address", 2 * LONGEST_ADDRESS),
        timezone=form.text("timezone", 60),
    )


def _shown(locale: Locale, words: VenueWords) -> tuple[Shown, ...]:
    said = {"name": words.name, "address": words.address, "timezone": words.timezone.replace("_", " ")}
    return tuple(Shown(control=each, label=locale.gettext(LABELS[each]), text=text) for each, text in said.items())


def _zones(chosen: str) -> tuple[tuple[str, str], ...]:
    every = zones() if chosen in zones() or not chosen else (chosen, *zones())
    return tuple((each, each.replace("_", " ")) for each in every)


def _back(venue: UUID) -> str:
    return f"{HOME}/{venue}?done=saved"


route_handlers: list[Any] = [show_venues, add, show_venue, change, close, remove]
