"""Accounts of people who work here: list, add with a role, a helper's cap, a sign-in link to hand over, close."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.actions import change_helper, revoke_account
from onestop.accounts.links import make_link
from onestop.accounts.people import add_person
from onestop.accounts.queries import Account, accounts_list, codes_required
from onestop.accounts.second_steps import OwnCodesFirst, require_codes, take_codes_off
from onestop.clock import real_now
from onestop.days.queries.days import Day, all_days
from onestop.directory.organising import directory
from onestop.domain.day import DayState
from onestop.domain.errors import N_, NotAllowed, NotKnown, Refusal
from onestop.domain.roles import HELPER_CAP, MOST_HELPER_CAP, Actor, Grant, Role
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import centre_frame, enter_centre, errors_of, tell_once, was_told
from onestop.web.organise.reading import Reader, read_id

HOME = "/organise/staff"
LINK_LASTS = timedelta(hours=72)
ROLE_WORDS: Mapping[Role, str] = {
    Role.ORGANISER: N_("Organiser"),
    Role.RECEPTIONIST: N_("Receptionist"),
    Role.FLOOR_GUIDE: N_("Floor guide"),
    Role.OFFICER: N_("Officer"),
    Role.MEDIATOR: N_("Mediator"),
    Role.HELPER: N_("Helper of another organisation"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
ROLE_WRONG = N_("Please choose a role.")
CAP_SAYS = N_("bookings on one day: up to %(cap)s")
INSTITUTION_NEEDED = N_("An officer needs an institution.")
NAME_NEEDED = N_("Please write the name: a helper is known by name.")
CAP_WRONG = N_("Please write a number from 1 to 200.")
OWN_ACCOUNT = N_("You cannot close your own account.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Helping:
    """What a helper may, as the fields of its form: the most bookings on one day, on every day or on one of `days`."""

    cap: str
    day: str
    days: tuple[tuple[str, str], ...]
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account with its rights in words; `mine` is the reader's own, `beyond` one she may not touch."""

    id: UUID
    login: str
    name: str
    active: bool
    rights: tuple[str, ...]
    helping: Helping | None
    codes: bool
    """She signs in with one-time codes."""
    mine: bool
    beyond: bool


