"""What a ticket says in one or two sentences, and its plan as lines, in the reader's language.

A private stop is told as a talk at the centre, with no institution, no paper and no desk until it is called (R19).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.errors import N_
from onestop.domain.visit import AT_DESK, BlockedBy, StopState, VisitState
from onestop.visits.queries.ticket import DeskSign, TicketState, TicketStop
from onestop.web.kit.estimates import Window, about, next_stop
from onestop.web.kit.goers import who_goes
from onestop.web.kit.locale import Locale
from onestop.web.kit.papers import coming_of, paper_lines
from onestop.web.kit.parts import DeskMark, PlanLine, PlanMark
from onestop.web.kit.words import stop_title

AHEAD = frozenset({StopState.WAITING, StopState.PARKED, StopState.BLOCKED, StopState.PLANNED})
GONE = frozenset({StopState.DROPPED, StopState.DECLINED, StopState.CARRIED_OVER, StopState.MISSED})
ORDER = {StopState.FINISHED: 0, StopState.SERVING: 1, StopState.CALLED: 1}

DONE_OF = N_("%(done)s of %(total)s done.")
PAUSED = N_("The whole day has a pause now. Nobody is called. Your place is kept.")
OUT = N_("You stepped out. Your place is kept. Press the button when you are here again.")
YOUR_TURN = N_("It is your turn. Please go to desk %(desk)s now.")
TO_SESSION = N_("Your session begins now. Please go to desk %(desk)s.")
NO_SEAT = N_("%(stop)s: no seat is left today. Please ask at the reception.")
AT_THE_DESK = N_("You are at desk %(desk)s now.")
ANSWER = N_("There is a new step for you. Please say yes or no below.")
NOT_SEEN = N_("We called you. Please tell us at the reception that you are here.")
PUT_OFF = N_("Your place is kept. You will be called again.")
PAPER = N_("A paper is missing: %(stop)s. You can bring it today. Show it at the reception.")
MISSING = N_("Missing: %(papers)s. Bring it today and show it at the reception.")
SAME_DESK = N_("Please wait. The same desk will call you again.")
WAIT = N_("Please wait. We will call your number.")
NEXT = N_("Next: %(stop)s.")
BEGINS = N_("Begins at %(time)s.")
STOP_AT = N_("%(stop)s: %(time)s")
STOP_AT_DESK = N_("%(stop)s: %(time)s, desk %(desk)s")
STOP_BEGINS = N_("%(stop)s begins at %(time)s.")
DESK = N_("Desk %(desk)s.")
COMPLETED = N_("You are done for today. Thank you for coming.")
LEFT = N_("Your visit has ended.")
CARRIED = N_("Your other steps move to another day. Your place is kept.")
CANCELLED = N_("This booking is cancelled. The centre knows it.")
OVER = N_("This day is over.")
CALLED_OFF = N_("This day will not take place.")
COME = N_("Please come on %(date)s at %(time)s.")
COME_TODAY = N_("Please come today at %(time)s.")
SHOW = N_("Show this page at the ticket machine or at the reception.")
OUT_BY = N_("You will be done at about %(time)s.")


def title_of(locale: Locale, stop: TicketStop) -> str:
    """What a stop is called on the ticket."""
    return stop_title(locale, stop.service, private=stop.private)


def with_session(locale: Locale, ticket: TicketState, stop: TicketStop) -> str:
    """The same, of a session with its time and, unless it is private, its desk."""
    if stop.session_at is None:
        return title_of(locale, stop)
    said: dict[str, str | int] = {
        "stop": title_of(locale, stop),
        "time": locale.time(stop.session_at, ticket.day.timezone),
    }
    if not stop.desks:
        return locale.say(STOP_AT, said)
    return locale.say(STOP_AT_DESK, {**said, "desk": stop.desks[0].number})


def called_stop(ticket: TicketState) -> TicketStop | None:
    """The stop she is called to just now."""
    return next((stop for stop in ticket.stops if stop.state is StopState.CALLED and _is_open(ticket)), None)


def called_session(ticket: TicketState) -> TicketStop | None:
    """The stop whose session she is called to just now, unless a desk has her."""
    if not _is_open(ticket) or ticket.day.paused or any(stop.state in AT_DESK for stop in ticket.stops):
        return None
    return next((stop for stop in ticket.stops if stop.called_to_session), None)


def next_step(locale: Locale, ticket: TicketState, by_stop: dict[UUID, Window], now: datetime) -> str:
    """What happens now, in one or a few short sentences."""
    return " ".join(_sentences(locale, ticket, by_stop, now))


def _sentences(locale: Locale, ticket: TicketState, by_stop: dict[UUID, Window], now: datetime) -> Iterable[str]:
    if ticket.visit is None:
        yield from _before_the_visit(locale, ticket, now)
    elif ticket.visit.state is VisitState.OPEN:
        yield from _in_the_hall(locale, ticket, by_stop, now)
    else:
        ends = {VisitState.COMPLETED: COMPLETED, VisitState.CARRIED_OVER: CARRIED}
        yield locale.gettext(ends.get(ticket.visit.state, LEFT))


def _before_the_visit(locale: Locale, ticket: TicketState, now: datetime) -> Iterable[str]:
    day, booking = ticket.day, ticket.booking
    if day.state is DayState.CANCELLED:
        yield locale.gettext(CALLED_OFF)
    elif booking is not None and booking.state is BookingState.CANCELLED:
        yield locale.gettext(CANCELLED)
    elif booking is None or booking.state is not BookingState.CONFIRMED or now >= day.closes_at:
        yield locale.gettext(OVER)
    else:
        time = locale.told_time(booking.arrival_at, day.timezone)
        if now.astimezone(day.zone).date() == booking.arrival_at.astimezone(day.zone).date():
            yield locale.say(COME_TODAY, {"time": time})
            yield locale.gettext(SHOW)
        else:
            yield locale.say(COME, {"date": locale.local_date(booking.arrival_at, day.timezone), "time": time})
        yield locale.say(OUT_BY, {"time": locale.about(booking.ends_at, day.timezone)})


def _in_the_hall(locale: Locale, ticket: TicketState, by_stop: dict[UUID, Window], now: datetime) -> Iterable[str]:
    at_desk = next((stop for stop in ticket.stops if stop.state in AT_DESK and stop.desk is not None), None)
    if at_desk is not None and at_desk.desk is not None:
        said = YOUR_TURN if at_desk.state is StopState.CALLED else AT_THE_DESK
        yield locale.say(said, {"desk": at_desk.desk.number})
        return
    session = called_session(ticket)
    if session is not None and session.desk is not None:
        yield locale.say(TO_SESSION, {"desk": session.desk.number})
        return
    if ticket.day.paused:
        yield locale.gettext(PAUSED)
        if ticket.day.paused_why:
            yield locale.say(ticket.day.paused_why, {})
        return
    if ticket.visit is not None and ticket.visit.stepped_out:
        yield locale.gettext(OUT)
        return
    if any(stop.not_seen_until is not None and stop.not_seen_until > now for stop in ticket.stops):
        yield locale.gettext(NOT_SEEN)
    if any(stop.put_off_until is not None and stop.put_off_until > now for stop in ticket.stops):
        yield locale.gettext(PUT_OFF)
    for stop in ticket.stops:
        if stop.without_session:
            yield locale.say(NO_SEAT, {"stop": title_of(locale, stop)})
    counted = [stop for stop in ticket.stops if stop.state not in GONE and stop.state is not StopState.PROPOSED]
    if done := sum(stop.state is StopState.FINISHED for stop in counted):
        yield locale.say(DONE_OF, {"done": done, "total": len(counted)})
    stop = next_stop(ticket, by_stop)
    if stop is not None:
        yield from _next(locale, ticket, stop, by_stop[stop.id])
        yield from _papers(locale, ticket)
        return
    states = {stop.state for stop in ticket.stops if stop.session_at is None and not stop.without_session}
    held = min(
        (stop for stop in ticket.stops if stop.session_at is not None and stop.state is StopState.WAITING),
        key=lambda stop: stop.session_at or now,
        default=None,
    )
    if held is not None and held.session_at is not None:
        time = locale.time(held.session_at, ticket.day.timezone)
        yield locale.say(STOP_BEGINS, {"stop": title_of(locale, held), "time": time})
    if StopState.WAITING in states:
        yield locale.gettext(WAIT)
    elif StopState.PARKED in states:
        yield locale.gettext(SAME_DESK)
    elif StopState.PROPOSED in states:
        yield locale.gettext(ANSWER)
    elif held is None and not _without_paper(ticket) and not any(stop.without_session for stop in ticket.stops):
        yield locale.gettext(WAIT)
    yield from _papers(locale, ticket)


def _without_paper(ticket: TicketState) -> list[TicketStop]:
    return [stop for stop in ticket.stops if stop.blocked_by is BlockedBy.PAPERS]


def _papers(locale: Locale, ticket: TicketState) -> Iterable[str]:
    """Which steps wait for a paper; which paper it is stands with the step."""
    if waits := _without_paper(ticket):
        yield locale.say(PAPER, {"stop": locale.list_and([title_of(locale, stop) for stop in waits])})


def _next(locale: Locale, ticket: TicketState, stop: TicketStop, window: Window) -> Iterable[str]:
    zone = ticket.day.timezone
    yield locale.say(NEXT, {"stop": title_of(locale, stop)})
    if len(stop.desks) == 1:
        yield locale.say(DESK, {"desk": stop.desks[0].number})
    yield about(locale, window, zone)
    if window.before:
        yield (
            locale.ngettext("One person is before you.", "%(num)s people are before you.", window.before)
            % {"num": window.before}
        )


# -- the plan ------------------------------------------------------------------------------------------------


def plan_lines(locale: Locale, ticket: TicketState, by_stop: dict[UUID, Window]) -> tuple[PlanLine, ...]:
    """Every step: done ones first, then now, next and later, at last what was taken off; proposals stand elsewhere."""
    following = next_stop(ticket, by_stop)
    shown = [stop for stop in ticket.stops if stop.state not in (StopState.PROPOSED, StopState.DECLINED)]

    def place(stop: TicketStop) -> tuple[int, float]:
        if stop.state in GONE:
            return 9, 0.0
        window = by_stop.get(stop.id)
        begins_at = window.begins_at if window is not None else stop.session_at if by_stop else None
        return ORDER.get(stop.state, 2), begins_at.timestamp() if begins_at is not None else float("inf")

    return tuple(_line(locale, ticket, stop, following, by_stop.get(stop.id)) for stop in sorted(shown, key=place))


def _line(
    locale: Locale, ticket: TicketState, stop: TicketStop, following: TicketStop | None, window: Window | None
) -> PlanLine:
    shows_times = window is not None and stop.state is StopState.WAITING and not ticket.day.paused
    return PlanLine(
        mark=_mark(stop, following),
        label=title_of(locale, stop),
        begins_at=window.begins_at if window is not None and shows_times else None,
        ends_at=window.ends_at if window is not None and shows_times else None,
        desk=_desk(stop),
        people=who_goes(locale, ticket.members, stop.members) if stop.state not in GONE else "",
        note=" · ".join(_notes(locale, ticket, stop)),
    )


def _mark(stop: TicketStop, following: TicketStop | None) -> PlanMark:
    if stop.state is StopState.FINISHED:
        return "done"
    if stop.state in AT_DESK:
        return "now"
    if stop.state in GONE:
        return "dropped"
    return "next" if following is not None and stop.id == following.id else "later"


def missing_papers(locale: Locale, ticket: TicketState, stop: TicketStop) -> str:
    """What a step that waits for a paper waits for, as a sentence; empty for every other one."""
    if stop.blocked_by is not BlockedBy.PAPERS:
        return ""
    lines = paper_lines(
        locale,
        stop.papers,
        coming=coming_of(ticket.members),
        said=ticket.answers,
        working=ticket.day.working_language,
    )
    texts = [line.text for line in lines if line.key in stop.missing and line.blocking]
    return locale.say(MISSING, {"papers": "; ".join(texts)})


def _notes(locale: Locale, ticket: TicketState, stop: TicketStop) -> Iterable[str]:
    if stop.institution:
        yield stop.institution
    if stop.session_at is not None and stop.state in AHEAD:
        yield locale.say(BEGINS, {"time": locale.time(stop.session_at, ticket.day.timezone)})
    if missing := missing_papers(locale, ticket, stop):
        yield missing
    if stop.state is StopState.MISSED:
        yield locale.gettext(NOT_SEEN)
    elif stop.state is StopState.CARRIED_OVER:
        yield locale.gettext(N_("This step moves to another day."))
    if stop.state in AHEAD:
        for before in stop.dropped_before:
            said = N_("You took off the step before it (%(stop)s). This step does not wait for it.")
            yield locale.say(said, {"stop": title_of(locale, before)})


def _desk(stop: TicketStop) -> DeskMark | None:
    if stop.desk is not None:
        return mark_of(stop.desk)
    return mark_of(stop.desks[0]) if stop.state in AHEAD and len(stop.desks) == 1 else None


def mark_of(sign: DeskSign) -> DeskMark:
    """A desk as the components draw it."""
    return DeskMark(number=sign.number, colour=sign.colour, shape=sign.shape)


def _is_open(ticket: TicketState) -> bool:
    return ticket.visit is not None and ticket.visit.state is VisitState.OPEN
