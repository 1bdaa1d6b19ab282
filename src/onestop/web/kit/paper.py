"""The paper: a ticket in the visitor's language inside a page in the language of whoever prints it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from onestop.booking.tickets import Ticket
from onestop.days.queries.days import Day
from onestop.domain.errors import N_
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from onestop.settings import Settings
from onestop.web.kit.locale import LANGUAGES, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.pages import render
from onestop.web.kit.parts import TicketView
from onestop.web.kit.requests import WebRequest, base_url_of
from onestop.web.kit.responses import chrome_of

TICKET = N_("Ticket %(number)s")


@page_of("kit/paper.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What she takes along: number, code, when and where; nothing about why she is here."""

    day: Day
    ticket: TicketView
    comes_at: datetime | None
    late: bool


@page_of("kit/waiting_paper.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPaper:
    """What somebody takes along who waits, or takes part in a draw; its code opens her page and is no ticket.

    `drawn_after` is the end of the time for requests, `request_id` her place in the public list; both while she asks.
    """

    day: Day
    qr_text: str
    short_code: str
    request_id: str
    drawn_after: datetime | None


@page_of("kit/print.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPage:
    """The paper with a button; `heading` is for reading out, `next_` leads to the next one."""

    path: str
    heading: str
    paper: Markup
    done: str
    late: bool
    next_href: str
    next_label: str
    tell: tuple[str, ...] = ()
    """What to say to her before she goes to wait."""


def paper_of(
    request: WebRequest,
    settings: Settings,
    day: Day,
    ticket: Ticket,
    *,
    language: str,
    next_step: str,
    comes_at: datetime | None = None,
    late: bool = False,
) -> Markup:
    """The ticket as it will be printed; `next_step` is an English sentence, told in the visitor's `language`."""
    theirs = locale_for(language if language in LANGUAGES else "en")
    address = f"{base_url_of(request)}/t/{ticket.code}" if settings.base_url else ticket.code
    paper = Paper(
        day=day,
        ticket=TicketView(
            number=ticket.number,
            next_step=theirs.gettext(next_step) if next_step else "",
            qr_text=address,
            short_code=spell_short_code(ticket.short),
        ),
        comes_at=comes_at,
        late=late,
    )
    made = render("kit/paper.html", paper, locale=theirs, chrome=chrome_of(request, theirs))
    return Markup(made)  # noqa: S704 (rendered with autoescape just above)


def waiting_paper_of(
    request: WebRequest,
    settings: Settings,
    day: Day,
    party: UUID,
    *,
    key: bytes,
    language: str,
    asked: UUID | None,
    drawn_after: datetime | None,
) -> Markup:
    """The paper of somebody who has no time yet, in her `language`; `asked` is the public id of her request."""
    theirs = locale_for(language if language in LANGUAGES else "en")
    code = waiting_code(key, day=day.id, party=party)
    paper = WaitingPaper(
        day=day,
        qr_text=f"{base_url_of(request)}/w/{code}" if settings.base_url else code,
        short_code=spell_short_code(waiting_short_code(key, day=day.id, party=party)),
        request_id=str(asked) if asked is not None else "",
        drawn_after=drawn_after,
    )
    made = render("kit/waiting_paper.html", paper, locale=theirs, chrome=chrome_of(request, theirs))
    return Markup(made)  # noqa: S704 (rendered with autoescape just above)
