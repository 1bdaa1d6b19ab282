"""Days, what they offer, arrivals that still have a plan; for organisers the overview and the ledger."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from onestop.booking.queries import arrivals
from onestop.days.queries.days import Day, published_days
from onestop.days.queries.offer import DayOffer, day_offer, day_offers
from onestop.directory.words import words_of_need, words_of_paper
from onestop.domain.booking import Interpreter
from onestop.domain.party import PARTY_LIMIT
from onestop.domain.plan import NominalPlan
from onestop.domain.roles import Role
from onestop.reports.figures_of_day import DayFigures
from onestop.reports.statistics import day_figures
from onestop.visits.queries.api_day import day_overview, facts_after
from onestop.web.api.access import day_for, open_day, reads
from onestop.web.api.answers import After, Limit, Term, paged
from onestop.web.api.wishes import Wanted, language_list, wish_of
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.words import service_title


class VenueShown(Struct, kw_only=True):
    """Where the day takes place."""

    name: str
    address: str


class PaperShown(Struct, kw_only=True):
    """A paper to bring; without a blocking one the service cannot be given."""

    key: str
    text: str
    blocking: bool
    condition: str
    """Only who fulfils it is asked: `children`, `several`, an answer `question:answer`; empty: everybody."""


class InstitutionShown(Struct, kw_only=True):
    """Who gives the service; `authority` is none, state or police and is to be marked before she accepts."""

    key: str
    name: str
    authority: str


class ServiceShown(Struct, kw_only=True):
    """A service that can be accepted, by id or, where it is the only one, by key."""

    id: UUID
    key: str
    title: str
    institution: InstitutionShown
    minutes: int
    private: bool
    papers: list[PaperShown]


class NeedShown(Struct, kw_only=True):
    """What a visitor says, and the services it asks for."""

    key: str
    says: str
    services: list[UUID]


class DayShown(Struct, kw_only=True):
    """A day with what it offers; its id is its name in the address."""

    id: str
    name: str
    on: date
    opens_at: datetime
    closes_at: datetime
    zone: str
    venue: VenueShown
    state: str
    release: str
    languages: list[str]
    working_language: str
    slot_minutes: int
    services: list[ServiceShown]
    needs: list[NeedShown]


class DayList(Struct, kw_only=True):
    """A page of days."""

    items: list[DayShown]
    next: int | None


class PlannedStop(Struct, kw_only=True):
    """A stop of a plan."""

    service: UUID
    planned_at: datetime
    minutes: int


class Arrival(Struct, kw_only=True):
    """An arrival time with its complete plan; `best` for the few that keep the day short, if there are many."""

    arrival: datetime
    ends_at: datetime
    no_interpreter: bool
    best: bool
    stops: list[PlannedStop]


class Arrivals(Struct, kw_only=True):
    """A page of arrivals; without `interpreter_possible` nobody at the day speaks a language of the party."""

    items: list[Arrival]
    interpreter_possible: bool
    next: int | None


class DeskLine(Struct, kw_only=True):
    """A desk with the number that is there now."""

    desk: UUID
    number: int
    state: str
    ready: bool
    at_desk: int | None
    stop_state: str | None


class Overview(Struct, kw_only=True):
    """The day in counts by state; `waiting` counts waiting stops by service, private ones left out."""

    bookings: dict[str, int]
    visits: dict[str, int]
    stops: dict[str, int]
    waiting: dict[str, int]
    desks: list[DeskLine]


class LedgerLine(Struct, kw_only=True):
    """One fact: ids, codes and numeric terms only."""

    id: int
    kind: str
    at: datetime
    party: UUID | None
    visit: UUID | None
    stop: UUID | None
    desk: UUID | None
    mediator: UUID | None
    actor: str
    terms: dict[str, Term]


class Ledger(Struct, kw_only=True):
    """A page of facts."""

    items: list[LedgerLine]
    next: int | None


Services = Annotated[str, QueryParameter(max_length=2000, description="Ids or keys, with commas between.")]
PartySize = Annotated[int, QueryParameter(ge=1, le=PARTY_LIMIT, description="How many come together.")]
Languages = Annotated[str, QueryParameter(max_length=200, description="Tags, with commas between.")]
How = Annotated[Interpreter, QueryParameter(description="How we shall talk.")]


@reads("/days")
async def show_days(request: WebRequest, db: Db, after: After = 0, limit: Limit = 100) -> DayList:
    """Published days that are not over, soonest first."""
    days = await db.read(published_days, now=db.now())
    shown, next_page = paged(days, after=after, limit=limit)
    offers = await db.read(day_offers, [day.id for day in shown])
    locale = locale_of(request)
    return DayList(items=[_day(day, offers[day.id], locale) for day in shown], next=next_page)


@reads("/days/{day:str}", 404)
async def show_day(request: WebRequest, db: Db, day: FromPath[str]) -> DayShown:
    """One day with its services and needs."""
    found = await open_day(request, day)
    return _day(found, await db.read(day_offer, found.id), locale_of(request))


@reads("/days/{day:str}/arrivals", 404, 422)
async def show_arrivals(
    request: WebRequest,
    db: Db,
    day: FromPath[str],
    services: Services,
    party: PartySize = 1,
    languages: Languages = "",
    interpreter: How = Interpreter.NONE,
    after: After = 0,
    limit: Limit = 100,
) -> Arrivals:
    """Arrival times that still have a complete plan for these services."""
    found = await open_day(request, day)
    wanted = Wanted(
        services=[name.strip() for name in services.split(",") if name.strip()],
        party=party,
        languages=language_list(languages),
        interpreter=interpreter,
    )
    wish = wish_of(request, found, await db.read(day_offer, found.id), wanted)
    offered = await db.read(arrivals, found, wish, now=db.now())
    shown, next_page = paged(
        [_arrival(plan, best=plan in offered.best) for plan in offered.plans], after=after, limit=limit
    )
    return Arrivals(items=shown, next=next_page, interpreter_possible=offered.interpreter_possible)


@reads("/days/{day:str}/overview", 404, roles=(Role.ORGANISER,))
async def show_overview(request: WebRequest, db: Db, day: FromPath[str]) -> Overview:
    """The day in counts."""
    found, _ = await day_for(request, day, Role.ORGANISER)
    view = await db.read(day_overview, found.id, now=db.now())
    return Overview(
        bookings=view.bookings,
        visits=view.visits,
        stops=view.stops,
        waiting=view.waiting,
        desks=[
            DeskLine(
                desk=line.desk,
                number=line.number,
                state=line.state,
                ready=line.ready,
                at_desk=line.at_desk,
                stop_state=line.stop_state,
            )
            for line in view.desks
        ],
    )


@reads("/days/{day:str}/statistics", 404, roles=(Role.ORGANISER,))
async def show_figures(request: WebRequest, db: Db, day: FromPath[str]) -> DayFigures:
    """What is counted of the day, without persons. Private talks have an empty key; `null` is a number kept back."""
    found, _ = await day_for(request, day, Role.ORGANISER)
    return await db.read(day_figures, found, now=db.now())


@reads("/days/{day:str}/ledger", 404, roles=(Role.ORGANISER,))
async def show_ledger(request: WebRequest, db: Db, day: FromPath[str], after: After = 0, limit: Limit = 100) -> Ledger:
    """Every fact of the day in order; `next` is the id to ask on from."""
    found, _ = await day_for(request, day, Role.ORGANISER)
    lines = await db.read(facts_after, found.id, after=after, limit=limit + 1)
    shown = [
        LedgerLine(
            id=line.id,
            kind=line.kind,
            at=line.at,
            party=line.party,
            visit=line.visit,
            stop=line.stop,
            desk=line.desk,
            mediator=line.mediator,
            actor=line.actor,
            terms=line.terms,
        )
        for line in lines[:limit]
    ]
    return Ledger(items=shown, next=shown[-1].id if len(lines) > limit else None)


def _day(day: Day, offer: DayOffer, locale: Locale) -> DayShown:
    return DayShown(
        id=day.slug,
        name=day.name,
        on=day.on,
        opens_at=day.opens_at,
        closes_at=day.closes_at,
        zone=day.timezone,
        venue=VenueShown(name=day.venue, address=day.address),
        state=day.state,
        release=day.release,
        languages=list(day.languages),
        working_language=day.working_language,
        slot_minutes=day.slot_minutes,
        services=_services(offer, locale),
        needs=_needs(offer, locale, working=day.working_language),
    )


def _services(offer: DayOffer, locale: Locale) -> list[ServiceShown]:
    return [
        ServiceShown(
            id=service.id,
            key=service.key,
            title=service_title(locale, service.key),
            institution=InstitutionShown(
                key=service.institution.key, name=service.institution.name, authority=service.institution.authority
            ),
            minutes=service.minutes,
            private=service.private,
            papers=[
                PaperShown(
                    key=paper.key,
                    text=words_of_paper(locale, paper.key, paper.words)[0],
                    blocking=paper.blocking,
                    condition=paper.condition,
                )
                for paper in service.papers
            ],
        )
        for service in offer.services
    ]


def _needs(offer: DayOffer, locale: Locale, *, working: str) -> list[NeedShown]:
    return [
        NeedShown(
            key=need.key,
            says=words_of_need(locale, need.key, need.words, drafts=need.drafts, working=working)[0],
            services=list(need.services),
        )
        for need in offer.needs
    ]


def _arrival(plan: NominalPlan, *, best: bool) -> Arrival:
    return Arrival(
        arrival=plan.arrival_at,
        ends_at=plan.ends_at,
        no_interpreter=plan.no_interpreter,
        best=best,
        stops=[
            PlannedStop(service=stop.service, planned_at=stop.start, minutes=stop.minutes)
            for stop in sorted(plan.stops, key=lambda stop: (stop.start, str(stop.service)))
        ],
    )


route_handlers: list[Any] = [show_days, show_day, show_arrivals, show_overview, show_figures, show_ledger]
