"""Where people say when they can come to work at a day: behind a link of the organiser, without an account.

Her own answer has an address of its own, where she changes it or takes it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.rota import Entered, RotaAnswer, RotaLink, answer_by_code, link_by_code
from onestop.days.rota import (
    LONGEST_NAME,
    LONGEST_REMARK,
    RotaOver,
    Said,
    answer_link,
    change_answer,
    takes_answers,
)
from onestop.domain.crew import Work, blocks
from onestop.domain.errors import InvalidInput, NotKnown
from onestop.domain.intervals import Interval, within
from onestop.domain.name import read_name
from onestop.domain.retention import persons_until
from onestop.keys import new_code
from onestop.locale.languages import KNOWN, PSEUDO_LANGUAGES
from onestop.retention.people import withdraw_answer
from onestop.web.kit.crew_words import DOES, WORKS
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import HelpBlock
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, WebRequest, base_url_of, settings_of
from onestop.web.kit.responses import page, see_other
from onestop.web.public.frame import link as with_language
from onestop.web.public.frame import place_of

ALPHABET, LENGTH = "abcdefghijklmnopqrstuvwxyz234567", 26
SPOKEN = tuple(tag for tag in KNOWN if tag not in PSEUDO_LANGUAGES)
_FIRST = ("en", "sk", "uk", "ru", "ar", "es", "vi", "fa", "fr", "sr-Latn", "el", "ka")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A choice with its words; `first` stands before those behind "more"."""

    value: str
    says: str
    ticked: bool
    first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HourTick:
    """An hour of the day, by its beginning."""

    value: str
    start: datetime
    end: datetime
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The form with what was typed."""

    name: str
    works: tuple[Tick, ...]
    only: str
    """The words of the one kind of work the link asks for; empty where there is a choice."""
    institutions: tuple[tuple[str, str], ...]
    institution: str
    asks_institution: bool
    asks_languages: bool
    languages: tuple[Tick, ...]
    whole: bool
    hours: tuple[HourTick, ...]
    remark: str
    longest_name: int = LONGEST_NAME
    longest_remark: int = LONGEST_REMARK


@page_of("public/rota.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class RotaPage:
    """The question, before anything was said."""

    day: Day
    place: str
    asked: Asked
    action: str
    gone_on: datetime
    """When what is said is deleted at the latest."""
    errors: tuple[tuple[str, str], ...] = ()
    key: str = field(default_factory=new_key)


@page_of("public/my_shifts.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MyShiftsPage:
    """What she said, where she was entered, and the form to change it."""

    day: Day
    place: str
    answer: RotaAnswer
    works: tuple[str, ...]
    entered: tuple[tuple[str, tuple[Interval, ...]], ...]
    asked: Asked | None
    """`None` where nothing can be changed any more."""
    over: bool
    moved: bool
    """Whether the day went to another date since."""
    done: bool
    action: str
    withdraw: str
    own: str
    """The whole address, for whoever writes it down."""
    gone_on: datetime
    errors: tuple[tuple[str, str], ...] = ()
    key: str = field(default_factory=new_key)


@get("/shifts/{code:str}")
async def show_rota(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """The form; a link that ended says so."""
    link, day = await _open(request, db, code)
    return await _ask(request, db, link, day, code, Form())


@post("/shifts/{code:str}")
async def answer(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Keep the answer and lead to its own address."""
    link, day = await _open(request, db, code)
    await check_limit(request, "rota", contact=code)
    form = await read_form(request)
    own = new_code(ALPHABET, LENGTH)
    try:
        path = await submit_once(
            request,
            "public.rota",
            answer_link,
            code,
            _said(form, day, link.work),
            own_code=own,
            now=db.now(),
            day=day.id,
            to=lambda _: f"/my-shifts/{own}?done=1",
        )
    except InvalidInput as wrong:
        said = locale_of(request).say(wrong.sentence, wrong.params)
        return await _ask(request, db, link, day, code, form, errors=((wrong.field, said),), status=422)
    return see_other(with_language(request, path))


