"""From a refusal or a failure to its answer: a page with a next step, a problem document or a fragment; no trace."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException

from onestop.db.trouble import PerhapsStored, StoreTrouble
from onestop.domain.errors import (
    N_,
    Busy,
    CodesNeeded,
    InvalidInput,
    KeyInFlight,
    NotKnown,
    Refusal,
    SignInNeeded,
    TooManyTries,
)
from onestop.logs import fields
from onestop.web.kit.forms import KEY_FIELD, sent_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.machine import machine_of
from onestop.web.kit.once import SendAgain
from onestop.web.kit.pages import Again, ErrorPage, MachineErrorPage
from onestop.web.kit.requests import WebRequest, is_api, is_htmx, local_path
from onestop.web.kit.responses import page, see_other

ACCOUNT = "/account"
PROBLEM = "application/problem+json"
RETRY_SECONDS = {KeyInFlight: 1, Busy: 5, StoreTrouble: 5, TooManyTries: 60}

NOT_DONE = N_("This did not work")
WIPE_SECONDS = 40
"""A machine that could not do something goes back to its first screen."""

log = logging.getLogger("onestop.web")


class RequestWrong(Refusal):
    code = "request_wrong"
    status = 400
    sentence = N_("We could not read this request. Please go back and try again.")


class MethodWrong(Refusal):
    code = "method_wrong"
    status = 405
    sentence = N_("This address cannot be used in this way. Please go back and use the buttons.")


class TooSlow(Refusal):
    code = "too_slow"
    status = 408
    sentence = N_("The connection was too slow. Nothing was changed. Please try again.")


class TooBig(Refusal):
    code = "too_big"
    status = 413
    sentence = N_("This is too much to send at once. Please shorten it and try again.")


class HostWrong(Refusal):
    code = "host_wrong"
    status = 421
    sentence = N_("This site is not known under this address. Please use the link you were given.")


class CrossSite(Refusal):
    code = "cross_site"
    status = 403
    sentence = N_("This form was not sent from our page. Please open the page again and press the button there.")


class Failed(Refusal):
    code = "failed"
    status = 500
    sentence = N_("Something went wrong on our side. What was confirmed before is safe. Please try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Where an error page leads: a path and an English label that is translated when it is shown."""

    href: str = "/"
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Door:
    prefix: str
    home: NextStep
    sign_in: str = "/sign-in"


_STAFF = tuple(
    _Door(prefix, NextStep(href=prefix, label=label))
    for prefix, label in (
        ("/desk", N_("Go to the desk")),
        ("/reception", N_("Go to the reception page")),
        ("/floor", N_("Go to the floor page")),
        ("/mediator", N_("Go to the mediator page")),
        ("/helper", N_("Go to the helper page")),
        ("/organise", N_("Go to the organiser page")),
    )
)
_AT_DESK = tuple(
    _Door(prefix, NextStep(href="/desk", label=N_("Go to the desk"))) for prefix in ("/desks", "/stops", "/visits")
)
_DEVICES = (
    _Door("/kiosk", NextStep(href="/kiosk", label=N_("Start again")), "/pair"),
    _Door("/display", NextStep(href="/pair", label=N_("Pair this machine")), "/pair"),
)
_TITLES: Mapping[int, str] = {
    401: N_("Please sign in"),
    403: N_("You may not open this"),
    404: N_("Not found"),
    410: N_("Not there any more"),
    413: N_("Too much at once"),
    422: N_("Please check"),
    429: N_("Please wait a moment"),
    500: N_("Something went wrong"),
    503: N_("Please wait a moment"),
}


