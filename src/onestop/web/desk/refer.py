"""Sending somebody on from a conversation: where, why and by when, once she has said yes; taking it back."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.directory.ways_on import PLACES, REASONS
from onestop.domain.errors import N_, InvalidInput, NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.referral import by_choices
from onestop.referrals.actions import Where, refer, withdraw_referral
from onestop.referrals.queries.desk import SendingOn, Talk, sending_on, without_private
from onestop.referrals.queries.lines import referral_place
from onestop.visits.queries.desk_places import DeskPlace
from onestop.web.desk.access import reach_talk
from onestop.web.desk.alarms import asked_on
from onestop.web.desk.pages import Asked, MadeHere, made_here
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title

OUR_DAY = "day"
"""In place of an institution or a place: another of our days."""
DISCREET = N_("discreet")
AUTHORITIES = {"police": N_("police"), "state": N_("state office")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some of the places one can be sent to, under a heading in the reader's language."""

    title: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was filled in."""

    where: str = ""
    day: str = ""
    reason: str = ""
    by: str = ""
    said_yes: bool = False


@page_of("desk/refer.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReferPage:
    """The form, and what was made before."""

    back: str
    asked: Asked | None
    """Not at floor control, whose cards call help."""
    talk: Talk
    service: str
    made: tuple[MadeHere, ...]
    groups: tuple[Group, ...]
    days: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    by: tuple[tuple[str, str], ...]
    typed: Typed
    done: str
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


DONE = {"made": N_("The referral is made."), "withdrawn": N_("The referral is taken back.")}


@get("/stops/{stop_id:uuid}/referrals")
async def show_refer(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """The form."""
    _, place, at_floor = await reach_talk(request, db, stop_id)
    done = DONE.get(request.query_params.get("done", ""), "")
    said = locale_of(request).gettext(done) if done else ""
    return await _page(request, db, place, stop_id, Typed(), at_floor=at_floor, done=said)


@post("/stops/{stop_id:uuid}/referrals")
async def do_refer(request: WebRequest, db: Db, stop_id: FromPath[UUID]) -> Response[Any]:
    """Send her on."""
    someone, place, at_floor = await reach_talk(request, db, stop_id)
    form = await read_form(request)
    typed = Typed(
        where=form.text("where", 60),
        day=form.text("day", 40),
        reason=form.text("reason", 40),
        by=form.text("by", 10),
        said_yes=form.ticked("said_yes"),
    )
    try:
        if at_floor:
            await _check_open(db, place, stop_id, typed)
        path = await submit_once(
            request,
            "stop.refer",
            refer,
            stop_id,
            _where(typed),
            reason=typed.reason,
            by_on=_by(typed),
            said_yes=typed.said_yes,
            to=lambda _: f"/stops/{stop_id}/referrals?done=made",
            day=place.day,
            actor=someone,
            now=db.now(),
        )
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        control = refusal.field if isinstance(refusal, InvalidInput) and refusal.field else "where"
        errors = {control: locale_of(request).say(refusal.sentence, refusal.params)}
        return await _page(request, db, place, stop_id, typed, at_floor=at_floor, errors=errors, status=refusal.status)
    return see_other(path)


@post("/stops/{stop_id:uuid}/referrals/{referral:uuid}/withdraw")
async def do_withdraw(request: WebRequest, db: Db, stop_id: FromPath[UUID], referral: FromPath[UUID]) -> Response[Any]:
    """Take a referral of this conversation back."""
    someone, place, at_floor = await reach_talk(request, db, stop_id)
    await _check_made_here(db, stop_id, referral, at_floor=at_floor)
    path = await submit_once(
        request,
        "stop.referral.withdraw",
        withdraw_referral,
        referral,
        to=lambda _: f"/stops/{stop_id}/referrals?done=withdrawn",
        day=place.day,
        actor=someone,
        now=db.now(),
    )
    return see_other(path)


async def _check_made_here(db: Database, stop: UUID, referral: UUID, *, at_floor: bool) -> None:
    made = await db.read(referral_place, referral)
    if made.stop != stop or (at_floor and made.private):
        raise NotKnown


async def _check_open(db: Database, place: DeskPlace, stop: UUID, typed: Typed) -> None:
    """Only what the form offered: what goes to her alone is not made where others look on (R19)."""
    found = without_private(await db.read(sending_on, stop, day_id=place.day, now=db.now()))
    services = {f"service:{service.id}" for each in found.institutions for service in each.services}
    places = {f"place:{each.id}" for each in found.places}
    if typed.where.startswith(("service:", "place:")) and typed.where not in services | places:
        raise InvalidInput(field="where")


def _where(typed: Typed) -> Where:
    kind, _, found = typed.where.partition(":")
    there, day = _read_id(found, "where"), _read_id(typed.day, "day")
    if kind == "service":
        return Where(service=there, day=day)
    if kind == "institution":
        return Where(institution=there, day=day)
    # What does not go together is left out: a place has no day of ours.
    return Where(place=there) if kind == "place" else Where(day=day if kind == OUR_DAY else None)


def _by(typed: Typed) -> date | None:
    try:
        return date.fromisoformat(typed.by) if typed.by else None
    except ValueError:
        raise InvalidInput(field="by") from None


def _read_id(text: str, control: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInput(field=control) from None


async def _page(
    request: WebRequest,
    db: Database,
    place: DeskPlace,
    stop: UUID,
    typed: Typed,
    *,
    at_floor: bool,
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    found = await db.read(sending_on, stop, day_id=place.day, now=db.now())
    if at_floor:
        found = without_private(found)
    floor = f"/floor/{found.day.slug}"
    locale = locale_of(request)
    more.setdefault("done", "")
    context = ReferPage(
        back=f"{floor}/desks/{place.id}" if at_floor else f"/desks/{place.id}",
        asked=None if at_floor else await asked_on(db, locale, place.id, page="referrals", stop=stop),
        talk=found.talk,
        service=service_title(locale, found.talk.service_key),
        made=made_here(locale, found.made),
        groups=_groups(locale, found),
        days=tuple((str(day.id), locale.date(day.on)) for day in found.days),
        reasons=tuple((code, locale.gettext(text)) for code, text in REASONS.items()),
        by=tuple((day.isoformat(), locale.date(day)) for day in by_choices(found.today)),
        typed=typed,
        **more,
    )
    return page(
        request,
        context,
        status=status,
        zone=found.day.timezone,
        door="floor" if at_floor else "desk",
        brand=found.day.name,
        home=floor if at_floor else "/desk",
    )


def _groups(locale: Locale, found: SendingOn) -> tuple[Group, ...]:
    groups: list[Group] = []
    if found.days:
        title = locale.gettext(N_("Our days"))
        groups.append(Group(title=title, choices=((OUR_DAY, locale.gettext(N_("Another of our days"))),)))
    for each in found.institutions:
        mark = f" ({locale.gettext(AUTHORITIES[each.authority])})" if each.authority in AUTHORITIES else ""
        # A closed menu reads out the choice alone, without the heading of its group.
        choices = [
            (f"service:{service.id}", f"{service_title(locale, service.key)} · {each.name}")
            for service in each.services
        ]
        other = locale.say(N_("Something else: %(institution)s"), {"institution": each.name})
        choices.append((f"institution:{each.id}", other))
        groups.append(Group(title=each.name + mark, choices=tuple(choices)))
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for place in found.places:
        discreet = f" ({locale.gettext(DISCREET)})" if place.discreet else ""
        by_kind.setdefault(place.kind, []).append((f"place:{place.id}", place.name + discreet))
    for kind, (text, _) in PLACES.items():
        if kind in by_kind:
            groups.append(Group(title=locale.gettext(text), choices=tuple(by_kind[kind])))
    return tuple(groups)


route_handlers: list[Any] = [show_refer, do_refer, do_withdraw]
