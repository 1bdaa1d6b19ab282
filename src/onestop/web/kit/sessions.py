"""Who is asking: from the session cookie, the device cookie or a bearer token to an `Actor`, read once a request."""

from litestar.datastructures import Cookie

from onestop.accounts.actions import SEEN_EVERY, TOKEN_PREFIX, touch_session
from onestop.accounts.queries import actor_of_token, session_of
from onestop.clock import real_now
from onestop.devices import actions as device_actions
from onestop.devices.queries import device_of
from onestop.domain.board import DisplaySetup
from onestop.domain.roles import VISITOR, Actor, Role
from onestop.keys import hash_token
from onestop.web.kit.requests import WebRequest, db_of, is_api, is_https

SESSION_COOKIE = "onestop_session"
DEVICE_COOKIE = "onestop_device"
LANGUAGE_COOKIE = "onestop_language"
CALLED_COOKIE = "onestop_called"
SIGNED_IN_COOKIES = (SESSION_COOKIE, DEVICE_COOKIE)
DEVICE_DOORS = ("/kiosk", "/display")
YEAR = 365 * 24 * 3600
_KNOWN = "onestop_actor"
_DISPLAY = "onestop_display"


async def actor(request: WebRequest) -> Actor:
    """Who asks; `VISITOR` for anybody not signed in. Cookies count for pages, the `Authorization` header for `/api`."""
    state = request.scope["state"]
    if _KNOWN not in state:
        state[_KNOWN] = await _find(request)
    return state[_KNOWN]


async def actor_again(request: WebRequest) -> Actor:
    """Who asks, read anew: somebody may have been shut out since."""
    return await _find(request)


def known_actor(request: WebRequest) -> Actor:
    """The actor if `actor` or `require` was awaited before, else `VISITOR`."""
    return request.scope["state"].get(_KNOWN, VISITOR)


def display_here(request: WebRequest) -> DisplaySetup:
    """How the machine that asks is set up, after `actor` or `require` was awaited; as usual where no machine asks."""
    return request.scope["state"].get(_DISPLAY) or DisplaySetup()


def session_hash(request: WebRequest) -> str | None:
    """The hash of the session cookie, whether or not the session lives."""
    token = request.cookies.get(SESSION_COOKIE)
    return hash_token(token) if token else None


def bearer_token(request: WebRequest) -> str | None:
    """The token of the `Authorization` header."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def session_cookie(request: WebRequest, token: str) -> Cookie:
    """The cookie that carries a session; it ends with the browser, and on the server after a day."""
    return _cookie(request, SESSION_COOKIE, token)


def device_cookie(request: WebRequest, token: str) -> Cookie:
    """The cookie that carries a paired device; it lasts until it is revoked."""
    return _cookie(request, DEVICE_COOKIE, token, max_age=YEAR)


def language_cookie(request: WebRequest, tag: str) -> Cookie:
    """The cookie that remembers the language of the pages."""
    return _cookie(request, LANGUAGE_COOKIE, tag, max_age=YEAR)


def called_cookie(request: WebRequest, alarms: str) -> Cookie:
    """The cookie that remembers which calls for help this browser made, until it is closed."""
    return _cookie(request, CALLED_COOKIE, alarms)


def gone_cookie(request: WebRequest, name: str) -> Cookie:
    """Takes a cookie back."""
    return _cookie(request, name, "", max_age=0)


def _cookie(request: WebRequest, key: str, value: str, *, max_age: int | None = None, path: str = "/") -> Cookie:
    return Cookie(
        key=key, value=value, max_age=max_age, path=path, httponly=True, samesite="lax", secure=is_https(request)
    )


async def _find(request: WebRequest) -> Actor:
    if is_api(request.scope["path"]):
        # No cookie counts here, because the origin of a request to the machine interface is not checked.
        if (token := bearer_token(request)) is None:
            return VISITOR
        found = await (_token(request, token) if token.startswith(TOKEN_PREFIX) else _device(request, token))
        return found or VISITOR
    # At a machine's own door the machine counts, also where somebody signed in on the same browser.
    ways = (_by_device, _by_session) if request.scope["path"].startswith(DEVICE_DOORS) else (_by_session, _by_device)
    for way in ways:
        if (found := await way(request)) is not None:
            return found
    return VISITOR


async def _by_session(request: WebRequest) -> Actor | None:
    session = session_hash(request)
    return await _session(request, session) if session else None


async def _by_device(request: WebRequest) -> Actor | None:
    device = request.cookies.get(DEVICE_COOKIE)
    return await _device(request, device) if device else None


async def _token(request: WebRequest, token: str) -> Actor | None:
    db = db_of(request)
    return await db.read(actor_of_token, token, now=db.now())


async def _session(request: WebRequest, token_hash: str) -> Actor | None:
    db = db_of(request)
    real = real_now()
    session = await db.read(session_of, token_hash, real=real, now=db.now())
    if session is None:
        return None
    if real >= session.seen_at + SEEN_EVERY:
        await db.write(touch_session, token_hash, real=real)
    return session.actor


async def _device(request: WebRequest, token: str) -> Actor | None:
    db = db_of(request)
    real = real_now()
    known = await db.read(device_of, token)
    if known is None or known.actor.device is None:
        return None
    if known.seen_at is None or real >= known.seen_at + device_actions.SEEN_EVERY:
        await db.write(device_actions.touch_device, known.actor.device, real=real)
    request.scope["state"][_DISPLAY] = known.display
    return known.actor


def is_device(someone: Actor) -> bool:
    """Whether a paired machine asks."""
    return someone.has(Role.KIOSK, Role.DISPLAY)
