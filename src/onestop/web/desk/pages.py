"""The pages of the desk: the screen's facts put into the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response

from onestop.directory.ways_on import REASONS
from onestop.directory.words import words_of_paper
from onestop.domain.calling import because_parts
from onestop.domain.errors import N_
from onestop.domain.operational import PRACTICAL
from onestop.domain.visit import Outcome
from onestop.referrals.queries.lines import ReferralLine
from onestop.visits.queries.alarms import Alarm
from onestop.visits.queries.desk import DeskHead, DeskScreen, NextHere
from onestop.visits.queries.desk_numbers import MineHere
from onestop.visits.queries.desk_places import DeskChoice
from onestop.visits.queries.desk_visitor import ServiceOffered, VisitorHere
from onestop.visits.queries.put_off import NotReady
from onestop.visits.queries.sessions import SessionAtDesk
from onestop.web.kit.broadcasts import Told, in_words
from onestop.web.kit.goers import label_says
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.outcomes import OUTCOME_MEANINGS, OUTCOME_WORDS
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.referrals import where_it_leads
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import page
from onestop.web.kit.words import service_title

ACT_WORDS: dict[str, str] = {
    "call": N_("called"),
    "serve": N_("started"),
    "finish": N_("finished"),
    "no_show": N_("not here"),
    "park": N_("parked"),
    "transfer": N_("sent to another desk"),
    "add_stop": N_("step added"),
    "own_ticket": N_("new ticket"),
    "session_begin": N_("session begun"),
    "session_end": N_("session ended"),
}
"""The act that can be taken back, as its button names it before the number."""

PARK_MINUTES = (10, 5, 20, 30)
"""The usual time first: it is what the key P takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTo:
    """Where a stop may be sent inside the own institution; without a desk, to whichever is free first."""

    service: UUID
    title: str
    desk: UUID | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGroup:
    """The services of one institution, to add as a step."""

    institution: str
    authority: str
    services: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingLine:
    """A number that would be called, with the reason as sentences."""

    number: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeHere:
    """A referral that this conversation has already."""

    id: UUID
    leads_to: str
    why: str
    by_on: date | None
    private: bool
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The small place from which a desk asks for help, on whichever of its pages it stands."""

    desk: UUID
    timezone: str
    alarm: Alarm | None
    """This desk's own call; one that has just ended tells so for a minute."""
    page: str = ""
    """Below which stop's address it stands: notes, referrals or phrases; empty for the desk itself."""
    stop: UUID | None = None
    refused: str = ""
    others: tuple[Alarm, ...] = ()
    """Calls of others that nobody has answered, on the pages beside the desk."""
    leave: Told | None = None
    """Everybody must leave; said on the pages beside the desk, which tells nothing else to everybody."""


