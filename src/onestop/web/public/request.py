"""Asking for a place on a day whose places are drawn: the last page instead of a time, and the press that asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.draws import Requested, request_place
from onestop.booking.contacts import Contact
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.errors import N_, InvalidInput, Refusal, TooManyTries
from onestop.domain.name import read_name
from onestop.domain.roles import VISITOR
from onestop.domain.ticket import waiting_code
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.limits import check_limit
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.words import stop_title
from onestop.web.public.contact import Typed as TypedContact
from onestop.web.public.contact import errors_of, read_contact
from onestop.web.public.frame import day_page, draw_told, link, locale_for_day, place_of
from onestop.web.public.hold_pages import WILL_TALK
from onestop.web.public.journey import Wished, start_wished
from onestop.web.public.times import read_instant

ANY_TIME = N_("Any time")


class HoursTurned(InvalidInput):
    code = "hours_turned"
    sentence = N_("The second time must be later than the first one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed(TypedContact):
    """What was typed and chosen on this page."""

    not_before: str = ""
    not_after: str = ""


@page_of("public/request.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """Third page: what to call her, where the link goes, when she can come, and her answers."""

    day: Day
    place: str
    stops: tuple[tuple[str, str], ...]
    adults: int
    children: int
    languages: tuple[str, ...]
    will_talk: str
    hours: tuple[tuple[str, str], ...]
    typed: Typed
    action: str
    carried: tuple[tuple[str, str], ...]
    change_plan: str
    key: str
    errors: tuple[tuple[str, str], ...] = ()


@get("/d/{day:str}/request")
async def show_request(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The form; an answer that is missing is asked for again."""
    asked = await start_wished(request, db, day)
    if isinstance(asked, Response):
        return asked
    if (draw := await draw_told(request, db, asked.day)) is None or not draw.open:
        return see_other(asked.answers.link(f"/d/{asked.day.slug}/times"))
    return _show(request, asked, Typed())


@post("/d/{day:str}/requests")
async def ask_for_place(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Put the request into the draw; the answer is the same for every address."""
    form = await read_form(request)
    asked = await start_wished(request, db, day, form)
    if isinstance(asked, Response):
        return asked
    typed = _typed(form)
    try:
        path = await _ask(request, db, asked.day, asked.wish, typed, ticket_key)
    except (InvalidInput, TooManyTries) as refusal:
        return _show(request, asked, typed, refusal=refusal)
    return see_other(link(request, path))


async def _ask(request: WebRequest, db: Database, day: Day, wish: Wish, typed: Typed, key: bytes) -> str:
    contact = await _checked(request, day, typed)

    def to(made: Requested) -> str:
        return f"/w/{waiting_code(key, day=day.id, party=made.party)}?requested=1"

    return await submit_once(
        request,
        "public.request",
        request_place,
        day.id,
        wish,
        channel=Channel.PUBLIC,
        key=key,
        name=typed.name,
        contact=contact,
        not_before=read_instant(typed.not_before),
        not_after=read_instant(typed.not_after),
        actor=VISITOR,
        now=db.now(),
        day=day.id,
        to=to,
    )


async def _checked(request: WebRequest, day: Day, typed: Typed) -> tuple[Contact, ...]:
    """The contacts, once everything typed can be used. Raises what cannot; the limit is counted without telling."""
    read_name(typed.name)
    contact = read_contact(day, typed)
    first, last = read_instant(typed.not_before), read_instant(typed.not_after)
    if first is not None and last is not None and last <= first:
        raise HoursTurned(field="from")
    await check_limit(request, "book", contact=typed.email)
    return contact


def _typed(form: Form) -> Typed:
    return Typed(
        name=form.text("name", 400),
        email=form.text("email", 300),
        phone=form.text("phone", 60),
        not_before=form.text("from", 40),
        not_after=form.text("to", 40),
    )


def _show(request: WebRequest, asked: Wished, typed: Typed, *, refusal: Refusal | None = None) -> Response[Any]:
    day, offer, answers, wish = asked.day, asked.offer, asked.answers, asked.wish
    locale = locale_for_day(request, day)
    chosen = [service for stop in wish.stops if (service := offer.service(stop.service)) is not None]
    context = RequestPage(
        day=day,
        place=place_of(day),
        stops=tuple(
            (
                stop_title(locale, service.key, private=service.private),
                "" if service.private else service.institution.name,
            )
            for service in chosen
        ),
        adults=answers.adults,
        children=answers.children,
        languages=wish.languages,
        will_talk=locale.gettext(WILL_TALK[wish.interpreter]),
        hours=(
            ("", locale.gettext(ANY_TIME)),
            *((at.isoformat(), locale.time(at, day.timezone)) for at in _hours(day)),
        ),
        typed=typed,
        action=link(request, f"/d/{day.slug}/requests"),
        carried=answers.carried(),
        change_plan=answers.link(f"/d/{day.slug}/plan"),
        key=new_key(),
        errors=errors_of(locale, refusal),
    )
    return day_page(request, day, context, status=refusal.status if refusal else 200, locale=locale)


def _hours(day: Day) -> list[datetime]:
    """The hours of the day to choose from."""
    count = int((day.closes_at - day.opens_at) / timedelta(hours=1))
    return [day.opens_at + timedelta(hours=nth) for nth in range(count + 1)]


route_handlers: list[Any] = [show_request, ask_for_place]
