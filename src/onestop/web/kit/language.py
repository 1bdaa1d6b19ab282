"""The language of a page: a link's choice, else the cookie's, the account's, the browser's; and links to the others."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from onestop.web.kit.locale import KNOWN, LANGUAGES, Locale, locale_for, negotiate
from onestop.web.kit.pages import LanguageLink
from onestop.web.kit.requests import WebRequest, local_path
from onestop.web.kit.sessions import LANGUAGE_COOKIE, known_actor

CHOICE = "lang"
"""The query value a language link sets; the answer remembers it in a cookie."""


def locale_of(request: WebRequest, offered: Sequence[str] = LANGUAGES) -> Locale:
    """The locale to answer in."""
    for wish in (request.query_params.get(CHOICE), request.cookies.get(LANGUAGE_COOKIE), known_actor(request).language):
        if wish in offered:
            return locale_for(wish)
    return locale_for(negotiate(request.headers.get("accept-language"), offered))


def chosen_language(request: WebRequest) -> str | None:
    """The language a link has just chosen, to be remembered."""
    wish = request.query_params.get(CHOICE)
    return wish if wish in KNOWN else None


def language_links(request: WebRequest, locale: Locale, offered: Sequence[str] = LANGUAGES) -> tuple[LanguageLink, ...]:
    """Links to this page in each language."""
    return tuple(
        LanguageLink(tag=tag, href=this_page(request, **{CHOICE: tag}), current=tag == locale.tag) for tag in offered
    )


def this_page(request: WebRequest, **changed: str) -> str:
    """The address of this page with other values in its query, an empty one left out.

    The answer to a form leads back to the page the form stood on: the one its handler names, else the one before.
    """
    if request.method in ("GET", "HEAD"):
        path, query = request.url.path, request.url.query
    else:
        form = urlsplit(request.state.get("form_stood_on") or request.headers.get("referer", ""))
        path, query = local_path(form.path), form.query
    kept = [(name, value) for name, value in parse_qsl(query) if name not in changed][:50]
    pairs = [*kept, *((name, value) for name, value in changed.items() if value)]
    return f"{path}?{urlencode(pairs)}" if pairs else path
