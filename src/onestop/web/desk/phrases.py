"""The phrase card: short sentences in the visitor's language beside the officer's own, in big print and aloud."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.domain.errors import N_, NotKnown
from onestop.domain.roles import Role
from onestop.visits.queries.desk_places import TalkWith, talk_with
from onestop.web.desk.access import reach_stop
from onestop.web.desk.alarms import asked_on
from onestop.web.desk.pages import Asked
from onestop.web.kit.guards import require
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, Sounds, WebRequest
from onestop.web.kit.responses import page

PICTURED = (
    ("armchair", N_("Good day. Please sit down.")),
    ("footprints", N_("Please come with me.")),
    ("hourglass", N_("Please wait a moment.")),
    ("speech", N_("Somebody who speaks your language comes.")),
    ("languages", N_("Nobody here speaks your language today. We try with this card.")),
    ("file-text", N_("Please show me your papers.")),
    ("id-card", N_("Do you have a passport or another paper with your name?")),
    ("pencil", N_("Please write it down here.")),
    ("circle-help", N_("Is this right? Yes or no?")),
    ("circle-x", N_("You do not have to answer.")),
    ("file-plus", N_("A paper is missing. Please bring it another day.")),
    ("smartphone", N_("We are finished here. Your phone and the board tell you where to go next.")),
    ("house", N_("We are finished. You can go home.")),
    ("heart-pulse", N_("Do you need help? Do you feel unwell?")),
)
"""Pictogram and sentence in the order of a talk. Each sentence is translated like all that a visitor reads."""
PHRASES = tuple(sentence for _, sentence in PICTURED)
OPUS = "audio/ogg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One sentence, the officer's and the visitor's."""

    own: str
    hers: str
    picture: str


@page_of("desk/phrases.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasesPage:
    """The card in one language of hers; `missing` are those she speaks without a card, `aloud`: it has a voice."""

    talk: TalkWith
    asked: Asked
    to: str
    direction: str
    offered: tuple[str, ...]
    missing: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    aloud: bool


@get("/stops/{stop_id:uuid}/phrases")
async def show_phrases(request: WebRequest, db: Db, clips: Sounds, stop_id: FromPath[UUID]) -> Response[Any]:
    """The card; `?to=ar` for another language."""
    await reach_stop(request, db, stop_id)
    talk = await db.read(talk_with, stop_id)
    known = [tag for tag in talk.languages if tag in LANGUAGES]
    wanted = request.query_params.get("to", "")
    to = wanted if wanted in LANGUAGES else (known[0] if known else "en")
    own, hers = locale_of(request), locale_for(to)
    context = PhrasesPage(
        talk=talk,
        asked=await asked_on(db, locale_of(request), talk.desk, page="phrases", stop=stop_id),
        to=to,
        direction=hers.dir,
        offered=tuple(LANGUAGES),
        missing=tuple(tag for tag in talk.languages if tag not in LANGUAGES),
        phrases=tuple(
            Phrase(own=own.gettext(each), hers=hers.gettext(each), picture=picture) for picture, each in PICTURED
        ),
        aloud=clips.reads(to),
    )
    return page(request, context, zone=talk.timezone, door="desk", brand=talk.day_name, home="/desk")


@get("/phrases/{nth:int}/{tag:str}")
async def say_phrase(request: WebRequest, clips: Sounds, nth: FromPath[int], tag: FromPath[str]) -> Response[Any]:
    """The sound of a sentence, `nth` from 0, in a language of the card; 204 where it cannot be spoken now."""
    await require(request, Role.OFFICER)
    if not 0 <= nth < len(PHRASES) or tag not in LANGUAGES:
        raise NotKnown
    path = await asyncio.to_thread(clips.of_text, locale_for(tag).gettext(PHRASES[nth]), tag)
    if path is None:
        return Response(b"", status_code=204)
    sound = await asyncio.to_thread(path.read_bytes)
    return Response(sound, status_code=200, media_type=OPUS, headers={"Cache-Control": "private, max-age=86400"})


route_handlers: list[Any] = [show_phrases, say_phrase]
