"""The sender: takes due messages out of the outbox and hands them to the mail server, each at its own pace (R6)."""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from onestop.clock import monotonic, real_now
from onestop.db.session import Database
from onestop.db.types import new_id
from onestop.domain.errors import N_, Refusal
from onestop.domain.name import read_email
from onestop.notify.actions import follow_clock, give_back_lease, lease_next, mark_failed, mark_sent
from onestop.notify.messages import compose, plain_mail
from onestop.notify.queries import Message, has_due
from onestop.notify.reactor import mail_host
from onestop.notify.smtp import NotTaken, ServerDown, mail_problem, transmit
from onestop.settings import Settings

AT_ONCE = 4
"""Messages under way at the same time, so that one the server hangs on holds up nobody."""
LOOK_SECONDS = 0.5
"""How often the idle ones look for fresh messages while another is under way."""
SHORTEST_REST, LONGEST_REST = 5.0, 60.0
"""Seconds until a server that cannot be reached is tried again: it is found back within a minute (R6)."""

log = logging.getLogger(__name__)


class MailNotSent(Refusal):
    code = "mail_not_sent"
    status = 502
    sentence = N_("The test message was not sent: %(reason)s")


class Sender:
    """Sends what is due, `AT_ONCE` at a time; keeps in mind only how long to leave an unreachable server alone."""

    def __init__(self, database: Database, settings: Settings, key: bytes) -> None:
        self._db = database
        self._settings = settings
        self._key = key
        self._rest = 0.0
        self._again_at = 0.0
        self._problem = ""
        self._looked_at = datetime.max.replace(tzinfo=UTC)  # the first look mends what a process before may have left
        self._writing_to: set[UUID] = set()

    async def send_due(self) -> int:
        """Send until nothing is due or the server is away; gives how many the server took."""
        if not self._may_send() or monotonic() < self._again_at:
            return 0
        if (real := real_now()) < self._looked_at:
            await self._db.write(follow_clock, real=real)
        self._looked_at = real
        if not await self._db.read(has_due, real=real_now(), now=self._db.now()):
            return 0
        down = asyncio.Event()
        results = await asyncio.gather(*(self._work(down) for _ in range(AT_ONCE)), return_exceptions=True)
        if not down.is_set():
            self._rest = 0.0
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sum(result for result in results if isinstance(result, int))

    async def _work(self, down: asyncio.Event) -> int:
        sent = 0
        while not down.is_set():
            beside = tuple(self._writing_to)
            message = await self._db.write(lease_next, real=real_now(), now=self._db.now(), beside=beside)
            if message is None:
                if not self._writing_to:
                    break
                # Somebody who books while the server hangs on another's message does not wait for its end.
                with suppress(TimeoutError):
                    await asyncio.wait_for(down.wait(), LOOK_SECONDS)
                continue
            self._writing_to.add(message.party)
            try:
                sent += await self._send(message, down)
            finally:
                self._writing_to.discard(message.party)
        return sent

    async def _send(self, message: Message, down: asyncio.Event) -> int:
        try:
            content = await asyncio.to_thread(compose, message, key=self._key, settings=self._settings)
        except Exception as error:  # a text that cannot be made must not hold up the others
            log.error("message %s cannot be made: %s", message.id, type(error).__name__)
            await self._failed(message, NotTaken(f"text {type(error).__name__}"))
            return 0
        try:
            await transmit(self._settings, message.address, content)
        except ServerDown as error:
            await self._db.write(give_back_lease, message.id, error=str(error))
            self._leave_alone(down, str(error))
            return 0
        except NotTaken as error:
            log.warning("message %s was not taken: %s", message.id, error)
            await self._failed(message, error)
            return 0
        await self._db.write(mark_sent, message.id, now=self._db.now())
        return 1

    async def _failed(self, message: Message, error: NotTaken) -> None:
        await self._db.write(
            mark_failed,
            message.id,
            error=str(error),
            permanent=error.permanent,
            real=real_now(),
            now=self._db.now(),
        )

    def _leave_alone(self, down: asyncio.Event, error: str) -> None:
        if down.is_set():
            return
        down.set()
        if not self._rest:
            log.warning("the mail server cannot be reached: %s", error)
        self._rest = min(LONGEST_REST, max(SHORTEST_REST, self._rest * 2))
        self._again_at = monotonic() + self._rest

    def _may_send(self) -> bool:
        problem = mail_problem(self._settings)
        if problem and problem != self._problem and self._settings.smtp_host:
            log.error("%s", problem)
        self._problem = problem
        return not problem


async def mail_test(settings: Settings, address: str) -> None:
    """Send one plain mail past the outbox. Raises `ContactRefused`, or `MailNotSent` with the server's reason."""
    address = read_email(address)
    if problem := mail_problem(settings):
        raise MailNotSent(reason=problem)
    content = plain_mail(
        settings,
        address,
        subject="onestop: test",
        text="This message was sent to try the mail settings of onestop. They work.\n",
        at=real_now(),
        message_id=f"<{new_id()}@{mail_host(settings)}>",
    )
    try:
        await transmit(settings, address, content)
    except (ServerDown, NotTaken) as error:
        raise MailNotSent(reason=str(error)) from error
