"""The same press twice, one effect: the answer is stored in the transaction of its cause (R4)."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response

from onestop.clock import real_now
from onestop.db.idempotency import Answer, RequestKey, answer_once
from onestop.db.trouble import PerhapsStored
from onestop.domain.errors import InvalidInput, KeyInFlight, KeyNeeded
from onestop.web.kit.forms import KEY_FIELD, read_form
from onestop.web.kit.requests import WebRequest, db_of, is_api
from onestop.web.kit.sessions import actor, session_hash

T = TypeVar("T")
SHORTEST = 16
LONGEST = 200
_in_flight: set[str] = set()
"""Keys of the machine interface this process works on; other processes are told apart by a lock in the database."""


class SendAgain(Exception):
    """Nobody knows if it was stored; the same form with the same key finds out."""


async def submit_once(
    request: WebRequest,
    route: str,
    action: Callable[..., T],
    *args: Any,
    to: Callable[[T], str],
    day: UUID | None = None,
    **kwargs: Any,
) -> str:
    """Run `action(conn, *args, **kwargs)` in one transaction and give the path `to(result)` to go to.

    The same form sent again (its `_key` and body) gives the first path without acting again. A changed body under an
    old key is a fresh submit; so is a form without a key. A refusal is raised and stores nothing.
    """
    db = db_of(request)
    typed = await read_form(request)
    key = typed.get(KEY_FIELD) or ""
    if not SHORTEST <= len(key) <= LONGEST:
        return to(await db.write(action, *args, day=day, **kwargs))
    # What was typed, not its bytes: another order of the fields, or of a form's parts, is the same form.
    body = urlencode(sorted(typed.items()), errors="replace").encode()
    # The body is part of the key: what was typed anew finds no old answer and acts.
    asked = RequestKey(
        scope=await _principal(request) or key,
        route=_address(request, route),
        key=f"{key}|{hashlib.sha256(body).hexdigest()}",
        body=body,
    )

    def act(conn: Any) -> Answer:
        # The second press of a double one waits for the first, and is sent where that one led.
        first = lambda: Answer(303, to(action(conn, *args, **kwargs)).encode())  # noqa: E731
        return answer_once(conn, asked, real_now(), first, wait=True)

    try:
        return (await db.write(act, day=day)).body.decode()
    except PerhapsStored as unknown:
        # No door shows its form anew: a fresh key could do it twice. The page that follows sends the same again.
        raise SendAgain from unknown


async def press_untold(
    request: WebRequest, route: str, action: Callable[..., Any], *args: Any, day: UUID | None = None, **kwargs: Any
) -> None:
    """Run `action(conn, *args, **kwargs)` once for a form, and leave neither what was typed nor when.

    Only the key of the form is remembered, under a hash, with the hour. A form without a key is a fresh one.
    """
    db = db_of(request)
    key = (await read_form(request)).get(KEY_FIELD) or ""
    if not SHORTEST <= len(key) <= LONGEST:
        await db.write(action, *args, day=day, **kwargs)
        return
    asked = RequestKey(scope=key, route=route, key=key, body=b"")
    hour = real_now().replace(minute=0, second=0, microsecond=0)

    def act(conn: Any) -> None:
        def first() -> Answer:
            action(conn, *args, **kwargs)
            return Answer(303, b"")

        answer_once(conn, asked, hour, first, wait=True)

    try:
        await db.write(act, day=day)
    except PerhapsStored as unknown:
        raise SendAgain from unknown


async def answer_api_once(
    request: WebRequest,
    route: str,
    action: Callable[..., T],
    *args: Any,
    encode: Callable[[T], tuple[int, bytes]],
    day: UUID | None = None,
    **kwargs: Any,
) -> Response[bytes]:
    """The machine interface's form of it: `Idempotency-Key` is needed, another body under a key is refused (422).

    `encode(result)` gives status and JSON. Raises `KeyNeeded`, `KeyReused`, `KeyInFlight`.
    """
    key = request.headers.get("idempotency-key", "")
    if not key:
        raise KeyNeeded
    if len(key) > LONGEST:
        raise InvalidInput(field="Idempotency-Key")
    principal = await _principal(request)
    if principal is None and len(key) < SHORTEST:
        raise KeyNeeded  # without a sign-in the key alone guards the answer
    asked = RequestKey(scope=principal or key, route=_address(request, route), key=key, body=await request.body())

    def act(conn: Any) -> Answer:
        return answer_once(conn, asked, real_now(), lambda: Answer(*encode(action(conn, *args, **kwargs))))

    mark = asked.hash()
    if mark in _in_flight:
        raise KeyInFlight
    _in_flight.add(mark)
    try:
        answer = await db_of(request).write(act, day=day)
    finally:
        _in_flight.discard(mark)
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    return Response(answer.body, status_code=answer.status, media_type="application/json", headers=headers)


def _address(request: WebRequest, route: str) -> str:
    """The act and the thing it is done to: one key pressed for two desks is two requests."""
    return f"{route} {request.scope['path']}"


async def _principal(request: WebRequest) -> str | None:
    """Whose key it is: the token's, session's or device's own, so that one person's key says nothing to another."""
    someone = await actor(request)
    if not someone.grants:
        return None
    session = None if is_api(request.scope["path"]) else session_hash(request)
    return f"{someone.ref}|{session or ''}"
