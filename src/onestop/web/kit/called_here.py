"""The calls for help that this very browser made: it is not asked to answer them. The server keeps nothing of it."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from litestar.datastructures import Cookie

from onestop.visits.queries.alarms import Alarm
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.sessions import CALLED_COOKIE, called_cookie

MOST = 8


def _called(request: WebRequest) -> list[str]:
    return request.cookies.get(CALLED_COOKIE, "").split(".")[:MOST]


def called_here(request: WebRequest, alarm: UUID) -> Cookie:
    """Remembers in the browser that it called this one, the newest first."""
    kept = [alarm.hex, *(each for each in _called(request) if each and each != alarm.hex)]
    return called_cookie(request, ".".join(kept[:MOST]))


def marked(request: WebRequest, alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """The same calls, those from this browser marked as its own; those that somebody answered last."""
    own = set(_called(request))
    told = (replace(alarm, mine=True) if alarm.id.hex in own else alarm for alarm in alarms)
    return tuple(sorted(told, key=lambda alarm: not alarm.is_open))
