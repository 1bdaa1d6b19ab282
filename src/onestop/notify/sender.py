"""The sender: takes due messages out of the outbox and hands them to mail server or gateway, each at its pace (R6)."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from onestop.clock import monotonic, real_now
from onestop.db.session import Database
from onestop.db.types import new_id
from onestop.domain.errors import N_, Refusal
from onestop.domain.name import read_email
from onestop.notify.actions import follow_clock, give_back_lease, lease_next, mark_failed, mark_sent
from onestop.notify.messages import compose, compose_text, plain_mail
from onestop.notify.queries import Message, has_due
from onestop.notify.reactor import mail_host
from onestop.notify.sms import transmit_text
from onestop.notify.smtp import transmit
from onestop.notify.ways import EMAIL, PHONE, NotTaken, ServerDown, mail_problem, sms_problem
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


@dataclass(slots=True)
class _Lane:
    """A way to send, and how long to leave its server alone; a mail server that is down holds up no telephone."""

    way: str
    name: str
    problem: Callable[[Settings], str]
    is_wanted: Callable[[Settings], bool]
    down: asyncio.Event = field(default_factory=asyncio.Event)
    rest: float = 0.0
    again_at: float = 0.0
    told: str = ""

    def is_open(self, settings: Settings) -> bool:
        """Whether the settings allow it and the server is not left alone; a new problem is told once."""
        problem = self.problem(settings)
        if problem and problem != self.told and self.is_wanted(settings):
            log.error("%s", problem)
        self.told = problem
        return not problem and monotonic() >= self.again_at

    def leave_alone(self, error: str) -> None:
        """It cannot be reached: each time longer."""
        if self.down.is_set():
            return
        self.down.set()
        if not self.rest:
            log.warning("the %s cannot be reached: %s", self.name, error)
        self.rest = min(LONGEST_REST, max(SHORTEST_REST, self.rest * 2))
        self.again_at = monotonic() + self.rest


def _lanes() -> dict[str, _Lane]:
    return {
        EMAIL: _Lane(EMAIL, "mail server", mail_problem, lambda settings: bool(settings.smtp_host)),
        PHONE: _Lane(PHONE, "gateway for text messages", sms_problem, lambda settings: bool(settings.sms_url)),
    }


class Sender:
    """Sends what is due, `AT_ONCE` at a time; keeps in mind only how long to leave an unreachable server alone."""

    def __init__(self, database: Database, settings: Settings, key: bytes) -> None:
        self._db = database
        self._settings = settings
        self._key = key
        self._lanes = _lanes()
        self._looked_at = datetime.max.replace(tzinfo=UTC)  # the first look mends what a process before may have left
        self._writing_to: set[UUID] = set()

    async def send_due(self) -> int:
        """Send until nothing is due or every server is away; gives how many messages were taken."""
        lanes = [lane for lane in self._lanes.values() if lane.is_open(self._settings)]
        if not lanes:
            return 0
        if (real := real_now()) < self._looked_at:
            await self._db.write(follow_clock, real=real)
        self._looked_at = real
        ways = tuple(lane.way for lane in lanes)
        if not await self._db.read(has_due, real=real_now(), now=self._db.now(), ways=ways):
            return 0
        for lane in lanes:
            lane.down.clear()
        results = await asyncio.gather(*(self._work(lanes) for _ in range(AT_ONCE)), return_exceptions=True)
        for lane in lanes:
            if not lane.down.is_set():
                lane.rest = 0.0
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sum(result for result in results if isinstance(result, int))

    async def _work(self, lanes: Sequence[_Lane]) -> int:
        sent = 0
        while ways := tuple(lane.way for lane in lanes if not lane.down.is_set()):
            beside = tuple(self._writing_to)
            message = await self._db.write(lease_next, real=real_now(), now=self._db.now(), beside=beside, ways=ways)
            if message is None:
                if not self._writing_to:
                    break
                # Somebody who books while the server hangs on another's message does not wait for its end.
                await asyncio.sleep(LOOK_SECONDS)
                continue
            self._writing_to.add(message.party)
            try:
                sent += await self._send(message)
            finally:
                self._writing_to.discard(message.party)
        return sent

    async def _send(self, message: Message) -> int:
        try:
            content = await asyncio.to_thread(self._compose, message)
        except Exception as error:  # a text that cannot be made must not hold up the others
            log.error("message %s cannot be made: %s", message.id, type(error).__name__)
            await self._failed(message, NotTaken(f"text {type(error).__name__}"))
            return 0
        try:
            if message.way == PHONE:
                await transmit_text(self._settings, message.id, content)
            else:
                await transmit(self._settings, message.address, content)
        except ServerDown as error:
            await self._db.write(give_back_lease, message.id, error=str(error))
            self._lanes[message.way].leave_alone(str(error))
            return 0
        except NotTaken as error:
            log.warning("message %s was not taken: %s", message.id, error)
            await self._failed(message, error)
            return 0
        await self._db.write(mark_sent, message.id, now=self._db.now())
        return 1

    def _compose(self, message: Message) -> bytes:
        if message.way == PHONE:
            return compose_text(message, key=self._key)
        return compose(message, key=self._key, settings=self._settings)

    async def _failed(self, message: Message, error: NotTaken) -> None:
        await self._db.write(
            mark_failed,
            message.id,
            error=str(error),
            permanent=error.permanent,
            real=real_now(),
            now=self._db.now(),
        )


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
