"""Who speaks the calls: for each language recorded words, a voice of the server, or nobody; and the recordings."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.locale.languages import KNOWN, own_name
from onestop.speech.clips import NEEDED, Clips
from onestop.speech.recordings import (
    LONGEST_SECONDS,
    MOST_BYTES,
    WORDS,
    Recording,
    keep_recording,
    note_recording,
    recordable,
    recording,
    recordings,
    remove_recording,
)
from onestop.web.kit.forms import new_key, read_file, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, Sounds, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of

HOME = "/organise/speech"
SAYS = {"number": N_("The word “number”"), "desk": N_("The word “desk”"), "person": N_("The word “person”")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A language and who speaks it: `recorded`, `voice` or nobody."""

    tag: str
    name: str
    by: str
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a call: what it is, and its recording if there is one."""

    key: str
    says: str
    seconds: float | None


@page_of("organise/speech.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechPage:
    """Every language."""

    languages: tuple[Spoken, ...]
    needed: int


@page_of("organise/recordings.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingsPage:
    """The words of one language."""

    tag: str
    name: str
    own: str
    by: str
    words: tuple[Word, ...]
    longest: int
    kilobytes: int
    saved: bool
    typed: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get(HOME)
async def show_speech(request: WebRequest, db: Db, settings: Conf, clips: Sounds) -> Response[Any]:
    """Which language is spoken by whom."""
    await enter_centre(request)
    locale = locale_of(request)
    known = await asyncio.to_thread(_counted, settings.var, clips)
    languages = tuple(
        Spoken(tag=tag, name=locale.language_name(tag), by=by, words=words) for tag, (by, words) in known.items()
    )
    return page(request, SpeechPage(languages=languages, needed=len(NEEDED)), **await centre_frame(request, db, HOME))


@get(f"{HOME}/{{tag:str}}")
async def show_recordings(
    request: WebRequest, db: Db, settings: Conf, clips: Sounds, tag: FromPath[str]
) -> Response[Any]:
    """The words of a language, to listen to, to store and to remove."""
    await enter_centre(request)
    return await _page(request, db, settings, clips, tag, saved=request.query_params.get("done") == "saved")


@get(f"{HOME}/{{tag:str}}/{{word:str}}")
async def listen(request: WebRequest, settings: Conf, tag: FromPath[str], word: FromPath[str]) -> Response[Any]:
    """One recorded word."""
    await enter_centre(request)
    try:
        sound = await asyncio.to_thread(recording, settings.var, tag, word)
    except Refusal as refusal:
        raise NotKnown from refusal
    return Response(sound, media_type="audio/ogg", headers={"Cache-Control": "no-store"})


@post(f"{HOME}/{{tag:str}}")
async def store(request: WebRequest, db: Db, settings: Conf, clips: Sounds, tag: FromPath[str]) -> Response[Any]:
    """A recording takes the place of an earlier one; the same file twice is one recording."""
    someone = await enter_centre(request)
    form = await read_form(request)
    word = form.text("number", 6) or form.text("word", 10)
    try:
        await asyncio.to_thread(keep_recording, settings.var, tag, word, (await read_file(request, "sound")).content)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        errors = errors_of(locale_of(request), refusal)
        return await _page(
            request, db, settings, clips, tag, typed=form.text("number", 6), errors=errors, status=refusal.status
        )
    await db.write(note_recording, tag, word, kept=True, actor=someone, now=db.now())
    return see_other(f"{HOME}/{tag}?done=saved")


@post(f"{HOME}/{{tag:str}}/{{word:str}}/remove")
async def remove(request: WebRequest, db: Db, settings: Conf, tag: FromPath[str], word: FromPath[str]) -> Response[Any]:
    """The word is spoken by a voice again, or by nobody."""
    someone = await enter_centre(request)
    await read_form(request)
    if await asyncio.to_thread(remove_recording, settings.var, tag, word):
        await db.write(note_recording, tag, word, kept=False, actor=someone, now=db.now())
    return see_other(f"{HOME}/{tag}?done=saved")


def _counted(var: Any, clips: Clips) -> dict[str, tuple[str, int]]:
    """By language: who speaks it, and how many of the words that are needed are recorded."""
    return {tag: (_by(clips, tag), len(set(recordings(var, tag)) & set(NEEDED))) for tag in KNOWN if recordable(tag)}


def _by(clips: Clips, tag: str) -> str:
    return "recorded" if clips.is_recorded(tag) else "voice" if clips.speaks(tag) else "nobody"


async def _page(
    request: WebRequest,
    db: Db,
    settings: Conf,
    clips: Clips,
    tag: str,
    *,
    saved: bool = False,
    typed: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    if not recordable(tag):
        raise NotKnown
    found, by = await asyncio.to_thread(lambda: (recordings(settings.var, tag), _by(clips, tag)))
    locale = locale_of(request)
    context = RecordingsPage(
        tag=tag,
        name=locale.language_name(tag),
        own=own_name(tag),
        by=by,
        words=_words(found, {key: locale.gettext(text) for key, text in SAYS.items()}),
        longest=int(LONGEST_SECONDS),
        kilobytes=MOST_BYTES // 1024,
        saved=saved,
        typed=typed,
        errors=errors or {},
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


def _words(found: Mapping[str, Recording], says: Mapping[str, str]) -> tuple[Word, ...]:
    keys = [*WORDS, *sorted(set(found) - set(WORDS), key=lambda key: (len(key), key))]
    return tuple(
        Word(key=key, says=says.get(key, key), seconds=found[key].seconds if key in found else None) for key in keys
    )


route_handlers: list[Any] = [show_speech, show_recordings, listen, store, remove]
