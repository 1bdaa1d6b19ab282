"""What stands round the public pages of a day, and the first question of each: may this day be seen and booked?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response

from onestop.booking.actions.invitations import invite_again
from onestop.booking.queries import invitation_by_code_hash, invites_again
from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.days.visitors import listed_days
from onestop.db.session import Database
from onestop.directory.queries import centre
from onestop.domain.day import Release, check_bookable
from onestop.domain.draw import DrawState
from onestop.domain.errors import N_, DrawDay, InvalidInput, Refusal
from onestop.domain.roles import VISITOR
from onestop.domain.ticket import invitation_hash, party_of_again
from onestop.web.kit.language import CHOICE, locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.locale import KNOWN, LANGUAGES, Locale, page_languages
from onestop.web.kit.pages import HelpBlock
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import Round, page
from onestop.web.kit.series import series_view


class InvitationWrong(InvalidInput):
    code = "invitation_wrong"
    sentence = N_("This invitation code is not right, or it was used before. Please check it, or ask the centre.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLink:
    """A day that can be booked now."""

    href: str
    day: Day


@page_of("public/shut.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ShutPage:
    """A day that cannot be booked, why, and what else there is."""

    sentence: str
    others: tuple[DayLink, ...]
    home: str


@page_of("public/invitation.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage:
    """The question for the invitation code; says nothing of the day."""

    reachable: bool
    """Whether a telephone number or a mail address stands below."""
    action: str
    carried: tuple[tuple[str, str], ...]
    home: str
    code: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTold:
    """A day's draw as its pages explain it: the window in the venue's time, and where all of it is public."""

    state: DrawState
    opens_at: datetime
    closes_at: datetime
    public: str

    @property
    def open(self) -> bool:
        """Whether requests are taken now."""
        return self.state is DrawState.OPEN

    @property
    def done(self) -> bool:
        """Whether places were given."""
        return self.state is DrawState.DRAWN


@page_of("public/draw_wait.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DrawWaitPage:
    """A day whose places are drawn, before requests are taken or while places are given."""

    day: Day
    place: str
    draw: DrawTold
    home: str


def languages_of(day: Day) -> tuple[str, ...]:
    """The languages the pages of a day are offered in: those its organiser switched on and that are complete."""
    return page_languages(day.languages)


def locale_for_day(request: WebRequest, day: Day) -> Locale:
    """The reader's language among those of the day."""
    return locale_of(request, languages_of(day))


def place_of(day: Day) -> str:
    """Venue and address in one line."""
    return ", ".join(part for part in (day.venue, day.address) if part)


def day_page(
    request: WebRequest,
    day: Day,
    context: object,
    *,
    status: int = 200,
    locale: Locale | None = None,
    block: str | None = None,
    links: bool = True,
) -> Response[Any]:
    """A page of this day, in its languages, with whom to ask and in whose name it takes place."""
    locale = locale or locale_for_day(request, day)
    series = series_view(day.series, locale, working=day.working_language)
    return page(
        request,
        context,
        status=status,
        block=block,
        locale=locale,
        languages=languages_of(day) if links else (),
        zone=day.timezone,
        brand=series.name.text if series else day.name,
        home=link(request, "/"),
        help=HelpBlock(phone=day.phone, email=day.email, address=place_of(day), office=series.office if series else ""),
        series=series,
    )


async def centre_page(
    request: WebRequest, db: Database, context: object, *, status: int = 200, locale: Locale | None = None
) -> Response[Any]:
    """A page of no day, with the centre's help; `locale` where it is only looked at in this language."""
    body = await db.read(centre)
    frame: Round = {"home": link(request, "/")}
    if body is not None:
        frame["brand"] = body.name
        frame["help"] = HelpBlock(phone=body.phone, email=body.email, address=body.address)
    return page(request, context, status=status, locale=locale, languages=() if locale else LANGUAGES, **frame)


def link(request: WebRequest, path: str) -> str:
    """A path of this site that keeps the language a link has chosen, also without cookies."""
    tag = request.query_params.get(CHOICE)
    joined = "&" if "?" in path else "?"
    return f"{path}{joined}{CHOICE}={tag}" if tag in KNOWN else path


