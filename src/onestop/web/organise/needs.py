"""Needs, shared by all days: what visitors tick, which services it leads to, in which order, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.directory.need_entries import (
    LONGEST,
    NeedShipped,
    NeedWords,
    add_need,
    change_need,
    close_need,
    move_need,
    remove_need,
    stored_need,
)
from onestop.directory.needs import PICTOGRAMS, Need, all_needs, need_of, who_offers
from onestop.directory.organising import centre_language
from onestop.directory.seen import change_as_seen
from onestop.directory.words import words_of_need
from onestop.domain.errors import N_, Refusal
from onestop.domain.seen import fingerprint_of
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of
from onestop.web.organise.meanwhile import Shown, differing, own_words, seen_after, seen_by

HOME = "/organise/needs"
AS_NOW = N_("As it is now")
LEADS, PICTURE = N_("Services it leads to"), N_("Picture")
FIRST_PICTURE = next(iter(PICTOGRAMS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A service that a need can lead to, and who offers it."""

    key: str
    title: str
    offered_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """A need in the reader's language."""

    id: UUID
    icon: str
    says: str
    lang: str
    shipped: bool
    closed: bool
    leads: tuple[str, ...]
    nobody: bool
    """No institution offers any of its services, so that no day shows it."""
    missing: tuple[str, ...]
    """Languages of our pages in which own words are missing and no shipped ones stand behind them."""


