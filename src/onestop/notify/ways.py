"""The ways a message can go, what keeps each from being used, and how handing one over can fail. Speaks to nobody."""

import ipaddress
from email.utils import parseaddr
from urllib.parse import urlsplit

from onestop.settings import Settings

EMAIL, PHONE = "email", "phone"
SHORTEST_SECRET = 16


class ServerDown(Exception):
    """The server cannot be reached: connection, TLS or sign-in. Says nothing about any message."""


class NotTaken(Exception):
    """The server did not take this message. `permanent`: it never will."""

    def __init__(self, error: str, *, permanent: bool = False) -> None:
        super().__init__(error)
        self.permanent = permanent


def ways_written(settings: Settings) -> tuple[str, ...]:
    """The ways messages are written for: without a gateway nothing is written for telephones."""
    return (EMAIL, PHONE) if settings.sms_url else (EMAIL,)


def mail_problem(settings: Settings) -> str:
    """Why no mail can be sent with these settings, one sentence; empty when it can."""
    if not settings.smtp_host:
        return "smtp_host is empty: no mail is sent."
    if "@" not in parseaddr(settings.mail_from)[1]:
        return "mail_from is no address: no mail is sent."
    if settings.smtp_tls == "none" and not is_loopback(settings.smtp_host):
        return "smtp_tls is none, and the mail server is not on this machine: no mail is sent."
    return ""


def writes_links(settings: Settings) -> bool:
    """Whether mail can be sent whose links lead here: without it nobody can prove an address."""
    return bool(settings.base_url) and not mail_problem(settings)


def is_loopback(host: str) -> bool:
    """Whether a mail server's name means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def sms_problem(settings: Settings) -> str:
    """Why no text message can be sent with these settings, one sentence; empty when it can."""
    if not settings.sms_url:
        return "sms_url is empty: no text message is sent."
    try:
        address = urlsplit(settings.sms_url)
        host, _port = address.hostname, address.port
    except ValueError:
        return "sms_url is no address: no text message is sent."
    if not host or address.scheme not in ("http", "https"):
        return "sms_url is no address: no text message is sent."
    if address.scheme != "https" and not is_loopback(host):
        return "sms_url is not https, and the gateway is not on this machine: no text message is sent."
    if len(settings.sms_secret) < SHORTEST_SECRET:
        return f"sms_secret has fewer than {SHORTEST_SECRET} characters: no text message is sent."
    return ""