@get("/my-shifts/{code:str}")
async def show_own(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """What she said."""
    return await _own(request, db, code, await _answer_of(request, db, code))


@post("/my-shifts/{code:str}")
async def change(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Say something else."""
    found = await _answer_of(request, db, code)
    await check_limit(request, "rota", contact=code)
    form = await read_form(request)
    day = await db.read(day_by_id, found.day)
    try:
        path = await submit_once(
            request,
            "public.my-shifts",
            change_answer,
            found.id,
            _said(form, day, None),
            now=db.now(),
            day=day.id,
            to=lambda _: f"/my-shifts/{code}?done=1",
        )
    except InvalidInput as wrong:
        said = locale_of(request).say(wrong.sentence, wrong.params)
        return await _own(request, db, code, found, form=form, errors=((wrong.field, said),), status=422)
    return see_other(with_language(request, path))


@post("/my-shifts/{code:str}/withdraw")
async def withdraw(request: WebRequest, db: Db, settings: Conf, code: FromPath[str]) -> Response[Any]:
    """Take everything back; harmless twice."""
    found = await _answer_of(request, db, code)
    await db.write(withdraw_answer, found.id, journal=settings.var, now=db.now(), day=found.day)
    return see_other(with_language(request, f"/my-shifts/{code}"))


async def _open(request: WebRequest, db: Db, code: str) -> tuple[RotaLink, Day]:
    await check_limit(request, "ticket")
    try:
        link = await db.read(link_by_code, code)
    except NotKnown:
        await check_limit(request, "guess")
        raise
    day = await db.read(day_by_id, link.day)
    if link.revoked_at is not None or not takes_answers(day, now=db.now()):
        raise RotaOver
    return link, day


async def _answer_of(request: WebRequest, db: Db, code: str) -> RotaAnswer:
    await check_limit(request, "ticket")
    try:
        return await db.read(answer_by_code, code)
    except NotKnown:
        await check_limit(request, "guess")
        raise


def _said(form: Form, day: Day, only: Work | None) -> Said:
    """What the form says. Raises `InvalidInput` for a name that cannot be shown."""
    works = (only,) if only else tuple(work for work in Work if work.value in form.all("work"))
    every = blocks(day.opens_at, day.closes_at, day.zone)
    ticked = set(form.all("hours"))
    institution = form.text("institution", 40)
    return Said(
        name=read_name(form.text("name", LONGEST_NAME)),
        works=works,
        languages=tuple(tag for tag in SPOKEN if tag in form.all("languages")),
        institution=UUID(institution) if _is_id(institution) else None,
        hours=tuple(each for each in every if form.ticked("whole") or _mark(day, each) in ticked),
        remark=form.text("remark", LONGEST_REMARK),
    )


async def _ask(
    request: WebRequest,
    db: Db,
    link: RotaLink,
    day: Day,
    code: str,
    form: Form,
    *,
    errors: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Response[Any]:
    desks: list[DeskRow] = await db.read(desks_of_day, day.id)
    context = RotaPage(
        day=day,
        place=place_of(day),
        asked=_asked(request, day, desks, form, only=link.work),
        action=with_language(request, f"/shifts/{code}"),
        gone_on=_gone_on(request, day),
        errors=errors,
    )
    return _page(request, day, context, status=status)


async def _own(
    request: WebRequest,
    db: Db,
    code: str,
    found: RotaAnswer,
    *,
    form: Form | None = None,
    errors: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Response[Any]:
    day = await db.read(day_by_id, found.day)
    locale = locale_of(request)
    over = not takes_answers(day, now=db.now())
    asked = None
    if not over and found.withdrawn_at is None:
        desks: list[DeskRow] = await db.read(desks_of_day, day.id)
        asked = _asked(request, day, desks, form if form is not None else _stored(day, found), only=None)
    context = MyShiftsPage(
        day=day,
        place=place_of(day),
        answer=found,
        works=tuple(locale.gettext(WORKS[work]) for work in found.works),
        entered=tuple((locale.gettext(WORKS[each.work]), each.hours) for each in _in_time(found.entered)),
        asked=asked,
        over=over,
        moved=found.said_for != day.on,
        done=request.query_params.get("done") == "1",
        action=with_language(request, f"/my-shifts/{code}"),
        withdraw=with_language(request, f"/my-shifts/{code}/withdraw"),
        own=f"{base_url_of(request)}/my-shifts/{code}",
        gone_on=_gone_on(request, day),
        errors=errors,
    )
    return _page(request, day, context, status=status)


def _in_time(entered: Sequence[Entered]) -> list[Entered]:
    return sorted(entered, key=lambda each: each.hours)


def _stored(day: Day, found: RotaAnswer) -> Form:
    """What she said, as the form would send it."""
    said = [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in found.hours]
    spans = _instants(day, said)
    hours = [each for each in blocks(day.opens_at, day.closes_at, day.zone) if within([each], spans) == (each,)]
    return Form(
        [
            ("name", found.name),
            ("remark", found.remark),
            ("institution", str(found.institution or "")),
            *(("work", work.value) for work in found.works),
            *(("languages", tag) for tag in found.languages),
            *(("hours", _mark(day, each)) for each in hours),
        ]
    )


def _instants(day: Day, said: Sequence[tuple[str, str]]) -> list[Interval]:
    """Local hours of a day, found among the ends of its blocks."""
    every = blocks(day.opens_at, day.closes_at, day.zone)
    starts = {_clock(day, start): start for start, _ in every}
    ends = {_clock(day, end): end for _, end in every}
    return [(starts[start], ends[end]) for start, end in said if start in starts and end in ends]


def _asked(request: WebRequest, day: Day, desks: Sequence[DeskRow], form: Form, *, only: Work | None) -> Asked:
    locale = locale_of(request)
    every = blocks(day.opens_at, day.closes_at, day.zone)
    hours, languages, works = set(form.all("hours")), set(form.all("languages")), set(form.all("work"))
    near = {*_FIRST, *day.languages, *languages}
    names = {desk.institution.id: desk.institution.name for desk in desks}
    return Asked(
        name=form.text("name", LONGEST_NAME),
        works=tuple(
            Tick(value=work.value, says=locale.gettext(DOES[work]), ticked=work.value in works)
            for work in Work
            if work is not Work.OFFICER or names
        ),
        only=locale.gettext(WORKS[only]) if only else "",
        institutions=tuple(
            (str(each), name) for each, name in sorted(names.items(), key=lambda each: each[1].casefold())
        ),
        institution=form.text("institution", 40),
        asks_institution=only in (None, Work.OFFICER) and bool(names),
        asks_languages=only in (None, Work.MEDIATOR),
        languages=tuple(
            Tick(value=tag, says=tag, ticked=tag in languages, first=tag in near)
            for tag in sorted(SPOKEN, key=lambda tag: (tag not in near, SPOKEN.index(tag)))
        ),
        whole=form.ticked("whole"),
        hours=tuple(
            HourTick(value=_mark(day, each), start=each[0], end=each[1], ticked=_mark(day, each) in hours)
            for each in every
        ),
        remark=form.text("remark", LONGEST_REMARK),
    )


def _page(request: WebRequest, day: Day, context: object, *, status: int) -> Response[Any]:
    """In every language of the program: whoever works there may read another one than the visitors of the day."""
    return page(
        request,
        context,
        status=status,
        locale=locale_of(request),
        zone=day.timezone,
        brand=day.name,
        home=with_language(request, "/"),
        help=HelpBlock(phone=day.phone, email=day.email, address=place_of(day), office=""),
    )


def _gone_on(request: WebRequest, day: Day) -> datetime:
    return persons_until(day.on, day.closes_at, day.zone, days=settings_of(request).contact_days)


def _mark(day: Day, block: Interval) -> str:
    return _clock(day, block[0])


def _clock(day: Day, at: datetime) -> str:
    return f"{at.astimezone(day.zone):%H:%M}"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


route_handlers: list[Any] = [show_rota, answer, show_own, change, withdraw]
