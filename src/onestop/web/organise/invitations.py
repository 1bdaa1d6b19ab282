"""Invitations to a day: made under a label, printed once with link, picture and code."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.actions import make_invitations
from onestop.days.organising import InvitationLine, invitations_of_day
from onestop.days.queries.days import Day
from onestop.domain.day import Release
from onestop.domain.errors import N_
from onestop.paper.posters import poster_languages
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import direction, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, path_of, tell_once, was_told
from onestop.web.organise.reading import Reader

MOST_AT_ONCE = 100
MOST_USES = 1000
COUNT_WRONG = N_("Please write a number from 1 to 100.")
USES_WRONG = N_("Please write a number from 1 to 1000.")
HOW = N_("Scan the picture, or open this address and type the code.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A new invitation: the only time its code is readable."""

    code: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """What a card says in one language of the day."""

    language: str
    dir: str
    date: str
    how: str


@page_of("organise/invitations.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsPage:
    """How many there are under which label, and the form for more."""

    day: Day
    lines: tuple[InvitationLine, ...]
    by_invitation: bool
    told: bool
    count: str = "20"
    uses: str = "1"
    label: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/invitation_sheet.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationSheetPage:
    """Cards to print and cut."""

    day: Day
    words: tuple[CardWords, ...]
    address: str
    label: str
    uses: int
    invitations: tuple[Invitation, ...]


@get("/organise/{day:str}/invitations")
async def show_invitations(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """What was made so far."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found)


@post("/organise/{day:str}/invitations")
async def make(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Make invitations and show them, this one time."""
    found, someone = await enter(request, db, day)
    read = Reader(await read_form(request), locale_of(request))
    count, uses, label = read.number("count"), read.number("uses"), read.form.text("label", 80)
    if not 1 <= count <= MOST_AT_ONCE:
        read.wrong("count", COUNT_WRONG)
    if not 1 <= uses <= MOST_USES:
        read.wrong("uses", USES_WRONG)
    if read.errors:
        typed = {"count": read.form.text("count", 12), "uses": read.form.text("uses", 12), "label": label}
        return await _page(request, db, found, errors=read.errors, status=422, **typed)
    codes, path = await tell_once(
        request,
        f"organise.invitations.{found.id}",
        make_invitations,
        found.id,
        count=count,
        uses=uses,
        label=label,
        actor=someone,
        now=db.now(),
        day=found.id,
        back=path_of(found, "/invitations"),
    )
    if codes is None:
        return see_other(path)
    address = f"{base_url_of(request)}/d/{found.slug}"
    context = InvitationSheetPage(
        day=found,
        words=card_words(found),
        address=address,
        label=label,
        uses=uses,
        invitations=tuple(Invitation(code=_spelt(code), link=f"{address}?invitation={code}") for code in codes),
    )
    return page(request, context, **day_frame(request, found))


async def _page(request: WebRequest, db: Db, day: Day, *, status: int = 200, **more: Any) -> Response[Any]:
    context = InvitationsPage(
        day=day,
        lines=tuple(await db.read(invitations_of_day, day.id)),
        by_invitation=day.release is Release.INVITED,
        told=was_told(request),
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day))


def card_words(day: Day) -> tuple[CardWords, ...]:
    """Whoever gets a card may read any of the languages that are switched on."""
    locales = [locale_for(tag) for tag in poster_languages(day)]
    return tuple(
        CardWords(language=one.tag, dir=direction(one.tag), date=one.date(day.on), how=one.gettext(HOW))
        for one in locales
    )


def _spelt(code: str) -> str:
    return f"{code[:5]} {code[5:]}"


route_handlers: list[Any] = [show_invitations, make]
