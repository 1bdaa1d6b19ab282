"""Series of days: the list, one more, its words and contact, and how all of it looks to a visitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.directory.organising import centre_language
from onestop.directory.seen import change_as_seen
from onestop.directory.series import Series, all_series, series_of
from onestop.directory.series_entries import (
    LONGEST_ADDRESS,
    LONGEST_EMAIL,
    LONGEST_FUNDING,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_PUBLIC_NAME,
    LONGEST_WHOSE,
    SeriesWords,
    add_series,
    change_series,
    stored_series,
)
from onestop.domain.errors import N_, Refusal
from onestop.domain.logo import MOST_UPLOADED, LogoKind
from onestop.domain.seen import fingerprint_of
from onestop.locale.locales import locale_for
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import HelpBlock
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.series import LogoView, logo_view, series_view
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of
from onestop.web.organise.meanwhile import Shown, differing, seen_after, seen_by

HOME = "/organise/series"
LABELS = {
    "name": N_("Name"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "address": N_("Address of your office"),
}
IN_LANGUAGE = N_("%(field)s (%(language)s)")
PUBLIC, FUNDING = N_("Public name"), N_("Co-funding statement")
SEEN_IN = "in"
"""The language a preview is shown in, apart from the language of whoever looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLine:
    """A series in the list, with its first logo and the languages in which something is missing."""

    id: UUID
    name: str
    logo: LogoView | None
    logos: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextState:
    """The words of one language as typed, and what its readers see where there are none: `shown` and its language."""

    tag: str
    name: str
    funding: str
    shown_name: str
    shown_funding: str
    shown_language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLogo:
    """A logo that can be moved and removed."""

    id: UUID
    view: LogoView
    first: bool


