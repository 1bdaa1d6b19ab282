"""One ticket holder: her page, with everything that can be done for her now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.booking.queries import carried_to
from onestop.booking.tickets import ticket_again
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.session import Database
from onestop.domain.calling import NEED_POINTS
from onestop.domain.checklist import Coming
from onestop.domain.day import DayState
from onestop.domain.errors import N_, MoveRefused, Refusal, StopMoved, VisitOver
from onestop.domain.operational import MARKED, OperationalNeed
from onestop.domain.party import may_go_apart
from onestop.domain.ticket import spell_short_code, waiting_short_code
from onestop.domain.visit import LATE_GRACE, Outcome, StopState, VisitReason, VisitState
from onestop.visits.queries.carrying import days_to_carry_to
from onestop.visits.queries.people import Standing
from onestop.visits.queries.visitor import Visitor, visitor
from onestop.web.kit.door_words import LEAVE_REASONS
from onestop.web.kit.forms import new_key
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.looks import looked
from onestop.web.kit.outcomes import OUTCOME_MEANINGS, OUTCOME_WORDS
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.papers import PaperLine, paper_lines
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page
from onestop.web.kit.staff_door import is_on, is_over
from onestop.web.kit.wish_form import ServiceLine, service_lines
from onestop.web.kit.words import isolated, service_title
from onestop.web.reception.frame import Titles, covers, day_and_actor, frame, party_path, today_instead
from onestop.web.reception.tell import tell

Situation = Literal["", "due", "early", "late", "other_day", "over", "cancelled", "missed"]
EARLY = timedelta(minutes=30)
NEXT_DAYS = 3
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
CALLED_NOW = N_("She is called to desk %(desk)s. Send her there, or ask the desk.")
AT_DESK_NOW = N_("She is at desk %(desk)s. This is possible once the talk there has ended.")
NOT_INSIDE = N_("She has no visit that goes on now.")
CHANGED = N_("Something has changed in the meantime. This is how it is now.")
INSIDE = (Standing.HERE, Standing.OUT, Standing.CALLED)
DONE: dict[str, str] = {
    "checked-in": N_("Checked in. Waits now."),
    "check-in-undone": N_("The check-in is taken back."),
    "need": N_("The need is marked. The mark is gone at midnight."),
    "need-end": N_("The mark is taken away."),
    "papers-seen": N_("The papers are ticked."),
    "paper-missing": N_("Noted. She can bring the paper today. If she goes to fetch it, press She steps out."),
    "not-ready": N_("Her place is kept. She is called again in a few minutes."),
    "out": N_("She is out. Nobody calls her. Her place is kept."),
    "back": N_("She is back and waits again."),
    "left": N_("The visit has ended."),
    "again": N_("She is here again and waits. Her place is kept."),
    "sent": N_("She waits for the first free desk now. Her place is kept."),
    "corrected": N_("The outcome is corrected."),
    "own": N_("A ticket for this person alone. Print it or write down number and code."),
    "who": N_("Saved. The number and her place stay."),
    "named": N_("The name is corrected."),
    "cancelled": N_("The booking is cancelled. The time is free again."),
    "moved": N_("The booking has a new time. Please tell her."),
    "booked": N_("Booked. Please read out the number and the code."),
    "dropped": N_("The stop is taken off. The others stay."),
    "accepted": N_("The stop is accepted. She waits for it."),
    "declined": N_("The stop is declined."),
    "brought-back": N_("She waits for this stop again. Her place is kept."),
    "added": N_("The stop is added."),
    "undone": N_("The last step is taken back."),
    "carried": N_("The open stops go on at another day. Please tell her when."),
}
SENT_TO = N_("She waits for desk %(desk)s now. Her place is kept.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """Where what she could not finish goes on; without a time she is on the waiting list there."""

    day: Day
    at: datetime | None
    number: int | None
    short_code: str
    path: str
    """Her page there, empty for one who does not work at that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTo:
    """Where a waiting stop can wait instead, inside its institution; without a desk whichever is free first."""

    value: str
    title: str
    number: int | None = None


