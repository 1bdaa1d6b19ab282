"""What an organiser may look at as a visitor would: which languages, and a page on which nothing can be pressed."""

from typing import Any
from uuid import UUID

from litestar import Response

from onestop.days.queries.days import Day, day_by_slug
from onestop.days.queries.offer import DayOffer, OfferedService
from onestop.db.session import Database
from onestop.domain.roles import Role
from onestop.domain.ticket import short_code, ticket_code
from onestop.web.kit.guards import require
from onestop.web.kit.headers import POLICY
from onestop.web.kit.locale import Locale, locale_for, page_languages
from onestop.web.kit.requests import WebRequest

SEEN_IN = "in"
"""The language a preview is shown in, apart from the language of whoever looks at it."""
NUMBER = 123
MOST_STEPS = 3
_KEY = b"a key that opens nothing, for tickets that are only looked at"
_STILL = POLICY.replace("form-action 'self'", "form-action 'none'") + "; sandbox allow-same-origin"
"""Forms and scripts do nothing: what is looked at belongs to nobody."""


async def previewed_day(request: WebRequest, db: Database, slug: str) -> Day:
    """The day, for who organises it. Raises `SignInNeeded`, `NotAllowed`, `DayUnknown`."""
    await require(request, Role.ORGANISER, Role.ADMINISTRATOR)
    day = await db.read(day_by_slug, slug)
    await require(request, Role.ORGANISER, Role.ADMINISTRATOR, day=day.id)
    return day


def seen_languages(day: Day) -> tuple[str, ...]:
    """The languages that this day's visitors can choose."""
    return page_languages(day.languages)


def seen_in(request: WebRequest, day: Day) -> Locale:
    """The language that was asked for, else the first of the day."""
    tags = seen_languages(day)
    asked = request.query_params.get(SEEN_IN, "")
    return locale_for(asked if asked in tags else tags[0])


def invented_key() -> bytes:
    """What invented codes are made from; no door knows it."""
    return _KEY


def shown_steps(offer: DayOffer) -> list[OfferedService]:
    """A few services, those with words of the organiser first: they are to be looked at. No private one."""
    shown = [service for service in offer.services if not service.private]
    return sorted(shown, key=lambda each: not any(paper.words for paper in each.papers))[:MOST_STEPS]


def invented_codes(day: UUID) -> tuple[str, str]:
    """A long and a short code in their usual form; the door opens nothing with them."""
    return (
        ticket_code(_KEY, day=day, number=NUMBER, generation=1),
        short_code(_KEY, day=day, number=NUMBER, generation=1),
    )


def still(answer: Response[Any]) -> Response[Any]:
    """The same page, with nothing on it that does anything."""
    answer.headers.update({"Content-Security-Policy": _STILL, "Cache-Control": "no-store"})
    return answer
