"""What a request is to the doors, and what hangs on the application for them."""

from typing import Any, TypeAlias
from urllib.parse import urlencode

from litestar import Request
from litestar.di import NamedDependency

from onestop.db.session import Database
from onestop.live.hub import Hub
from onestop.settings import Settings
from onestop.speech.clips import Clips

WebRequest: TypeAlias = Request[Any, Any, Any]
"""Annotate a handler's request with this."""
Db: TypeAlias = NamedDependency[Database]
"""A handler's parameter `db: Db` is given the database."""
Conf: TypeAlias = NamedDependency[Settings]
"""A handler's parameter `settings: Conf` is given the settings."""
Live: TypeAlias = NamedDependency[Hub]
"""A handler's parameter `hub: Live` is given the live hub."""
TicketKey: TypeAlias = NamedDependency[bytes]
"""A handler's parameter `ticket_key: TicketKey` is given the key tickets are derived from."""

Sounds: TypeAlias = NamedDependency[Clips]
"""A handler's parameter `clips: Sounds` is given the clips of spoken calls."""


def db_of(request: WebRequest) -> Database:
    """The database of the application a request came to."""
    return request.app.state.db


def settings_of(request: WebRequest) -> Settings:
    """The settings of the application a request came to."""
    return request.app.state.settings


def hub_of(request: WebRequest) -> Hub:
    """The live hub of the application a request came to."""
    return request.app.state.hub


def is_htmx(request: WebRequest) -> bool:
    """Whether a script asks for a fragment; without one the same handler answers a whole page or a 303."""
    return request.headers.get("hx-request") == "true"


def is_api(path: str) -> bool:
    """Whether a path belongs to the door for machines."""
    return path == "/api" or path.startswith("/api/")


def is_https(request: WebRequest) -> bool:
    """Whether the browser came over https, seen directly, by a trusted proxy's word, or by the configured address."""
    return request.scope["scheme"] == "https" or settings_of(request).base_url.startswith("https://")


def base_url_of(request: WebRequest) -> str:
    """The address links are built from: the configured one, else (hall laptop without one) the address in use."""
    configured = settings_of(request).base_url.rstrip("/")
    return configured or f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"


def local_path(path: str | None, otherwise: str = "/") -> str:
    """A path of this site to go to, `otherwise` for anything that could lead to another site."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return otherwise
    return otherwise if any(ord(character) < 33 or ord(character) == 127 for character in path) else path


def path_with(request: WebRequest, **changed: str) -> str:
    """The path and query of this page with some query values set."""
    kept = [(name, value) for name, value in request.query_params.items() if name not in changed]
    return f"{request.url.path}?{urlencode([*kept, *changed.items()])}"
