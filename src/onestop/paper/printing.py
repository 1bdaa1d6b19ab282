"""A pack from the day: numbers are leased, rows are read, and a process of its own draws the pages.

The words go to that process through a pipe and the PDF comes back through another. What is kept ready for a day on
which a server fails is written by `kept.py`.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onestop.booking.spares import SpareTicket, lease_spares
from onestop.db.session import Database
from onestop.domain.errors import N_, Refusal
from onestop.domain.paper import spares_for
from onestop.domain.roles import Actor
from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.paper.contents import Contents, pack_contents
from onestop.paper.guides import Guide
from onestop.paper.posters import Posters
from onestop.paper.reports import Report
from onestop.paper.rota import Rota
from onestop.paper.sheets import Pack
from onestop.paper.words import pack_of
from onestop.settings import Settings

LONGEST_SECONDS = 120
"""A pack of 2 000 visitors takes six to fifteen seconds on one slow core."""


class PackNotDrawn(Refusal):
    code = "pack_not_drawn"
    status = 503
    sentence = N_("The day pack could not be made. Nothing is lost. Please try again.")


class PaperNotDrawn(PackNotDrawn):
    code = "paper_not_drawn"
    sentence = N_("This paper could not be made. Nothing is lost. Please try again.")


def make_pack(
    database: Database,
    settings: Settings,
    day: UUID,
    *,
    key: bytes,
    actor: Actor,
    now: datetime,
    language: str = "",
    spares: int | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> bytes:
    """The PDF of a day with fresh spare tickets (one for ten people expected, unless `spares` says how many).

    `told` hears what is being done. Takes seconds; no transaction is open while pages are drawn. Raises `PackNotDrawn`.
    """
    told("reading the day")
    contents = database.read_now(pack_contents, day)
    count = spares_for(len(contents.expected)) if spares is None else spares
    leased = database.write_now(lease_spares, day, count=count, key=key, actor=actor, now=now, day=day)
    told("drawing the pages")
    return draw_contents(contents, leased, settings, key=key, now=now, language=language)


def draw_contents(
    contents: Contents,
    leased: Sequence[SpareTicket],
    settings: Settings,
    *,
    key: bytes,
    now: datetime,
    language: str = "",
) -> bytes:
    """The PDF of what was read, in a language of the pages. Raises `PackNotDrawn`."""
    wanted = language or contents.day.working_language
    pack = pack_of(
        contents,
        leased,
        locale=locale_for(wanted if wanted in LANGUAGES else "en"),
        key=key,
        base_url=settings.base_url.rstrip("/"),
        kept_days=settings.contact_days,
        now=now,
    )
    return draw_apart(pack)


def draw_apart(content: Pack | Posters | Guide | Report | Rota) -> bytes:
    """Draw in another process, so that no request waits for it. Raises `PackNotDrawn`."""
    try:
        done = subprocess.run(  # noqa: S603 (the name of a class of ours)
            [sys.executable, "-m", "onestop.paper", type(content).__name__],
            input=msgspec.json.encode(content),
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise (PackNotDrawn if isinstance(content, Pack) else PaperNotDrawn) from error
    return done.stdout
