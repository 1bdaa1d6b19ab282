"""The paper: a ticket in the visitor's language inside a page in the language of whoever prints it."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from onestop.booking.tickets import Ticket
from onestop.days.queries.days import Day
from onestop.domain.ticket import spell_short_code
from onestop.settings import Settings
from onestop.web.kit.locale import LANGUAGES, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.pages import render
from onestop.web.kit.parts import TicketView
from onestop.web.kit.requests import WebRequest, base_url_of
from onestop.web.kit.responses import chrome_of


@page_of("kit/paper.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What she takes along: number, code, when and where; nothing about why she is here."""

    day: Day
    ticket: TicketView
    comes_at: datetime | None
    late: bool


@page_of("kit/print.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPage:
    """The paper with a button; `ticket_number` is for reading out, `next_` leads to the next one."""

    path: str
    ticket_number: int
    paper: Markup
    done: str
    late: bool
    next_href: str
    next_label: str


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
