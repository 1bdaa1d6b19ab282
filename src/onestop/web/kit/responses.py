"""Answers: a page, one fragment of it, or "see other"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypedDict, Unpack

from litestar import Response
from litestar.datastructures import Cookie

from onestop.web.kit.headers import SCANS
from onestop.web.kit.language import chosen_language, language_links, locale_of
from onestop.web.kit.locale import LANGUAGES, Locale
from onestop.web.kit.pages import PAGES, SCANNING, Away, Chrome, HelpBlock, Machine, NavLink, render
from onestop.web.kit.requests import WebRequest, db_of
from onestop.web.kit.series import SeriesView
from onestop.web.kit.sessions import known_actor, language_cookie

HTML = "text/html"


class Round(TypedDict, total=False):
    """What a door may say about the frame of its page, by keyword."""

    zone: str
    door: str
    brand: str
    home: str
    help: HelpBlock | None
    nav: tuple[NavLink, ...]
    away: Away | None
    series: SeriesView | None
    machine: Machine


def page(
    request: WebRequest,
    context: object,
    *,
    block: str | None = None,
    status: int = 200,
    locale: Locale | None = None,
    languages: Sequence[str] = LANGUAGES,
    cookies: Sequence[Cookie] = (),
    headers: dict[str, str] | None = None,
    **round_it: Unpack[Round],
) -> Response[str]:
    """The page a context is registered for (or one block of it) in the reader's language.

    `languages` are those offered as links; `zone`, `brand`, `home`, `help`, `nav`, `door`, `series` fill the frame.
    """
    locale = locale or locale_of(request, languages)
    chrome = replace(chrome_of(request, locale, languages), **round_it)
    content = render(PAGES[type(context)], context, locale=locale, chrome=chrome, block=block)
    set_cookies = list(cookies)
    if (tag := chosen_language(request)) is not None and chrome.door != "kiosk":
        set_cookies.append(language_cookie(request, tag))
    return Response(
        content,
        status_code=status,
        media_type=HTML,
        cookies=set_cookies,
        headers={
            "Content-Language": locale.tag,
            "Vary": "Accept-Language, Cookie",
            **(SCANS if type(context) in SCANNING else {}),
            **(headers or {}),
        },
    )


def see_other(path: str, *, cookies: Sequence[Cookie] = ()) -> Response[Any]:
    """Send the browser on to a path of this site after a form."""
    assert path.startswith("/"), "an answer to a form leads to a path of this site"
    assert not path.startswith("//"), "an answer to a form leads to a path of this site"
    return Response(b"", status_code=303, headers={"Location": path}, cookies=list(cookies), media_type=HTML)


def go_to(request: WebRequest, path: str) -> Response[Any]:
    """Send whoever opened a page on to the only one behind it; a language chosen on the way is remembered."""
    tag = chosen_language(request)
    return see_other(path, cookies=[language_cookie(request, tag)] if tag is not None else ())


def chrome_of(request: WebRequest, locale: Locale, languages: Sequence[str] = LANGUAGES) -> Chrome:
    """The frame every page has: the time, the languages, who is signed in."""
    db, state = db_of(request), request.app.state
    now = db.now()
    return Chrome(
        now=now,
        languages=language_links(request, locale, languages),
        signed_in=known_actor(request).name,
        own_page="/account" if known_actor(request).account is not None else "",
        demo=state.demo,
        demo_over=state.demo_ends_at is not None and now >= state.demo_ends_at,
        clock_rate=db.clock.rate,
    )
