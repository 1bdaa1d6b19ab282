"""What became of the messages of a day: sent, waiting, in trouble with the remedy, and the button that tries again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.domain.errors import N_
from onestop.domain.letters import Cause
from onestop.notify.actions import try_again
from onestop.notify.kinds import KINDS
from onestop.notify.letters import Letter, Letters, letters_of_day
from onestop.notify.reactor import mail_host
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, path_of
from onestop.web.organise.reading import read_id

SAYS: Mapping[Cause, tuple[str, str]] = {
    Cause.NO_ADDRESS: (
        N_("The address does not exist."),
        N_("Please ask her for the right one, or tell her yourself."),
    ),
    Cause.FULL: (N_("Her mailbox is full."), N_("Please try again later, or tell her yourself.")),
    Cause.SPELLING: (N_("The mail server cannot write to this address."), N_("Please tell her yourself.")),
    Cause.CONTENT: (
        N_("The mail server refused the message as unwanted."),
        N_("Ask the person who runs the server to check the sender address."),
    ),
    Cause.SENDER: (
        N_("The mail server refuses us."),
        N_("Ask the person who runs the server to check the name, the password and the sender address."),
    ),
    Cause.BUSY: (N_("The server put the message off."), N_("It is tried again by itself for a day.")),
    Cause.LINE: (N_("The line to the server broke."), N_("It is tried again by itself for a day.")),
    Cause.LATE: (N_("It could not be sent in time."), N_("If it matters still, please tell her yourself.")),
    Cause.BOUNCED: (N_("It came back from her mail server."), N_("Please ask her for another address.")),
    Cause.PROGRAM: (
        N_("The message could not be written."),
        N_("Ask the person who runs the server. The log says more."),
    ),
    Cause.PHONE: (
        N_("The gateway refused the telephone number."),
        N_("Please ask her for the right one, or tell her yourself."),
    ),
    Cause.GATEWAY: (
        N_("The gateway for text messages refuses us."),
        N_("Ask the person who runs the server to check its address and secret."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A message in trouble, in words."""

    letter: Letter
    kind: str
    since: str
    says: str
    remedy: str


@page_of("organise/messages.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesPage:
    """Figures and troubles; by ticket number, because nobody here needs the addresses."""

    day: Day
    letters: Letters
    troubles: tuple[Trouble, ...]
    unreachable_since: str
    some_again: bool
    done: bool
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/messages")
async def show_messages(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """How the messages of the day stand."""
    found, _ = await enter(request, db, day)
    letters = await db.read(letters_of_day, found.id, now=db.now(), closes_at=found.closes_at)
    locale = locale_of(request)
    context = MessagesPage(
        day=found,
        letters=letters,
        troubles=tuple(_trouble(letter, locale, found) for letter in letters.troubled),
        unreachable_since=_moment(letters.unreachable_since, locale, found),
        some_again=any(letter.again for letter in letters.troubled),
        done=request.query_params.get("done") == "again",
    )
    return page(request, context, **day_frame(request, found))


@post("/organise/{day:str}/messages/again")
async def send_again(request: WebRequest, db: Db, settings: Conf, day: FromPath[str]) -> Response[Any]:
    """Try one message again, or all that were given up; what is of no use any more stays as it is."""
    found, someone = await enter(request, db, day)
    one = (await read_form(request)).text("message", 40)
    path = await submit_once(
        request,
        f"organise.messages.{found.id}",
        try_again,
        found.id,
        read_id(one) if one else None,
        host=mail_host(settings),
        actor=someone,
        now=db.now(),
        day=found.id,
        to=lambda revived: path_of(found, "/messages?done=again" if revived else "/messages"),
    )
    return see_other(path)


def _moment(at: datetime | None, locale: Locale, day: Day) -> str:
    """Date and hour at the venue; a message can be in trouble for weeks."""
    return "" if at is None else f"{locale.short_date(at.astimezone(day.zone).date())} {locale.time(at, day.timezone)}"


def _trouble(letter: Letter, locale: Locale, day: Day) -> Trouble:
    says, remedy = SAYS[letter.cause]
    return Trouble(
        letter=letter,
        kind=locale.gettext(KINDS[letter.kind].label),
        since=_moment(letter.since, locale, day),
        says=locale.gettext(says),
        remedy=locale.gettext(remedy),
    )


route_handlers: list[Any] = [show_messages, send_again]