@page_of("organise/staff.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    """The list and the form for another account."""

    people: tuple[Person, ...]
    roles: tuple[tuple[str, str], ...]
    institutions: tuple[tuple[str, str], ...]
    days: tuple[tuple[str, str], ...]
    administers: bool
    """May remove somebody's one-time codes, and have them asked for."""
    codes_asked: bool | None
    """Whether organisers and administrators need one-time codes; `None` before there is a centre."""
    login: str = ""
    name: str = ""
    role: str = ""
    institution: str = ""
    day: str = ""
    cap: str = str(HELPER_CAP)
    told: bool = False
    done: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@page_of("organise/staff_link.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLinkPage:
    """The sign-in link, shown this one time."""

    login: str
    link: str
    hours: int


@get("/organise/staff")
async def show_staff(request: WebRequest, db: Db) -> Response[Any]:
    """The list."""
    someone = await enter_centre(request)
    return await _page(request, db, someone)


@post("/organise/staff")
async def add(request: WebRequest, db: Db) -> Response[Any]:
    """A new account without a password, and its link."""
    someone = await enter_centre(request)
    read = Reader(await read_form(request), locale_of(request))
    form = read.form
    typed = {name: form.text(name, 120) for name in ("login", "name", "role", "institution", "day", "cap")}
    grant = await _grant(db, read, someone)
    if typed["role"] == Role.HELPER and not typed["name"]:
        read.wrong("name", NAME_NEEDED)
    status = 422
    if grant is not None and not read.errors:
        try:
            made, path = await tell_once(
                request,
                "organise.staff.new",
                add_person,
                login=typed["login"],
                name=typed["name"],
                grant=grant,
                lasts=LINK_LASTS,
                actor=someone,
                now=db.now(),
                real=real_now(),
                back=HOME,
            )
            return await _link(request, db, typed["login"], made.token) if made else see_other(path)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            status = refusal.status
    return await _page(request, db, someone, errors=read.errors, status=status, **typed)


@post("/organise/staff/{account:uuid}/helping")
async def change_helping(request: WebRequest, db: Db, account: FromPath[UUID]) -> Response[Any]:
    """Another cap for a helper, or another day; bookings she has stay."""
    someone = await enter_centre(request)
    found = await _account(db, someone, account)
    read = Reader(await read_form(request), locale_of(request))
    control = f"cap-{account}"
    cap = _cap(read, control)
    typed = read.form.text("day", 40)
    day = read_id(typed)
    if typed and day not in {each.id for each in await db.read(all_days)}:
        raise NotKnown
    if read.errors:
        changed = (found.id, read.form.text("cap", 20), typed)
        return await _page(request, db, someone, errors=read.errors, status=422, changed=changed)
    path = await submit_once(
        request,
        "organise.staff.helping",
        change_helper,
        account,
        cap=cap,
        only_day=day,
        actor=someone,
        now=db.now(),
        to=lambda _: f"{HOME}?done=helping",
    )
    return see_other(path)


@post("/organise/staff/{account:uuid}/link")
async def new_link(request: WebRequest, db: Db, account: FromPath[UUID]) -> Response[Any]:
    """Another sign-in link, for a lost password or a first day."""
    someone = await enter_centre(request)
    found = await _account(db, someone, account)
    made, path = await tell_once(
        request,
        f"organise.staff.link.{account}",
        make_link,
        account,
        lasts=LINK_LASTS,
        actor=someone,
        now=db.now(),
        real=real_now(),
        back=HOME,
    )
    return await _link(request, db, found.login, made.token) if made else see_other(path)


@post("/organise/staff/{account:uuid}/revoke")
async def revoke(request: WebRequest, db: Db, account: FromPath[UUID]) -> Response[Any]:
    """Close an account and end its sessions at once."""
    someone = await enter_centre(request)
    found = await _account(db, someone, account)
    if found.id == someone.account:
        errors = {"content": locale_of(request).gettext(OWN_ACCOUNT)}
        return await _page(request, db, someone, errors=errors, status=409)
    await db.write(revoke_account, found.login, actor=someone, now=db.now())
    return see_other(f"{HOME}?done=revoked")


@post("/organise/staff/{account:uuid}/codes/off")
async def remove_codes(request: WebRequest, db: Db, account: FromPath[UUID]) -> Response[Any]:
    """For somebody who lost her phone: she signs in without a code, and is signed out everywhere now."""
    someone = await enter_administration(request)
    found = await _account(db, someone, account)
    if found.id == someone.account:
        raise NotAllowed
    path = await submit_once(
        request,
        "organise.staff.codes.off",
        take_codes_off,
        account,
        actor=someone,
        now=db.now(),
        to=lambda _: f"{HOME}?done=codes",
    )
    return see_other(path)


@post("/organise/staff/codes")
async def ask_for_codes(request: WebRequest, db: Db) -> Response[Any]:
    """Whether organisers and administrators need one-time codes; who has none is sent to switch them on."""
    someone = await enter_administration(request)
    required = (await read_form(request)).text("required", 10) == "yes"
    try:
        path = await submit_once(
            request,
            "organise.staff.codes",
            require_codes,
            required,
            actor=someone,
            now=db.now(),
            to=lambda _: f"{HOME}?done={'asked' if required else 'not-asked'}",
        )
    except OwnCodesFirst as refusal:
        errors = {"required": locale_of(request).say(refusal.sentence, refusal.params)}
        return await _page(request, db, someone, errors=errors, status=refusal.status)
    return see_other(path)


async def enter_administration(request: WebRequest) -> Actor:
    """An administrator of the whole centre; an organiser is refused."""
    someone = await enter_centre(request)
    if not _may_all(someone):
        raise NotAllowed
    return someone


async def _grant(db: Db, read: Reader, someone: Actor) -> Grant | None:
    form = read.form
    role = form.text("role", 20)
    if role not in ROLE_WORDS or (role == Role.ADMINISTRATOR and not _may_all(someone)):
        read.wrong("role", ROLE_WRONG)
        return None
    institutions = {each.id for each in await db.read(directory)}
    days = {each.id for each in await db.read(all_days)}
    institution, day = read_id(form.text("institution", 40)), read_id(form.text("day", 40))
    if role == Role.OFFICER and institution not in institutions:
        read.wrong("institution", INSTITUTION_NEEDED)
        return None
    return Grant(
        role=Role(role),
        institution=institution if role == Role.OFFICER else None,
        day=day if day in days else None,
        cap=_cap(read, "cap") if role == Role.HELPER else None,
    )


def _cap(read: Reader, control: str) -> int:
    """The most bookings of a helper on one day; the least and a note if none was written."""
    cap = read.form.number("cap")
    if cap is None or not 1 <= cap <= MOST_HELPER_CAP:
        read.wrong(control, CAP_WRONG)
        return 1
    return cap


async def _account(db: Db, someone: Actor, account: UUID) -> Account:
    """An account this person may change; administrators are changed by administrators only."""
    found = next((each for each in await db.read(accounts_list) if each.id == account), None)
    if found is None:
        raise NotKnown
    if _is_beyond(found, someone):
        raise NotAllowed
    return found


def _may_all(someone: Actor) -> bool:
    return any(grant.role is Role.ADMINISTRATOR and grant.day is None for grant in someone.grants)


def _is_beyond(account: Account, someone: Actor) -> bool:
    return not _may_all(someone) and any(grant.role is Role.ADMINISTRATOR for grant in account.grants)


async def _link(request: WebRequest, db: Db, login: str, token: str) -> Response[Any]:
    context = StaffLinkPage(
        login=login,
        link=f"{base_url_of(request)}/sign-in/link/{token}",
        hours=LINK_LASTS // timedelta(hours=1),
    )
    return page(request, context, **await centre_frame(request, db, HOME))


async def _page(request: WebRequest, db: Db, someone: Actor, *, status: int = 200, **more: Any) -> Response[Any]:
    """The list; `changed` is the account, cap and day of a form that could not be taken."""
    changed: tuple[UUID, str, str] | None = more.pop("changed", None)
    locale = locale_of(request)
    institutions = {each.id: each.name for each in await db.read(directory)}
    days = {each.id: each for each in await db.read(all_days)}
    words = {role: locale.gettext(word) for role, word in ROLE_WORDS.items()}

    def label(day: Day) -> str:
        return f"{day.name}, {locale.short_date(day.on)}"

    def right(grant: Grant) -> str:
        parts = [words.get(grant.role, str(grant.role))]
        if grant.role is Role.HELPER:
            parts.append(locale.say(CAP_SAYS, {"cap": grant.cap or HELPER_CAP}))
        if grant.institution is not None and grant.institution in institutions:
            parts.append(institutions[grant.institution])
        if grant.day is not None and grant.day in days:
            parts.append(label(days[grant.day]))
        return " · ".join(parts)

    coming = [day for day in days.values() if day.state in (DayState.DRAFT, DayState.PUBLISHED)]

    def helping(account: Account) -> Helping | None:
        grant = next((grant for grant in account.grants if grant.role is Role.HELPER), None)
        if grant is None or not account.active:
            return None
        own = [days[grant.day]] if grant.day is not None and grant.day in days else []
        cap, day = str(grant.cap or HELPER_CAP), str(grant.day or "")
        if changed is not None and changed[0] == account.id:
            _, cap, day = changed
        return Helping(
            cap=cap,
            day=day,
            days=tuple((str(each.id), label(each)) for each in dict.fromkeys((*own, *coming))),
            error=more.get("errors", {}).get(f"cap-{account.id}", ""),
        )

    people = [
        Person(
            id=each.id,
            login=each.login,
            name=each.name,
            active=each.active,
            rights=tuple(right(grant) for grant in each.grants),
            helping=helping(each),
            codes=each.codes and each.active,
            mine=each.id == someone.account,
            beyond=_is_beyond(each, someone),
        )
        for each in await db.read(accounts_list)
    ]
    context = StaffPage(
        people=tuple(sorted(people, key=lambda each: not each.active)),
        roles=tuple(
            (str(role), words[role]) for role in ROLE_WORDS if role is not Role.ADMINISTRATOR or _may_all(someone)
        ),
        institutions=tuple((str(key), name) for key, name in institutions.items()),
        days=tuple((str(day.id), label(day)) for day in coming),
        administers=_may_all(someone),
        codes_asked=await db.read(codes_required),
        told=was_told(request),
        done=request.query_params.get("done", "")[:20],
        **more,
    )
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


route_handlers: list[Any] = [show_staff, add, change_helping, new_link, revoke, remove_codes, ask_for_codes]