@page_of("reception/party.html", scans=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPage:
    """Everything reception does for one ticket."""

    day: Day
    now: datetime
    path: str
    visitor: Visitor
    titles: Titles
    situation: Situation
    off_minutes: int
    """How early or late she is."""
    runs: bool
    """Whether this day is on now."""
    today: Day | None
    """The day that is on now, if this ticket is for another one."""
    to_add: tuple[ServiceLine, ...]
    reasons: tuple[tuple[VisitReason, str, str], ...]
    """Why she leaves, and when that is said."""
    papers: Mapping[UUID, tuple[PaperLine, ...]]
    """By stop, what reception can look at now; a stop without papers and a private one are not there."""
    send_to: Mapping[UUID, tuple[SendTo, ...]]
    """By stop that waits; a private one stays where it is."""
    desk_numbers: Mapping[UUID, int]
    outcomes: Mapping[Outcome, str]
    outcome_meanings: Mapping[Outcome, str]
    may_part: bool
    """Whether one of them can have a ticket of her own."""
    needs: tuple[tuple[OperationalNeed, str], ...]
    """The public list of operational needs."""
    marked: tuple[str, ...]
    """Those of the list that are marked for her."""
    need_minutes: int
    """What a need counts for in the order of calls."""
    next_days: tuple[Day, ...]
    """Days where her open stops can go on."""
    goes_on: GoesOn | None
    short_code: str
    """Only to be read out right after booking."""
    done: str
    tell: tuple[str, ...]
    """What she is told after check-in, line by line."""
    name: str
    name_error: str
    refused: str
    """Why the last press did nothing."""
    live: str
    """The address of what is fetched again, with the same key, so that it differs only in what changed."""
    key: str


@get("/reception/{slug:str}/parties/{party:uuid}")
async def show_party(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Her page; that it was opened is noted."""
    day, _ = await day_and_actor(request, db, slug)
    shown = await show(request, db, day, party, ticket_key)
    await looked(request, db, "VisitorLookedUp", day.id, party=party)
    return shown


@get("/reception/{slug:str}/parties/{party:uuid}/now")
async def show_party_now(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """What is known and can be done now, alone, for the live page."""
    day, _ = await day_and_actor(request, db, slug)
    return await show(request, db, day, party, ticket_key, block="party")


async def show(
    request: WebRequest,
    db: Database,
    day: Day,
    party: UUID,
    ticket_key: bytes,
    *,
    name: str | None = None,
    name_error: str = "",
    refusal: Refusal | None = None,
    block: str | None = None,
) -> Response[Any]:
    """Her page as it is now; with a `refusal` it says why the press did nothing."""
    now, locale = db.now(), locale_of(request)
    known = await db.read(visitor, day.id, party, now=now)
    offer, desks = await db.read(day_offer, day.id), await db.read(desks_of_day, day.id)
    did = request.query_params.get("did", "")
    situation = situation_of(known, day, now)
    code = (await db.read(ticket_again, party=party, key=ticket_key)).short if did in ("booked", "own") else ""
    sent = request.query_params.get("key", "")
    key = sent if block is not None and _KEY.fullmatch(sent) else new_key()
    booked_at, papers = known.person.booked_at or now, _papers(locale, known, day)
    context = PartyPage(
        day=day,
        now=now,
        path=party_path(day, party),
        visitor=known,
        titles=Titles(locale),
        situation=situation,
        off_minutes=abs(int((booked_at - now).total_seconds())) // 60,
        runs=is_on(day, now) and day.state is DayState.PUBLISHED,
        today=(day if is_on(day, now) else today_instead(request))
        if situation in ("other_day", "over", "missed", "cancelled")
        else None,
        to_add=service_lines(
            offer,
            [one.id for one in offer.services if one.id not in known.services_open],
            checked=(),
            late=frozenset(),
            locale=locale,
        ),
        reasons=LEAVE_REASONS,
        papers=papers,
        send_to=send_targets(locale, known, offer, desks, now),
        desk_numbers={desk.id: desk.number for desk in desks},
        outcomes=OUTCOME_WORDS,
        outcome_meanings=OUTCOME_MEANINGS,
        may_part=bool(may_go_apart(known.members)),
        needs=tuple((need, locale.gettext(label)) for need, label in MARKED.items()),
        marked=tuple(locale.gettext(label) for need, label in MARKED.items() if need in known.needs),
        need_minutes=NEED_POINTS,
        next_days=await next_days(db, day) if known.person.standing in INSIDE else (),
        goes_on=await _goes_on(request, db, party, ticket_key)
        if known.person.standing is Standing.CARRIED_OVER
        else None,
        short_code=spell_short_code(code) if code else "",
        done=_done(request, did, papers, known, desks),
        tell=await tell(request, db, day, known, fresh=bool(did)),
        name=known.person.name if name is None else name,
        name_error=name_error,
        refused=why_not(locale, refusal, known) if refusal is not None else "",
        live=f"{party_path(day, party)}/now?key={key}" + (f"&did={did}" if code else ""),
        key=key,
    )
    status = refusal.status if refusal is not None else 422 if name_error else 200
    return page(request, context, block=block, status=status, **frame(request, day))


def why_not(locale: Locale, refusal: Refusal, known: Visitor) -> str:
    """A rule's refusal in a sentence about her, for whoever stands at reception."""
    desk = {"desk": known.person.desk.number} if known.person.desk is not None else None
    if not isinstance(refusal, MoveRefused | StopMoved | VisitOver):
        return locale.say(refusal.sentence, refusal.params)
    if known.person.standing is Standing.CALLED and desk is not None:
        return locale.say(CALLED_NOW, desk)
    if known.person.standing is Standing.SERVING and desk is not None:
        return locale.say(AT_DESK_NOW, desk)
    return locale.gettext(CHANGED if known.visit_state is VisitState.OPEN else NOT_INSIDE)


def _done(
    request: WebRequest,
    did: str,
    papers: Mapping[UUID, tuple[PaperLine, ...]],
    known: Visitor,
    desks: Sequence[DeskRow],
) -> str:
    """What has just been done; a paper is named, and the desk where a stop waits now."""
    if did not in DONE or request.method != "GET":
        return ""
    key, locale = request.query_params.get("paper", ""), locale_of(request)
    named = next((line.text for lines in papers.values() for line in lines if line.key == key), "")
    if did == "papers-seen" and named:
        return locale.say(N_("Seen: %(paper)s."), {"paper": isolated(named)})
    if did == "sent":
        stop = next((one for one in known.stops if str(one.id) == request.query_params.get("stop", "")), None)
        number = next((desk.number for desk in desks if stop is not None and desk.id == stop.only_desk), None)
        if number is not None:
            return locale.say(SENT_TO, {"desk": number})
    return locale.gettext(DONE[did])


def _papers(locale: Locale, known: Visitor, day: Day) -> dict[UUID, tuple[PaperLine, ...]]:
    coming = Coming(adults=known.person.people - known.children, children=known.children)
    found = {
        stop.id: paper_lines(locale, stop.papers, coming=coming, said=known.answers, working=day.working_language)
        for stop in known.stops
    }
    return {stop: lines for stop, lines in found.items() if lines}


def send_targets(
    locale: Locale, known: Visitor, offer: DayOffer, desks: Sequence[DeskRow], now: datetime
) -> dict[UUID, tuple[SendTo, ...]]:
    """Other desks and services of the institution that a waiting stop is for; a stop with none is not there."""
    here = [desk for desk in desks if desk.is_expected(now)]
    found: dict[UUID, tuple[SendTo, ...]] = {}
    for stop in known.stops:
        if stop.state not in (StopState.WAITING, StopState.PARKED) or stop.service is None:
            continue
        places: list[SendTo] = []
        for service in offer.services:
            at = [desk for desk in here if service.id in desk.services]
            own = service.id == stop.service
            if (
                service.institution.id != stop.institution_id
                or not at
                or (service.id in known.services_open and not own)
            ):
                continue
            title = service_title(locale, service.key)
            if not own or stop.only_desk is not None or stop.state is StopState.PARKED:
                places.append(SendTo(value=str(service.id), title=title))
            if len(at) > 1:
                places.extend(
                    SendTo(value=f"{service.id}.{desk.id}", title=title, number=desk.number)
                    for desk in at
                    if not own or desk.id != stop.only_desk
                )
        if places:
            found[stop.id] = tuple(places)
    return found


async def next_days(db: Database, day: Day) -> tuple[Day, ...]:
    """The days that come next."""
    return (await db.read(days_to_carry_to, day, now=db.now()))[:NEXT_DAYS]


async def _goes_on(request: WebRequest, db: Database, party: UUID, key: bytes) -> GoesOn | None:
    to = await db.read(carried_to, party)
    if to is None:
        return None
    day = await db.read(day_by_id, to.day)
    _, someone = await day_and_actor(request, db, request.path_params["slug"])
    if to.number is None:
        short = waiting_short_code(key, day=day.id, party=to.party)
    else:
        short = (await db.read(ticket_again, party=to.party, key=key)).short
    path = party_path(day, to.party) if to.number is not None and covers(someone, day.id) else ""
    return GoesOn(day=day, at=to.arrival_at, number=to.number, short_code=spell_short_code(short), path=path)


def situation_of(known: Visitor, day: Day, now: datetime) -> Situation:
    """What reception is told first about somebody who is not inside."""
    standing, booked_at = known.person.standing, known.person.booked_at
    if standing is Standing.CANCELLED:
        return "cancelled"
    if standing is Standing.MISSED:
        return "missed"
    if standing is not Standing.BOOKED or booked_at is None:
        return ""
    if is_over(day, now):
        return "over"
    if not is_on(day, now):
        return "other_day"
    if now > booked_at + LATE_GRACE:
        return "late"
    return "early" if now < booked_at - EARLY else "due"


route_handlers: list[Any] = [show_party, show_party_now]
