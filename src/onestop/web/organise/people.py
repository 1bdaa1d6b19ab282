"""The people of a day and their shifts: list, add, change, take away. Mediators are shown and changed elsewhere."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.queries import Account, accounts_list
from onestop.days.crew import (
    LONGEST_LABEL,
    MOST_SHIFTS,
    PersonSettings,
    add_person,
    edit_person,
    remove_person,
    set_crew,
)
from onestop.days.queries.crew import CrewRow, crew_of_day, gaps_of
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.days.queries.rota import new_answers
from onestop.domain.crew import ON_SHIFT, Work
from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.paper.printing import draw_apart
from onestop.paper.rota import HEADINGS, rota_of
from onestop.web.kit.crew_words import WORKS
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.kept_pack import one_at_a_time, pdf
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale, locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.changes import Thing, day_of_form, meanwhile
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of, works_everywhere
from onestop.web.organise.hours import StaffedTable, staffed_table
from onestop.web.organise.meanwhile import Shown, differing
from onestop.web.organise.reading import Reader, read_id

NAME, ACCOUNT = N_("Name"), N_("Account")
WORK_MISSING = N_("Please choose what this person does.")
DESK_AT = N_("Desk %(number)s, %(institution)s")
ANY_DESK = N_("%(institution)s, any desk")
SPARE_ROWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The people of one kind of work."""

    work: Work
    title: str
    people: tuple[CrewRow, ...]


@page_of("organise/people.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """Everybody of the day by kind of work; mediators stand in rows of their own."""

    day: Day
    groups: tuple[Group, ...]
    mediators: tuple[MediatorRow, ...]
    answers: int
    """How many said when they can come and wait to be entered."""
    staffed: StaffedTable | None
    """Where somebody is missing, once shifts are entered."""
    saved: bool


@page_of("organise/person.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """The form of a person, new or not. `places`: value and words, for officers; `accounts`: id and name."""

    day: Day
    person: CrewRow | None
    action: str
    works: tuple[tuple[str, str], ...]
    work: str
    label: str
    longest: int
    places: tuple[tuple[str, str], ...]
    place: str
    accounts: tuple[tuple[str, str], ...]
    account: str
    hours: tuple[tuple[str, str], ...]
    meanwhile: tuple[Thing, ...] = ()
    """What somebody else changed since the form was opened."""
    stored: tuple[Shown, ...] = ()
    """What no history keeps, her name and account, where it is stored otherwise than it was typed."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/people")
