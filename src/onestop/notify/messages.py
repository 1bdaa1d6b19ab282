"""The texts: a row of the outbox becomes one mail, in her language, with the same bytes each time it is made."""

import io
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import Any, cast

import qrcode
from jinja2 import Environment
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pure import PyPNGImage

from onestop.directory.vocabulary import PAPERS
from onestop.domain.errors import N_
from onestop.domain.ticket import prove_code, short_code, spell_short_code, ticket_code
from onestop.locale.environment import make_environment, words_environment
from onestop.locale.locales import Locale, locale_for
from onestop.notify.calendar import Appointment, calendar_file
from onestop.notify.queries import Message, Terms
from onestop.settings import Settings

_POLICY = SMTP.clone(cte_type="7bit")
_QR_MASK = 2
_LEFT_TO_RIGHT, _POP = "\u2066", "\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A kind of message: its template, subject and first sentence. The subject names no institution and no topic."""

    template: str
    subject: str
    headline: str


WORDS: dict[str, _Words] = {
    "confirmation": _Words(
        template="appointment", subject=N_("Your appointment on %(date)s"), headline=N_("Your appointment is booked.")
    ),
    "changed": _Words(
        template="appointment",
        subject=N_("Your appointment has a new time: %(date)s"),
        headline=N_("Your appointment has a new time."),
    ),
    "reminder": _Words(
        template="appointment",
        subject=N_("Your appointment is soon: %(date)s"),
        headline=N_("Your appointment is soon."),
    ),
    "cancelled": _Words(
        template="cancelled",
        subject=N_("Your appointment on %(date)s is cancelled"),
        headline=N_("Your appointment is cancelled."),
    ),
    "limit": _Words(
        template="limit",
        subject=N_("One more appointment on %(date)s"),
        headline=N_("One more appointment with this address"),
    ),
    "prove": _Words(
        template="prove",
        subject=N_("Please confirm your request for %(date)s"),
        headline=N_("Please confirm your request"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """What the templates under `templates/email/` may use, beside the words of the language."""

    subject: str
    headline: str
    terms: Terms
    papers: tuple[str, ...]
    short_code: str
    link: str
    picture: str

    def variables(self) -> dict[str, Any]:
        """The fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def compose(message: Message, *, key: bytes, settings: Settings) -> bytes:
    """The mail as it goes over the line; the row, the key and the settings decide, so a retry gives the same bytes."""
    locale = locale_for(message.language)
    words = WORDS[message.kind]
    terms = message.terms
    code = ticket_code(key, day=message.day, number=terms.number, generation=terms.generation)
    base = settings.base_url.rstrip("/")
    path = f"/t/{code}"
    if message.kind == "prove":
        path = f"/prove/{prove_code(key, party=message.party, address=message.address)}"
    link = f"{base}{path}" if base else ""
    text = MailText(
        subject=locale.say(words.subject, {"date": locale.date(terms.on)}),
        headline=locale.gettext(words.headline),
        terms=terms,
        papers=tuple(locale.gettext(PAPERS[paper][0]) for paper in terms.papers if paper in PAPERS),
        short_code=spell_short_code(short_code(key, day=message.day, number=terms.number, generation=terms.generation)),
        link=link,
        picture=f"ticket.{message.message_id.strip('<>')}",
    )
    mail = _addressed(settings.mail_from, message.address, subject=text.subject)
    mail["Date"] = message.due_at
    mail["Message-ID"] = message.message_id
    # Vacation answers would tell a sender address who is away, and a help desk about a ticket.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_render(plain_environment(locale), f"email/{words.template}.txt", text))
    mail.add_alternative(_render(words_environment(locale), f"email/{words.template}.html", text), subtype="html")
    if words.template == "appointment":
        _part(mail, 1).add_related(
            qr_png(link or code), "image", "png", cid=f"<{text.picture}>", filename="ticket.png", disposition="inline"
        )
    if message.kind in {"confirmation", "changed", "cancelled"}:
        _attach_calendar(mail, message, locale, organizer=_bare(settings.mail_from))
    mail["Content-Language"] = locale.tag  # last: content headers move into the parts as these are added
    return _sealed(mail, message.message_id)


def plain_mail(settings: Settings, address: str, *, subject: str, text: str, at: datetime, message_id: str) -> bytes:
    """A mail of one text, for trying the settings."""
    mail = _addressed(settings.mail_from, address, subject=subject)
    mail["Date"] = at
    mail["Message-ID"] = message_id
    mail.set_content(text)
    return _sealed(mail, message_id)


def qr_png(text: str) -> bytes:
    """A QR code as PNG, black on white with the margin scanners need."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=8, border=4, mask_pattern=_QR_MASK)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image(image_factory=PyPNGImage).save(out)
    return out.getvalue()


@cache
def plain_environment(locale: Locale) -> Environment:
    """Words for plain text: nothing is escaped, and marks take the place of the elements that hold a direction."""
    environment = make_environment(locale)

    def ltr(text: object) -> str:
        return f"{_LEFT_TO_RIGHT}{text}{_POP}" if locale.dir == "rtl" else str(text)

    def time(at: datetime, zone: str) -> str:
        return ltr(locale.time(at, zone))

    plain: dict[str, Any] = {"ltr": ltr, "number": ltr, "time": time}
    environment.filters.update(plain)
    environment.globals.update(plain)
    return environment


def _render(environment: Environment, template: str, text: MailText) -> str:
    return environment.get_template(template).render(text.variables())


def _addressed(sender: str, address: str, *, subject: str) -> EmailMessage:
    policy = _POLICY if address.isascii() else _POLICY.clone(utf8=True)
    mail = EmailMessage(policy=policy)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=address)  # one address: what holds two is no addr-spec
    mail["Subject"] = subject
    return mail


def _bare(sender: str) -> str:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    return mail["From"].addresses[0].addr_spec


def _attach_calendar(mail: EmailMessage, message: Message, locale: Locale, *, organizer: str) -> None:
    cancelled = message.kind == "cancelled"
    terms = message.terms
    file = calendar_file(
        Appointment(
            party=message.party,
            number=terms.number,
            arrival_at=terms.arrival_at,
            ends_at=terms.ends_at,
            zone=terms.zone,
            place=terms.address or terms.venue,
            sequence=message.sequence,
            written_at=message.due_at,
            organizer=organizer,
        ),
        locale,
        cancelled=cancelled,
    )
    mail.add_attachment(
        file.decode(),
        subtype="calendar",
        filename="appointment.ics",
        params={"method": "CANCEL" if cancelled else "PUBLISH"},
    )


def _part(mail: EmailMessage, index: int) -> EmailMessage:
    return cast("list[EmailMessage]", mail.get_payload())[index]


def _sealed(mail: EmailMessage, message_id: str) -> bytes:
    """The bytes, with boundaries made from the Message-ID: the library would draw random ones."""
    stem = message_id.strip("<>").partition("@")[0]
    for place, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"={stem}={place}=")
    return mail.as_bytes()
