"""A page: one template, one frozen context, one language. `render` puts them together."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from jinja2 import Environment
from jinja2_fragments import render_block

from onestop.locale.environment import make_environment
from onestop.locale.locales import Locale
from onestop.paths import is_checkout, resource_dir
from onestop.web.kit.icons import icon, qr
from onestop.web.kit.series import SeriesView


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """Leads to the same page in another language."""

    tag: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLink:
    """An entry of a staff door's own menu; `label` is already in the reader's language."""

    label: str
    href: str
    current: bool = False
    seldom: bool = False
    """Behind *More* while it is not the current one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpBlock:
    """Whom to ask; on every page a visitor sees."""

    phone: str = ""
    address: str = ""
    email: str = ""
    office: str = ""
    """Where the organisers of the series sit, which may be another place than that of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a ticket machine adds round its screens, for whoever stands there now."""

    size: str = ""
    """How big the text is: empty, "1", "2"."""
    bigger: str = ""
    """Leads to the same screen in the next size."""
    smallest: str = ""
    turns: str = ""
    """Where the form of this screen goes for another language or size with everything chosen in it; empty: by links."""
    back_after: int = 0
    """Seconds without a touch after which the first screen comes by itself; 0: after the usual question."""
    aloud: Callable[[str], str] | None = None
    """From a screen its texts, sealed, so that they can be asked for as sounds; `None` where nobody can speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A page of another day: which one, and where today is."""

    on: date
    today: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What stands round every page: who runs the day, languages, help, who is signed in, and the server's time."""

    now: datetime
    zone: str = "UTC"
    """The venue's time zone; the `time` filter uses it where none is given."""
    door: str = "public"
    brand: str = "onestop"
    """The public name of the day or centre, in the reader's language."""
    home: str = "/"
    languages: tuple[LanguageLink, ...] = ()
    help: HelpBlock | None = None
    nav: tuple[NavLink, ...] = ()
    away: Away | None = None
    """Set while a page of staff is about another day than the one that is on now."""
    signed_in: str = ""
    own_page: str = ""
    """Her account, for somebody who has one."""
    sign_out: str = "/sign-out"
    csrf: str = ""
    """Sent back as the form field `_csrf_token` or the header `x-csrftoken`; empty where a door needs none."""
    demo: bool = False
    demo_over: bool = False
    """The invented day has ended; it can be started again."""
    series: SeriesView | None = None
    """The series of the day with its logos and the statement of those who pay."""
    machine: Machine = Machine()
    clock_rate: float = 1.0
    """Seconds of the day for each real one; above 1 only in a demo."""


Context = TypeVar("Context")
PAGES: dict[type[Any], str] = {}
"""Every registered context and its template; the house test holds them against each other."""
SCANNING: set[type[Any]] = set()
"""The contexts of pages that scan with the camera: no other page may use it."""


class WrongContext(TypeError):
    """A template was given a context that was made for another one."""


def page(template: str, *, scans: bool = False) -> Callable[[type[Context]], type[Context]]:
    """Register a frozen dataclass as the context of a template: `@page("public/day.html")`.

    `scans`: the page has `ui.camera`, and is allowed to use it.
    """

    def register(context: type[Context]) -> type[Context]:
        PAGES[context] = template
        if scans:
            SCANNING.add(context)
        return context

    return register


def render(template: str, context: object, *, locale: Locale, chrome: Chrome, block: str | None = None) -> str:
    """The page, or one block of it, in one language."""
    if PAGES.get(type(context)) != template:
        raise WrongContext(f"{type(context).__name__} is not registered for {template}")
    variables = {**variables_of(context), "chrome": chrome}
    environment = environment_for(locale)
    if block is not None:
        return render_block(environment, template, block, variables)
    return environment.get_template(template).render(variables)


def variables_of(context: object) -> dict[str, Any]:
    """The fields of a context by name, not copied."""
    if not is_dataclass(context) or isinstance(context, type):
        raise WrongContext(f"{context!r} is no dataclass")
    return {spec.name: getattr(context, spec.name) for spec in fields(context)}


@cache
def environment_for(locale: Locale) -> Environment:
    """The environment of pages in one language."""
    environment = make_environment(locale)
    # `pictogram` is `icon` for macros that have an argument of that name.
    parts: dict[str, Any] = {"icon": icon, "pictogram": icon, "qr": qr, "static_url": static_url}
    parts["ui"] = Components(environment)
    environment.globals.update(parts)
    return environment


class Components:
    """The macros of `templates/components/`, whichever file they stand in: `ui.button(...)` in every template.

    A global and not an import, because a block that is rendered alone does not run the imports of its template.
    """

    _MACRO = re.compile(r"{%-?\s*macro\s+([a-z]\w*)")

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._files = {
            name: f"components/{path.name}"
            for path in sorted((resource_dir("templates") / "components").glob("*.html"))
            for name in self._MACRO.findall(path.read_text(encoding="utf-8"))
        }

    def __getattr__(self, name: str) -> Any:
        if name not in self._files:
            raise AttributeError(f"no component {name!r}")
        return getattr(self._environment.get_template(self._files[name]).module, name)


def static_url(path: str) -> str:
    """The address of a file under `static/`, changed whenever its content does, so that it can be cached for a year."""
    return f"/static/{path}?v={_digest(path, _modified(path))}"


def _modified(path: str) -> int:
    return (resource_dir("static") / path).stat().st_mtime_ns if is_checkout() else 0


@cache
def _digest(path: str, modified: int) -> str:
    content = (resource_dir("static") / path).read_bytes()
    return hashlib.sha256(content, usedforsecurity=False).hexdigest()[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A form that was sent, to be sent again as it was, with its key."""

    to: str
    fields: tuple[tuple[str, str], ...]


@page("error_machine.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MachineErrorPage:
    """What went wrong at a ticket machine, in its own frame."""

    title: str
    sentence: str
    again: Again | None = None


@page("error.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """A refusal or a failure as a page with a next step. All texts are already in the reader's language."""

    title: str
    sentence: str
    next_href: str = "/"
    next_label: str = ""
    """Empty: the button says "Go to the first page"."""
    retry: bool = False
    again: Again | None = None
    details: tuple[str, ...] = ()
