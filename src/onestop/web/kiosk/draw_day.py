"""A day by draw at the machine: when a place can be asked for, and the screen that asks without a time."""

from dataclasses import dataclass
from typing import Any

from litestar import Response

from onestop.days.queries.days import Day
from onestop.days.queries.draws import Draw
from onestop.db.session import Database
from onestop.domain.draw import DrawState
from onestop.domain.errors import N_, RequestsNotYet, RequestsOver
from onestop.web.kiosk.codes import KioskOther
from onestop.web.kiosk.frame import START, kiosk_page, link, locale_here, onward
from onestop.web.kit.answers import Answers
from onestop.web.kit.draw_day import draw_ahead, moment
from onestop.web.kit.forms import new_key
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import WebRequest

ANNOUNCED = N_("You can ask for a place from %(from)s to %(to)s.")
OPEN = N_("You can ask for a place until %(to)s.")


@page_of("kiosk/ask.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskAsk:
    """No time to choose: one button puts the request into the draw."""

    day: Day
    says: str
    services: tuple[str, ...]
    people: int
    action: str
    carried: tuple[tuple[str, str], ...]
    back: str
    key: str


def says_when(locale: Locale, day: Day, draw: Draw, state: DrawState) -> str:
    """In one sentence what can be done now; nothing once the places are given."""
    params = {"from": moment(locale, day, draw.opens_at), "to": moment(locale, day, draw.closes_at)}
    if state is DrawState.ANNOUNCED:
        return locale.say(ANNOUNCED, params)
    if state is DrawState.OPEN:
        return locale.say(OPEN, params)
    return locale.gettext(RequestsOver.sentence) if state is DrawState.CLOSED else ""


async def asks_on(db: Database, day: Day) -> bool:
    """Whether a place is asked for on this day, and no time chosen."""
    return await draw_ahead(db, day) is not None


async def shut_page(request: WebRequest, db: Database, day: Day) -> Response[Any] | None:
    """The screen that says why nobody can ask or book now; `None` where somebody can."""
    draw = await draw_ahead(db, day)
    state = draw.state(db.now()) if draw is not None else DrawState.OPEN
    if draw is None or state is DrawState.OPEN:
        return None
    context = KioskOther(
        sentence=says_when(locale_here(request, day), day, draw, state),
        day=day,
        booking_at=None,
        change="",
        others=link(request, "/kiosk/days"),
        home=START,
    )
    status = RequestsNotYet.status if state is DrawState.ANNOUNCED else RequestsOver.status
    return kiosk_page(request, day, context, status=status, back_after=40)


async def ask_page(
    request: WebRequest, db: Database, day: Day, answers: Answers, services: tuple[str, ...], *, people: int
) -> Response[Any] | None:
    """The screen with the one button, while requests are taken; `None` on a day on which times are booked."""
    draw = await draw_ahead(db, day)
    if draw is None:
        return None
    locale = locale_here(request, day)
    context = KioskAsk(
        day=day,
        says=says_when(locale, day, draw, DrawState.OPEN),
        services=services,
        people=people,
        action=link(request, f"/kiosk/d/{day.slug}/requests"),
        carried=answers.carried(),
        back=onward(request, answers, f"/kiosk/d/{day.slug}/desks"),
        key=new_key(),
    )
    return kiosk_page(request, day, context)