@page_of("organise/series.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPage:
    """The list, and the form for another one."""

    series: tuple[SeriesLine, ...]
    typed: str
    longest: int
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/one_series.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OneSeriesPage:
    """One series: words, contact, logos."""

    id: UUID
    name: str
    typed: SeriesWords
    seen_as: str
    stored: tuple[Shown, ...]
    """What somebody else stored since the form was opened, where it differs from what was typed."""
    texts: tuple[TextState, ...]
    longest: Mapping[str, int]
    own: tuple[KeptLogo, ...]
    funders: tuple[KeptLogo, ...]
    kind: str
    whose: str
    megabytes: int
    saved: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/series_preview.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """A page of a day of this series as a visitor sees it, but for the links above it."""

    id: UUID
    name: str
    tag: str
    tags: tuple[str, ...]


@get(HOME)
async def show_all_series(request: WebRequest, db: Db) -> Response[Any]:
    """The list."""
    await enter_centre(request)
    return await _list_page(request, db, "")


@post(HOME)
async def add(request: WebRequest, db: Db) -> Response[Any]:
    """Another series; its own page comes next."""
    someone = await enter_centre(request)
    name = (await read_form(request)).text("name", 2 * LONGEST_NAME)
    try:
        path = await submit_once(
            request, "organise.series.new", add_series, name=name, actor=someone, now=db.now(), to=path_of_series
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await _list_page(request, db, name, errors=errors, status=refusal.status)
    return see_other(path)


@get(f"{HOME}/{{series:uuid}}")
async def show_series(request: WebRequest, db: Db, series: FromPath[UUID]) -> Response[Any]:
    """One series."""
    await enter_centre(request)
    return await one_page(
        request, db, await db.read(series_of, series), saved=request.query_params.get("done") == "saved"
    )


@post(f"{HOME}/{{series:uuid}}")
async def change(request: WebRequest, db: Db, series: FromPath[UUID]) -> Response[Any]:
    """Other words for it."""
    someone = await enter_centre(request)
    form = await read_form(request)
    typed = _typed(form)
    try:
        path = await submit_once(
            request,
            f"organise.series.{series}",
            change_as_seen,
            "series",
            series,
            change_series,
            typed,
            seen_as=seen_by(form),
            actor=someone,
            now=db.now(),
            to=lambda _: f"{path_of_series(series)}?done=saved",
        )
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        found, seen = await db.read(series_of, series), seen_after(form, refusal)
        return await one_page(request, db, found, typed=typed, seen=seen, errors=errors, status=refusal.status)
    return see_other(path)


@get(f"{HOME}/{{series:uuid}}/preview")
async def preview(request: WebRequest, db: Db, series: FromPath[UUID]) -> Response[Any]:
    """What visitors see in each language: `?in=ar`."""
    await enter_centre(request)
    found = await db.read(series_of, series)
    working = await db.read(centre_language)
    asked = request.query_params.get(SEEN_IN, "")
    locale = locale_for(asked) if asked in LANGUAGES else locale_of(request)
    seen = series_view(found, locale, working=working)
    context = PreviewPage(id=series, name=found.name, tag=locale.tag, tags=LANGUAGES)
    return page(
        request,
        context,
        locale=locale,
        languages=(),
        brand=seen.name.text if seen else found.name,
        home=path_of_series(series),
        series=seen,
        help=HelpBlock(phone=found.phone, email=found.email),
    )


def path_of_series(series: UUID) -> str:
    """The address of its page."""
    return f"{HOME}/{series}"


def _typed(form: Form) -> SeriesWords:
    """What was typed, a little more of it than is allowed, so that too much is told and not cut."""
    return SeriesWords(
        name=form.text("name", 2 * LONGEST_NAME),
        phone=form.text("phone", 2 * LONGEST_PHONE),
        email=form.text("email", 2 * LONGEST_EMAIL),
        address=form.text("address", 2 * LONGEST_ADDRESS),
        names={tag: form.text(f"name_{tag}", 2 * LONGEST_PUBLIC_NAME) for tag in LANGUAGES},
        funding={tag: form.text(f"funding_{tag}", 2 * LONGEST_FUNDING) for tag in LANGUAGES},
    )


def _filled(words: SeriesWords) -> SeriesWords:
    return replace(
        words,
        names={tag: words.names.get(tag, "") for tag in LANGUAGES},
        funding={tag: words.funding.get(tag, "") for tag in LANGUAGES},
    )


def _shown(locale: Locale, words: SeriesWords) -> tuple[Shown, ...]:
    said = {"name": words.name, "phone": words.phone, "email": words.email, "address": words.address}
    return (
        *(Shown(control=each, label=locale.gettext(LABELS[each]), text=text) for each, text in said.items()),
        *(
            Shown(
                control=f"{control}_{tag}",
                label=locale.say(IN_LANGUAGE, {"field": locale.gettext(label), "language": locale.language_name(tag)}),
                text=by_language[tag],
                lang=tag,
            )
            for tag in LANGUAGES
            for control, label, by_language in (
                ("name", PUBLIC, words.names),
                ("funding", FUNDING, words.funding),
            )
        ),
    )


def _states(series: Series, typed: SeriesWords, working: str) -> tuple[TextState, ...]:
    names, funding = dict(series.names), dict(series.funding)
    return tuple(
        TextState(
            tag=tag,
            name=typed.names[tag],
            funding=typed.funding[tag],
            shown_name="" if tag in names else series.name_for(tag, working=working)[0],
            shown_funding="" if tag in funding else series.funding_for(tag, working=working)[0],
            shown_language="" if tag in funding else series.funding_for(tag, working=working)[1],
        )
        for tag in LANGUAGES
    )


def _line(series: Series) -> SeriesLine:
    names, funding = dict(series.names), dict(series.funding)
    own = series.logos_of(LogoKind.CENTRE)
    return SeriesLine(
        id=series.id,
        name=series.name,
        logo=logo_view(own[0]) if own else None,
        logos=len(series.logos),
        missing=tuple(tag for tag in LANGUAGES if (names and tag not in names) or (funding and tag not in funding)),
    )


def _kept(series: Series, kind: LogoKind) -> tuple[KeptLogo, ...]:
    return tuple(
        KeptLogo(id=logo.id, view=logo_view(logo), first=place == 0) for place, logo in enumerate(series.logos_of(kind))
    )


_LONGEST = {
    "name": LONGEST_NAME,
    "phone": LONGEST_PHONE,
    "email": LONGEST_EMAIL,
    "address": LONGEST_ADDRESS,
    "public": LONGEST_PUBLIC_NAME,
    "funding": LONGEST_FUNDING,
    "whose": LONGEST_WHOSE,
}


async def _list_page(
    request: WebRequest, db: Database, typed: str, *, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    context = SeriesPage(
        series=tuple(map(_line, await db.read(all_series))), typed=typed, longest=LONGEST_NAME, errors=errors or {}
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


async def one_page(
    request: WebRequest,
    db: Database,
    series: Series,
    *,
    typed: SeriesWords | None = None,
    seen: str | None = None,
    kind: str = "",
    whose: str = "",
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    """The page of a series, with what was typed into one of its two forms, and what the first one was made of."""
    locale = locale_of(request)
    found = await db.read(stored_series, series.id)
    stored = _filled(found)
    typed = typed or stored
    context = OneSeriesPage(
        id=series.id,
        name=series.name,
        typed=typed,
        seen_as=seen or fingerprint_of(found),
        stored=differing(_shown(locale, stored), _shown(locale, typed)) if seen == "" else (),
        texts=_states(series, typed, await db.read(centre_language)),
        longest=_LONGEST,
        own=_kept(series, LogoKind.CENTRE),
        funders=_kept(series, LogoKind.FUNDER),
        kind=kind,
        whose=whose,
        megabytes=MOST_UPLOADED // 1024 // 1024,
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


route_handlers: list[Any] = [show_all_series, add, show_series, change, preview]
