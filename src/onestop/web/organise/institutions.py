"""Institutions and their services, shared by all days of the centre."""

import re
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.directory.entries import (
    ServiceWords,
    add_institution,
    add_service,
    change_institution,
    change_service,
    close_institution,
    key_of_name,
    stored_institution,
)
from onestop.directory.organising import InstitutionEntry, ServiceEntry, directory
from onestop.directory.queries import InstitutionUnknown
from onestop.directory.seen import change_as_seen
from onestop.directory.vocabulary import SERVICES
from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.domain.seen import fingerprint_of
from onestop.visits.actions.institutions import InstitutionUsed, remove_institution
from onestop.visits.queries.institutions import is_used
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_pictogram, service_title
from onestop.web.organise.changes import NO, YES
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of
from onestop.web.organise.meanwhile import Shown, differing, seen_after, seen_by
from onestop.web.organise.reading import Reader

_DAY = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
HOME = "/organise/institutions"
NAME, WHAT, NOTES = N_("Name"), N_("What is it?"), N_("Notes are kept for so many days")
AUTHORITIES = {
    "none": N_("No authority: an adviser, an insurer, an organisation"),
    "state": N_("State office"),
    "police": N_("Police"),
}
MINUTES, PRIVATE = N_("minutes"), N_("Private")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service in the reader's language; minutes as stored, or as they were typed into its form."""

    id: UUID
    title: str
    pictogram: str
    minutes: str
    private: bool
    seen_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An institution with its services."""

    id: UUID
    name: str
    authority: str
    closed: bool
    services: tuple[Service, ...]


@page_of("organise/institutions.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionsPage:
    """The list, and the form for another one."""

    institutions: tuple[Institution, ...]
    for_day: str = ""
    """The day whose new desk waits for the institution."""
    name: str = ""
    authority: str = "none"
    saved: bool = False
    removed: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/institution.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionPage:
    """One institution: its name and authority, its services, another service."""

    institution: Institution
    name: str
    authority: str
    authorities: tuple[tuple[str, str], ...]
    note_days: str
    seen_as: str
    stored: tuple[Shown, ...]
    """What somebody else stored since one of its forms was opened, where it differs from what was typed."""
    offered: tuple[tuple[str, str], ...]
    used: bool
    """Whether something knows it, so that it cannot be deleted."""
    for_day: str = ""
    """The day whose new desk waits for its services."""
    service: str = ""
    own: str = ""
    minutes: str = "20"
    private: bool = False
    saved: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/institutions")
async def show_institutions(request: WebRequest, db: Db) -> Response[Any]:
    """The list."""
    await enter_centre(request)
    done = request.query_params.get("done")
    for_day = _waiting_day(request.query_params.get("for", ""))
    return await _list_page(request, db, saved=done == "saved", removed=done == "removed", for_day=for_day)


@post("/organise/institutions")
async def add(request: WebRequest, db: Db) -> Response[Any]:
    """Add an institution and go on to its services."""
    someone = await enter_centre(request)
    form = await read_form(request)
    name, authority = form.text("name", 300), form.text("authority", 10)
    for_day = _waiting_day(form.text("for", 100))
    try:
        path = await submit_once(
            request,
            "organise.institution.new",
            add_institution,
            name=name,
            authority=authority,
            actor=someone,
            now=db.now(),
            to=lambda made: f"{HOME}/{made}{f'?for={for_day}' if for_day else ''}",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        typed = {"name": name, "authority": authority, "for_day": for_day}
        return await _list_page(request, db, **typed, errors=errors, status=refusal.status)
    return see_other(path)


@get("/organise/institutions/{institution:uuid}")
async def show_institution(request: WebRequest, db: Db, institution: FromPath[UUID]) -> Response[Any]:
    """One institution."""
    await enter_centre(request)
    found = await _entry(db, institution)
    for_day = _waiting_day(request.query_params.get("for", ""))
    return await _page(request, db, found, saved=request.query_params.get("done") == "saved", for_day=for_day)


@post("/organise/institutions/{institution:uuid}")
async def change(request: WebRequest, db: Db, institution: FromPath[UUID]) -> Response[Any]:
    """Another name or authority, another term for notes."""
    someone = await enter_centre(request)
    found = await _entry(db, institution)
    form = await read_form(request)
    name, authority = form.text("name", 300), form.text("authority", 10)
    note_days = form.text("note_days", 10)
    try:
        path = await submit_once(
            request,
            f"organise.institution.{institution}",
            change_as_seen,
            "institution",
            institution,
            change_institution,
            seen_as=seen_by(form),
            name=name,
            authority=authority,
            note_days=form.number("note_days"),
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        typed: dict[str, Any] = {"name": name, "authority": authority, "note_days": note_days}
        found, seen = await _entry(db, institution), seen_after(form, refusal)
        return await _page(request, db, found, **typed, seen=seen, errors=errors, status=refusal.status)
    return see_other(path)


@post("/organise/institutions/{institution:uuid}/services")
async def add_one_service(request: WebRequest, db: Db, institution: FromPath[UUID]) -> Response[Any]:
    """A shipped service, or one with the centre's own name."""
    someone = await enter_centre(request)
    found = await _entry(db, institution)
    read = Reader(await read_form(request), locale_of(request))
    form = read.form
    chosen, own = form.text("service", 60), form.text("own", 60)
    minutes = read.number("minutes")
    for_day = _waiting_day(form.text("for", 100))
    then = f"/organise/{for_day}/desks/new?institution={institution}" if for_day else f"{HOME}/{institution}?done=saved"
    errors = read.errors
    status = 422
    if not errors:
        try:
            path = await submit_once(
                request,
                f"organise.service.new.{institution}",
                add_service,
                institution,
                key=chosen if chosen in SERVICES else key_of_name(own),
                minutes=minutes,
                private=form.ticked("private"),
                actor=someone,
                now=db.now(),
                to=lambda _: then,
            )
            return see_other(path)
        except Refusal as refusal:
            errors |= errors_of(read.locale, refusal)
            status = refusal.status
    typed: dict[str, Any] = {
        "service": chosen,
        "own": own,
        "minutes": form.text("minutes", 12),
        "private": form.ticked("private"),
    }
    return await _page(request, db, found, errors=errors, status=status, for_day=for_day, **typed)


