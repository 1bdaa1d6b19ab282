"""A handler that shows personal data says so: `await looked(request, db, "VisitorLookedUp", day.id, party=party)`."""

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

from onestop.db.session import Database
from onestop.visits.actions.looks import AGAIN, note_look
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.sessions import actor

MOST = 10_000


class Looks:
    """What this process has noted lately: a page that is opened again writes nothing."""

    def __init__(self) -> None:
        self._noted: OrderedDict[tuple[str, ...], datetime] = OrderedDict()

    def is_new(self, look: tuple[str, ...], now: datetime) -> bool:
        """Whether it has to be noted; another process may have done so, which the database finds out."""
        before = self._noted.get(look)
        return before is None or not before <= now < before + AGAIN

    def noted(self, look: tuple[str, ...], now: datetime) -> None:
        """It stands in the ledger."""
        self._noted[look] = now
        self._noted.move_to_end(look)
        if len(self._noted) > MOST:
            self._noted.popitem(last=False)


async def looked(
    request: WebRequest,
    db: Database,
    kind: str,
    day: UUID,
    *,
    party: UUID | None = None,
    stop: UUID | None = None,
    desk: UUID | None = None,
) -> None:
    """Note a look of whoever asks, once in ten minutes. Not for live parts, which a page asks for by itself."""
    someone, now = await actor(request), db.now()
    looks: Looks = request.app.state.looks
    look = (someone.ref, kind, str(day), str(party), str(stop))
    if looks.is_new(look, now):
        await db.write(note_look, kind, day, party=party, stop=stop, desk=desk, actor=someone, now=now)
        looks.noted(look, now)
