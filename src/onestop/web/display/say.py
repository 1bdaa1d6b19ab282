"""The sound of a call. Its address names the call only: neither a number nor a language stands in it."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.domain.errors import NotKnown
from onestop.speech.queries import spoken_call
from onestop.web.display.frame import watched_day
from onestop.web.kit.requests import Db, Sounds, WebRequest

MOST_CALLS = 2**62
OPUS = "audio/ogg"


@get("/display/{day:str}/calls/{call:int}/say/{nth:int}")
async def say(
    request: WebRequest, db: Db, clips: Sounds, day: FromPath[str], call: FromPath[int], nth: FromPath[int]
) -> Response[Any]:
    """The clip in place `nth` (from 0) of a call; 204 after the last one, and where nothing can be spoken."""
    found = await watched_day(request, db, day)
    if not 0 < call < MOST_CALLS or nth < 0:
        raise NotKnown
    spoken = await db.read(spoken_call, found.id, call)
    paths = await asyncio.to_thread(clips.of_call, spoken.call, spoken.languages)
    headers = {"Cache-Control": "no-store"}
    if nth >= len(paths):
        return Response(b"", status_code=204, headers=headers)
    sound = await asyncio.to_thread(paths[nth].read_bytes)
    return Response(sound, status_code=200, media_type=OPUS, headers=headers)


route_handlers: list[Any] = [say]
