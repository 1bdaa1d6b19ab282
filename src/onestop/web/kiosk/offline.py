"""What a machine needs when the line is cut: its screens for today in every language, and the paper of each.

An agent on the machine keeps them and fills in what only it knows (`@@…@@`). All words stay in the one catalogue.
"""

import asyncio
import hashlib
from collections import deque
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from onestop.booking.queries import booking_of_party
from onestop.booking.tickets import find_code, ticket_again
from onestop.days.queries.broadcasts import Said, broadcast_here
from onestop.days.queries.days import Day, day_by_id, published_days
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.errors import N_, DayUnknown, TicketUnknown
from onestop.domain.roles import Actor
from onestop.domain.ticket import spell_short_code
from onestop.web.kiosk.asking import INTERPRETERS, DeskTile, KioskDesks, KioskNeeds, NeedTile
from onestop.web.kiosk.frame import CAMERA, PAD, START, Door, Tongue, door, languages_of, machine, said_also, tongue
from onestop.web.kiosk.nearing import SHOW_IT, WAIT, says_next
from onestop.web.kit.answers import Answers, lines_of, service_mark
from onestop.web.kit.broadcasts import in_words
from onestop.web.kit.locale import KNOWN, PSEUDO_LANGUAGES, Locale, locale_for
from onestop.web.kit.machine import SIZE
from onestop.web.kit.pages import PAGES, Chrome, HelpBlock, LanguageLink, Machine, render
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.questions import need_mark
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import HTML
from onestop.web.kit.words import need_says, service_pictogram, service_title

KEY, NUMBER, CODE, SHORT, QR = "@@key@@", "@@number@@", "@@code@@", "@@short@@", "@@qr@@"
"""Filled in by the agent: the key of a form, the number, its two codes, the code as a picture."""
CHOSEN, BIGGER = "@@size@@", "@@bigger@@"
"""And the size of the text, and the next one."""

SAYINGS = {
    "noted": (N_("We have your code."), N_("There is no connection now. Please tell the reception that you are here.")),
    "away": (
        N_("This is not possible now."),
        N_("There is no connection now. Please ask at the reception."),
    ),
    "empty": (N_("This machine has no more numbers."), N_("Please go to the reception. You get a ticket there.")),
    "over": (N_("Today there is no advice here."), N_("Please ask at the reception, or come another day.")),
    "shut": (N_("This machine is out of order."), N_("Please go to the reception. You get a ticket there.")),
}
"""Screens that only say something: heading and sentence."""
ENDS = N_("Until %(time)s.")
UNPRINTED = N_("The paper does not come? Please tell the reception this number.")

_rendered: deque[tuple[Day, DayOffer, str, "Snapshot"]] = deque(maxlen=4)