async def other_days(request: WebRequest, db: Database, *, but: Day | None = None) -> tuple[DayLink, ...]:
    """The days that can be booked by anybody now."""
    listed = await db.read(listed_days, now=db.now())
    return tuple(
        DayLink(href=link(request, f"/d/{day.slug}"), day=day)
        for day in listed
        if day.release is not Release.INVITED and (but is None or day.id != but.id)
    )


async def closed_door(request: WebRequest, db: Database, day: Day, invitation: str) -> Response[Any] | None:
    """The page that stands before a day, `None` where the way is free. An invited day is not told to the uninvited."""
    if day.release is Release.INVITED and (shown := await _ask_invitation(request, db, day, invitation)) is not None:
        return shown
    try:
        check_bookable(day.state, closes_at=day.closes_at, now=db.now())
        if day.release is Release.DRAW:
            return await _before_the_draw(request, db, day)
    except Refusal as refusal:
        return await shut_page(request, db, refusal, but=day)
    return None


async def draw_told(request: WebRequest, db: Database, day: Day) -> DrawTold | None:
    """How places of this day are given, for its pages; `None` for a day that is not drawn."""
    if day.release is not Release.DRAW:
        return None
    draw = await db.read(draw_of, day.id)
    if draw is None:
        raise DrawDay
    return DrawTold(
        state=draw.state(db.now()),
        opens_at=draw.opens_at.astimezone(day.zone),
        closes_at=draw.closes_at.astimezone(day.zone),
        public=link(request, f"/d/{day.slug}/draw"),
    )


async def _before_the_draw(request: WebRequest, db: Database, day: Day) -> Response[Any] | None:
    """While no requests are taken, the page says when they are; after the draw what is left can be booked."""
    told = await draw_told(request, db, day)
    if told is None or told.state in {DrawState.OPEN, DrawState.DRAWN}:
        return None
    return day_page(request, day, DrawWaitPage(day=day, place=place_of(day), draw=told, home=link(request, "/")))


async def shut_page(request: WebRequest, db: Database, refusal: Refusal, *, but: Day | None = None) -> Response[Any]:
    """Why not, and where to go instead."""
    context = ShutPage(
        sentence=locale_of(request).say(refusal.sentence, refusal.params),
        others=await other_days(request, db, but=but),
        home=link(request, "/"),
    )
    return await centre_page(request, db, context, status=refusal.status)


async def invitation_for(request: WebRequest, db: Database, day: Day, code: str) -> str | None:
    """What a booking of the day counts as its invitation; one of somebody's sheet is stored now. `None` without one."""
    if not code:
        return None
    hashed, party = invitation_hash(code), party_of_again(request.app.state.ticket_key, code, day=day.id)
    if party is not None and day.release is Release.INVITED:
        how = {"party": party, "code_hash": hashed, "actor": VISITOR, "now": db.now()}
        await db.write(invite_again, day.id, **how, day=day.id)
    return hashed


async def _invites(request: WebRequest, db: Database, day: Day, code: str) -> bool:
    party = party_of_again(request.app.state.ticket_key, code, day=day.id)
    if party is not None:
        return await db.read(invites_again, party, invitation_hash(code))
    return await db.read(invitation_by_code_hash, day.id, invitation_hash(code)) is not None


async def code_page(request: WebRequest, db: Database, day: Day, locale: Locale) -> Response[Any] | None:
    """What somebody sees who comes to an invited day without a code."""
    return await _ask_invitation(request, db, day, "", locale=locale)


async def _ask_invitation(
    request: WebRequest, db: Database, day: Day, code: str, *, locale: Locale | None = None
) -> Response[Any] | None:
    if code and await _invites(request, db, day, code):
        return None
    error = ""
    if code:
        await check_limit(request, "find", contact=day.slug)
        error = locale_of(request).say(InvitationWrong.sentence)
    lang = request.query_params.get(CHOICE)
    body = await db.read(centre)
    context = InvitationPage(
        reachable=body is not None and bool(body.phone or body.email),
        action=f"/d/{day.slug}",
        carried=((CHOICE, lang),) if lang in KNOWN else (),
        home=link(request, "/"),
        code=code,
        error=error,
    )
    return await centre_page(request, db, context, status=InvitationWrong.status if error else 200, locale=locale)
