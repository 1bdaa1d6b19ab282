"""Places outside the centre where people are sent on: the list, another one, its words, closed and open again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.directory.place_entries import (
    LONGEST_ADDRESS,
    LONGEST_HOURS,
    LONGEST_NAME,
    LONGEST_PHONE,
    PlaceWords,
    add_place,
    change_place,
    close_place,
    stored_place,
)
from onestop.directory.places import Place, all_places, place_of
from onestop.directory.seen import change_as_seen
from onestop.directory.ways_on import PLACES
from onestop.domain.errors import N_, Refusal
from onestop.domain.seen import fingerprint_of
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.changes import NO, YES
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of
from onestop.web.organise.meanwhile import Shown, differing, own_words, seen_after, seen_by

HOME = "/organise/places"
LABELS = {
    "name": N_("Name"),
    "kind": N_("What is it?"),
    "address": N_("Address"),
    "phone": N_("Phone"),
    "discreet": N_("Discreet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """A place in the reader's language."""

    id: UUID
    name: str
    kind: str
    icon: str
    address: str
    phone: str
    discreet: bool
    closed: bool
    missing: tuple[str, ...]
    """Languages of our pages that have no words about its hours; empty where no language has any."""


@page_of("organise/places.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesPage:
    """The list, and the form for another place."""

    places: tuple[PlaceLine, ...]
    kinds: tuple[tuple[str, str], ...]
    typed: PlaceWords
    longest: Mapping[str, int]
    saved: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/place.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePage:
    """One place."""

    id: UUID
    name: str
    closed: bool
    kinds: tuple[tuple[str, str], ...]
    typed: PlaceWords
    seen_as: str
    stored: tuple[Shown, ...]
    """What somebody else stored since the form was opened, where it differs from what was typed."""
    longest: Mapping[str, int]
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/places")
async def show_places(request: WebRequest, db: Db) -> Response[Any]:
    """The list."""
    await enter_centre(request)
    return await _list_page(request, db, _typed(Form()), saved=request.query_params.get("done") == "saved")


@post("/organise/places")
async def add(request: WebRequest, db: Db) -> Response[Any]:
    """A place people can be sent to from now on."""
    someone = await enter_centre(request)
    typed = _typed(await read_form(request))
    try:
        path = await submit_once(
            request,
            "organise.place.new",
            add_place,
            typed,
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await _list_page(request, db, typed, errors=errors, status=refusal.status)
    return see_other(path)


@get("/organise/places/{place:uuid}")
async def show_place(request: WebRequest, db: Db, place: FromPath[UUID]) -> Response[Any]:
    """One place."""
    await enter_centre(request)
    return await _page(request, db, await db.read(place_of, place))


@post("/organise/places/{place:uuid}")
async def change(request: WebRequest, db: Db, place: FromPath[UUID]) -> Response[Any]:
    """Other words for it."""
    someone = await enter_centre(request)
    form = await read_form(request)
    typed = _typed(form)
    try:
        path = await submit_once(
            request,
            f"organise.place.{place}",
            change_as_seen,
            "place",
            place,
            change_place,
            typed,
            seen_as=seen_by(form),
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        found, seen = await db.read(place_of, place), seen_after(form, refusal)
        return await _page(request, db, found, typed, seen, errors=errors, status=refusal.status)
    return see_other(path)


@post("/organise/places/{place:uuid}/close")
async def close(request: WebRequest, db: Db, place: FromPath[UUID]) -> Response[Any]:
    """Send nobody there any more."""
    return await _set_closed(request, db, place, closed=True)


@post("/organise/places/{place:uuid}/open")
async def open_again(request: WebRequest, db: Db, place: FromPath[UUID]) -> Response[Any]:
    """Send people there again."""
    return await _set_closed(request, db, place, closed=False)


async def _set_closed(request: WebRequest, db: Database, place: UUID, *, closed: bool) -> Response[Any]:
    someone = await enter_centre(request)
    path = await submit_once(
        request,
        f"organise.place.closed.{place}",
        close_place,
        place,
        closed=closed,
        actor=someone,
        now=db.now(),
        to=lambda _: f"{HOME}?done=saved",
    )
    return see_other(path)


def _typed(form: Form) -> PlaceWords:
    """What was typed, a little more of it than is allowed, so that too much is told and not cut."""
    return PlaceWords(
        kind=form.text("kind", 20),
        name=form.text("name", 2 * LONGEST_NAME),
        address=form.text("address", 2 * LONGEST_ADDRESS),
        phone=form.text("phone", 2 * LONGEST_PHONE),
        discreet=form.ticked("discreet"),
        hours={tag: form.text(f"hours_{tag}", 2 * LONGEST_HOURS) for tag in LANGUAGES},
    )


def _shown(locale: Locale, words: PlaceWords) -> tuple[Shown, ...]:
    kind, _ = PLACES.get(words.kind, ("", ""))
    said = {
        "name": words.name,
        "kind": locale.gettext(kind) if kind else "",
        "address": words.address,
        "phone": words.phone,
        "discreet": locale.gettext(YES if words.discreet else NO),
    }
    return (
        *(Shown(control=each, label=locale.gettext(LABELS[each]), text=text) for each, text in said.items()),
        *own_words(locale, "hours", words.hours),
    )


def _kinds(locale: Locale) -> tuple[tuple[str, str], ...]:
    return tuple((key, locale.gettext(text)) for key, (text, _) in PLACES.items())


def _line(place: Place, locale: Locale) -> PlaceLine:
    text, icon = PLACES[place.kind]
    return PlaceLine(
        id=place.id,
        name=place.name,
        kind=locale.gettext(text),
        icon=icon,
        address=place.address,
        phone=place.phone,
        discreet=place.discreet,
        closed=place.closed,
        missing=tuple(tag for tag in LANGUAGES if tag not in place.hours) if place.hours else (),
    )


_LONGEST = {"name": LONGEST_NAME, "address": LONGEST_ADDRESS, "phone": LONGEST_PHONE, "hours": LONGEST_HOURS}


async def _list_page(
    request: WebRequest, db: Database, typed: PlaceWords, *, status: int = 200, **more: Any
) -> Response[Any]:
    locale = locale_of(request)
    context = PlacesPage(
        places=tuple(_line(each, locale) for each in await db.read(all_places)),
        kinds=_kinds(locale),
        typed=typed,
        longest=_LONGEST,
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


async def _page(
    request: WebRequest,
    db: Database,
    place: Place,
    typed: PlaceWords | None = None,
    seen: str | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    """The page of a place, with what was typed where a form was refused, and what that form was made of."""
    locale = locale_of(request)
    found = await db.read(stored_place, place.id)
    stored = replace(found, hours={tag: found.hours.get(tag, "") for tag in LANGUAGES})
    typed = typed or stored
    context = PlacePage(
        id=place.id,
        name=place.name,
        closed=place.closed,
        kinds=_kinds(locale),
        typed=typed,
        seen_as=seen or fingerprint_of(found),
        stored=differing(_shown(locale, stored), _shown(locale, typed)) if seen == "" else (),
        longest=_LONGEST,
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


route_handlers: list[Any] = [show_places, add, show_place, change, close, open_again]