@post("/organise/services/{service:uuid}")
async def change_one_service(request: WebRequest, db: Db, service: FromPath[UUID]) -> Response[Any]:
    """Other usual minutes, private or not."""
    someone = await enter_centre(request)
    read = Reader(await read_form(request), locale_of(request))
    entries = await db.read(directory)
    found = next((one for one in entries if any(each.id == service for each in one.services)), None)
    if found is None:
        raise NotKnown
    owner, minutes = found.id, read.number("minutes", f"minutes-{service}")
    status, seen = 422, seen_by(read.form)
    if not read.errors:
        try:
            path = await submit_once(
                request,
                f"organise.service.{service}",
                change_as_seen,
                "service",
                service,
                change_service,
                seen_as=seen,
                minutes=minutes,
                private=read.form.ticked("private"),
                actor=someone,
                now=db.now(),
                to=lambda _: f"{HOME}/{owner}?done=saved",
            )
            return see_other(path)
        except Refusal as refusal:
            read.errors |= {f"minutes-{service}": text for text in errors_of(read.locale, refusal).values()}
            status, seen = refusal.status, seen_after(read.form, refusal)
            found = await _entry(db, owner)
    typed = (read.form.text("minutes", 12), read.form.ticked("private"))
    return await _page(request, db, found, of=service, of_typed=typed, seen=seen, errors=read.errors, status=status)


@post(["/organise/institutions/{institution:uuid}/close", "/organise/institutions/{institution:uuid}/open"])
async def close(request: WebRequest, db: Db, institution: FromPath[UUID]) -> Response[Any]:
    """Offer it for new days no longer, or again."""
    someone = await enter_centre(request)
    found = await _entry(db, institution)
    await read_form(request)
    closed = request.url.path.endswith("/close")
    path = await submit_once(
        request,
        f"organise.institution.{'close' if closed else 'open'}.{found.id}",
        close_institution,
        found.id,
        closed=closed,
        actor=someone,
        now=db.now(),
        to=lambda _: f"{HOME}/{found.id}?done=saved",
    )
    return see_other(path)


@post("/organise/institutions/{institution:uuid}/remove")
async def remove(request: WebRequest, db: Db, institution: FromPath[UUID]) -> Response[Any]:
    """Delete one that was never used."""
    someone = await enter_centre(request)
    await read_form(request)
    try:
        path = await submit_once(
            request,
            f"organise.institution.remove.{institution}",
            remove_institution,
            institution,
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done=removed",
        )
    except InstitutionUsed as refusal:
        errors = {"remove": locale_of(request).gettext(refusal.sentence)}
        return await _page(request, db, await _entry(db, institution), errors=errors, status=refusal.status)
    return see_other(path)