@page_of("desk/desk.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """One desk. `notice` says why the last press did nothing; parts that were not asked for are empty."""

    head: DeskHead
    visitor: VisitorHere | None
    not_ready: NotReady | None
    session: SessionAtDesk | None
    """The session that runs here or comes next."""
    service: str
    """What she comes for: of this stop alone, whatever she does elsewhere (R14)."""
    added: tuple[str, ...]
    """What this desk itself added to her day (R14)."""
    made: tuple[MadeHere, ...]
    """Where this talk sent her on."""
    reasons: tuple[str, ...]
    needs: tuple[str, ...]
    """Operational needs as what they mean at the desk."""
    papers_seen: tuple[str, ...]
    papers_missing: tuple[str, ...]
    send_to: tuple[SendTo, ...]
    steps: tuple[StepGroup, ...]
    apart: tuple[tuple[str, str], ...]
    """Who of those at the desk can have a ticket of her own."""
    next: NextHere | None
    upcoming: tuple[UpcomingLine, ...]
    mine: MineHere | None
    alarms: tuple[Alarm, ...]
    """Other desks that ask for help, and what others ask for beside this one or in the hall."""
    to_all: Told | None
    asked: Asked
    notice: str
    outcome_words: dict[Outcome, str] = field(default_factory=lambda: OUTCOME_WORDS)
    outcome_meanings: dict[Outcome, str] = field(default_factory=lambda: OUTCOME_MEANINGS)
    act_words: dict[str, str] = field(default_factory=lambda: ACT_WORDS)
    park_minutes: tuple[int, ...] = PARK_MINUTES


@page_of("desk/desks.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DesksPage:
    """The desks an officer with an account may open."""

    desks: tuple[DeskChoice, ...]


def desk_page(
    request: WebRequest,
    screen: DeskScreen,
    *,
    block: str | None = None,
    notice: str = "",
    status: int = 200,
    asked: Asked | None = None,
    made: Iterable[ReferralLine] = (),
) -> Response[Any]:
    """The desk's page, or one part of it; `asked` if that part stands on another page, `made` by this talk."""
    locale = locale_of(request)
    head, visitor = screen.head, screen.visitor
    context = DeskPage(
        head=head,
        visitor=visitor,
        not_ready=screen.not_ready,
        session=screen.session,
        service=service_title(locale, visitor.service_key) if visitor else "",
        added=tuple(f"{service_title(locale, key)}, {name}" for key, name in visitor.added) if visitor else (),
        made=made_here(locale, made),
        reasons=_reasons(locale, visitor.terms) if visitor else (),
        needs=tuple(locale.gettext(PRACTICAL[need]) for need in visitor.needs) if visitor else (),
        papers_seen=_papers(locale, visitor, seen=True) if visitor else (),
        papers_missing=_papers(locale, visitor, seen=False) if visitor else (),
        send_to=_send_to(locale, screen.offered, head, visitor) if visitor else (),
        steps=_steps(locale, screen.offered) if visitor else (),
        apart=tuple((f"a{nth}", label_says(locale, f"a{nth}")) for nth in visitor.apart) if visitor else (),
        next=screen.next,
        upcoming=tuple(
            UpcomingLine(number=line.number, reasons=_reasons(locale, line.terms))
            for line in (screen.next.queue if screen.next else ())
        ),
        mine=screen.mine,
        alarms=tuple(alarm for alarm in screen.alarms if not alarm.is_of(head.id)),
        to_all=in_words(locale, screen.said) if screen.said else None,
        asked=asked or asked_at(locale, screen),
        notice=notice,
    )
    return page(
        request,
        context,
        block=block,
        status=status,
        locale=locale,
        zone=head.timezone,
        door="desk",
        brand=head.day_name,
        home="/desk",
    )


def made_here(locale: Locale, lines: Iterable[ReferralLine]) -> tuple[MadeHere, ...]:
    """The referrals of one conversation in the reader's words."""
    return tuple(
        MadeHere(
            id=each.id,
            leads_to=where_it_leads(locale, each),
            why=locale.gettext(REASONS.get(each.reason, each.reason)),
            by_on=each.by_on,
            private=each.private,
            kept=bool(each.kept_how),
        )
        for each in lines
    )


def asked_at(locale: Locale, screen: DeskScreen, **where: Any) -> Asked:
    """The desk's own call for help, for one of its pages."""
    told = in_words(locale, screen.said) if screen.said else None
    own = next((alarm for alarm in screen.alarms if alarm.is_of(screen.head.id)), None)
    return Asked(
        desk=screen.head.id,
        timezone=screen.head.timezone,
        alarm=own,
        others=tuple(each for each in screen.alarms if each.is_open and each is not own) if where.get("page") else (),
        leave=told if told and told.alarm else None,
        **where,
    )


def _reasons(locale: Locale, terms: Any) -> tuple[str, ...]:
    return tuple(locale.say(sentence, params) for sentence, params in because_parts(terms))


def _papers(locale: Locale, visitor: VisitorHere, *, seen: bool) -> tuple[str, ...]:
    """What reception saw, or what she does not have, for this stop alone (R14)."""
    return tuple(words_of_paper(locale, paper.key, paper.words)[0] for paper, here in visitor.papers if here is seen)


def _send_to(
    locale: Locale, offered: tuple[ServiceOffered, ...], head: DeskHead, visitor: VisitorHere
) -> tuple[SendTo, ...]:
    own = [each for each in offered if each.institution_id == head.institution_id]
    to_desks = [
        SendTo(service=each.service, title=service_title(locale, each.key), desk=each.desk, number=each.desk_number)
        for each in sorted(own, key=lambda each: each.desk_number)
        if each.desk != head.id
    ]
    titles = {each.service: service_title(locale, each.key) for each in own if each.key != visitor.service_key}
    anywhere = [SendTo(service=service, title=title) for service, title in titles.items()]
    return (*to_desks, *anywhere)


def _steps(locale: Locale, offered: tuple[ServiceOffered, ...]) -> tuple[StepGroup, ...]:
    groups: dict[tuple[str, str], dict[UUID, str]] = {}
    for each in offered:
        titles = groups.setdefault((each.institution, each.authority), {})
        titles[each.service] = service_title(locale, each.key)
    return tuple(
        StepGroup(institution=institution, authority=authority, services=tuple(titles.items()))
        for (institution, authority), titles in groups.items()
    )
