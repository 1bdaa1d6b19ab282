"""A screen read aloud: the sound of one of its texts. Nothing of it stands in an address or a log (R15, R19)."""

import asyncio
import hmac
from typing import Any

from litestar import Response, post

from onestop.domain.errors import NotKnown
from onestop.web.kiosk.frame import machine
from onestop.web.kit.forms import read_form
from onestop.web.kit.machine import LONGEST, seal
from onestop.web.kit.requests import Sounds, TicketKey, WebRequest

OPUS = "audio/ogg"


@post("/kiosk/say")
async def say(request: WebRequest, clips: Sounds, ticket_key: TicketKey) -> Response[Any]:
    """The sound of a text that a screen of ours has sealed; 204 where it cannot be spoken now."""
    await machine(request)
    form = await read_form(request)
    text, tag = form.text("text", LONGEST), form.text("tag", 20)
    if not hmac.compare_digest(form.text("seal", 40).encode(), seal(ticket_key, text, tag).encode()):
        raise NotKnown
    headers = {"Cache-Control": "no-store"}
    path = await asyncio.to_thread(clips.of_text, text, tag)
    if path is None:
        return Response(b"", status_code=204, headers=headers)
    sound = await asyncio.to_thread(path.read_bytes)
    return Response(sound, status_code=200, media_type=OPUS, headers=headers)


route_handlers: list[Any] = [say]