def _waiting_day(text: str) -> str:
    """The name of a day in addresses, as it stood in an address or a form; empty for anything else."""
    return text if _DAY.fullmatch(text) else ""


async def _entry(db: Db, institution: UUID) -> InstitutionEntry:
    found = next((each for each in await db.read(directory) if each.id == institution), None)
    if found is None:
        raise InstitutionUnknown
    return found


async def _list_page(request: WebRequest, db: Db, *, status: int = 200, **more: Any) -> Response[Any]:
    locale = locale_of(request)
    institutions = tuple(_institution(each, locale) for each in await db.read(directory))
    context = InstitutionsPage(institutions=institutions, **more)
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


async def _page(
    request: WebRequest,
    db: Db,
    entry: InstitutionEntry,
    *,
    of: UUID | None = None,
    of_typed: tuple[str, bool] = ("", False),
    seen: str | None = None,
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    """The page of an institution, with what was typed into one of its forms, and what that form was made of.

    `of`: the service whose form it was, with what was typed into that.
    """
    locale = locale_of(request)
    shown = _institution(entry, locale)
    found = await db.read(stored_institution, entry.id)
    there = {each.key for each in entry.services}
    more.setdefault("name", found.name)
    more.setdefault("authority", found.authority)
    more.setdefault("note_days", str(found.note_days))
    stored: tuple[Shown, ...] = ()
    if of is not None:
        mine = next(each for each in shown.services if each.id == of)
        kept = replace(mine, minutes=of_typed[0], private=of_typed[1], seen_as=seen or mine.seen_as)
        services = tuple(kept if each.id == of else each for each in shown.services)
        stored = differing(_service_shown(locale, mine), _service_shown(locale, kept))
        shown = replace(shown, services=services)
    else:
        typed = (more["name"], more["authority"], more["note_days"])
        of_now = (found.name, found.authority, str(found.note_days))
        stored = differing(_shown(locale, *of_now), _shown(locale, *typed))
    context = InstitutionPage(
        institution=shown,
        authorities=tuple((key, locale.gettext(text)) for key, text in AUTHORITIES.items()),
        seen_as=seen if seen and of is None else fingerprint_of(found),
        stored=stored if seen == "" else (),
        used=await db.read(is_used, entry.id),
        offered=tuple((key, locale.gettext(words.title)) for key, words in SERVICES.items() if key not in there),
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


def _shown(locale: Locale, name: str, authority: str, note_days: str) -> tuple[Shown, ...]:
    return (
        Shown(control="name", label=locale.gettext(NAME), text=name),
        Shown(
            control="authority",
            label=locale.gettext(WHAT),
            text=locale.gettext(AUTHORITIES[authority]) if authority in AUTHORITIES else "",
        ),
        Shown(control="note_days", label=locale.gettext(NOTES), text=note_days),
    )


def _service_shown(locale: Locale, service: Service) -> tuple[Shown, ...]:
    private = locale.gettext(YES if service.private else NO)
    return (
        Shown(
            control=f"minutes-{service.id}",
            label=f"{service.title}: {locale.gettext(MINUTES)}",
            text=service.minutes,
        ),
        Shown(
            control=f"private-{service.id}",
            label=f"{service.title}: {locale.gettext(PRIVATE)}",
            text=private,
        ),
    )


def _institution(entry: InstitutionEntry, locale: Locale) -> Institution:
    return Institution(
        id=entry.id,
        name=entry.name,
        authority=entry.authority,
        closed=entry.closed,
        services=tuple(_service(each, locale) for each in entry.services),
    )


def _service(entry: ServiceEntry, locale: Locale) -> Service:
    return Service(
        id=entry.id,
        title=service_title(locale, entry.key),
        pictogram=service_pictogram(entry.key),
        minutes=str(entry.minutes),
        private=entry.private,
        seen_as=fingerprint_of(ServiceWords(minutes=entry.minutes, private=entry.private)),
    )


route_handlers: list[Any] = [
    show_institutions,
    add,
    show_institution,
    change,
    add_one_service,
    change_one_service,
    close,
    remove,
]
