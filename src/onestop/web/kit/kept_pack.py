"""The day pack that is kept ready: when it was made, and its file, for the doors of organisers and reception."""

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Response

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.roles import Actor
from onestop.paper.kept import KeptPack, kept_pack, take_pack
from onestop.settings import Settings

one_at_a_time = asyncio.Semaphore(1)
"""Drawing takes a processor for seconds; the next one waits for its turn, visitors do not."""


async def pack_ready(settings: Settings, day: Day) -> KeptPack | None:
    """The newest pack of a day, if there is one."""
    return await asyncio.to_thread(kept_pack, settings.var, day.id)


def printed_spares(spares: Sequence[tuple[int, int]], ready: KeptPack | None) -> tuple[tuple[int, int], ...]:
    """Spare numbers that may be on paper: not those of a pack that nobody fetched."""
    return tuple(run for run in spares if ready is None or run != ready.on_no_paper)


async def kept_file(db: Database, settings: Settings, day: Day, *, actor: Actor) -> Response[Any]:
    """The file, whose spare numbers count as printed from now on. Raises `PackNotKept`."""
    content = await asyncio.to_thread(take_pack, db, settings.var, day.id, actor=actor, now=db.now())
    return pdf(content, f"{day.slug}-pack.pdf")


def pdf(content: bytes, name: str) -> Response[Any]:
    """A PDF to be saved, which no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, status_code=200, media_type="application/pdf", headers=headers)
