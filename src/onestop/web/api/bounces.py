"""What the mail server sent back: a program that reads the bounces says which message it was."""

import re
from typing import Any

from litestar import Response
from litestar.params import JSONBody
from msgspec import Struct

from onestop.domain.errors import InvalidInput, MessageUnknown
from onestop.domain.roles import Role
from onestop.notify.actions import mark_bounced
from onestop.notify.letters import day_of_message
from onestop.web.api.access import acts
from onestop.web.api.answers import act
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.sessions import actor

_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}", re.ASCII)
_MESSAGE_ID = re.compile(r"<?([!-;=?-~]{1,116})>?", re.ASCII)


class Bounce(Struct, kw_only=True):
    """The Message-ID of the mail that came back, and the status of the report (`5.1.1`), if there was one."""

    message_id: str
    status: str = ""


class Bounced(Struct, kw_only=True):
    """It is noted."""

    message_id: str


@acts("/bounces", 404, roles=(Role.ADMINISTRATOR,), ok=200)
async def note_bounce(request: WebRequest, db: Db, data: JSONBody[Bounce]) -> Response[Bounced]:
    """A mail could not be delivered, its server says later. The organiser sees it by the number of the ticket."""
    if data.status and not _STATUS.fullmatch(data.status):
        raise InvalidInput(field="status")
    written = _MESSAGE_ID.fullmatch(data.message_id.strip())
    if written is None:
        raise InvalidInput(field="message_id")
    message_id = f"<{written[1]}>"
    day = await db.read(day_of_message, message_id)
    someone = await actor(request)
    if day is None or not someone.has(Role.ADMINISTRATOR, day=day):
        raise MessageUnknown
    return await act(
        request,
        mark_bounced,
        message_id,
        status=data.status,
        actor=someone,
        now=db.now(),
        day=day,
        show=lambda _conn, _done: (200, Bounced(message_id=message_id)),
    )


route_handlers: list[Any] = [note_bounce]
