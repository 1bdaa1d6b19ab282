"""The texts: a row of the outbox becomes one mail, in her language, with the same bytes each time it is made."""

import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import Any, cast

import qrcode
from jinja2 import Environment
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pure import PyPNGImage

from onestop.directory.words import words_of_paper
from onestop.domain.checklist import Asked
from onestop.domain.own_lines import fill_places
from onestop.domain.reminding import FIRST_DESK, REMINDERS, stop_code
from onestop.domain.ticket import (
    prove_code,
    short_code,
    spell_short_code,
    ticket_code,
    waiting_code,
    waiting_short_code,
)
from onestop.locale.environment import make_environment, words_environment
from onestop.locale.languages import direction
from onestop.locale.locales import Locale, locale_for
from onestop.notify.calendar import Appointment, calendar_file
from onestop.notify.kinds import KINDS
from onestop.notify.queries import Message, Terms
from onestop.settings import Settings


class _LinkHeader(UnstructuredHeader):
    """A header that holds one address: the library would break a long one into encoded words nobody decodes."""

    name: str

    def fold(self, *, policy: Any) -> str:
        """One line, however long; 998 characters are allowed."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", cast(Any, _LinkHeader))
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
_QR_MASK = 2
_LTR_MARK = "\u200e"
_LEFT_TO_RIGHT, _POP = "\u2066", "\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLines:
    """The organiser's own lines, filled; they may be in another language than the rest."""

    language: str
    dir: str
    lines: tuple[str, ...]
    draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperWords:
    """A paper to bring; `language` and `dir` are empty in the language of the mail."""

    text: str
    language: str
    dir: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """What the templates under `templates/email/` may use, beside the words of the language."""

    subject: str
    headline: str
    terms: Terms
    papers: tuple[PaperWords, ...]
    short_code: str
    link: str
    picture: str
    first_desk_minutes: int
    """The promise of a reminder, 0 in other messages."""
    advice: tuple[str, ...]
    """What a change of the day means for her; empty in other messages."""
    own: OwnLines | None
    stop: str
    """Where reminders end; empty in other messages, and without a public address."""

    def variables(self) -> dict[str, Any]:
        """The fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def compose(message: Message, *, key: bytes, settings: Settings) -> bytes:
    """The mail as it goes over the line; the row, the key and the settings decide, so a retry gives the same bytes."""
    locale = locale_for(message.language)
    words = KINDS[message.kind]
    terms = message.terms
    code, path, short = _codes(message, key)
    base = settings.base_url.rstrip("/")
    if message.kind in {"prove", "prove_time"}:
        path = f"/prove/{prove_code(key, party=message.party, address=message.address)}"
    link = f"{base}{path}" if base else ""
    text = MailText(
        subject=locale.say(words.subject, {"date": locale.date(terms.on)}),
        headline=locale.gettext(words.headline),
        terms=terms,
        papers=_papers(locale, terms),
        short_code=spell_short_code(short),
        link=link,
        picture=f"ticket.{message.message_id.strip('<>')}",
        first_desk_minutes=FIRST_DESK // timedelta(minutes=1) if message.kind in REMINDERS else 0,
        advice=tuple(locale.gettext(each) for each in words.advice),
        own=_own_lines(terms),
        stop=_stop_link(message, key, base) if message.kind in REMINDERS else "",
    )
    mail = _addressed(settings.mail_from, message.address, subject=text.subject)
    mail["Date"] = message.due_at
    mail["Message-ID"] = message.message_id
    # Vacation answers would tell a sender address who is away, and a help desk about a ticket.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if text.stop:
        _offer_to_stop(mail, text.stop)
    mail.set_content(_render(plain_environment(locale), f"email/{words.template}.txt", text))
    mail.add_alternative(_render(words_environment(locale), f"email/{words.template}.html", text), subtype="html")
    if words.template == "appointment":
        _part(mail, 1).add_related(
            qr_png(link or code), "image", "png", cid=f"<{text.picture}>", filename="ticket.png", disposition="inline"
        )
    if words.calendar:
        _attach_calendar(mail, message, locale, method=words.calendar, organizer=_bare(settings.mail_from))
    mail["Content-Language"] = locale.tag  # last: content headers move into the parts as these are added
    return _sealed(mail, message.message_id)


def _codes(message: Message, key: bytes) -> tuple[str, str, str]:
    """The long code, its path and the short code; who waits for a place has no number and a page of her own."""
    day, terms = message.day, message.terms
    if not terms.number:
        code = waiting_code(key, day=day, party=message.party)
        return code, f"/w/{code}", waiting_short_code(key, day=day, party=message.party)
    code = ticket_code(key, day=day, number=terms.number, generation=terms.generation)
    return code, f"/t/{code}", short_code(key, day=day, number=terms.number, generation=terms.generation)


def _papers(locale: Locale, terms: Terms) -> tuple[PaperWords, ...]:
    found: list[PaperWords] = []
    for paper in terms.papers:
        asked = Asked.IF if paper.only else Asked.YES
        text, tag = words_of_paper(
            locale, paper.key, paper.words, drafts=paper.drafts, asked=asked, condition=paper.only
        )
        other = tag != locale.tag
        found.append(PaperWords(text=text, language=tag if other else "", dir=direction(tag) if other else ""))
    return tuple(found)


def _own_lines(terms: Terms) -> OwnLines | None:
    if not terms.own:
        return None
    locale = locale_for(terms.own_language)

    def ltr(text: object) -> str:
        return f"{_LEFT_TO_RIGHT}{text}{_POP}" if locale.dir == "rtl" else str(text)

    filled = fill_places(
        terms.own,
        {
            "date": locale.date(terms.on),
            "time": ltr(locale.told_time(terms.arrival_at, terms.zone)),
            "end": ltr(locale.about(terms.ends_at, terms.zone)),
            "number": ltr(terms.number),
            "venue": terms.venue,
            "address": terms.address,
            "phone": ltr(terms.phone) if terms.phone else "",
        },
    )
    return OwnLines(language=locale.tag, dir=locale.dir, lines=tuple(filled.splitlines()), draft=terms.own_draft)


def _stop_link(message: Message, key: bytes, base: str) -> str:
    code = stop_code(key, party=message.party, address=message.address)
    return f"{base}/reminders/{code}?lang={message.language}" if base else ""


def _offer_to_stop(mail: EmailMessage, link: str) -> None:
    """RFC 2369, and RFC 8058 for the button of the mail program, which only https may have."""
    mail["List-Unsubscribe"] = f"<{link}>"
    if link.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def compose_text(message: Message, *, key: bytes) -> bytes:
    """The same for a telephone, as the gateway gets it: JSON, and the same bytes at every try.

    There is no link: with the shortest public address it leaves no room for number and code, which need no internet.
    """
    told = {
        "id": str(message.id),
        "message_id": message.message_id,
        "to": message.address,
        "language": message.language,
        "text": short_text(message, key=key),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def short_text(message: Message, *, key: bytes) -> str:
    """What a telephone shows, in her language, at most `LONGEST_TEXT` characters: one text message in any script."""
    locale, terms = locale_for(message.language), message.terms
    _, _, code = _codes(message, key)
    return locale.say(
        KINDS[message.kind].short,
        {
            "date": locale.short_date(terms.on),
            "time": locale.told_time(terms.arrival_at, terms.zone),
            "number": terms.number,
            # A mark holds the code together inside right-to-left text; elements that isolate cost two characters.
            "code": f"{_LTR_MARK if locale.dir == 'rtl' else ''}{spell_short_code(code)}",
        },
    )


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
        return ltr(locale.told_time(at, zone))

    def about(at: datetime, zone: str) -> str:
        return ltr(locale.about(at, zone))

    plain: dict[str, Any] = {"ltr": ltr, "number": ltr, "time": time, "about": about}
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


def _attach_calendar(mail: EmailMessage, message: Message, locale: Locale, *, method: str, organizer: str) -> None:
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
        cancelled=method == "CANCEL",
    )
    mail.add_attachment(
        file.decode(),
        subtype="calendar",
        filename="appointment.ics",
        params={"method": method},
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