@page_of("kiosk/offline.html", scans=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineHome:
    """The first screen without a connection: a ticket for today, or a code."""

    tongues: tuple[Tongue, ...]
    doors: tuple[Door, ...]
    camera: tuple[tuple[str, str], ...]


@page_of("kiosk/offline_ticket.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineTicket:
    """Her number and code on the screen, while the paper comes."""

    ticket_number: str
    short_code: str
    picture: str
    home: str
    again: str


@page_of("kiosk/offline_code.html", scans=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineCode:
    """A code is kept and handed in when the line is back; `error` says that what was read can be none."""

    action: str
    back: str
    keys: tuple[str, ...]
    error: str = ""


@page_of("kiosk/says.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineSays:
    """A heading, a sentence, and the way back."""

    heading: str
    sentence: str
    home: str


@page_of("kiosk/roll.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The paper as the agent prints it: number, when and where, the code; never why. `picture` stands for the code."""

    day: Day
    ticket_number: str
    comes_at: str
    says: str
    qr_text: str
    picture: str
    short_code: str


class Message(msgspec.Struct, kw_only=True):
    """What everybody is told, by language, with the words for when it ends; nobody shows it after `until`."""

    until: str
    alarm: bool
    says: dict[str, str]
    ends: dict[str, str]


class Snapshot(msgspec.Struct, kw_only=True):
    """Everything of one day, and until when it counts. Pages are found by their address with its query."""

    day: str
    zone: str
    on: str
    opens_at: str
    closes_at: str
    language: str
    languages: tuple[str, ...]
    ticket_address: str
    services: dict[str, str]
    pages: dict[str, str]
    papers: dict[str, str]
    unprinted: dict[str, str]
    told: Message | None = None


@get("/kiosk/offline")
async def show_snapshot(request: WebRequest, db: Db, settings: Conf) -> Response[bytes]:
    """The day of this machine, today's or the next one; nothing is sent again that has not changed."""
    day = await _next_day(await machine(request), db)
    offer = await db.read(day_offer, day.id)
    address = f"{base_url_of(request)}/t/" if settings.base_url else ""
    said = await db.read(broadcast_here, day.id, now=db.now())
    snapshot = await asyncio.to_thread(_snapshot, day, offer, address)
    body = msgspec.json.encode(msgspec.structs.replace(snapshot, told=_message(day, said)))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag, "Cache-Control": "private, no-cache"})


@get("/kiosk/tickets/{code:str}/paper")
async def show_paper(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, code: FromPath[str]
) -> Response[str]:
    """A ticket that was given with a connection, as the agent prints it."""
    await machine(request)
    found = await db.read(find_code, code)
    day = await db.read(day_by_id, found.day)
    ticket = await db.read(ticket_again, party=found.party, key=ticket_key)
    booking = await db.read(booking_of_party, found.party)
    waits = booking is None or booking.state is BookingState.ARRIVED
    locale = locale_for(request.query_params.get("lang") or day.working_language)
    comes_at = booking.arrival_at if booking is not None and not waits else None
    roll = Roll(
        day=day,
        ticket_number=str(ticket.number),
        comes_at=locale.told_time(comes_at, day.timezone) if comes_at is not None else "",
        says=await says_next(request, db, locale, found.party) if waits else locale.gettext(SHOW_IT),
        qr_text=f"{base_url_of(request)}/t/{ticket.code}" if settings.base_url else ticket.code,
        picture="",
        short_code=spell_short_code(ticket.short),
    )
    return Response(_render(roll, day, locale), media_type=HTML, headers={"X-Onestop-Number": str(ticket.number)})


async def _next_day(someone: Actor, db: Database) -> Day:
    """The day this machine is bound to, else the one that is on or comes next. Raises `DayUnknown`."""
    bound = next((grant.day for grant in someone.grants if grant.day is not None), None)
    days = [day for day in await db.read(published_days, now=db.now()) if bound in (None, day.id)]
    if not days:
        raise DayUnknown
    return days[0]


def _message(day: Day, said: Said | None) -> Message | None:
    if said is None:
        return None
    locales = {tag: locale_for(tag) for tag in languages_of(day)}
    told = {tag: in_words(locale, said) for tag, locale in locales.items()}
    ends = {tag: locale.say(ENDS, {"time": locale.time(said.until, day.timezone)}) for tag, locale in locales.items()}
    return Message(
        until=said.until.isoformat(),
        alarm=any(each.alarm for each in told.values()),
        says={tag: each.text for tag, each in told.items()},
        ends=ends,
    )


def _snapshot(day: Day, offer: DayOffer, address: str) -> Snapshot:
    """Rendered once for each state of the day; of a few days the last one is kept."""
    known = next((each for *asked, each in _rendered if asked == [day, offer, address]), None)
    if known is None:
        known = _render_snapshot(day, offer, address)
        _rendered.append((day, offer, address, known))
    return known


def _render_snapshot(day: Day, offer: DayOffer, address: str) -> Snapshot:
    pages: dict[str, str] = {}
    papers: dict[str, str] = {}
    languages = languages_of(day)
    first = locale_for(day.working_language if day.working_language in languages else languages[0])
    home = OfflineHome(
        tongues=tuple(tongue(tag, _link(f"/kiosk/d/{day.slug}/needs", lang=tag)) for tag in languages),
        doors=(door(first, day, "code", _link("/kiosk/code", lang=first.tag)),),
        camera=said_also(first, day, CAMERA),
    )
    pages["/kiosk"] = _render(home, day, first, "/kiosk")
    for tag in languages:
        locale = locale_for(tag)
        for path, query, context in _screens(day, offer, locale):
            pages[_address(path, lang=tag, **query)] = _render(context, day, locale, path, **query)
        roll = Roll(
            day=day,
            ticket_number=NUMBER,
            comes_at="",
            says=locale.gettext(WAIT),
            qr_text="",
            picture=QR,
            short_code=SHORT,
        )
        papers[tag] = _render(roll, day, locale)
    return Snapshot(
        day=day.slug,
        zone=day.timezone,
        on=day.on.isoformat(),
        opens_at=day.opens_at.isoformat(),
        closes_at=day.closes_at.isoformat(),
        language=first.tag,
        languages=languages,
        ticket_address=address,
        services={service_mark(service.id): str(service.id) for service in offer.services},
        pages=pages,
        papers=papers,
        unprinted={tag: locale_for(tag).gettext(UNPRINTED) for tag in languages},
    )


def _screens(day: Day, offer: DayOffer, locale: Locale) -> list[tuple[str, dict[str, str], object]]:
    """Address, query and context of every screen of one language."""
    path, lang = f"/kiosk/d/{day.slug}", {"lang": locale.tag}
    needs = KioskNeeds(
        day=day,
        today=True,
        chosen=(),
        tiles=tuple(
            NeedTile(
                href=_link(f"{path}/desks", **lang, needs=need_mark(need.key)),
                says=need_says(locale, need, working=day.working_language),
                icon=need.pictogram,
            )
            for need in offer.needs
        ),
        back=_link(START, **lang),
    )
    found: list[tuple[str, dict[str, str], object]] = [(f"{path}/needs", {}, needs)]
    found += [
        (f"{path}/desks", {"needs": need_mark(need.key)}, _desks(day, offer, locale, need.key)) for need in offer.needs
    ]
    code = OfflineCode(action=_link("/kiosk/code", **lang), back=_link(START, **lang), keys=PAD)
    ticket = OfflineTicket(
        ticket_number=NUMBER,
        short_code=SHORT,
        picture=QR,
        home=START,
        again=_link(f"/kiosk/tickets/{CODE}", **lang, paper="1"),
    )
    wrong = replace(code, error=locale.gettext(TicketUnknown.sentence))
    found += [("/kiosk/code", {}, code), ("/kiosk/wrong", {}, wrong), ("/kiosk/ticket", {}, ticket)]
    for name, (heading, sentence) in SAYINGS.items():
        says = OfflineSays(heading=locale.gettext(heading), sentence=locale.gettext(sentence), home=START)
        found.append((f"/kiosk/{name}", {}, says))
    return found


def _desks(day: Day, offer: DayOffer, locale: Locale, need: str) -> KioskDesks:
    answers = Answers(needs=(need,), languages=(locale.tag,), interpreter=Interpreter.NONE, lang=locale.tag)
    path = f"/kiosk/d/{day.slug}"
    near = dict.fromkeys([locale.tag, *day.languages, *(tag for tag in KNOWN if tag not in PSEUDO_LANGUAGES)])
    return KioskDesks(
        day=day,
        today=True,
        asks=False,
        soon="",
        questions=(),
        tiles=tuple(
            DeskTile(
                mark=service_mark(service.id),
                title=service_title(locale, service.key),
                icon=service_pictogram(service.key),
                institution=service.institution.name,
                authority=service.institution.authority,
                ticked=ticked,
                needless=False,
                goers="",
            )
            for service, ticked in lines_of(offer, answers)
        ),
        people=1,
        children=0,
        interpreter=Interpreter.NONE,
        interpreters=INTERPRETERS,
        speaks=tuple(near),
        spoken=locale.tag,
        calls_in="",
        aloud=False,
        action=_link(f"{path}/tickets", lang=locale.tag),
        carried=(("needs", need_mark(need)), ("asked", "1"), ("who", "family")),
        who="",
        asks_who=False,
        more="",
        back=_link(f"{path}/needs", lang=locale.tag),
        key=KEY,
    )


def _render(context: object, day: Day, locale: Locale, path: str = "", **query: str) -> str:
    chrome = Chrome(
        now=day.opens_at,
        zone=day.timezone,
        brand=day.name,
        home="/kiosk",
        door="kiosk",
        help=HelpBlock(phone=day.phone, address=day.address),
        languages=tuple(
            LanguageLink(tag=tag, href=_link(path, **{**query, "lang": tag}), current=tag == locale.tag)
            for tag in languages_of(day)
        )
        if path not in ("", START)
        else (),
        machine=Machine(
            size=CHOSEN,
            bigger=_link(path, **{"lang": locale.tag, **query, SIZE: BIGGER}),
            smallest=_link(path, **{"lang": locale.tag, **query, SIZE: ""}),
        )
        if path
        else Machine(),
    )
    return render(PAGES[type(context)], context, locale=locale, chrome=chrome)


def _link(path: str, **query: str) -> str:
    """An address on a page: with the size of the text, which only the agent knows."""
    return f"{path}?{urlencode({SIZE: CHOSEN, **query}, safe='@')}"


def _address(path: str, **query: str) -> str:
    """The address under which a page is kept."""
    return f"{path}?{urlencode(query)}" if query else path


route_handlers: list[Any] = [show_snapshot, show_paper]
