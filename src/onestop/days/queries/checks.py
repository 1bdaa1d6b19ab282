"""What stands in the way of publishing a day, and what an organiser should know before or after."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from onestop.days.capacity import wanted_capacity
from onestop.days.queries.capacity import capacity_of
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day, mediators_of_day
from onestop.days.queries.draws import draw_of
from onestop.days.queries.offer import DayOffer, day_offer, service_keys
from onestop.days.queries.own_lines import own_lines
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import capacity, invitations
from onestop.directory.organising import directory
from onestop.domain.booking import Interpreter
from onestop.domain.capacity import Bucket, CapacityKind
from onestop.domain.checklist import needs_review
from onestop.domain.day import DayState, Release
from onestop.domain.intervals import Interval
from onestop.domain.machine import Printer
from onestop.domain.order import circle_of
from onestop.domain.plan import WantedStop, offered_arrivals
from onestop.locale.languages import LANGUAGES, fallbacks
from onestop.locale.review import review_of

CLOSES_EARLY = timedelta(minutes=30)
Kind = Literal[
    "no_desk",
    "date_over",
    "no_arrival",
    "desk_idle",
    "desk_silent",
    "no_desk_for",
    "never_bookable",
    "no_need",
    "nobody_speaks",
    "not_needed",
    "no_pages",
    "closes_early",
    "outside",
    "no_invitation",
    "no_window",
    "no_mail",
    "no_contact",
    "overbooked",
    "papers_old",
    "papers_never",
    "order_circle",
    "no_words",
    "away",
    "no_longer",
    "draft_words",
    "no_start",
    "no_end",
    "language_hole",
    "leaves_early",
    "no_pass",
    "machine_silent",
    "printer",
    "no_officer",
    "no_reception",
    "no_guide",
    "session_outside",
    "few_seats",
]
STOPS: frozenset[Kind] = frozenset(
    {"no_desk", "date_over", "no_arrival", "desk_idle", "no_desk_for", "no_window", "order_circle", "no_words"}
)
"""A day with one of these cannot be published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found; the page makes a sentence of `kind` and what it is about."""

    kind: Kind
    desk: int | None = None
    institution: str = ""
    service: str = ""
    language: str = ""
    at: datetime | None = None
    minutes: int = 0
    on: date | None = None
    about: UUID | None = None
    """The service of `service`, where its page is the remedy; of a machine or mediator, itself; the institution."""
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    desks: tuple[int, ...] = ()
    hours: tuple[Interval, ...] = ()
    count: int = 0
    """Tickets that are expected, or booked for these hours; seats of sessions."""
    parties: int = 0
    """That can come at the arrival times of the day."""
    name: str = ""
    """Of a machine, or of a mediator."""
    printer: Printer | None = None

    @property
    def stops(self) -> bool:
        """Whether the day cannot be published with it."""
        return self.kind in STOPS


def check_day(conn: sa.Connection, day: Day, *, now: datetime, writes: bool = True) -> list[Finding]:
    """What the set-up alone tells, what stops first; a fixed number of statements.

    `writes`: mail with links can be sent. Who is booked and what is paired: `visits.queries.day_check`.
    """
    desks = desks_of_day(conn, day.id)
    mediators = mediators_of_day(conn, day.id)
    offer = day_offer(conn, day.id)
    found: list[Finding] = []
    if not desks:
        found.append(Finding(kind="no_desk"))
    if now >= day.closes_at:
        found.append(Finding(kind="date_over"))
    away = _away(desks) if day.state is DayState.PUBLISHED else []
    found += [
        Finding(kind="desk_idle", desk=desk.number, institution=desk.institution.name)
        for desk in desks
        if not desk.services or (not desk.openings and all(desk.institution.id != one.about for one in away))
    ]
    found += away
    if day.state is DayState.DRAFT:
        closed = {each.id for each in directory(conn) if each.closed}
        sitting = {desk.institution.id: desk.institution.name for desk in desks if desk.institution.id in closed}
        found += [Finding(kind="no_longer", institution=name, about=each) for each, name in sitting.items()]
    found += _unserved(conn, day, offer)
    if circle := circle_of(offer.precedences, {service.id for service in offer.services}):
        names = tuple(dict.fromkeys(service.key for service in offer.services if service.id in circle))
        found.append(Finding(kind="order_circle", services=names))
    found += _arrivals(conn, day, offer) if desks else []
    found += _unasked(offer)
    spoken = frozenset[str]().union(*(desk.languages for desk in desks), *(one.languages for one in mediators))
    found += [Finding(kind="desk_silent", desk=desk.number) for desk in desks if not desk.languages]
    found += [Finding(kind="nobody_speaks", language=each) for each in day.languages if each not in spoken]
    common = frozenset[str].intersection(*(desk.languages for desk in desks)) if desks else frozenset[str]()
    found += [
        Finding(kind="not_needed", name=one.label, about=one.id)
        for one in mediators
        if one.languages and one.languages <= common
    ]
    found += [Finding(kind="no_pages", language=each) for each in day.languages if each not in LANGUAGES]
    found += _words(conn, day)
    found += _buffers(day, desks)
    for desk in desks:
        closes = desk.closes_at
        if closes is not None and closes <= day.closes_at - CLOSES_EARLY:
            found.append(Finding(kind="closes_early", desk=desk.number, institution=desk.institution.name, at=closes))
        if any(start < day.opens_at or end > day.closes_at for start, end in desk.openings):
            found.append(Finding(kind="outside", desk=desk.number, institution=desk.institution.name))
    found += _sessions(conn, day, offer, desks)
    made = conn.execute(sa.select(invitations.c.id).where(invitations.c.day_id == day.id).limit(1)).scalar()
    if day.release is Release.INVITED and made is None:
        found.append(Finding(kind="no_invitation"))
    if day.release is Release.DRAW and day.state is DayState.DRAFT:
        draw = draw_of(conn, day.id)
        # The commitment must be public before the window opens (R16).
        found += [] if draw is not None and now < draw.opens_at else [Finding(kind="no_window")]
    if day.proves and not writes:
        found.append(Finding(kind="no_mail"))
    if not (day.phone or day.email):
        found.append(Finding(kind="no_contact"))
    found += _papers(offer, today=now.astimezone(day.zone).date())
    if day.state is DayState.PUBLISHED and (over := overbooked_minutes(conn, day)):
        found.append(Finding(kind="overbooked", minutes=over))
    return sorted(found, key=lambda each: not each.stops)


def overbooked_minutes(conn: sa.Connection, day: Day) -> int:
    """Minutes of desks and mediators that bookings have claimed and the set-up no longer has."""
    there = {(row.kind, row.key, row.bucket_at): row.total for row in wanted_capacity(conn, day)}
    return sum(
        max(0, row.used + row.used_reserve - there.get((row.kind, row.key, row.bucket_at), 0))
        for row in conn.execute(
            sa.select(capacity).where(
                capacity.c.day_id == day.id, capacity.c.kind.in_([CapacityKind.SERVICE, CapacityKind.MEDIATOR])
            )
        )
    )


def _sessions(conn: sa.Connection, day: Day, offer: DayOffer, desks: Sequence[DeskRow]) -> list[Finding]:
    """Sessions that will not be held, and too few seats for a service that everybody is offered."""
    sessions = sessions_of_day(conn, day.id)
    if not sessions:
        return []
    rows = wanted_capacity(conn, day)
    seats = {row.key: row.total for row in rows if row.kind is CapacityKind.SESSION}
    parties = sum(row.total for row in rows if row.kind is CapacityKind.ARRIVALS)
    numbers = {desk.id: desk.number for desk in desks}
    found = [
        Finding(kind="session_outside", desk=numbers[one.desk], at=one.starts_at)
        for one in sessions
        if str(one.id) not in seats
    ]
    for service in offer.services:
        theirs = [seats.get(str(one.id), 0) for one in sessions if one.service == service.id]
        if service.id in offer.always and theirs and sum(theirs) < parties:
            found.append(Finding(kind="few_seats", service=service.key, count=sum(theirs), parties=parties))
    return found


def _away(desks: Sequence[DeskRow]) -> list[Finding]:
    """Institutions that do not come: none of their desks has hours."""
    hours: dict[UUID, bool] = defaultdict(bool)
    for desk in desks:
        hours[desk.institution.id] |= bool(desk.openings)
    names = {desk.institution.id: desk.institution.name for desk in desks}
    return [Finding(kind="away", institution=names[each], about=each) for each, comes in hours.items() if not comes]


def _words(conn: sa.Connection, day: Day) -> list[Finding]:
    """Languages in which a visitor would read nothing, or what nobody has checked."""
    lines = own_lines(conn, day.id)
    nothing = [
        language
        for language in day.languages
        if lines and not any(lines.get(tag) for tag in fallbacks(language, working=day.working_language))
    ]
    drafts = tuple(language for language in day.languages if language in LANGUAGES and not review_of(language).checked)
    found = [Finding(kind="no_words", languages=tuple(nothing))] if nothing else []
    return [*found, *([Finding(kind="draft_words", languages=drafts)] if drafts else [])]


def _buffers(day: Day, desks: Sequence[DeskRow]) -> list[Finding]:
    """Whether every desk begins with the doors, or goes on until the day ends."""
    open_ones = [desk.openings for desk in desks if desk.openings]
    found: list[Finding] = []
    if open_ones and all(min(start for start, _ in hours) <= day.opens_at for hours in open_ones):
        found.append(Finding(kind="no_start", at=day.opens_at))
    if open_ones and all(max(end for _, end in hours) >= day.closes_at for hours in open_ones):
        found.append(Finding(kind="no_end", at=day.closes_at))
    return found


def _unserved(conn: sa.Connection, day: Day, offer: DayOffer) -> list[Finding]:
    """Services that an order or the whole day asks for and that no desk offers."""
    offered = {service.id for service in offer.services}
    asked = {service for pair in offer.precedences for service in pair if service is not None} | offer.always
    keys = service_keys(conn)
    return [
        Finding(kind="no_desk_for", service=keys[service].partition(":")[2])
        for service in sorted(asked - offered, key=lambda each: keys[each])
    ]


def _unasked(offer: DayOffer) -> list[Finding]:
    """Services that no need leads to: nobody who books alone can choose them."""
    led_to = offer.always.union(*(need.services for need in offer.needs))
    missed = tuple(dict.fromkeys(service.key for service in offer.services if service.id not in led_to))
    return [Finding(kind="no_need", services=missed)] if missed else []


def _papers(offer: DayOffer, *, today: date) -> list[Finding]:
    """Services whose papers somebody should check: those that never were together, the others each with the day."""
    old: list[Finding] = []
    never: list[str] = []
    for service in offer.services:
        dates = [paper.reviewed_on for paper in service.papers if needs_review(paper.reviewed_on, today=today)]
        known = [each for each in dates if each is not None]
        if len(known) < len(dates):
            never.append(service.key)
        elif known:
            old.append(Finding(kind="papers_old", service=service.key, about=service.id, on=min(known)))
    return [*old, *([Finding(kind="papers_never", services=tuple(dict.fromkeys(never)))] if never else [])]


def _arrivals(conn: sa.Connection, day: Day, offer: DayOffer) -> list[Finding]:
    """Whether each service alone can be booked at some arrival, were the day empty."""
    buckets: dict[tuple[str, str], list[Bucket]] = defaultdict(list)
    for nth, row in enumerate(sorted(wanted_capacity(conn, day), key=lambda row: row.bucket_at)):
        bucket = Bucket(
            id=UUID(int=nth), start=row.bucket_at, total=row.total, reserve=row.reserve, used=0, used_reserve=0
        )
        buckets[row.kind, row.key].append(bucket)
    room = capacity_of(conn, day, buckets)
    never = [
        service
        for service in offer.services
        if not offered_arrivals(
            room,
            stops=[WantedStop(service=service.id, members=frozenset({1}))],
            languages=(day.working_language,),
            interpreter=Interpreter.NONE,
            not_before=day.opens_at,
        )
    ]
    if len(never) == len(offer.services):
        return [Finding(kind="no_arrival")]
    return [Finding(kind="never_bookable", service=each.key, institution=each.institution.name) for each in never]