async def show_people(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The list."""
    found, _ = await enter(request, db, day)
    locale = locale_of(request)
    crew: list[CrewRow] = await db.read(crew_of_day, found.id)
    desks: list[DeskRow] = await db.read(desks_of_day, found.id)
    missing = gaps_of((found.opens_at, found.closes_at), desks, crew, since=found.opens_at)
    named = {"reception": locale.gettext(WORKS[Work.RECEPTION]), "guides": locale.gettext(HEADINGS[Work.GUIDE])}
    context = PeoplePage(
        day=found,
        groups=tuple(
            Group(
                work=work,
                title=locale.gettext(HEADINGS[work]),
                people=tuple(one for one in crew if one.work is work),
            )
            for work in Work
        ),
        mediators=tuple(await db.read(mediators_of_day, found.id)),
        answers=await db.read(new_answers, found.id),
        staffed=staffed_table(found, desks, missing, **named) if crew else None,
        saved=request.query_params.get("done") == "saved",
    )
    return page(request, context, **day_frame(request, found))


@get("/organise/{day:str}/people.pdf")
async def take_rota(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The same on paper, in the reader's language."""
    found, _ = await enter(request, db, day)
    crew: list[CrewRow] = await db.read(crew_of_day, found.id)
    mediators: list[MediatorRow] = await db.read(mediators_of_day, found.id)
    rota = rota_of(found, crew, mediators, locale_of(request), now=db.now())
    async with one_at_a_time:
        made = await asyncio.to_thread(draw_apart, rota)
    return pdf(made, f"{found.slug}-people.pdf")


@get("/organise/{day:str}/people/new")
async def show_new_person(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """An empty form for the kind of work that was pressed; the hours are those of the day."""
    found, _ = await enter(request, db, day)
    asked = request.query_params.get("work", "")
    work = asked if asked in ON_SHIFT else ""
    hours = ((_clock(found, found.opens_at), _clock(found, found.closes_at)),)
    return await _form(request, db, found, None, work=work, hours=hours)


@post("/organise/{day:str}/people")
async def add(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Add the person."""
    found, _ = await enter(request, db, day)
    return await _save(request, db, found, None)


@get("/organise/{day:str}/people/{person:uuid}")
async def show_person(request: WebRequest, db: Db, day: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    """The form with what is stored."""
    found, _ = await enter(request, db, day)
    one = await _person_of(db, found, person)
    return await _form(
        request,
        db,
        found,
        one,
        work=one.work.value,
        label=one.label,
        place=f"desk:{one.desk}" if one.desk else f"institution:{one.institution}" if one.institution else "",
        account=str(one.account or ""),
        hours=tuple((_clock(found, start), _clock(found, end)) for start, end in one.hours),
    )


@post("/organise/{day:str}/people/{person:uuid}")
async def change(request: WebRequest, db: Db, day: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    """Change the person."""
    found, _ = await enter(request, db, day)
    return await _save(request, db, found, await _person_of(db, found, person))


@post("/organise/{day:str}/people/{person:uuid}/remove")
async def remove(request: WebRequest, db: Db, day: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    """Take the person off the day."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    path = await submit_once(
        request,
        f"organise.person.remove.{person}",
        set_crew,
        found.id,
        remove_person,
        person,
        version=form.number("version") or 0,
        actor=someone,
        now=db.now(),
        day=found.id,
        to=lambda _: path_of(found, "/people?done=saved"),
    )
    return see_other(path)


async def _person_of(db: Db, day: Day, person: UUID) -> CrewRow:
    found = next((one for one in await db.read(crew_of_day, day.id) if one.id == person), None)
    if found is None:
        raise NotKnown
    return found


async def _save(request: WebRequest, db: Db, day: Day, person: CrewRow | None) -> Response[Any]:
    _, someone = await enter(request, db, day.slug)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    work = form.text("work", 12)
    if work not in ON_SHIFT:
        read.wrong("work", WORK_MISSING)
    hours = read.hours(MOST_SHIFTS, "hours")
    status = 422
    if not read.errors:
        settings = _settings(form, Work(work), await _accounts(request, db, day, person))
        try:
            path = await submit_once(
                request,
                f"organise.person.{person.id if person else 'new'}",
                set_crew,
                day.id,
                *((edit_person, person.id) if person else (add_person,)),
                PersonSettings(hours=hours, **settings),
                version=form.number("version") or 0,
                actor=someone,
                now=db.now(),
                day=day.id,
                to=lambda _: path_of(day, "/people?done=saved"),
            )
            return see_other(path)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            day, _ = await enter(request, db, day.slug)
            status = refusal.status
    changed = "content" in read.errors
    label, account = form.text("label", LONGEST_LABEL), form.text("account", 40)
    stored: tuple[Shown, ...] = ()
    if changed and person is not None:
        person = await _person_of(db, day, person.id)
        names = {str(each.id): each.name or each.login for each in await db.read(accounts_list)}
        now = (person.label, names.get(str(person.account), ""))
        stored = differing(*(_shown(read.locale, *each) for each in (now, (label, names.get(account, "")))))
    typed = tuple((form.text(f"opens_{nth}", 12), form.text(f"closes_{nth}", 12)) for nth in range(1, MOST_SHIFTS + 1))
    return await _form(
        request,
        db,
        day_of_form(day, form, read.errors),
        person,
        status=status,
        work=work,
        label=label,
        place=form.text("place", 60),
        account=account,
        hours=tuple(pair for pair in typed if any(pair)),
        meanwhile=await meanwhile(request, db, day, form.number("version")) if changed else (),
        stored=stored,
        errors=read.errors,
    )


def _shown(locale: Locale, label: str, account: str) -> tuple[Shown, ...]:
    return (
        Shown(control="label", label=locale.gettext(NAME), text=label),
        Shown(control="account", label=locale.gettext(ACCOUNT), text=account),
    )


async def _accounts(request: WebRequest, db: Db, day: Day, person: CrewRow | None) -> list[Account]:
    """Whom the form offers: of somebody who organises this day only, those who work at it and no others."""
    _, someone = await enter(request, db, day.slug)
    everywhere = works_everywhere(someone)
    return [
        each
        for each in await db.read(accounts_list)
        if (person is not None and each.id == person.account)
        or (each.active and (everywhere or any(grant.day == day.id for grant in each.grants)))
    ]


def _settings(form: Form, work: Work, accounts: list[Account]) -> dict[str, Any]:
    kind, _, text = form.text("place", 60).partition(":")
    account = read_id(form.text("account", 40))
    return {
        "work": work,
        "label": form.text("label", LONGEST_LABEL),
        "desk": read_id(text) if kind == "desk" else None,
        "institution": read_id(text) if kind == "institution" else None,
        "account": account if any(each.id == account for each in accounts) else None,
    }


async def _form(
    request: WebRequest,
    db: Db,
    day: Day,
    person: CrewRow | None,
    *,
    hours: tuple[tuple[str, str], ...],
    status: int = 200,
    label: str = "",
    place: str = "",
    account: str = "",
    **more: Any,
) -> Response[Any]:
    locale = locale_of(request)
    rows = min(MOST_SHIFTS, max(len(hours), 1) + SPARE_ROWS)
    context = PersonPage(
        day=day,
        person=person,
        action=path_of(day, f"/people/{person.id}" if person else "/people"),
        works=tuple((work.value, locale.gettext(WORKS[work])) for work in ON_SHIFT),
        label=label,
        longest=LONGEST_LABEL,
        places=places_of(locale, await db.read(desks_of_day, day.id), person),
        place=place,
        accounts=tuple((str(each.id), each.name or each.login) for each in await _accounts(request, db, day, person)),
        account=account,
        hours=(*hours, *(("", ""),) * (rows - len(hours))),
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day))


def places_of(locale: Locale, desks: list[DeskRow], person: CrewRow | None) -> tuple[tuple[str, str], ...]:
    """Where an officer can be: each institution of the day with its desks; her own also when it has none any more."""
    names = {desk.institution.id: desk.institution.name for desk in desks}
    if person is not None and person.institution is not None:
        names.setdefault(person.institution, person.institution_name)
    found: list[tuple[str, str]] = []
    for institution, name in sorted(names.items(), key=lambda each: each[1].casefold()):
        found.append((f"institution:{institution}", locale.say(ANY_DESK, {"institution": name})))
        found += [
            (f"desk:{desk.id}", locale.say(DESK_AT, {"number": desk.number, "institution": name}))
            for desk in desks
            if desk.institution.id == institution
        ]
    return tuple(found)


def _clock(day: Day, at: Any) -> str:
    return locale_for("en").time(at, day.timezone)


route_handlers: list[Any] = [show_people, take_rota, show_new_person, add, show_person, change, remove]