@page_of("organise/needs.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPage:
    """The list, and the form for another need."""

    needs: tuple[NeedLine, ...]
    leads: tuple[Lead, ...]
    pictures: tuple[tuple[str, str], ...]
    typed: NeedWords
    longest: int
    saved: bool = False
    removed: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/need.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPage:
    """One need."""

    need: NeedLine
    leads: tuple[Lead, ...]
    pictures: tuple[tuple[str, str], ...]
    typed: NeedWords
    seen_as: str
    stored: tuple[Shown, ...]
    """What somebody else stored since the form was opened, where it differs from what was typed."""
    longest: int
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/needs")
async def show_needs(request: WebRequest, db: Db) -> Response[Any]:
    """The list."""
    await enter_centre(request)
    done = request.query_params.get("done")
    return await _list_page(request, db, _typed(Form()), saved=done == "saved", removed=done == "removed")


@post("/organise/needs")
async def add(request: WebRequest, db: Db) -> Response[Any]:
    """A need that visitors can tick from now on."""
    someone = await enter_centre(request)
    typed = _typed(await read_form(request))
    try:
        path = await submit_once(
            request,
            "organise.need.new",
            add_need,
            typed,
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await _list_page(request, db, typed, errors=errors, status=refusal.status)
    return see_other(path)


@get("/organise/needs/{need:uuid}")
async def show_need(request: WebRequest, db: Db, need: FromPath[UUID]) -> Response[Any]:
    """One need."""
    await enter_centre(request)
    return await _page(request, db, await db.read(need_of, need))


@post("/organise/needs/{need:uuid}")
async def change(request: WebRequest, db: Db, need: FromPath[UUID]) -> Response[Any]:
    """Other words, picture or services."""
    someone = await enter_centre(request)
    form = await read_form(request)
    typed = _typed(form)
    try:
        path = await submit_once(
            request,
            f"organise.need.{need}",
            change_as_seen,
            "need",
            need,
            change_need,
            typed,
            seen_as=seen_by(form),
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        found, seen = await db.read(need_of, need), seen_after(form, refusal)
        return await _page(request, db, found, typed, seen, errors=errors, status=refusal.status)
    return see_other(path)


@post(["/organise/needs/{need:uuid}/up", "/organise/needs/{need:uuid}/down"])
async def move(request: WebRequest, db: Db, need: FromPath[UUID]) -> Response[Any]:
    """One place earlier or later."""
    by = -1 if request.url.path.endswith("/up") else 1
    return await _press(request, db, f"move.{by}", move_need, need, by=by)


@post(["/organise/needs/{need:uuid}/close", "/organise/needs/{need:uuid}/open"])
async def close(request: WebRequest, db: Db, need: FromPath[UUID]) -> Response[Any]:
    """Ask visitors for it no more, or again."""
    closed = request.url.path.endswith("/close")
    return await _press(request, db, "close" if closed else "open", close_need, need, closed=closed)


@post("/organise/needs/{need:uuid}/remove")
async def remove(request: WebRequest, db: Db, need: FromPath[UUID]) -> Response[Any]:
    """Delete one in own words."""
    try:
        return await _press(request, db, "remove", remove_need, need, done="removed")
    except NeedShipped as refusal:
        found = await db.read(need_of, need)
        errors = {"remove": locale_of(request).gettext(refusal.sentence)}
        return await _page(request, db, found, errors=errors, status=refusal.status)


async def _press(
    request: WebRequest, db: Database, name: str, act: Any, need: UUID, *, done: str = "saved", **more: Any
) -> Response[Any]:
    someone = await enter_centre(request)
    await read_form(request)
    path = await submit_once(
        request,
        f"organise.need.{name}.{need}",
        act,
        need,
        actor=someone,
        now=db.now(),
        to=lambda _: f"{HOME}?done={done}#need-{need}",
        **more,
    )
    return see_other(path)


def _typed(form: Form) -> NeedWords:
    """What was typed, a little more of it than is allowed, so that too much is told and not cut."""
    return NeedWords(
        pictogram=form.text("pictogram", 60) or FIRST_PICTURE,
        services=tuple(form.all("services")),
        words={tag: form.text(f"text_{tag}", 2 * LONGEST) for tag in LANGUAGES},
    )


def _shown(locale: Locale, words: NeedWords, pictures: Mapping[str, str]) -> tuple[Shown, ...]:
    leads = sorted(service_title(locale, key) for key in words.services)
    return (
        *own_words(locale, "text", words.words),
        Shown(control="services", label=locale.gettext(LEADS), text=locale.list_and(leads)),
        Shown(control="pictogram", label=locale.gettext(PICTURE), text=pictures.get(words.pictogram, words.pictogram)),
    )


def _line(need: Need, locale: Locale, *, working: str, offered: dict[str, Lead]) -> NeedLine:
    says, lang = words_of_need(locale, need.key, need.words, working=working)
    return NeedLine(
        id=need.id,
        icon=need.pictogram,
        says=says,
        lang=lang,
        shipped=need.shipped,
        closed=need.closed,
        leads=tuple(offered[key].title if key in offered else service_title(locale, key) for key in need.services),
        nobody=not any(offered[key].offered_by for key in need.services if key in offered),
        missing=() if need.shipped else tuple(tag for tag in LANGUAGES if tag not in need.words),
    )


def _pictures(locale: Locale, chosen: str) -> tuple[tuple[str, str], ...]:
    """What can be chosen; a shipped need may have another one, which it keeps."""
    every = PICTOGRAMS if chosen in PICTOGRAMS else {chosen: AS_NOW, **PICTOGRAMS}
    return tuple((name, locale.gettext(says)) for name, says in every.items())


async def _leads(db: Database, locale: Locale, kept: tuple[str, ...] = ()) -> tuple[Lead, ...]:
    """The services of the directory, and those that are ticked though nobody offers them."""
    offered = dict(await db.read(who_offers))
    return tuple(
        Lead(key=key, title=service_title(locale, key), offered_by=offered.get(key, ()))
        for key in (*offered, *(key for key in kept if key not in offered))
    )


async def _list_page(
    request: WebRequest, db: Database, typed: NeedWords, *, status: int = 200, **more: Any
) -> Response[Any]:
    locale = locale_of(request)
    leads = await _leads(db, locale)
    working, offered = await db.read(centre_language), {each.key: each for each in leads}
    context = NeedsPage(
        needs=tuple(_line(each, locale, working=working, offered=offered) for each in await db.read(all_needs)),
        leads=leads,
        pictures=_pictures(locale, FIRST_PICTURE),
        typed=typed,
        longest=LONGEST,
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


async def _page(
    request: WebRequest,
    db: Database,
    need: Need,
    typed: NeedWords | None = None,
    seen: str | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    """The page of a need, with what was typed where a form was refused, and what that form was made of."""
    locale = locale_of(request)
    found = await db.read(stored_need, need.id)
    stored = replace(found, words={tag: found.words.get(tag, "") for tag in LANGUAGES})
    typed = typed or stored
    leads, pictures = await _leads(db, locale, need.services), _pictures(locale, need.pictogram)
    working, offered = await db.read(centre_language), {each.key: each for each in leads}
    context = NeedPage(
        need=_line(need, locale, working=working, offered=offered),
        leads=leads,
        pictures=pictures,
        typed=typed,
        seen_as=seen or fingerprint_of(found),
        stored=differing(*(_shown(locale, each, dict(pictures)) for each in (stored, typed))) if seen == "" else (),
        longest=LONGEST,
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


route_handlers: list[Any] = [show_needs, add, show_need, change, move, close, remove]
