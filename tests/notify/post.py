"""A mail server that can lie, and a day whose visitors give addresses."""

import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from onestop.booking.actions.bookings import confirm_booking, hold_arrival
from onestop.booking.contacts import Contact
from onestop.booking.queries import arrivals
from onestop.booking.tickets import Ticket
from onestop.domain.booking import Channel
from onestop.domain.roles import VISITOR
from onestop.notify.reactor import OutboxReactor
from onestop.notify.sender import Sender
from onestop.settings import Settings
from tests.halls import KEY, TestDay, make_test_day

HANG_SECONDS = 3.0


@dataclass
class PostOffice:
    """A real SMTP server in a thread. `says[address]` lists what happens to the next tries for an address.

    A number is the reply to RCPT; `hang` waits, `drop` cuts the line at RCPT, `drop after` takes the mail and cuts the
    line after its 250, `data 451` replies at the end of DATA.
    """

    port: int = 0
    says: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _now: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer for one recipient."""
        self.asked.append(address)
        said = self.says[address].pop(0) if self.says[address] else "250"
        self._now[address] = said
        if said == "hang":
            import asyncio

            await asyncio.sleep(HANG_SECONDS)
        if said == "drop":
            assert server.transport is not None
            server.transport.abort()
        if said.isdigit() and said != "250":
            return f"{said} no"
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the mail."""
        address = envelope.rcpt_tos[0]
        said = self._now[address]
        if said.startswith("data "):
            return f"{said.removeprefix('data ')} no"
        content = envelope.original_content
        assert content is not None
        self.taken.append((address, content))
        if said == "drop after":
            assert server.transport is not None
            transport: Any = server.transport
            server.loop.call_later(0.05, transport.abort)
        return "250 taken"

    def mails(self) -> list[EmailMessage]:
        """What was taken, parsed, in order."""
        return [opened(content) for _, content in self.taken]

    def subjects(self) -> list[tuple[str, str]]:
        """Who got what, in order."""
        return [(address, str(opened(content)["Subject"])) for address, content in self.taken]


def opened(content: bytes) -> EmailMessage:
    """A mail as a mail program reads it."""
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def post_office(port: int | None = None) -> Iterator[PostOffice]:
    """The server while the test runs."""
    office = PostOffice(port=port or free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@dataclass
class Mailing:
    """A day, its settings and its sender."""

    hall: TestDay
    settings: Settings
    sender: Sender
    key: bytes = KEY

    def book(
        self,
        email: str = "",
        *,
        phone: str = "",
        language: str = "en",
        at: datetime | None = None,
        services: tuple[str, ...] = ("legal", "residence"),
    ) -> Ticket:
        """A booking, for legal advice if nothing else is said, with these contacts."""
        hall = self.hall
        wish = hall.wish(*services)
        wish = type(wish)(
            stops=wish.stops,
            members=wish.members,
            languages=wish.languages,
            interpreter=wish.interpreter,
            display_language=language,
        )
        at = at or hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans[0].arrival_at
        hold = hall.db.write_now(
            hold_arrival,
            hall.id,
            wish,
            arrival_at=at,
            channel=Channel.RECEPTION,
            actor=VISITOR,
            now=hall.now,
            hold_minutes=10,
            day=hall.id,
        )
        contacts = [Contact(kind="email", address=email)] if email else []
        contacts += [Contact(kind="phone", address=phone, phone_end=phone[-4:])] if phone else []
        return hall.db.write_now(
            confirm_booking,
            hold.id,
            key=self.key,
            name="Somebody",
            contact=tuple(contacts),
            actor=VISITOR,
            now=hall.now,
            day=hall.id,
        )


def mail_settings(var: Path, port: int, **changed: Any) -> Settings:
    """Settings for a mail server on this machine."""
    values: dict[str, Any] = {
        "var": var,
        "base_url": "https://hall.test",
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_tls": "none",
        "mail_from": "One Stop <post@hall.test>",
    }
    return Settings(**(values | changed))


def make_mailing(database: Any, var: Path, port: int, **changed: Any) -> Mailing:
    """The pilot day two days before it opens, with messages joined to it."""
    from onestop.clock import Clock, real_now

    hall = make_test_day(database)
    hall.now = datetime.fromisoformat("2026-12-01T08:30:00+00:00")
    database.clock = Clock(start=hall.now, real_start=real_now())
    settings = mail_settings(var, port, **changed)
    database.reactors.append(OutboxReactor(settings))
    return Mailing(hall=hall, settings=settings, sender=Sender(database, settings, KEY))


def wait_until(done: Any, seconds: float = 5.0) -> None:
    """Wait for something another thread does."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
