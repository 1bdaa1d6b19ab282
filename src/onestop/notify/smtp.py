"""One message over one SMTP connection, and what each way of failing means for the message."""

import asyncio
import contextlib
import ssl
from email.utils import parseaddr

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from onestop.notify.ways import NotTaken, ServerDown, mail_problem
from onestop.settings import Settings

ANSWER_SECONDS = 20.0
CONNECT_SECONDS = 25.0
MESSAGE_SECONDS = 60.0
"""However slowly a server drips its answers, one message takes no longer; shorter than a lease."""


async def transmit(settings: Settings, address: str, content: bytes) -> None:
    """Hand one mail to the server for one address, returning after its 250. Raises `ServerDown` or `NotTaken`."""
    if problem := mail_problem(settings):
        raise ServerDown(problem)
    client = _client(settings)
    try:
        await _open(client)
        await _hand_over(client, parseaddr(settings.mail_from)[1], address, content)
        with contextlib.suppress(SMTPException, OSError, TimeoutError):
            await client.quit(timeout=2)
    finally:
        client.close()


def _client(settings: Settings) -> SMTP:
    return SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password or None,
        use_tls=settings.smtp_tls == "tls",
        start_tls=settings.smtp_tls == "starttls",  # never "if the server offers it"
        local_hostname=parseaddr(settings.mail_from)[1].rpartition("@")[2],
        timeout=ANSWER_SECONDS,
    )


async def _open(client: SMTP) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect()
            if not client.is_ehlo_or_helo_needed:
                return
            await client.ehlo()
    except (SMTPException, ssl.SSLError, OSError, TimeoutError) as error:
        raise ServerDown(_named(error)) from error


async def _hand_over(client: SMTP, sender: str, address: str, content: bytes) -> None:
    # Step by step, because who was refused decides: our sender (settings, later again) or the recipient (for good).
    encoding, options, recipient = _spelt(address)
    try:
        async with asyncio.timeout(MESSAGE_SECONDS):
            if options and not client.supports_extension("smtputf8"):
                raise SMTPNotSupported("smtputf8")
            await client.mail(sender, options=options, encoding=encoding)
            await client.rcpt(recipient, encoding=encoding)
            await client.data(content)
    except SMTPSenderRefused as error:
        raise NotTaken(_named(error)) from error
    except SMTPResponseException as error:
        raise NotTaken(_named(error), permanent=500 <= error.code < 600) from error
    except (SMTPNotSupported, ValueError) as error:
        raise NotTaken(_named(error), permanent=True) from error
    except (SMTPException, OSError, TimeoutError) as error:
        raise NotTaken(_named(error)) from error


def _spelt(address: str) -> tuple[str, list[str], str]:
    """Encoding, options and spelling of a recipient: a domain of any script is written in ASCII."""
    local, _, domain = address.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise NotTaken("UnicodeError", permanent=True) from error
    return ("ascii", [], address) if address.isascii() else ("utf-8", ["SMTPUTF8"], address)


def _named(error: BaseException) -> str:
    """Code and class of an error: its text may hold the address."""
    code = error.code if isinstance(error, SMTPResponseException | SMTPRecipientRefused) else ""
    return f"{code} {type(error).__name__}".strip()