def refusal_of(error: Exception) -> Refusal:
    """The refusal an exception is told as; what is no refusal of ours or of HTTP is a failure."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, SendAgain):
        return PerhapsStored()
    if isinstance(error, MethodNotAllowedException):
        return MethodWrong()
    if isinstance(error, HTTPException) and error.status_code < 500:
        return {404: NotKnown, 413: TooBig}.get(error.status_code, RequestWrong)()
    return Failed()


def answer(request: WebRequest, error: Exception) -> Response[Any]:
    """The answer to an exception; registered for every exception of the application."""
    refusal = refusal_of(error)
    incident = ""
    if isinstance(refusal, Failed):
        incident = secrets.token_hex(4)
        handler = _handler_name(request)
        told = fields(incident=incident, handler=handler)
        log.error("incident %s in %s", incident, handler, exc_info=error, extra=told)
    elif isinstance(refusal, StoreTrouble):
        log.error("%s in %s: %s", refusal.code, _handler_name(request), _cause(refusal))
    try:
        made = _answer(request, error, refusal, incident)
    except Exception:
        # The page that says that something failed has failed itself: the last word is plain text.
        log.exception("the page for %s could not be made", refusal.code)
        made = Response(Failed.sentence, status_code=500, media_type="text/plain")
    for kind, seconds in RETRY_SECONDS.items():
        if isinstance(refusal, kind):
            made.headers["Retry-After"] = str(seconds)
    return made


def _answer(request: WebRequest, error: Exception, refusal: Refusal, incident: str) -> Response[Any]:
    if is_api(request.scope["path"]):
        return _problem(request, refusal, incident, error)
    if isinstance(refusal, SignInNeeded) and request.method in ("GET", "HEAD") and not is_htmx(request):
        here = request.scope["path"]
        query = request.scope.get("query_string", b"").decode("latin-1")
        return see_other(sign_in_path(here, f"{here}?{query}" if query else here))
    if isinstance(refusal, CodesNeeded) and request.method in ("GET", "HEAD") and not is_htmx(request):
        return see_other(ACCOUNT)
    return _page(request, refusal, incident)


def sign_in_path(here: str, back_to: str) -> str:
    """Where somebody unknown is sent from a path, and where to she comes back."""
    start = next((door.sign_in for door in _DEVICES if _inside(here, door.prefix)), "/sign-in")
    return f"{start}?next={quote(local_path(back_to), safe='/')}"


def _page(request: WebRequest, refusal: Refusal, incident: str) -> Response[Any]:
    locale = locale_of(request)
    title = locale.gettext(_TITLES.get(refusal.status, NOT_DONE))
    if _inside(request.scope["path"], "/kiosk") and not isinstance(refusal, SignInNeeded):
        machine = MachineErrorPage(
            title=title, sentence=locale.say(refusal.sentence, refusal.params), again=_again(request, refusal)
        )
        wipe = {"Refresh": f"{WIPE_SECONDS}; url=/kiosk"}
        return page(
            request,
            machine,
            status=refusal.status,
            locale=locale,
            headers=wipe,
            home="/kiosk",
            door="kiosk",
            machine=machine_of(request, locale, back_after=WIPE_SECONDS),
        )
    step = _next_step(request, refusal)
    context = ErrorPage(
        title=title,
        sentence=locale.say(refusal.sentence, refusal.params),
        next_href=step.href,
        next_label=locale.gettext(step.label) if step.label else "",
        retry=refusal.status == 503,
        again=_again(request, refusal),
        details=_details(locale, incident),
    )
    headers = {"HX-Retarget": "#content", "HX-Reselect": "#content", "HX-Reswap": "outerHTML"}
    return page(request, context, status=refusal.status, locale=locale, headers=headers if is_htmx(request) else None)


def _again(request: WebRequest, refusal: Refusal) -> Again | None:
    """What was sent at a bad moment: it can be sent again as it was, and its key keeps it from acting twice."""
    form = sent_form(request)
    if refusal.status != 503 or form is None or KEY_FIELD not in form:
        return None
    query = request.scope.get("query_string", b"").decode("latin-1")
    path = request.scope["path"]
    return Again(to=local_path(f"{path}?{query}" if query else path), fields=tuple(form.items()))


def _next_step(request: WebRequest, refusal: Refusal) -> NextStep:
    path = request.scope["path"]
    if isinstance(refusal, SignInNeeded):
        return NextStep(href=sign_in_path(path, _back(request)), label=N_("Sign in"))
    if isinstance(refusal, CodesNeeded):
        return NextStep(href=ACCOUNT, label=N_("Go to your account"))
    # The form she comes from still holds what she typed.
    if request.method == "POST" and refusal.status not in (404, 410) and (back := _back(request)) != "/":
        return NextStep(href=back, label=N_("Go back"))
    for door in (*_STAFF, *_AT_DESK, *_DEVICES):
        if _inside(path, door.prefix) and path != door.home.href:
            return door.home
    return NextStep()


def _back(request: WebRequest) -> str:
    """The page the form stood on, if the browser says so and it is ours; for a page, itself."""
    if request.method in ("GET", "HEAD"):
        return local_path(request.scope["path"])
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.headers.get("host"):
        return "/"
    return local_path(f"{referer.path}?{referer.query}" if referer.query else referer.path)


def _details(locale: Locale, incident: str) -> tuple[str, ...]:
    if not incident:
        return ()
    return (locale.say(N_("If you ask for help, say this number: %(number)s"), {"number": incident}),)


def _inside(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def _cause(refusal: Refusal) -> str:
    """What the database's library said: its class alone, because its words may hold what was in the database."""
    return type(getattr(refusal.__cause__, "orig", refusal.__cause__)).__name__


def _handler_name(request: WebRequest) -> str:
    return str(request.scope.get("route_handler", "no handler"))


class Problem(msgspec.Struct, omit_defaults=True):
    """An RFC 9457 problem document; `code` is stable, `detail` is a sentence in the reader's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str = ""
    params: dict[str, str | int] = {}
    incident: str = ""
    errors: list[dict[str, str]] = []


def _problem(request: WebRequest, refusal: Refusal, incident: str, error: Exception) -> Response[Any]:
    locale = locale_of(request)
    document = Problem(
        type=f"urn:onestop:problem:{refusal.code}",
        title=refusal.code.replace("_", " ").capitalize(),
        status=refusal.status,
        code=refusal.code,
        detail=locale.say(refusal.sentence, refusal.params),
        field=refusal.field if isinstance(refusal, InvalidInput) else "",
        params=dict(refusal.params),
        incident=incident,
        errors=_input_errors(error),
    )
    headers = {"Content-Language": locale.tag}
    if isinstance(refusal, SignInNeeded):
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(document), status_code=refusal.status, media_type=PROBLEM, headers=headers)


def _input_errors(error: Exception) -> list[dict[str, str]]:
    """Which input of a malformed request is wrong, by name; the framework's own words, without the value."""
    extra = getattr(error, "extra", None)
    if not isinstance(extra, list):
        return []
    found = [item for item in extra if isinstance(item, dict)]
    return [{name: str(item[name]) for name in ("key", "message", "source") if name in item} for item in found][:50]
