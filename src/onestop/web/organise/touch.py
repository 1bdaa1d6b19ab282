"""Whom a change touches, before it is saved: numbers by kind, "save all the same", and back to the form as typed."""

from dataclasses import dataclass
from typing import Any

from litestar import Response

from onestop.days.queries.days import Day
from onestop.domain.errors import Changed
from onestop.domain.touch import ASKED, Touch
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import Form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import page
from onestop.web.organise.frame import day_frame

SURE, BACK = "sure", "back"
MOST_NUMBERS = 60
"""Ticket numbers of one kind that are written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How many tickets are touched in one way; `hidden` of them have a private talk, and their number is not told."""

    touch: Touch
    count: int
    here: int
    numbers: tuple[int, ...]
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


def ask_first(request: WebRequest, day: Day, form: Form, refusal: ChangeTouches, *, back: str = "") -> Response[Any]:
    """The page that asks; everything typed goes along."""
    context = TouchedPage(
        day=day,
        kinds=kinds_of(refusal),
        action=request.scope["path"],
        fields=tuple((name, value) for name, value in form.items() if name not in (SURE, BACK)),
        sure=refusal.token,
        back=back,
    )
    return page(request, context, status=refusal.status, **day_frame(request, day))


def kinds_of(refusal: ChangeTouches) -> tuple[Kind, ...]:
    """What is touched, the worst first."""
    found: list[Kind] = []
    for touch in reversed(ASKED):
        these = [one for one in refusal.touched if one.touch is touch]
        told = [one.number for one in these if not one.private]
        if these:
            found.append(
                Kind(
                    touch=touch,
                    count=len(these),
                    here=sum(one.here for one in these),
                    numbers=tuple(told[:MOST_NUMBERS]),
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
