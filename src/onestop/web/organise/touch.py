"""Whom a change touches, before it is saved: numbers by kind, "save all the same", and back to the form as typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.errors import Changed
from onestop.domain.roles import Role
from onestop.domain.touch import ASKED, Touch, Touched
from onestop.notify.untold import contact_kinds
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import Form, new_key
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import WebRequest, settings_of
from onestop.web.kit.responses import page
from onestop.web.kit.sessions import actor
from onestop.web.organise.frame import day_frame

SURE, BACK, CERTAIN = "sure", "back", "certain"
MOST_NUMBERS = 60
"""Ticket numbers of one kind that are written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedTicket:
    """A ticket with its time; `path` where the reader may open it, `phone` and `written`: how she can be told."""

    number: int
    at: datetime
    here: bool
    path: str
    phone: bool
    written: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How many tickets are touched in one way; `hidden` of them have a private talk, and their number is not told."""

    touch: Touch
    count: int
    here: int
    tickets: tuple[TouchedTicket, ...]
    more: int
    hidden: int


@page_of("organise/touched.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedPage:
    """What a change means for people who booked; nothing is saved yet."""

    day: Day
    kinds: tuple[Kind, ...]
    action: str
    fields: tuple[tuple[str, str], ...]
    sure: str
    back: str
    """Where to go back to; empty where the form was typed and is shown again by its own address."""


@page_of("organise/take_off.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOffPage:
    """Somebody shall be taken off the day; nothing is done yet."""

    day: Day
    name: str
    action: str
    version: str
    back: str
    key: str = field(default_factory=new_key)


def ask_whether(request: WebRequest, day: Day, form: Form, *, name: str, back: str) -> Response[Any]:
    """The question before somebody is taken off, which works without a script; its yes says that she is certain."""
    context = TakeOffPage(day=day, name=name, action=request.scope["path"], version=form.text("version", 12), back=back)
    return page(request, context, **day_frame(request, day))


async def ask_first(
    request: WebRequest, db: Database, day: Day, form: Form, refusal: ChangeTouches, *, back: str = ""
) -> Response[Any]:
    """The page that asks; everything typed goes along."""
    opens = (await actor(request)).has(Role.ORGANISER, Role.RECEPTIONIST, day=day.id)
    kinds = await db.read(contact_kinds, [one.party for one in refusal.touched])
    texts = bool(settings_of(request).sms_url)
    context = TouchedPage(
        day=day,
        kinds=kinds_of(refusal, kinds, texts=texts, tickets_at=f"/reception/{day.slug}" if opens else ""),
        action=request.scope["path"],
        fields=tuple((name, value) for name, value in form.items() if name not in (SURE, BACK)),
        sure=refusal.token,
        back=back,
    )
    return page(request, context, status=refusal.status, **day_frame(request, day))


def kinds_of(
    refusal: ChangeTouches, gave: Mapping[UUID, frozenset[str]], *, texts: bool, tickets_at: str
) -> tuple[Kind, ...]:
    """What is touched, the worst first. `gave`: the kinds of address each party gave; `texts`: a gateway sends them."""

    def ticket(one: Touched) -> TouchedTicket:
        ways = gave.get(one.party, frozenset())
        return TouchedTicket(
            number=one.number,
            at=one.arrival_at,
            here=one.here,
            path=f"{tickets_at}/parties/{one.party}" if tickets_at else "",
            phone="phone" in ways,
            written="email" in ways or (texts and "phone" in ways),
        )

    found: list[Kind] = []
    for touch in reversed(ASKED):
        these = [one for one in refusal.touched if one.touch is touch]
        told = [ticket(one) for one in these if not one.private]
        if these:
            found.append(
                Kind(
                    touch=touch,
                    count=len(these),
                    here=sum(one.here for one in these),
                    tickets=tuple(told[:MOST_NUMBERS]),
                    more=max(0, len(told) - MOST_NUMBERS),
                    hidden=len(these) - len(told),
                )
            )
    return tuple(found)


def errors_of_return(request: WebRequest, form: Form, day: Day) -> dict[str, str]:
    """What to say when she comes back from the question: that somebody else changed the day meanwhile, or nothing."""
    if form.number("version") == day.version:
        return {}
    return {"content": locale_of(request).gettext(Changed.sentence)}
