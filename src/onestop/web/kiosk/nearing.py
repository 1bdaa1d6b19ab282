"""What the machine says of the time until a number is called: before the ticket is taken, on its screen and paper."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from onestop.days.queries.days import Day
from onestop.days.queries.offer import OfferedService
from onestop.db.session import Database
from onestop.domain.booking import Interpreter
from onestop.domain.errors import N_
from onestop.domain.estimate import estimate_newcomer
from onestop.domain.visit import StopState, VisitState
from onestop.visits.queries.api import TicketView
from onestop.visits.queries.ticket import outlook_of_day, ticket_state
from onestop.web.kit.estimates import about_first_call, estimates_of, from_to, window_of
from onestop.web.kit.locale import Locale, own_name
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.words import stop_title

WAIT = N_("Please wait. We call this number.")
SHOW_IT = N_("Please show this paper at the reception.")
CHANGES = N_("This time can change.")
IF_TAKEN = N_("If you take a ticket now, we call you about %(from)s to %(to)s.")


async def says_before(
    db: Database,
    locale: Locale,
    day: Day,
    services: Sequence[OfferedService],
    languages: tuple[str, ...],
    interpreter: Interpreter,
) -> str:
    """From when to when she would be called who takes a ticket for these now; empty where nobody can say."""
    if not services or day.paused:
        return ""
    now = db.now()
    outlook = await db.read(outlook_of_day, day.id, now=now)
    talks = {service.id: float(service.minutes) for service in services}
    # Some milliseconds of a core, off the event loop.
    found = await asyncio.to_thread(estimate_newcomer, outlook, talks, languages, interpreter, now)
    return locale.say(IF_TAKEN, from_to(locale, window_of(found, now, now), day.timezone)) if found else ""


async def says_next(request: WebRequest, db: Database, locale: Locale, party: UUID) -> str:
    """That she waits here, and from when to when she is called, wherever her own page on a phone tells a time."""
    ticket = await db.read(ticket_state, party)
    if ticket.visit is None or ticket.visit.state is not VisitState.OPEN:
        return locale.gettext(WAIT)
    # A ticket just given is not in estimates that are older than it.
    outlooks = await estimates_of(request.app.state).of_day(db, ticket.day.id, since=ticket.visit.checked_in_at)
    when = about_first_call(locale, ticket, outlooks, db.now())
    return " ".join((locale.gettext(WAIT), when, locale.gettext(CHANGES))) if when else locale.gettext(WAIT)


def steps_of(locale: Locale, view: TicketView) -> tuple[str, ...]:
    """Where she goes, a private talk as a talk at the centre."""
    stops = [stop for stop in view.stops if stop.state not in (StopState.DROPPED, StopState.DECLINED)]
    return tuple(stop_title(locale, stop.service_key, private=stop.private) for stop in stops)


def interpreter_of(locale: Locale, view: TicketView) -> str:
    """The languages of an interpreter who is needed, empty for none."""
    if view.interpreter != Interpreter.NEEDED:
        return ""
    return locale.list_and([own_name(tag) for tag in view.languages])
